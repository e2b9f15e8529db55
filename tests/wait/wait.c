/* SPDX-License-Identifier: MIT */
/* wait.c - the sides of the tests of waiting, and who watches them. */
#define _GNU_SOURCE

#include "wait.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* So long must nobody move: no bound on how fast anybody is. */
#define WATCH_SECONDS 90

static struct side {
	_Alignas(128) _Atomic(const char *) doing;
	_Atomic uint64_t n;
	_Atomic uint64_t moves;
	const char *name;
	pid_t pid;
} *sides;
static unsigned me;

static uint64_t moves_seen;
static time_t moved_at;

void wait_begin(const char *test)
{
	fault_begin(test);
	sides = fault_shared(WAIT_SIDES * sizeof(*sides));
}

unsigned long wait_count(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);
	char *end = NULL;
	unsigned long n;

	if (!text || !*text)
		return otherwise;
	n = strtoul(text, &end, 10);
	if (*end || n == 0)
		FAIL("%s=%s is no number", variable, text);
	return n;
}

struct start {
	unsigned side;
	void (*fn)(void *);
	void *arg;
};

static void run_side(void *arg)
{
	const struct start *start = arg;

	alarm(0); /* the parent watches, however long it takes */
	me = start->side;
	wait_at("starts", 0);
	start->fn(start->arg);
	wait_at("has ended", atomic_load(&sides[me].n));
}

pid_t wait_start(unsigned side, const char *name, void (*fn)(void *), void *arg)
{
	struct start start = { side, fn, arg };

	CHECK(side < WAIT_SIDES);
	sides[side].name = name;
	sides[side].pid = fault_start_child(run_side, &start);
	return sides[side].pid;
}

void wait_at(const char *doing, uint64_t n)
{
	struct side *side = &sides[me];

	atomic_store_explicit(&side->doing, doing, memory_order_relaxed);
	atomic_store_explicit(&side->n, n, memory_order_relaxed);
	atomic_fetch_add_explicit(&side->moves, 1, memory_order_relaxed);
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void hung(void)
{
	fprintf(stderr, "nobody has moved for %d seconds: a wake-up is lost\n", WATCH_SECONDS);
	for (unsigned i = 0; i < WAIT_SIDES; i++)
		if (sides[i].name)
			fprintf(stderr, "  %s: %s, message %llu\n", sides[i].name,
				atomic_load(&sides[i].doing),
				(unsigned long long)atomic_load(&sides[i].n));
	FAIL("hung");
}

void wait_watch(void)
{
	uint64_t moves = 0;

	for (unsigned i = 0; i < WAIT_SIDES; i++)
		moves += atomic_load(&sides[i].moves);
	if (moves != moves_seen || moved_at == 0) {
		moves_seen = moves;
		moved_at = seconds();
	} else if (seconds() - moved_at > WATCH_SECONDS) {
		hung();
	}
}

/* The status of one that has ended; looked for now and then, as others are watched too. */
int wait_for_one(pid_t pid)
{
	const struct timespec nap = { 0, 2000000 };
	int status = 0;
	pid_t got;

	moved_at = 0;
	while ((got = waitpid(pid, &status, WNOHANG)) == 0) {
		wait_watch();
		nanosleep(&nap, NULL);
	}
	CHECK(got == pid);
	return status;
}

void wait_for(pid_t *pids, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const int status = wait_for_one(pids[i]);

		if (status != 0)
			FAIL("a side failed, with wait status %#x", (unsigned)status);
		pids[i] = 0;
	}
}

void wait_kill(pid_t *pids, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fault_kill(pids[i]);
}

static bool allowed(cpu_set_t *set)
{
	return sched_getaffinity(0, sizeof(*set), set) == 0;
}

unsigned wait_cpus(void)
{
	cpu_set_t set;

	return allowed(&set) ? (unsigned)CPU_COUNT(&set) : 1;
}

void wait_pin(unsigned k)
{
	cpu_set_t set, one;

	CHECK(allowed(&set));
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set) || k-- > 0)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		CHECK(sched_setaffinity(0, sizeof(one), &one) == 0);
		return;
	}
	FAIL("there are not so many CPUs");
}

struct nabd_wait_opts wait_power(uint64_t slice_ns)
{
	struct nabd_wait_opts opts = NABD_WAIT_POWER;

	opts.slice_ns = slice_ns;
	return opts;
}

struct making {
	const char *name;
	unsigned slots;
};

static void make(void *arg)
{
	const struct making *m = arg;
	nabd_t *q;

	EXPECT(fault_open(m->name, m->slots, WAIT_SLOT,
			  NABD_CREATE | NABD_EXCL | NABD_CONSUMER, &q),
	       NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
}

void wait_make(const char *name, unsigned slots)
{
	struct making m = { name, slots };

	fault_run_child(make, &m);
}

nabd_t *wait_open(const char *name, unsigned flags, const struct nabd_wait_opts *opts)
{
	nabd_t *q = fault_take_over(name, flags);

	EXPECT(nabd_set_wait(q, opts), NABD_OK);
	return q;
}

void wait_push(nabd_t *q, uint64_t n)
{
	uint64_t message[WAIT_SLOT / 8] = { n, ~n };

	wait_at("sends", n);
	EXPECT(nabd_push_wait(q, message, sizeof(message), -1), NABD_OK);
}

static void check_message(const uint64_t *message, size_t len)
{
	CHECK(len == WAIT_SLOT && message[1] == ~message[0]);
}

void wait_pop(nabd_t *q, uint64_t n)
{
	uint64_t message[WAIT_SLOT / 8];
	size_t len = sizeof(message);

	wait_at("receives", n);
	EXPECT(nabd_pop_wait(q, message, &len, -1), NABD_OK);
	check_message(message, len);
	if (message[0] != n)
		FAIL("message %llu came, not %llu", (unsigned long long)message[0],
		     (unsigned long long)n);
}

uint64_t wait_consumer_pop(nabd_consumer_t *c)
{
	uint64_t message[WAIT_SLOT / 8];
	size_t len = sizeof(message);

	EXPECT(nabd_consumer_pop_wait(c, message, &len, -1), NABD_OK);
	check_message(message, len);
	return message[0];
}
