/* SPDX-License-Identifier: MIT */
/* nabdi_copy() against memcpy(), for every length and alignment, and its edges. */
#include <stdlib.h>
#include <string.h>

#include "copy.h"
#include "unit.h"

#define MOST  600u /* well beyond NABD_INLINE_COPY */
#define GUARD 32u
#define FRAME (GUARD + 16 + MOST + GUARD)

_Static_assert(MOST > 2 * NABD_INLINE_COPY, "both ways of copying are walked");

static _Alignas(16) uint8_t from[FRAME], to[FRAME], expected[FRAME];

static void fill(uint8_t *bytes, uint64_t seed)
{
	for (unsigned i = 0; i < FRAME; i++)
		bytes[i] = (uint8_t)unit_random(&seed);
}

/* Offsets of 16-byte aligned frames; all bytes around the copy must stay. */
static void try_copy(size_t to_at, size_t from_at, bool into_slot, size_t len)
{
	memcpy(expected, to, FRAME);
	memcpy(expected + to_at, from + from_at, len);
	nabdi_copy(to + to_at, from + from_at, into_slot ? to + to_at : from + from_at, len);
	ck_assert_msg(memcmp(to, expected, FRAME) == 0, "%zu bytes from %zu to %zu", len, from_at,
		      to_at);
	/* The short way is right for any length. */
	memset(to + to_at, 0x5a, len);
	nabd_inline_copy(to + to_at, from + from_at, into_slot ? to + to_at : from + from_at, len);
	ck_assert_msg(memcmp(to, expected, FRAME) == 0, "short: %zu bytes from %zu to %zu", len,
		      from_at, to_at);
}

START_TEST(into_a_slot)
{
	fill(from, 1);
	for (size_t len = 0; len <= MOST; len++)
		for (size_t align = 0; align < 16; align++) {
			fill(to, len + 2);
			try_copy(GUARD, GUARD + align, true, len);
			try_copy(GUARD + 8, GUARD + align, true, len);
		}
}
END_TEST

START_TEST(out_of_a_slot)
{
	fill(from, 3);
	for (size_t len = 0; len <= MOST; len++)
		for (size_t align = 0; align < 16; align++) {
			fill(to, len + 4);
			try_copy(GUARD + align, GUARD, false, len);
			try_copy(GUARD + align, GUARD + 8, false, len);
		}
}
END_TEST

/* On blocks of exactly that length, where a detector sees one byte too many. */
START_TEST(reads_and_writes_no_further)
{
	for (size_t len = 1; len <= MOST; len++) {
		uint8_t *a = malloc(len), *b = malloc(len);

		memset(a, (int)(len & 0xff), len);
		memset(b, 0, len);
		nabdi_copy(b, a, b, len);
		ck_assert_mem_eq(b, a, len);
		memset(b, 0, len);
		nabdi_copy(b, a, a, len);
		ck_assert_mem_eq(b, a, len);
		free(a);
		free(b);
	}
}
END_TEST

START_TEST(nothing_from_nowhere)
{
	nabdi_copy(to, NULL, to, 0);
	nabdi_copy(NULL, from, from, 0);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_copy");

	tcase_add_test(tests, into_a_slot);
	tcase_add_test(tests, out_of_a_slot);
	tcase_add_test(tests, reads_and_writes_no_further);
	tcase_add_test(tests, nothing_from_nowhere);
	return unit_run(tests);
}
