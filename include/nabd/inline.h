/* SPDX-License-Identifier: MIT */
/**
 * @file inline.h
 * Opt in: the calls that send and receive one message, compiled into the program. Include it
 * beside nabd.h, or instead of it; nothing else changes. See nabd-inline(7).
 *
 * nabd_push(), nabd_reserve(), nabd_commit(), nabd_pop(), nabd_peek() and nabd_release() are
 * macros then. Each does what is usual in place, and whatever is not (no credit, nothing
 * there, a sleeper to wake, a long message, a wrong argument, a handle of another process) by
 * the library's call of the same name, which is there beside it: (nabd_push)(q, data, len)
 * calls it, and &nabd_push is its address. Contract and answers are those of nabd.h.
 *
 * A program is compiled for one layout of the handle, and nabd_open() writes that of the
 * library into the handle. Each call compares them; where they differ it is the library's
 * call, as if this header had not been included. So an old program runs with a newer library.
 *
 * Define NABD_NO_INLINE to have none of it: for tools that must see the library's calls, such
 * as helgrind, which does not know atomics.
 *
 * Beside lib/atomic.h this is the only file that names memory orders, as a program can't
 * include that one, and C++ not read it; lib/ordering.h says what each edge is for. What is
 * done here, and in which order, is what lib/producer.h and lib/consumer.h do, but for one
 * thing. Who sleeps is looked for before head or position are written down, not after it:
 * then the library's commit or release does all of it once more, as storing the same stamp or
 * position twice changes nothing, and wakes the sleepers. No sleeper looks at head.
 */
#ifndef NABD_INLINE_H
#define NABD_INLINE_H

/** @cond */

#include <nabd/inline_layout.h>
#include <nabd/nabd.h>

#if defined(__GNUC__) && defined(__LP64__) && !defined(NABD_NO_INLINE)

#include <string.h>

/* ThreadSanitizer does not see into the assembler of nabd_inline_store_pair(). */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NABD_INLINE_SEES_STORES 1
#endif
#endif
#if defined(__SANITIZE_THREAD__) || !defined(__SSE2__)
#define NABD_INLINE_SEES_STORES 1
#endif

#ifdef __cplusplus
#define NABD_INLINE_CAST(type, value) static_cast<type>(value)
#define NABD_INLINE_BITS(pointer)     reinterpret_cast<uintptr_t>(pointer)
#else
#define NABD_INLINE_CAST(type, value) ((type)(value))
#define NABD_INLINE_BITS(pointer)     ((uintptr_t)(pointer))
#endif

#define NABD_INLINE_RARE(x) __builtin_expect(!!(x), 0)

/* What lies so many bytes behind. */
static inline void *nabd_inline_at(void *from, size_t bytes)
{
	return NABD_INLINE_CAST(unsigned char *, from) + bytes;
}

static inline nabd_inline_word *nabd_inline_word_at(void *from, size_t bytes)
{
	return NABD_INLINE_CAST(nabd_inline_word *, nabd_inline_at(from, bytes));
}

/* An open handle of this process and of this layout. */
static inline int nabd_inline_ours(nabd_t *q)
{
	const struct nabd_inline_handle *h;

	if (NABD_INLINE_RARE(q == NULL))
		return 0;
	h = NABD_INLINE_CAST(const struct nabd_inline_handle *, nabd_inline_at(q, 0));
	if (NABD_INLINE_RARE(h->layout != NABD_INLINE_LAYOUT))
		return 0;
	return __atomic_load_n(h->living, __ATOMIC_RELAXED) == h->generation;
}

static inline struct nabd_inline_sender *nabd_inline_sends(nabd_t *q)
{
	return NABD_INLINE_CAST(struct nabd_inline_sender *, nabd_inline_at(q, NABD_INLINE_SENDER));
}

