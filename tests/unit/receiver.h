/* SPDX-License-Identifier: MIT */
/* For the tests of the receiving side: a segment of plain memory and its consumer. */
#ifndef RECEIVER_H
#define RECEIVER_H

#include <string.h>

#include "consumer.h"
#include "group.h"
#include "unit.h"

#define SLOTS 8u
#define SIZE  32u

static struct nabdi_segment segment;
static struct nabdi_consumer rx;

static inline void set_up(void)
{
	segment = unit_memory(SLOTS, SIZE, 8);
	nabdi_consumer_begin(&rx, &segment);
}

static inline void tear_down(void)
{
	unit_forget(&segment);
}

static inline uint8_t *payload(uint64_t sequence)
{
	return nabdi_ring_payload(&rx.ring, sequence);
}

/* What nabdi_consumer_ready() does, without the role, which needs a file. */
static inline void join_at(uint64_t sequence)
{
	static const struct nabdi_start start = {0};

	unit_begin_at(&segment, sequence);
	is(NABD_OK, nabdi_group_join(nabdi_segment_consumers(&segment),
				     nabdi_segment_producer(&segment), 0, 0, &start, SLOTS,
				     &rx.position));
	ck_assert_uint_eq(rx.position, sequence);
	rx.state = RECEIVE_IDLE;
}

/* A message whose bytes are its sequence. */
static inline void send_one(uint64_t sequence, uint32_t len)
{
	memset(payload(sequence), (int)(sequence & 0xff), len);
	nabdi_ring_publish(payload(sequence), sequence, len);
}

static inline void set_stamp(uint64_t sequence, uint64_t stamp)
{
	cell_store_relaxed(nabdi_ring_stamp(payload(sequence)), stamp);
}

static inline uint64_t published(void)
{
	return cell_load_relaxed(&nabdi_segment_consumers(&segment)->group[0].position);
}

static inline int pop(uint8_t *buf, size_t size, size_t *len)
{
	*len = size;
	return nabdi_consumer_pop(&rx, buf, len);
}

#endif
