/* SPDX-License-Identifier: MIT */
/*
 * busy.c - what waits makes no system call as long as there is something for it, and what
 * publishes none as long as nobody sleeps. Once as one process with both ends, which
 * always finds a message or a free slot, and then asks without waiting; and as two that
 * wait for each other all the time, but are told to go on trying instead of sleeping.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wait.h"

#define SLOTS   8u
#define ROUNDS  20000u
#define STREAM  200000u
#define GROUP   1u
#define MEMBERS 2u

static nabd_t *q;
static nabd_consumer_t *members[MEMBERS]; /* or NULL: the default group */
static unsigned member_count;
static unsigned char data[SLOTS * WAIT_SLOT];

/* For ever, for a while, and not at all: whatever is asked for, it is there. */
static int64_t timeout(unsigned i)
{
	static const int64_t timeouts[] = { -1, 1000000, 0 };

	return timeouts[i % 3];
}

static void send_in_each_way(unsigned i)
{
	uint32_t lens[2] = { 8, WAIT_SLOT };
	void *slots[2];
	size_t got;

	EXPECT(nabd_push_wait(q, data, WAIT_SLOT, timeout(i)), NABD_OK);
	EXPECT(nabd_reserve_wait(q, 8, &slots[0], timeout(i)), NABD_OK);
	EXPECT(nabd_commit(q, 8), NABD_OK);
	EXPECT(nabd_push_batch_wait(q, data, lens, 2, &got, timeout(i)), NABD_OK);
	CHECK(got == 2);
	EXPECT(nabd_reserve_batch_wait(q, WAIT_SLOT, slots, 2, &got, timeout(i)), NABD_OK);
	EXPECT(nabd_commit_batch(q, lens, got), NABD_OK);
	EXPECT(nabd_push_backoff(q, data, 1, NULL), NABD_OK);
}

/* One message, or with a batch some of them; how many. */
static size_t receive_default(unsigned i, unsigned way)
{
	struct nabd_msg msgs[2];
	uint32_t lens[2];
	const void *at;
	size_t len = sizeof(data), got = 1;

	switch (way) {
	case 0:
		EXPECT(nabd_pop_wait(q, data, &len, timeout(i)), NABD_OK);
		return 1;
	case 1:
		EXPECT(nabd_peek_wait(q, &at, &len, timeout(i)), NABD_OK);
		break;
	case 2:
		EXPECT(nabd_peek_msg_wait(q, &msgs[0], timeout(i)), NABD_OK);
		break;
	case 3:
		EXPECT(nabd_pop_batch_wait(q, data, sizeof(data), lens, 2, &got, timeout(i)),
		       NABD_OK);
		return got;
	default:
		EXPECT(nabd_peek_batch_wait(q, msgs, 2, &got, timeout(i)), NABD_OK);
		EXPECT(nabd_release_batch(q, got), NABD_OK);
		return got;
	}
	EXPECT(nabd_release(q), NABD_OK);
	return 1;
}

static size_t receive_member(nabd_consumer_t *c, unsigned i, unsigned way)
{
	struct nabd_msg msgs[2];
	uint32_t lens[2];
	const void *at;
	size_t len = sizeof(data), got = 1;

	switch (way) {
	case 0:
		EXPECT(nabd_consumer_pop_wait(c, data, &len, timeout(i)), NABD_OK);
		return 1;
	case 1:
		EXPECT(nabd_consumer_peek_wait(c, &at, &len, timeout(i)), NABD_OK);
		break;
	case 2:
		EXPECT(nabd_consumer_peek_msg_wait(c, &msgs[0], timeout(i)), NABD_OK);
		break;
	case 3:
		EXPECT(nabd_consumer_pop_batch_wait(c, data, sizeof(data), lens, 2, &got,
						    timeout(i)), NABD_OK);
		return got;
	default:
		EXPECT(nabd_consumer_peek_batch_wait(c, msgs, 2, &got, timeout(i)), NABD_OK);
		EXPECT(nabd_consumer_release_batch(c, got), NABD_OK);
		return got;
	}
	EXPECT(nabd_consumer_release(c), NABD_OK);
	return 1;
}

