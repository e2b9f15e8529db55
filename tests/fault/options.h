/* SPDX-License-Identifier: MIT */
/*
 * options.h - what all programs understand that go through a table of operations:
 * --exhaustive, --op NAME, --state NAME; and why there is nothing to do for them.
 */
#ifndef NABD_TEST_OPTIONS_H
#define NABD_TEST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct options {
	const char *program;
	bool exhaustive; /* every instruction, not a choice of them */
	const char *op;  /* only this one */
	const char *state;
};

extern struct options options;

/* Ends the program after a mistake, or as skipped where nothing can be single-stepped. */
void options_parse(const char *program, int argc, char **argv);

/* Whether they leave this operation in this state. */
bool options_want(const char *op, const char *state);

/* Whether instruction k of n is in an even choice of so many, beginning somewhere. */
bool options_choose(size_t k, size_t n, size_t choice, size_t offset);

#endif
