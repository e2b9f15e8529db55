/* SPDX-License-Identifier: MIT */
/*
 * kill_random.c - a producer and a consumer move traffic and are killed all the
 * time, anywhere, one or both, also while paused; others take their places. The
 * queue must say exactly what the ledgers say: nothing lost, torn or out of
 * order, and nothing twice that had been given back as read.
 *
 * A ledger is memory that outlives its writer. It is raised to what is intended
 * before each call and to what is done after it; killed in between, the truth
 * lies somewhere from done to intent, and the queue tells where.
 */
#define _GNU_SOURCE

#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"

#define QUEUE "q"
#define ROUNDS 10u         /* queues, one after the other, of different sizes */
#define DEFAULT_KILLS 2000u
#define LONGEST_LIFE 4000u /* microseconds */
#define OPEN_TRIES 100000  /* of a consumer whose queue is not made yet, 100 µs each */

struct shared {
	struct traffic_ledger sent;
	struct traffic_ledger taken;
	_Atomic uint64_t successions[2]; /* producers and consumers that got to work */
};

static struct shared *shared;
static struct traffic traffic;
static size_t slots;
static uint64_t rng;
static unsigned long kills;

static bool is_producer(unsigned role)
{
	return (role & NABD_PRODUCER) != 0;
}

static struct traffic_ledger *ledger_of(unsigned role)
{
	return is_producer(role) ? &shared->sent : &shared->taken;
}

/* What is there, whole and in order, without taking any of it: its first sequence. */
static uint64_t look_at_backlog(nabd_t *q)
{
	struct nabd_msg m[TRAFFIC_BATCH];
	size_t got = 0;
	int rc;

	/* A reader can only tell where it is by the message that it gets. */
	while ((rc = nabd_peek_batch(q, m, TRAFFIC_BATCH, &got)) == NABD_EMPTY)
		sched_yield();
	EXPECT(rc, NABD_OK);
	for (size_t i = 0; i < got; i++) {
		CHECK(m[i].sequence == m[0].sequence + i);
		CHECK(traffic_check(&traffic, m[i].sequence, m[i].data, m[i].len));
	}
	EXPECT(nabd_release_batch(q, 0), NABD_OK);
	return m[0].sequence;
}

/* That the queue is where the dead one may have been, which is where we go on. */
static void resume(unsigned role, uint64_t at)
{
	struct traffic_ledger *l = ledger_of(role);
	uint64_t done = atomic_load(&l->done);
	uint64_t intent = atomic_load(&l->intent);

	if (at < done || at > intent)
		FAIL("%s is %" PRIu64 ", the ledger says %" PRIu64 " to %" PRIu64,
		     is_producer(role) ? "head" : "position", at, done, intent);
	atomic_store(&l->intent, at);
	atomic_store(&l->done, at);
	atomic_fetch_add(&shared->successions[!is_producer(role)], 1);
}

static struct nabd_stats stats_of(nabd_t *q)
{
	struct nabd_stats st = { .size = sizeof(st) };

	EXPECT(nabd_stats(q, &st), NABD_OK);
	return st;
}

