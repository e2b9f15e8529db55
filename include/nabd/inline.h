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
 * include that one, and C++ not read it. What is done with them, and in which order, stands
 * in inline_steps.h, which the library's own calls are made of as well.
 */
#ifndef NABD_INLINE_H
#define NABD_INLINE_H

/** @cond */

#include <nabd/inline_layout.h>
#include <nabd/nabd.h>

#if defined(__GNUC__) && defined(__LP64__) && !defined(NABD_NO_INLINE)

/* ThreadSanitizer does not see into the assembler of nabd_inline_store_pair(). */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NABD_INLINE_SEES_STORES 1
#endif
#endif
#if defined(__SANITIZE_THREAD__) || !defined(__SSE2__)
#define NABD_INLINE_SEES_STORES 1
#endif

static inline uint64_t nabd_inline_load_relaxed(nabd_inline_word *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline uint64_t nabd_inline_load_acquire(nabd_inline_word *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline void nabd_inline_store_release(nabd_inline_word *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/*
 * Both in one store where the machine has one, and each of them whole: see lib/atomic.h. The
 * first has the order.
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

static inline void nabd_inline_fence_light(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

#include <nabd/inline_steps.h>

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

/* Of each: what is not done here is the library's, from its beginning, but for the wake-up. */
static inline int nabd_inline_push(nabd_t *q, const void *data, size_t len)
{
	enum nabd_inline_came came;

	if (NABD_INLINE_RARE(!nabd_inline_ours(q)) || (data == NULL && len != 0))
		return (nabd_push)(q, data, len);
	came = nabd_inline_send(nabd_inline_sends(q), data, len);
	if (NABD_INLINE_RARE(came == NABD_INLINE_WAKE))
		return (nabd_commit)(q, len);
	return came == NABD_INLINE_DONE ? NABD_OK : (nabd_push)(q, data, len);
}

static inline int nabd_inline_reserve(nabd_t *q, size_t len, void **slot)
{
	if (NABD_INLINE_RARE(!nabd_inline_ours(q) || slot == NULL) ||
	    nabd_inline_open(nabd_inline_sends(q), len, slot) != NABD_INLINE_DONE)
		return (nabd_reserve)(q, len, slot);
	return NABD_OK;
}

static inline int nabd_inline_commit(nabd_t *q, size_t len)
{
	if (NABD_INLINE_RARE(!nabd_inline_ours(q)) ||
	    nabd_inline_end(nabd_inline_sends(q), len) != NABD_INLINE_DONE)
		return (nabd_commit)(q, len);
	return NABD_OK;
}

static inline int nabd_inline_peek(nabd_t *q, const void **data, size_t *len)
{
	struct nabd_inline_receiver *rx;
	unsigned char *payload;
	uint64_t stamp;

	if (NABD_INLINE_RARE(!nabd_inline_ours(q) || data == NULL))
		return (nabd_peek)(q, data, len);
	rx = nabd_inline_receives(q);
	if (nabd_inline_hold(rx, &payload, &stamp) != NABD_INLINE_DONE)
		return (nabd_peek)(q, data, len);
	*data = payload;
	if (len != NULL)
		*len = NABD_INLINE_CAST(uint32_t, stamp);
	return NABD_OK;
}

static inline int nabd_inline_release(nabd_t *q)
{
	if (NABD_INLINE_RARE(!nabd_inline_ours(q)) ||
	    nabd_inline_let_go(nabd_inline_receives(q)) != NABD_INLINE_DONE)
		return (nabd_release)(q);
	return NABD_OK;
}

static inline int nabd_inline_pop(nabd_t *q, void *buf, size_t *len)
{
	enum nabd_inline_came came;
	uint64_t stamp;

	if (NABD_INLINE_RARE(!nabd_inline_ours(q) || len == NULL || (buf == NULL && *len != 0)))
		return (nabd_pop)(q, buf, len);
	came = nabd_inline_take(nabd_inline_receives(q), buf, len, &stamp);
	if (NABD_INLINE_RARE(came == NABD_INLINE_WAKE))
		return (nabd_release)(q);
	return came == NABD_INLINE_DONE ? NABD_OK : (nabd_pop)(q, buf, len);
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
