/* SPDX-License-Identifier: MIT */
/*
 * kill_twice.c - kill a process in the middle of an operation, and then the one
 * that takes over from it in the middle of that. The third must find what the
 * first left: taking over is nothing that can be half done.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kill.h"
#include "options.h"
#include "step.h"

#define SLOTS 8u
#define FIRST_CHOICE 6u   /* instructions of the first victim */
#define SECOND_CHOICE 12u /* of the second, beside its system calls */
#define EXHAUSTIVE 4u     /* so many times as many of each */

static unsigned times = 1;
static struct victim victim;
static struct kill_found *found;
static unsigned long pairs;

/* The heir of each side: opens, takes the role, and does one thing more. */
static void inherit_producer(void *unused)
{
	nabd_t *q;
	void *slot;
	int rc;

	(void)unused;
	step_begin();
	rc = fault_open(KILL_QUEUE, 0, 0, NABD_PRODUCER, &q);
	if (rc == NABD_OK)
		rc = nabd_reserve(q, 1, &slot);
	step_end();
	if (rc != NABD_FULL)
		EXPECT(rc, NABD_OK);
}

static void inherit_consumer(void *unused)
{
	const void *data;
	nabd_t *q;
	int rc;

	(void)unused;
	step_begin();
	rc = fault_open(KILL_QUEUE, 0, 0, NABD_CONSUMER, &q);
	if (rc == NABD_OK)
		rc = nabd_peek(q, &data, NULL);
	step_end();
	if (rc != NABD_EMPTY)
		EXPECT(rc, NABD_OK);
}

static const struct heir {
	const char *op; /* of the first victim */
	void (*inherit)(void *);
} heirs[] = {
	{ "push", inherit_producer },       { "push-batch", inherit_producer },
	{ "reserve-batch", inherit_producer }, { "push-batch", inherit_consumer },
	{ "pop", inherit_consumer },        { "pop-batch", inherit_consumer },
	{ "pop-batch", inherit_producer },  { "first-pop", inherit_consumer },
	{ "close-both", inherit_producer }, { "attach-producer", inherit_producer },
};

static const char *const states[] = { "virgin", "full-backlog", "head-wraps", "late" };

static void first_death(const struct step *at)
{
	pid_t pid = step_start(kill_victim, &victim);

	CHECK(step_to(pid, at));
	fault_kill(pid);
}

static void check_left(size_t k1, size_t k2)
{
	struct kill_check c = {
		.v = &victim, .found = found,
		.sent_least = victim.sent, .sent_most = victim.sent + kill_sends(&victim),
		.taken_least = victim.taken, .taken_most = victim.taken + kill_takes(&victim),
	};
	pid_t pid = fault_start_child(kill_successor, &c);

	if (!fault_await(pid))
		FAIL("FAILED: %s in state %s, killed before instruction %zu, heir before %zu",
		     victim.op->name, victim.state->name, k1, k2);
}

/* All deaths of the heir that follow one death of the first. */
static void heirs_die(const struct heir *h, const struct step *at, size_t k1)
{
	struct step_list list = { NULL, 0, 0 };

	first_death(at);
	step_record(step_start(h->inherit, NULL), &list);
	fault_clear();
	for (size_t k2 = 0; k2 < list.n; k2++) {
		pid_t pid;

		/* A sanitizer sees the same beside one system call as beside most. */
		bool call = list.at[k2].call && (!fault_instrumented() || (k1 + k2) % 4 == 0);

		if (!call && !options_choose(k2, list.n, times * SECOND_CHOICE, 0))
			continue;
		first_death(at);
		pid = step_start(h->inherit, NULL);
		step_to(pid, &list.at[k2]);
		fault_kill(pid);
		check_left(k1, k2);
		pairs++;
	}
	step_forget(&list);
}

static void try_heir(const struct heir *h, const struct kill_op *op,
		     const struct kill_state *state)
{
	struct step_list list = { NULL, 0, 0 };
	unsigned long before = pairs;

	kill_plan(&victim, op, state, SLOTS);
	step_record(step_start(kill_victim, &victim), &list);
	fault_clear();
	for (size_t k = 0; k < list.n; k++)
		if (options_choose(k, list.n, times * FIRST_CHOICE, 0))
			heirs_die(h, &list.at[k], k);
	printf("%s/%s, %s: %lu pairs of deaths, ok\n", op->name, state->name,
	       h->inherit == inherit_producer ? "then a producer" : "then a consumer",
	       pairs - before);
	step_forget(&list);
}

static const struct kill_op *op_named(const char *name)
{
	for (size_t i = 0; i < kill_op_count; i++)
		if (!strcmp(kill_ops[i].name, name))
			return &kill_ops[i];
	FAIL("no operation %s", name);
}

static const struct kill_state *state_named(const char *name)
{
	for (size_t i = 0; i < kill_state_count; i++)
		if (!strcmp(kill_states[i].name, name))
			return &kill_states[i];
	FAIL("no state %s", name);
}

int main(int argc, char **argv)
{
	options_parse("kill_twice", argc, argv);
	times = options.exhaustive ? EXHAUSTIVE : 1;
	options.exhaustive = false; /* of pairs there are too many */
	fault_begin("kill-twice");
	found = fault_shared(sizeof(*found));
	for (size_t i = 0; i < sizeof(heirs) / sizeof(*heirs); i++) {
		const struct kill_op *op = op_named(heirs[i].op);
		/* A different state for each in turn; all of them when it may take its time. */
		size_t first = times > 1 ? 0 : i % 4, last = times > 1 ? 3 : i % 4;

		for (size_t k = first; k <= last; k++) {
			const struct kill_state *state = state_named(states[k]);

			if (op->where & state->where)
				try_heir(&heirs[i], op, state);
			else
				try_heir(&heirs[i], op, state_named("full-backlog"));
		}
	}
	printf("%lu pairs of deaths\n", pairs);
	return 0;
}