static inline struct nabd_inline_receiver *nabd_inline_receives(nabd_t *q)
{
	return NABD_INLINE_CAST(struct nabd_inline_receiver *,
				nabd_inline_at(q, NABD_INLINE_RECEIVER));
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

/*
 * GCC sees a program's small buffer beside each of the chunks below, and warns of those that
 * are longer, though no message that is longer comes so far.
 */
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#endif

/* slot is whichever of the two lies in the ring: no chunk lies across two lines there. */
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

#ifndef __clang__
#pragma GCC diagnostic pop
#endif

/*
 * Both in one store where the machine has one, and each of them whole: see lib/atomic.h. The
 * first has the order, edge D.
 */
static inline void nabd_inline_store_pair(nabd_inline_word *first, uint64_t value, uint64_t other)
{
#ifdef NABD_INLINE_SEES_STORES
	__atomic_store_n(first + 1, other, __ATOMIC_RELAXED);
	__atomic_store_n(first, value, __ATOMIC_RELEASE);
#else
	typedef uint64_t both __attribute__((vector_size(16), may_alias));
	const both values = {value, other};

	__asm__ __volatile__("movaps %1, %0"
			     : "=m"(*NABD_INLINE_CAST(both *, NABD_INLINE_CAST(void *, first)))
			     : "x"(values)
			     : "memory");
#endif
}

/* Edge I, publishing end: whether somebody may sleep who is to see what was just stored. */
static inline int nabd_inline_sleepers(unsigned char *consumers, size_t marks)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST); /* the sleeper makes the processor heed it */
	return __atomic_load_n(nabd_inline_word_at(consumers, marks), __ATOMIC_RELAXED) != 0;
}

/* The side is idle, and the payload is there. */
static inline int nabd_inline_publish(nabd_t *q, unsigned char *payload, size_t len)
{
	struct nabd_inline_sender *tx = nabd_inline_sends(q);
	const uint64_t head = tx->head + 1;
	nabd_inline_word *shown = nabd_inline_word_at(tx->shm, NABD_INLINE_HEAD);

	/* edge A, storing end: the message is there, whole, from here on */
	__atomic_store_n(nabd_inline_stamp(payload), head << 32 | len, __ATOMIC_RELEASE);
	if (NABD_INLINE_RARE(nabd_inline_sleepers(tx->consumers, NABD_INLINE_READERS))) {
		tx->open = len << 32 | NABD_INLINE_SEND_RESERVED;
		return (nabd_commit)(q, len);
	}
	tx->head = head;
	nabd_inline_store_pair(shown, head, __atomic_load_n(shown + 1, __ATOMIC_RELAXED) + len);
	return NABD_OK;
}

static inline int nabd_inline_push(nabd_t *q, const void *data, size_t len)
{
	struct nabd_inline_sender *tx;
	unsigned char *payload;

	if (NABD_INLINE_RARE(!nabd_inline_ours(q)))
		return (nabd_push)(q, data, len);
	tx = nabd_inline_sends(q);
	if (NABD_INLINE_RARE(tx->open != NABD_INLINE_SEND_IDLE || len > tx->ring.slot_size ||
			     tx->head == tx->limit) ||
	    len > NABD_INLINE_COPY || (data == NULL && len != 0))
		return (nabd_push)(q, data, len);
	payload = nabd_inline_payload(&tx->ring, tx->head);
	nabd_inline_copy(payload, data, payload, len);
	return nabd_inline_publish(q, payload, len);
}

static inline int nabd_inline_reserve(nabd_t *q, size_t len, void **slot)
{
	struct nabd_inline_sender *tx;

	if (NABD_INLINE_RARE(!nabd_inline_ours(q)))
		return (nabd_reserve)(q, len, slot);
	tx = nabd_inline_sends(q);
	if (NABD_INLINE_RARE(tx->open != NABD_INLINE_SEND_IDLE || len > tx->ring.slot_size ||
			     tx->head == tx->limit || slot == NULL))
		return (nabd_reserve)(q, len, slot);
	tx->open = len << 32 | NABD_INLINE_SEND_RESERVED;
	*slot = nabd_inline_payload(&tx->ring, tx->head);
	return NABD_OK;
}

static inline int nabd_inline_commit(nabd_t *q, size_t len)
{
	struct nabd_inline_sender *tx;

	if (NABD_INLINE_RARE(!nabd_inline_ours(q)))
		return (nabd_commit)(q, len);
	tx = nabd_inline_sends(q);
	if (NABD_INLINE_RARE(NABD_INLINE_CAST(uint32_t, tx->open) != NABD_INLINE_SEND_RESERVED ||
			     len > tx->open >> 32))
		return (nabd_commit)(q, len);
	tx->open = NABD_INLINE_SEND_IDLE;
	return nabd_inline_publish(q, nabd_inline_payload(&tx->ring, tx->head), len);
}

/*
 * The next message, if it is there and whole: its length, read once and checked, and its
 * payload; or NULL for whatever else.
 */
