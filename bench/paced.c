/* SPDX-License-Identifier: MIT */
/*
 * Latency under a load that follows a schedule: message i is due i intervals after the
 * start, whatever became of those before it, and its latency counts from when it was due.
 * So a queue that falls behind is charged for every message that waits for it (no
 * coordinated omission). One clock for both sides: the TSC, or CLOCK_MONOTONIC.
 */
#include "bench.h"
#include "pool.h"
#include "spin.h"

#include <nabd/nabd.h>

/* Two words: the sequence, and when it was due. */
static void send_paced(struct seat *seat, const struct row *row)
{
	const double interval = row->interval_ns / clock_ns_per_tick();
	const uint64_t start = spin_ticks() + (uint64_t)interval;
	nabd_t *q = seat->queue[0];
	uint64_t i, due;
	int r;

	for (i = 0; i < seat->count; i++) {
		due = start + (uint64_t)((double)i * interval);
		memcpy(seat->buf, &i, sizeof(i));
		memcpy(seat->buf + sizeof(i), &due, sizeof(due));
		while ((int64_t)(spin_ticks() - due) < 0)
			spin_pause();
		while ((r = nabd_push(q, seat->buf, row->size)) == NABD_FULL)
			spin_pause();
		if (r != NABD_OK)
			queue_fail("nabd_push", r);
	}
}

static void receive_paced(struct seat *seat, const struct row *row)
{
	nabd_t *q = seat->queue[0];
	uint64_t i, due, now, bad = 0;
	size_t len;
	int r;

	for (i = 0; i < seat->count; i++) {
		len = MAX_SIZE;
		while ((r = nabd_pop(q, seat->buf, &len)) == NABD_EMPTY)
			spin_pause();
		if (r != NABD_OK)
			queue_fail("nabd_pop", r);
		now = spin_ticks();
		memcpy(&due, seat->buf + sizeof(i), sizeof(due));
		/* Two CPUs' clocks may differ by a few ticks. */
		seat->rtt[i] = (int64_t)(now - due) > 0 ? (uint32_t)(now - due) : 0;
		bad += pool_wrong(seat->buf, len, row->size, i);
	}
	seat->bad = bad;
	sample_latency(seat, 1);
}

void paced_rows(struct rows *rows)
{
	for (uint32_t i = 0; i < PACES; i++)
		rows_add(rows, (struct row){ .name = NAME_PUSH, .part = PART_NABD,
					     .kind = KIND_PACED, .flags = ROW_SPINS, .size = 64,
					     .slots = 1024, .interval_ns = rows_pace[i],
					     .open = queue_open_two,
					     .work = { send_paced, receive_paced },
					     .close = queue_close });
}
