/* SPDX-License-Identifier: MIT */
/**
 * @file inline_steps.h
 * What is usual in sending and in receiving one message, and the order in which it is done:
 * one text for programs, which have it by nabd/inline.h, and for the library's own calls,
 * which have it by lib/steps.h. Not for programs to include, and nothing in here is promised.
 *
 * It knows no memory orders. Whoever includes it has defined five verbs before, on the words
 * that processes share: nabd_inline_load_relaxed(), nabd_inline_load_acquire(),
 * nabd_inline_store_release(), nabd_inline_store_pair() and nabd_inline_fence_light().
 * The library's are those of lib/atomic.h, so that what watches these watches this: the
 * explorer of tests/model, and helgrind. lib/ordering.h says what each edge is for.
 *
 * Nothing rare is done here. A step says why it did nothing, and the caller does the rest; a
 * program leaves it to the library. But for one thing, NABD_INLINE_WAKE: the message is
 * shown, or the slot is given back, and somebody sleeps who is to see it. The side is then as
 * before it, with the message reserved or peeked at. A program then calls the library's commit
 * or release, which does all of it once more, as storing the same stamp or position twice
 * changes nothing, and wakes the sleepers; the library does what is left. Only head or the
 * own position is written down behind the look at who sleeps, and no sleeper looks at these.
 */
#ifndef NABD_INLINE_STEPS_H
#define NABD_INLINE_STEPS_H

/** @cond */

#include <string.h>

#include <nabd/inline_layout.h>

/* What came of a step. But for the first two, nothing has changed. */
enum nabd_inline_came {
	NABD_INLINE_DONE,
	NABD_INLINE_WAKE,    /* see above */
	NABD_INLINE_STATE,   /* the side is not as the step needs it */
	NABD_INLINE_TOOBIG,  /* for the slot, or more than was reserved */
	NABD_INLINE_SLOW,    /* too long to be copied here; or, to send, credit is used up */
	NABD_INLINE_VACANT,  /* the stamp is not that of the next message */
	NABD_INLINE_CORRUPT, /* the stamp has a length that no slot has */
	NABD_INLINE_BUFFER   /* the buffer is too small */
};

/* What lies so many bytes behind. */
static inline void *nabd_inline_at(void *from, size_t bytes)
{
	return NABD_INLINE_CAST(unsigned char *, from) + bytes;
}

static inline nabd_inline_word *nabd_inline_word_at(void *from, size_t bytes)
{
	return NABD_INLINE_CAST(nabd_inline_word *, nabd_inline_at(from, bytes));
}

static inline unsigned char *nabd_inline_payload(const struct nabd_inline_ring *ring,
						 uint64_t sequence)
{
	const uint32_t slot = NABD_INLINE_CAST(uint32_t, sequence) & ring->mask;

	return ring->first + NABD_INLINE_CAST(size_t, slot) * ring->stride;
}

static inline nabd_inline_word *nabd_inline_stamp(unsigned char *payload)
{
	return NABD_INLINE_CAST(nabd_inline_word *, NABD_INLINE_CAST(void *, payload - 8));
}

/* Edge A, storing end: the message is there, whole, from here on. */
static inline void nabd_inline_show(unsigned char *payload, uint64_t sequence, uint64_t len)
{
	nabd_inline_store_release(nabd_inline_stamp(payload), (sequence + 1) << 32 | len);
}

/* Edge A, loading end: what is read from the payload after this is the message's. */
static inline uint64_t nabd_inline_observe(unsigned char *payload)
{
	return nabd_inline_load_acquire(nabd_inline_stamp(payload));
}

/* Whether the stamp is that of the message of this sequence. */
static inline int nabd_inline_is(uint64_t stamp, uint64_t sequence)
{
	return NABD_INLINE_CAST(uint32_t, stamp >> 32) == NABD_INLINE_CAST(uint32_t, sequence + 1);
}

/* Edge I, publishing end: whether somebody may sleep who is to see what was just stored. */
static inline int nabd_inline_sleepers(unsigned char *consumers, size_t marks)
{
	nabd_inline_fence_light(); /* the sleeper makes the processor heed it */
	return nabd_inline_load_relaxed(nabd_inline_word_at(consumers, marks)) != 0;
}

