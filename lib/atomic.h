/* SPDX-License-Identifier: MIT */
/*
 * Words that processes share, and the verbs to use on them. This is the only
 * file that names a memory order, but for nabd/inline.h, which programs compile;
 * ordering.h says which verb serves which edge.
 *
 * A cell is a struct around its atomic, so that a plain read or write of it
 * does not compile.
 *
 * Detectors: ThreadSanitizer understands these verbs as they are. Helgrind does
 * not know C11 atomics; with NABD_VALGRIND the verbs tell it the same edges.
 * Both look at virtual addresses: they see races between two threads that use
 * one mapping, that is, one handle. NABD_MUTANT_* weaken a verb on purpose: the
 * tests build such a library and demand that the detectors report it.
 */
#ifndef NABD_ATOMIC_H
#define NABD_ATOMIC_H

#ifdef NABD_ATOMICS_MODEL /* tests/model explores this library over words of its own */
#include NABD_ATOMICS_MODEL
#else

#include <stdatomic.h>
#include <stdint.h>

#ifdef NABD_VALGRIND
#include <valgrind/helgrind.h>
#define NABD_HG_BEFORE(cell)  ANNOTATE_HAPPENS_BEFORE(cell)
#define NABD_HG_AFTER(cell)   ANNOTATE_HAPPENS_AFTER(cell)
#define NABD_HG_WORD(cell)    VALGRIND_HG_DISABLE_CHECKING((cell), sizeof(*(cell)))
#else
#define NABD_HG_BEFORE(cell)  ((void)0)
#define NABD_HG_AFTER(cell)   ((void)0)
#define NABD_HG_WORD(cell)    ((void)0)
#endif

#ifdef NABD_MUTANT_RELEASE
#define NABD_ORDER_RELEASE memory_order_relaxed
#else
#define NABD_ORDER_RELEASE memory_order_release
#endif

#ifdef NABD_MUTANT_ACQUIRE
#define NABD_ORDER_ACQUIRE memory_order_relaxed
#else
#define NABD_ORDER_ACQUIRE memory_order_acquire
#endif

/* libatomic's locks live in one process: a cell that needed them would be torn between two. */
_Static_assert(__atomic_always_lock_free(8, 0), "64-bit atomics must be lock-free");
_Static_assert(__atomic_always_lock_free(4, 0), "32-bit atomics must be lock-free");

/* Without it, 32-bit x86 compilers disagree on the alignment. */
typedef struct {
	_Alignas(8) _Atomic uint64_t v;
} nabd_cell64;

typedef struct {
	_Atomic uint32_t v;
} nabd_cell32;

_Static_assert(sizeof(nabd_cell64) == 8 && _Alignof(nabd_cell64) == 8, "a cell is its word");
_Static_assert(sizeof(nabd_cell32) == 4 && _Alignof(nabd_cell32) == 4, "a cell is its word");

/* For words whose value alone is asked, with nothing to be seen behind it. */
static inline uint64_t cell_load_relaxed(const nabd_cell64 *cell)
{
	NABD_HG_WORD(cell);
	return atomic_load_explicit(&cell->v, memory_order_relaxed);
}

static inline void cell_store_relaxed(nabd_cell64 *cell, uint64_t value)
{
	NABD_HG_WORD(cell);
	atomic_store_explicit(&cell->v, value, memory_order_relaxed);
}

/* Sees all that the thread did which stored the value with cell_store_release(). */
static inline uint64_t cell_load_acquire(const nabd_cell64 *cell)
{
	uint64_t value;

	NABD_HG_WORD(cell);
	value = atomic_load_explicit(&cell->v, NABD_ORDER_ACQUIRE);
#ifndef NABD_MUTANT_ACQUIRE
	NABD_HG_AFTER(cell);
#endif
	return value;
}

static inline void cell_store_release(nabd_cell64 *cell, uint64_t value)
{
	NABD_HG_WORD(cell);
#ifndef NABD_MUTANT_RELEASE
	NABD_HG_BEFORE(cell);
#endif
	atomic_store_explicit(&cell->v, value, NABD_ORDER_RELEASE);
}

/*
 * The two read-modify-writes are acquire and release at once. All of them on
 * one cell stand in one order, and each sees what those before it published:
 * where two parties each write a word and then look at the other's, one of
 * these on a third word does what a pair of full fences would, and the
 * detectors understand it, which they do not a fence.
 */
static inline uint64_t cell_fetch_or(nabd_cell64 *cell, uint64_t bits)
{
	uint64_t old;

	NABD_HG_WORD(cell);
	NABD_HG_BEFORE(cell);
	old = atomic_fetch_or_explicit(&cell->v, bits, memory_order_acq_rel);
	NABD_HG_AFTER(cell);
	return old;
}

/* Returns what the cell held: equal to expected when the exchange was made. */
static inline uint64_t cell_compare_exchange(nabd_cell64 *cell, uint64_t expected, uint64_t value)
{
	NABD_HG_WORD(cell);
	NABD_HG_BEFORE(cell);
	atomic_compare_exchange_strong_explicit(&cell->v, &expected, value, memory_order_acq_rel,
						memory_order_acquire);
	NABD_HG_AFTER(cell);
	return expected;
}

