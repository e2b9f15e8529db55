/* SPDX-License-Identifier: MIT */
/*
 * The floors of long messages: one copy into a ring and one out of it, or each byte
 * written and read there, with no more than a flag and a position between the two sides.
 */
#include "bench.h"
#include "pool.h"
#include "spin.h"
#include "touch.h"

#include <errno.h>
#include <sys/mman.h>

#define HEAD 64u /* bytes before each message: a line for its flag */

static unsigned char *ring; /* shared */

static unsigned char *message_at(const struct row *row, uint64_t i)
{
	return ring + (size_t)(i % row->slots) * (HEAD + row->size) + HEAD;
}

static atomic_uint_fast64_t *flag_of(unsigned char *message)
{
	return (atomic_uint_fast64_t *)(void *)(message - HEAD);
}

static void clear(struct seat *seat, const struct row *row)
{
	if (seat->side == SIDE_B)
		return;
	for (uint32_t i = 0; i < row->slots; i++)
		memset(message_at(row, i) - HEAD, 0, HEAD + row->size);
	spin_store(&seat->board->position.word, 0);
}

static inline void out(struct seat *seat, const struct row *row, int copies)
{
	struct pool pool = pool_of(seat->pool, row->size, 1);
	uint64_t i, limit = row->slots;

	for (i = 0; i < seat->count; i++) {
		unsigned char *message = message_at(row, i);

		while (i == limit) {
			limit = spin_load(&seat->board->position.word) + row->slots;
			if (i == limit)
				spin_pause();
		}
		if (copies) {
			memcpy(message, pool_at(&pool, i), row->size);
			pool_sent(&pool, i);
		} else {
			touch_fill(message, row->size, i);
		}
		spin_store(flag_of(message), i + 1);
	}
}

static inline void in(struct seat *seat, const struct row *row, int copies)
{
	uint64_t i = 0, end, chunk, bad = 0, sum = 0;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			unsigned char *message = message_at(row, i);

			spin_until(flag_of(message), i + 1);
			if (copies) {
				memcpy(seat->buf, message, row->size);
				bad += pool_wrong(seat->buf, row->size, row->size, i);
			} else {
				bad += pool_wrong(message, row->size, row->size, i);
				sum += touch_sum(message, row->size);
			}
			spin_store(&seat->board->position.word, i + 1);
		}
		sample_mark(seat, i);
	}
	seat->bad = bad;
	seat->sum += sum;
	sample_rate(seat);
}

static void copy_out(struct seat *seat, const struct row *row)
{
	out(seat, row, 1);
}

static void copy_in(struct seat *seat, const struct row *row)
{
	in(seat, row, 1);
}

static void touch_out(struct seat *seat, const struct row *row)
{
	out(seat, row, 0);
}

static void touch_in(struct seat *seat, const struct row *row)
{
	in(seat, row, 0);
}

void floor_long_rows(struct rows *rows)
{
	static const uint32_t size[] = { 4096, 65536, MAX_SIZE };
	size_t room = 0, i;

	for (i = 0; i < sizeof(size) / sizeof(*size); i++) {
		const uint32_t slots = rows_slots(size[i]);
		struct row row = { .name = NAME_COPIES, .flags = ROW_SPINS, .size = size[i],
				   .slots = slots, .open = clear, .work = { copy_out, copy_in } };

		if (room < (size_t)slots * (HEAD + size[i]))
			room = (size_t)slots * (HEAD + size[i]);
		rows_add(rows, row);
		row.name = NAME_TOUCHED;
		row.work[SIDE_A] = touch_out;
		row.work[SIDE_B] = touch_in;
		rows_add(rows, row);
	}
	ring = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (ring == MAP_FAILED)
		team_fail("mmap", strerror(errno));
}
