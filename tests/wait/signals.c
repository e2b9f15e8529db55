/* SPDX-License-Identifier: MIT */
/*
 * signals.c - a timer goes off ten thousand times a second on both sides while they wait
 * for one another: nothing is lost, no wait answers for a signal, and none that has a
 * deadline ends before it.
 *
 * NABD_WAIT_SIGNALLED: round trips.
 */
#define _GNU_SOURCE

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

#include "wait.h"

#define DEFAULT_TRIPS 50000ul
#define PERIOD_US     100
#define SOME_SIGNALS  1000u /* so many must have come to each side */
#define TIMEOUT_NS    INT64_C(100000000)

static uint64_t trips;
static _Atomic unsigned long *counts; /* of each side, as they end */
static volatile sig_atomic_t signals;

static void on_alarm(int number)
{
	(void)number;
	signals = signals < SIG_ATOMIC_MAX ? signals + 1 : signals;
}

/* Without SA_RESTART: the system calls that it meets end. */
static void start_timer(void)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval often = { { 0, PERIOD_US }, { 0, PERIOD_US } };

	CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
}

static void stop_timer(unsigned side)
{
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };

	CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
	atomic_store(&counts[side], (unsigned long)signals);
}

static void play_side(unsigned side)
{
	const struct nabd_wait_opts opts = wait_power(WAIT_NEVER);
	nabd_t *out = wait_open(side == 0 ? "to" : "fro", NABD_PRODUCER, &opts);
	nabd_t *in = wait_open(side == 0 ? "fro" : "to", NABD_CONSUMER, &opts);

	start_timer();
	/* As long as it takes: a fast machine makes the trips between a few signals. */
	for (uint64_t i = 0; i < trips; i++) {
		if (side == 0)
			wait_push(out, i);
		wait_pop(in, i);
		if (side == 1)
			wait_push(out, i);
	}
	stop_timer(side);
	EXPECT(nabd_close(out), NABD_OK);
	EXPECT(nabd_close(in), NABD_OK);
}

static void ping(void *unused)
{
	(void)unused;
	play_side(0);
}

static void pong(void *unused)
{
	(void)unused;
	play_side(1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* How late it ends is nobody's business here; too early is wrong on any machine. */
#define NOT_BEFORE(ns, call, want)                                                     \
	do {                                                                           \
		const uint64_t began_ = now_ns();                                      \
		EXPECT(call, want);                                                    \
		if (now_ns() - began_ < (uint64_t)(ns))                                \
			FAIL("%s ended early, after %d signals", #call, (int)signals); \
	} while (0)

static void wait_alone(void *unused)
{
	const struct nabd_wait_opts opts = wait_power(0);
	const struct nabd_backoff_opts delays = { sizeof(delays), 1, TIMEOUT_NS, TIMEOUT_NS };
	nabd_t *q = wait_open("to", NABD_PRODUCER | NABD_CONSUMER, &opts);
	struct nabd_wait_item item = { .q = q };
	uint64_t message = 0;
	size_t len = sizeof(message);
	nabd_backoff_t b;

	(void)unused;
	start_timer();
	NOT_BEFORE(TIMEOUT_NS, nabd_pop_wait(q, &message, &len, TIMEOUT_NS), NABD_TIMEOUT);
	NOT_BEFORE(TIMEOUT_NS, nabd_wait_any(&item, 1, TIMEOUT_NS), NABD_TIMEOUT);
	while (nabd_push(q, &message, sizeof(message)) == NABD_OK)
		;
	NOT_BEFORE(TIMEOUT_NS, nabd_push_wait(q, &message, sizeof(message), TIMEOUT_NS),
		   NABD_TIMEOUT);
	EXPECT(nabd_backoff_begin(&b, &delays), NABD_OK);
	NOT_BEFORE(TIMEOUT_NS / 2, nabd_backoff_wait(&b), NABD_OK);
	stop_timer(2);
	EXPECT(nabd_close(q), NABD_OK);
}

int main(void)
{
	pid_t pids[2];

	trips = wait_count("NABD_WAIT_SIGNALLED", DEFAULT_TRIPS);
	wait_begin("wait-signals");
	counts = fault_shared(3 * sizeof(*counts));
	wait_make("to", 4);
	wait_make("fro", 4);
	pids[1] = wait_start(1, "B", pong, NULL);
	pids[0] = wait_start(0, "A", ping, NULL);
	wait_for(pids, 2);
	pids[0] = wait_start(2, "one alone", wait_alone, NULL);
	wait_for(pids, 1);
	EXPECT(fault_unlink("to"), NABD_OK);
	EXPECT(fault_unlink("fro"), NABD_OK);
	printf("%llu round trips under %lu and %lu signals, alone under %lu\n",
	       (unsigned long long)trips, counts[0], counts[1], counts[2]);
	/* Else it proves nothing. */
	CHECK(counts[0] >= SOME_SIGNALS && counts[1] >= SOME_SIGNALS && counts[2] >= SOME_SIGNALS);
	return 0;
}
