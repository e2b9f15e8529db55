/* SPDX-License-Identifier: MIT */
/*
 * check_pressure.c - watermarks and their callbacks: each called when the fill has come
 * there, once, and not again before the other.
 */
#include "waits.h"

static nabd_t *queue;
static int highs, lows, fulls;
static int fill_then; /* percent, as the last callback saw it */
static char mark;     /* what they are given */

static void note(nabd_t *q, void *arg, int *count)
{
	ck_assert_ptr_eq(q, queue);
	ck_assert_ptr_eq(arg, &mark);
	fill_then = nabd_fill_level(q);
	++*count;
}

static void high(nabd_t *q, void *arg)
{
	note(q, arg, &highs);
}

static void low(nabd_t *q, void *arg)
{
	note(q, arg, &lows);
}

static void full(nabd_t *q, void *arg)
{
	note(q, arg, &fulls);
}

static struct nabd_backpressure marks(uint32_t high_at, uint32_t low_at)
{
	struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT;

	bp.high = high_at;
	bp.low = low_at;
	bp.on_high = high;
	bp.on_low = low;
	bp.on_full = full;
	bp.arg = &mark;
	return bp;
}

static void set(uint32_t high_at, uint32_t low_at)
{
	const struct nabd_backpressure bp = marks(high_at, low_at);

	is(NABD_OK, nabd_set_backpressure(queue, &bp));
	highs = lows = fulls = 0;
}

static void called(int high_times, int low_times, int full_times)
{
	ck_assert_int_eq(highs, high_times);
	ck_assert_int_eq(lows, low_times);
	ck_assert_int_eq(fulls, full_times);
}

static void take(int n)
{
	while (n-- > 0)
		is(NABD_OK, pops(queue, 0));
}

static void push(int n)
{
	while (n-- > 0)
		is(NABD_OK, nabd_push(queue, "x", 1));
}

/* 16 slots: pressured from 8 messages on, until there are 4. */
START_TEST(each_is_called_once_at_its_fill)
{
	queue = read_queue_of(16);
	set(50, 25);
	push(8);
	called(0, 0, 0); /* the call that finds it so comes after */
	push(1);
	called(1, 0, 0);
	ck_assert_int_eq(fill_then, 50); /* before it did its work */
	push(7);
	called(1, 0, 0);
	is(NABD_FULL, nabd_push(queue, "x", 1));
	called(1, 0, 1);
	for (int i = 0; i < 5; i++)
		is(NABD_FULL, nabd_push(queue, "x", 1));
	called(1, 0, 1); /* still the same full */
	take(11);
	ck_assert_int_eq(nabd_is_pressured(queue), 1); /* five are left */
	called(1, 0, 1);
	take(1);
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	called(1, 1, 1);
	ck_assert_int_eq(fill_then, 25);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(nabd_is_pressured(queue), 0);
	called(1, 1, 1);
	close_ok(queue);
}
END_TEST

START_TEST(between_the_watermarks_nobody_is_called)
{
	queue = read_queue_of(16);
	set(50, 25);
	push(7);
	for (int i = 0; i < 20; i++) { /* from 5 to 7 and back */
		take(2);
		push(2);
		ck_assert_int_eq(nabd_is_pressured(queue), 0);
	}
	called(0, 0, 0);
	push(1);
	ck_assert_int_eq(nabd_is_pressured(queue), 1);
	called(1, 0, 0);
	for (int i = 0; i < 20; i++) { /* from 5 to 8 and back */
		take(3);
		ck_assert_int_eq(nabd_is_pressured(queue), 1);
		push(3);
		ck_assert_int_eq(nabd_is_pressured(queue), 1);
	}
	called(1, 0, 0);
	for (int i = 1; i <= 10; i++) { /* and over both */
		take(8);
		ck_assert_int_eq(nabd_is_pressured(queue), 0);
		called(i, i, 0);
		push(8);
		ck_assert_int_eq(nabd_is_pressured(queue), 1);
		called(i + 1, i, 0);
	}
	close_ok(queue);
}
END_TEST