/* Two members take them all before others have to be asked after what they hold. */
static void both_ends(void *unused)
{
	(void)unused;
	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t left = 7, n = 0;

		wait_at("sends and receives", i);
		send_in_each_way(i);
		for (unsigned way = i; left > 0; way++, left -= n)
			n = member_count ? receive_member(members[way % member_count], i,
							  way % 5)
					 : receive_default(i, way % 5);
	}
}

static void open_both(unsigned count)
{
	const struct nabd_wait_opts opts = wait_power(0);

	/* Without a member it is the default group's: that role is taken here. */
	if (count == 0)
		q = fault_take_over("q", NABD_PRODUCER | NABD_CONSUMER);
	else
		EXPECT(fault_open("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER, &q), NABD_OK);
	EXPECT(nabd_set_wait(q, &opts), NABD_OK);
	member_count = count;
	for (unsigned i = 0; i < count; i++)
		EXPECT(nabd_consumer_join_opts(q, GROUP, NULL, &members[i]), NABD_OK);
}

struct alone {
	unsigned members;
	void (*work)(void *);
};

static void alone(void *arg)
{
	const struct alone *a = arg;

	open_both(a->members);
	filter_trap(false);
	a->work(NULL);
	_exit(0);
}

/* ---------------------------------------------------------------- two that never sleep */

static struct nabd_wait_opts never_sleep(void)
{
	struct nabd_wait_opts opts = NABD_WAIT_LATENCY;

	opts.spin_ns = UINT64_MAX;
	return opts;
}

static void stream(unsigned side)
{
	const struct nabd_wait_opts opts = never_sleep();

	q = wait_open("q", side == 0 ? NABD_PRODUCER : NABD_CONSUMER, &opts);
	if (side == 1)
		wait_push(wait_open("go", NABD_PRODUCER, &opts), 0);
	else
		wait_pop(wait_open("go", NABD_CONSUMER, &opts), 0);
	filter_trap(true);
	for (uint64_t i = 0; i < STREAM; i++) {
		if (side == 0)
			wait_push(q, i);
		else
			wait_pop(q, i);
	}
	_exit(0);
}

static void send_stream(void *unused)
{
	(void)unused;
	stream(0);
}

static void receive_stream(void *unused)
{
	(void)unused;
	stream(1);
}

static void two(void)
{
	pid_t pids[2];

	if (wait_cpus() < 2) {
		puts("one CPU: there is no spinning to be looked at");
		return;
	}
	wait_make("q", SLOTS);
	wait_make("go", 1);
	pids[0] = wait_start(0, "A", send_stream, NULL);
	pids[1] = wait_start(1, "B", receive_stream, NULL);
	wait_for(pids, 2);
	EXPECT(fault_unlink("q"), NABD_OK);
	EXPECT(fault_unlink("go"), NABD_OK);
	printf("two that go on trying: %u messages without a system call\n", STREAM);
}

/* A wait that does sleep: else what the others say means nothing. */
static void sleep_once(void *unused)
{
	size_t len = sizeof(data);

	(void)unused;
	(void)nabd_pop_wait(q, data, &len, 1000000);
}

int main(void)
{
	struct alone a = { 0, sleep_once };
	int status;

	if (!filter_works())
		return 77;
	wait_begin("wait-busy");
	wait_make("q", SLOTS);
	puts("next, one system call is told of:");
	status = wait_for_one(wait_start(0, "one that sleeps", alone, &a));
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	EXPECT(fault_unlink("q"), NABD_OK);
	for (a.members = 0; a.members <= MEMBERS; a.members++) {
		pid_t pid;

		a.work = both_ends;
		wait_make("q", SLOTS);
		pid = wait_start(0, "one with both ends", alone, &a);
		wait_for(&pid, 1);
		EXPECT(fault_unlink("q"), NABD_OK);
		printf("%u members: %u messages without a system call\n", a.members, 7 * ROUNDS);
	}
	two();
	return 0;
}
