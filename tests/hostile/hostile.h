/* SPDX-License-Identifier: MIT */
/*
 * hostile.h - rounds of work beside a hostile peer, each on new queues and all of it from
 * one seed, which is printed and can be given again.
 *
 * HOSTILE_SECONDS  how long to begin new rounds
 * HOSTILE_SEED     the seed of the first round; the others have the numbers that follow
 * HOSTILE_ROUNDS   so many at most
 */
#ifndef NABD_TEST_HOSTILE_H
#define NABD_TEST_HOSTILE_H

#include <stdbool.h>
#include <stdint.h>

#include "garbage.h"

struct hostile_round {
	uint64_t seed;
	unsigned regions; /* that the hostile peer writes */
	uint32_t slots;
	uint32_t slot_size;
	bool overwrite;
	bool times;
};

/* What the rounds have done, added up: memory that outlives them. */
struct hostile_sums {
	uint64_t calls;
	uint64_t moved;
	uint64_t written; /* by the hostile peer */
	uint64_t most;    /* steps of one call */
};
extern struct hostile_sums *hostile_sums;

/* Run rounds, each in a child; 0, or it does not return. */
int hostile_run(const char *test, void (*round)(const struct hostile_round *r));

/* As the hostile peer of this round. */
void hostile_peer(const struct hostile_round *r, struct garbage *g);

/* Descriptors that are open in this process: none may be left by what has failed. */
unsigned hostile_descriptors(void);

#endif
