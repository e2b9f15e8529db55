/* SPDX-License-Identifier: MIT */
/* For the tests of the sending side: a segment of plain memory and its producer. */
#ifndef SENDER_H
#define SENDER_H

#include <string.h>

#include "producer.h"
#include "unit.h"

#define SLOTS 8u
#define SIZE  32u

static struct nabdi_segment segment;
static struct nabdi_producer tx;
static struct nabd_shm_producer *shm;
static struct nabd_shm_consumers *consumers;

static inline void new_segment(uint32_t slots)
{
	if (segment.base != NULL)
		unit_forget(&segment);
	segment = unit_memory(slots, SIZE, 8);
	shm = nabdi_segment_producer(&segment);
	consumers = nabdi_segment_consumers(&segment);
	nabdi_producer_none(&tx);
}

static inline void set_up(void)
{
	new_segment(SLOTS);
}

static inline void tear_down(void)
{
	unit_forget(&segment);
}

static inline uint8_t *payload(uint64_t sequence)
{
	struct nabd_inline_ring ring = nabdi_ring_of(segment.base, &segment.geometry);

	return nabdi_ring_payload(&ring, sequence);
}

static inline uint64_t stamp(uint64_t sequence)
{
	return nabdi_ring_observe(payload(sequence));
}

static inline uint64_t head(void)
{
	return cell_load_relaxed(&shm->head);
}

/* A reader of that group, which has read all below position. */
static inline void reader_at(unsigned group, uint64_t position)
{
	cell_store_relaxed(&consumers->group[group].position, unit_position(group, position));
	(void)cell_fetch_or(&consumers->roster, NABD_SHM_HOLDS(group) | NABD_SHM_SETTLED(group));
}

static inline void begin(void)
{
	is(NABD_OK, nabdi_producer_begin(&tx, &segment));
}

static inline int push(uint64_t value)
{
	return nabdi_producer_push(&tx, &value, sizeof(value));
}

static inline void holds_message(uint64_t sequence, uint64_t value)
{
	uint64_t found;

	ck_assert_uint_eq(stamp(sequence), (sequence + 1) << 32 | sizeof(value));
	memcpy(&found, payload(sequence), sizeof(found));
	ck_assert_uint_eq(found, value);
}

#endif
