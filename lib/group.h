/* SPDX-License-Identifier: MIT */
/*
 * Groups: each has a position, the sequence of the next message that it gives out,
 * and holds the producer back from overwriting what lies above it or is claimed by one
 * of its members. The roster says which groups there are.
 *
 * A group that comes when there is none inherits all that the queue still holds;
 * without a group the producer's floor stays where it is. Others begin at head, or at
 * the oldest kept message if they ask. Coming and the producer's look at the groups
 * meet in the roster (edge C).
 */
#ifndef NABD_GROUP_H
#define NABD_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

/* How a group with members begins, where it was not there before. */
struct nabdi_start {
	bool oldest;       /* at the oldest message that is kept */
	bool newest;       /* behind the newest, also as the first group of all */
	uint64_t sequence; /* with oldest: but not below this one */
};

/*
 * Make a group a holder, or go on as one that has settled. The caller has the lock of
 * the group. tag is what its position says beside the sequence; 0 for group 0.
 * position receives the sequence of its next message. NABD_DROPPED if it has ended
 * meanwhile, NABD_CORRUPT if what is there can't be right.
 */
int nabdi_group_join(struct nabd_shm_consumers *consumers, const struct nabd_shm_producer *producer,
		     unsigned group, uint64_t tag, const struct nabdi_start *start,
		     uint64_t lap, uint64_t *position);

/* How far below head a position can be: a lap, or any number where it may be overwritten. */
static inline uint64_t nabdi_group_lap(const struct nabdi_geometry *geometry)
{
	return geometry->overwrite ? NABD_SHM_SEQUENCE : geometry->slots;
}

/* Whether a group that is there holds the producer. */
bool nabdi_group_any_open(const struct nabd_shm_consumers *consumers, uint64_t roster);

/* Take a closed group out of the roster. The caller has its lock. */
void nabdi_group_strike(struct nabd_shm_consumers *consumers, unsigned group);

/*
 * End the group that has this tag: state is NABD_SHM_DROPPED or NABD_SHM_EVICTED, for
 * which closed_head was stored before. False if it had ended before. Needs no lock: the
 * word that claims are made with decides.
 */
bool nabdi_group_close(struct nabd_shm_consumers *consumers, unsigned group, uint64_t tag,
		       uint64_t state);

/*
 * Give the group up: what it has not read up to head is let go. word is its position, and
 * before its closed_head, as the caller saw them when it made up its mind. False if it had
 * ended before, or another gives it up this moment, whose closed_head stays.
 */
bool nabdi_group_give_up(struct nabd_shm_consumers *consumers, unsigned group, uint64_t word,
			 uint64_t before, uint64_t head);

/* Make the producer look at all groups again, and see what it told before. Edge C. */
void nabdi_group_disturb(struct nabd_shm_consumers *consumers);

/* What a producer remembers of the groups from look to look. */
struct nabdi_watch {
	uint64_t roster;
	uint64_t changes;
	uint64_t evictable;            /* bit g: group g may be only so far behind */
	uint64_t low[NABD_SHM_GROUPS]; /* of each group: nothing below it is held */
	uint64_t seen[NABD_SHM_GROUPS]; /* the last low that was found, plus 1; 0: none yet */
};

/*
 * The producer's look at the groups, when its credit is used up: the new floor, no
 * lower than the old one, also stored as tail. A position that can't be right counts as
 * one at the floor: whoever wrote it holds the producer, and nothing is lost.
 */
uint64_t nabdi_group_renew(struct nabd_shm_consumers *consumers, struct nabd_shm_producer *producer,
			   struct nabdi_watch *watch, uint64_t floor, uint64_t head);

/* Whether some group that held that floor at the last look still does: a cheap look. */
bool nabdi_group_holds(const struct nabd_shm_consumers *consumers, const struct nabdi_watch *watch,
		       uint64_t floor, uint64_t head);

/* Evict the groups that are as far behind as they may be. Which these are, a bit for each. */
uint64_t nabdi_group_evict(struct nabd_shm_consumers *consumers, struct nabdi_watch *watch,
			   uint64_t floor, uint64_t head, uint32_t slots);

#define NABDI_GROUP_CLOSED UINT64_MAX

/*
 * The lowest sequence that this group holds, no lower than from, no higher than head;
 * NABDI_GROUP_CLOSED if it holds nothing.
 */
uint64_t nabdi_group_low(const struct nabd_shm_consumers *consumers, unsigned group, uint64_t from,
			 uint64_t head);

/* What an onlooker sees: the lowest of all groups, or fallback without one. */
uint64_t nabdi_group_lowest(const struct nabd_shm_consumers *consumers, uint64_t fallback,
			    uint64_t head);

/* Group 0 has a plain sequence for a position, and never ends. */
static inline uint64_t nabdi_group_sequence(uint64_t word, unsigned group)
{
	return group == 0 ? word : word & NABD_SHM_SEQUENCE;
}

static inline bool nabdi_group_open(uint64_t word, unsigned group)
{
	return group == 0 || (word & NABD_SHM_STATE) == NABD_SHM_OPEN;
}

static inline uint64_t nabdi_group_tag(uint64_t made)
{
	return NABD_SHM_OPEN | NABD_SHM_MADE(made);
}

static inline bool nabdi_group_has_tag(uint64_t word, uint64_t tag)
{
	return (word ^ tag) >> 56 == 0; /* the sequence is below that */
}

#endif
