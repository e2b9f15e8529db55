/* SPDX-License-Identifier: MIT */
/*
 * step.h - run a forked child up to any instruction of an operation, which it
 * encloses in step_begin() and step_end().
 *
 * All children are forked from one process that does not change in between, so
 * that they find the same addresses and run the same instructions.
 */
#ifndef NABD_TEST_STEP_H
#define NABD_TEST_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct step {
	uintptr_t pc;
	uint32_t nth;   /* how often the child has been there, 1 the first time */
	bool call;      /* just before or just after a system call */
	bool own;       /* in the program itself, which libnabd is a part of, not in libc */
};

struct step_list {
	struct step *at;
	size_t n;
	size_t room;
};

/**
 * The clock of these programs stands, as no operation may run another way the second
 * time. Move it by so many milliseconds, for this process; and let it go on by so many
 * each time that it is read. Sleeping takes no time.
 */
void step_clock(unsigned ms);
void step_clock_run(unsigned ms);

/** Why steps cannot be made on this machine, or NULL if they can. */
const char *step_why_not(void);

/** Around the operation, in the child. */
void step_begin(void);
void step_end(void);

/** A child that runs fn(arg), stopped where it has called step_begin(). */
pid_t step_start(void (*fn)(void *), void *arg);

/** Single-step it to step_end(), noting each instruction; then let it go on and end well. */
void step_record(pid_t pid, struct step_list *list);

void step_forget(struct step_list *list);

/** Let it run up to that instruction, not executed yet. False: it came to step_end() first. */
bool step_to(pid_t pid, const struct step *step);

/** Let it go on and end well. */
void step_finish(pid_t pid);

/** Leave it where it is, as SIGSTOP does, no longer traced; and let it go on and end well. */
void step_park(pid_t pid);
void step_unpark(pid_t pid);

#endif
