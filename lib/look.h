/* SPDX-License-Identifier: MIT */
/* What an onlooker sees of a queue: reads shared words, changes nothing. */
#ifndef NABD_LOOK_H
#define NABD_LOOK_H

#include <nabd/nabd.h>

#include "segment.h"

/* Positions of one moment, near enough, and within a lap of each other. */
struct nabdi_view {
	uint64_t head;     /* sequence of the next message to be sent */
	uint64_t tail;     /* of the oldest that a group still holds */
	uint64_t position; /* of the default group's next message */
	uint64_t roster;
};

struct nabdi_view nabdi_look_view(const struct nabdi_segment *segment);

/* All of *stats but its size; asks the kernel for the roles. */
int nabdi_look_stats(const struct nabdi_segment *segment, struct nabd_stats *stats);

#endif
