/* SPDX-License-Identifier: MIT */
/*
 * hooked.h - the verbs of lib/atomic.h as they are, but each tells hostile_step() before
 * it touches a shared word: so many steps a call has taken, and here a hostile peer can
 * come in between. lib/atomic.h includes this file when NABD_ATOMICS_MODEL names it.
 */
#ifndef HOOKED_H
#define HOOKED_H

#include <stdint.h>

void hostile_step(void);

/* The real ones, under other names; the frame of atomic.h is entered a second time. */
#undef NABD_ATOMICS_MODEL
#undef NABD_ATOMIC_H
#define cell_load_relaxed       plain_load_relaxed
#define cell_store_relaxed      plain_store_relaxed
#define cell_load_acquire       plain_load_acquire
#define cell_store_release      plain_store_release
#define cell_fetch_or           plain_fetch_or
#define cell_fetch_add          plain_fetch_add
#define cell_fetch_and          plain_fetch_and
#define cell_compare_exchange   plain_compare_exchange
#define cell_store_release_pair plain_store_release_pair
#define cell32_load_relaxed     plain32_load_relaxed
#define cell32_load_acquire     plain32_load_acquire
#define cell32_fetch_add        plain32_fetch_add
#define cell32_compare_exchange plain32_compare_exchange
#include "atomic.h"
#undef cell_load_relaxed
#undef cell_store_relaxed
#undef cell_load_acquire
#undef cell_store_release
#undef cell_fetch_or
#undef cell_fetch_add
#undef cell_fetch_and
#undef cell_compare_exchange
#undef cell_store_release_pair
#undef cell32_load_relaxed
#undef cell32_load_acquire
#undef cell32_fetch_add
#undef cell32_compare_exchange

static inline uint64_t cell_load_relaxed(const nabd_cell64 *cell)
{
	hostile_step();
	return plain_load_relaxed(cell);
}

static inline void cell_store_relaxed(nabd_cell64 *cell, uint64_t value)
{
	hostile_step();
	plain_store_relaxed(cell, value);
}

static inline uint64_t cell_load_acquire(const nabd_cell64 *cell)
{
	hostile_step();
	return plain_load_acquire(cell);
}

static inline void cell_store_release(nabd_cell64 *cell, uint64_t value)
{
	hostile_step();
	plain_store_release(cell, value);
}

static inline uint64_t cell_fetch_or(nabd_cell64 *cell, uint64_t bits)
{
	hostile_step();
	return plain_fetch_or(cell, bits);
}

static inline uint64_t cell_fetch_add(nabd_cell64 *cell, uint64_t more)
{
	hostile_step();
	return plain_fetch_add(cell, more);
}

static inline uint64_t cell_fetch_and(nabd_cell64 *cell, uint64_t bits)
{
	hostile_step();
	return plain_fetch_and(cell, bits);
}

static inline uint64_t cell_compare_exchange(nabd_cell64 *cell, uint64_t expected, uint64_t value)
{
	hostile_step();
	return plain_compare_exchange(cell, expected, value);
}

static inline void cell_store_release_pair(nabd_cell64 *first, uint64_t value,
					   nabd_cell64 *second, uint64_t other)
{
	hostile_step();
	plain_store_release_pair(first, value, second, other);
}

/* The bells' words. */
static inline uint32_t cell32_load_acquire(const nabd_cell32 *cell)
{
	hostile_step();
	return plain32_load_acquire(cell);
}

static inline uint32_t cell32_fetch_add(nabd_cell32 *cell, uint32_t more)
{
	hostile_step();
	return plain32_fetch_add(cell, more);
}

/* Words of this process alone: no peer can come at them. */
static inline uint32_t cell32_load_relaxed(const nabd_cell32 *cell)
{
	return plain32_load_relaxed(cell);
}

static inline uint32_t cell32_compare_exchange(nabd_cell32 *cell, uint32_t expected, uint32_t value)
{
	return plain32_compare_exchange(cell, expected, value);
}

#endif
