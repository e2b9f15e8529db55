/* SPDX-License-Identifier: MIT */
/*
 * The receiving side of a handle: peek at a message, read it, release it. The
 * hot calls are here, to be inlined into the doors; the rare ones in consumer.c.
 *
 * The consumer polls the stamp of the slot that it wants and nothing else. Its
 * position is stored after every release: a successor goes on exactly there.
 */
#ifndef NABD_CONSUMER_H
#define NABD_CONSUMER_H

#include <nabd/nabd.h>

#include "bell.h"
#include "copy.h"
#include "over.h"
#include "ring.h"
#include "role.h"

enum nabdi_receiving {
	RECEIVE_IDLE,
	RECEIVE_PEEKED,
	RECEIVE_BATCH,
	RECEIVE_OVER,        /* idle, in a queue that is overwritten: see over.h */
	RECEIVE_OVER_PEEKED,
	RECEIVE_UNJOINED,
	RECEIVE_NEVER,
	RECEIVE_TIMED = 8 /* with one of the first five: messages have times, see consumer_timed.c */
};

struct nabdi_consumer {
	enum nabdi_receiving state;
	uint32_t len;      /* of the peeked message: read from the stamp once */
	size_t peeked;     /* messages of a batch */
	uint64_t position; /* sequence of the next message */
	struct nabd_inline_ring ring;
	nabd_cell64 *published; /* position, for all to see */
	const struct nabd_shm_consumers *consumers;
	/* rare */
	const struct nabdi_segment *segment;
	struct nabdi_os_hold role;
	bool overwrite;
	struct nabdi_over over;
	struct nabd_shm_latency *latency; /* NULL: messages have no times */
	uint64_t taken_ns;                /* when what is peeked was handed out */
	uint64_t gap;  /* messages that were overwritten before we came to them, the last time */
	uint64_t lost; /* and all together */
};

/* A side that may not receive; one that may, and joins with its first message. */
void nabdi_consumer_none(struct nabdi_consumer *c);
void nabdi_consumer_begin(struct nabdi_consumer *c, const struct nabdi_segment *segment);

/* Give the role back; what is not released comes again. */
void nabdi_consumer_end(struct nabdi_consumer *c, bool forked);

/*
 * For a call that needs an idle side and does not find it: join if that is the
 * reason, and NABD_OK; else why it is refused. NABDI_TIMED: it is a call of a side whose
 * messages have times.
 */
#define NABDI_TIMED 1
int nabdi_consumer_ready(struct nabdi_consumer *c);

/* Whether a message is there: 1, 0, or the error that a call would answer. */
int nabdi_consumer_waiting(struct nabdi_consumer *c);

/* The stamp is not that of the next message: NABD_EMPTY, or NABD_CORRUPT. */
int nabdi_consumer_vacant(const struct nabdi_consumer *c, uint64_t stamp);

/* Why a call is refused that needs something to have been peeked. */
int nabdi_consumer_refuse(const struct nabdi_consumer *c);

/* The state in which nothing is peeked, but for the bit of times. */
static inline enum nabdi_receiving nabdi_consumer_idle(const struct nabdi_consumer *c)
{
	return c->overwrite ? RECEIVE_OVER : RECEIVE_IDLE;
}

/* The rare and the long part of the calls below, and all of it that may be overwritten. */
int nabdi_consumer_peek_slow(struct nabdi_consumer *c, const void **data, uint32_t *len);
int nabdi_consumer_release_slow(struct nabdi_consumer *c);
int nabdi_consumer_pop_slow(struct nabdi_consumer *c, void *buf, size_t *len);
int nabdi_consumer_pop_long(struct nabdi_consumer *c, void *buf, size_t *len, uint32_t have);

/* The slot is given back, and somebody sleeps: what is left of a pop, or of a release. */
int nabdi_consumer_wake(struct nabdi_consumer *c);

int nabdi_consumer_peek_batch(struct nabdi_consumer *c, struct nabd_msg *msgs, size_t max,
			      size_t *got);
int nabdi_consumer_release_batch(struct nabdi_consumer *c, size_t n);
int nabdi_consumer_pop_batch(struct nabdi_consumer *c, void *buf, size_t size, uint32_t *lens,
			     size_t max, size_t *got);

/* consumer_timed.c: the same where messages have times. */
int nabdi_consumer_timed_peek(struct nabdi_consumer *c, const void **data, uint32_t *len);
int nabdi_consumer_timed_pop(struct nabdi_consumer *c, void *buf, size_t *len);
int nabdi_consumer_timed_peek_batch(struct nabdi_consumer *c, struct nabd_msg *msgs,
				    size_t max, size_t *got);
int nabdi_consumer_timed_pop_batch(struct nabdi_consumer *c, void *buf, size_t size,
				   uint32_t *lens, size_t max, size_t *got);
int nabdi_consumer_timed_release(struct nabdi_consumer *c);
int nabdi_consumer_timed_release_batch(struct nabdi_consumer *c, size_t n);

