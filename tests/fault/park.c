/* SPDX-License-Identifier: MIT */
/*
 * park.c - pause a process (SIGSTOP) before an instruction of an operation; the
 * others must do a thousand operations of theirs meanwhile. A lock hidden
 * anywhere in the library would make them wait for the one that is paused.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kill.h"
#include "options.h"
#include "step.h"

#define SLOTS 2048u
#define OPERATIONS 1000u
#define CHOICE 12u /* instructions of an operation that is not tried at each */

/* What the others have done while the victim was paused. */
struct others {
	uint64_t sent;
	uint64_t taken;
};

static struct victim victim;
static struct others *others;
static struct kill_found *found;

/* All that is visible, and then at once: nothing more. */
static void drain(uint64_t from)
{
	nabd_t *q = fault_take_over(KILL_QUEUE, NABD_CONSUMER);
	unsigned char buf[FAULT_SLOT_SIZE];
	unsigned vain = 0;

	while (vain < OPERATIONS) {
		size_t len = sizeof(buf);
		int rc = nabd_pop(q, buf, &len);

		if (rc == NABD_EMPTY) {
			vain++;
			continue;
		}
		EXPECT(rc, NABD_OK);
		CHECK(!vain); /* the producer is paused */
		CHECK(traffic_check(&fault_traffic, from + others->taken, buf, len));
		others->taken++;
	}
	EXPECT(nabd_close(q), NABD_OK);
}

/*
 * A thousand messages, as far as there is room; then at once: no room. The
 * paused one may have made some already.
 */
static void fill(uint64_t from, uint64_t room)
{
	nabd_t *q = fault_take_over(KILL_QUEUE, NABD_PRODUCER);
	unsigned char buf[FAULT_SLOT_SIZE];
	unsigned vain = 0;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint32_t len = traffic_fill(&fault_traffic, from + others->sent, buf);
		int rc = nabd_push(q, buf, len);

		if (rc == NABD_FULL && others->sent >= room) {
			vain++;
			continue;
		}
		EXPECT(rc, NABD_OK);
		CHECK(!vain && others->sent < room + victim.op->takes);
		others->sent++;
	}
	EXPECT(nabd_close(q), NABD_OK);
}

static void look_on(nabd_t *q)
{
	struct nabd_stats st = { .size = sizeof(st) };

	for (unsigned i = 0; i < OPERATIONS; i++) {
		EXPECT(nabd_stats(q, &st), NABD_OK);
		CHECK(st.head - st.tail <= SLOTS);
		CHECK(nabd_fill_level(q) >= 0);
	}
	EXPECT(nabd_close(q), NABD_OK);
}

/* Roles that the paused one may have or not: an answer at once, whichever. */
static void try_roles(bool create)
{
	unsigned char buf[FAULT_SLOT_SIZE];
	uint64_t head = victim.sent;
	nabd_t *q;
	int rc = fault_open(KILL_QUEUE, create ? SLOTS : 0, create ? FAULT_SLOT_SIZE : 0,
			    NABD_PRODUCER | NABD_CONSUMER | (create ? NABD_CREATE : 0), &q);

	if (rc == NABD_BUSY || (rc == NABD_NOTFOUND && !create))
		return;
	EXPECT(rc, NABD_OK);
	for (unsigned i = 0; i < OPERATIONS; i++) {
		size_t len = sizeof(buf);

		rc = nabd_pop(q, buf, &len);
		if (rc == NABD_BUSY)
			break;
		if (rc == NABD_OK)
			others->taken++;
		else
			EXPECT(rc, NABD_EMPTY);
		fault_push(q, head + others->sent++);
	}
	EXPECT(nabd_close(q), NABD_OK);
}

static void go_about(void *unused)
{
	unsigned flags = victim.op->flags;
	nabd_t *q;
	int rc;

	(void)unused;
	if (flags == NABD_PRODUCER) {
		rc = fault_open(KILL_QUEUE, 0, 0, NABD_PRODUCER, &q);
		if (strncmp(victim.op->name, "close", 5) != 0)
			EXPECT(rc, NABD_BUSY);
		if (rc == NABD_OK)
			EXPECT(nabd_close(q), NABD_OK);
		drain(victim.taken);
	} else if (flags == NABD_CONSUMER) {
		fill(victim.sent, SLOTS - (victim.sent - victim.taken));
	} else {
		try_roles(victim.op->where == ON_NONE);
	}
	rc = fault_open(KILL_QUEUE, 0, 0, NABD_OBSERVE, &q);
	if (rc != NABD_NOTFOUND)
		EXPECT(rc, NABD_OK);
	if (rc == NABD_OK)
		look_on(q);
}

static void pause_at(const struct step_list *list, size_t k)
{
	struct kill_check c = { .v = &victim, .found = found };
	pid_t pid = step_start(kill_victim, &victim);

	memset(others, 0, sizeof(*others));
	step_to(pid, &list->at[k]);
	step_park(pid);
	fault_run_child(go_about, NULL);
	step_unpark(pid);
	/* All that either of them did is there. */
	c.sent_least = victim.sent + others->sent + kill_sends(&victim);
	c.sent_most = victim.sent + others->sent + victim.op->sends;
	c.taken_least = victim.taken + others->taken + kill_takes(&victim);
	c.taken_most = victim.taken + others->taken + victim.op->takes;
	c.gone_ok = !strcmp(victim.op->name, "unlink");
	fault_run_child(kill_successor, &c);
}

static void try_op(const struct kill_op *op, const struct kill_state *state)
{
	bool all = options.exhaustive || (!fault_instrumented() && (!strcmp(op->name, "push") ||
								   !strcmp(op->name, "pop")));
	struct step_list list = { NULL, 0, 0 };
	size_t paused = 0;

	kill_plan(&victim, op, state, SLOTS);
	victim.disturbed = true;
	step_record(step_start(kill_victim, &victim), &list);
	fault_clear();
	for (size_t k = 0; k < list.n; k++) {
		if (!all && list.n > CHOICE && k % (list.n / CHOICE) != 0)
			continue;
		pause_at(&list, k);
		paused++;
	}
	printf("%s/%s: %zu instructions, %zu pauses, ok\n", op->name, state->name, list.n, paused);
	step_forget(&list);
}

int main(int argc, char **argv)
{
	unsigned ops = 0;

	options_parse("park", argc, argv);
	fault_begin("park");
	found = fault_shared(sizeof(*found));
	others = fault_shared(sizeof(*others));
	for (size_t i = 0; i < kill_op_count; i++) {
		for (size_t k = 0; k < kill_state_count; k++) {
			if (!(kill_ops[i].where & kill_states[k].where & (ON_NONE | ON_LIMITS)))
				continue;
			if (!options_want(kill_ops[i].name, kill_states[k].name))
				continue;
			try_op(&kill_ops[i], &kill_states[k]);
			ops++;
		}
	}
	CHECK(ops);
	return 0;
}
