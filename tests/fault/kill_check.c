/* SPDX-License-Identifier: MIT */
/*
 * kill_check.c - before and after: a victim brings a new queue into the wanted
 * state and runs the operation; a successor takes over what it left.
 */
#include "kill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "step.h"

#define LAPS_BEFORE 3u /* that a ring which is to wrap has behind it */

static uint64_t used(enum kill_used used, uint64_t slots)
{
	switch (used) {
	case USED_NONE:
		return 0;
	case USED_FOUR:
		return 4;
	case USED_HALF:
		return slots / 2;
	case USED_ALL_BUT_ONE:
		return slots - 1;
	case USED_ALL:
		break;
	}
	return slots;
}

void kill_plan(struct victim *v, const struct kill_op *op, const struct kill_state *state,
	       size_t slots)
{
	uint64_t n = used(state->used, slots);
	unsigned char *to = v->data;

	memset(v, 0, sizeof(*v));
	v->op = op;
	v->state = state;
	v->slots = slots;
	v->sent = n;
	if (state->turn == HEAD_AT_END)
		v->sent = LAPS_BEFORE * slots + slots - 1;
	if (state->turn == TAIL_AT_END)
		v->sent = LAPS_BEFORE * slots + slots - 1 + n;
	v->taken = v->sent - n + state->late;
	for (unsigned i = 0; i < KILL_BATCH; i++) {
		v->lens[i] = traffic_fill(&fault_traffic, v->sent + i, to);
		to += v->lens[i];
	}
}

static unsigned least(unsigned wanted, uint64_t there)
{
	return wanted < there ? wanted : (unsigned)there;
}

unsigned kill_sends(const struct victim *v)
{
	return least(v->op->sends, v->slots - (v->sent - v->taken));
}

unsigned kill_takes(const struct victim *v)
{
	return least(v->op->takes, v->sent - v->taken);
}

/* ------------------------------------------------------------------- before */

static void take(nabd_t *q, uint64_t from, uint64_t until)
{
	while (from < until)
		fault_pop(q, from++);
}

/* A new queue, brought into its state by a handle that is closed again. */
static void make_queue(const struct victim *v)
{
	unsigned reader = v->state->group ? NABD_CONSUMER : 0;
	uint64_t taken = v->taken - v->state->late;
	uint64_t at = 0;
	nabd_t *q;

	EXPECT(fault_open(KILL_QUEUE, v->slots, FAULT_SLOT_SIZE,
			  NABD_CREATE | NABD_EXCL | NABD_PRODUCER | reader, &q), NABD_OK);
	for (uint64_t i = 0; i < v->sent; i++) {
		if (i - at == v->slots)
			fault_pop(q, at++);
		fault_push(q, i);
	}
	take(q, at, taken);
	if (v->state->group && !taken) { /* the first look makes the group */
		struct nabd_msg m;
		int rc = nabd_peek_msg(q, &m);

		CHECK(rc == NABD_OK || rc == NABD_EMPTY);
	}
	EXPECT(nabd_close(q), NABD_OK);
}

/* By the same process, but the victim's handle does not know of it. */
static void take_late(const struct victim *v)
{
	nabd_t *q;

	EXPECT(fault_open(KILL_QUEUE, 0, 0, NABD_CONSUMER, &q), NABD_OK);
	take(q, v->taken - v->state->late, v->taken);
	EXPECT(nabd_close(q), NABD_OK);
}

int kill_wanted(const struct victim *v)
{
	uint64_t there = v->sent - v->taken;

	if ((v->op->idle == NABD_FULL && there == v->slots) ||
	    (v->op->idle == NABD_EMPTY && there == 0))
		return v->op->idle;
	return NABD_OK;
}

void kill_make_queue(const struct victim *v)
{
	if (v->state->where != ON_NONE)
		make_queue(v);
}

void kill_prepare(struct victim *v)
{
	if (v->op->flags)
		EXPECT(fault_open(KILL_QUEUE, 0, 0, v->op->flags, &v->q), NABD_OK);
	/* A producer has looked at the groups before, a reader comes after. */
	if (v->op->prepare && v->op->flags & NABD_PRODUCER)
		v->op->prepare(v);
	if (v->state->late)
		take_late(v);
	if (v->op->prepare && !(v->op->flags & NABD_PRODUCER))
		v->op->prepare(v);
}

void kill_victim(void *victim)
{
	struct victim *v = victim;

	kill_make_queue(v);
	kill_prepare(v);
	step_begin();
	v->op->run(v);
	step_end();
	if (!v->disturbed || v->rc != NABD_OK)
		EXPECT(v->rc, kill_wanted(v));
}

/* -------------------------------------------------------------------- after */

