/* SPDX-License-Identifier: MIT */
/*
 * wait.h - what the tests of waiting share: sides that say where they are, a watchdog
 * that tells when none of them moves any more, and filters of system calls.
 *
 * A lost wake-up shows as a hang, so no test here measures how long a wake takes.
 */
#ifndef NABD_TEST_WAIT_H
#define NABD_TEST_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../fault/fault.h"

#define WAIT_SIDES 8u
#define WAIT_SLOT  64u /* bytes of a message; the first eight are its number */
#define WAIT_NEVER UINT64_MAX /* nabd_wait_opts::slice_ns: nobody looks unless woken */

/** fault_begin(), and the page on which the sides say where they are. */
void wait_begin(const char *test);

/** A number from the environment, or this one. */
unsigned long wait_count(const char *variable, unsigned long otherwise);

/** Start a side; its name and number are for the watchdog. */
pid_t wait_start(unsigned side, const char *name, void (*fn)(void *), void *arg);

/** What the calling side does now, a text that stays, and with which message. */
void wait_at(const char *doing, uint64_t n);

/**
 * Wait for so many sides, all of which must end well. If for a minute and more none of
 * them has moved on, say where each of them is, and fail.
 */
void wait_for(pid_t *pids, unsigned n);

/** The same of one side, while others go on: its wait status. */
int wait_for_one(pid_t pid);

/** One look by the watchdog: for loops of the test's own, which sleep in between. */
void wait_watch(void);

/** All sides that live: for a test that ends them itself. */
void wait_kill(pid_t *pids, unsigned n);

unsigned wait_cpus(void);

/** Run on the k-th of the CPUs that are allowed. */
void wait_pin(unsigned k);

/** The options that make every wait a sleep: with slices of that length, 0 as is usual. */
struct nabd_wait_opts wait_power(uint64_t slice_ns);

/** Make the queue, in a child: the caller's process has no part in it. */
void wait_make(const char *name, unsigned slots);

/** Open it for one side, waiting as told. */
nabd_t *wait_open(const char *name, unsigned flags, const struct nabd_wait_opts *opts);

/** Send and receive a message that bears this number; for ever, if need be. */
void wait_push(nabd_t *q, uint64_t n);
void wait_pop(nabd_t *q, uint64_t n);
uint64_t wait_consumer_pop(nabd_consumer_t *c);

/** Whether the kernel has filters; prints why the test is skipped if not. */
bool filter_works(void);

/** From here on these fail so; 0: they don't. */
void filter_fail(int membarrier_errno, int futex_errno);

/** From here on the kernel kills this process when it is about to wake those on the word. */
void filter_kill_at_wake(const void *word);

/**
 * From here on a system call ends the process with a word of which it was. Those that
 * only ask for the time, and those to end with, are let through; with ask also the one
 * that asks for the CPUs.
 */
void filter_trap(bool ask);

#endif
