/* SPDX-License-Identifier: MIT */
/*
 * group_ops.c - the table of what is done to groups. A call that comes later becomes one
 * more line here.
 */
#define _GNU_SOURCE

#include "group_kill.h"

#include <string.h>

static void hand(uint64_t sequence)
{
	group_told->handed[sequence] = 1;
}

static void release(uint64_t sequence)
{
	group_told->released[sequence] = 1;
}

/* Where others are at work meanwhile, only those who look at a message know which it is. */
static void release_copied(uint64_t sequence)
{
	if (!group_plan.paused)
		release(sequence);
}

/* ------------------------------------------------------------ before the step */

/* One that leaves with as many as that: as a death does. */
static void leave_some(struct group_victim *v, size_t n)
{
	nabd_consumer_t *mate = group_victim_join(v);
	struct nabd_msg m[KILL_BATCH];
	size_t got = 0;

	EXPECT(nabd_consumer_peek_batch(mate, m, n, &got), NABD_OK);
	for (size_t i = 0; i < got; i++)
		hand(m[i].sequence);
	v->first = m[0].sequence;
	EXPECT(nabd_consumer_close(mate), NABD_OK);
}

static void leave_one(struct group_victim *v)
{
	leave_some(v, 1);
}

static void leave_two(struct group_victim *v)
{
	leave_some(v, 2);
}

static void peek_first(struct group_victim *v)
{
	struct nabd_msg m;

	EXPECT(nabd_consumer_peek_msg(v->c, &m), NABD_OK);
	hand(m.sequence);
	v->first = m.sequence;
}

static void pop_one(struct group_victim *v)
{
	peek_first(v);
	EXPECT(nabd_consumer_release(v->c), NABD_OK);
	release(v->first);
	v->first++;
}

/* A lone member that comes again so soon has claimed all the others, too. */
static void pop_two(struct group_victim *v)
{
	pop_one(v);
	pop_one(v);
}

static void peek_some(struct group_victim *v)
{
	struct nabd_msg m[KILL_BATCH];
	size_t got;

	EXPECT(nabd_consumer_peek_batch(v->c, m, KILL_BATCH, &got), NABD_OK);
	for (size_t i = 0; i < got; i++)
		hand(m[i].sequence);
	v->first = m[0].sequence;
}

static void peek_left(struct group_victim *v)
{
	leave_two(v);
	peek_first(v);
}

/* Of what another left one message is done, and one is held still. */
static void pop_left(struct group_victim *v)
{
	leave_two(v);
	pop_one(v);
}

/* The producer has met the full queue, and then a long time goes by. */
static void meet_full(struct group_victim *v)
{
	void *slot;

	EXPECT(nabd_reserve(v->q, 1, &slot), NABD_FULL);
	step_clock(1000);
}

/* The producer knows the groups. */
static void know_groups(struct group_victim *v)
{
	void *slot;

	if (nabd_reserve(v->q, 1, &slot) == NABD_OK)
		EXPECT(nabd_abort(v->q), NABD_OK);
}

/* ------------------------------------------------------------------ receiving */

static void run_peek(struct group_victim *v)
{
	struct nabd_msg m;

	v->rc = nabd_consumer_peek_msg(v->c, &m);
	if (v->rc != NABD_OK)
		return;
	hand(m.sequence);
	v->first = group_told->of[v->which].first = m.sequence;
}

static void run_release(struct group_victim *v)
{
	v->rc = nabd_consumer_release(v->c);
	if (v->rc == NABD_OK)
		release(v->first);
}

static void run_peek_release(struct group_victim *v)
{
	run_peek(v);
	if (v->rc == NABD_OK)
		run_release(v);
}

static void run_pop(struct group_victim *v)
{
	size_t len = FAULT_SLOT_SIZE;

	v->rc = nabd_consumer_pop(v->c, group_told->of[v->which].got, &len);
	if (v->rc == NABD_OK)
		release_copied(v->first);
}

