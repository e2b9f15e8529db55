/* SPDX-License-Identifier: MIT */
/*
 * A pause between two looks, and the time in ticks: inline in every measured loop, also
 * in those of peers that are written in C++.
 */
#ifndef BENCH_TICKS_H
#define BENCH_TICKS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

extern bool spin_has_tsc; /* clock.c; a module of peers has its own copy */

static inline void spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	_mm_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("yield");
#else
	__asm__ __volatile__("" ::: "memory");
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

#endif
