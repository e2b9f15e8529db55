/* SPDX-License-Identifier: MIT */
/*
 * crew.h - everybody who is at work on a queue: a producer, the reader of the default
 * group, members of groups, an onlooker. Each does now this and now that, whether it
 * makes sense or not, and whatever the queue holds: each call must return, answer what it
 * is documented to answer, and hand out nothing that lies outside of the slots.
 */
#ifndef NABD_TEST_CREW_H
#define NABD_TEST_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nabd/nabd.h>

#define CREW_MEMBERS 6u /* of one crew, in its groups */
#define CREW_GROUPS  3u
#define CREW_BATCH   12u /* most messages at once */

/* Who there is; the calls of each. */
enum crew_side {
	CREW_PRODUCER = 1,
	CREW_READER = 2,
	CREW_MEMBER = 4,
	CREW_ONLOOKER = 8,
	CREW_ALL = 15
};

struct crew;

struct crew_call {
	const char *name;
	int (*run)(struct crew *crew);
	uint32_t codes; /* bit -code: it may answer that */
	unsigned side;  /* enum crew_side */
	uint64_t most;  /* shared words that it touches; so bounds are seen without a clock */
};

struct crew {
	uint64_t rng;
	unsigned sides;
	bool overwrite;
	nabd_t *tx;       /* NULL: not open, to be opened again */
	nabd_t *rx;
	nabd_t *mx;       /* what members join through */
	nabd_t *observer;
	nabd_t *letters;  /* another queue, for dead letters */
	nabd_consumer_t *member[CREW_MEMBERS];
	unsigned who;     /* which member acts */
	size_t reserved;  /* slots of the batch, as far as we know */
	void (*before)(const struct crew_call *call);
	uint64_t calls;   /* made */
	uint64_t moved;   /* messages received */
};

/* Nobody is there yet; sides says who comes. Queues are opened by these names. */
#define CREW_QUEUE   "q"
#define CREW_LETTERS "letters"
void crew_begin(struct crew *crew, unsigned sides, uint64_t seed);

/* One of them makes one call. */
void crew_act(struct crew *crew);

/* All leave. */
void crew_end(struct crew *crew);

/* crew_calls.c: the calls of each side. */
extern const struct crew_call crew_calls[];
extern const size_t crew_calls_number;

/* What is handed out lies in a slot, and may be read. */
void crew_within(const nabd_t *q, const void *data, size_t len);
void crew_read(const nabd_t *q, const struct nabd_msg *msgs, size_t n);

/* Open it unless it is open: NABD_OK, or why not. */
int crew_open(nabd_t **q, const char *name, unsigned flags);

#endif
