/* SPDX-License-Identifier: MIT */
/*
 * Throughput through a queue of nabd, by each way that the library has to send
 * and to receive, in the default group and as the only member of another. A new way is
 * a pair of functions and a line in the table.
 */
#include "bench.h"
#include "end.h"
#include "pool.h"
#include "single.h"
#include "spin.h"
#include "touch.h"

#include <nabd/nabd.h>

static void push_all(struct seat *seat, const struct row *row)
{
	push_each(seat, row);
}

static void reserve_all(struct seat *seat, const struct row *row)
{
	reserve_each(seat, row);
}

/* Batches of copies. */

static void push_batches(struct seat *seat, const struct row *row)
{
	struct pool pool = pool_of(seat->pool, row->size, BATCH);
	nabd_t *q = seat->queue[0];
	const uint64_t count = seat->count;
	uint32_t lens[BATCH], k;
	uint64_t i = 0, end;
	size_t sent;
	int r;

	for (k = 0; k < BATCH; k++)
		lens[k] = row->size;
	while (i < count) {
		uint64_t n = pool_run(&pool, i);

		if (n > count - i)
			n = count - i;
		while ((r = nabd_push_batch(q, pool_at(&pool, i), lens, (size_t)n, &sent)) ==
		       NABD_FULL)
			spin_pause();
		if (r != NABD_OK)
			queue_fail("nabd_push_batch", r);
		for (end = i + sent; i < end; i++)
			pool_sent(&pool, i);
	}
}

INLINE void pop_batches(struct seat *seat, const struct row *row, bool member)
{
	const struct end e = end_of(seat, member);
	unsigned char *buf = seat->buf;
	const uint32_t size = row->size;
	uint32_t lens[BATCH];
	uint64_t i = 0, end, chunk, bad = 0;
	size_t got, k;
	int r;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		end = sample_end(seat, chunk);
		while (i < end) {
			while ((r = end_pop_batch(e, buf, lens, &got)) == NABD_EMPTY)
				spin_pause();
			if (r != NABD_OK)
				queue_fail("nabd_pop_batch", r);
			/* A wrong length shifts those behind it: they count as wrong too. */
			for (k = 0; k < got; k++)
				bad += pool_wrong(buf + k * size, lens[k], size, i + k);
			i += got;
		}
		sample_mark(seat, i);
	}
	seat->bad = bad;
	sample_rate(seat);
}

/* Batches in place. */

static void reserve_batches(struct seat *seat, const struct row *row)
{
	nabd_t *q = seat->queue[0];
	const uint64_t count = seat->count;
	const uint32_t size = row->size;
	void *slots[BATCH];
	uint32_t lens[BATCH], k;
	uint64_t i = 0;
	size_t got;
	int r;

	for (k = 0; k < BATCH; k++)
		lens[k] = size;
	while (i < count) {
		size_t n = count - i < BATCH ? (size_t)(count - i) : BATCH;

		while ((r = nabd_reserve_batch(q, size, slots, n, &got)) == NABD_FULL)
			spin_pause();
		if (r != NABD_OK)
			queue_fail("nabd_reserve_batch", r);
		for (k = 0; k < got; k++)
			touch_fill(slots[k], size, i + k);
		r = nabd_commit_batch(q, lens, got);
		if (r != NABD_OK)
			queue_fail("nabd_commit_batch", r);
		i += got;
	}
}

INLINE void peek_batches(struct seat *seat, const struct row *row, bool member)
{
	const struct end e = end_of(seat, member);
	const uint32_t size = row->size;
	struct nabd_msg msgs[BATCH];
	uint64_t i = 0, end, chunk, bad = 0, total = 0;
	size_t got, k;
	int r;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		end = sample_end(seat, chunk);
		while (i < end) {
			while ((r = end_peek_batch(e, msgs, &got)) == NABD_EMPTY)
				spin_pause();
			if (r != NABD_OK)
				queue_fail("nabd_peek_batch", r);
			for (k = 0; k < got; k++) {
				bad += pool_wrong(msgs[k].data, msgs[k].len, size, i + k);
				total += touch_sum(msgs[k].data, msgs[k].len);
			}
			r = end_release_batch(e, got);
			if (r != NABD_OK)
				queue_fail("nabd_release_batch", r);
			i += got;
		}
		sample_mark(seat, i);
	}
	seat->bad = bad;
	seat->sum += total;
	sample_rate(seat);
}

