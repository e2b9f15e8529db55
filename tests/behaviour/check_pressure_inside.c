/* SPDX-License-Identifier: MIT */
/*
 * check_pressure_inside.c - which calls run the callbacks of backpressure, and what may be
 * called from inside of one.
 */
#include "waits.h"

#define BOTH (NABD_PRODUCER | NABD_CONSUMER)

static nabd_t *queue, *other;
static nabd_consumer_t *member;
static int highs, lows, fulls;

static void high(nabd_t *q, void *arg)
{
	(void)q;
	(void)arg;
	highs++;
}

static void low(nabd_t *q, void *arg)
{
	(void)q;
	(void)arg;
	lows++;
}

static void full(nabd_t *q, void *arg)
{
	(void)q;
	(void)arg;
	fulls++;
}

static void set_all(uint32_t high_at, uint32_t low_at, void (*on_high)(nabd_t *q, void *arg),
		    void (*on_low)(nabd_t *q, void *arg), void (*on_full)(nabd_t *q, void *arg))
{
	struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT;

	bp.high = high_at;
	bp.low = low_at;
	bp.on_high = on_high;
	bp.on_low = on_low;
	bp.on_full = on_full;
	is(NABD_OK, nabd_set_backpressure(queue, &bp));
	highs = lows = fulls = 0;
}