/*
 * Two neighbouring cells, 16-byte aligned: the second as with relaxed, the first as
 * with release. In one store where the machine has one: while a contested line is on
 * its way, each store behind it costs 2 to 5 ns, and this saves one a message (64
 * bytes: 2.1 to 1.9 times the line floor). Each half is atomic, as every aligned 8
 * bytes are on x86; that both go together is not relied upon. The detectors do not
 * see into it, so they get the two stores.
 */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NABD_SEES_STORES 1
#endif
#endif
#if defined(__SANITIZE_THREAD__) || defined(NABD_VALGRIND) || defined(NABD_MUTANT_RELEASE)
#define NABD_SEES_STORES 1
#endif

static inline void cell_store_release_pair(nabd_cell64 *first, uint64_t value,
					   nabd_cell64 *second, uint64_t other)
{
#if defined(__SSE2__) && !defined(NABD_SEES_STORES)
	typedef uint64_t both __attribute__((vector_size(16), may_alias));
	const both values = {value, other};

	(void)second;
	__asm__ __volatile__("movaps %1, %0" : "=m"(*(both *)(void *)first) : "x"(values) : "memory");
#else
	cell_store_relaxed(second, other);
	cell_store_release(first, value);
#endif
}

static inline uint32_t cell32_load_relaxed(const nabd_cell32 *cell)
{
	NABD_HG_WORD(cell);
	return atomic_load_explicit(&cell->v, memory_order_relaxed);
}

/* Sees all that the thread did which changed the value with one of the two below. */
static inline uint32_t cell32_load_acquire(const nabd_cell32 *cell)
{
	uint32_t value;

	NABD_HG_WORD(cell);
	value = atomic_load_explicit(&cell->v, NABD_ORDER_ACQUIRE);
	NABD_HG_AFTER(cell);
	return value;
}

static inline uint32_t cell32_fetch_add(nabd_cell32 *cell, uint32_t more)
{
	uint32_t old;

	NABD_HG_WORD(cell);
	NABD_HG_BEFORE(cell);
	old = atomic_fetch_add_explicit(&cell->v, more, memory_order_acq_rel);
	NABD_HG_AFTER(cell);
	return old;
}

static inline uint32_t cell32_compare_exchange(nabd_cell32 *cell, uint32_t expected, uint32_t value)
{
	NABD_HG_WORD(cell);
	NABD_HG_BEFORE(cell);
	atomic_compare_exchange_strong_explicit(&cell->v, &expected, value, memory_order_acq_rel,
						memory_order_acquire);
	NABD_HG_AFTER(cell);
	return expected;
}

static inline uint64_t cell_fetch_add(nabd_cell64 *cell, uint64_t more)
{
	uint64_t old;

	NABD_HG_WORD(cell);
	NABD_HG_BEFORE(cell);
	old = atomic_fetch_add_explicit(&cell->v, more, memory_order_acq_rel);
	NABD_HG_AFTER(cell);
	return old;
}

static inline uint64_t cell_fetch_and(nabd_cell64 *cell, uint64_t bits)
{
	uint64_t old;

	NABD_HG_WORD(cell);
	NABD_HG_BEFORE(cell);
	old = atomic_fetch_and_explicit(&cell->v, bits, memory_order_acq_rel);
	NABD_HG_AFTER(cell);
	return old;
}

/*
 * For payloads that may be overwritten while they are read (edges G and H): what stands
 * before a fence in the program is done before what stands behind it. Nothing but such a
 * reader's doubt depends on these two. ThreadSanitizer knows no fences, and compilers
 * refuse them there; its builds keep the compiler's order, which is enough on x86.
 */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NABD_KNOWS_NO_FENCE 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define NABD_KNOWS_NO_FENCE 1
#endif
#ifdef NABD_KNOWS_NO_FENCE
#define NABD_FENCE atomic_signal_fence
#else
#define NABD_FENCE atomic_thread_fence
#endif

static inline void cell_fence_acquire(void)
{
	NABD_FENCE(memory_order_acquire);
}

static inline void cell_fence_release(void)
{
	NABD_FENCE(memory_order_release);
}

/*
 * Edge I: what stands before it in the program is seen by all before what stands behind
 * it is read. The light one is half of that: it keeps the compiler from the exchange, and
 * the other thread makes the processor heed it, with nabdi_os_barrier(). In builds for
 * ThreadSanitizer a read-modify-write does for the fence.
 */
static inline void cell_fence_full(void)
{
#ifdef NABD_KNOWS_NO_FENCE
	nabd_cell64 own = {0};

	(void)atomic_fetch_add_explicit(&own.v, 1, memory_order_seq_cst);
#else
	NABD_FENCE(memory_order_seq_cst);
#endif
}

static inline void cell_fence_light(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

#endif /* NABD_ATOMICS_MODEL */
#endif
