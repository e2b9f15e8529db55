/* SPDX-License-Identifier: MIT */
/* A queue whose header is sound: positions, roles, groups, and what the dead hold. */
#include "diagnose.h"

#include "look.h"
#include "metrics.h"
#include "producer.h"
#include "role.h"

#define CHECK_TRIES 16u /* of words that a live producer moves while we read them */

typedef unsigned long long ull;

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* A live producer may have moved on between two reads; then they say nothing. */
static int check_live(const struct nabdi_segment *segment)
{
	const struct nabd_shm_producer *shm = nabdi_segment_producer(segment);
	const uint64_t slots = segment->geometry.slots;

	for (unsigned i = 0; i < CHECK_TRIES; i++) {
		const uint64_t tail = cell_load_acquire(&shm->tail);
		const uint64_t head = cell_load_acquire(&shm->head);

		if (head - tail <= slots)
			return NABD_OK;
		if (cell_load_acquire(&shm->tail) == tail && !segment->geometry.overwrite)
			return NABD_CORRUPT;
	}
	return NABD_OK;
}

/*
 * One that comes while the slots are read moves what is compared: bad news counts only if no
 * producer was there before, nor after, nor began in between.
 */
static int check_positions(const struct nabdi_segment *segment, bool alive)
{
	const nabd_cell64 *epoch = &nabdi_segment_producer(segment)->epoch;

	for (unsigned i = 0; i < CHECK_TRIES; i++) {
		const uint64_t before = cell_load_acquire(epoch);
		int rc = alive ? check_live(segment) : nabdi_producer_check(segment);

		if (rc == NABD_OK || alive)
			return rc;
		if (nabdi_role_producer_alive(segment, &alive) != NABD_OK ||
		    (!alive && cell_load_acquire(epoch) == before))
			return rc;
	}
	return NABD_OK;
}

static int say_positions(const struct nabdi_segment *segment, bool alive, struct nabdi_text *text)
{
	const struct nabd_shm_producer *shm = nabdi_segment_producer(segment);
	const uint64_t head = cell_load_acquire(&shm->head), tail = cell_load_acquire(&shm->tail);
	const int rc = check_positions(segment, alive);

	nabdi_text_add(text, "%sThe next message is number %llu, and the producer has kept all from "
			     "%llu on.\n",
		       rc == NABD_OK ? "" : "Wrong: ", (ull)head, (ull)tail);
	if (rc != NABD_OK)
		nabdi_text_add(text, "These contradict each other or the slots, of which there are "
				     "%lu: the shared memory was scribbled over.\n",
			       (unsigned long)segment->geometry.slots);
	return rc;
}

/* ------------------------------------------------------------------- roles */

static int say_roles(const struct nabdi_segment *segment, bool *producer, struct nabdi_text *text)
{
	bool attached, reader, any = false;
	int rc = nabdi_role_attached(segment, &attached);

	if (rc == NABD_OK)
		rc = nabdi_role_producer_alive(segment, producer);
	if (rc == NABD_OK)
		rc = nabdi_role_reader_alive(segment, &reader);
	if (rc == NABD_OK)
		rc = nabdi_role_any_alive(segment, &any);
	if (rc != NABD_OK) {
		nabdi_text_add(text, "Wrong: the kernel does not say who has it open.\n");
		return rc;
	}
	nabdi_text_add(text, "%s.\n", *producer ? "A live producer has it"
						: "No live producer has it");
	nabdi_text_add(text, "%s.\n", reader ? "A live handle reads the default group"
					     : "No live handle reads the default group");
	if (attached || any)
		nabdi_text_add(text, "It is in use: a live process has it open.\n");
	else
		nabdi_text_add(text, "It is stale: nobody has it open, but perhaps to look.\n");
	return NABD_OK;
}

/* ------------------------------------------------------------------- groups */

static void say_member(const struct nabd_member_metrics *m, struct nabdi_text *text)
{
	if (m->held == 0 && m->alive == 0)
		return;
	nabdi_text_add(text, "  Member %lu is %s", (unsigned long)m->member,
		       m->alive != 0 ? "alive" : "dead");
	if (m->held != 0)
		nabdi_text_add(text, " and holds %llu message%s from %llu on%s", (ull)m->held,
			       plural(m->held), (ull)m->first,
			       m->alive != 0 ? "" : ", which the next to receive takes over");
	nabdi_text_add(text, ".\n");
}

static void say_group(const struct nabd_group_metrics *g, bool full, struct nabdi_text *text)
{
	nabdi_text_add(text, "Group %lu", (unsigned long)g->group);
	if (g->ended != NABD_OK) {
		nabdi_text_add(text, " is gone: %s.\n",
			       g->ended == NABD_DROPPED ? "it was removed by hand"
							: "it was evicted, or vanished with its members");
		return;
	}
	nabdi_text_add(text, "%s is %llu message%s behind and has %lu live %s%s.\n",
		       (g->state & NABD_GROUP_STATE_EPHEMERAL) != 0 ? ", ephemeral," : "",
		       (ull)g->lag, plural(g->lag), (unsigned long)g->members,
		       g->group == 0 ? "reader" : "member", plural(g->members));
	if (full && (g->state & NABD_GROUP_STATE_HOLDS) != 0)
		nabdi_text_add(text, "  It holds the producer back: no slot is free until it goes "
				     "on.\n");
	if (g->owner == NABD_GROUP_OWNER_DEAD)
		nabdi_text_add(text, "  Nobody of it lives, though messages wait for it.\n");
}

static void say_groups(const struct nabdi_segment *segment, const struct nabdi_metrics *all,
		       struct nabdi_text *text)
{
	const bool full = (all->queue.state & NABD_STATE_FULL) != 0;
	bool locked, none = true;

	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		if (all->group[g].size == 0)
			continue;
		none = none && all->group[g].ended != NABD_OK;
		say_group(&all->group[g], full, text);
		for (unsigned m = 0; g != 0 && m < NABD_SHM_MEMBERS; m++)
			if (all->member[g][m].size != 0)
				say_member(&all->member[g][m], text);
		if (g != 0 && nabdi_role_group_locked(segment, g, &locked) == NABD_OK && locked)
			nabdi_text_add(text, "  Somebody makes, joins or ends it this moment.\n");
	}
	if (none)
		nabdi_text_add(text, "There is no group: what is sent waits for the first to come.\n");
}

static int say_contents(const struct nabdi_segment *segment, struct nabdi_text *text)
{
	struct nabdi_metrics *all = nabdi_os_alloc(sizeof(*all), _Alignof(struct nabdi_metrics));
	int rc = NABD_NOMEM;

	if (all != NULL)
		rc = nabdi_metrics_all(segment, all);
	if (rc == NABD_OK) {
		nabdi_text_add(text, "%lu of %lu slots are in use.\n",
			       (unsigned long)all->queue.fill, (unsigned long)all->queue.slots);
		say_groups(segment, all, text);
	}
	nabdi_os_free(all);
	return rc;
}

int nabdi_diagnose_queue(const struct nabdi_segment *segment, struct nabdi_text *text)
{
	bool producer = false;
	int damage = NABD_OK;
	int rc = say_roles(segment, &producer, text);

	if (rc == NABD_OK)
		damage = say_positions(segment, producer, text);
	if (rc == NABD_OK)
		rc = say_contents(segment, text);
	return rc == NABD_OK ? damage : rc;
}
