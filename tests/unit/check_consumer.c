/* SPDX-License-Identifier: MIT */
/*
 * The receiving side: on plain memory, with stamps written as a producer would
 * or as it never would; joining and its role on a real queue.
 */
#include "receiver.h"

START_TEST(one_that_may_not)
{
	struct nabd_msg msg;
	const void *data = &rx;
	uint32_t len = 9;
	size_t n = 77;

	nabdi_consumer_none(&rx);
	is(NABD_ROLE, nabdi_consumer_ready(&rx));
	is(NABD_ROLE, nabdi_consumer_peek(&rx, &data, &len));
	is(NABD_ROLE, nabdi_consumer_release(&rx));
	is(NABD_ROLE, nabdi_consumer_pop(&rx, NULL, &n));
	is(NABD_ROLE, nabdi_consumer_peek_batch(&rx, &msg, 1, &n));
	is(NABD_ROLE, nabdi_consumer_release_batch(&rx, 1));
	is(NABD_ROLE, nabdi_consumer_pop_batch(&rx, &msg, 1, &len, 1, &n));
	ck_assert_ptr_eq(data, &rx);
	ck_assert_uint_eq(n, 77);
}
END_TEST

START_TEST(not_joined_yet)
{
	is(NABD_STATE, nabdi_consumer_release(&rx));
	is(NABD_STATE, nabdi_consumer_release_batch(&rx, 0));
	ck_assert_uint_eq(cell_load_relaxed(&nabdi_segment_consumers(&segment)->roster), 0);
}
END_TEST

START_TEST(one_by_one)
{
	uint8_t buf[SIZE], expected[SIZE];
	size_t len;

	join_at(0);
	is(NABD_EMPTY, pop(buf, SIZE, &len));
	ck_assert_uint_eq(len, SIZE);
	for (uint64_t s = 0; s < 3 * SLOTS; s++) {
		send_one(s, (uint32_t)(s % (SIZE + 1)));
		is(NABD_OK, pop(buf, SIZE, &len));
		ck_assert_uint_eq(len, s % (SIZE + 1));
		memset(expected, (int)s, SIZE);
		ck_assert_mem_eq(buf, expected, len);
		ck_assert_uint_eq(published(), s + 1);
		is(NABD_EMPTY, pop(buf, SIZE, &len));
	}
}
END_TEST

START_TEST(peek_and_release)
{
	const void *data = NULL;
	uint8_t buf[SIZE];
	uint32_t len = 0;
	size_t n;

	join_at(100);
	is(NABD_STATE, nabdi_consumer_release(&rx));
	is(NABD_EMPTY, nabdi_consumer_peek(&rx, &data, &len));
	is(NABD_STATE, nabdi_consumer_release(&rx));
	send_one(100, 5);
	send_one(101, 6);
	for (int i = 0; i < 3; i++) {
		data = NULL;
		is(NABD_OK, nabdi_consumer_peek(&rx, &data, &len));
		ck_assert_ptr_eq(data, payload(100));
		ck_assert_uint_eq(len, 5);
	}
	/* The length was read once: what the stamp says now is not asked. */
	set_stamp(100, (UINT64_C(101) << 32) + SIZE);
	is(NABD_OK, nabdi_consumer_peek(&rx, &data, &len));
	ck_assert_uint_eq(len, 5);
	is(NABD_STATE, pop(buf, SIZE, &n));
	is(NABD_STATE, nabdi_consumer_release_batch(&rx, 1));
	ck_assert_uint_eq(published(), 100);
	is(NABD_OK, nabdi_consumer_release(&rx));
	ck_assert_uint_eq(published(), 101);
	is(NABD_STATE, nabdi_consumer_release(&rx));
	is(NABD_OK, nabdi_consumer_peek(&rx, &data, &len));
	ck_assert_ptr_eq(data, payload(101));
	is(NABD_OK, nabdi_consumer_release(&rx));
}
END_TEST