static void run_pop_batch(struct group_victim *v)
{
	unsigned char *got = group_told->of[v->which].got;
	uint32_t lens[KILL_BATCH];
	size_t n;

	v->rc = nabd_consumer_pop_batch(v->c, got, KILL_BATCH * FAULT_SLOT_SIZE, lens, KILL_BATCH, &n);
	for (size_t i = 0; v->rc == NABD_OK && i < n; i++)
		release_copied(v->first + i);
}

static void run_batch(struct group_victim *v)
{
	struct nabd_msg m[KILL_BATCH];
	size_t n = 0, some;

	v->rc = nabd_consumer_peek_batch(v->c, m, KILL_BATCH, &n);
	if (v->rc != NABD_OK)
		return;
	for (size_t i = 0; i < n; i++)
		hand(m[i].sequence);
	some = n < KILL_BATCH ? n : KILL_BATCH - 1;
	v->rc = nabd_consumer_release_batch(v->c, some);
	for (size_t i = 0; v->rc == NABD_OK && i < some; i++)
		release(m[i].sequence);
}

/* Twice, as the first time may only say that messages are gone. */
static void run_lapped(struct group_victim *v)
{
	struct nabd_consumer_stats st = { .size = sizeof(st) };
	struct nabd_msg m;

	v->rc = nabd_consumer_peek_msg(v->c, &m);
	if (v->rc == NABD_LAPPED) {
		EXPECT(nabd_consumer_stats(v->c, &st), NABD_OK);
		group_told->lost = st.lost;
		v->rc = nabd_consumer_peek_msg(v->c, &m);
	}
	if (v->rc != NABD_OK)
		return;
	hand(m.sequence);
	v->first = group_told->of[v->which].first = m.sequence;
	run_release(v);
}

static void run_nack(struct group_victim *v)
{
	v->rc = nabd_consumer_nack(v->c);
}

static void run_seek_on(struct group_victim *v)
{
	v->rc = nabd_consumer_seek(v->c, UINT64_MAX, NULL);
}

static void run_seek_back(struct group_victim *v)
{
	v->rc = nabd_consumer_seek(v->c, 0, NULL);
}

/* ------------------------------------------------------------ coming and going */

static void run_join(struct group_victim *v)
{
	v->rc = nabd_consumer_join_opts(v->q, MAIN_GROUP, group_plan.op->join, &v->c);
}

static void run_join_any(struct group_victim *v)
{
	v->rc = nabd_consumer_join_opts(v->q, 0, group_plan.op->join, &v->c);
}

static void run_leave(struct group_victim *v)
{
	v->rc = nabd_consumer_close(v->c);
}

static void run_drop(struct group_victim *v)
{
	v->rc = nabd_group_drop(v->q, MAIN_GROUP);
}

/* -------------------------------------------------------------------- sending */

static void run_push(struct group_victim *v)
{
	unsigned char data[FAULT_SLOT_SIZE];

	v->rc = nabd_push(v->q, data, traffic_fill(&fault_traffic, group_plan.sent, data));
}

static void run_push_batch(struct group_victim *v)
{
	unsigned char data[KILL_BATCH * FAULT_SLOT_SIZE], *to = data;
	uint32_t lens[KILL_BATCH];
	size_t sent;

	for (unsigned i = 0; i < KILL_BATCH; i++) {
		lens[i] = traffic_fill(&fault_traffic, group_plan.sent + i, to);
		to += lens[i];
	}
	v->rc = nabd_push_batch(v->q, data, lens, KILL_BATCH, &sent);
}

static void run_take_over(struct group_victim *v)
{
	v->rc = fault_open(KILL_QUEUE, 0, 0, NABD_PRODUCER, &v->q);
	if (v->rc == NABD_OK)
		run_push(v);
}

/* ------------------------------------------------------------------ the tables */

