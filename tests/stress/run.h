/* SPDX-License-Identifier: MIT */
/* run.h - the stress test's ways of running one queue full of traffic. */
#ifndef NABD_TEST_RUN_H
#define NABD_TEST_RUN_H

#include <stdint.h>
#include <sys/types.h>

#include <nabd/nabd.h>

#include "traffic.h"

struct run {
	const char *name; /* of the queue */
	const char *dir;  /* NULL: the default */
	size_t slots;
	struct traffic traffic; /* seed, slot size, alignment */
	uint64_t messages;
};

int run_open(const struct run *r, unsigned flags, nabd_t **q);
int run_say(const char *what, int rc);

/*
 * Send or receive, as flags say, from message *at on until *at has reached the
 * given one: a batch may lead beyond it. 0, or -1 after a failure was reported.
 */
int run_side(const struct run *r, nabd_t *q, unsigned flags, uint64_t *at, uint64_t until);

/* One side in a process of its own. */
pid_t run_start(const struct run *r, unsigned flags);

/* Wait for two processes; when one fails, end the other, which would wait for ever. */
int run_wait(pid_t pids[2]);

/* All was sent and all was taken: what does the queue say of itself? */
int run_check_end(const struct run *r, nabd_t *q);

/* The whole of it: 0 or -1. */
int run_processes(const struct run *r);
int run_restarts(const struct run *r);
int run_threads(const struct run *r);

#endif