static void set(uint32_t high_at, uint32_t low_at)
{
	set_all(high_at, low_at, high, low, full);
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

/* A sender that sleeps is told of the full ring once, and of its end when it wakes. */
START_TEST(who_waits_is_told_too)
{
	struct sleeper tx;

	for (size_t i = 0; i < 4; i++) {
		queue = read_queue_of(4);
		sleep_long(queue);
		set(100, 50);
		push(4);
		sleeps_in(&tx, wait_calls[i].run, queue);
		take(2);
		ends_with(&tx, NABD_OK);
		called(1, lows, 1);
		take(2);
		ck_assert_int_eq(nabd_is_pressured(queue), 0);
		called(1, 1, 1);
		close_ok(queue);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* To arm the descriptor of a handle that only sends is to look. */
START_TEST(who_arms_is_told_too)
{
	struct nabd_wait_item item = { .q = NULL };
	nabd_t *reader;

	close_ok(read_queue_of(4));
	queue = open_ok("q", 0, 0, NABD_PRODUCER);
	reader = open_ok("q", 0, 0, NABD_CONSUMER);
	set(100, 50);
	push(4);
	is(NABD_OK, nabd_arm(queue));
	called(1, 0, 1);
	is(NABD_OK, pops(reader, 0));
	is(NABD_OK, pops(reader, 0));
	ck_assert_int_eq(nabd_arm(queue), 1);
	called(1, 1, 1);
	push(2);
	item.q = queue;
	is(NABD_TIMEOUT, nabd_wait_any(&item, 1, SHORT_NS));
	called(2, 1, 2);
	close_ok(reader);
	close_ok(queue);
}
END_TEST

static int run_reserve(nabd_t *q)
{
	void *slot;
	int code = nabd_reserve(q, 1, &slot);

	return code == NABD_OK ? nabd_commit(q, 0) : code;
}

static int run_push(nabd_t *q)
{
	return nabd_push(q, "x", 1);
}

static const uint32_t lens[1] = { 1 };

static int run_reserve_batch(nabd_t *q)
{
	void *slots[1];
	size_t got;
	int code = nabd_reserve_batch(q, 1, slots, 1, &got);

	return code == NABD_OK ? nabd_commit_batch(q, lens, 1) : code;
}

static int run_push_batch(nabd_t *q)
{
	size_t sent;

	return nabd_push_batch(q, "x", lens, 1, &sent);
}

static int run_push_backoff(nabd_t *q)
{
	return nabd_push_backoff(q, "x", 1, NULL);
}

static int run_is_pressured(nabd_t *q)
{
	const int code = nabd_is_pressured(q);

	return code > 0 ? NABD_OK : code;
}

/* Whoever sends finds it so. */
START_TEST(every_call_that_sends_runs_the_callbacks)
{
	static int (*const runs[])(nabd_t *q) = { run_reserve,	     run_push,
						  run_reserve_batch, run_push_batch,
						  run_push_backoff,  run_is_pressured };

	queue = read_queue_of(4);
	for (size_t i = 0; i < COUNT(runs) + 4; i++) {
		set(50, 25);
		push(2);
		called(0, 0, 0);
		if (i < COUNT(runs))
			is(NABD_OK, runs[i](queue));
		else
			is(NABD_OK, wait_calls[i - COUNT(runs)].run(queue, FOR_EVER));
		called(1, 0, 0);
		while (nabd_empty(queue) == 0)
			take(1);
		if (i < COUNT(runs))
			is(NABD_OK, runs[i](queue));
		else
			is(NABD_OK, wait_calls[i - COUNT(runs)].run(queue, FOR_EVER));
		called(1, 1, 0);
		while (nabd_empty(queue) == 0)
			take(1);
	}
	close_ok(queue);
}
END_TEST

static int inside; /* how often something was tried there */

/* provokes: nabd_reserve NABD_STATE */
/* provokes: nabd_push NABD_STATE */
/* provokes: nabd_reserve_batch NABD_STATE */
/* provokes: nabd_push_batch NABD_STATE */
/* provokes: nabd_close NABD_STATE */
/* provokes: nabd_reserve_wait NABD_STATE */
/* provokes: nabd_push_wait NABD_STATE */
/* provokes: nabd_reserve_batch_wait NABD_STATE */
/* provokes: nabd_push_batch_wait NABD_STATE */
/* provokes: nabd_set_backpressure NABD_STATE */
/* provokes: nabd_is_pressured NABD_STATE */
/* provokes: nabd_push_backoff NABD_STATE */
static void sends_and_closes(nabd_t *q, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < CALLS; i++)
		if (calls[i].side == SEND)
			ck_assert_msg(calls[i].run(q) == NABD_STATE, "%s", calls[i].name);
	all_waits(q, SEND, FOR_EVER, NABD_STATE);
	is(NABD_STATE, nabd_push_backoff(q, "x", 1, NULL));
	is(NABD_STATE, nabd_set_backpressure(q, NULL));
	is(NABD_STATE, nabd_is_pressured(q));
	is(NABD_STATE, nabd_close(q));
	inside++;
}

START_TEST(inside_of_each_of_them_the_sending_side_is_closed)
{
	queue = read_queue_of(4);
	set_all(50, 25, sends_and_closes, sends_and_closes, sends_and_closes);
	inside = 0;
	push(3);
	ck_assert_int_eq(inside, 1);
	push(1);
	is(NABD_FULL, nabd_push(queue, "x", 1));
	ck_assert_int_eq(inside, 2);
	take(4);
	push(1); /* and nothing was changed by it */
	ck_assert_int_eq(inside, 3);
	ck_assert_uint_eq(stats_of(queue).head, 5);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_arm NABD_STATE */
static void arms(nabd_t *q, void *arg)
{
	struct nabd_wait_item item = { .q = q };

	(void)arg;
	is(NABD_STATE, nabd_arm(q));
	ck_assert_int_eq(nabd_wait_any(&item, 1, FOR_EVER), 1);
	is(NABD_STATE, item.result);
	inside++;
}

START_TEST(inside_a_handle_that_only_sends_is_not_armed)
{
	close_ok(read_queue_of(4));
	queue = open_ok("q", 0, 0, NABD_PRODUCER);
	set_all(50, 25, arms, arms, arms);
	inside = 0;
	push(4);
	is(NABD_FULL, nabd_push(queue, "x", 1));
	ck_assert_int_eq(inside, 2);
	is(NABD_OK, nabd_arm(queue));
	close_ok(queue);
}
END_TEST

/* All but that: another queue, this one's receiving side, looking, waking, dropping. */
static void does_other_things(nabd_t *q, void *arg)
{
	(void)arg;
	is(NABD_OK, nabd_push(other, "y", 1));
	is(NABD_OK, pops(other, FOR_EVER));
	ck_assert_int_eq(nabd_empty(q), 0);
	ck_assert_int_gt(nabd_fill_level(q), 0);
	ck_assert_uint_gt(stats_of(q).head, 0);
	is(NABD_OK, nabd_wake(q));
	is(NABD_OK, pops(q, FOR_EVER));
	is(NABD_OK, member_pops(member, FOR_EVER));
	leave_ok(join_ok(q, 2));
	is(NABD_OK, nabd_group_drop(q, 2));
	is(NABD_OK, nabd_set_wait(q, NULL));
	inside++;
}

START_TEST(inside_everything_else_may_be_done)
{
	queue = read_queue_of(4);
	other = open_ok("other", 4, 64, NABD_CREATE | BOTH);
	member = join_ok(queue, 1);
	set_all(50, 25, does_other_things, NULL, does_other_things);
	inside = 0;
	push(3);
	ck_assert_int_eq(inside, 1);
	push(2);
	ck_assert_int_eq(inside, 1);
	(void)nabd_push(queue, "x", 1); /* full, until one is taken in the callback */
	ck_assert_int_eq(inside, 2);
	ck_assert_int_le(nabd_fill_level(queue), 100);
	leave_ok(member);
	close_ok(other);
	close_ok(queue);
}
END_TEST

/* The callbacks of two queues, one within the other. */
static void fills_the_other(nabd_t *q, void *arg)
{
	(void)q;
	(void)arg;
	while (nabd_push(other, "y", 1) == NABD_OK)
		;
	inside++;
}

START_TEST(one_queues_callback_may_run_anothers)
{
	struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT;

	queue = read_queue_of(4);
	other = open_ok("other", 4, 64, NABD_CREATE | BOTH);
	bp.on_high = high;
	bp.on_full = full;
	is(NABD_OK, nabd_set_backpressure(other, &bp));
	set_all(50, 25, fills_the_other, NULL, NULL);
	inside = 0;
	push(3);
	ck_assert_int_eq(inside, 1);
	called(1, 0, 1);
	ck_assert_int_eq(nabd_full(other), 1);
	close_ok(other);
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_pressure_inside");

	tcase_add_test(tests, who_waits_is_told_too);
	tcase_add_test(tests, who_arms_is_told_too);
	tcase_add_test(tests, every_call_that_sends_runs_the_callbacks);
	tcase_add_test(tests, inside_of_each_of_them_the_sending_side_is_closed);
	tcase_add_test(tests, inside_a_handle_that_only_sends_is_not_armed);
	tcase_add_test(tests, inside_everything_else_may_be_done);
	tcase_add_test(tests, one_queues_callback_may_run_anothers);
	return behaviour_run();
}
