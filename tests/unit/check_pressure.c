/* SPDX-License-Identifier: MIT */
/* Watermarks: when the sending side looks at the groups, and when it need not. */
#include "sender.h"

static unsigned highs, lows;

static void on_high(nabd_t *q, void *arg)
{
	(void)q;
	(void)arg;
	highs++;
}

static void on_low(nabd_t *q, void *arg)
{
	(void)q;
	(void)arg;
	lows++;
}

/* 64 slots, of which 16 and 32 are the marks; a reader that has read nothing. */
static void begin_marked(void)
{
	const struct nabd_backpressure marks = {
		.size = sizeof(marks), .low = 25, .high = 50, .on_high = on_high, .on_low = on_low};

	highs = lows = 0;
	new_segment(64);
	begin();
	reader_at(0, 0);
	is(NABD_OK, nabdi_producer_set_pressure(&tx, NULL, &marks));
}

static void push_many(unsigned n)
{
	while (n-- > 0)
		is(NABD_OK, push(n));
}

/* A batch may pass the mark, but not what is sent after one that came to less. */
START_TEST(what_a_batch_leaves_is_no_credit)
{
	static const uint32_t lens[64] = {0};
	void *slots[64];
	size_t got;

	begin_marked();
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, SIZE, slots, 64, &got));
	ck_assert_uint_eq(got, 64);
	is(NABD_OK, nabdi_producer_commit_batch(&tx, lens, 2));
	push_many(30);
	ck_assert_uint_eq(highs, 0);
	push_many(1);
	ck_assert_uint_eq(highs, 1);
}
END_TEST

START_TEST(what_a_batch_that_was_given_up_had_is_no_credit)
{
	void *slots[64];
	size_t got;

	begin_marked();
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, SIZE, slots, 64, &got));
	ck_assert_uint_eq(got, 64);
	is(NABD_OK, nabdi_producer_abort(&tx));
	push_many(32);
	ck_assert_uint_eq(highs, 0);
	push_many(1);
	ck_assert_uint_eq(highs, 1);
}
END_TEST

/* The end of it is seen within a sixteenth of a lap, not when the ring is full again. */
START_TEST(a_pressured_queue_looks_often)
{
	begin_marked();
	push_many(33);
	ck_assert_uint_eq(highs, 1);
	reader_at(0, 33);
	ck_assert_uint_eq(lows, 0);
	push_many(64 / 16);
	ck_assert_uint_eq(lows, 1);
	ck_assert_uint_eq(highs, 1);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_pressure");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_a_batch_leaves_is_no_credit);
	tcase_add_test(tests, what_a_batch_that_was_given_up_had_is_no_credit);
	tcase_add_test(tests, a_pressured_queue_looks_often);
	return unit_run(tests);
}
