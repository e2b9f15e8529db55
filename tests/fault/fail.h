/* SPDX-License-Identifier: MIT */
/*
 * fail.h - make the system calls of a child's operation fail. The child is one
 * of step.h, between step_begin() and step_end(). Whatever function of libc, or
 * variant of it, the library calls, it comes down to these.
 */
#ifndef NABD_TEST_FAIL_H
#define NABD_TEST_FAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Let the child run up to its next system call: its number, or -1 at step_end(). */
long fail_next(pid_t pid);

/** Let the call happen, or let it fail with that error. The child stands behind it. */
void fail_let(pid_t pid);
void fail_it(pid_t pid, int error);

/** The errors that they are tried with. */
extern const int fail_errors[];
extern const size_t fail_error_count;

/** Whether such a call has no other reason to fail than memory. */
bool fail_about_memory(long call);

/** In memory that the child shares: what fails, before it does; and what the child says. */
struct fail_told {
	long call;
	int error; /* 0: none has failed */
	bool many; /* and all calls after it too */
	int rc;
	bool cold; /* the library has not been used in this process before */
};

/** Let call n fail, or all from there on. False: there were not so many. */
bool fail_one(pid_t pid, unsigned n, int error, bool from_there_on, struct fail_told *told);

#endif
