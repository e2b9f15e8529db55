/* SPDX-License-Identifier: MIT */
/*
 * Slots and stamps: where the message of a sequence lies, and how a slot says
 * that it holds it.
 *
 * A stamp is one 64-bit word: the low 32 bits of sequence + 1 above the length.
 * It stands before the payload, so that a short message and its stamp come in
 * one cache line. A slot of an untouched ring holds 0, which is the stamp of no
 * message of the first lap; later it holds that of the lap before. As a ring has
 * at most 2^30 slots, 32 bits tell four laps apart.
 */
#ifndef NABD_RING_H
#define NABD_RING_H

#include <stddef.h>
#include <stdint.h>

#include "atomic.h"
#include "layout.h"
#include "steps.h"

#define nabd_likely(x)   __builtin_expect(!!(x), 1)
#define nabd_unlikely(x) __builtin_expect(!!(x), 0)

static inline struct nabd_inline_ring nabdi_ring_of(uint8_t *base, const struct nabdi_geometry *g)
{
	struct nabd_inline_ring ring = {base + g->slots_off + g->lead, g->stride, g->slots - 1,
					g->slot_size};

	return ring;
}

static inline uint8_t *nabdi_ring_payload(const struct nabd_inline_ring *ring, uint64_t sequence)
{
	return nabd_inline_payload(ring, sequence);
}

static inline nabd_cell64 *nabdi_ring_stamp(uint8_t *payload)
{
	return nabdi_steps_cell(nabd_inline_stamp(payload));
}

/* When the message was sent; only in a queue whose messages have times. */
static inline nabd_cell64 *nabdi_ring_time(uint8_t *payload)
{
	return (nabd_cell64 *)(void *)(payload - 2 * sizeof(nabd_cell64));
}

/* Edge A, storing end: the message is there, whole, from here on. */
static inline void nabdi_ring_publish(uint8_t *payload, uint64_t sequence, uint32_t len)
{
	nabd_inline_show(payload, sequence, len);
}

/* Edge A, loading end: what is read from the payload after this is the message's. */
static inline uint64_t nabdi_ring_observe(uint8_t *payload)
{
	return nabd_inline_observe(payload);
}

/* Whether the stamp is that of the message of this sequence. */
static inline int nabdi_ring_is(uint64_t stamp, uint64_t sequence)
{
	return nabd_inline_is(stamp, sequence);
}

/* Whether the stamp is what a slot holds before it gets the message of this sequence. */
static inline int nabdi_ring_awaits(const struct nabd_inline_ring *ring, uint64_t stamp,
				    uint64_t sequence)
{
	const uint64_t slots = (uint64_t)ring->mask + 1;

	return sequence < slots ? stamp == 0 : nabdi_ring_is(stamp, sequence - slots);
}

#endif
