/* SPDX-License-Identifier: MIT */
/* options.c - the command line of the programs that go through a table. */
#define _GNU_SOURCE

#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "step.h"

struct options options;

void options_parse(const char *program, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "exhaustive", 0, NULL, 'e' },
		{ "op", 1, NULL, 'o' },
		{ "state", 1, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	const char *why_not = step_why_not();
	int c;

	options.program = program;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'e': options.exhaustive = true; break;
		case 'o': options.op = optarg; break;
		case 's': options.state = optarg; break;
		default:
			fprintf(stderr, "usage: %s [--exhaustive] [--op NAME] [--state NAME]\n",
				program);
			exit(2);
		}
	}
	if (why_not) {
		printf("skipped: %s\n", why_not);
		exit(77);
	}
}

bool options_want(const char *op, const char *state)
{
	return (!options.op || !strcmp(options.op, op)) &&
	       (!options.state || !strcmp(options.state, state));
}

bool options_choose(size_t k, size_t n, size_t choice, size_t offset)
{
	if (fault_instrumented())
		choice = choice / 8 + 1;
	return options.exhaustive || n <= choice || (k + offset) % (n / choice) == 0;
}