START_TEST(a_buffer_too_small)
{
	uint8_t buf[SIZE];
	size_t len;

	join_at(0);
	send_one(0, 10);
	memset(buf, 0xee, sizeof(buf));
	is(NABD_BUFFER, pop(buf, 9, &len));
	ck_assert_uint_eq(len, 10);
	ck_assert_uint_eq(buf[0], 0xee);
	is(NABD_BUFFER, pop(NULL, 0, &len));
	ck_assert_uint_eq(len, 10);
	ck_assert_uint_eq(published(), 0);
	is(NABD_OK, pop(buf, 10, &len));
	ck_assert_uint_eq(buf[9], 0);
	ck_assert_uint_eq(buf[10], 0xee);
	send_one(1, 0);
	is(NABD_OK, pop(NULL, 0, &len));
}
END_TEST

/* Those that are copied in another way, and the borders of it. */
START_TEST(long_messages)
{
	static const uint32_t lens[] = {255, 256, 257, 999, 1000};
	uint8_t buf[1001];
	size_t len;

	unit_forget(&segment);
	segment = unit_memory(2, 1000, 8);
	nabdi_consumer_begin(&rx, &segment);
	unit_begin_at(&segment, 0);
	rx.state = RECEIVE_IDLE;
	rx.position = 0;
	for (uint64_t s = 0; s < COUNT(lens); s++) {
		memset(buf, 0xee, sizeof(buf));
		send_one(s, lens[s]);
		is(NABD_BUFFER, pop(buf, lens[s] - 1, &len));
		ck_assert_uint_eq(len, lens[s]);
		ck_assert_uint_eq(buf[0], 0xee);
		is(NABD_OK, pop(buf, 1000, &len));
		ck_assert_uint_eq(len, lens[s]);
		ck_assert_mem_eq(buf, payload(s), len);
		ck_assert_uint_eq(buf[len], 0xee);
		ck_assert_uint_eq(published(), s + 1);
	}
}
END_TEST

/* A length beyond the slot leads nowhere, whichever call meets it. */
START_TEST(false_lengths)
{
	static const uint32_t wrong[] = {SIZE + 1, 1u << 31, UINT32_MAX};
	uint8_t buf[SIZE];
	struct nabd_msg msg;
	const void *data;
	uint32_t len32;
	size_t len;

	join_at(0);
	for (unsigned i = 0; i < COUNT(wrong); i++) {
		set_stamp(0, UINT64_C(1) << 32 | wrong[i]);
		is(NABD_CORRUPT, pop(buf, SIZE_MAX, &len));
		is(NABD_CORRUPT, nabdi_consumer_peek(&rx, &data, &len32));
		is(NABD_CORRUPT, nabdi_consumer_peek_batch(&rx, &msg, 1, &len));
		is(NABD_CORRUPT, nabdi_consumer_pop_batch(&rx, buf, SIZE_MAX, &len32, 1, &len));
		is(NABD_STATE, nabdi_consumer_release(&rx));
	}
	set_stamp(0, UINT64_C(1) << 32 | SIZE);
	is(NABD_OK, pop(buf, SIZE, &len));
}
END_TEST

/* A slot holds the message, or what was there a lap before; nothing else can be. */
START_TEST(false_stamps)
{
	uint8_t buf[SIZE];
	size_t len;

	join_at(0);
	set_stamp(0, 1);
	is(NABD_CORRUPT, pop(buf, SIZE, &len));
	set_stamp(0, (UINT64_C(1) + SLOTS) << 32); /* overtaken: a lap too late */
	is(NABD_CORRUPT, pop(buf, SIZE, &len));
	set_stamp(0, 0);
	is(NABD_EMPTY, pop(buf, SIZE, &len));
	join_at(0);
	for (uint64_t s = 0; s < SLOTS + 3; s++) {
		send_one(s, 1);
		is(NABD_OK, pop(buf, SIZE, &len));
	}
	is(NABD_EMPTY, pop(buf, SIZE, &len));
	set_stamp(SLOTS + 3, 0);
	is(NABD_CORRUPT, pop(buf, SIZE, &len));
	set_stamp(SLOTS + 3, UINT64_C(5) << 32);
	is(NABD_CORRUPT, pop(buf, SIZE, &len));
	set_stamp(SLOTS + 3, UINT64_C(4) << 32);
	is(NABD_EMPTY, pop(buf, SIZE, &len));
	ck_assert_uint_eq(published(), SLOTS + 3);
}
END_TEST

