/* SPDX-License-Identifier: MIT */
/*
 * storm.c - while a producer runs and one group reads it all, others join and leave,
 * remove, move and give back as fast as they can, on few groups, so that they meet. The
 * reader of the calm group must get each message once and in order, and nobody an answer
 * that is not one of those for what the others may do to it.
 *
 * NABD_STORM_ROUNDS or --rounds: how often one of them does something.
 */
#define _GNU_SOURCE

#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../fault/fault.h"

#define QUEUE "q"
#define SLOTS 64u
#define DEFAULT_ROUNDS 200000ul
#define CALM 1u       /* the group that gets everything */
#define FIRST 2u      /* those that the storm is about */
#define GROUPS 4u
#define STORMERS 4u

static struct shared {
	_Atomic int over;        /* the storm is: the producer ends */
	_Atomic uint64_t sent;   /* when it has ended */
	_Atomic uint64_t joined, busy, ended, moved, nacked, removed;
} *shared;

static uint64_t rng;
static unsigned long rounds = DEFAULT_ROUNDS;

static void produce(void *unused)
{
	nabd_t *q = fault_take_over(QUEUE, NABD_PRODUCER);
	uint64_t seq = 0;

	(void)unused;
	while (!atomic_load(&shared->over)) {
		unsigned char data[FAULT_SLOT_SIZE];
		int rc = nabd_push(q, data, traffic_fill(&fault_traffic, seq, data));

		if (rc == NABD_FULL) {
			sched_yield();
			continue;
		}
		EXPECT(rc, NABD_OK);
		seq++;
	}
	EXPECT(nabd_close(q), NABD_OK);
	atomic_store(&shared->sent, seq + 1);
}

