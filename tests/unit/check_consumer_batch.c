/* SPDX-License-Identifier: MIT */
/* The receiving side, several messages at once. */
#include "receiver.h"

START_TEST(batches_in_place)
{
	struct nabd_msg msgs[2 * SLOTS];
	const void *data;
	uint32_t len;
	size_t got = 77;

	join_at(20);
	is(NABD_EMPTY, nabdi_consumer_peek_batch(&rx, msgs, 3, &got));
	ck_assert_uint_eq(got, 77);
	for (uint64_t s = 20; s < 25; s++)
		send_one(s, (uint32_t)s);
	is(NABD_OK, nabdi_consumer_peek_batch(&rx, msgs, 3, &got));
	ck_assert_uint_eq(got, 3);
	for (uint64_t i = 0; i < 3; i++) {
		ck_assert_ptr_eq(msgs[i].data, payload(20 + i));
		ck_assert_uint_eq(msgs[i].sequence, 20 + i);
		ck_assert_uint_eq(msgs[i].len, 20 + i);
		ck_assert_uint_eq(msgs[i].flags, 0);
		ck_assert_uint_eq(msgs[i].deliveries, 1);
		ck_assert_uint_eq(msgs[i].reserved, 0);
	}
	is(NABD_STATE, nabdi_consumer_peek_batch(&rx, msgs, 3, &got));
	is(NABD_STATE, nabdi_consumer_peek(&rx, &data, &len));
	is(NABD_STATE, nabdi_consumer_release(&rx));
	is(NABD_INVALID, nabdi_consumer_release_batch(&rx, 4));
	is(NABD_INVALID, nabdi_consumer_release_batch(&rx, SIZE_MAX));
	ck_assert_uint_eq(published(), 20);
	is(NABD_OK, nabdi_consumer_release_batch(&rx, 2));
	ck_assert_uint_eq(published(), 22);
	is(NABD_STATE, nabdi_consumer_release_batch(&rx, 1));
	/* What was not released comes again. */
	is(NABD_OK, nabdi_consumer_peek_batch(&rx, msgs, 2 * SLOTS, &got));
	ck_assert_uint_eq(got, 3);
	ck_assert_uint_eq(msgs[0].sequence, 22);
	is(NABD_OK, nabdi_consumer_release_batch(&rx, 0));
	ck_assert_uint_eq(published(), 22);
	is(NABD_OK, nabdi_consumer_peek(&rx, &data, &len));
	ck_assert_ptr_eq(data, payload(22));
}
END_TEST

/* No more than a lap, though the slot after it would look like the next message. */
START_TEST(batches_of_a_whole_lap)
{
	struct nabd_msg msgs[2 * SLOTS];
	uint8_t buf[2 * SLOTS * SIZE];
	uint32_t lens[2 * SLOTS];
	size_t got;

	join_at(64);
	for (uint64_t s = 64; s < 64 + SLOTS; s++)
		send_one(s, 2);
	is(NABD_OK, nabdi_consumer_peek_batch(&rx, msgs, SIZE_MAX, &got));
	ck_assert_uint_eq(got, SLOTS);
	is(NABD_OK, nabdi_consumer_release_batch(&rx, 0));
	is(NABD_OK, nabdi_consumer_pop_batch(&rx, buf, sizeof(buf), lens, 2 * SLOTS, &got));
	ck_assert_uint_eq(got, SLOTS);
	ck_assert_uint_eq(published(), 64 + SLOTS);
	ck_assert_uint_eq(buf[15], 64 + SLOTS - 1);
}
END_TEST

START_TEST(a_damaged_slot_ends_a_batch)
{
	struct nabd_msg msgs[SLOTS];
	uint8_t buf[SLOTS * SIZE];
	uint32_t lens[SLOTS];
	size_t got;

	join_at(0);
	send_one(0, 2);
	send_one(1, 2);
	set_stamp(2, (UINT64_C(3) << 32) + SIZE + 1);
	send_one(3, 2);
	is(NABD_OK, nabdi_consumer_peek_batch(&rx, msgs, SLOTS, &got));
	ck_assert_uint_eq(got, 2);
	is(NABD_OK, nabdi_consumer_release_batch(&rx, 0));
	is(NABD_OK, nabdi_consumer_pop_batch(&rx, buf, sizeof(buf), lens, SLOTS, &got));
	ck_assert_uint_eq(got, 2);
	is(NABD_CORRUPT, nabdi_consumer_pop_batch(&rx, buf, sizeof(buf), lens, SLOTS, &got));
	is(NABD_CORRUPT, nabdi_consumer_peek_batch(&rx, msgs, SLOTS, &got));
}
END_TEST

START_TEST(batches_of_copies)
{
	uint8_t buf[64];
	uint32_t lens[SLOTS];
	size_t got = 77;

	join_at(0);
	is(NABD_EMPTY, nabdi_consumer_pop_batch(&rx, buf, 64, lens, 4, &got));
	for (uint64_t s = 0; s < 6; s++)
		send_one(s, 10);
	is(NABD_BUFFER, nabdi_consumer_pop_batch(&rx, buf, 9, lens, 4, &got));
	ck_assert_uint_eq(lens[0], 10);
	ck_assert_uint_eq(published(), 0);
	ck_assert_uint_eq(got, 77);
	memset(buf, 0xee, sizeof(buf));
	is(NABD_OK, nabdi_consumer_pop_batch(&rx, buf, 29, lens, 4, &got));
	ck_assert_uint_eq(got, 2);
	ck_assert_uint_eq(published(), 2);
	ck_assert_uint_eq(buf[9], 0);
	ck_assert_uint_eq(buf[10], 1);
	ck_assert_uint_eq(buf[20], 0xee);
	is(NABD_OK, nabdi_consumer_pop_batch(&rx, buf, 64, lens, 1, &got));
	ck_assert_uint_eq(got, 1);
	is(NABD_OK, nabdi_consumer_pop_batch(&rx, buf, 30, lens, SLOTS, &got));
	ck_assert_uint_eq(got, 3);
	ck_assert_uint_eq(buf[29], 5);
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(lens[i], 10);
	is(NABD_EMPTY, nabdi_consumer_pop_batch(&rx, buf, 64, lens, 4, &got));
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_consumer_batch");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, batches_in_place);
	tcase_add_test(tests, batches_of_a_whole_lap);
	tcase_add_test(tests, a_damaged_slot_ends_a_batch);
	tcase_add_test(tests, batches_of_copies);
	return unit_run(tests);
}
