/* SPDX-License-Identifier: MIT */
/*
 * group_kill.h - what is done to consumer groups while a process is killed or
 * paused in the middle of it, the scenes in which that happens, and what must hold
 * for each group afterwards.
 *
 * Three parties: the driver, which single-steps and kills; the victim; and the
 * witness, a process that sets the scene, has members of its own in it, waits for
 * the death, and then reads and judges all that is there.
 */
#ifndef NABD_TEST_GROUP_KILL_H
#define NABD_TEST_GROUP_KILL_H

#include "kill.h"
#include "step.h"

#define MAIN_GROUP 1u    /* the victim's; 2 and 3 are there in scenes with others */
#define GROUPS_MADE 4u   /* 1 to 3, and no 0 */
#define GROUP_VICTIMS 2u /* in one scene, one after the other */

struct group_scene {
	const char *name;
	enum kill_used used;
	enum kill_turn turn;
	bool peer;   /* a live member beside the victim; it holds a message, if there is one */
	bool others; /* two groups more */
};

/** What there is of the main group before the victim comes. */
enum group_before {
	GROUP_THERE,
	GROUP_NONE,
	GROUP_VACANT,  /* its members were killed while they held something */
	GROUP_REMOVED, /* it was there, and was removed while a dead member held something */
};

/** What may become of it. */
enum group_fate {
	FATE_KEEPS,  /* nothing: each message comes once, but for what the dead had claimed */
	FATE_STARTS, /* it is made */
	FATE_ENDS,   /* removed, evicted, or gone with its members */
	FATE_SKIPS,  /* moved to behind the newest message */
	FATE_REWINDS /* moved back: what was done comes again */
};

/** Which scenes an operation is tried in: any, or with these needs. @{ */
#define IN_SOME 1u /* there must be messages */
#define IN_FULL 2u /* no slot is free */
/** @} */

struct group_victim;

struct group_op {
	const char *name;
	unsigned flags; /* of the victim's handle; 0: it has none */
	bool member;    /* it has joined the main group */
	bool copies;    /* what it takes is copied out */
	unsigned sends, takes; /* messages, at most */
	unsigned where;
	enum group_before before;
	enum group_fate fate;
	const struct nabd_join_opts *join; /* how the main group is made; NULL: as usual */
	bool overwrite;
	unsigned beyond; /* so many messages more than the scene says: readers are lapped */
	void (*prepare)(struct group_victim *v); /* or NULL */
	void (*run)(struct group_victim *v);
};

extern const struct group_op group_ops[];
extern const size_t group_op_count;
extern const struct group_scene group_scenes[];
extern const size_t group_scene_count;

/** Whether the operation is meant for the scene. */
bool group_fits(const struct group_op *op, const struct group_scene *scene);

/** What is played, known to all before they start. */
struct group_plan {
	const struct group_op *op;
	const struct group_scene *scene;
	size_t slots;
	uint64_t base; /* messages that all groups have done */
	uint64_t sent;
	unsigned sends; /* messages that victims may have sent beyond that */
	bool late;  /* the witness lets time pass, and the ring go round, before it looks for dead */
	bool joins; /* the witness has one more member join, before those look that it has */
	bool paused; /* the victim will go on */
};

extern struct group_plan group_plan;

/** Whether the witness has a member in the victim's group before it dies. */
bool group_has_peer(void);

void group_set_plan(const struct group_op *op, const struct group_scene *scene, size_t slots);

/** What victims say of themselves, in memory that outlives them. Of the main group. */
struct group_told {
	uint64_t lost; /* to the dead: messages that were overwritten */
	unsigned victims;
	struct {
		uint64_t position; /* of the group, before the operation; UINT64_MAX: no group */
		unsigned wants;    /* so many from there on does it claim at most */
		uint64_t first;    /* the first message that it may take */
		unsigned takes;
		bool copies; /* into this: */
		unsigned char got[KILL_BATCH * FAULT_SLOT_SIZE];
	} of[GROUP_VICTIMS];
	unsigned char *handed;   /* by sequence: a victim was given it */
	unsigned char *released; /* a victim has given it back as done, for certain */
	size_t most;             /* sequences */
};

extern struct group_told *group_told;
void group_told_begin(size_t most_slots);

struct group_victim {
	const struct group_op *op;
	nabd_t *q;
	nabd_consumer_t *c;
	unsigned which;
	uint64_t first; /* message that it is to get; UINT64_MAX: where the group is */
	int rc;
};

/** The body of a victim; and for those that have members before the operation. */
void group_victim(void *op);
nabd_consumer_t *group_victim_join(struct group_victim *v);

/** The witness: start it, and it sets the scene; then let it judge. False: it found a fault. */
pid_t group_witness(void);
void group_continue(pid_t witness);
bool group_judge(pid_t witness);

/**
 * What the witness does, with its members, while a victim is paused; it stops again
 * when it has done that.
 */
struct group_world;
extern void (*group_meanwhile)(struct group_world *w);

/** Of a victim that is killed or paused after another: join and take; send. */
extern const struct group_op group_heir_joins, group_heir_takes, group_heir_sends;

#endif
