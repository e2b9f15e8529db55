/* SPDX-License-Identifier: MIT */
/* Message by message with the calls compiled into the program: nabd/inline.h. */
#include "bench.h"

#include <nabd/inline.h>

#include "single.h"

static void push_inline(struct seat *seat, const struct row *row)
{
	push_each(seat, row);
}

static void pop_inline(struct seat *seat, const struct row *row)
{
	pop_each(seat, row, false);
}

static void reserve_inline(struct seat *seat, const struct row *row)
{
	reserve_each(seat, row);
}

static void peek_inline(struct seat *seat, const struct row *row)
{
	peek_each(seat, row, false);
}

static void both_inline(struct seat *seat, const struct row *row)
{
	both_ends(seat, row, false);
}

static void both_place_inline(struct seat *seat, const struct row *row)
{
	both_in_place(seat, row);
}

static void add(struct rows *rows, struct row row, uint32_t size)
{
	row.size = size;
	rows_add(rows, row);
}

void inline_rows(struct rows *rows)
{
	static const uint32_t size[] = { 8, 56, 64, 256 };
	const struct row push = { .name = NAME_PUSH_INLINE, .part = PART_NABD, .flags = ROW_SPINS,
				  .slots = 1024, .open = queue_open_two,
				  .work = { push_inline, pop_inline }, .close = queue_close };
	const struct row both = { .name = NAME_BOTH_INLINE, .part = PART_NABD, .slots = 16,
				  .open = queue_open_one, .work = { both_inline, NULL },
				  .close = queue_close };
	struct row place = push, both_place = both;
	size_t i;

	place.name = NAME_PLACE_INLINE;
	place.work[0] = reserve_inline;
	place.work[1] = peek_inline;
	both_place.name = NAME_BOTH_PLACE_INLINE;
	both_place.work[0] = both_place_inline;
	for (i = 0; i < sizeof(size) / sizeof(*size); i++) {
		add(rows, push, size[i]);
		add(rows, place, size[i]);
	}
	for (i = 0; i < 2; i++) {
		add(rows, both, i == 0 ? 8 : 64);
		add(rows, both_place, i == 0 ? 8 : 64);
	}
}
