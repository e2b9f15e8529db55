/* SPDX-License-Identifier: MIT */
/*
 * The frame of the unit tests: a folder of the program's own for real queues,
 * segments of plain memory for the parts that need no file, and small helpers.
 */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <nabd/nabd.h>

#include "layout.h"
#include "segment.h"

/* The call must answer this code; the message names both. */
#define is(want, call)                                                                             \
	do {                                                                                       \
		int want_ = (want);                                                                \
		int got_ = (call);                                                                 \
		ck_assert_msg(got_ == want_, "%s: %s, wanted %s", #call, unit_code(got_),          \
			      unit_code(want_));                                                   \
	} while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "NABD_FULL", or the number of what is no code. */
const char *unit_code(int code);

/* The program's folder, which $NABD_DIR names too, and a file in it. */
const char *unit_dir(void);
const char *unit_path(const char *name);

/* Remove what is in the folder: each test begins with an empty one. */
void unit_empty(void);

/* Things that a process can leak. */
unsigned unit_open_files(void);
unsigned unit_mappings(void); /* of files in the folder */
unsigned unit_names(void);    /* in the folder */

/* A number that looks random; the state is never 0. */
uint64_t unit_random(uint64_t *state);

/*
 * A segment of plain memory, exactly as long as its geometry says, so that a
 * detector sees each step beyond it. To be given to unit_forget().
 */
struct nabdi_segment unit_memory(uint64_t slots, uint64_t slot_size, uint32_t align);
struct nabdi_segment unit_memory_of(uint64_t slots, uint64_t slot_size, uint32_t align,
				    uint64_t features);
void unit_forget(struct nabdi_segment *segment);

/* What the position of an open group says at that sequence. */
uint64_t unit_position(unsigned group, uint64_t sequence);

/* Make it look as if all groups had read all messages below that sequence. */
void unit_begin_at(const struct nabdi_segment *segment, uint64_t sequence);

/* A real queue with its name; all of it may be written. To be given to unit_leave(). */
struct nabdi_segment unit_queue(const char *name, uint64_t slots, uint64_t slot_size);
void unit_leave(struct nabdi_segment *segment);

/* Start a process; wait for one that must have ended well; end one that waits for it. */
pid_t unit_fork(int (*body)(void));
void unit_join(pid_t pid);
void unit_kill(pid_t pid);

/* Begin and end of main(). */
TCase *unit_begin(const char *program);
int unit_run(TCase *tests);

#endif
