/* SPDX-License-Identifier: MIT */
/*
 * soak.h - a producer, four groups of three members, and three visitors whose groups
 * come and go, all on one queue and killed all the time. Each message of each of the
 * four groups is accounted for while the queue runs.
 */
#ifndef NABD_TEST_SOAK_H
#define NABD_TEST_SOAK_H

#include "../fault/fault.h"

#define SOAK_QUEUE "q"
#define SOAK_SLOTS 256u
#define SOAK_SLOT_SIZE 120u
#define SOAK_GROUPS 4u   /* 1 to 4: durable, accounted for */
#define SOAK_MEMBERS 3u  /* of each */
#define SOAK_VISITORS 3u /* of the groups from 5 on, one each */
#define SOAK_BATCH 8u    /* most messages that a member of several claims */
#define SOAK_ALONE 16u   /* most that one claims that is alone */
#define SOAK_WINDOW (1u << 16) /* messages that the account reaches back */

/** What the members of a group say of themselves, in memory that outlives them. */
struct soak_group {
	_Atomic uint64_t swept;     /* below it all are accounted for */
	_Atomic uint64_t again;     /* deliveries of what had been delivered before */
	_Atomic uint64_t nacked;    /* messages, before they are given back */
	uint64_t deaths;            /* of its members */
	_Atomic uint64_t entry[SOAK_WINDOW]; /* sequence + 1, and how often it came */
};

struct soak {
	struct traffic traffic;
	struct traffic_ledger sent;
	_Atomic int stopping; /* the producer and the visitors end */
	_Atomic int drained;  /* and the members do */
	_Atomic uint64_t visits, evictions, removals;
	struct soak_group group[SOAK_GROUPS];
};

extern struct soak *soak;

/**
 * A member has been given a message, and not released it yet. It fails if the message
 * has come before, and does not say so.
 */
void soak_enter(unsigned group, const struct nabd_msg *m);

/** What the group has released must have been given to somebody. */
void soak_sweep(unsigned group, uint64_t low);

/** What came again can only be what dead members had claimed, or live ones given back. */
void soak_check_again(unsigned group);

/** Bodies of the children; arg points to their number. */
void soak_produce(void *unused);
void soak_member(void *number);
void soak_visit(void *number);

#endif
