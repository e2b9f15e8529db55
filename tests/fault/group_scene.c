/* SPDX-License-Identifier: MIT */
/*
 * group_scene.c - a queue with its groups is brought into a state by handles that are
 * closed again, or die; then the witness takes its seats.
 */
#define _GNU_SOURCE

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "group_world.h"

#define LAPS_BEFORE 3u /* that a ring which is to wrap has behind it */
#define STAND_IN 16u   /* a group that moves the ring on where no other is there */

struct group_plan group_plan;
struct group_told *group_told;

const struct group_scene group_scenes[] = {
	{ "empty", USED_NONE, FRESH, false, false },
	{ "half", USED_HALF, FRESH, false, false },
	{ "full", USED_ALL, FRESH, false, false },
	{ "wrapped", USED_HALF, TAIL_AT_END, false, false },
	{ "full-wrapped", USED_ALL, TAIL_AT_END, false, true },
	{ "empty-crowd", USED_NONE, FRESH, true, true },
	{ "half-crowd", USED_HALF, FRESH, true, true },
	{ "full-crowd", USED_ALL, FRESH, true, true },
	{ "wrapped-crowd", USED_HALF, TAIL_AT_END, true, true },
	{ "full-wrapped-crowd", USED_ALL, TAIL_AT_END, true, true },
};

const size_t group_scene_count = sizeof(group_scenes) / sizeof(*group_scenes);

bool group_fits(const struct group_op *op, const struct group_scene *scene)
{
	if (op->where & IN_SOME && scene->used == USED_NONE)
		return false;
	return !(op->where & IN_FULL) || scene->used == USED_ALL;
}

bool group_has_peer(void)
{
	return group_plan.scene->peer && group_plan.op->before == GROUP_THERE;
}

/* Where the second group is: half way through what is there. */
static uint64_t second_at(void)
{
	return group_plan.op->overwrite ? group_plan.base : (group_plan.base + group_plan.sent) / 2;
}

static uint64_t used(enum kill_used used, uint64_t slots)
{
	return used == USED_NONE ? 0 : used == USED_HALF ? slots / 2 : slots;
}

void group_set_plan(const struct group_op *op, const struct group_scene *scene, size_t slots)
{
	memset(&group_plan, 0, sizeof(group_plan));
	group_plan.op = op;
	group_plan.scene = scene;
	group_plan.slots = slots;
	group_plan.base = scene->turn == FRESH ? 0 : LAPS_BEFORE * slots + slots - 1;
	group_plan.sends = op->sends;
	group_plan.sent = group_plan.base + used(scene->used, slots) + op->beyond;
}

void group_told_begin(size_t most_slots)
{
	size_t most = 16 * most_slots + 4096;

	group_told = fault_shared(sizeof(*group_told) + 2 * most);
	group_told->most = most;
	group_told->handed = (unsigned char *)(group_told + 1);
	group_told->released = group_told->handed + most;
}

/* As much of it as this scene can reach. */
static void forget_told(void)
{
	size_t n = 16 * group_plan.slots;

	CHECK(n <= group_told->most);
	memset(group_told->handed, 0, n);
	memset(group_told->released, 0, n);
	memset(group_told->of, 0xee, sizeof(group_told->of));
	group_told->victims = 0;
	group_told->lost = 0;
}

/* ------------------------------------------------------------------- the state */

static void pop(nabd_consumer_t *c, uint64_t seq)
{
	struct nabd_msg m;

	EXPECT(nabd_consumer_peek_msg(c, &m), NABD_OK);
	CHECK(m.sequence == seq);
	EXPECT(nabd_consumer_release(c), NABD_OK);
}

static int join(nabd_t *q, unsigned group, nabd_consumer_t **c)
{
	const struct nabd_join_opts *opts = group == MAIN_GROUP ? group_plan.op->join : NULL;

	return nabd_consumer_join_opts(q, group, opts, c);
}

/* All move on to base, as the messages come, and the second group a little further. */
static void send_all(nabd_t *q, nabd_consumer_t *const c[GROUPS_MADE])
{
	for (uint64_t i = 0; i < group_plan.sent; i++) {
		fault_push(q, i);
		for (unsigned g = 0; g < GROUPS_MADE; g++)
			if (c[g] && i < (g == 2 ? second_at() : group_plan.base))
				pop(c[g], i);
	}
}

