/* SPDX-License-Identifier: MIT */
/*
 * kill_step.c - kill a process before every single instruction of an operation,
 * in every state of the ring, and have another one take over what is left.
 *
 * "make check" takes every instruction of the operations on the ring in every
 * state in which somebody has read from it. Of the others it takes, in one state,
 * every instruction of the library, where a loop comes by more often only twice;
 * else both sides of each system call and an even choice. --exhaustive takes all.
 * What a sanitizer watches for shows at a quarter of that choice.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kill.h"
#include "options.h"
#include "step.h"

#define SLOTS 8u
#define SHORT 1000u /* instructions */
#define CHOICE 60u  /* of an operation that is not tried at each, about so many */

static struct victim victim;
static struct kill_found *found;
static unsigned char *got; /* what a victim has copied out: shared with it */
static unsigned long instructions, kills, early;

static void fail_at(size_t k, const struct step_list *list)
{
	FAIL("FAILED: %s in state %s, killed before instruction %zu of %zu (address %#lx)\n"
	     "again: kill_step --exhaustive --op %s --state %s",
	     victim.op->name, victim.state->name, k, list->n,
	     (unsigned long)(k < list->n ? list->at[k].pc : 0), victim.op->name,
	     victim.state->name);
}

/* How long the operation is; what it leaves when it is not killed must be exact. */
static void record(struct step_list *list)
{
	struct kill_check c = { .v = &victim, .found = found };

	c.sent_least = c.sent_most = victim.sent + kill_sends(&victim);
	c.taken_least = c.taken_most = victim.taken + kill_takes(&victim);
	c.gone_ok = !strcmp(victim.op->name, "unlink");
	step_record(step_start(kill_victim, &victim), list);
	fault_run_child(kill_successor, &c);
	if (c.gone_ok)
		CHECK(found->gone);
}

static bool op_pops(const struct kill_op *op)
{
	return strstr(op->name, "pop") != NULL;
}

/* What is given back as read by a call that copies must have been copied before. */
static bool check_copies(void)
{
	const unsigned char *at = got;

	for (uint64_t seq = victim.taken; seq < found->taken; seq++) {
		uint32_t len = traffic_len(&fault_traffic, seq);

		if (!traffic_check(&fault_traffic, seq, at, len))
			return false;
		at += len;
	}
	return true;
}

/* One death. What is found must lie between what was there and the whole. */
static void die_at(const struct step_list *list, size_t k)
{
	struct kill_check c = {
		.v = &victim, .found = found, .gone_ok = victim.op->where == ON_NONE ||
						 !strcmp(victim.op->name, "unlink"),
		.sent_least = victim.sent, .sent_most = victim.sent + kill_sends(&victim),
		.taken_least = victim.taken, .taken_most = victim.taken + kill_takes(&victim),
	};
	pid_t pid;

	memset(got, 0xee, sizeof(victim.data));
	pid = step_start(kill_victim, &victim);
	if (!step_to(pid, &list->at[k]))
		early++;
	fault_kill(pid);
	kills++;
	if (!fault_await(fault_start_child(kill_successor, &c)))
		fail_at(k, list);
	if (op_pops(victim.op) && !check_copies())
		fail_at(k, list);
}

static bool chosen(const struct step_list *list, size_t k, bool thorough)
{
	const struct step *s = &list->at[k];
	size_t choice = fault_instrumented() ? CHOICE / 4 : CHOICE;

	if (options.exhaustive || list->n <= choice || (thorough && list->n <= SHORT))
		return true;
	if (s->call || k % (list->n / choice) == 0)
		return true;
	return thorough && s->own && s->nth <= 2;
}

static void try_op(const struct kill_op *op, const struct kill_state *state, bool thorough)
{
	struct step_list list = { NULL, 0, 0 };
	struct kill_found last = { 0, 0, false };
	size_t shown = 0, died = 0;

	kill_plan(&victim, op, state, SLOTS);
	victim.got = got;
	record(&list);
	for (size_t k = 0; k < list.n; k++) {
		if (!chosen(&list, k, thorough))
			continue;
		die_at(&list, k);
		died++;
		/* What has once become visible never goes again. */
		if (!found->gone && (found->sent < last.sent || found->taken < last.taken))
			fail_at(k, &list);
		if (!found->gone && (found->sent > last.sent || found->taken > last.taken) && k)
			shown = k;
		if (!found->gone)
			last = *found;
	}
	printf("%s/%s: %zu instructions, %zu kills, ok", op->name, state->name, list.n, died);
	if (kill_sends(&victim) + kill_takes(&victim))
		printf(" (takes effect at %zu)", shown);
	putchar('\n');
	instructions += list.n;
	step_forget(&list);
}

int main(int argc, char **argv)
{
	options_parse("kill_step", argc, argv);
	fault_begin("kill-step");
	found = fault_shared(sizeof(*found));
	got = fault_shared(sizeof(victim.data));
	for (size_t i = 0; i < kill_op_count; i++) {
		bool thorough = !fault_instrumented();

		for (size_t k = 0; k < kill_state_count; k++) {
			if (!(kill_ops[i].where & kill_states[k].where))
				continue;
			if (!options_want(kill_ops[i].name, kill_states[k].name))
				continue;
			if (kill_ops[i].where & ON_RING) {
				try_op(&kill_ops[i], &kill_states[k],
				       thorough && kill_states[k].group);
			} else {
				try_op(&kill_ops[i], &kill_states[k], thorough);
				thorough = false;
			}
		}
	}
	printf("%lu instructions, %lu kills, %lu of them after an early end\n", instructions, kills,
	       early);
	/* A victim that ran another way than the recorded one was killed at its end. */
	if (!kills || early > kills / 100)
		FAIL("too few kills were where they should be");
	return 0;
}
