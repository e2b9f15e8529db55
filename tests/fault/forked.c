/* SPDX-License-Identifier: MIT */
/*
 * forked.c - a handle in a forked child: every call says NABD_FORKED and does
 * nothing, and closing it there leaves the parent's role and mapping alone.
 */
#define _GNU_SOURCE

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"

#define QUEUE "q"
#define SLOTS 16u
#define FORKS 300 /* while another thread opens and closes */

static nabd_t *q; /* both sides */

/* provokes: nabd_reserve NABD_FORKED */
/* provokes: nabd_commit NABD_FORKED */
/* provokes: nabd_abort NABD_FORKED */
/* provokes: nabd_push NABD_FORKED */
/* provokes: nabd_reserve_batch NABD_FORKED */
/* provokes: nabd_commit_batch NABD_FORKED */
/* provokes: nabd_push_batch NABD_FORKED */
static void sending_is_refused(void)
{
	unsigned char buf[FAULT_SLOT_SIZE] = { 0 };
	uint32_t lens[2] = { 1, 1 };
	void *slot, *slots[2];
	size_t n;

	EXPECT(nabd_reserve(q, 1, &slot), NABD_FORKED);
	EXPECT(nabd_commit(q, 1), NABD_FORKED);
	EXPECT(nabd_abort(q), NABD_FORKED);
	EXPECT(nabd_push(q, buf, 1), NABD_FORKED);
	EXPECT(nabd_reserve_batch(q, 1, slots, 2, &n), NABD_FORKED);
	EXPECT(nabd_commit_batch(q, lens, 2), NABD_FORKED);
	EXPECT(nabd_push_batch(q, buf, lens, 2, &n), NABD_FORKED);
}

/* provokes: nabd_peek NABD_FORKED */
/* provokes: nabd_peek_msg NABD_FORKED */
/* provokes: nabd_release NABD_FORKED */
/* provokes: nabd_pop NABD_FORKED */
/* provokes: nabd_peek_batch NABD_FORKED */
/* provokes: nabd_release_batch NABD_FORKED */
/* provokes: nabd_pop_batch NABD_FORKED */
static void receiving_is_refused(void)
{
	unsigned char buf[FAULT_SLOT_SIZE];
	struct nabd_msg m;
	const void *data;
	uint32_t lens[1];
	size_t n = sizeof(buf);

	EXPECT(nabd_peek(q, &data, NULL), NABD_FORKED);
	EXPECT(nabd_peek_msg(q, &m), NABD_FORKED);
	EXPECT(nabd_release(q), NABD_FORKED);
	EXPECT(nabd_pop(q, buf, &n), NABD_FORKED);
	EXPECT(nabd_peek_batch(q, &m, 1, &n), NABD_FORKED);
	EXPECT(nabd_release_batch(q, 0), NABD_FORKED);
	EXPECT(nabd_pop_batch(q, buf, sizeof(buf), lens, 1, &n), NABD_FORKED);
}

/* provokes: nabd_empty NABD_FORKED */
/* provokes: nabd_full NABD_FORKED */
/* provokes: nabd_fill_level NABD_FORKED */
/* provokes: nabd_stats NABD_FORKED */
static void looking_is_refused(void)
{
	struct nabd_stats st = { .size = sizeof(st) };

	EXPECT(nabd_empty(q), NABD_FORKED);
	EXPECT(nabd_full(q), NABD_FORKED);
	EXPECT(nabd_fill_level(q), NABD_FORKED);
	EXPECT(nabd_stats(q, &st), NABD_FORKED);
}

static void all_is_refused(void *unused)
{
	(void)unused;
	sending_is_refused();
	receiving_is_refused();
	looking_is_refused();
}

/* The child's copy goes; the roles stay the parent's, also seen from the child. */
static void child_closes(void *unused)
{
	const void *data;
	nabd_t *other;

	all_is_refused(unused);
	EXPECT(nabd_close(q), NABD_OK);
	EXPECT(fault_open(QUEUE, 0, 0, NABD_PRODUCER, &other), NABD_BUSY);
	EXPECT(fault_open(QUEUE, 0, 0, NABD_CONSUMER, &other), NABD_OK);
	EXPECT(nabd_peek(other, &data, NULL), NABD_BUSY);
	EXPECT(nabd_close(other), NABD_OK);
}