START_TEST(around_the_borders_of_stamps)
{
	static const uint64_t at[] = {UINT32_MAX - 20u, UINT64_MAX - 40};
	uint8_t buf[SIZE];
	size_t len;

	for (unsigned i = 0; i < COUNT(at); i++) {
		cell_store_relaxed(&nabdi_segment_consumers(&segment)->roster, 0);
		join_at(at[i]);
		for (uint64_t s = at[i]; s < at[i] + 35; s++) {
			is(NABD_EMPTY, pop(buf, SIZE, &len));
			send_one(s, 3);
			is(NABD_OK, pop(buf, SIZE, &len));
			ck_assert_uint_eq(buf[2], s & 0xff);
		}
	}
}
END_TEST

START_TEST(joining_with_the_first_message)
{
	struct nabdi_segment q = unit_queue("q", SLOTS, SIZE);
	struct nabdi_consumer first, second;
	uint8_t buf[SIZE];
	size_t len = SIZE;
	const void *data;
	uint32_t len32;
	bool alive;

	nabdi_consumer_begin(&first, &q);
	nabdi_consumer_begin(&second, &q);
	is(NABD_OK, nabdi_role_reader_alive(&q, &alive));
	ck_assert(!alive);
	is(NABD_EMPTY, nabdi_consumer_peek(&first, &data, &len32));
	is(NABD_OK, nabdi_role_reader_alive(&q, &alive));
	ck_assert(alive);
	is(NABD_BUSY, nabdi_consumer_pop(&second, buf, &len));
	is(NABD_BUSY, nabdi_consumer_peek(&second, &data, &len32));
	nabdi_consumer_end(&first, false);
	is(NABD_EMPTY, nabdi_consumer_pop(&second, buf, &len));
	is(NABD_OK, nabdi_consumer_ready(&second));
	nabdi_consumer_end(&second, false);
	unit_leave(&q);
}
END_TEST

START_TEST(joining_a_damaged_group)
{
	struct nabdi_segment q = unit_queue("q", SLOTS, SIZE);
	struct nabd_shm_consumers *consumers = nabdi_segment_consumers(&q);
	struct nabdi_consumer c;
	bool alive;

	nabdi_consumer_begin(&c, &q);
	cell_store_relaxed(&consumers->roster, NABD_SHM_HOLDS(0) | NABD_SHM_SETTLED(0));
	cell_store_relaxed(&consumers->group[0].position, SLOTS + 1);
	is(NABD_CORRUPT, nabdi_consumer_ready(&c));
	is(NABD_OK, nabdi_role_reader_alive(&q, &alive));
	ck_assert(!alive);
	cell_store_relaxed(&consumers->group[0].position, 0);
	is(NABD_OK, nabdi_consumer_ready(&c));
	nabdi_consumer_end(&c, false);
	unit_leave(&q);
}
END_TEST

START_TEST(joining_without_a_file)
{
	is(NABD_SYSTEM, nabdi_consumer_ready(&rx));
	is(NABD_SYSTEM, nabdi_consumer_ready(&rx));
	ck_assert_uint_eq(cell_load_relaxed(&nabdi_segment_consumers(&segment)->roster), 0);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_consumer");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, one_that_may_not);
	tcase_add_test(tests, not_joined_yet);
	tcase_add_test(tests, one_by_one);
	tcase_add_test(tests, peek_and_release);
	tcase_add_test(tests, a_buffer_too_small);
	tcase_add_test(tests, long_messages);
	tcase_add_test(tests, false_lengths);
	tcase_add_test(tests, false_stamps);
	tcase_add_test(tests, around_the_borders_of_stamps);
	tcase_add_test(tests, joining_with_the_first_message);
	tcase_add_test(tests, joining_a_damaged_group);
	tcase_add_test(tests, joining_without_a_file);
	return unit_run(tests);
}
