/* SPDX-License-Identifier: MIT */
/*
 * Backpressure: whether the queue is fuller than its owner wants, and whom to tell. It
 * costs the fast path nothing, as the producer's credit is cut short at the next
 * watermark: so it comes to look just when something may have changed.
 */
#ifndef NABD_PRESSURE_H
#define NABD_PRESSURE_H

#include <stdbool.h>

#include <nabd/nabd.h>

#include "note.h"

struct nabdi_pressure {
	bool on;
	bool high;        /* on_high was called, and on_low not since */
	bool full;        /* the last look found no free slot */
	uint64_t slots;   /* of the queue */
	uint64_t high_at; /* messages */
	uint64_t low_at;  /* messages */
	nabd_cell64 *shown; /* where onlookers see high; or NULL */
	nabd_t *q;
	struct nabd_backpressure told;
};

/* Set watermarks of a queue of so many slots; bp NULL: none. NABD_INVALID if they can't be. */
int nabdi_pressure_set(struct nabdi_pressure *pressure, nabd_t *q,
		       const struct nabd_backpressure *bp, uint64_t slots);

/* The slowest group is fill messages behind: call whom that concerns. */
void nabdi_pressure_see(struct nabdi_pressure *pressure, uint64_t fill);

/* How many messages may be sent before the next look; 1 or more. */
uint64_t nabdi_pressure_room(const struct nabdi_pressure *pressure, uint64_t fill);

#endif
