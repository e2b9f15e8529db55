/* SPDX-License-Identifier: MIT */
/* For the tests of claims: a group in a segment of plain memory, and one line of it. */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "claim.h"
#include "over.h"
#include "unit.h"

#define SLOTS 8u
#define GROUP 3u
#define MADE  7u
#define LINE  2u

static struct nabdi_segment segment;
static struct nabd_shm_producer *producer;
static struct nabd_shm_consumers *consumers;
static struct nabdi_claims claims;
static struct nabdi_line line;

static inline void bind_line(struct nabdi_line *l, unsigned index)
{
	*l = (struct nabdi_line){.shm = &consumers->member[GROUP - 1][index]};
	cell_store_relaxed(&l->shm->made, MADE);
}

/* A group of one line, whose next message has that sequence. */
static inline void group_at(uint32_t slots, uint64_t sequence)
{
	if (segment.base != NULL)
		unit_forget(&segment);
	segment = unit_memory(slots, 8, 8);
	producer = nabdi_segment_producer(&segment);
	consumers = nabdi_segment_consumers(&segment);
	unit_begin_at(&segment, sequence);
	claims = (struct nabdi_claims){
		.position = &consumers->group[GROUP].position,
		.tag = nabdi_group_tag(MADE),
		.consumers = consumers,
		.producer = producer,
		.ring = nabdi_ring_of(segment.base, &segment.geometry),
	};
	cell_store_relaxed(claims.position, claims.tag | (sequence & NABD_SHM_SEQUENCE));
	bind_line(&line, LINE);
}

static inline void set_up(void)
{
	group_at(SLOTS, 100);
}

static inline void tear_down(void)
{
	unit_forget(&segment);
}

static inline uint8_t *payload(uint64_t sequence)
{
	return nabdi_ring_payload(&claims.ring, sequence);
}

static inline void publish(uint64_t from, uint64_t n)
{
	for (uint64_t s = from; s < from + n; s++)
		nabdi_ring_publish(payload(s), s, 8);
	cell_store_release(&producer->head, from + n);
}

static inline void set_position(uint64_t sequence)
{
	cell_store_relaxed(claims.position, claims.tag | sequence);
}

static inline void position_is(uint64_t sequence)
{
	ck_assert_uint_eq(cell_load_relaxed(claims.position), claims.tag | sequence);
}

static inline void set_line(uint64_t begin, uint64_t end)
{
	cell_store_relaxed(&line.shm->begin, begin + 1);
	cell_store_relaxed(&line.shm->end, end);
}

/* What the line says for all to see. */
static inline void line_says(uint64_t begin, uint64_t end)
{
	ck_assert_uint_eq(cell_load_relaxed(&line.shm->begin), begin + 1);
	ck_assert_uint_eq(cell_load_relaxed(&line.shm->end), end);
}

static inline void line_says_nothing(void)
{
	ck_assert_uint_eq(cell_load_relaxed(&line.shm->begin), 0);
	ck_assert(!nabdi_claim_seen(line.shm));
}

static inline int take(size_t want)
{
	uint64_t gap = 0;

	return nabdi_claim_take(&claims, &line, want, &gap);
}

static inline uint64_t changes(void)
{
	return cell_load_relaxed(&consumers->changes);
}

#endif
