/* SPDX-License-Identifier: MIT */
/*
 * killed.c - death between a message and its waking, or between a release and its: the
 * kernel kills exactly there, by a filter on the system call that would wake. The marks of
 * those who sleep are gone by then, and nobody will ring. Yet everyone gets the message,
 * once, in order: who sleeps looks for himself when his slice is over.
 *
 * NABD_WAIT_KILLS: how many die, of each kind.
 */
#define _GNU_SOURCE

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "handle.h"
#include "wait.h"

#define DEFAULT_KILLS 100ul
#define QUEUE "q"

static unsigned long kills;

/*
 * Who sleeps for messages: the default group's reader, two members of one group and one
 * of another.
 */
#define READERS 4u
static unsigned group_of[READERS] = { 0, 1, 1, 2 };
#define GROUPS 3u

static struct shared {
	_Atomic uint64_t got[GROUPS]; /* messages that the group has received */
	_Atomic uint64_t next;        /* of the victims' */
	pid_t pids[READERS];          /* of those who sleep */
	unsigned sleepers;
} *shared;

static void nap(void)
{
	const struct timespec ms = { 0, 500000 };

	wait_watch();
	nanosleep(&ms, NULL);
}

/* Whether it sleeps in the kernel: behind its mark it does so only on its bell. */
static bool asleep(pid_t pid)
{
	char path[64], text[512];
	const char *state;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	CHECK(n > 0);
	text[n] = '\0';
	state = strrchr(text, ')');
	CHECK(state);
	if (state[2] == 'Z' || state[2] == 'X')
		FAIL("a sleeper has ended");
	return state[2] == 'S';
}

static bool all_asleep(void)
{
	for (unsigned i = 0; i < shared->sleepers; i++)
		if (!asleep(shared->pids[i]))
			return false;
	return true;
}

/* Opening and joining wake all: the victim begins when all are marked and asleep again. */
static void until_asleep(const nabd_cell64 *marks, uint64_t want)
{
	while ((cell_load_acquire(marks) & want) != want || !all_asleep())
		nap();
}

static struct nabd_shm_waits *waits_of(const nabd_t *q)
{
	return &nabdi_segment_consumers(&q->segment)->waits;
}

/* The child was ended by the filter, and by nothing else. */
static void await_victim(pid_t pid)
{
	const int status = wait_for_one(pid);

	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
		FAIL("the victim ended with wait status %#x: it called nobody", (unsigned)status);
}

/* ------------------------------------------------------- a producer that is killed */

static void read_default(uint64_t i)
{
	const struct nabd_wait_opts opts = wait_power(0);
	nabd_t *q = wait_open(QUEUE, NABD_CONSUMER, &opts);

	for (;; i++) {
		wait_pop(q, i);
		atomic_fetch_add(&shared->got[0], 1);
	}
}

static void read_group(unsigned group)
{
	const struct nabd_wait_opts opts = wait_power(0);
	nabd_consumer_t *c = NULL;
	uint64_t got;
	nabd_t *q;

	EXPECT(fault_open(QUEUE, 0, 0, NABD_CONSUMER, &q), NABD_OK);
	EXPECT(nabd_set_wait(q, &opts), NABD_OK);
	EXPECT(nabd_consumer_join_opts(q, group, NULL, &c), NABD_OK);
	for (;;) {
		got = wait_consumer_pop(c);
		wait_at("has received as a member", got);
		/* A second member that is given it too finds the count too high. */
		CHECK(got == atomic_fetch_add(&shared->got[group], 1));
	}
}

static void read_all(void *arg)
{
	const unsigned group = *(const unsigned *)arg;

	if (group == 0)
		read_default(0);
	read_group(group);
}

/* Dies when it has rung the bells of the groups below this one. */
static void send_and_die(void *arg)
{
	const unsigned group = *(const unsigned *)arg;
	const uint64_t marks = NABD_SHM_SLEEPS(0) | NABD_SHM_SLEEPS(1) | NABD_SHM_SLEEPS(2);
	nabd_t *q = fault_take_over(QUEUE, NABD_PRODUCER);
	uint64_t n = atomic_load(&shared->next);

	until_asleep(&waits_of(q)->readers, marks);
	filter_kill_at_wake(nabdi_bell_of(&q->segment, group).word);
	wait_push(q, n);
	FAIL("nobody was to be woken");
}