START_TEST(full_is_told_each_time)
{
	queue = read_queue_of(4);
	set(100, 0);
	push(4);
	for (int i = 1; i <= 10; i++) {
		is(NABD_FULL, nabd_push(queue, "x", 1));
		is(NABD_FULL, nabd_push(queue, "x", 1));
		called(1, 0, i);
		take(1);
		push(1);
	}
	close_ok(queue);
}
END_TEST

/* Rings so small that several are the same message. */
START_TEST(small_rings_and_narrow_watermarks)
{
	static const size_t sizes[] = { 1, 2, 4 };

	for (size_t i = 0; i < COUNT(sizes); i++) {
		const int slots = (int)sizes[i];

		queue = read_queue_of(sizes[i]);
		set(1, 0); /* any message at all, and none */
		for (int turn = 1; turn <= 3; turn++) {
			ck_assert_int_eq(nabd_is_pressured(queue), 0);
			push(1);
			ck_assert_int_eq(nabd_is_pressured(queue), 1);
			called(turn, turn - 1, slots == 1 ? turn : 0);
			take(1);
			ck_assert_int_eq(nabd_is_pressured(queue), 0);
			called(turn, turn, slots == 1 ? turn : 0);
		}
		set(100, 99); /* full, and one less */
		for (int turn = 1; turn <= 3; turn++) {
			push(turn == 1 ? slots - 1 : 0);
			ck_assert_int_eq(nabd_is_pressured(queue), 0);
			push(1);
			ck_assert_int_eq(nabd_is_pressured(queue), 1);
			called(turn, turn - 1, turn);
			take(1);
			ck_assert_int_eq(nabd_is_pressured(queue), 0);
			called(turn, turn, turn);
		}
		close_ok(queue);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* No watermark in between is missed, whatever passes it. */
START_TEST(batches_pass_the_watermarks)
{
	const uint32_t lens[16] = { 0 };
	void *slots[16];
	size_t got;

	queue = read_queue_of(16);
	set(50, 25);
	is(NABD_OK, nabd_push_batch(queue, "x", lens, 12, &got));
	ck_assert_uint_eq(got, 12); /* a watermark cuts no batch short */
	called(0, 0, 0);
	is(NABD_OK, nabd_push_batch(queue, "x", lens, 8, &got));
	ck_assert_uint_eq(got, 4);
	called(1, 0, 0);
	is(NABD_FULL, nabd_push_batch(queue, "x", lens, 1, &got));
	called(1, 0, 1);
	take(16);
	is(NABD_OK, nabd_reserve_batch(queue, 1, slots, 16, &got));
	ck_assert_uint_eq(got, 16);
	called(1, 1, 1); /* called by the reservation */
	is(NABD_OK, nabd_commit_batch(queue, lens, 8));
	called(1, 1, 1);
	is(NABD_OK, nabd_reserve_batch(queue, 1, slots, 16, &got));
	ck_assert_uint_eq(got, 8);
	called(2, 1, 1);
	is(NABD_OK, nabd_abort(queue)); /* which fills nothing */
	take(4);
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	called(2, 2, 1);
	close_ok(queue);
}
END_TEST

START_TEST(it_is_the_slowest_group_that_counts)
{
	nabd_consumer_t *c, *d;

	queue = read_queue_of(16);
	c = join_ok(queue, 1);
	d = join_ok(queue, 2);
	set(50, 25);
	push(8);
	take(8);
	for (int i = 0; i < 8; i++)
		is(NABD_OK, member_pops(c, 0));
	ck_assert_int_eq(nabd_is_pressured(queue), 1); /* d has none of them */
	called(1, 0, 0);
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(nabd_is_pressured(queue), 1);
		is(NABD_OK, member_pops(d, 0));
	}
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	called(1, 1, 0);
	push(8); /* another is the slowest now */
	for (int i = 0; i < 12; i++)
		is(NABD_OK, member_pops(d, 0));
	ck_assert_int_eq(nabd_is_pressured(queue), 1);
	called(2, 1, 0);
	take(8);
	ck_assert_int_eq(nabd_is_pressured(queue), 1);
	is(NABD_OK, nabd_group_drop(queue, 1)); /* and then there is none */
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	called(2, 2, 0);
	leave_ok(c);
	leave_ok(d);
	close_ok(queue);
}
END_TEST

START_TEST(new_watermarks_begin_anew_and_none_call_nobody)
{
	queue = read_queue_of(16);
	ck_assert_int_eq(nabd_is_pressured(queue), 0); /* none are set */
	push(12);
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	set(50, 25);
	called(0, 0, 0);
	push(1); /* at 12, far above */
	called(1, 0, 0);
	set(50, 25);
	ck_assert_int_eq(nabd_is_pressured(queue), 1);
	called(1, 0, 0); /* due again */
	set(100, 90);
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	push(3);
	ck_assert_int_eq(nabd_is_pressured(queue), 1);
	called(1, 0, 1);
	is(NABD_OK, nabd_set_backpressure(queue, NULL));
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	is(NABD_FULL, nabd_push(queue, "x", 1));
	take(16);
	push(16);
	is(NABD_FULL, nabd_push(queue, "x", 1));
	called(1, 0, 1);
	close_ok(queue);
}
END_TEST

/* What was reserved before may be sent; set within a reservation, they count from there. */
START_TEST(a_reservation_is_no_hindrance)
{
	const uint32_t lens[16] = { 0 };
	void *slots[16];
	size_t got;

	queue = read_queue_of(16);
	is(NABD_OK, nabd_reserve_batch(queue, 64, slots, 12, &got));
	set(50, 25);
	is(NABD_OK, nabd_commit_batch(queue, lens, 12));
	called(0, 0, 0);
	is(NABD_OK, nabd_reserve(queue, 64, slots));
	called(1, 0, 0);
	set(10, 5);
	is(NABD_OK, nabd_commit(queue, 64));
	ck_assert_int_eq(nabd_is_pressured(queue), 1);
	called(1, 0, 0);
	push(3);
	is(NABD_FULL, nabd_push(queue, "x", 1));
	close_ok(queue);
}
END_TEST

/* Whichever is NULL is not called, and the others are. */
START_TEST(callbacks_may_be_left_out)
{
	struct nabd_backpressure bp = marks(50, 25);

	queue = read_queue_of(4);
	for (int which = 0; which < 4; which++) {
		bp = marks(50, 25);
		if (which == 0 || which == 3)
			bp.on_high = NULL;
		if (which == 1 || which == 3)
			bp.on_low = NULL;
		if (which == 2 || which == 3)
			bp.on_full = NULL;
		is(NABD_OK, nabd_set_backpressure(queue, &bp));
		highs = lows = fulls = 0;
		push(4);
		is(NABD_FULL, nabd_push(queue, "x", 1));
		take(4);
		ck_assert_int_eq(nabd_is_pressured(queue), 0);
		called(bp.on_high != NULL, bp.on_low != NULL, bp.on_full != NULL);
	}
	close_ok(queue);
}
END_TEST

/* In a large ring a pressured sender does not look at each message, but it does look. */
START_TEST(a_large_ring_is_told_of_too)
{
	queue = read_queue_of(1024);
	set(80, 50);
	push(820); /* 80 percent, rounded up */
	called(0, 0, 0);
	push(1);
	called(1, 0, 0);
	take(821 - 512);
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	called(1, 1, 0);
	take(512);
	for (int lap = 0; lap < 10; lap++) {
		push(1024);
		take(1024);
	}
	push(1024);
	ck_assert_int_eq(nabd_is_pressured(queue), 1);
	ck_assert_int_eq(highs, lows + 1);
	ck_assert_int_ge(highs, 11);
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_pressure");

	tcase_add_test(tests, each_is_called_once_at_its_fill);
	tcase_add_test(tests, between_the_watermarks_nobody_is_called);
	tcase_add_test(tests, full_is_told_each_time);
	tcase_add_test(tests, small_rings_and_narrow_watermarks);
	tcase_add_test(tests, batches_pass_the_watermarks);
	tcase_add_test(tests, it_is_the_slowest_group_that_counts);
	tcase_add_test(tests, new_watermarks_begin_anew_and_none_call_nobody);
	tcase_add_test(tests, a_reservation_is_no_hindrance);
	tcase_add_test(tests, callbacks_may_be_left_out);
	tcase_add_test(tests, a_large_ring_is_told_of_too);
	return behaviour_run();
}
