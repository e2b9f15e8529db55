/* SPDX-License-Identifier: MIT */
/*
 * Groups: each has a position, the sequence of its next message, and holds the
 * producer back from overwriting it. The roster says which groups there are.
 *
 * The first group that a queue ever has inherits all that was sent before it
 * came. Who is first is decided by one compare-and-exchange of an empty roster,
 * which makes the group a holder in the same step; while the roster is empty the
 * producer's floor stays where it is. Later groups begin at head (edge C).
 */
#ifndef NABD_GROUP_H
#define NABD_GROUP_H

#include <stdint.h>

#include "layout.h"

#define NABDI_GROUP_NONE NABD_SHM_GROUPS

/*
 * Become, or go on as, this group; the caller has its reader's role. position
 * receives the sequence of its next message. NABD_CORRUPT if what is there
 * can't be right.
 */
int nabdi_group_join(struct nabd_shm_consumers *consumers, const struct nabd_shm_producer *producer,
		     unsigned group, uint32_t slots, uint64_t *position);

/*
 * The producer's look at the groups, when its credit is used up (edge C): the
 * new floor, no lower than the old one, and the group that holds it there, or
 * NABDI_GROUP_NONE: with no group at all the floor stays where it is. A position
 * that can't be right counts as one at the floor: whoever wrote it
 * holds the producer, and nothing is lost.
 */
uint64_t nabdi_group_floor(struct nabd_shm_consumers *consumers, uint64_t floor, uint64_t head,
			   unsigned *slowest);

/* Whether this group, the slowest one so far, still holds that floor. */
static inline int nabdi_group_holds(const struct nabd_shm_consumers *consumers, unsigned group,
				    uint64_t floor)
{
	return group != NABDI_GROUP_NONE &&
	       cell_load_relaxed(&consumers->group[group].position) == floor;
}

/* What an onlooker sees: the lowest position of any group, or fallback without one. */
uint64_t nabdi_group_lowest(const struct nabd_shm_consumers *consumers, uint64_t fallback,
			    uint64_t head);

#endif
