/* SPDX-License-Identifier: MIT */
/*
 * kill.h - the operations during which a process is killed or paused, the
 * states of the ring in which it does them, and what must hold afterwards.
 */
#ifndef NABD_TEST_KILL_H
#define NABD_TEST_KILL_H

#include "fault.h"

#define KILL_QUEUE "q"
#define KILL_BATCH 3u

/** Which states an operation is tried in. @{ */
#define ON_NONE   0x1u /* there is no queue yet */
#define ON_LIMITS 0x2u /* a few that differ for those who look at the queue as a whole */
#define ON_RING   0x4u /* all the others */
/** @} */

enum kill_used { USED_NONE, USED_FOUR, USED_HALF, USED_ALL_BUT_ONE, USED_ALL };
enum kill_turn { FRESH, HEAD_AT_END, TAIL_AT_END }; /* of the lap: a batch wraps around */

struct kill_state {
	const char *name;
	unsigned where;
	enum kill_used used;
	enum kill_turn turn;
	bool group;    /* somebody has read from it: the default group exists */
	unsigned late; /* messages taken when the victim had its handle already */
};

/** What one victim works with. */
struct victim {
	const struct kill_op *op;
	const struct kill_state *state;
	size_t slots;
	uint64_t sent;  /* before the operation */
	uint64_t taken;
	nabd_t *q;
	nabd_t *other;
	unsigned char data[KILL_BATCH * FAULT_SLOT_SIZE];
	uint32_t lens[KILL_BATCH];
	unsigned char *got; /* where it copies messages to; NULL: nobody wants to see */
	bool disturbed; /* others use the queue meanwhile: it may find room, or a message */
	int rc;
};

struct kill_op {
	const char *name;
	unsigned flags; /* with which the victim opens its handle beforehand; 0: not at all */
	unsigned where;
	unsigned sends; /* messages, if there is room */
	unsigned takes; /* messages, if they are there */
	int idle;       /* NABD_FULL or NABD_EMPTY: its answer when the ring is that */
	void (*prepare)(struct victim *v); /* or NULL */
	void (*run)(struct victim *v);
};

/** How far the queue was found to be, by the one who came after. */
struct kill_found {
	uint64_t sent;
	uint64_t taken;
	bool gone; /* there is no queue */
};

extern const struct kill_op kill_ops[];
extern const size_t kill_op_count;
extern const struct kill_state kill_states[];
extern const size_t kill_state_count;

/** Fill in what the state says; nothing is made yet. */
void kill_plan(struct victim *v, const struct kill_op *op, const struct kill_state *state,
	       size_t slots);

/** How many messages the operation sends and takes when it is not killed. */
unsigned kill_sends(const struct victim *v);
unsigned kill_takes(const struct victim *v);

/** What it answers then. */
int kill_wanted(const struct victim *v);

/** The body of the child that is to be killed: queue, handle, operation, verdict. */
void kill_victim(void *victim);
void kill_make_queue(const struct victim *v);
void kill_prepare(struct victim *v);

/** What kill_successor() is told, and tells. */
struct kill_check {
	const struct victim *v;
	uint64_t sent_least, sent_most;
	uint64_t taken_least, taken_most;
	bool gone_ok; /* that there is no queue */
	struct kill_found *found;
};

/** The body of a child that takes the dead one's roles, reads everything and goes on. */
void kill_successor(void *check);

#endif