static void grandchild(void *unused)
{
	all_is_refused(unused);
	fault_run_child(child_closes, NULL);
	all_is_refused(unused);
	EXPECT(nabd_close(q), NABD_OK);
}

/* A child opens handles of its own, which its own children may not use. */
static void child_opens(void *unused)
{
	EXPECT(nabd_close(q), NABD_OK);
	EXPECT(fault_open("own", SLOTS, FAULT_SLOT_SIZE,
			  NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER, &q), NABD_OK);
	fault_push(q, 0);
	fault_run_child(all_is_refused, unused);
	fault_pop(q, 0);
	EXPECT(nabd_close(q), NABD_OK);
	EXPECT(fault_unlink("own"), NABD_OK);
}

static void exec_in_child(void *unused)
{
	(void)unused;
	execlp("true", "true", (char *)NULL);
	FAIL("no true");
}

/* Parent and queue are what they were: a reservation too, and a peeked message. */
static void check_parent(void (*child)(void *))
{
	static uint64_t seq;
	unsigned char buf[FAULT_SLOT_SIZE];
	struct nabd_msg m;
	void *slot;
	uint32_t len;

	fault_push(q, seq);
	EXPECT(nabd_peek_msg(q, &m), NABD_OK);
	len = traffic_fill(&fault_traffic, seq + 1, buf);
	EXPECT(nabd_reserve(q, FAULT_SLOT_SIZE, &slot), NABD_OK);
	memcpy(slot, buf, len);
	fault_run_child(child, NULL);
	CHECK(m.sequence == seq && traffic_check(&fault_traffic, seq, m.data, m.len));
	EXPECT(nabd_release(q), NABD_OK);
	EXPECT(nabd_commit(q, len), NABD_OK);
	fault_pop(q, seq + 1);
	seq += 2;
}

/* ---------------------------------------- forks while another thread is opening */

static _Atomic bool stop;

static void *open_and_close(void *unused)
{
	(void)unused;
	while (!atomic_load(&stop))
		/* A child may have to be run first, to let go of what it got. */
		EXPECT(nabd_close(fault_take_over("busy", NABD_PRODUCER | NABD_CONSUMER)), NABD_OK);
	return NULL;
}

static void linger(void *unused)
{
	(void)unused;
	for (;;)
		pause();
}

/* A child that got anything of an opening in progress would keep its role for ever. */
static void fork_while_opening(void)
{
	pid_t pids[FORKS];
	pthread_t thread;
	nabd_t *p;

	EXPECT(fault_open("busy", SLOTS, FAULT_SLOT_SIZE, NABD_CREATE, &p), NABD_OK);
	EXPECT(nabd_close(p), NABD_OK);
	CHECK(pthread_create(&thread, NULL, open_and_close, NULL) == 0);
	for (int i = 0; i < FORKS; i++)
		pids[i] = fault_start_child(linger, NULL);
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	/* The children are alive, and have nothing of it. */
	EXPECT(nabd_close(fault_take_over("busy", NABD_PRODUCER | NABD_CONSUMER)), NABD_OK);
	for (int i = 0; i < FORKS; i++)
		fault_kill(pids[i]);
	EXPECT(fault_unlink("busy"), NABD_OK);
}

int main(void)
{
	fault_begin("forked");
	EXPECT(fault_open(QUEUE, SLOTS, FAULT_SLOT_SIZE,
			  NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER, &q), NABD_OK);
	check_parent(all_is_refused);
	check_parent(child_closes);
	check_parent(grandchild);
	check_parent(child_opens);
	check_parent(exec_in_child);
	check_parent(child_closes);
	fork_while_opening();
	EXPECT(nabd_close(q), NABD_OK);
	return 0;
}
