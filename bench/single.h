/* SPDX-License-Identifier: MIT */
/*
 * Message by message through a queue: by the library's calls, or by those of nabd/inline.h
 * where that was included first.
 */
#ifndef BENCH_SINGLE_H
#define BENCH_SINGLE_H

#include "bench.h"
#include "end.h"
#include "pool.h"
#include "spin.h"
#include "touch.h"

#include <nabd/nabd.h>

/* push, pop: the library copies. */

INLINE void push_each(struct seat *seat, const struct row *row)
{
	struct pool pool = pool_of(seat->pool, row->size, 1);
	nabd_t *q = seat->queue[0];
	const uint64_t count = seat->count;
	uint64_t i;
	int r;

	for (i = 0; i < count; i++) {
		while ((r = nabd_push(q, pool_at(&pool, i), pool.size)) == NABD_FULL)
			spin_pause();
		if (r != NABD_OK)
			queue_fail("nabd_push", r);
		pool_sent(&pool, i);
	}
}

INLINE void pop_each(struct seat *seat, const struct row *row, bool member)
{
	const struct end e = end_of(seat, member);
	unsigned char *buf = seat->buf;
	const uint32_t size = row->size;
	uint64_t i = 0, end, chunk, bad = 0;
	size_t len;
	int r;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			len = MAX_SIZE;
			while ((r = end_pop(e, buf, &len)) == NABD_EMPTY)
				spin_pause();
			if (r != NABD_OK)
				queue_fail("nabd_pop", r);
			bad += pool_wrong(buf, len, size, i);
		}
		sample_mark(seat, i);
	}
	seat->bad = bad;
	sample_rate(seat);
}

/* In place: every byte is written in the slot by one side, and read by the other. */

INLINE void reserve_each(struct seat *seat, const struct row *row)
{
	nabd_t *q = seat->queue[0];
	const uint64_t count = seat->count;
	const uint32_t size = row->size;
	void *slot;
	uint64_t i;
	int r;

	for (i = 0; i < count; i++) {
		while ((r = nabd_reserve(q, size, &slot)) == NABD_FULL)
			spin_pause();
		if (r != NABD_OK)
			queue_fail("nabd_reserve", r);
		touch_fill(slot, size, i);
		r = nabd_commit(q, size);
		if (r != NABD_OK)
			queue_fail("nabd_commit", r);
	}
}

INLINE void peek_each(struct seat *seat, const struct row *row, bool member)
{
	const struct end e = end_of(seat, member);
	const uint32_t size = row->size;
	uint64_t i = 0, end, chunk, bad = 0, total = 0;
	const void *data;
	size_t len;
	int r;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			while ((r = end_peek(e, &data, &len)) == NABD_EMPTY)
				spin_pause();
			if (r != NABD_OK)
				queue_fail("nabd_peek", r);
			bad += pool_wrong(data, len, size, i);
			total += touch_sum(data, len);
			r = end_release(e);
			if (r != NABD_OK)
				queue_fail("nabd_release", r);
		}
		sample_mark(seat, i);
	}
	seat->bad = bad;
	seat->sum += total;
	sample_rate(seat);
}

/* Both sides in one thread: what the calls themselves cost. */

INLINE void send_one(nabd_t *q, const unsigned char *buf, size_t len)
{
	int r;

	while ((r = nabd_push(q, buf, len)) == NABD_FULL)
		spin_pause();
	if (r != NABD_OK)
		queue_fail("nabd_push", r);
}

INLINE size_t receive_one(struct end e, unsigned char *buf)
{
	size_t len = MAX_SIZE;
	int r;

	while ((r = end_pop(e, buf, &len)) == NABD_EMPTY)
		spin_pause();
	if (r != NABD_OK)
		queue_fail("nabd_pop", r);
	return len;
}

INLINE void both_ends(struct seat *seat, const struct row *row, bool member)
{
	const struct end e = end_of(seat, member);
	struct pool pool = pool_of(seat->pool, row->size, 1);
	nabd_t *q = seat->queue[0];
	uint64_t i = 0, end, chunk, bad = 0;
	size_t len;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			send_one(q, pool_at(&pool, i), pool.size);
			pool_sent(&pool, i);
			len = receive_one(e, seat->buf);
			bad += pool_wrong(seat->buf, len, pool.size, i);
		}
		sample_mark(seat, i);
	}
	seat->bad = bad;
	sample_rate(seat);
}

INLINE void both_in_place(struct seat *seat, const struct row *row)
{
	nabd_t *q = seat->queue[0];
	uint64_t i = 0, end, chunk, bad = 0;
	const void *data;
	void *slot;
	size_t len;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			if (nabd_reserve(q, row->size, &slot) != NABD_OK)
				queue_fail("nabd_reserve", NABD_FULL);
			touch_fill(slot, row->size, i);
			if (nabd_commit(q, row->size) != NABD_OK)
				queue_fail("nabd_commit", NABD_STATE);
			if (nabd_peek(q, &data, &len) != NABD_OK)
				queue_fail("nabd_peek", NABD_EMPTY);
			bad += pool_wrong(data, len, row->size, i);
			if (nabd_release(q) != NABD_OK)
				queue_fail("nabd_release", NABD_STATE);
		}
		sample_mark(seat, i);
	}
	seat->bad = bad;
	sample_rate(seat);
}

#endif