#define JOIN_OPTS(flags, stall, lag, sequence) \
	{ sizeof(struct nabd_join_opts), (flags), 0, (stall), (lag), (sequence), NULL, NULL, NULL }

static const struct nabd_join_opts
	oldest = JOIN_OPTS(NABD_JOIN_OLDEST, 0, 0, 0),
	newest = JOIN_OPTS(NABD_JOIN_NEWEST, 0, 0, 0),
	second = JOIN_OPTS(NABD_JOIN_SEQUENCE, 0, 0, 1),
	fleeting = JOIN_OPTS(NABD_GROUP_EPHEMERAL, 0, 0, 0),
	hurried = JOIN_OPTS(0, 0, 2, 0),    /* evicted when two behind */
	impatient = JOIN_OPTS(0, 100, 0, 0); /* when it has held the producer for 100 ms */

/* At the head that it finds. */
static void run_succeed(struct group_victim *v)
{
	struct nabd_stats st = { .size = sizeof(st) };
	unsigned char data[FAULT_SLOT_SIZE];

	v->rc = fault_open(KILL_QUEUE, 0, 0, NABD_PRODUCER, &v->q);
	if (v->rc != NABD_OK)
		return;
	EXPECT(nabd_stats(v->q, &st), NABD_OK);
	v->rc = nabd_push(v->q, data, traffic_fill(&fault_traffic, st.head, data));
}

static void run_join_take(struct group_victim *v)
{
	run_join(v);
	if (v->rc == NABD_OK)
		run_peek_release(v);
}

#define RECEIVES .flags = NABD_CONSUMER, .member = true
#define JOINS    .flags = NABD_CONSUMER
#define SENDS    .flags = NABD_PRODUCER
#define OVER     .overwrite = true

