/* SPDX-License-Identifier: MIT */
/* What the files of the test "groups" share: a scene, and a hand that receives in it. */
#ifndef VALGRIND_GROUPS_H
#define VALGRIND_GROUPS_H

#include <pthread.h>
#include <stdbool.h>

#include "payload.h"

#define BATCH 5u
#define HANDS 6u /* most threads that receive */

/* What a hand does beside receiving. */
#define HAND_NACKS  0x01u /* gives messages back */
#define HAND_LEAVES 0x02u /* closes, with what it holds, and joins again */
#define HAND_SEEKS  0x04u /* moves its group */
#define HAND_BLIND  0x08u /* reads no payload: its group may end under its hands */
#define HAND_COPIES 0x10u /* only pops: what it has is overwritten meanwhile */
#define HAND_ENDS   0x20u /* closes, with what it holds, for good */

/* Where a scene is over: the first group has been given all; or has released it too. */
enum over { OVER_RELEASED, OVER_GIVEN };

struct part {
	unsigned group;
	unsigned ways;
};

struct scene {
	const char *name;
	size_t slots;
	unsigned flags;  /* of nabd_open() */
	enum over over;
	bool drops;      /* group 2 is dropped time and again */
	struct part part[HANDS]; /* the first that has group 0 reads the default group */
	unsigned parts;
};

struct hand {
	pthread_t thread;
	const struct scene *scene;
	struct part part;
	nabd_t *queue;
	nabd_consumer_t *c; /* NULL: the default group */
	uint64_t messages;  /* of the scene */
	uint64_t chance;
	uint64_t due;       /* default group: sequence of the next one */
	uint64_t lost;      /* and in groups: of memberships that ended */
	uint64_t ended;     /* memberships that were ended by others */
	bool gone;          /* has closed */
	uint8_t *done;      /* of each message: how often it was received and released */
};

/* Whether all is done in that group, for which the library is asked. */
bool scene_is_over(const struct scene *scene, nabd_t *queue, unsigned group, uint64_t messages);

/* What is sent; returns its length. */
uint32_t message_fill(uint8_t *to, uint64_t sequence);

/* Be a member, or the reader of the default group; before the threads are made. */
void hand_begin(struct hand *h);

/* The thread: receives until the scene is over. */
void *hand_works(void *hand);

void hand_end(struct hand *h);

#endif
