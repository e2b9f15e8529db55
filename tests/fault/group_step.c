/* SPDX-License-Identifier: MIT */
/*
 * group_step.c - kill a process before every single instruction of what it does to a
 * consumer group, in every scene, and have a witness account for each message of each
 * group. Who comes first to the dead one's messages varies: a live member of the group,
 * before or after the ring has gone round; or one that joins.
 *
 * "make check" takes a choice of them, another one in each scene, and in some of the
 * scenes both sides of each system call. --exhaustive takes all.
 */
#define _GNU_SOURCE

#include <stdio.h>

#include "group_kill.h"
#include "options.h"

#define SLOTS 8u
#define CHOICE 30u
#define CALLS 4u /* in each so many-th scene, both sides of each system call */

static unsigned long instructions, kills, early;

static void fail_at(size_t k, const struct step_list *list)
{
	FAIL("FAILED: %s in scene %s%s%s, killed before instruction %zu of %zu (address %#lx)\n"
	     "again: %s --exhaustive --op %s --state %s", group_plan.op->name, group_plan.scene->name,
	     group_plan.late ? ", late" : "", group_plan.joins ? ", another joins" : "", k, list->n,
	     (unsigned long)(k < list->n ? list->at[k].pc : 0), options.program, group_plan.op->name,
	     group_plan.scene->name);
}

static void record(struct step_list *list)
{
	pid_t witness = group_witness();

	step_record(step_start(group_victim, (void *)group_plan.op), list);
	if (!group_judge(witness))
		fail_at(list->n, list);
}

static void die_at(const struct step_list *list, size_t k, unsigned way)
{
	pid_t witness, victim;

	group_plan.late = way & 1;
	group_plan.joins = way & 2;
	witness = group_witness();
	victim = step_start(group_victim, (void *)group_plan.op);
	if (!step_to(victim, &list->at[k]))
		early++;
	fault_kill(victim);
	kills++;
	if (!group_judge(witness))
		fail_at(k, list);
}

static void try_op(const struct group_op *op, const struct group_scene *scene, size_t turn)
{
	static struct step_list list;
	unsigned long before = kills;

	group_set_plan(op, scene, SLOTS);
	record(&list);
	for (size_t k = 0; k < list.n; k++) {
		if (!(list.at[k].call && turn % CALLS == 0 && !fault_instrumented()) &&
		    !options_choose(k, list.n, CHOICE, turn))
			continue;
		die_at(&list, k, (unsigned)(k + turn) % 4);
		if (options.exhaustive && list.at[k].own)
			die_at(&list, k, (unsigned)(k + turn) % 4 ^ 3);
	}
	printf("%s/%s: %zu instructions, %lu kills, ok\n", op->name, scene->name, list.n,
	       kills - before);
	instructions += list.n;
}

int main(int argc, char **argv)
{
	options_parse("group_step", argc, argv);
	fault_begin("group-step");
	group_told_begin(SLOTS);
	for (size_t i = 0; i < group_op_count; i++)
		for (size_t k = 0; k < group_scene_count; k++)
			if (group_fits(&group_ops[i], &group_scenes[k]) &&
			    options_want(group_ops[i].name, group_scenes[k].name) &&
			    (!fault_instrumented() || (i + k) % 4 == 0))
				try_op(&group_ops[i], &group_scenes[k], 7 * i + 3 * k);
	printf("%lu instructions, %lu kills, %lu of them after an early end\n", instructions, kills,
	       early);
	/* A victim that ran another way than the recorded one was killed at its end. */
	if (!kills || early > kills / 100)
		FAIL("too few kills were where they should be");
	return 0;
}
