/* SPDX-License-Identifier: MIT */
/*
 * calls.h - every call on a handle that does not wait, as a table: for what holds for all
 * of them. waits.h has those that do.
 */
#ifndef CALLS_H
#define CALLS_H

#include <nabd/nabd.h>

enum side { SEND, RECEIVE, LOOK, CLOSE };

struct call {
	int (*run)(nabd_t *q); /* with arguments that are right for a queue of 64 byte slots */
	const char *name;
	enum side side;
};

#define CALLS 22
extern const struct call calls[CALLS];

#endif
