/* SPDX-License-Identifier: MIT */
/* group_victim.c - the body of a process that is to be killed or paused. */
#define _GNU_SOURCE

#include "group_kill.h"

nabd_consumer_t *group_victim_join(struct group_victim *v)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	nabd_consumer_t *c;

	if (group_plan.op->join)
		opts = *group_plan.op->join;
	if (group_plan.op->before == GROUP_NONE) { /* with what was there before */
		opts.flags |= NABD_JOIN_SEQUENCE;
		opts.sequence = group_plan.base;
	}
	EXPECT(nabd_consumer_join_opts(v->q, MAIN_GROUP, &opts, &c), NABD_OK);
	return c;
}

static uint64_t position_of(nabd_t *q)
{
	struct nabd_group_info info = { .size = sizeof(info) };

	return nabd_group_look(q, MAIN_GROUP, &info) == NABD_OK ? info.position : UINT64_MAX;
}

/* It may find room or a message, or be passed, if others are at work, or were before. */
static bool answered(const struct group_victim *v)
{
	const bool others = group_plan.paused || group_told->victims > 1;

	if (v->rc == NABD_OK)
		return true;
	if (v->rc == NABD_EMPTY)
		return others || (v->op->member && group_plan.scene->used == USED_NONE);
	if (v->rc == NABD_FULL)
		return others || (!v->op->member && group_plan.scene->used == USED_ALL);
	return v->rc == NABD_LAPPED && others && group_plan.op->overwrite;
}

void group_victim(void *op)
{
	struct group_victim v = { .op = op, .which = group_told->victims++, .first = UINT64_MAX };
	unsigned flags = v.op->flags ? v.op->flags : NABD_OBSERVE;

	EXPECT(fault_open(KILL_QUEUE, 0, 0, flags, &v.q), NABD_OK);
	if (v.op->member)
		v.c = group_victim_join(&v);
	group_told->of[v.which].position = position_of(v.q);
	if (v.op->prepare)
		v.op->prepare(&v);
	if (v.first == UINT64_MAX)
		v.first = group_told->of[v.which].position;
	group_told->of[v.which].wants = group_has_peer() && v.which == 0 ? KILL_BATCH : 16;
	group_told->of[v.which].first = v.first;
	group_told->of[v.which].takes = v.op->takes;
	group_told->of[v.which].copies = v.op->copies;
	step_begin();
	v.op->run(&v);
	step_end();
	if (v.c && group_plan.op->overwrite) {
		struct nabd_consumer_stats st = { .size = sizeof(st) };

		EXPECT(nabd_consumer_stats(v.c, &st), NABD_OK);
		group_told->lost = st.lost;
	}
	if (!answered(&v))
		FAIL("%s in %s: %s", v.op->name, group_plan.scene->name, fault_error(v.rc));
}