/* Some of it is held by one that leaves, or dies with us; and then the group is removed. */
static void leave_behind(nabd_t *q, nabd_consumer_t *c)
{
	struct nabd_msg m[2];
	size_t got;
	int rc = nabd_consumer_peek_batch(c, m, 2, &got);

	CHECK(rc == NABD_OK || rc == NABD_EMPTY);
	if (group_plan.op->before == GROUP_VACANT)
		return;
	EXPECT(nabd_consumer_close(c), NABD_OK);
	EXPECT(nabd_group_drop(q, MAIN_GROUP), NABD_OK);
}

static void make_queue(void *unused)
{
	enum group_before before = group_plan.op->before;
	unsigned over = group_plan.op->overwrite ? NABD_OVERWRITE : 0;
	nabd_consumer_t *c[GROUPS_MADE] = { NULL };
	nabd_t *q;

	(void)unused;
	EXPECT(fault_open(KILL_QUEUE, group_plan.slots, FAULT_SLOT_SIZE,
			  NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER | over, &q), NABD_OK);
	if (before != GROUP_NONE)
		EXPECT(join(q, MAIN_GROUP, &c[MAIN_GROUP]), NABD_OK);
	for (unsigned g = 2; group_plan.scene->others && g < GROUPS_MADE; g++)
		EXPECT(join(q, g, &c[g]), NABD_OK);
	if (!c[1] && !c[2] && group_plan.base)
		EXPECT(nabd_consumer_join_opts(q, STAND_IN, NULL, &c[0]), NABD_OK);
	send_all(q, c);
	if (before == GROUP_VACANT || before == GROUP_REMOVED)
		leave_behind(q, c[MAIN_GROUP]);
	if (before == GROUP_VACANT)
		_exit(0); /* without closing */
	for (unsigned g = 0; g < GROUPS_MADE; g++)
		if (c[g] && !(g == MAIN_GROUP && before == GROUP_REMOVED))
			EXPECT(nabd_consumer_close(c[g]), NABD_OK);
	if (c[0])
		EXPECT(nabd_group_drop(q, STAND_IN), NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
}

/* ------------------------------------------------------------------- the seats */

int group_join(struct group_world *w, unsigned group, nabd_consumer_t **c)
{
	return join(w->q, group, c);
}

/* A peer that is not alone, as another line was used, so that it claims one by one. */
static void seat_peer(struct group_world *w)
{
	nabd_consumer_t *peer, *gone;
	struct nabd_msg m;

	EXPECT(group_join(w, MAIN_GROUP, &peer), NABD_OK);
	EXPECT(group_join(w, MAIN_GROUP, &gone), NABD_OK);
	EXPECT(nabd_consumer_close(gone), NABD_OK);
	w->g[MAIN_GROUP].c[0] = peer;
	if (group_plan.scene->used != USED_NONE && !group_plan.op->overwrite)
		EXPECT(nabd_consumer_peek_msg(peer, &m), NABD_OK);
}

void group_set_scene(struct group_world *w)
{
	forget_told();
	memset(w, 0, sizeof(*w));
	w->groups = group_plan.scene->others ? 3 : 1;
	w->head = group_plan.sent;
	for (unsigned g = 1; g < GROUPS_MADE; g++) {
		w->g[g].given = calloc(group_told->most, 1);
		CHECK(w->g[g].given);
		w->g[g].from = w->g[g].must = group_plan.base;
	}
	w->g[2].from = w->g[2].must = second_at();
	if (group_plan.op->before == GROUP_VACANT)
		fault_run_child(make_queue, NULL);
	else
		make_queue(NULL);
	EXPECT(fault_open(KILL_QUEUE, 0, 0, NABD_CONSUMER, &w->q), NABD_OK);
	if (group_has_peer())
		seat_peer(w);
	/* The third has no members. */
	if (w->groups > 1)
		EXPECT(group_join(w, 2, &w->g[2].c[0]), NABD_OK);
}
