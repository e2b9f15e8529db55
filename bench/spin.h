/* SPDX-License-Identifier: MIT */
/*
 * The few things that must be inline in a measured loop: a pause, the time in
 * ticks, and the three kinds of access to a shared word.
 */
#ifndef BENCH_SPIN_H
#define BENCH_SPIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

extern bool spin_has_tsc; /* clock.c */

static inline void spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	_mm_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("yield");
#else
	atomic_signal_fence(memory_order_seq_cst);
#endif
}

static inline uint64_t spin_ticks(void)
{
	struct timespec t;

#if defined(__x86_64__) || defined(__i386__)
	if (spin_has_tsc)
		return __rdtsc();
#endif
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

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
