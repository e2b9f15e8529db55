/* SPDX-License-Identifier: MIT */
/*
 * kill_ops.c - the table of operations and the table of ring states. A call
 * that comes later (groups, waiting) becomes one more line here.
 */
#include "kill.h"

#include <string.h>

#define BOTH (NABD_PRODUCER | NABD_CONSUMER)

/* ------------------------------------------------------------------ sending */

/* Look at the groups, so that the operation itself finds its credit renewed. */
static void get_credit(struct victim *v)
{
	void *slot;

	if (nabd_reserve(v->q, 1, &slot) == NABD_OK)
		EXPECT(nabd_abort(v->q), NABD_OK);
}

static void run_push(struct victim *v)
{
	v->rc = nabd_push(v->q, v->data, v->lens[0]);
}

static void run_reserve_commit(struct victim *v)
{
	void *slot;

	v->rc = nabd_reserve(v->q, FAULT_SLOT_SIZE, &slot);
	if (v->rc != NABD_OK)
		return;
	memcpy(slot, v->data, v->lens[0]);
	v->rc = nabd_commit(v->q, v->lens[0]);
}

static void run_reserve_abort(struct victim *v)
{
	void *slot;

	v->rc = nabd_reserve(v->q, FAULT_SLOT_SIZE, &slot);
	if (v->rc != NABD_OK)
		return;
	memset(slot, 0xff, FAULT_SLOT_SIZE);
	v->rc = nabd_abort(v->q);
}

static void run_push_batch(struct victim *v)
{
	size_t sent;

	v->rc = nabd_push_batch(v->q, v->data, v->lens, KILL_BATCH, &sent);
}

static void run_reserve_batch(struct victim *v)
{
	void *slots[KILL_BATCH];
	const unsigned char *from = v->data;
	size_t got, n;

	v->rc = nabd_reserve_batch(v->q, FAULT_SLOT_SIZE, slots, KILL_BATCH, &got);
	if (v->rc != NABD_OK)
		return;
	n = got < KILL_BATCH ? got : KILL_BATCH - 1;
	for (size_t i = 0; i < got; i++) {
		memcpy(slots[i], from, v->lens[i]);
		from += v->lens[i];
	}
	v->rc = nabd_commit_batch(v->q, v->lens, n);
}

/* ---------------------------------------------------------------- receiving */

/* Take the role, so that the operation itself makes no system call. */
static void take_role(struct victim *v)
{
	struct nabd_msg m;
	size_t got;

	if (nabd_peek_batch(v->q, &m, 1, &got) == NABD_OK)
		EXPECT(nabd_release_batch(v->q, 0), NABD_OK);
}

static void run_pop(struct victim *v)
{
	size_t len = FAULT_SLOT_SIZE;

	v->rc = nabd_pop(v->q, v->got ? v->got : v->data, &len);
}

static void run_peek(struct victim *v)
{
	const void *data;

	v->rc = nabd_peek(v->q, &data, NULL);
}

static void run_peek_release(struct victim *v)
{
	const void *data;
	size_t len;

	v->rc = nabd_peek(v->q, &data, &len);
	if (v->rc == NABD_OK)
		v->rc = nabd_release(v->q);
}

static void run_peek_msg_release(struct victim *v)
{
	struct nabd_msg m;

	v->rc = nabd_peek_msg(v->q, &m);
	if (v->rc == NABD_OK)
		v->rc = nabd_release(v->q);
}

static void run_pop_batch(struct victim *v)
{
	size_t got;

	v->rc = nabd_pop_batch(v->q, v->got ? v->got : v->data, sizeof(v->data), v->lens,
			       KILL_BATCH, &got);
}

static void run_release_batch(struct victim *v)
{
	struct nabd_msg m[KILL_BATCH];
	size_t got;

	v->rc = nabd_peek_batch(v->q, m, KILL_BATCH, &got);
	if (v->rc == NABD_OK)
		v->rc = nabd_release_batch(v->q, got < KILL_BATCH ? got : KILL_BATCH - 1);
}

/* --------------------------------------------------------- opening, closing */

static void run_attach_producer(struct victim *v)
{
	v->rc = fault_open(KILL_QUEUE, 0, 0, NABD_PRODUCER, &v->q);
}

static void run_attach_consumer(struct victim *v)
{
	v->rc = fault_open(KILL_QUEUE, 0, 0, NABD_CONSUMER, &v->q);
}

static void run_attach_observer(struct victim *v)
{
	v->rc = fault_open(KILL_QUEUE, 0, 0, NABD_OBSERVE, &v->q);
}

static void run_create(struct victim *v)
{
	v->rc = fault_open(KILL_QUEUE, v->slots, FAULT_SLOT_SIZE, NABD_CREATE | BOTH, &v->q);
}

static void run_close(struct victim *v)
{
	v->rc = nabd_close(v->q);
}

/* With something unfinished on each side that is open. */
static void leave_open(struct victim *v)
{
	const void *data;
	void *slot;

	if (v->op->flags & NABD_PRODUCER && nabd_reserve(v->q, 8, &slot) == NABD_OK)
		memset(slot, 0xee, 8);
	if (v->op->flags & NABD_CONSUMER)
		(void)nabd_peek(v->q, &data, NULL);
}

