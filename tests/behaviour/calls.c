/* SPDX-License-Identifier: MIT */
/*
 * calls.c - every call on a handle that does not wait, with arguments that are right but
 * for it.
 */
#include <stddef.h>

#include "calls.h"

static char bytes[256];
static const void *data;
static void *slots[4];
static const uint32_t ones[4] = { 1, 1, 1, 1 };
static uint32_t lens[4];
static struct nabd_msg msgs[4];
static size_t number;

static int run_reserve(nabd_t *q)
{
	return nabd_reserve(q, 1, &slots[0]);
}

static int run_commit(nabd_t *q)
{
	return nabd_commit(q, 1);
}

static int run_push(nabd_t *q)
{
	return nabd_push(q, bytes, 1);
}

static int run_reserve_batch(nabd_t *q)
{
	return nabd_reserve_batch(q, 1, slots, 4, &number);
}

static int run_commit_batch(nabd_t *q)
{
	return nabd_commit_batch(q, ones, 4);
}

static int run_push_batch(nabd_t *q)
{
	return nabd_push_batch(q, bytes, ones, 4, &number);
}

static int run_peek(nabd_t *q)
{
	return nabd_peek(q, &data, &number);
}

static int run_peek_msg(nabd_t *q)
{
	return nabd_peek_msg(q, &msgs[0]);
}

static int run_pop(nabd_t *q)
{
	number = sizeof(bytes);
	return nabd_pop(q, bytes, &number);
}

static int run_peek_batch(nabd_t *q)
{
	return nabd_peek_batch(q, msgs, 4, &number);
}

static int run_release_batch(nabd_t *q)
{
	return nabd_release_batch(q, 0);
}

static int run_pop_batch(nabd_t *q)
{
	return nabd_pop_batch(q, bytes, sizeof(bytes), lens, 4, &number);
}

static int run_stats(nabd_t *q)
{
	struct nabd_stats stats = { .size = (uint32_t)sizeof(stats) };

	return nabd_stats(q, &stats);
}

static int run_lost(nabd_t *q)
{
	uint64_t gap, total;

	return nabd_lost(q, &gap, &total);
}

static int run_min_tail(nabd_t *q)
{
	uint64_t sequence;

	return nabd_min_tail(q, &sequence);
}

static int run_memory_get(nabd_t *q)
{
	struct nabd_memory memory = { .size = (uint32_t)sizeof(memory) };

	return nabd_memory_get(q, &memory);
}

const struct call calls[CALLS] = {
	{ run_reserve, "nabd_reserve", SEND },
	{ run_commit, "nabd_commit", SEND },
	{ nabd_abort, "nabd_abort", SEND },
	{ run_push, "nabd_push", SEND },
	{ run_reserve_batch, "nabd_reserve_batch", SEND },
	{ run_commit_batch, "nabd_commit_batch", SEND },
	{ run_push_batch, "nabd_push_batch", SEND },
	{ run_peek, "nabd_peek", RECEIVE },
	{ run_peek_msg, "nabd_peek_msg", RECEIVE },
	{ nabd_release, "nabd_release", RECEIVE },
	{ run_pop, "nabd_pop", RECEIVE },
	{ run_peek_batch, "nabd_peek_batch", RECEIVE },
	{ run_release_batch, "nabd_release_batch", RECEIVE },
	{ run_pop_batch, "nabd_pop_batch", RECEIVE },
	{ nabd_empty, "nabd_empty", LOOK },
	{ nabd_full, "nabd_full", LOOK },
	{ nabd_fill_level, "nabd_fill_level", LOOK },
	{ run_stats, "nabd_stats", LOOK },
	{ run_min_tail, "nabd_min_tail", LOOK },
	{ run_memory_get, "nabd_memory_get", LOOK },
	{ run_lost, "nabd_lost", LOOK }, /* of consumers alone */
	{ nabd_close, "nabd_close", CLOSE }, /* last: after it there is no handle */
};
