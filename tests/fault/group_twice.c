/* SPDX-License-Identifier: MIT */
/*
 * group_twice.c - kill a process in the middle of what it does to a consumer group, and
 * then the one that takes over from it in the middle of that: a member that finds what
 * the dead one held, one that joins in its place, or a new producer. Helping is nothing
 * that can be half done.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <string.h>

#include "group_kill.h"
#include "options.h"

#define SLOTS 8u
#define FIRST_CHOICE 2u
#define SECOND_CHOICE 14u
#define SCENES 10u    /* one in so many, for each operation and heir */
#define EXHAUSTIVE 2u /* so many times as many of each, and in all scenes */

static const struct group_op *const heirs[] = {
	&group_heir_joins, &group_heir_takes, &group_heir_sends,
};

static const struct group_op *heir;
static unsigned long pairs;
static unsigned times = 1;

/* A member that takes over must be one before; the others come when the first is dead. */
static bool fits(const struct group_op *first, const struct group_op *second)
{
	if (second == &group_heir_sends)
		return true;
	if (second == &group_heir_takes)
		return first->before == GROUP_THERE && first->fate == FATE_KEEPS;
	return first->fate != FATE_ENDS;
}

static void first_death(pid_t victim, const struct step *at)
{
	CHECK(step_to(victim, at));
	fault_kill(victim);
}

/* The heir, stopped where its operation begins, when the first is dead. */
static pid_t bequeath(const struct step *at)
{
	pid_t first, second;

	if (heir == &group_heir_takes) {
		second = step_start(group_victim, (void *)heir);
		first = step_start(group_victim, (void *)group_plan.op);
		first_death(first, at);
		return second;
	}
	first = step_start(group_victim, (void *)group_plan.op);
	first_death(first, at);
	return step_start(group_victim, (void *)heir);
}

static void check(pid_t witness, size_t k1, size_t k2)
{
	if (!group_judge(witness))
		FAIL("FAILED: %s in scene %s%s%s, killed before instruction %zu, %s before %zu",
		     group_plan.op->name, group_plan.scene->name, group_plan.late ? ", late" : "",
		     group_plan.joins ? ", another joins" : "", k1, heir->name, k2);
}

/* Deaths of the heir that follow one death of the first. */
static void heirs_die(const struct step *at, size_t k1)
{
	static struct step_list list;
	pid_t witness = group_witness();

	step_record(bequeath(at), &list);
	check(witness, k1, list.n);
	for (size_t k2 = 0; k2 < list.n; k2++) {
		pid_t second;

		if (!options_choose(k2, list.n, times * SECOND_CHOICE, k1))
			continue;
		group_plan.late = pairs & 1;
		group_plan.joins = pairs & 2;
		witness = group_witness();
		second = bequeath(at);
		(void)step_to(second, &list.at[k2]);
		fault_kill(second);
		check(witness, k1, k2);
		pairs++;
	}
	group_plan.late = group_plan.joins = false;
}

static void try_pair(const struct group_op *op, const struct group_scene *scene, size_t turn)
{
	static struct step_list list;
	unsigned long before = pairs;
	pid_t witness, second = 0;

	group_set_plan(op, scene, SLOTS);
	group_plan.sends += heir->sends;
	witness = group_witness();
	if (heir == &group_heir_takes)
		second = step_start(group_victim, (void *)heir);
	step_record(step_start(group_victim, (void *)op), &list);
	if (second)
		fault_kill(second);
	check(witness, list.n, 0);
	for (size_t k = 0; k < list.n; k++)
		if (options_choose(k, list.n, times * FIRST_CHOICE, turn))
			heirs_die(&list.at[k], k);
	printf("%s/%s, %s: %lu pairs of deaths, ok\n", op->name, scene->name, heir->name,
	       pairs - before);
}

static void try_heir(size_t i, size_t k, size_t h)
{
	heir = heirs[h];
	if (group_fits(&group_ops[i], &group_scenes[k]) && fits(&group_ops[i], heir) &&
	    options_want(group_ops[i].name, group_scenes[k].name))
		try_pair(&group_ops[i], &group_scenes[k], 7 * i + 3 * k + h);
}

int main(int argc, char **argv)
{
	size_t scenes = SCENES;
	bool all;

	options_parse("group_twice", argc, argv);
	all = options.exhaustive;
	times = all ? EXHAUSTIVE : 1;
	options.exhaustive = false; /* of pairs there are too many */
	if (fault_instrumented())
		scenes *= 4;
	fault_begin("group-twice");
	group_told_begin(SLOTS);
	for (size_t i = 0; i < group_op_count; i++)
		for (size_t k = 0; k < group_scene_count; k++)
			for (size_t h = 0; h < sizeof(heirs) / sizeof(*heirs); h++)
				if (all || (k + i + h) % scenes == 0)
					try_heir(i, k, h);
	printf("%lu pairs of deaths\n", pairs);
	CHECK(pairs);
	return 0;
}
