/* SPDX-License-Identifier: MIT */
/* The sending side, several messages at once. */
#include "sender.h"

START_TEST(batches_of_reservations)
{
	static const uint32_t lens[SLOTS + 1] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
	static const uint32_t one_too_long[3] = {1, 9, 1};
	void *slots[SLOTS + 1];
	size_t got = 77;

	begin();
	is(NABD_STATE, nabdi_producer_commit_batch(&tx, lens, 1));
	is(NABD_TOOBIG, nabdi_producer_reserve_batch(&tx, SIZE + 1, slots, 2, &got));
	is(NABD_TOOBIG, nabdi_producer_reserve_batch(&tx, SIZE_MAX, slots, 2, &got));
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, 8, slots, 3, &got));
	ck_assert_uint_eq(got, 3);
	for (uint64_t i = 0; i < 3; i++)
		ck_assert_ptr_eq(slots[i], payload(i));
	is(NABD_STATE, nabdi_producer_reserve_batch(&tx, 8, slots, 3, &got));
	is(NABD_STATE, nabdi_producer_commit(&tx, 1));
	is(NABD_STATE, push(1));
	is(NABD_STATE, nabdi_producer_push_batch(&tx, "x", lens, 1, &got));
	is(NABD_TOOBIG, nabdi_producer_commit_batch(&tx, lens, 4));
	is(NABD_TOOBIG, nabdi_producer_commit_batch(&tx, one_too_long, 3));
	ck_assert_uint_eq(stamp(0), 0);
	ck_assert_uint_eq(head(), 0);
	is(NABD_OK, nabdi_producer_commit_batch(&tx, lens, 2));
	ck_assert_uint_eq(stamp(0), UINT64_C(1) << 32);
	ck_assert_uint_eq(stamp(1), UINT64_C(2) << 32 | 1);
	ck_assert_uint_eq(stamp(2), 0);
	ck_assert_uint_eq(head(), 2);
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), 1);
}
END_TEST

START_TEST(batches_of_all_that_is_free)
{
	static const uint32_t lens[SLOTS + 1] = {0};
	void *slots[SLOTS + 1];
	size_t got = 77;

	begin();
	is(NABD_OK, push(1));
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, 8, slots, SLOTS + 1, &got));
	ck_assert_uint_eq(got, SLOTS - 1);
	is(NABD_OK, nabdi_producer_abort(&tx));
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, 8, slots, SIZE_MAX, &got));
	ck_assert_uint_eq(got, SLOTS - 1);
	is(NABD_OK, nabdi_producer_commit_batch(&tx, lens, 0));
	ck_assert_uint_eq(head(), 1);
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, 8, slots, SLOTS - 1, &got));
	is(NABD_OK, nabdi_producer_commit_batch(&tx, lens, SLOTS - 1));
	got = 77;
	is(NABD_FULL, nabdi_producer_reserve_batch(&tx, 8, slots, 1, &got));
	ck_assert_uint_eq(got, 77);
}
END_TEST

START_TEST(batches_of_pushes)
{
	static const uint8_t data[64] = "abbcccddddeeeee";
	static const uint32_t lens[] = {1, 2, 3, 4, 5, 0, 0, 0, 0, 0};
	static const uint32_t too_long[] = {1, SIZE + 1};
	size_t sent = 77;

	begin();
	is(NABD_TOOBIG, nabdi_producer_push_batch(&tx, data, too_long, 2, &sent));
	ck_assert_uint_eq(stamp(0), 0);
	is(NABD_OK, nabdi_producer_push_batch(&tx, data, lens, 5, &sent));
	ck_assert_uint_eq(sent, 5);
	ck_assert_mem_eq(payload(0), "a", 1);
	ck_assert_mem_eq(payload(1), "bb", 2);
	ck_assert_mem_eq(payload(2), "ccc", 3);
	ck_assert_mem_eq(payload(4), "eeeee", 5);
	ck_assert_uint_eq(stamp(4), UINT64_C(5) << 32 | 5);
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), 15);
	is(NABD_OK, nabdi_producer_push_batch(&tx, data, lens, 10, &sent));
	ck_assert_uint_eq(sent, 3);
	ck_assert_uint_eq(head(), 8);
	ck_assert_mem_eq(payload(7), "ccc", 3);
	sent = 77;
	is(NABD_FULL, nabdi_producer_push_batch(&tx, data, lens, 1, &sent));
	ck_assert_uint_eq(sent, 77);
	ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), 1);
}
END_TEST

/* Credit for some is no reason to give fewer than there are. */
START_TEST(a_batch_looks_again)
{
	static const uint32_t lens[SLOTS] = {0};
	size_t sent;

	begin();
	reader_at(0, 0);
	is(NABD_OK, nabdi_producer_push_batch(&tx, "", lens, 6, &sent));
	reader_at(0, 6);
	is(NABD_OK, nabdi_producer_push_batch(&tx, "", lens, 8, &sent));
	ck_assert_uint_eq(sent, 8);
	ck_assert_uint_eq(cell_load_relaxed(&shm->tail), 6);
	ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), 0);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_producer_batch");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, batches_of_reservations);
	tcase_add_test(tests, batches_of_all_that_is_free);
	tcase_add_test(tests, batches_of_pushes);
	tcase_add_test(tests, a_batch_looks_again);
	return unit_run(tests);
}