static inline unsigned char *nabd_inline_look(const struct nabd_inline_receiver *rx, uint32_t *len)
{
	unsigned char *payload = nabd_inline_payload(&rx->ring, rx->position);
	/* edge A, loading end: what is read from the payload after this is the message's */
	const uint64_t stamp = __atomic_load_n(nabd_inline_stamp(payload), __ATOMIC_ACQUIRE);

	*len = NABD_INLINE_CAST(uint32_t, stamp);
	if (NABD_INLINE_RARE(NABD_INLINE_CAST(uint32_t, stamp >> 32) !=
				     NABD_INLINE_CAST(uint32_t, rx->position + 1) ||
			     *len > rx->ring.slot_size))
		return NULL;
	return payload;
}

/* The message, of so many bytes, has been read. */
static inline int nabd_inline_give_back(nabd_t *q, uint32_t len)
{
	struct nabd_inline_receiver *rx = nabd_inline_receives(q);
	const uint64_t position = rx->position + 1;

	/* edge B, storing end: the producer may overwrite what lies below from here on */
	__atomic_store_n(rx->published, position, __ATOMIC_RELEASE);
	if (NABD_INLINE_RARE(nabd_inline_sleepers(rx->consumers, NABD_INLINE_SENDERS))) {
		rx->state = NABD_INLINE_RECEIVE_PEEKED;
		rx->len = len;
		return (nabd_release)(q);
	}
	rx->position = position;
	return NABD_OK;
}

static inline int nabd_inline_peek(nabd_t *q, const void **data, size_t *len)
{
	struct nabd_inline_receiver *rx;
	unsigned char *payload;
	uint32_t have;

	if (NABD_INLINE_RARE(!nabd_inline_ours(q)))
		return (nabd_peek)(q, data, len);
	rx = nabd_inline_receives(q);
	if (NABD_INLINE_RARE(rx->state != NABD_INLINE_RECEIVE_IDLE || data == NULL))
		return (nabd_peek)(q, data, len);
	payload = nabd_inline_look(rx, &have);
	if (NABD_INLINE_RARE(payload == NULL))
		return (nabd_peek)(q, data, len);
	rx->state = NABD_INLINE_RECEIVE_PEEKED;
	rx->len = have;
	*data = payload;
	if (len != NULL)
		*len = have;
	return NABD_OK;
}

static inline int nabd_inline_release(nabd_t *q)
{
	struct nabd_inline_receiver *rx;

	if (NABD_INLINE_RARE(!nabd_inline_ours(q)))
		return (nabd_release)(q);
	rx = nabd_inline_receives(q);
	if (NABD_INLINE_RARE(rx->state != NABD_INLINE_RECEIVE_PEEKED))
		return (nabd_release)(q);
	rx->state = NABD_INLINE_RECEIVE_IDLE;
	return nabd_inline_give_back(q, rx->len);
}

static inline int nabd_inline_pop(nabd_t *q, void *buf, size_t *len)
{
	struct nabd_inline_receiver *rx;
	unsigned char *payload;
	uint32_t have;

	if (NABD_INLINE_RARE(!nabd_inline_ours(q)))
		return (nabd_pop)(q, buf, len);
	rx = nabd_inline_receives(q);
	if (NABD_INLINE_RARE(rx->state != NABD_INLINE_RECEIVE_IDLE || len == NULL ||
			     (buf == NULL && *len != 0)))
		return (nabd_pop)(q, buf, len);
	payload = nabd_inline_look(rx, &have);
	if (NABD_INLINE_RARE(payload == NULL || have > *len) || have > NABD_INLINE_COPY)
		return (nabd_pop)(q, buf, len);
	*len = have;
	nabd_inline_copy(buf, payload, payload, have);
	return nabd_inline_give_back(q, have);
}

/* Of any arguments, as those of a macro end at each comma that stands in braces. */
#define nabd_push(...)    nabd_inline_push(__VA_ARGS__)
#define nabd_reserve(...) nabd_inline_reserve(__VA_ARGS__)
#define nabd_commit(...)  nabd_inline_commit(__VA_ARGS__)
#define nabd_peek(...)    nabd_inline_peek(__VA_ARGS__)
#define nabd_release(...) nabd_inline_release(__VA_ARGS__)
#define nabd_pop(...)     nabd_inline_pop(__VA_ARGS__)

#endif
/** @endcond */
#endif
