/* SPDX-License-Identifier: MIT */
/* soak_play.c - what the processes do until they are killed. */
#define _GNU_SOURCE

#include <inttypes.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "soak.h"

#define MEMBER_STINT 2000u /* peeks, at most, until it leaves and joins again */
#define VISIT_STINT 4000u

/* What the account has room for; a producer that is ahead of it waits. */
static bool is_ahead(uint64_t seq)
{
	for (unsigned g = 0; g < SOAK_GROUPS; g++)
		if (seq - atomic_load(&soak->group[g].swept) > SOAK_WINDOW - 2 * SOAK_SLOTS)
			return true;
	return false;
}

/* That the queue is where the dead producer may have been. */
static uint64_t resume(nabd_t *q)
{
	struct nabd_stats st = { .size = sizeof(st) };
	uint64_t done = atomic_load(&soak->sent.done), intent = atomic_load(&soak->sent.intent);

	EXPECT(nabd_stats(q, &st), NABD_OK);
	if (st.head < done || st.head > intent)
		FAIL("head is %" PRIu64 ", the ledger says %" PRIu64 " to %" PRIu64, st.head, done,
		     intent);
	atomic_store(&soak->sent.intent, st.head);
	atomic_store(&soak->sent.done, st.head);
	return st.head;
}

void soak_produce(void *unused)
{
	nabd_t *q = fault_take_over(SOAK_QUEUE, NABD_PRODUCER);
	struct traffic_side s;

	(void)unused;
	CHECK(traffic_side_init(&s, &soak->traffic, q, (uint64_t)getpid()) == 0);
	s.seq = resume(q);
	s.ledger = &soak->sent;
	while (!atomic_load(&soak->stopping)) {
		enum traffic_result rc = is_ahead(s.seq) ? TRAFFIC_IDLE : traffic_send(&s);

		CHECK(rc != TRAFFIC_FAILED);
		if (rc == TRAFFIC_IDLE)
			sched_yield();
	}
	EXPECT(nabd_close(q), NABD_OK);
}

/* ---------------------------------------------------------------------- members */

/*
 * Look at some, and give a part of them back as done, or all of them undone. What is kept
 * is not entered yet: it is shown again, which is no new delivery.
 */
static void receive_some(nabd_consumer_t *c, unsigned group, uint64_t *rng)
{
	struct nabd_msg m[SOAK_BATCH];
	bool undone = traffic_random(rng) % 256 == 0;
	size_t got = 0, n;
	int rc = nabd_consumer_peek_batch(c, m, traffic_random(rng) % SOAK_BATCH + 1, &got);

	if (rc == NABD_EMPTY) {
		sched_yield();
		return;
	}
	EXPECT(rc, NABD_OK);
	n = undone || traffic_random(rng) % 4 ? got : (size_t)(traffic_random(rng) % (got + 1));
	for (size_t i = 0; i < n; i++)
		soak_enter(group, &m[i]);
	if (undone)
		atomic_fetch_add(&soak->group[group - 1].nacked, n);
	EXPECT(undone ? nabd_consumer_nack(c) : nabd_consumer_release_batch(c, n), NABD_OK);
}

/* A place may still be that of one who died, for a moment. */
static nabd_consumer_t *join(nabd_t *q, unsigned group, const struct nabd_join_opts *opts)
{
	nabd_consumer_t *c = NULL;
	int rc = NABD_BUSY;

	for (int tries = 0; rc == NABD_BUSY && tries < 100; tries++)
		rc = nabd_consumer_join_opts(q, group, opts, &c);
	EXPECT(rc, NABD_OK);
	return c;
}

void soak_member(void *number)
{
	unsigned group = *(const unsigned *)number % SOAK_GROUPS + 1;
	uint64_t rng = (uint64_t)getpid();
	nabd_t *q;

	EXPECT(fault_open(SOAK_QUEUE, 0, 0, NABD_CONSUMER, &q), NABD_OK);
	while (!atomic_load(&soak->drained)) {
		nabd_consumer_t *c = join(q, group, NULL);
		uint64_t stint = traffic_random(&rng) % MEMBER_STINT;

		while (stint-- && !atomic_load(&soak->drained))
			receive_some(c, group, &rng);
		EXPECT(nabd_consumer_close(c), NABD_OK);
	}
	EXPECT(nabd_close(q), NABD_OK);
}

/* --------------------------------------------------------------------- visitors */

/*
 * The only member of its group: in order, and none is left out. Judged when it is
 * released, as the group may have been evicted while we copied it.
 */
static int receive_next(nabd_consumer_t *c, uint64_t *next)
{
	unsigned char copy[SOAK_SLOT_SIZE];
	struct nabd_msg m;
	int rc = nabd_consumer_peek_msg(c, &m);

	if (rc != NABD_OK)
		return rc;
	CHECK(m.len <= sizeof(copy));
	memcpy(copy, m.data, m.len);
	rc = nabd_consumer_release(c);
	if (rc != NABD_OK)
		return rc;
	CHECK(traffic_check(&soak->traffic, m.sequence, copy, m.len));
	if (*next != UINT64_MAX && m.sequence != *next)
		FAIL("message %" PRIu64 " comes to a lone member before %" PRIu64, m.sequence, *next);
	*next = m.sequence + 1;
	return NABD_OK;
}

static int visit(nabd_consumer_t *c, uint64_t *rng)
{
	uint64_t stint = traffic_random(rng) % VISIT_STINT, next = UINT64_MAX;

	while (stint-- && !atomic_load(&soak->stopping)) {
		int rc = receive_next(c, &next);

		if (rc == NABD_EMPTY)
			sched_yield();
		else if (rc != NABD_OK)
			return rc;
		if (traffic_random(rng) % 1024 == 0) /* long enough to be evicted */
			usleep((useconds_t)(traffic_random(rng) % 20000));
	}
	return NABD_OK;
}

static const struct nabd_join_opts
	fleeting = { sizeof(fleeting), NABD_GROUP_EPHEMERAL, 0, 0, 0, 0, NULL, NULL, NULL },
	hurried = { sizeof(hurried), 0, 0, 5, SOAK_SLOTS / 2, 0, NULL, NULL, NULL },
	lasting = NABD_JOIN_OPTS_INIT;

static const struct nabd_join_opts *const kinds[SOAK_VISITORS] = { &fleeting, &hurried, &lasting };

void soak_visit(void *number)
{
	unsigned n = *(const unsigned *)number;
	unsigned group = SOAK_GROUPS + 1 + n;
	uint64_t rng = (uint64_t)getpid();
	nabd_t *q;

	EXPECT(fault_open(SOAK_QUEUE, 0, 0, NABD_CONSUMER, &q), NABD_OK);
	while (!atomic_load(&soak->stopping)) {
		nabd_consumer_t *c = join(q, group, kinds[n]);
		int rc = visit(c, &rng);

		if (rc == NABD_EVICTED && kinds[n] == &hurried)
			atomic_fetch_add(&soak->evictions, 1);
		else
			EXPECT(rc, NABD_OK);
		EXPECT(nabd_consumer_close(c), NABD_OK);
		if (kinds[n] == &lasting) {
			EXPECT(nabd_group_drop(q, group), NABD_OK);
			atomic_fetch_add(&soak->removals, 1);
		}
		atomic_fetch_add(&soak->visits, 1);
	}
	EXPECT(nabd_close(q), NABD_OK);
}