static void read_calmly(void *unused)
{
	nabd_t *q = fault_take_over(QUEUE, 0);
	nabd_consumer_t *c;
	struct nabd_msg m;
	uint64_t seq = 0;

	(void)unused;
	EXPECT(nabd_close(q), NABD_OK);
	EXPECT(fault_open(QUEUE, 0, 0, NABD_CONSUMER, &q), NABD_OK);
	EXPECT(nabd_consumer_join_opts(q, CALM, NULL, &c), NABD_OK);
	while (atomic_load(&shared->sent) != seq + 1) {
		int rc = nabd_consumer_peek_msg(c, &m);

		if (rc == NABD_EMPTY) {
			sched_yield();
			continue;
		}
		EXPECT(rc, NABD_OK);
		CHECK(m.sequence == seq && m.flags == 0 && m.deliveries == 1);
		CHECK(traffic_check(&fault_traffic, seq, m.data, m.len));
		EXPECT(nabd_consumer_release(c), NABD_OK);
		seq++;
	}
	EXPECT(nabd_consumer_close(c), NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
}

/* ------------------------------------------------------------------ the storm */

struct stormer {
	nabd_t *q;
	nabd_consumer_t *c; /* or NULL */
	unsigned group;
};

/* True if the group is there; if others have removed it, or it was evicted, we leave. */
static bool still_member(struct stormer *s, int rc)
{
	if (rc == NABD_DROPPED || rc == NABD_EVICTED) {
		EXPECT(nabd_consumer_close(s->c), NABD_OK);
		s->c = NULL;
		atomic_fetch_add(&shared->ended, 1);
		return false;
	}
	EXPECT(rc, NABD_OK);
	return true;
}

static void join(struct stormer *s)
{
	static const uint32_t kinds[] = { 0, NABD_GROUP_EPHEMERAL, NABD_JOIN_OLDEST, NABD_JOIN_NEWEST,
					  NABD_JOIN_SEQUENCE };
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	struct nabd_consumer_stats st = { .size = sizeof(st) };
	int rc;

	opts.flags = kinds[traffic_random(&rng) % (sizeof(kinds) / sizeof(*kinds))];
	opts.sequence = traffic_random(&rng) % 100000;
	opts.max_lag = traffic_random(&rng) % 4 ? 0 : SLOTS / 2;
	s->group = FIRST + (unsigned)(traffic_random(&rng) % GROUPS);
	rc = nabd_consumer_join_opts(s->q, traffic_random(&rng) % 8 ? s->group : 0, &opts, &s->c);
	if (rc == NABD_BUSY) {
		atomic_fetch_add(&shared->busy, 1);
		return;
	}
	EXPECT(rc, NABD_OK);
	EXPECT(nabd_consumer_stats(s->c, &st), NABD_OK);
	s->group = st.group;
	atomic_fetch_add(&shared->joined, 1);
}

/* A durable group that nobody is a member of would hold the producer: so it goes too. */
static void leave(struct stormer *s)
{
	EXPECT(nabd_consumer_close(s->c), NABD_OK);
	s->c = NULL;
	if (traffic_random(&rng) % 8)
		(void)nabd_group_drop(s->q, s->group);
}

static void drop(struct stormer *s)
{
	int rc = nabd_group_drop(s->q, FIRST + (unsigned)(traffic_random(&rng) % GROUPS));

	if (rc != NABD_NOTFOUND)
		EXPECT(rc, NABD_OK);
	atomic_fetch_add(&shared->removed, rc == NABD_OK);
}

static void seek(struct stormer *s)
{
	static const uint64_t where[] = { 0, UINT64_MAX, UINT64_MAX, 12345 };
	uint64_t at;

	if (still_member(s, nabd_consumer_seek(s->c, where[traffic_random(&rng) % 4], &at)))
		atomic_fetch_add(&shared->moved, 1);
}

/*
 * What is released well must have been whole; what was not, was given back or is void.
 * False: there is nothing, or we are no member any more.
 */
static bool receive(struct stormer *s, bool undone)
{
	unsigned char copy[FAULT_SLOT_SIZE];
	struct nabd_msg m;
	int rc = nabd_consumer_peek_msg(s->c, &m);

	if (rc == NABD_EMPTY || !still_member(s, rc))
		return false;
	CHECK(m.len <= sizeof(copy));
	memcpy(copy, m.data, m.len);
	if (!still_member(s, undone ? nabd_consumer_nack(s->c) : nabd_consumer_release(s->c)))
		return false;
	atomic_fetch_add(&shared->nacked, undone);
	CHECK(traffic_check(&fault_traffic, m.sequence, copy, m.len));
	return true;
}

static void receive_some(struct stormer *s)
{
	for (unsigned i = 0; i < SLOTS && receive(s, false); i++)
		;
}

static void act(struct stormer *s)
{
	const uint64_t chance = traffic_random(&rng) % 16;

	if (!s->c)
		join(s);
	else if (chance < 4)
		leave(s);
	else if (chance < 5)
		drop(s);
	else if (chance < 8)
		seek(s);
	else if (chance < 11)
		(void)receive(s, true);
	else
		receive_some(s);
}

static void storm(void *unused)
{
	struct stormer s = { NULL, NULL, 0 };

	(void)unused;
	EXPECT(fault_open(QUEUE, 0, 0, NABD_CONSUMER, &s.q), NABD_OK);
	rng ^= (uint64_t)getpid();
	for (unsigned long i = 0; i < rounds / STORMERS; i++)
		act(&s);
	EXPECT(nabd_consumer_close(s.c), NABD_OK);
	EXPECT(nabd_close(s.q), NABD_OK);
}

/* --------------------------------------------------------------------- after it */

/* The calm group alone is left, holds nothing, and lets a whole lap pass. */
static void check_after(void *unused)
{
	struct nabd_group_info info = { .size = sizeof(info) };
	uint64_t sent = atomic_load(&shared->sent) - 1;
	nabd_consumer_t *c;
	nabd_t *q;

	(void)unused;
	EXPECT(fault_open(QUEUE, 0, 0, NABD_PRODUCER | NABD_CONSUMER, &q), NABD_OK);
	for (unsigned g = 1; g <= NABD_MAX_GROUPS; g++)
		EXPECT(nabd_group_look(q, g, &info), g == CALM ? NABD_OK : NABD_NOTFOUND);
	EXPECT(nabd_consumer_join_opts(q, CALM, NULL, &c), NABD_OK);
	for (unsigned i = 0; i < SLOTS; i++)
		fault_push(q, sent + i);
	EXPECT(nabd_push(q, "", 1), NABD_FULL);
	for (unsigned i = 0; i < SLOTS; i++) {
		struct nabd_msg m;

		EXPECT(nabd_consumer_peek_msg(c, &m), NABD_OK);
		CHECK(m.sequence == sent + i);
		EXPECT(nabd_consumer_release(c), NABD_OK);
	}
	EXPECT(nabd_consumer_close(c), NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
	EXPECT(fault_unlink(QUEUE), NABD_OK);
}

static void run(void)
{
	pid_t producer, reader, pids[STORMERS];
	nabd_consumer_t *c;
	nabd_t *q;

	EXPECT(fault_open(QUEUE, SLOTS, FAULT_SLOT_SIZE, NABD_CREATE | NABD_CONSUMER, &q), NABD_OK);
	EXPECT(nabd_consumer_join_opts(q, CALM, NULL, &c), NABD_OK);
	EXPECT(nabd_consumer_close(c), NABD_OK);
	producer = fault_start_child(produce, NULL);
	reader = fault_start_child(read_calmly, NULL);
	for (unsigned i = 0; i < STORMERS; i++)
		pids[i] = fault_start_child(storm, NULL);
	for (unsigned i = 0; i < STORMERS; i++)
		fault_await_child(pids[i]);
	for (unsigned g = FIRST; g <= NABD_MAX_GROUPS; g++)
		(void)nabd_group_drop(q, g);
	atomic_store(&shared->over, 1);
	fault_await_child(producer);
	fault_await_child(reader);
	fault_run_child(check_after, NULL);
	EXPECT(nabd_close(q), NABD_OK);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "rounds", 1, NULL, 'r' }, { "seed", 1, NULL, 's' }, { NULL, 0, NULL, 0 },
	};
	const char *env = getenv("NABD_STORM_ROUNDS");
	int c;

	rng = (uint64_t)time(NULL) * 1000003u ^ (uint64_t)getpid();
	if (env && *env)
		rounds = strtoul(env, NULL, 0);
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'r') {
			rounds = strtoul(optarg, NULL, 0);
		} else if (c == 's') {
			rng = strtoull(optarg, NULL, 0);
		} else {
			fputs("usage: storm [--rounds N] [--seed N]\n", stderr);
			return 2;
		}
	}
	fault_begin("storm");
	shared = fault_shared(sizeof(*shared));
	printf("storm: %lu rounds, seed %" PRIu64 "\n", rounds, rng);
	run();
	printf("%" PRIu64 " messages; joined %" PRIu64 " times, busy %" PRIu64 ", found the group ended %"
	       PRIu64 ", moved %" PRIu64 ", gave back %" PRIu64 ", removed %" PRIu64 "\n",
	       atomic_load(&shared->sent) - 1, atomic_load(&shared->joined), atomic_load(&shared->busy),
	       atomic_load(&shared->ended), atomic_load(&shared->moved), atomic_load(&shared->nacked),
	       atomic_load(&shared->removed));
	CHECK(atomic_load(&shared->joined) && atomic_load(&shared->ended));
	return 0;
}