static void run_unlink(struct victim *v)
{
	v->rc = fault_unlink(KILL_QUEUE);
}

static void run_stats(struct victim *v)
{
	struct nabd_stats st = { .size = sizeof(st) };

	v->rc = nabd_stats(v->q, &st);
}

static void run_look(struct victim *v)
{
	int seen = nabd_empty(v->q) + nabd_full(v->q) + nabd_fill_level(v->q);

	v->rc = seen < 0 ? seen : NABD_OK;
}

/* Any state with a queue. */
#define ON_ANY (ON_RING | ON_LIMITS)

const struct kill_op kill_ops[] = {
	{ "push", NABD_PRODUCER, ON_ANY, 1, 0, NABD_FULL, get_credit, run_push },
	{ "first-push", NABD_PRODUCER, ON_ANY, 1, 0, NABD_FULL, NULL, run_push },
	{ "reserve-commit", NABD_PRODUCER, ON_ANY, 1, 0, NABD_FULL, get_credit, run_reserve_commit },
	{ "reserve-abort", NABD_PRODUCER, ON_ANY, 0, 0, NABD_FULL, get_credit, run_reserve_abort },
	{ "push-batch", NABD_PRODUCER, ON_ANY, 3, 0, NABD_FULL, get_credit, run_push_batch },
	{ "reserve-batch", NABD_PRODUCER, ON_ANY, 2, 0, NABD_FULL, get_credit, run_reserve_batch },
	{ "pop", NABD_CONSUMER, ON_ANY, 0, 1, NABD_EMPTY, take_role, run_pop },
	{ "peek", NABD_CONSUMER, ON_ANY, 0, 0, NABD_EMPTY, take_role, run_peek },
	{ "peek-release", NABD_CONSUMER, ON_ANY, 0, 1, NABD_EMPTY, take_role, run_peek_release },
	{ "peek-msg-release", NABD_CONSUMER, ON_ANY, 0, 1, NABD_EMPTY, take_role, run_peek_msg_release },
	{ "pop-batch", NABD_CONSUMER, ON_ANY, 0, 3, NABD_EMPTY, take_role, run_pop_batch },
	{ "release-batch", NABD_CONSUMER, ON_ANY, 0, 2, NABD_EMPTY, take_role, run_release_batch },
	{ "first-peek", NABD_CONSUMER, ON_LIMITS, 0, 0, NABD_EMPTY, NULL, run_peek },
	{ "first-pop", NABD_CONSUMER, ON_LIMITS, 0, 1, NABD_EMPTY, NULL, run_pop },
	{ "attach-producer", 0, ON_LIMITS, 0, 0, 0, NULL, run_attach_producer },
	{ "attach-consumer", 0, ON_LIMITS, 0, 0, 0, NULL, run_attach_consumer },
	{ "attach-observer", 0, ON_LIMITS, 0, 0, 0, NULL, run_attach_observer },
	{ "create", 0, ON_NONE, 0, 0, 0, NULL, run_create },
	{ "create-attach", 0, ON_LIMITS, 0, 0, 0, NULL, run_create },
	{ "close-producer", NABD_PRODUCER, ON_LIMITS, 0, 0, 0, leave_open, run_close },
	{ "close-consumer", NABD_CONSUMER, ON_LIMITS, 0, 0, 0, leave_open, run_close },
	{ "close-both", BOTH, ON_LIMITS, 0, 0, 0, leave_open, run_close },
	{ "look", BOTH, ON_LIMITS, 0, 0, 0, NULL, run_look },
	{ "stats", BOTH, ON_LIMITS, 0, 0, 0, NULL, run_stats },
	{ "unlink", 0, ON_LIMITS, 0, 0, 0, NULL, run_unlink },
};

const size_t kill_op_count = sizeof(kill_ops) / sizeof(*kill_ops);

const struct kill_state kill_states[] = {
	{ "none", ON_NONE, USED_NONE, FRESH, false, 0 },
	{ "virgin", ON_LIMITS, USED_NONE, FRESH, false, 0 },
	{ "empty", ON_RING, USED_NONE, FRESH, true, 0 },
	{ "backlog", ON_RING, USED_HALF, FRESH, false, 0 },
	{ "half", ON_LIMITS, USED_HALF, FRESH, true, 0 },
	{ "full-1", ON_RING, USED_ALL_BUT_ONE, FRESH, true, 0 },
	{ "full-backlog", ON_LIMITS, USED_ALL, FRESH, false, 0 },
	{ "full", ON_RING, USED_ALL, FRESH, true, 0 },
	{ "head-wraps", ON_RING, USED_FOUR, HEAD_AT_END, true, 0 },
	{ "tail-wraps", ON_RING, USED_FOUR, TAIL_AT_END, true, 0 },
	{ "full-wraps", ON_LIMITS, USED_ALL, TAIL_AT_END, true, 0 },
	{ "late", ON_RING, USED_ALL, TAIL_AT_END, true, 2 },
};

const size_t kill_state_count = sizeof(kill_states) / sizeof(*kill_states);