const struct group_op group_ops[] = {
	{ "peek", RECEIVES, .run = run_peek },
	{ "release", RECEIVES, .takes = 1, .where = IN_SOME, .prepare = peek_first, .run = run_release },
	{ "peek-release", RECEIVES, .takes = 1, .run = run_peek_release },
	{ "pop", RECEIVES, .takes = 1, .copies = true, .run = run_pop },
	{ "next-pop", RECEIVES, .takes = 1, .copies = true, .where = IN_SOME, .prepare = pop_two,
	  .run = run_pop },
	{ "pop-ahead", RECEIVES, .takes = 1, .copies = true, .where = IN_SOME, .prepare = pop_one,
	  .run = run_pop },
	{ "pop-batch", RECEIVES, .takes = 3, .copies = true, .run = run_pop_batch },
	{ "batch", RECEIVES, .takes = 2, .run = run_batch },
	{ "heir-pop", RECEIVES, .takes = 1, .copies = true, .where = IN_SOME, .prepare = leave_two,
	  .run = run_pop },
	{ "heir-last", RECEIVES, .takes = 1, .where = IN_SOME, .prepare = leave_one,
	  .run = run_peek_release },
	{ "heir-batch", RECEIVES, .takes = 3, .copies = true, .where = IN_SOME, .prepare = leave_two,
	  .run = run_pop_batch },
	{ "nack", RECEIVES, .where = IN_SOME, .prepare = peek_some, .run = run_nack },
	{ "nack-heir", RECEIVES, .where = IN_SOME, .prepare = peek_left, .run = run_nack },
	{ "seek-on", RECEIVES, .fate = FATE_SKIPS, .where = IN_SOME, .prepare = pop_two,
	  .run = run_seek_on },
	{ "seek-back", RECEIVES, .fate = FATE_REWINDS, .where = IN_SOME, .prepare = pop_two,
	  .run = run_seek_back },
	{ "seek-back-heir", RECEIVES, .fate = FATE_REWINDS, .where = IN_SOME, .prepare = pop_left,
	  .run = run_seek_back },
	{ "leave", RECEIVES, .run = run_leave },
	{ "leave-held", RECEIVES, .where = IN_SOME, .prepare = peek_some, .run = run_leave },
	{ "vanish", RECEIVES, .before = GROUP_NONE, .fate = FATE_ENDS, .join = &fleeting,
	  .where = IN_SOME, .prepare = peek_first, .run = run_leave },
	{ "drop", RECEIVES, .fate = FATE_ENDS, .run = run_drop },
	{ "drop-held", RECEIVES, .fate = FATE_ENDS, .where = IN_SOME, .prepare = peek_some,
	  .run = run_drop },
	{ "drop-by-producer", SENDS, .fate = FATE_ENDS, .prepare = know_groups, .run = run_drop },
	{ "join", JOINS, .run = run_join },
	{ "join-heir", JOINS, .where = IN_SOME, .prepare = leave_two, .run = run_join },
	{ "make", JOINS, .before = GROUP_NONE, .fate = FATE_STARTS, .run = run_join },
	{ "make-oldest", JOINS, .before = GROUP_NONE, .fate = FATE_STARTS, .join = &oldest,
	  .run = run_join },
	{ "make-newest", JOINS, .before = GROUP_NONE, .fate = FATE_STARTS, .join = &newest,
	  .run = run_join },
	{ "make-sequence", JOINS, .before = GROUP_NONE, .fate = FATE_STARTS, .join = &second,
	  .where = IN_SOME, .run = run_join },
	{ "make-fleeting", JOINS, .before = GROUP_NONE, .fate = FATE_STARTS, .join = &fleeting,
	  .run = run_join },
	{ "make-any", JOINS, .before = GROUP_NONE, .fate = FATE_STARTS,
	  .run = run_join_any },
	{ "make-again", JOINS, .before = GROUP_REMOVED, .fate = FATE_STARTS, .run = run_join },
	{ "make-vacant", JOINS, .before = GROUP_VACANT, .fate = FATE_STARTS, .join = &fleeting,
	  .where = IN_SOME, .run = run_join },
	{ "scan", SENDS, .sends = 1, .run = run_push },
	{ "scan-batch", SENDS, .sends = 3, .run = run_push_batch },
	{ "scan-full", SENDS, .sends = 1, .where = IN_FULL, .prepare = meet_full, .run = run_push },
	{ "evict-lag", SENDS, .sends = 1, .fate = FATE_ENDS, .join = &hurried, .where = IN_SOME,
	  .run = run_push },
	{ "evict-stall", SENDS, .sends = 1, .fate = FATE_ENDS, .join = &impatient, .where = IN_FULL,
	  .prepare = meet_full, .run = run_push },
	{ "reap", SENDS, .sends = 1, .before = GROUP_VACANT, .fate = FATE_ENDS, .join = &fleeting,
	  .where = IN_FULL, .prepare = meet_full, .run = run_push },
	{ "take-over", .sends = 1, .run = run_take_over },
	{ "over-push", SENDS, OVER, .sends = 1, .run = run_push },
	{ "over-push-batch", SENDS, OVER, .sends = 3, .where = IN_FULL, .prepare = know_groups,
	  .run = run_push_batch },
	{ "over-pop", RECEIVES, OVER, .takes = 1, .copies = true, .where = IN_SOME, .run = run_pop },
	{ "over-lapped", RECEIVES, OVER, .takes = 1, .beyond = 5, .where = IN_SOME, .run = run_lapped },
	{ "over-heir", RECEIVES, OVER, .takes = 1, .copies = true, .where = IN_SOME,
	  .prepare = leave_two, .run = run_pop },
	{ "over-take-over", OVER, .sends = 1, .beyond = 3, .run = run_take_over },
};

const struct group_op
	group_heir_joins = { "heir-joins", JOINS, .takes = 1, .run = run_join_take },
	group_heir_takes = { "heir-takes", RECEIVES, .takes = 1, .run = run_peek_release },
	group_heir_sends = { "heir-sends", .sends = 1, .run = run_succeed };

const size_t group_op_count = sizeof(group_ops) / sizeof(*group_ops);
