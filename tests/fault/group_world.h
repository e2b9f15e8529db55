/* SPDX-License-Identifier: MIT */
/* group_world.h - what the witness sees: its members, and who was given what. */
#ifndef NABD_TEST_GROUP_WORLD_H
#define NABD_TEST_GROUP_WORLD_H

#include "group_kill.h"

#define SEATS 2u /* the witness's members of a group */

struct group_seen {
	nabd_consumer_t *c[SEATS]; /* or NULL */
	uint64_t from;  /* what lies below was done before all this */
	uint64_t must;  /* from here on each message must come */
	uint64_t may;   /* and none from below */
	uint64_t last;  /* sequence + 1 of the last that came for the first time */
	bool fresh;     /* it was made after the victim's death, or by the victim */
	bool gone;      /* it had ended before the witness did anything */
	unsigned char *given; /* by sequence: how often */
};

struct group_world {
	nabd_t *p, *q;
	uint64_t head;
	unsigned groups; /* 1, or 3 */
	struct group_seen g[GROUPS_MADE];
};

/** Set the scene: a queue in its state; then the witness's own members take their seats. */
void group_set_scene(struct group_world *w);

int group_join(struct group_world *w, unsigned group, nabd_consumer_t **c);

/** Join it, knowing whether it is made by that. */
int group_sit_down(struct group_world *w, unsigned group, unsigned seat);

/** Send one message; all that there is, to all members of a group: how many. */
void group_push(struct group_world *w);
unsigned group_receive_all(struct group_world *w, unsigned group);

/** What its members were told as lost. */
uint64_t group_lost(struct group_world *w, unsigned group);

#endif
