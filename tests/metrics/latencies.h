/* SPDX-License-Identifier: MIT */
/*
 * latencies.h - a clock that the test sets: the program is linked with the library's insides
 * and -Wl,--wrap=clock_gettime.
 */
#ifndef LATENCIES_H
#define LATENCIES_H

#include <stdint.h>
#include <time.h>

#include "behaviour.h"

static uint64_t latencies_now;  /* what CLOCK_MONOTONIC is, */
static uint64_t latencies_step; /* goes on by with each look, */
static unsigned latencies_read; /* and how often it was asked */

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_MONOTONIC)
		return __real_clock_gettime(clock, now);
	now->tv_sec = (time_t)(latencies_now / 1000000000u);
	now->tv_nsec = (long)(latencies_now % 1000000000u);
	latencies_now += latencies_step;
	latencies_read++;
	return 0;
}

static inline struct nabd_latency latency_of(nabd_t *q, unsigned group, unsigned member)
{
	struct nabd_latency l = {.size = sizeof(l)};

	is(NABD_OK, nabd_latency_get(q, group, member, &l));
	ck_assert_uint_eq(l.size, sizeof(l));
	return l;
}

/* So many messages, of so many nanoseconds together. */
static inline void has(nabd_t *q, unsigned group, unsigned member, uint64_t count, uint64_t sum_ns)
{
	const struct nabd_latency l = latency_of(q, group, member);

	ck_assert_uint_eq(l.count, count);
	ck_assert_uint_eq(l.sum_ns, sum_ns);
}

static inline uint64_t sent_at(nabd_t *q, const struct nabd_msg *msg)
{
	uint64_t ns = 0;

	is(NABD_OK, nabd_message_time(q, msg, &ns));
	return ns;
}

#endif
