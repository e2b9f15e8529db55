/* SPDX-License-Identifier: MIT */
/* Taking over from a producer that died anywhere, or that never wrote what is there. */
#include "sender.h"

START_TEST(the_first_producer)
{
	begin();
	ck_assert_uint_eq(head(), 0);
	ck_assert_uint_eq(cell_load_relaxed(&shm->epoch), 1);
	for (uint64_t i = 0; i < SLOTS; i++) {
		is(NABD_OK, push(i * 3));
		ck_assert_uint_eq(head(), i + 1);
	}
	for (uint64_t i = 0; i < SLOTS; i++)
		holds_message(i, i * 3);
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), SLOTS * 8);
	is(NABD_FULL, push(99));
	ck_assert_uint_eq(head(), SLOTS);
	holds_message(0, 0);
}
END_TEST

START_TEST(the_next_producer)
{
	begin();
	reader_at(0, 0);
	for (uint64_t i = 0; i < 5; i++)
		is(NABD_OK, push(i));
	begin();
	ck_assert_uint_eq(head(), 5);
	ck_assert_uint_eq(cell_load_relaxed(&shm->epoch), 2);
	for (uint64_t i = 5; i < SLOTS; i++)
		is(NABD_OK, push(i));
	is(NABD_FULL, push(9));
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), SLOTS * 8);
	reader_at(0, 3);
	is(NABD_OK, push(8));
	holds_message(8, 8);
	holds_message(3, 3);
	ck_assert_uint_eq(cell_load_relaxed(&shm->tail), 3);
}
END_TEST

/*
 * What a producer told and was not sure of when it died is taken back: nobody else
 * would, and whoever joins or inherits would begin above what is still kept.
 */
START_TEST(told_is_as_low_as_the_floor)
{
	for (uint64_t told = 2; told <= 5; told++) {
		new_segment(SLOTS);
		begin();
		reader_at(0, 2);
		for (uint64_t i = 0; i < 5; i++)
			is(NABD_OK, push(i));
		cell_store_relaxed(&shm->tail, 2);
		cell_store_relaxed(&shm->told, told);
		begin();
		ck_assert_uint_eq(cell_load_relaxed(&shm->told), 2);
		ck_assert_uint_eq(cell_load_relaxed(&shm->tail), 2);
	}
	/* Of one that may not take over, nothing is changed. */
	cell_store_relaxed(&shm->told, 4);
	cell_store_relaxed(&shm->head, 4 + 2 * SLOTS);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	ck_assert_uint_eq(cell_load_relaxed(&shm->told), 4);
}
END_TEST

/*
 * A producer was killed after the stamps of n messages, and before it could
 * store head. n may be a whole lap: then the stamp below the stored head is not
 * there any more.
 */
static void killed_after(uint32_t slots, uint64_t at, uint64_t used, uint64_t n)
{
	new_segment(slots);
	unit_begin_at(&segment, at);
	for (uint64_t i = 0; i < used + n; i++)
		nabdi_ring_publish(payload(at + i), at + i, SIZE);
	cell_store_relaxed(&shm->head, at + used);
	ck_assert_msg(nabdi_producer_begin(&tx, &segment) == NABD_OK,
		      "%u slots, at %#llx: %u with head and %u without", slots,
		      (unsigned long long)at, (unsigned)used, (unsigned)n);
	ck_assert_uint_eq(tx.head, at + used + n);
	ck_assert_uint_eq(head(), at + used + n);
	reader_at(0, at);
	is(used + n == slots ? NABD_FULL : NABD_OK, push(1));
}

START_TEST(head_was_not_stored)
{
	static const uint64_t at[] = {
		0, 1, 7, 8, 9, 1000, UINT32_MAX - 9u, UINT32_MAX - 8u, UINT32_MAX - 1u, UINT32_MAX,
		UINT64_C(1) << 32, UINT64_MAX - 40,
	};

	for (unsigned i = 0; i < COUNT(at); i++)
		for (uint32_t slots = 1; slots <= 8; slots *= 2)
			for (uint64_t used = 0; used <= slots; used++)
				for (uint64_t n = 0; used + n <= slots; n++)
					killed_after(slots, at[i], used, n);
}
END_TEST

START_TEST(contradictions)
{
	/* More than a lap between the two, or head below tail. */
	unit_begin_at(&segment, 100);
	cell_store_relaxed(&shm->tail, 100 - SLOTS - 1);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	cell_store_relaxed(&shm->tail, 101);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	/* A head above what the slots hold. */
	cell_store_relaxed(&shm->tail, 100);
	cell_store_relaxed(&shm->head, 102);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	cell_store_relaxed(&shm->head, 101);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	/* The stamp of a lap later is right only where a whole lap was free. */
	cell_store_relaxed(&shm->head, 100);
	cell_store_relaxed(&shm->tail, 99);
	nabdi_ring_publish(payload(99), 99 + SLOTS, 0);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	/* Or where the stamps up to it are there. */
	cell_store_relaxed(&shm->tail, 100);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	/* Nothing was changed, nor may the side send. */
	ck_assert_uint_eq(cell_load_relaxed(&shm->epoch), 0);
	ck_assert_uint_eq(head(), 100);
	is(NABD_ROLE, push(1));
	nabdi_ring_publish(payload(99), 99, 0);
	begin();
}
END_TEST

/* Any stamps at all: no step beyond a lap, no step outside. */
START_TEST(any_stamps_whatever)
{
	uint64_t state = 5;

	for (int i = 0; i < 5000; i++) {
		uint64_t at = unit_random(&state) >> unit_random(&state) % 64;

		for (uint64_t s = 0; s < SLOTS; s++) {
			uint64_t word = unit_random(&state);

			if (word % 4 != 0)
				word = (at + word % 20 - 9) << 32;
			cell_store_relaxed(nabdi_ring_stamp(payload(s)), word);
		}
		cell_store_relaxed(&shm->head, at);
		cell_store_relaxed(&shm->tail, at - unit_random(&state) % 10);
		if (nabdi_producer_begin(&tx, &segment) != NABD_OK)
			continue;
		ck_assert_uint_le(tx.head - tx.floor, SLOTS);
		ck_assert_uint_ge(tx.head - tx.floor, at - tx.floor);
	}
}
END_TEST

START_TEST(around_the_borders_of_stamps)
{
	static const uint64_t at[] = {UINT32_MAX - 20u, UINT64_MAX - 40};

	for (unsigned i = 0; i < COUNT(at); i++) {
		new_segment(SLOTS);
		unit_begin_at(&segment, at[i]);
		reader_at(0, at[i]);
		begin();
		for (uint64_t s = at[i]; s < at[i] + 35; s++) {
			is(NABD_OK, push(s));
			holds_message(s, s);
			if (s - at[i] < SLOTS - 1)
				continue;
			is(NABD_FULL, push(0));
			reader_at(0, s - SLOTS + 2);
		}
	}
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_producer_takeover");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_first_producer);
	tcase_add_test(tests, the_next_producer);
	tcase_add_test(tests, told_is_as_low_as_the_floor);
	tcase_add_test(tests, head_was_not_stored);
	tcase_add_test(tests, contradictions);
	tcase_add_test(tests, any_stamps_whatever);
	tcase_add_test(tests, around_the_borders_of_stamps);
	return unit_run(tests);
}
