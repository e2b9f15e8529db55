/* SPDX-License-Identifier: MIT */
/*
 * What nabd top knows: the queues of the directory, looked at again and again, with their
 * rates and the history of those.
 */
#ifndef NABD_TOOL_TOP_H
#define NABD_TOOL_TOP_H

#include "look.h"

#define TOP_HISTORY 120u

enum top_order { TOP_BY_LAG, TOP_BY_RATE, TOP_BY_NAME, TOP_ORDERS };

struct top_row {
	struct look_queue queue; /* its handle is closed: a look is what counts */
	struct look_rate rate;
	bool timed;                          /* its messages have times; then */
	struct nabd_latency_summary latency; /* of those received since the last look */
	double history[TOP_HISTORY]; /* messages a second, newest last */
	unsigned filled;             /* how many of them there are */
};

struct top {
	struct top_row *rows;
	size_t count;
	char **only; /* names to show, or none: all */
	int only_count;
	enum top_order order;
	struct look_rate sum;
};

/* Look at all queues again, keep the history of those that were there, and sort. */
int top_update(struct top *top);
void top_sort(struct top *top);
void top_free(struct top *top);

/* The screen (top_screen.c): until q or a signal. */
int top_screen(struct top *top, uint64_t interval, uint64_t count);

#endif