/* The producer makes the queue if nobody has, and may be killed at that too. */
static nabd_t *come(unsigned role)
{
	nabd_t *q;
	int rc = NABD_NOTFOUND;

	for (int tries = 0; rc == NABD_NOTFOUND && tries < OPEN_TRIES; tries++) {
		rc = fault_open(QUEUE, slots, traffic.slot_size,
				is_producer(role) ? NABD_CREATE : 0, &q);
		if (rc == NABD_NOTFOUND)
			usleep(100);
	}
	EXPECT(rc, NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
	return fault_take_over(QUEUE, role);
}

static void work(unsigned role)
{
	nabd_t *q = come(role);
	struct traffic_side s;
	int rc = 0;

	CHECK(traffic_side_init(&s, &traffic, q, rng) == 0);
	s.seq = is_producer(role) ? stats_of(q).head : look_at_backlog(q);
	resume(role, s.seq);
	s.ledger = ledger_of(role);
	while (rc == 0) {
		switch (is_producer(role) ? traffic_send(&s) : traffic_receive(&s)) {
		case TRAFFIC_MOVED:
			break;
		case TRAFFIC_IDLE:
			rc = traffic_wait(&s);
			break;
		case TRAFFIC_FAILED:
			rc = -1;
		}
	}
	FAIL("the %s failed", is_producer(role) ? "producer" : "consumer");
}

static void produce(void *unused)
{
	(void)unused;
	work(NABD_PRODUCER);
}

static void consume(void *unused)
{
	(void)unused;
	work(NABD_CONSUMER);
}

/* What is left when all are dead. */
static void finish(void *unused)
{
	nabd_t *p = come(NABD_PRODUCER);
	nabd_t *q = fault_take_over(QUEUE, NABD_CONSUMER);
	uint64_t head = stats_of(p).head;
	uint64_t at = stats_of(q).position;
	struct traffic_side s;

	(void)unused;
	resume(NABD_PRODUCER, head);
	resume(NABD_CONSUMER, at);
	CHECK(at <= head && head - at <= slots);
	CHECK(traffic_side_init(&s, &traffic, q, rng) == 0);
	s.seq = at;
	s.ledger = &shared->taken;
	while (s.seq < head)
		CHECK(traffic_receive(&s) != TRAFFIC_FAILED);
	CHECK(s.seq == head);
	EXPECT(nabd_empty(q), 1);
	EXPECT(nabd_close(q), NABD_OK);
	EXPECT(nabd_close(p), NABD_OK);
	EXPECT(fault_unlink(QUEUE), NABD_OK);
}

static void die(pid_t *pid)
{
	fault_kill(*pid);
	*pid = 0;
	kills++;
}

/* One death or two. Now and then the dying one is paused before, and the other goes on. */
static void strike(pid_t pids[2])
{
	uint64_t chance = traffic_random(&rng);
	unsigned which = chance & 1;

	if ((chance >> 8) % 8 == 0) {
		CHECK(kill(pids[which], SIGSTOP) == 0);
		usleep((useconds_t)((chance >> 16) % 300));
	}
	die(&pids[which]);
	if ((chance >> 32) % 8 == 0)
		die(&pids[!which]);
}

static void run_round(unsigned long until)
{
	pid_t pids[2] = { 0, 0 };

	slots = (size_t)1 << traffic_random(&rng) % 11;
	traffic.seed = traffic_random(&rng);
	traffic.slot_size = (uint32_t)(traffic_random(&rng) % 300 + 1);
	atomic_store(&shared->sent.intent, 0);
	atomic_store(&shared->sent.done, 0);
	atomic_store(&shared->taken.intent, 0);
	atomic_store(&shared->taken.done, 0);
	while (kills < until) {
		for (int i = 0; i < 2; i++) {
			(void)traffic_random(&rng);
			if (!pids[i])
				pids[i] = fault_start_child(i ? consume : produce, NULL);
		}
		usleep((useconds_t)(traffic_random(&rng) % LONGEST_LIFE));
		strike(pids);
	}
	for (int i = 0; i < 2; i++)
		if (pids[i])
			die(&pids[i]);
	fault_run_child(finish, NULL);
	/* A queue killed in the making has no name and leaves none. */
	if (fault_list()[0])
		FAIL("left behind: %s", fault_list());
	printf("%zu slots of %" PRIu32 " bytes: %" PRIu64 " messages, ok\n", slots,
	       traffic.slot_size, atomic_load(&shared->taken.done));
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "kills", 1, NULL, 'k' }, { "seed", 1, NULL, 's' }, { NULL, 0, NULL, 0 },
	};
	const char *env = getenv("NABD_KILLS");
	unsigned long most = env ? strtoul(env, NULL, 0) : DEFAULT_KILLS;
	uint64_t seed = (uint64_t)time(NULL) * 1000003u ^ (uint64_t)getpid();
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'k') {
			most = strtoul(optarg, NULL, 0);
		} else if (c == 's') {
			seed = strtoull(optarg, NULL, 0);
		} else {
			fputs("usage: kill_random [--kills N] [--seed N]\n", stderr);
			return 2;
		}
	}
	fault_begin("kill-random");
	shared = fault_shared(sizeof(*shared));
	rng = seed;
	printf("kill_random: %lu kills, seed %" PRIu64 "\n", most, seed);
	for (unsigned i = 1; i <= ROUNDS; i++)
		run_round(most * i / ROUNDS);
	printf("%lu kills; %" PRIu64 " producers and %" PRIu64 " consumers got to work\n", kills,
	       atomic_load(&shared->successions[0]), atomic_load(&shared->successions[1]));
	/* Otherwise nearly all have died before they did anything. */
	CHECK(atomic_load(&shared->successions[0]) > kills / 20);
	CHECK(atomic_load(&shared->successions[1]) > kills / 20);
	return 0;
}
