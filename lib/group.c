/* SPDX-License-Identifier: MIT */
/* Groups come, and the producer asks how far they are. */
#include <stdbool.h>

#include <nabd/nabd.h>

#include "group.h"

/* Position between tail and a lap above it: nothing else can be true. */
static bool sane(uint64_t position, uint64_t tail, uint32_t slots)
{
	return position >= tail && position - tail <= slots;
}

/* A group that has settled goes on where it released its last message. */
static int resume(const nabd_cell64 *position, const struct nabd_shm_producer *producer,
		  uint32_t slots, uint64_t *next)
{
	/* The former reader's store; its lock was the edge (F). */
	*next = cell_load_relaxed(position);
	return sane(*next, cell_load_acquire(&producer->tail), slots) ? NABD_OK : NABD_CORRUPT;
}

/* The first of all begins at tail, which does not move while the roster is empty. */
static bool join_first(struct nabd_shm_consumers *consumers,
		       const struct nabd_shm_producer *producer, unsigned group, uint64_t *next)
{
	*next = cell_load_acquire(&producer->tail);
	cell_store_release(&consumers->group[group].position, *next);
	/* Edge C: a producer that finds us in the roster finds the position too. */
	return cell_compare_exchange(&consumers->roster, 0,
				     NABD_SHM_HOLDS(group) | NABD_SHM_SETTLED(group)) == 0;
}

/*
 * A later one: any position first, then the mark, then head again. What a
 * producer that did not see the mark may overwrite lies below that head. Until
 * the group is settled its position means nothing to a successor, who would
 * come here again.
 */
static void join_later(struct nabd_shm_consumers *consumers,
		       const struct nabd_shm_producer *producer, unsigned group, uint64_t *next)
{
	nabd_cell64 *position = &consumers->group[group].position;

	cell_store_release(position, cell_load_acquire(&producer->head));
	cell_fetch_or(&consumers->roster, NABD_SHM_HOLDS(group)); /* edge C */
	*next = cell_load_acquire(&producer->head);
	cell_store_release(position, *next);
	cell_fetch_or(&consumers->roster, NABD_SHM_SETTLED(group));
}

int nabdi_group_join(struct nabd_shm_consumers *consumers, const struct nabd_shm_producer *producer,
		     unsigned group, uint32_t slots, uint64_t *position)
{
	uint64_t roster = cell_load_acquire(&consumers->roster);

	if ((roster & NABD_SHM_SETTLED(group)) != 0)
		return resume(&consumers->group[group].position, producer, slots, position);
	if (roster == 0 && join_first(consumers, producer, group, position))
		return NABD_OK;
	join_later(consumers, producer, group, position);
	return NABD_OK;
}

uint64_t nabdi_group_floor(struct nabd_shm_consumers *consumers, uint64_t floor, uint64_t head,
			   unsigned *slowest)
{
	/* Edge C. A read-modify-write that changes nothing: see cell_fetch_or(). */
	uint64_t roster = cell_fetch_or(&consumers->roster, 0);
	uint64_t used = head - floor, most = 0;

	*slowest = NABDI_GROUP_NONE;
	for (unsigned group = 0; group < NABD_SHM_GROUPS; group++) {
		uint64_t behind;

		if ((roster & NABD_SHM_HOLDS(group)) == 0)
			continue;
		/* Edge B: the reads of what lies below the position are done. */
		behind = head - cell_load_acquire(&consumers->group[group].position);
		if (behind > used)
			behind = used; /* below the floor, or above head */
		if (*slowest == NABDI_GROUP_NONE || behind > most) {
			most = behind;
			*slowest = group;
		}
	}
	return *slowest != NABDI_GROUP_NONE ? head - most : floor;
}

uint64_t nabdi_group_lowest(const struct nabd_shm_consumers *consumers, uint64_t fallback,
			    uint64_t head)
{
	uint64_t roster = cell_load_acquire(&consumers->roster);
	uint64_t lowest = head;
	bool any = false;

	for (unsigned group = 0; group < NABD_SHM_GROUPS; group++) {
		uint64_t position;

		if ((roster & NABD_SHM_HOLDS(group)) == 0)
			continue;
		any = true;
		position = cell_load_relaxed(&consumers->group[group].position);
		if ((int64_t)(head - position) > (int64_t)(head - lowest))
			lowest = position;
	}
	return any ? lowest : fallback;
}
