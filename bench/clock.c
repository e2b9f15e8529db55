/* SPDX-License-Identifier: MIT */
/*
 * Ticks to nanoseconds. The TSC is used where the CPU says that it runs at one
 * speed whatever the core does; elsewhere a tick is a CLOCK_MONOTONIC nanosecond.
 */
#include "bench.h"
#include "spin.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

bool spin_has_tsc;

static double ns_per_tick = 1.0;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static bool tsc_is_invariant(void)
{
#if defined(__x86_64__) || defined(__i386__)
	unsigned a, b, c, d;

	return __get_cpuid(0x80000007u, &a, &b, &c, &d) && (d & (1u << 8));
#else
	return false;
#endif
}

/* 100 ms: an error of 100 ns at either end is one part in a million. */
void clock_calibrate(void)
{
	uint64_t t0, t1, c0, c1;

	spin_has_tsc = tsc_is_invariant();
	if (!spin_has_tsc)
		return;
	t0 = now_ns();
	c0 = spin_ticks();
	do {
		t1 = now_ns();
		c1 = spin_ticks();
	} while (t1 - t0 < 100000000u);
	ns_per_tick = (double)(t1 - t0) / (double)(c1 - c0);
}

double clock_ns_per_tick(void)
{
	return ns_per_tick;
}

const char *clock_name(void)
{
	return spin_has_tsc ? "TSC" : "CLOCK_MONOTONIC";
}
