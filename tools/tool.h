/* SPDX-License-Identifier: MIT */
/*
 * What the files of the command nabd share: the table of subcommands, options, errors and
 * exit codes, output, signals. What they know about queues is in look.h, how they receive
 * in reader.h.
 */
#ifndef NABD_TOOL_H
#define NABD_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <jansson.h>
#include <nabd/nabd.h>

/** Exit codes; nabd(1) tells what each means. */
enum tool_exit {
	TOOL_OK = 0,
	TOOL_FAILED = 1,
	TOOL_USAGE = 2,
	TOOL_GONE = 3,     /* not found, or stale: its name, group or file is gone */
	TOOL_LATE = 124    /* as timeout(1) has it */
};

/* ------------------------------------------------------ subcommands (nabd.c) -- */

/** An option; key is its letter, or from 256 on for one that has none. */
struct tool_option {
	int key;
	const char *name;
	const char *argument; /* as the help shows it; NULL: takes none */
	const char *help;
};

struct tool_command {
	const char *name;
	const char *operands; /* as the help shows them */
	const char *summary;
	const struct tool_option *options; /* ends with key 0 */
	bool json; /* takes --json */
	int (*run)(int argc, char **argv); /* answers an exit code */
};

extern const struct tool_command *const tool_commands[]; /* ends with NULL */

extern const struct tool_command tool_bench, tool_clean, tool_create, tool_doctor, tool_dump,
	tool_hz, tool_ls, tool_metrics, tool_pop, tool_push, tool_record, tool_replay, tool_rm, tool_stat, tool_tail,
	tool_top;

/* ---------------------------------------------------------- options (args.c) -- */

/** What the options that every subcommand has were set to. */
extern struct tool_settings {
	const char *dir; /* --dir, or NULL */
	bool any_owner;  /* --any-owner */
	bool json;       /* --json */
} tool_settings;

/* The next option's key, or -1 behind the last: then optind is the first operand. Serves
 * --help and the common options itself; exits with TOOL_USAGE at one that is wrong. */
int tool_next_option(const struct tool_command *command, int argc, char **argv);
/* Exits with TOOL_USAGE unless min to max operands (max -1: any number) are left. */
void tool_operands(const struct tool_command *command, int argc, int min, int max);
/* Complains about how the command was called, and exits with TOOL_USAGE. */
_Noreturn void tool_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tool_help(const struct tool_command *command);

/* The value of an option; they exit with TOOL_USAGE where it is none. */
uint64_t tool_number(const char *option, const char *text, uint64_t min, uint64_t max);
uint64_t tool_size(const char *option, const char *text, uint64_t max); /* 64, 4K, 1M, 1G */
int64_t tool_duration(const char *option, const char *text); /* 2, 1.5s, 20ms, 3us, 1m: ns */
double tool_factor(const char *option, const char *text); /* 0 or more */

/* ------------------------------------------------------------ errors (say.c) -- */

extern const char *tool_running; /* the subcommand's name, for messages */

/* One line on standard error: "nabd push: …". */
void tool_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The exit code that an error of the library is. */
int tool_exit_of(int error);
/* Say what went wrong with a queue, and what helps; answers the exit code. */
int tool_complain(const char *queue, int error);
/* nabd_open_opts() with --dir and --any-owner; complains, and answers an exit code. */
int tool_open(const char *queue, size_t slots, size_t slot_size, unsigned flags, nabd_t **q);
void tool_fill_opts(struct nabd_opts *opts);

/* ------------------------------------------------------------ output (out.c) -- */

/* Write out what standard output holds. False where that failed, or where its reader has
 * closed it: tool_finish() knows which. */
bool tool_flush(void);
/* The last act of main(): flush, and turn a failure to write into an exit code. */
int tool_finish(int code);
/* Print a document on one line, and let go of it. */
void tool_print_json(json_t *document);
/* Progress on long work, on standard error, once a second, and only on a terminal. */
void tool_progress(const char *verb, uint64_t messages, uint64_t bytes);
void tool_progress_end(void);

/* ------------------------------------------------------ time, signals (stop.c) -- */

/* Which signal (SIGINT, SIGTERM, SIGHUP) asked to end; 0: none. */
extern volatile int tool_stopped;

/* Catch them. What is registered is woken by them: at most 64 of each. */
void tool_catch_signals(void);
void tool_wake_handle(nabd_t *q);
void tool_wake_consumer(nabd_consumer_t *c);
void tool_forget(const void *handle_or_consumer); /* before it is closed */
/* Die of the signal, so that the shell knows; after the clean-up. Does nothing without. */
void tool_die_if_stopped(void);

uint64_t tool_now(void);  /* CLOCK_MONOTONIC, ns */
uint64_t tool_date(void); /* CLOCK_REALTIME, ns */
/* Until that time or a signal; false after a signal. */
bool tool_sleep_until(uint64_t when);
/* read(2) that a signal ends: -1 with EINTR, also if the signal came just before. */
ssize_t tool_read(int fd, void *buf, size_t size);

#endif
