/* SPDX-License-Identifier: MIT */
/*
 * What the explorer puts in the place of lib/atomic.h: the same cells and verbs,
 * each of which asks the explorer what it reads and who goes on. lib/atomic.h
 * includes this file when NABD_ATOMICS_MODEL names it. It also comes before all else
 * (-include), for memcpy() in lib/copy.h and nabd/inline_steps.h.
 *
 * The cells stay 0: what they hold is in the explorer's history of stores. Copies
 * of payloads go through model_memcpy(), which looks for data races.
 */
#ifndef MODEL_ATOMICS_H
#define MODEL_ATOMICS_H

/* It checks memcpy() in ways of its own, and refuses to longjmp() from stack to stack. */
#undef _FORTIFY_SOURCE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum model_order { MODEL_RELAXED, MODEL_ACQUIRE, MODEL_RELEASE, MODEL_BOTH, MODEL_SEQ_CST };
enum model_change { MODEL_OR, MODEL_AND, MODEL_ADD };

uint64_t model_load(const void *cell, enum model_order order);
void model_store(void *cell, uint64_t value, enum model_order order);
uint64_t model_change(void *cell, enum model_change change, uint64_t operand);
uint64_t model_exchange_if(void *cell, uint64_t expected, uint64_t value);
void model_fence(enum model_order order);
void *model_memcpy(void *to, const void *from, size_t len);

#define memcpy model_memcpy

typedef struct {
	_Alignas(8) uint64_t v;
} nabd_cell64;

typedef struct {
	uint32_t v;
} nabd_cell32;

static inline uint64_t cell_load_relaxed(const nabd_cell64 *cell)
{
	return model_load(cell, MODEL_RELAXED);
}

static inline uint64_t cell_load_acquire(const nabd_cell64 *cell)
{
	return model_load(cell, MODEL_ACQUIRE);
}

static inline void cell_store_relaxed(nabd_cell64 *cell, uint64_t value)
{
	model_store(cell, value, MODEL_RELAXED);
}

static inline void cell_store_release(nabd_cell64 *cell, uint64_t value)
{
	model_store(cell, value, MODEL_RELEASE);
}

static inline uint64_t cell_fetch_or(nabd_cell64 *cell, uint64_t bits)
{
	return model_change(cell, MODEL_OR, bits);
}

static inline uint64_t cell_fetch_and(nabd_cell64 *cell, uint64_t bits)
{
	return model_change(cell, MODEL_AND, bits);
}

static inline uint64_t cell_fetch_add(nabd_cell64 *cell, uint64_t more)
{
	return model_change(cell, MODEL_ADD, more);
}

static inline uint64_t cell_compare_exchange(nabd_cell64 *cell, uint64_t expected, uint64_t value)
{
	return model_exchange_if(cell, expected, value);
}

/* As on a machine without the one store for both: the weaker of the two. */
static inline void cell_store_release_pair(nabd_cell64 *first, uint64_t value,
					   nabd_cell64 *second, uint64_t other)
{
	model_store(second, other, MODEL_RELAXED);
	model_store(first, value, MODEL_RELEASE);
}

static inline void cell_fence_acquire(void)
{
	model_fence(MODEL_ACQUIRE);
}

static inline void cell_fence_release(void)
{
	model_fence(MODEL_RELEASE);
}

static inline void cell_fence_full(void)
{
	model_fence(MODEL_SEQ_CST);
}

/* The processor is made to heed it by the barrier of another: see MODEL_BARRIER. */
static inline void cell_fence_light(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/*
 * Not in the segment: whether a handle is its process's, and whether a wait was ended.
 * Those of the segment are the bells' words.
 */
bool model_shared(const void *cell);

static inline uint32_t cell32_load_relaxed(const nabd_cell32 *cell)
{
	return model_shared(cell) ? (uint32_t)model_load(cell, MODEL_RELAXED) : cell->v;
}

static inline uint32_t cell32_load_acquire(const nabd_cell32 *cell)
{
	return model_shared(cell) ? (uint32_t)model_load(cell, MODEL_ACQUIRE) : cell->v;
}

static inline uint32_t cell32_fetch_add(nabd_cell32 *cell, uint32_t more)
{
	if (model_shared(cell))
		return (uint32_t)model_change(cell, MODEL_ADD, more);
	cell->v += more;
	return cell->v - more;
}

static inline uint32_t cell32_compare_exchange(nabd_cell32 *cell, uint32_t expected, uint32_t value)
{
	const uint32_t old = cell->v;

	if (model_shared(cell))
		return (uint32_t)model_exchange_if(cell, expected, value);
	if (old == expected)
		cell->v = value;
	return old;
}

#endif
