/* SPDX-License-Identifier: MIT */
/* The sending side on plain memory: single calls, and the credit that they need. */
#include "sender.h"

START_TEST(one_that_may_not)
{
	uint32_t len = 1;
	size_t n = 77;
	void *slot;

	nabdi_producer_none(&tx);
	is(NABD_ROLE, nabdi_producer_reserve(&tx, 1, &slot));
	is(NABD_ROLE, nabdi_producer_commit(&tx, 1));
	is(NABD_ROLE, nabdi_producer_abort(&tx));
	is(NABD_ROLE, nabdi_producer_push(&tx, "x", 1));
	is(NABD_ROLE, nabdi_producer_reserve_batch(&tx, 1, &slot, 1, &n));
	is(NABD_ROLE, nabdi_producer_commit_batch(&tx, &len, 1));
	is(NABD_ROLE, nabdi_producer_push_batch(&tx, "x", &len, 1, &n));
	ck_assert_uint_eq(n, 77);
}
END_TEST

START_TEST(reservations)
{
	void *slot, *again;

	begin();
	is(NABD_STATE, nabdi_producer_commit(&tx, 0));
	is(NABD_STATE, nabdi_producer_abort(&tx));
	is(NABD_TOOBIG, nabdi_producer_reserve(&tx, SIZE + 1, &slot));
	is(NABD_TOOBIG, nabdi_producer_reserve(&tx, SIZE_MAX, &slot));
	is(NABD_OK, nabdi_producer_reserve(&tx, 10, &slot));
	ck_assert_ptr_eq(slot, payload(0));
	is(NABD_STATE, nabdi_producer_reserve(&tx, 10, &again));
	is(NABD_STATE, push(1));
	is(NABD_TOOBIG, nabdi_producer_commit(&tx, 11));
	is(NABD_TOOBIG, nabdi_producer_commit(&tx, SIZE_MAX));
	ck_assert_uint_eq(stamp(0), 0);
	is(NABD_OK, nabdi_producer_commit(&tx, 10));
	ck_assert_uint_eq(stamp(0), UINT64_C(1) << 32 | 10);
	is(NABD_STATE, nabdi_producer_commit(&tx, 10));
	is(NABD_OK, nabdi_producer_reserve(&tx, SIZE, &slot));
	is(NABD_OK, nabdi_producer_abort(&tx));
	is(NABD_STATE, nabdi_producer_abort(&tx));
	ck_assert_uint_eq(stamp(1), 0);
	is(NABD_OK, nabdi_producer_reserve(&tx, 0, &again));
	ck_assert_ptr_eq(again, slot);
	is(NABD_TOOBIG, nabdi_producer_commit(&tx, 1));
	is(NABD_OK, nabdi_producer_commit(&tx, 0));
	ck_assert_uint_eq(stamp(1), UINT64_C(2) << 32);
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), 10);
}
END_TEST

START_TEST(full_by_reservation)
{
	void *slot = NULL;

	begin();
	reader_at(0, 0);
	for (uint64_t i = 0; i < SLOTS; i++) {
		is(NABD_OK, nabdi_producer_reserve(&tx, 8, &slot));
		is(NABD_OK, nabdi_producer_commit(&tx, 8));
	}
	slot = NULL;
	is(NABD_FULL, nabdi_producer_reserve(&tx, 8, &slot));
	ck_assert_ptr_null(slot);
	is(NABD_STATE, nabdi_producer_commit(&tx, 8));
	reader_at(0, 1);
	is(NABD_OK, nabdi_producer_reserve(&tx, 8, &slot));
	ck_assert_ptr_eq(slot, payload(SLOTS));
}
END_TEST

START_TEST(lengths_of_pushes)
{
	uint8_t data[SIZE + 1];

	memset(data, 0xa5, sizeof(data));
	begin();
	is(NABD_TOOBIG, nabdi_producer_push(&tx, data, SIZE + 1));
	is(NABD_TOOBIG, nabdi_producer_push(&tx, data, SIZE_MAX));
	is(NABD_OK, nabdi_producer_push(&tx, data, SIZE));
	is(NABD_OK, nabdi_producer_push(&tx, NULL, 0));
	ck_assert_uint_eq(stamp(0), UINT64_C(1) << 32 | SIZE);
	ck_assert_uint_eq(stamp(1), UINT64_C(2) << 32);
	ck_assert_mem_eq(payload(0), data, SIZE);
}
END_TEST

