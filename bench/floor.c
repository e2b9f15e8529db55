/* SPDX-License-Identifier: MIT */
/*
 * The floors: what the machine itself takes to move cache lines and bytes. A
 * queue cannot be faster than these, so its figures are told as multiples.
 */
#include "bench.h"
#include "spin.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define LINES 1024u
#define WORDS 8u /* of a line: seven of payload and the flag */

struct line {
	_Alignas(64) uint64_t payload[WORDS - 1];
	atomic_uint_fast64_t flag;
};

static struct line *ring;       /* LINES of them, shared */
static unsigned char *memory;   /* what memcpy copies to, private */

/* Ping-pong: one word to and fro, on one line or on one line each way. */

static void ping(struct seat *seat, atomic_uint_fast64_t *out, atomic_uint_fast64_t *in)
{
	const uint64_t count = seat->count;
	uint64_t i, t0, t1;

	t0 = spin_ticks();
	for (i = 0; i < count; i++) {
		spin_store(out, 2 * i + 1);
		spin_until(in, 2 * i + 2);
		t1 = spin_ticks();
		seat->rtt[i] = (uint32_t)(t1 - t0);
		t0 = t1;
	}
	sample_latency(seat, 2);
}

static void pong(struct seat *seat, atomic_uint_fast64_t *in, atomic_uint_fast64_t *out)
{
	const uint64_t count = seat->count;
	uint64_t i;

	for (i = 0; i < count; i++) {
		spin_until(in, 2 * i + 1);
		spin_store(out, 2 * i + 2);
	}
}

static void flags_clear(struct seat *seat, const struct row *row)
{
	(void)row;
	if (seat->side == SIDE_A) {
		spin_store(&seat->board->flag[2].word, 0);
		spin_store(&seat->board->flag[3].word, 0);
	}
}

static void ping_one(struct seat *seat, const struct row *row)
{
	(void)row;
	ping(seat, &seat->board->flag[2].word, &seat->board->flag[2].word);
}

static void pong_one(struct seat *seat, const struct row *row)
{
	(void)row;
	pong(seat, &seat->board->flag[2].word, &seat->board->flag[2].word);
}

static void ping_two(struct seat *seat, const struct row *row)
{
	(void)row;
	ping(seat, &seat->board->flag[2].word, &seat->board->flag[3].word);
}

static void pong_two(struct seat *seat, const struct row *row)
{
	(void)row;
	pong(seat, &seat->board->flag[2].word, &seat->board->flag[3].word);
}

/*
 * Streaming: A fills line after line of a ring and B reads them. B tells its
 * position every eighth of the ring; A looks at it only when it must.
 */

static void ring_clear(struct seat *seat, const struct row *row)
{
	(void)row;
	if (seat->side == SIDE_A) {
		memset(ring, 0, LINES * sizeof(*ring));
		spin_store(&seat->board->position.word, 0);
	}
}

static inline void stream_out(struct seat *seat, int whole)
{
	const uint64_t count = seat->count;
	uint64_t i, w, limit = LINES;

	for (i = 0; i < count; i++) {
		struct line *line = &ring[i % LINES];

		while (i == limit) {
			limit = spin_load(&seat->board->position.word) + LINES;
			if (i == limit)
				spin_pause();
		}
		if (whole) {
			for (w = 0; w < WORDS - 1; w++)
				((volatile uint64_t *)line->payload)[w] = i + w;
		}
		spin_store(&line->flag, i + 1);
	}
}

static inline void stream_in(struct seat *seat, int whole)
{
	uint64_t i = 0, end, w, chunk, sum = 0;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			struct line *line = &ring[i % LINES];

			spin_until(&line->flag, i + 1);
			if (whole) {
				for (w = 0; w < WORDS - 1; w++)
					sum += ((volatile uint64_t *)line->payload)[w];
			}
			if ((i + 1) % (LINES / 8) == 0)
				spin_store(&seat->board->position.word, i + 1);
		}
		sample_mark(seat, i);
	}
	seat->sum += sum;
	sample_rate(seat);
}

static void line_out(struct seat *seat, const struct row *row)
{
	(void)row;
	stream_out(seat, 1);
}

static void line_in(struct seat *seat, const struct row *row)
{
	(void)row;
	stream_in(seat, 1);
}

static void flag_out(struct seat *seat, const struct row *row)
{
	(void)row;
	stream_out(seat, 0);
}

static void flag_in(struct seat *seat, const struct row *row)
{
	(void)row;
	stream_in(seat, 0);
}

/* memcpy: from the 16 KiB pool to a place as large as a queue of 1024 slots. */
static void copy(struct seat *seat, const struct row *row)
{
	uint32_t size = row->size, n = POOL_SIZE / size, from = 0;
	uint64_t i = 0, end, chunk;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			memcpy(memory + i % LINES * (size + 8u), seat->pool + from * size, size);
			atomic_signal_fence(memory_order_seq_cst);
			from = from + 1 < n ? from + 1 : 0;
		}
		sample_mark(seat, i);
	}
	sample_rate(seat);
}

static void *map(size_t size, int flag)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flag | MAP_ANONYMOUS | MAP_POPULATE,
		       -1, 0);

	if (p == MAP_FAILED)
		team_fail("mmap", strerror(errno));
	return p;
}

void floor_rows(struct rows *rows)
{
	static const uint32_t size[] = { 8, 64, 256, 1024, 4096 };
	const unsigned two = ROW_SPINS | ROW_IS_REF;
	size_t i;

	ring = map(LINES * sizeof(*ring), MAP_SHARED);
	memory = map(LINES * (BATCH_SIZE + 8u), MAP_PRIVATE);
	rows_add(rows, (struct row){ .name = "ping-pong, one line", .kind = KIND_ONE_WAY,
				     .flags = two, .size = 8, .open = flags_clear,
				     .work = { ping_one, pong_one } });
	rows_add(rows, (struct row){ .name = NAME_TRIP, .kind = KIND_ONE_WAY,
				     .flags = two, .size = 8, .open = flags_clear,
				     .work = { ping_two, pong_two } });
	rows_add(rows, (struct row){ .name = NAME_STREAM, .flags = two,
				     .size = 64, .slots = LINES, .open = ring_clear,
				     .work = { line_out, line_in } });
	rows_add(rows, (struct row){ .name = "stream of lines, flag only", .flags = two,
				     .size = 8, .slots = LINES, .open = ring_clear,
				     .work = { flag_out, flag_in } });
	for (i = 0; i < sizeof(size) / sizeof(*size); i++)
		rows_add(rows, (struct row){ .name = "memcpy, one CPU",
					     .size = size[i], .slots = LINES,
					     .work = { copy, NULL } });
}
