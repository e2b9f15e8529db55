/* SPDX-License-Identifier: MIT */
/*
 * fail.h - make the system calls of a child's operation fail. The child is one
 * of step.h, between step_begin() and step_end(). Whatever function of libc, or
 * variant of it, the library calls, it comes down to these.
 */
#ifndef NABD_TEST_FAIL_H
#define NABD_TEST_FAIL_H

#include <sys/types.h>

/** Let the child run up to its next system call: its number, or -1 at step_end(). */
long fail_next(pid_t pid);

/** Let the call happen, or let it fail with that error. The child stands behind it. */
void fail_let(pid_t pid);
void fail_it(pid_t pid, int error);

#endif
