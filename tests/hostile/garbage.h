/* SPDX-License-Identifier: MIT */
/*
 * garbage.h - a peer that writes whatever it likes into a live queue, through a mapping
 * of its own: what it may write, and what it thinks of writing there.
 */
#ifndef NABD_TEST_GARBAGE_H
#define NABD_TEST_GARBAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whose rights the hostile peer has. The identity is nobody's. */
enum garbage_region { GARBAGE_CONSUMERS = 1, GARBAGE_PRODUCER = 2 };

struct garbage {
	uint64_t rng;
	unsigned regions; /* bits of enum garbage_region */
	uint8_t *raw;     /* the file */
	size_t bytes;
	uint32_t slots;
	uint32_t slot_size;
	uint32_t stride;
	uint32_t lead; /* from slots_off to the first payload */
	bool times;
	size_t consumer_off;
	size_t slots_off;
	volatile uint64_t *focus; /* a word that is written more often than the others, or NULL */
	bool spoil;               /* count it up, and nothing else: no exchange on it succeeds */
};

/* The same numbers from the same state, which is not 0. */
uint64_t garbage_random(uint64_t *state);

/* 0 to n - 1. */
uint32_t garbage_below(uint64_t *state, uint32_t n);

/* Map the file of that queue, as one who has these regions' rights. */
void garbage_open(struct garbage *g, const char *path, unsigned regions, uint64_t seed);

/* Think of another word to have the eye on, or of none, and of what to do with it. */
void garbage_focus(struct garbage *g);

/* As it was in the beginning, so that those come back who could not with all that garbage. */
void garbage_mend(struct garbage *g);

/* Write one word, or byte, or two words. */
void garbage_write(struct garbage *g);

#endif