/*
 * GCC sees a program's small buffer beside each of the chunks below, and warns of those that
 * are longer, though no message that is longer comes so far.
 */
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#endif

/* Fewer than 8 bytes. */
static inline void nabd_inline_copy_rest(unsigned char *to, const unsigned char *from, size_t len)
{
	if (len & 4) {
		memcpy(to, from, 4);
		to += 4;
		from += 4;
	}
	if (len & 2) {
		memcpy(to, from, 2);
		to += 2;
		from += 2;
	}
	if (len & 1)
		*to = *from;
}

/*
 * By chunks that are aligned in the slot: no chunk lies across two lines there, and no call
 * is made. slot is whichever of the two lies in the ring; it is a multiple of 8.
 */
static inline void nabd_inline_copy(void *to_, const void *from_, const void *slot, size_t len)
{
	unsigned char *to = NABD_INLINE_CAST(unsigned char *, to_);
	const unsigned char *from = NABD_INLINE_CAST(const unsigned char *, from_);

	if (len >= 8 && (NABD_INLINE_BITS(slot) & 8) != 0) {
		memcpy(to, from, 8);
		to += 8;
		from += 8;
		len -= 8;
	}
	for (; len >= 16; to += 16, from += 16, len -= 16)
		memcpy(to, from, 16);
	if (len >= 8) {
		memcpy(to, from, 8);
		to += 8;
		from += 8;
		len -= 8;
	}
	if (len > 0)
		nabd_inline_copy_rest(to, from, len);
}

#ifndef __clang__
#pragma GCC diagnostic pop
#endif

/* The side is idle, and the payload of the message that head counts is there. */
static inline enum nabd_inline_came nabd_inline_publish(struct nabd_inline_sender *tx,
							unsigned char *payload,
							uint64_t len)
{
	const uint64_t head = tx->head; /* anew: kept while copying, it costs a register too many */
	nabd_inline_word *shown = nabd_inline_word_at(tx->shm, NABD_INLINE_HEAD);

	nabd_inline_show(payload, head, len);
	if (NABD_INLINE_RARE(nabd_inline_sleepers(tx->consumers, NABD_INLINE_READERS))) {
		tx->open = len << 32 | NABD_INLINE_SEND_RESERVED;
		return NABD_INLINE_WAKE;
	}
	tx->head = head + 1;
	nabd_inline_store_pair(shown, head + 1, /* edge D */
			       nabd_inline_load_relaxed(shown + 1) + len);
	return NABD_INLINE_DONE;
}

static inline enum nabd_inline_came nabd_inline_send(struct nabd_inline_sender *tx,
						     const void *data, size_t len)
{
	unsigned char *payload;

	if (NABD_INLINE_RARE(tx->open != NABD_INLINE_SEND_IDLE))
		return NABD_INLINE_STATE;
	if (NABD_INLINE_RARE(len > tx->ring.slot_size))
		return NABD_INLINE_TOOBIG;
	if (NABD_INLINE_RARE(tx->head == tx->limit) || len > NABD_INLINE_COPY)
		return NABD_INLINE_SLOW;
	payload = nabd_inline_payload(&tx->ring, tx->head);
	nabd_inline_copy(payload, data, payload, len);
	return nabd_inline_publish(tx, payload, len);
}

static inline enum nabd_inline_came nabd_inline_open(struct nabd_inline_sender *tx, size_t len,
						     void **slot)
{
	if (NABD_INLINE_RARE(tx->open != NABD_INLINE_SEND_IDLE))
		return NABD_INLINE_STATE;
	if (NABD_INLINE_RARE(len > tx->ring.slot_size))
		return NABD_INLINE_TOOBIG;
	if (NABD_INLINE_RARE(tx->head == tx->limit))
		return NABD_INLINE_SLOW;
	tx->open = NABD_INLINE_CAST(uint64_t, len) << 32 | NABD_INLINE_SEND_RESERVED;
	*slot = nabd_inline_payload(&tx->ring, tx->head);
	return NABD_INLINE_DONE;
}

