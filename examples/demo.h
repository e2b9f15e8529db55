/* SPDX-License-Identifier: MIT */
/*
 * demo.h - what demo_send, demo_recv and group_worker share: signals, how to wait, and
 * the report.
 */
#ifndef DEMO_H
#define DEMO_H

#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PATIENCE 30.0 /* seconds without any progress, after which a side gives up */

static volatile sig_atomic_t interrupted;

static inline void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static inline void catch_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static inline double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* How long one side has waited for the other. All zero: not yet at all. */
struct wait {
	unsigned tries;
	double since;
};

/*
 * Wait a little, longer with each try in a row: a few pauses catch a peer that
 * runs on another core, a few yields one that wants this core, then sleep.
 * Returns 0 when it is time to give up.
 */
static inline int wait_more(struct wait *w)
{
	static const struct timespec nap = { .tv_nsec = 50000 };

	if (w->tries++ < 64) {
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#endif
	} else if (w->tries < 128) {
		sched_yield();
	} else {
		if (w->tries == 128)
			w->since = now();
		nanosleep(&nap, NULL);
		return !interrupted && now() - w->since < PATIENCE;
	}
	return 1;
}

static inline void report(const char *who, uint64_t messages, uint64_t bytes, double seconds)
{
	double s = seconds > 0 ? seconds : 1e-9;

	printf("%s: %" PRIu64 " messages, %" PRIu64 " bytes, %.3f s: %.1f MB/s, %.0f messages/s\n",
	       who, messages, bytes, seconds, (double)bytes / 1e6 / s, (double)messages / s);
}

#endif