/* consumer_over.c: the same where the producer does not wait. */
int nabdi_consumer_over_look(const struct nabdi_consumer *c, uint64_t sequence, uint8_t **payload,
			     uint32_t *len);
int nabdi_consumer_over_lapped(struct nabdi_consumer *c);
int nabdi_consumer_over_peek(struct nabdi_consumer *c, const void **data, uint32_t *len);
int nabdi_consumer_over_release(struct nabdi_consumer *c, size_t n);
int nabdi_consumer_over_pop(struct nabdi_consumer *c, void *buf, size_t *len);
/* As many as there are and fit, whether the producer waits or not. None is released yet. */
int nabdi_consumer_copy_batch(struct nabdi_consumer *c, void *buf, size_t size, uint32_t *lens,
			      size_t max, size_t *got);
int nabdi_consumer_over_pop_batch(struct nabdi_consumer *c, void *buf, size_t size,
				  uint32_t *lens, size_t max, size_t *got);

/* The next message, if it is there: its length, read once and checked. */
static inline int nabdi_consumer_look(const struct nabdi_consumer *c, uint64_t sequence,
				      uint8_t **payload, uint32_t *len)
{
	uint64_t stamp;

	*payload = nabdi_ring_payload(&c->ring, sequence);
	stamp = nabdi_ring_observe(*payload);
	*len = (uint32_t)stamp;
	if (nabd_unlikely(!nabdi_ring_is(stamp, sequence)))
		return nabdi_consumer_vacant(c, stamp);
	if (nabd_unlikely(*len > c->ring.slot_size))
		return NABD_CORRUPT;
	return NABD_OK;
}

/* The same, whether the producer waits or not. */
static inline int nabdi_consumer_find(const struct nabdi_consumer *c, uint64_t sequence,
				      uint8_t **payload, uint32_t *len)
{
	return c->overwrite ? nabdi_consumer_over_look(c, sequence, payload, len)
			    : nabdi_consumer_look(c, sequence, payload, len);
}

/* Whether what was copied is the message, whole. */
static inline bool nabdi_consumer_copy_out(struct nabdi_consumer *c, uint8_t *to,
					   uint64_t sequence, uint8_t *payload, uint32_t len)
{
	if (!c->overwrite) {
		nabdi_copy(to, payload, payload, len);
		return true;
	}
	nabdi_copy_out_of_slot(to, payload, len);
	return nabdi_over_whole(&c->over, payload, sequence);
}

/*
 * Edge B, storing end: the producer may overwrite what lies below from here on, and is
 * woken if it waits for that.
 */
static inline int nabdi_consumer_advance(struct nabdi_consumer *c, uint64_t messages)
{
	const uint64_t position = c->position + messages;

	c->position = position;
	cell_store_release(c->published, position);
	return nabdi_bell_space(c->consumers, c->segment, position, false);
}

/* The calls below are made of the steps that programs have: inline.h. */
static inline struct nabd_inline_receiver *nabdi_consumer_side(struct nabdi_consumer *c)
{
	return (struct nabd_inline_receiver *)(void *)c;
}

static inline int nabdi_consumer_peek(struct nabdi_consumer *c, const void **data, uint32_t *len)
{
	uint8_t *payload;
	uint64_t stamp = 0; /* what VACANT is about; GCC does not see that */

	switch (nabd_inline_hold(nabdi_consumer_side(c), &payload, &stamp)) {
	case NABD_INLINE_DONE:
		*data = payload;
		*len = (uint32_t)stamp;
		return NABD_OK;
	case NABD_INLINE_VACANT:
		return nabdi_consumer_vacant(c, stamp);
	case NABD_INLINE_CORRUPT:
		return NABD_CORRUPT;
	default:
		return nabdi_consumer_peek_slow(c, data, len);
	}
}

static inline int nabdi_consumer_release(struct nabdi_consumer *c)
{
	switch (nabd_inline_let_go(nabdi_consumer_side(c))) {
	case NABD_INLINE_DONE:
		return NABD_OK;
	case NABD_INLINE_WAKE:
		return nabdi_consumer_wake(c);
	default:
		return nabdi_consumer_release_slow(c);
	}
}

/* What is rare, or long, is called in the last step only: see nabdi_producer_push(). */
static inline int nabdi_consumer_pop(struct nabdi_consumer *c, void *buf, size_t *len)
{
	uint64_t stamp = 0; /* likewise */

	switch (nabd_inline_take(nabdi_consumer_side(c), buf, len, &stamp)) {
	case NABD_INLINE_DONE:
		return NABD_OK;
	case NABD_INLINE_WAKE:
		return nabdi_consumer_wake(c);
	case NABD_INLINE_VACANT:
		return nabdi_consumer_vacant(c, stamp);
	case NABD_INLINE_CORRUPT:
		return NABD_CORRUPT;
	case NABD_INLINE_BUFFER:
		*len = (uint32_t)stamp;
		return NABD_BUFFER;
	case NABD_INLINE_SLOW:
		return nabdi_consumer_pop_long(c, buf, len, (uint32_t)stamp);
	default:
		return nabdi_consumer_pop_slow(c, buf, len);
	}
}

#endif
