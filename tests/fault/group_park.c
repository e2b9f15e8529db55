/* SPDX-License-Identifier: MIT */
/*
 * group_park.c - pause a process (SIGSTOP) before an instruction of what it does to a
 * consumer group. Its producer, and a member of each group, do a thousand operations each
 * meanwhile, and what there is room for goes through; then it goes on, and all must add
 * up. Only who joins, or ends, the very group may be told that it is busy.
 */
#define _GNU_SOURCE

#include <stdio.h>

#include "group_world.h"
#include "options.h"

#define SLOTS 1024u
#define OPERATIONS 1000u
#define LOOK_MS 21u /* go by each time that the clock is read: all look for dead members */
#define CHOICE 4u

static bool has_producer(const struct group_op *op)
{
	return op->flags & NABD_PRODUCER || op->sends;
}

/* Whether it may be paused with the lock of the group, which no receiving call takes. */
static bool may_lock(const struct group_op *op)
{
	return !op->member || (op->join && op->join->flags & NABD_GROUP_EPHEMERAL);
}

static void sit_down(struct group_world *w, unsigned group)
{
	int rc;

	if (w->g[group].c[0])
		return;
	rc = group_sit_down(w, group, 0);
	if (group != MAIN_GROUP || rc != NABD_BUSY || !may_lock(group_plan.op))
		EXPECT(rc, NABD_OK);
}

/* As far as there is room, and no further: what the paused one has not done is not lost. */
static uint64_t send_some(struct group_world *w)
{
	unsigned char data[FAULT_SLOT_SIZE];
	uint64_t sent = 0;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		int rc = nabd_push(w->p, data, traffic_fill(&fault_traffic, w->head, data));

		if (rc != NABD_FULL)
			EXPECT(rc, NABD_OK);
		w->head += rc == NABD_OK;
		sent += rc == NABD_OK;
	}
	return sent;
}

static void receive_some(struct group_world *w)
{
	for (unsigned g = 1; g <= w->groups; g++) {
		for (unsigned i = 0; i < OPERATIONS; i++)
			(void)group_receive_all(w, g);
		if (w->g[g].c[0] && g != MAIN_GROUP && !has_producer(group_plan.op) &&
		    !group_plan.op->overwrite)
			CHECK(w->g[g].last == w->head);
	}
}

static void go_about(struct group_world *w)
{
	const uint64_t there = group_plan.sent - group_plan.base;
	const uint64_t room = there < SLOTS ? SLOTS - there : 0;

	step_clock_run(LOOK_MS);
	for (unsigned g = 1; g <= w->groups; g++)
		sit_down(w, g);
	if (has_producer(group_plan.op)) {
		nabd_t *p;
		int rc = fault_open(KILL_QUEUE, 0, 0, NABD_PRODUCER, &p);

		if (rc == NABD_OK) /* it has not come to it */
			EXPECT(nabd_close(p), NABD_OK);
		else
			EXPECT(rc, NABD_BUSY);
		receive_some(w);
		return;
	}
	w->p = fault_take_over(KILL_QUEUE, NABD_PRODUCER);
	CHECK(send_some(w) >= (room < OPERATIONS ? room : OPERATIONS));
	receive_some(w);
	(void)send_some(w);
	receive_some(w);
	EXPECT(nabd_close(w->p), NABD_OK);
}

static void pause_at(const struct step_list *list, size_t k)
{
	pid_t witness, victim;

	group_plan.paused = true;
	witness = group_witness();
	victim = step_start(group_victim, (void *)group_plan.op);
	(void)step_to(victim, &list->at[k]);
	step_park(victim);
	group_continue(witness);
	step_unpark(victim);
	if (!group_judge(witness))
		FAIL("FAILED: %s in scene %s, paused before instruction %zu of %zu\n"
		     "again: %s --exhaustive --op %s --state %s", group_plan.op->name,
		     group_plan.scene->name, k, list->n, options.program, group_plan.op->name,
		     group_plan.scene->name);
}

static size_t try_op(const struct group_op *op, const struct group_scene *scene, size_t turn)
{
	static struct step_list list;
	size_t pauses = 0;
	pid_t witness;

	group_set_plan(op, scene, SLOTS);
	witness = group_witness();
	step_record(step_start(group_victim, (void *)op), &list);
	CHECK(group_judge(witness));
	for (size_t k = 0; k < list.n; k++) {
		/* Of all, those of the library: what is around its system calls is nothing new. */
		if (!options_choose(k, list.n, CHOICE, turn) ||
		    (options.exhaustive && !list.at[k].own && !list.at[k].call))
			continue;
		pause_at(&list, k);
		pauses++;
	}
	printf("%s/%s: %zu instructions, %zu pauses, ok\n", op->name, scene->name, list.n, pauses);
	return pauses;
}

int main(int argc, char **argv)
{
	size_t pauses = 0;

	options_parse("group_park", argc, argv);
	fault_begin("group-park");
	group_told_begin(SLOTS);
	group_meanwhile = go_about;
	for (size_t i = 0; i < group_op_count; i++)
		for (size_t k = 0; k < group_scene_count; k++)
			if (group_fits(&group_ops[i], &group_scenes[k]) &&
			    options_want(group_ops[i].name, group_scenes[k].name) &&
			    (options.exhaustive || (i + k) % (fault_instrumented() ? 8 : 2) == 0))
				pauses += try_op(&group_ops[i], &group_scenes[k], 5 * i + 3 * k);
	printf("%zu pauses\n", pauses);
	CHECK(pauses);
	return 0;
}
