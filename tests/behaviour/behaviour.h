/* SPDX-License-Identifier: MIT */
/*
 * behaviour.h - the frame of the behaviour tests: each program has a directory
 * of its own for its queues, empty at the start of every test and removed at
 * the end, whatever happened.
 *
 * A comment "provokes: CALL ERROR ..." names what a test makes a call answer;
 * the contract check compares these with the @retval lists of nabd.h.
 */
#ifndef BEHAVIOUR_H
#define BEHAVIOUR_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <nabd/nabd.h>

/* The call must answer this code; the message names what it answered. */
#define is(want, call)                                                                   \
	do {                                                                             \
		int want_ = (want);                                                      \
		int got_ = (call);                                                       \
		ck_assert_msg(got_ == want_, "%s: %s, wanted %s", #call, code_name(got_), \
			      code_name(want_));                                         \
	} while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "NABD_FULL", or the number of a code that is none. */
const char *code_name(int code);

/* The program's directory, which $NABD_DIR names, and a file's path in it. */
const char *queue_dir(void);
const char *path_of(const char *name);

/* nabd_open_opts() without options that must succeed, and the code of one that may not. */
nabd_t *open_ok(const char *name, size_t slots, size_t slot_size, unsigned flags);
int open_code(const char *name, size_t slots, size_t slot_size, unsigned flags);
int open_opts_code(const char *name, unsigned flags, const struct nabd_opts *opts);

/* A queue "q" of 4 slots of 64 bytes; a handle with both roles. */
nabd_t *small_queue(void);
void close_ok(nabd_t *q);

struct nabd_stats stats_of(nabd_t *q);

/* One text as a message; the next message must be this text. */
int push_text(nabd_t *q, const char *text);
void pop_is(nabd_t *q, const char *text);

/* Whole files. read_whole() gives malloc()ed bytes. */
void write_whole(const char *path, const void *data, size_t len);
unsigned char *read_whole(const char *path, size_t *len);

/*
 * Run a function in a child and return what it returned, an enum nabd_error;
 * run_as_other() as the user nobody if the caller is root, else as the caller.
 */
int run_forked(int (*function)(void));
int run_as_other(int (*function)(void));

/* Begin and end of main(). The program's name appears in the directory's. */
TCase *behaviour_begin(const char *program);
int behaviour_run(void);

#endif