/* Those that are copied in another way, and the borders of it. */
START_TEST(long_messages)
{
	static const uint32_t lens[] = {255, 256, 257, 1000};
	uint8_t data[1000], untouched[8];
	uint64_t state = 6;

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)unit_random(&state);
	unit_forget(&segment);
	segment = unit_memory(4, 1000, 8);
	shm = nabdi_segment_producer(&segment);
	consumers = nabdi_segment_consumers(&segment);
	begin();
	memcpy(untouched, payload(0) + 992, 8);
	is(NABD_TOOBIG, nabdi_producer_push(&tx, data, 1001));
	for (uint64_t s = 0; s < COUNT(lens); s++) {
		is(NABD_OK, nabdi_producer_push(&tx, data, lens[s]));
		ck_assert_mem_eq(payload(s), data, lens[s]);
		ck_assert_uint_eq(stamp(s), (s + 1) << 32 | lens[s]);
	}
	ck_assert_mem_eq(payload(0) + 992, untouched, 8);
	is(NABD_FULL, nabdi_producer_push(&tx, data, 1000));
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), 255 + 256 + 257 + 1000);
}
END_TEST

/* A stretch of being full counts once, however often it is met. */
START_TEST(stretches_of_being_full)
{
	begin();
	reader_at(0, 0);
	for (uint64_t i = 0; i < SLOTS; i++)
		is(NABD_OK, push(i));
	for (uint64_t stretch = 1; stretch <= 5; stretch++) {
		ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), stretch - 1);
		for (int i = 0; i < 3; i++)
			is(NABD_FULL, push(0));
		ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), stretch);
		reader_at(0, stretch);
		is(NABD_OK, push(0));
	}
}
END_TEST

/* Whether that group is known to hold the floor. */
static bool holds(unsigned group)
{
	return (tx.watch.roster & NABD_SHM_HOLDS(group)) != 0 && tx.watch.low[group] == tx.floor;
}

/* While full, only the slowest group is looked at; then all of them again. */
START_TEST(the_slowest_alone)
{
	begin();
	for (unsigned group = 0; group < 3; group++)
		reader_at(group, 0);
	for (uint64_t i = 0; i < SLOTS; i++)
		is(NABD_OK, push(i));
	is(NABD_FULL, push(0));
	for (unsigned group = 0; group < 4; group++)
		ck_assert_int_eq(holds(group), group < 3);
	reader_at(1, 4);
	reader_at(2, 3);
	is(NABD_FULL, push(0));
	reader_at(0, 5);
	is(NABD_OK, push(0));
	ck_assert_uint_eq(tx.floor, 3);
	ck_assert(!holds(0) && !holds(1) && holds(2));
	for (uint64_t i = 0; i < 2; i++)
		is(NABD_OK, push(0));
	is(NABD_FULL, push(0));
	ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), 2);
	/* A false position of the slowest holds as well, and does no more. */
	reader_at(2, 1);
	is(NABD_FULL, push(0));
	reader_at(2, 1000);
	is(NABD_FULL, push(0));
	ck_assert_uint_eq(tx.floor, 3);
	ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), 2);
	reader_at(2, 11);
	is(NABD_OK, push(0));
	ck_assert_uint_eq(tx.floor, 4);
}
END_TEST

START_TEST(without_a_group)
{
	begin();
	for (uint64_t i = 0; i < SLOTS; i++)
		is(NABD_OK, push(i));
	is(NABD_FULL, push(0));
	is(NABD_FULL, push(0));
	/* Nobody holds the floor, so all is looked at each time; it is one stretch still. */
	ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), 1);
	ck_assert_uint_eq(tx.watch.roster & NABD_SHM_ALL_HOLD, 0);
	ck_assert_uint_eq(cell_load_relaxed(&shm->tail), 0);
	/* One that comes now is seen at once, though nobody held the floor. */
	reader_at(0, 0);
	is(NABD_FULL, push(0));
	reader_at(0, 2);
	is(NABD_OK, push(0));
	is(NABD_OK, push(0));
	is(NABD_FULL, push(0));
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_producer");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, one_that_may_not);
	tcase_add_test(tests, reservations);
	tcase_add_test(tests, full_by_reservation);
	tcase_add_test(tests, lengths_of_pushes);
	tcase_add_test(tests, long_messages);
	tcase_add_test(tests, stretches_of_being_full);
	tcase_add_test(tests, the_slowest_alone);
	tcase_add_test(tests, without_a_group);
	return unit_run(tests);
}