/* All that is there, in order and whole, without giving any of it back. */
static void read_all(const struct kill_check *c, nabd_t *q, const struct nabd_stats *st)
{
	struct nabd_msg *m = calloc(c->v->slots + 1, sizeof(*m));
	uint64_t first = st->position;
	size_t got = 0;
	int rc;

	CHECK(m);
	rc = nabd_peek_batch(q, m, c->v->slots + 1, &got);
	if (rc != NABD_EMPTY)
		EXPECT(rc, NABD_OK);
	if (got)
		first = m[0].sequence;
	CHECK(got <= c->v->slots);
	for (size_t i = 0; i < got; i++) {
		CHECK(m[i].sequence == first + i);
		CHECK(m[i].deliveries == 1);
		CHECK(traffic_check(&fault_traffic, m[i].sequence, m[i].data, m[i].len));
	}
	if (got)
		EXPECT(nabd_release_batch(q, 0), NABD_OK);
	free(m);
	c->found->taken = first;
	c->found->sent = first + got;
	if (c->found->gone && !first && !got)
		return;
	if (c->found->gone || first < c->taken_least || first > c->taken_most ||
	    first + got < c->sent_least || first + got > c->sent_most)
		FAIL("messages %llu to %llu are there; taken were %llu to %llu, sent %llu to %llu",
		     (unsigned long long)first, (unsigned long long)(first + got),
		     (unsigned long long)c->taken_least, (unsigned long long)c->taken_most,
		     (unsigned long long)c->sent_least, (unsigned long long)c->sent_most);
}

static void look(nabd_t *q, struct nabd_stats *st)
{
	st->size = sizeof(*st);
	EXPECT(nabd_stats(q, st), NABD_OK);
}

/*
 * A lap and a half: one by one, so that something left in a slot ahead would be
 * taken for a message; then until it is full.
 */
static void go_on(const struct kill_check *c, nabd_t *p, nabd_t *q)
{
	uint64_t seq = c->found->sent;
	uint64_t all = c->v->slots;

	for (uint64_t i = 0; i < all / 2; i++) {
		EXPECT(nabd_empty(q), 1);
		fault_push(p, seq);
		fault_pop(q, seq++);
	}
	EXPECT(nabd_empty(q), 1);
	for (uint64_t i = 0; i < all; i++)
		fault_push(p, seq + i);
	EXPECT(nabd_push(p, "", 1), NABD_FULL);
	EXPECT(nabd_full(q), 1);
	EXPECT(nabd_fill_level(q), 100);
	take(q, seq, seq + all);
	EXPECT(nabd_empty(q), 1);
	EXPECT(nabd_full(q), 0);
}

void kill_successor(void *check)
{
	const struct kill_check *c = check;
	const struct kill_found *found = c->found;
	struct nabd_stats st;
	nabd_t *p, *q, *observer;
	int rc = fault_open(KILL_QUEUE, 0, 0, NABD_OBSERVE, &observer);

	c->found->gone = rc == NABD_NOTFOUND && c->gone_ok;
	if (c->found->gone) {
		if (strcmp(fault_list(), "") != 0)
			FAIL("left behind: %s", fault_list());
		EXPECT(fault_open(KILL_QUEUE, c->v->slots, FAULT_SLOT_SIZE,
				  NABD_CREATE | NABD_EXCL, &observer), NABD_OK);
	} else {
		EXPECT(rc, NABD_OK);
	}
	if (strcmp(fault_list(), KILL_QUEUE " ") != 0)
		FAIL("left behind: %s", fault_list());
	q = fault_take_over(KILL_QUEUE, NABD_CONSUMER);
	look(q, &st);
	CHECK(st.slots == c->v->slots && st.slot_size == FAULT_SLOT_SIZE);
	read_all(c, q, &st);
	p = fault_take_over(KILL_QUEUE, NABD_PRODUCER);
	look(observer, &st);
	if (st.head != found->sent || st.position != found->taken || st.tail != found->taken)
		FAIL("messages %llu to %llu are there, but head %llu, tail %llu, position %llu",
		     (unsigned long long)found->taken, (unsigned long long)found->sent,
		     (unsigned long long)st.head, (unsigned long long)st.tail,
		     (unsigned long long)st.position);
	take(q, found->taken, found->sent);
	go_on(c, p, q);
	look(observer, &st);
	CHECK(st.head == found->sent + c->v->slots + c->v->slots / 2);
	CHECK(st.position == st.head);
	EXPECT(nabd_close(p), NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
	EXPECT(nabd_close(observer), NABD_OK);
	EXPECT(fault_unlink(KILL_QUEUE), NABD_OK);
	if (strcmp(fault_list(), "") != 0)
		FAIL("left behind: %s", fault_list());
}
