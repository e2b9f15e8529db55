/* SPDX-License-Identifier: MIT */
/* Slots and stamps: where they lie, and that they wrap as they should. */
#include "ring.h"
#include "unit.h"

START_TEST(slots_lie_apart)
{
	static const uint32_t aligns[] = {8, 16, 64, 4096};

	for (unsigned i = 0; i < COUNT(aligns); i++) {
		struct nabdi_segment s = unit_memory(8, 20, aligns[i]);
		struct nabd_inline_ring ring = nabdi_ring_of(s.base, &s.geometry);
		const uint8_t *slots = s.base + s.geometry.slots_off;

		for (uint64_t seq = 0; seq < 24; seq++) {
			uint8_t *payload = nabdi_ring_payload(&ring, seq);
			uint8_t *stamp = (uint8_t *)nabdi_ring_stamp(payload);

			ck_assert_uint_eq((uintptr_t)payload % aligns[i], 0);
			ck_assert_ptr_eq(payload, nabdi_ring_payload(&ring, seq + 8));
			ck_assert_ptr_eq(stamp + 8, payload);
			ck_assert(stamp >= slots);
			ck_assert(payload + 20 <= s.base + s.geometry.total);
			if (seq % 8 != 7) /* the next stamp comes after this payload */
				ck_assert(payload + 20 <= nabdi_ring_payload(&ring, seq + 1) - 8);
		}
		unit_forget(&s);
	}
}
END_TEST

/* The slots of a queue beyond 4 GiB: the product must not be cut to 32 bits. */
START_TEST(far_slots)
{
	struct nabd_inline_ring ring = {(uint8_t *)4096, (1u << 30) + 8, (1u << 10) - 1, 1u << 30};

	if (sizeof(void *) == 4)
		return;
	ck_assert_uint_eq((uintptr_t)nabdi_ring_payload(&ring, 1023),
			  (uintptr_t)(4096 + UINT64_C(1023) * ((1u << 30) + 8)));
	ck_assert_uint_eq((uintptr_t)nabdi_ring_payload(&ring, (UINT64_C(1) << 40) + 5),
			  (uintptr_t)(4096 + UINT64_C(5) * ((1u << 30) + 8)));
}
END_TEST

START_TEST(a_stamp_says_sequence_and_length)
{
	static const struct {
		uint64_t sequence;
		uint32_t len;
		uint64_t stamp;
	} t[] = {
		{0, 0, UINT64_C(1) << 32},
		{0, 7, (UINT64_C(1) << 32) + 7},
		{41, UINT32_MAX, (UINT64_C(42) << 32) + UINT32_MAX},
		{0xfffffffe, 5, (UINT64_C(0xffffffff) << 32) + 5},
		{0xffffffff, 5, 5},
		{UINT64_C(1) << 32, 5, (UINT64_C(1) << 32) + 5},
		{UINT64_MAX - 1, 1u << 30, (UINT64_C(0xffffffff) << 32) + (1u << 30)},
		{UINT64_MAX, 3, 3},
	};
	struct nabdi_segment s = unit_memory(4, 8, 8);
	struct nabd_inline_ring ring = nabdi_ring_of(s.base, &s.geometry);

	for (unsigned i = 0; i < COUNT(t); i++) {
		uint8_t *payload = nabdi_ring_payload(&ring, t[i].sequence);

		nabdi_ring_publish(payload, t[i].sequence, t[i].len);
		ck_assert_uint_eq(nabdi_ring_observe(payload), t[i].stamp);
		ck_assert(nabdi_ring_is(t[i].stamp, t[i].sequence));
		ck_assert(!nabdi_ring_is(t[i].stamp, t[i].sequence + 4));
		ck_assert(!nabdi_ring_is(t[i].stamp, t[i].sequence - 4));
		ck_assert(!nabdi_ring_is(t[i].stamp, t[i].sequence + 1));
	}
	unit_forget(&s);
}
END_TEST

static const uint64_t borders[] = {
	8,
	100,
	UINT64_C(0x7fffffff),
	UINT64_C(0x80000000),
	UINT64_C(0xfffffff8),
	UINT64_C(0x100000000),
	UINT64_C(0x1fffffffe),
	UINT64_C(0xffffffff00000000),
	UINT64_C(0xfffffffffffffff0),
};

/* Of a slot's neighbours in time, only the one a lap before is awaited. */
START_TEST(awaiting_around_borders)
{
	struct nabdi_segment s = unit_memory(8, 8, 8);
	struct nabd_inline_ring ring = nabdi_ring_of(s.base, &s.geometry);

	for (unsigned i = 0; i < COUNT(borders); i++)
		for (uint64_t seq = borders[i]; seq < borders[i] + 15; seq++) {
			uint64_t before = (seq - 8 + 1) << 32 | 5;

			ck_assert(nabdi_ring_awaits(&ring, before, seq));
			ck_assert(!nabdi_ring_is(before, seq));
			ck_assert(!nabdi_ring_awaits(&ring, (seq + 1) << 32, seq));
			ck_assert(!nabdi_ring_awaits(&ring, (seq + 8 + 1) << 32, seq));
			ck_assert(!nabdi_ring_awaits(&ring, (seq - 7 + 1) << 32, seq));
			ck_assert(!nabdi_ring_awaits(&ring, (seq - 16 + 1) << 32, seq));
		}
	unit_forget(&s);
}
END_TEST

START_TEST(the_first_lap_awaits_nothing_but_zero)
{
	struct nabdi_segment s = unit_memory(8, 8, 8);
	struct nabd_inline_ring ring = nabdi_ring_of(s.base, &s.geometry);

	for (uint64_t seq = 0; seq < 8; seq++) {
		ck_assert(nabdi_ring_awaits(&ring, 0, seq));
		ck_assert(!nabdi_ring_is(0, seq));
		ck_assert(!nabdi_ring_awaits(&ring, 1, seq));
		ck_assert(!nabdi_ring_awaits(&ring, (seq - 8 + 1) << 32 | 1, seq));
	}
	ck_assert(!nabdi_ring_awaits(&ring, 0, 8));
	unit_forget(&s);
}
END_TEST

/* The largest ring there may be: a lap is a quarter of what a stamp can tell. */
START_TEST(four_laps_of_the_largest_ring)
{
	const uint64_t lap = NABD_MAX_SLOTS;
	struct nabd_inline_ring ring = {NULL, 16, NABD_MAX_SLOTS - 1, 8};

	for (uint64_t seq = 7 * lap; seq < 7 * lap + 10; seq++) {
		ck_assert(nabdi_ring_awaits(&ring, (seq - lap + 1) << 32, seq));
		for (uint64_t other = 0; other < 4; other++)
			ck_assert_int_eq(nabdi_ring_is((seq - other * lap + 1) << 32, seq),
					 other == 0);
	}
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_ring");

	tcase_add_test(tests, slots_lie_apart);
	tcase_add_test(tests, far_slots);
	tcase_add_test(tests, a_stamp_says_sequence_and_length);
	tcase_add_test(tests, awaiting_around_borders);
	tcase_add_test(tests, the_first_lap_awaits_nothing_but_zero);
	tcase_add_test(tests, four_laps_of_the_largest_ring);
	return unit_run(tests);
}