static void kill_producers(void)
{
	static const char *const names[READERS] = { "reader", "member 1a", "member 1b",
						    "member 2" };
	static unsigned groups[GROUPS] = { 0, 1, 2 };

	wait_make(QUEUE, 16);
	for (unsigned i = 0; i < READERS; i++)
		shared->pids[i] = wait_start(i, names[i], read_all, &group_of[i]);
	shared->sleepers = READERS;
	for (uint64_t n = 0; n < kills; n++) {
		atomic_store(&shared->next, n);
		await_victim(wait_start(READERS, "producer", send_and_die, &groups[n % GROUPS]));
		for (unsigned g = 0; g < GROUPS; g++)
			while (atomic_load(&shared->got[g]) != n + 1)
				nap();
	}
	wait_kill(shared->pids, READERS);
	EXPECT(fault_unlink(QUEUE), NABD_OK);
	printf("%lu producers died before they woke: everyone got every message\n", kills);
}

/* ------------------------------------------------------- a consumer that is killed */

#define SLOTS 4u

static void send_on(void *unused)
{
	const struct nabd_wait_opts opts = wait_power(0);
	nabd_t *q = wait_open(QUEUE, NABD_PRODUCER, &opts);

	(void)unused;
	for (uint64_t i = 0;; i++) {
		wait_push(q, i);
		atomic_store(&shared->next, i + 1);
	}
}

static void check_number(const void *data, uint64_t n)
{
	uint64_t got;

	memcpy(&got, data, sizeof(got));
	if (got != n)
		FAIL("message %llu came, not %llu", (unsigned long long)got, (unsigned long long)n);
}

/* What it holds is released when it dies: the next one is given the next message. */
static void release_and_die(void *arg)
{
	const bool member = *(const bool *)arg;
	nabd_consumer_t *c = NULL;
	const void *data;
	nabd_t *q;

	if (member) {
		EXPECT(fault_open(QUEUE, 0, 0, NABD_CONSUMER, &q), NABD_OK);
		EXPECT(nabd_consumer_join_opts(q, 1, NULL, &c), NABD_OK);
		EXPECT(nabd_consumer_peek_wait(c, &data, NULL, -1), NABD_OK);
	} else {
		q = fault_take_over(QUEUE, NABD_CONSUMER);
		EXPECT(nabd_peek(q, &data, NULL), NABD_OK);
	}
	/* All slots are in use, so this is the oldest of them. */
	check_number(data, atomic_load(&shared->next) - SLOTS);
	until_asleep(&waits_of(q)->senders, NABD_SHM_SLEEPS(0));
	filter_kill_at_wake(nabdi_bell_of(&q->segment, NABDI_BELL_SENDER).word);
	if (member)
		(void)nabd_consumer_release(c);
	else
		(void)nabd_release(q);
	FAIL("nobody was to be woken");
}

/* The group is made before the first message. */
static void join_once(void *arg)
{
	nabd_consumer_t *c = NULL;
	nabd_t *q;

	EXPECT(fault_open(QUEUE, 0, 0, NABD_CONSUMER, &q), NABD_OK);
	if (*(const bool *)arg) {
		EXPECT(nabd_consumer_join_opts(q, 1, NULL, &c), NABD_OK);
		EXPECT(nabd_consumer_close(c), NABD_OK);
	} else {
		EXPECT(nabd_close(q), NABD_OK);
		q = fault_take_over(QUEUE, NABD_CONSUMER);
	}
	EXPECT(nabd_close(q), NABD_OK);
}

static void kill_consumers(bool member)
{
	wait_make(QUEUE, SLOTS);
	fault_run_child(join_once, &member);
	shared->pids[0] = wait_start(0, "producer", send_on, NULL);
	shared->sleepers = 1;
	for (uint64_t n = 0; n <= kills; n++) {
		while (atomic_load(&shared->next) != n + SLOTS)
			nap();
		if (n < kills)
			await_victim(wait_start(1, "consumer", release_and_die, &member));
	}
	wait_kill(shared->pids, 1);
	EXPECT(fault_unlink(QUEUE), NABD_OK);
	printf("%lu %s died before they woke: the producer went on\n", kills,
	       member ? "members" : "consumers");
}

static void reset(void)
{
	memset(shared, 0, sizeof(*shared));
}

int main(void)
{
	kills = wait_count("NABD_WAIT_KILLS", DEFAULT_KILLS);
	if (!filter_works())
		return 77;
	wait_begin("wait-killed");
	shared = fault_shared(sizeof(*shared));
	kill_producers();
	reset();
	kill_consumers(false);
	reset();
	kill_consumers(true);
	return 0;
}