/* Each for both kinds of end. */
#define BOTH(name, loop)                                                   \
	static void name##_default(struct seat *seat, const struct row *row) \
	{                                                                   \
		loop(seat, row, false);                                     \
	}                                                                   \
	static void name##_member(struct seat *seat, const struct row *row) \
	{                                                                   \
		loop(seat, row, true);                                      \
	}

BOTH(pop, pop_each)
BOTH(peek, peek_each)
BOTH(pop_batch, pop_batches)
BOTH(peek_batch, peek_batches)

struct way {
	const char *name;
	bool batch;
	void (*send)(struct seat *seat, const struct row *row);
	void (*receive[2])(struct seat *seat, const struct row *row); /* default, member */
};

static const struct way ways[] = {
	{ NAME_PUSH, false, push_all, { pop_default, pop_member } },
	{ NAME_PLACE, false, reserve_all, { peek_default, peek_member } },
	{ NAME_BATCH, true, push_batches, { pop_batch_default, pop_batch_member } },
	{ "reserve_batch, peek_batch", true, reserve_batches,
	  { peek_batch_default, peek_batch_member } },
};

static void add(struct rows *rows, const struct way *way, uint32_t size, uint32_t slots,
		uint32_t groups)
{
	rows_add(rows, (struct row){ .name = way->name, .part = PART_NABD, .flags = ROW_SPINS,
				     .size = size, .slots = slots, .groups = groups,
				     .members = groups, .open = queue_open_two,
				     .work = { way->send, way->receive[groups] },
				     .close = queue_close });
}

/* Payloads at the beginning of a line, and the stamp on the line before. */
static void add_aligned(struct rows *rows, const struct way *way, const char *name)
{
	static const uint32_t size[] = { 64, 256, 1024, 4096, 65536, MAX_SIZE };

	for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++) {
		add(rows, way, size[i], rows_slots(size[i]), 0);
		rows->row[rows->n - 1].name = name;
		rows->row[rows->n - 1].align = 64;
	}
}

void ring_rows(struct rows *rows)
{
	static const uint32_t size[] = { 8, 64, 56, 256, 1024, 4096, 65536, MAX_SIZE };
	size_t w, i;

	for (w = 0; w < sizeof(ways) / sizeof(*ways); w++) {
		for (i = 0; i < sizeof(size) / sizeof(*size); i++) {
			if (!ways[w].batch || size[i] <= BATCH_SIZE)
				add(rows, &ways[w], size[i], rows_slots(size[i]), 0);
		}
		for (i = 0; i < 2; i++)
			add(rows, &ways[w], size[i], 1024, 1);
	}
	add_aligned(rows, &ways[0], NAME_ALIGNED);
	add_aligned(rows, &ways[1], NAME_PLACE_ALIGNED);
	/* Smaller, and larger than a core's own caches. */
	for (w = 0; w < sizeof(ways) / sizeof(*ways); w++) {
		for (i = 0; i < 2; i++) {
			add(rows, &ways[w], size[i], 64, 0);
			add(rows, &ways[w], size[i], 65536, 0);
		}
	}
}

/* How the cost of a message grows with the ring and with the message. */
void ring_growth(struct rows *rows)
{
	uint32_t n;

	for (n = 64; n <= 1u << 20; n *= 4) {
		add(rows, &ways[0], 64, n, 0);
		if (n < 65536)
			continue;
		add(rows, &ways[0], 64, n, 0);
		rows->row[rows->n - 1].name = NAME_PUSH_HUGE;
		rows->row[rows->n - 1].wishes = NABD_HUGE_PAGES;
	}
	for (n = 8; n <= MAX_SIZE; n *= n < 64 ? 2 : 4) {
		if (n != 64) /* above already */
			add(rows, &ways[0], n, rows_slots(n), 0);
		add(rows, &ways[1], n, rows_slots(n), 0);
	}
	for (n = 2; n <= 64; n *= 2) {
		add(rows, &ways[0], 64, 1024, 0);
		rows->row[rows->n - 1].name = NAME_PUSH_BESIDE;
		rows->row[rows->n - 1].others = n - 2;
		rows_add(rows, (struct row){ .name = NAME_OPEN, .part = PART_NABD,
					     .flags = ROW_SLEEPS, .size = 64,
					     .slots = 1024, .others = n - 2, .keep_name = 1,
					     .open = queue_open_two, .work = { queue_reopen, NULL },
					     .close = queue_close });
	}
}
