/* SPDX-License-Identifier: MIT */
/*
 * One-way latency of nabd: a message goes out through one queue and comes back
 * through another, each round trip is timed, and half of it is one way. And
 * what the calls themselves cost: both ends in one process.
 */
#include "bench.h"
#include "end.h"
#include "pool.h"
#include "single.h"
#include "spin.h"

#include <nabd/nabd.h>

static void ping(struct seat *seat, const struct row *row)
{
	const struct end e = { false, seat->queue[1], NULL };
	unsigned char *back = seat->buf + MAX_SIZE;
	const uint64_t count = seat->count;
	uint64_t i, t0, t1, bad = 0;
	size_t len;

	t0 = spin_ticks();
	for (i = 0; i < count; i++) {
		memcpy(seat->buf, &i, sizeof(i));
		send_one(seat->queue[0], seat->buf, row->size);
		len = receive_one(e, back);
		t1 = spin_ticks();
		seat->rtt[i] = (uint32_t)(t1 - t0);
		t0 = t1;
		bad += pool_wrong(back, len, row->size, i);
	}
	seat->bad = bad;
	sample_latency(seat, 2);
}

static void pong(struct seat *seat, const struct row *row)
{
	const struct end e = end_of(seat, false);
	const uint64_t count = seat->count;
	uint64_t i, bad = 0;
	size_t len;

	for (i = 0; i < count; i++) {
		len = receive_one(e, seat->buf);
		send_one(seat->queue[1], seat->buf, len);
		bad += pool_wrong(seat->buf, len, row->size, i);
	}
	seat->bad = bad;
}

static void both_default(struct seat *seat, const struct row *row)
{
	both_ends(seat, row, false);
}

static void place_default(struct seat *seat, const struct row *row)
{
	both_in_place(seat, row);
}

static void both_member(struct seat *seat, const struct row *row)
{
	both_ends(seat, row, true);
}

/* 16 slots: all of it stays in the first cache. */
static void add_both(struct rows *rows, uint32_t size, uint32_t groups, unsigned queue_flags)
{
	rows_add(rows, (struct row){ .name = queue_flags ? NAME_BOTH_OVER : NAME_BOTH,
				     .part = PART_NABD, .size = size, .slots = 16,
				     .groups = groups, .members = groups,
				     .queue_flags = queue_flags, .open = queue_open_one,
				     .work = { groups ? both_member : both_default, NULL },
				     .close = queue_close });
}

void pingpong_rows(struct rows *rows)
{
	static const uint32_t size[] = { 8, 56, 64 }, alone[] = { 8, 64, 1024 };
	size_t i;

	for (i = 0; i < sizeof(size) / sizeof(*size); i++)
		rows_add(rows, (struct row){ .name = NAME_PUSH, .part = PART_NABD,
					     .kind = KIND_ONE_WAY, .flags = ROW_SPINS,
					     .size = size[i], .slots = 1024,
					     .open = queue_open_two, .work = { ping, pong },
					     .close = queue_close });
	for (i = 0; i < sizeof(alone) / sizeof(*alone); i++)
		add_both(rows, alone[i], 0, 0);
	for (i = 0; i < 2; i++) {
		add_both(rows, alone[i], 1, 0);
		add_both(rows, alone[i], 0, NABD_OVERWRITE);
		add_both(rows, alone[i], 0, 0);
		rows->row[rows->n - 1].name = NAME_BOTH_PLACE;
		rows->row[rows->n - 1].work[0] = place_default;
	}
}
