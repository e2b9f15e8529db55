/* SPDX-License-Identifier: MIT */
/*
 * fault.h - what the crash tests share: a directory of their own for the
 * queues, children that are killed or must succeed, and messages to check.
 */
#ifndef NABD_TEST_FAULT_H
#define NABD_TEST_FAULT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <sys/types.h>

#include <nabd/nabd.h>

#include "../stress/traffic.h"

/** End the test as failed: in the process that called fault_begin(), with its clean-up. */
noreturn void fault_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define FAIL(...) fault_fail(__FILE__, __LINE__, __VA_ARGS__)

/** Beside assert(), this is never compiled out. */
#define CHECK(cond)                                  \
	do {                                         \
		if (!(cond))                         \
			FAIL("not so: %s", #cond);   \
	} while (0)

/** That the call answers what it should. */
#define EXPECT(call, want)                                                                    \
	do {                                                                                  \
		int got_ = (call);                                                            \
		if (got_ != (want))                                                           \
			FAIL("%s: %s, expected %s", #call, fault_error(got_), #want);         \
	} while (0)

/** Make the directory, which is removed with what is in it when the test ends. */
void fault_begin(const char *test);
const char *fault_dir(void);
const char *fault_error(int rc);

/** The names in the directory, all of them, as "a b " in the order of the directory. */
const char *fault_list(void);
void fault_clear(void);

int fault_open(const char *name, size_t slots, size_t slot_size, unsigned flags, nabd_t **q);

/**
 * fault_open() and taking the roles asked for, of which a dead process may have
 * been the holder a moment ago: a bounded number of tries, no measuring of time.
 */
nabd_t *fault_take_over(const char *name, unsigned flags);

int fault_unlink(const char *name);

/** Whether a sanitizer's code is in here, so that each step is several. */
bool fault_instrumented(void);

/** Open files of this process; and mappings of its queues, whatever their names were. */
unsigned fault_descriptors(void);
unsigned fault_mappings(void);

/** Memory that the children share with us. */
void *fault_shared(size_t bytes);

/** Run fn(arg) in a child, and fail unless it returns. It is ended if it hangs. */
void fault_run_child(void (*fn)(void *), void *arg);
pid_t fault_start_child(void (*fn)(void *), void *arg);
void fault_await_child(pid_t pid);
bool fault_await(pid_t pid); /* whether it ended well; it has said why if not */

/** Kill and reap. */
void fault_kill(pid_t pid);

/** Message @seq of the crash tests, and whether it is what was received. */
extern const struct traffic fault_traffic;
#define FAULT_SLOT_SIZE 320u /* beyond what the library copies by itself */
void fault_push(nabd_t *q, uint64_t seq);
void fault_pop(nabd_t *q, uint64_t seq);

#endif