static inline enum nabd_inline_came nabd_inline_end(struct nabd_inline_sender *tx, size_t len)
{
	if (NABD_INLINE_RARE(NABD_INLINE_CAST(uint32_t, tx->open) != NABD_INLINE_SEND_RESERVED))
		return NABD_INLINE_STATE;
	if (NABD_INLINE_RARE(len > tx->open >> 32))
		return NABD_INLINE_TOOBIG;
	tx->open = NABD_INLINE_SEND_IDLE;
	return nabd_inline_publish(tx, nabd_inline_payload(&tx->ring, tx->head), len);
}

/* The next message, if it is there and whole; its length is read once, and checked. */
static inline enum nabd_inline_came nabd_inline_look(const struct nabd_inline_receiver *rx,
						     unsigned char **payload, uint64_t *stamp)
{
	const uint64_t position = rx->position;

	if (NABD_INLINE_RARE(rx->state != NABD_INLINE_RECEIVE_IDLE))
		return NABD_INLINE_STATE;
	*payload = nabd_inline_payload(&rx->ring, position);
	*stamp = nabd_inline_observe(*payload);
	if (NABD_INLINE_RARE(!nabd_inline_is(*stamp, position)))
		return NABD_INLINE_VACANT;
	if (NABD_INLINE_RARE(NABD_INLINE_CAST(uint32_t, *stamp) > rx->ring.slot_size))
		return NABD_INLINE_CORRUPT;
	return NABD_INLINE_DONE;
}

/* The side is idle, and the message has been read. */
static inline enum nabd_inline_came nabd_inline_give_back(struct nabd_inline_receiver *rx)
{
	const uint64_t position = rx->position + 1;

	/* edge B, storing end: the producer may overwrite what lies below from here on */
	nabd_inline_store_release(rx->published, position);
	if (NABD_INLINE_RARE(nabd_inline_sleepers(rx->consumers, NABD_INLINE_SENDERS))) {
		rx->state = NABD_INLINE_RECEIVE_PEEKED;
		return NABD_INLINE_WAKE;
	}
	rx->position = position;
	return NABD_INLINE_DONE;
}

static inline enum nabd_inline_came nabd_inline_hold(struct nabd_inline_receiver *rx,
						     unsigned char **payload, uint64_t *stamp)
{
	const enum nabd_inline_came came = nabd_inline_look(rx, payload, stamp);

	if (NABD_INLINE_RARE(came != NABD_INLINE_DONE))
		return came;
	rx->state = NABD_INLINE_RECEIVE_PEEKED;
	rx->len = NABD_INLINE_CAST(uint32_t, *stamp);
	return NABD_INLINE_DONE;
}

static inline enum nabd_inline_came nabd_inline_let_go(struct nabd_inline_receiver *rx)
{
	if (NABD_INLINE_RARE(rx->state != NABD_INLINE_RECEIVE_PEEKED))
		return NABD_INLINE_STATE;
	rx->state = NABD_INLINE_RECEIVE_IDLE;
	return nabd_inline_give_back(rx);
}

static inline enum nabd_inline_came nabd_inline_take(struct nabd_inline_receiver *rx, void *buf,
						     size_t *len, uint64_t *stamp)
{
	unsigned char *payload;
	uint32_t have;
	enum nabd_inline_came came = nabd_inline_look(rx, &payload, stamp);

	if (NABD_INLINE_RARE(came != NABD_INLINE_DONE))
		return came;
	have = NABD_INLINE_CAST(uint32_t, *stamp);
	if (NABD_INLINE_RARE(have > *len))
		return NABD_INLINE_BUFFER;
	if (have > NABD_INLINE_COPY)
		return NABD_INLINE_SLOW;
	*len = have;
	nabd_inline_copy(buf, payload, payload, have);
	came = nabd_inline_give_back(rx);
	if (NABD_INLINE_RARE(came == NABD_INLINE_WAKE))
		rx->len = have;
	return came;
}

/** @endcond */
#endif
