/* SPDX-License-Identifier: MIT */
/* The three kinds of access to a shared word that must be inline in a measured loop. */
#ifndef BENCH_SPIN_H
#define BENCH_SPIN_H

#include <stdatomic.h>

#include "ticks.h"

static inline uint64_t spin_load(const atomic_uint_fast64_t *word)
{
	return atomic_load_explicit(word, memory_order_acquire);
}

static inline void spin_store(atomic_uint_fast64_t *word, uint64_t value)
{
	atomic_store_explicit(word, value, memory_order_release);
}

/* Poll until the word is value, with one pause after each vain look. */
static inline void spin_until(const atomic_uint_fast64_t *word, uint64_t value)
{
	while (spin_load(word) != value)
		spin_pause();
}

#endif
