/* SPDX-License-Identifier: MIT */
/*
 * idle.c - what waiting for nothing costs. A consumer waits for a message that does not
 * come, and a producer at a full ring: the CPU time that they use, and how often they gave
 * the CPU away, which is no more often than they have slices.
 *
 * A busy machine adds to what the kernel counts as theirs: of three tries the best counts.
 *
 * NABD_WAIT_IDLE: seconds.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "wait.h"

#define DEFAULT_SECONDS 3ul
#define TRIES 3u
#define SLOTS 4u
#define RECEIVER_SLICE_NS NABD_WAIT_SLICE_NS
#define SENDER_SLICE_NS   UINT64_C(10000000)

struct cost {
	uint64_t cpu_ns, wall_ns, switches;
};
static struct cost *cost;
static unsigned long seconds;

static uint64_t ns_of(clockid_t clock)
{
	struct timespec now;

	CHECK(clock_gettime(clock, &now) == 0);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static struct cost so_far(void)
{
	struct rusage usage;

	CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
	return (struct cost){ ns_of(CLOCK_PROCESS_CPUTIME_ID), ns_of(CLOCK_MONOTONIC),
			      (uint64_t)usage.ru_nvcsw };
}

static void note_since(struct cost begin)
{
	const struct cost end = so_far();

	*cost = (struct cost){ end.cpu_ns - begin.cpu_ns, end.wall_ns - begin.wall_ns,
			       end.switches - begin.switches };
}

static int64_t timeout(void)
{
	return (int64_t)seconds * INT64_C(1000000000);
}

/* As it is when nobody has set anything. */
static void receive_nothing(void *unused)
{
	nabd_t *q = fault_take_over("q", NABD_CONSUMER);
	char buf[WAIT_SLOT];
	size_t len = sizeof(buf);
	struct cost begin;

	(void)unused;
	wait_at("waits for nothing", 0);
	begin = so_far();
	EXPECT(nabd_pop_wait(q, buf, &len, timeout()), NABD_TIMEOUT);
	note_since(begin);
	EXPECT(nabd_close(q), NABD_OK);
}

static void send_in_vain(void *unused)
{
	nabd_t *q = fault_take_over("q", NABD_PRODUCER | NABD_CONSUMER);
	struct cost begin;

	(void)unused;
	for (unsigned i = 0; i < SLOTS; i++)
		EXPECT(nabd_push(q, "", 1), NABD_OK);
	wait_at("waits at a full ring", 0);
	begin = so_far();
	EXPECT(nabd_push_wait(q, "", 1, timeout()), NABD_TIMEOUT);
	note_since(begin);
	EXPECT(nabd_close(q), NABD_OK);
}

/* The limit in thousandths of a percent of a CPU. */
static void check_cost(const char *who, void (*fn)(void *), uint64_t limit, uint64_t slice_ns)
{
	uint64_t used = UINT64_MAX, most;
	pid_t pid;

	for (unsigned i = 0; i < TRIES && used >= limit; i++) {
		wait_make("q", SLOTS);
		pid = wait_start(0, who, fn, NULL);
		wait_for(&pid, 1);
		EXPECT(fault_unlink("q"), NABD_OK);
		used = cost->cpu_ns * 100000u / cost->wall_ns;
		/* A slice that ends is slept out: that there are more is possible at no speed. */
		most = cost->wall_ns / slice_ns + 50;
		printf("%s: %llu.%03llu %% of a CPU, %llu times asleep in %llu ms\n", who,
		       (unsigned long long)used / 1000, (unsigned long long)used % 1000,
		       (unsigned long long)cost->switches,
		       (unsigned long long)cost->wall_ns / 1000000);
		if (cost->switches > most)
			FAIL("%s was awake more often than the %llu times it has slices for", who,
			     (unsigned long long)most);
	}
	if (used >= limit)
		FAIL("%s uses %llu thousandths of a percent of a CPU, the limit is %llu", who,
		     (unsigned long long)used, (unsigned long long)limit);
}

int main(void)
{
	uint64_t slack = 1;

	seconds = wait_count("NABD_WAIT_IDLE", DEFAULT_SECONDS);
	/* In make check beside other tests, and with detectors: there it may cost more. */
	if (seconds == DEFAULT_SECONDS)
		slack = 10;
	wait_begin("wait-idle");
	cost = fault_shared(sizeof(*cost));
	check_cost("an idle consumer", receive_nothing, 100 * slack, RECEIVER_SLICE_NS);
	check_cost("a producer at a full ring", send_in_vain, 1000 * slack, SENDER_SLICE_NS);
	return 0;
}
