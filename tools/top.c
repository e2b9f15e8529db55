/* SPDX-License-Identifier: MIT */
/*
 * The rows of nabd top; see top.h.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "top.h"

static bool wanted(const struct top *top, const char *name)
{
	for (int i = 0; i < top->only_count; i++)
		if (strcmp(top->only[i] + (top->only[i][0] == '/'), name) == 0)
			return true;
	return top->only_count == 0;
}

static const struct top_row *find(const struct top *top, const char *name)
{
	for (size_t i = 0; i < top->count; i++)
		if (strcmp(top->rows[i].queue.name, name) == 0)
			return &top->rows[i];
	return NULL;
}

static void remember(struct top_row *row, const struct top_row *old)
{
	if (old == NULL || old->queue.error != NABD_OK || row->queue.error != NABD_OK)
		return;
	row->rate = look_rate(&old->queue.look, &row->queue.look);
	row->timed = look_latency_since(&old->queue.look, &row->queue.look, &row->latency);
	row->filled = old->filled < TOP_HISTORY ? old->filled + 1 : TOP_HISTORY;
	memcpy(row->history, old->history + 1, sizeof(row->history) - sizeof(row->history[0]));
	row->history[TOP_HISTORY - 1] = row->rate.messages;
}

static int order_by(enum top_order order, const struct top_row *a, const struct top_row *b)
{
	const double x = a->rate.messages, y = b->rate.messages;
	const uint64_t m = a->queue.look.lag, n = b->queue.look.lag;

	if (order == TOP_BY_LAG && m != n)
		return m > n ? -1 : 1;
	if (order == TOP_BY_RATE && (x > y || x < y))
		return x > y ? -1 : 1;
	return strcmp(a->queue.name, b->queue.name);
}

static int by_lag(const void *a, const void *b)
{
	return order_by(TOP_BY_LAG, a, b);
}

static int by_rate(const void *a, const void *b)
{
	return order_by(TOP_BY_RATE, a, b);
}

static int by_name(const void *a, const void *b)
{
	return order_by(TOP_BY_NAME, a, b);
}

void top_sort(struct top *top)
{
	static int (*const orders[TOP_ORDERS])(const void *, const void *) = {
		[TOP_BY_LAG] = by_lag, [TOP_BY_RATE] = by_rate, [TOP_BY_NAME] = by_name,
	};

	if (top->count > 0)
		qsort(top->rows, top->count, sizeof(*top->rows), orders[top->order]);
}

int top_update(struct top *top)
{
	struct look_list list;
	struct top_row *rows;
	size_t count = 0;
	int rc = look_list_open(&list);

	if (rc != TOOL_OK)
		return rc;
	rows = calloc(list.count + 1, sizeof(*rows));
	if (rows == NULL) {
		look_list_close(&list);
		return TOOL_FAILED;
	}
	memset(&top->sum, 0, sizeof(top->sum));
	for (size_t i = 0; i < list.count; i++) {
		struct top_row *row = &rows[count];

		if (!wanted(top, list.queues[i].name))
			continue;
		count++;
		row->queue = list.queues[i];
		row->queue.q = NULL;
		remember(row, find(top, row->queue.name));
		top->sum.messages += row->rate.messages;
		top->sum.bytes += row->rate.bytes;
	}
	look_list_close(&list);
	free(top->rows);
	top->rows = rows;
	top->count = count;
	top_sort(top);
	return TOOL_OK;
}

void top_free(struct top *top)
{
	free(top->rows);
	top->rows = NULL;
}
