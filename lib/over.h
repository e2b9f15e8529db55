/* SPDX-License-Identifier: MIT */
/*
 * Queues that the producer overwrites without waiting. Before it writes a slot it says
 * so in the slot's stamp: the sequence that will be there, with a length that no message
 * has. A reader looks at the stamp again after it has read (edge G); one that was passed
 * goes on at the oldest message that is there, and knows how many it missed.
 */
#ifndef NABD_OVER_H
#define NABD_OVER_H

#include <stdbool.h>

#include <nabd/nabd.h>

#include "os.h"
#include "ring.h"

#define NABDI_OVER_WRITING UINT32_MAX

static inline bool nabdi_over_unfinished(uint64_t stamp)
{
	return (uint32_t)stamp == NABDI_OVER_WRITING;
}

/*
 * Edge G, storing end: what is written to the payload from here on comes after this.
 * A release, as who sees it must see the tail that was told before.
 */
static inline void nabdi_over_begin(uint8_t *payload, uint64_t sequence)
{
	cell_store_release(nabdi_ring_stamp(payload), (sequence + 1) << 32 | NABDI_OVER_WRITING);
	cell_fence_release();
}

/* A reader's knowledge that its position is not a whole round of stamps behind. */
struct nabdi_over {
	const struct nabd_shm_producer *producer;
	uint64_t sure_ns;
};

#define NABDI_OVER_SURE_NS UINT64_C(500000000) /* 2^32 messages take longer */

static inline bool nabdi_over_passed(const struct nabd_shm_producer *producer, uint64_t sequence)
{
	return (int64_t)(cell_load_acquire(&producer->tail) - sequence) > 0;
}

/*
 * Edge G, loading end: whether what was read up to here was the message, whole. A stamp
 * has 32 bits of the sequence, and comes again: after a sleep tail is asked too.
 */
static inline bool nabdi_over_whole(struct nabdi_over *over, uint8_t *payload, uint64_t sequence)
{
	uint64_t stamp, now;

	cell_fence_acquire();
	stamp = cell_load_relaxed(nabdi_ring_stamp(payload));
	if (!nabdi_ring_is(stamp, sequence) || nabdi_over_unfinished(stamp))
		return false;
	now = nabdi_os_coarse_ns();
	if (nabd_likely(now - over->sure_ns < NABDI_OVER_SURE_NS))
		return true;
	if (nabdi_over_passed(over->producer, sequence))
		return false;
	over->sure_ns = now;
	return true;
}

/* How many of the first n messages are gone. The oldest are overwritten first. */
static inline uint64_t nabdi_over_gone(struct nabdi_over *over, const struct nabd_inline_ring *ring,
				       uint64_t sequence, uint64_t n)
{
	uint64_t gone = 0;

	while (gone < n && !nabdi_over_whole(over, nabdi_ring_payload(ring, sequence + gone),
					     sequence + gone))
		gone++;
	return gone;
}

/*
 * What it means that the stamp is not that of the message: NABD_LAPPED when it was
 * overwritten, NABD_EMPTY while the slot is of the lap before, or being written. Tail
 * first: a stamp that looks like that of the lap before may come from far ahead.
 */
static inline int nabdi_over_missing(const struct nabd_shm_producer *producer,
				     const struct nabd_inline_ring *ring, uint64_t stamp,
				     uint64_t sequence)
{
	if (nabdi_over_passed(producer, sequence))
		return NABD_LAPPED;
	return nabdi_ring_awaits(ring, stamp, sequence) ||
			       (nabdi_ring_is(stamp, sequence) && nabdi_over_unfinished(stamp))
		       ? NABD_EMPTY
		       : NABD_CORRUPT;
}

/*
 * Where a reader goes on that finds its message at sequence gone: behind it, and no
 * further than head. The producer tells tail before it writes.
 */
static inline uint64_t nabdi_over_oldest(const struct nabd_shm_producer *producer,
					 uint64_t sequence)
{
	const uint64_t tail = cell_load_acquire(&producer->tail);
	const uint64_t head = cell_load_acquire(&producer->head);
	uint64_t next = sequence + 1;

	if ((int64_t)(tail - next) > 0)
		next = tail;
	return (int64_t)(next - head) > 0 && (int64_t)(head - sequence) > 0 ? head : next;
}

#endif
