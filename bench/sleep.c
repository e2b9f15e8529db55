/* SPDX-License-Identifier: MIT */
/*
 * Those who sleep while there is nothing: the calls that wait, with the presets BALANCED
 * and POWER, beside the least that waking costs (a bare futex) and a pipe (peers.c). On
 * two CPUs, and with both processes on one, where each message that is waited for costs a
 * change of process, and a stream as few of them as the ring has room for.
 */
#include "bench.h"
#include "pool.h"
#include "spin.h"

#include <linux/futex.h>
#include <nabd/nabd.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct nabd_wait_opts balanced = NABD_WAIT_BALANCED, power = NABD_WAIT_POWER;

static void wait_so(nabd_t *q, const struct row *row)
{
	int r = q ? nabd_set_wait(q, row->form) : NABD_OK;

	if (r != NABD_OK)
		queue_fail("nabd_set_wait", r);
}

static void open_waiting(struct seat *seat, const struct row *row)
{
	queue_open_two(seat, row);
	wait_so(seat->queue[0], row);
	wait_so(seat->queue[1], row);
}

static void send_one(nabd_t *q, const unsigned char *buf, size_t len)
{
	int r = nabd_push_wait(q, buf, len, -1);

	if (r != NABD_OK)
		queue_fail("nabd_push_wait", r);
}

static size_t receive_one(nabd_t *q, unsigned char *buf)
{
	size_t len = MAX_SIZE;
	int r = nabd_pop_wait(q, buf, &len, -1);

	if (r != NABD_OK)
		queue_fail("nabd_pop_wait", r);
	return len;
}

static void send_all(struct seat *seat, const struct row *row)
{
	struct pool pool = pool_of(seat->pool, row->size, 1);
	uint64_t i;

	for (i = 0; i < seat->count; i++) {
		send_one(seat->queue[0], pool_at(&pool, i), pool.size);
		pool_sent(&pool, i);
	}
}

static void receive_all(struct seat *seat, const struct row *row)
{
	uint64_t i = 0, end, chunk;
	size_t len;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			len = receive_one(seat->queue[0], seat->buf);
			seat->bad += pool_wrong(seat->buf, len, row->size, i);
		}
		sample_mark(seat, i);
	}
	sample_rate(seat);
}

static void ping(struct seat *seat, const struct row *row)
{
	unsigned char *back = seat->buf + MAX_SIZE;
	uint64_t i, t0, t1;
	size_t len;

	t0 = spin_ticks();
	for (i = 0; i < seat->count; i++) {
		memcpy(seat->buf, &i, sizeof(i));
		send_one(seat->queue[0], seat->buf, row->size);
		len = receive_one(seat->queue[1], back);
		t1 = spin_ticks();
		seat->rtt[i] = (uint32_t)(t1 - t0);
		t0 = t1;
		seat->bad += pool_wrong(back, len, row->size, i);
	}
	sample_latency(seat, 2);
}

static void pong(struct seat *seat, const struct row *row)
{
	uint64_t i;
	size_t len;

	for (i = 0; i < seat->count; i++) {
		len = receive_one(seat->queue[0], seat->buf);
		send_one(seat->queue[1], seat->buf, len);
		seat->bad += pool_wrong(seat->buf, len, row->size, i);
	}
}

/* ------------------------------------------------------------------ a bare futex */

#ifdef SYS_futex
#define FUTEX_CALL SYS_futex
#else
#define FUTEX_CALL SYS_futex_time64
#endif

static void ring(atomic_uint *bell, uint32_t value)
{
	atomic_store_explicit(bell, value, memory_order_release);
	(void)syscall(FUTEX_CALL, bell, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void sleep_until(atomic_uint *bell, uint32_t value)
{
	uint32_t now;

	while ((now = atomic_load_explicit(bell, memory_order_acquire)) != value)
		(void)syscall(FUTEX_CALL, bell, FUTEX_WAIT, now, NULL, NULL, 0);
}

static void clear_bells(struct seat *seat, const struct row *row)
{
	(void)row;
	atomic_store(&seat->board->bell[seat->side].word, 0);
}

static void futex_ping(struct seat *seat, const struct row *row)
{
	uint64_t i, t0 = spin_ticks(), t1;

	(void)row;
	for (i = 0; i < seat->count; i++) {
		ring(&seat->board->bell[SIDE_A].word, (uint32_t)i + 1);
		sleep_until(&seat->board->bell[SIDE_B].word, (uint32_t)i + 1);
		t1 = spin_ticks();
		seat->rtt[i] = (uint32_t)(t1 - t0);
		t0 = t1;
	}
	sample_latency(seat, 2);
}

static void futex_pong(struct seat *seat, const struct row *row)
{
	uint64_t i;

	(void)row;
	for (i = 0; i < seat->count; i++) {
		sleep_until(&seat->board->bell[SIDE_A].word, (uint32_t)i + 1);
		ring(&seat->board->bell[SIDE_B].word, (uint32_t)i + 1);
	}
}

void sleep_rows(struct rows *rows)
{
	static const struct {
		const char *name;
		const struct nabd_wait_opts *opts;
		unsigned flags;
	} way[] = {
		{ NAME_BALANCED, &balanced, ROW_SLEEPS },
		{ NAME_BALANCED_ONE, &balanced, ROW_SLEEPS | ROW_ONE_CPU },
		{ NAME_POWER, &power, ROW_SLEEPS },
		{ NAME_POWER_ONE, &power, ROW_SLEEPS | ROW_ONE_CPU },
	};
	size_t i;

	for (i = 0; i < 2; i++)
		rows_add(rows, (struct row){ .name = i ? NAME_FUTEX_ONE : NAME_FUTEX,
					     .part = PART_FLOOR, .kind = KIND_ONE_WAY,
					     .flags = way[i].flags, .size = 4,
					     .open = clear_bells,
					     .work = { futex_ping, futex_pong } });
	for (i = 0; i < sizeof(way) / sizeof(*way); i++) {
		struct row row = { .name = way[i].name, .part = PART_NABD, .flags = way[i].flags,
				   .size = 64, .slots = 1024, .open = open_waiting,
				   .work = { send_all, receive_all }, .close = queue_close,
				   .form = way[i].opts };

		rows_add(rows, row);
		row.kind = KIND_ONE_WAY;
		row.work[SIDE_A] = ping;
		row.work[SIDE_B] = pong;
		rows_add(rows, row);
	}
}
