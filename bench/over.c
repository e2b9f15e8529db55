/* SPDX-License-Identifier: MIT */
/*
 * A queue whose producer does not wait: what a push costs while a reader follows as well
 * as it can. Each message is either received whole or counted as lost.
 */
#include "bench.h"
#include "pool.h"
#include "spin.h"

#include <nabd/nabd.h>

static void push_on(struct seat *seat, const struct row *row)
{
	struct pool pool = pool_of(seat->pool, row->size, 1);
	nabd_t *q = seat->queue[0];
	uint64_t i = 0, end, chunk;
	int r;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			r = nabd_push(q, pool_at(&pool, i), pool.size);
			if (r != NABD_OK)
				queue_fail("nabd_push", r);
			pool_sent(&pool, i);
		}
		sample_mark(seat, i);
	}
	sample_rate(seat);
}

static void follow(struct seat *seat, const struct row *row)
{
	nabd_t *q = seat->queue[0];
	uint64_t due = 0, gap;
	size_t len;
	int r;

	while (due < seat->count) {
		len = MAX_SIZE;
		r = nabd_pop(q, seat->buf, &len);
		if (r == NABD_OK) {
			seat->bad += pool_wrong(seat->buf, len, row->size, due++);
		} else if (r == NABD_LAPPED && nabd_lost(q, &gap, NULL) == NABD_OK) {
			due += gap;
		} else if (r == NABD_EMPTY) {
			spin_pause();
		} else {
			queue_fail("nabd_pop", r);
		}
	}
	seat->bad += due != seat->count;
}

void over_rows(struct rows *rows)
{
	static const uint32_t size[] = { 8, 64 };
	size_t i;

	for (i = 0; i < sizeof(size) / sizeof(*size); i++)
		rows_add(rows, (struct row){ .name = NAME_OVER, .part = PART_NABD,
					     .flags = ROW_SPINS, .size = size[i],
					     .slots = 1024, .queue_flags = NABD_OVERWRITE,
					     .open = queue_open_two,
					     .work = { push_on, follow },
					     .close = queue_close });
}
