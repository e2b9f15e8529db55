/* SPDX-License-Identifier: MIT */
/*
 * check_pressure_codes.c - watermarks out of their ranges, wrong handles and states: each
 * has its error, and what was set before stays.
 */
#include <string.h>

#include "waits.h"

#define SIZE ((uint32_t)sizeof(struct nabd_backpressure))

static nabd_t *queue;
static int highs;

static void high(nabd_t *q, void *arg)
{
	(void)q;
	(void)arg;
	highs++;
}

static int set(uint32_t high_at, uint32_t low_at, uint32_t reserved)
{
	struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT;

	bp.high = high_at;
	bp.low = low_at;
	bp.reserved = reserved;
	bp.on_high = high;
	return nabd_set_backpressure(queue, &bp);
}

static void refuse_all(void)
{
	static const struct {
		uint32_t high, low, reserved;
	} wrong[] = {
		{ 0, 0, 0 },	      { 101, 50, 0 },	{ UINT32_MAX, 50, 0 },
		{ 50, 50, 0 },	      { 50, 51, 0 },	{ 1, 1, 0 },
		{ 100, 100, 0 },      { 100, 101, 0 },	{ 99, UINT32_MAX, 0 },
		{ 80, 50, 1 },	      { 80, 50, UINT32_MAX },
	};

	for (size_t i = 0; i < COUNT(wrong); i++)
		is(NABD_INVALID, set(wrong[i].high, wrong[i].low, wrong[i].reserved));
}

/* provokes: nabd_set_backpressure NABD_INVALID */
START_TEST(watermarks_out_of_range_are_refused_and_the_old_ones_stay)
{
	static const uint32_t right[][2] = { { 1, 0 }, { 100, 99 }, { 100, 0 }, { 80, 50 } };

	queue = read_queue_of(4);
	refuse_all();
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	for (size_t i = 0; i < COUNT(right); i++)
		is(NABD_OK, set(right[i][0], right[i][1], 0));
	is(NABD_OK, set(50, 25, 0));
	refuse_all();
	push_numbers(queue, 0, 2);
	ck_assert_int_eq(nabd_is_pressured(queue), 1);
	refuse_all();
	ck_assert_int_eq(nabd_is_pressured(queue), 1);
	ck_assert_int_eq(highs, 1);
	close_ok(queue);
}
END_TEST

START_TEST(the_sizes_of_watermarks)
{
	static _Alignas(8) unsigned char bp[4096 + 256];
	const struct nabd_backpressure right = NABD_BACKPRESSURE_INIT;

	queue = queue_of(4);
	for (uint32_t size = 0; size <= 4096 + 128; size += size < 128 ? 1 : 4) {
		const int known = size == SIZE || (size > SIZE && size <= 4096 && size % 4 == 0);
		const struct nabd_backpressure *as = (const void *)bp;

		memset(bp, 0, sizeof(bp));
		memcpy(bp, &right, sizeof(right));
		memcpy(bp, &size, sizeof(size));
		is(known ? NABD_OK : NABD_INVALID, nabd_set_backpressure(queue, as));
		if (size <= SIZE || !known)
			continue;
		bp[size - 1] = 1; /* a wish that is not known */
		is(NABD_INVALID, nabd_set_backpressure(queue, as));
	}
	close_ok(queue);
}
END_TEST

/* provokes: nabd_set_backpressure NABD_INVALID */
START_TEST(a_queue_that_overwrites_has_no_backpressure)
{
	queue = open_ok("q", 4, 64, NABD_CREATE | NABD_OVERWRITE | NABD_PRODUCER);
	is(NABD_INVALID, set(80, 50, 0));
	is(NABD_INVALID, set(0, 0, 0));
	for (int i = 0; i < 9; i++)
		is(NABD_OK, push_text(queue, "x"));
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_set_backpressure NABD_ROLE */
/* provokes: nabd_is_pressured NABD_ROLE */
START_TEST(who_may_not_send_has_no_backpressure)
{
	static const unsigned flags[] = { 0, NABD_CREATE, NABD_CONSUMER, NABD_OBSERVE };

	close_ok(queue_of(4));
	for (size_t i = 0; i < COUNT(flags); i++) {
		queue = open_ok("q", 0, 0, flags[i]);
		is(NABD_ROLE, set(80, 50, 0));
		is(NABD_ROLE, nabd_set_backpressure(queue, NULL));
		is(NABD_ROLE, nabd_is_pressured(queue));
		close_ok(queue);
	}
}
END_TEST

/* provokes: nabd_set_backpressure NABD_INVALID */
/* provokes: nabd_is_pressured NABD_INVALID */
START_TEST(what_is_no_handle_has_none)
{
	static const unsigned char fills[] = { 0, 0xff, 0x55 };
	static _Alignas(4096) unsigned char wild[65536];

	queue = NULL;
	is(NABD_INVALID, set(80, 50, 0));
	is(NABD_INVALID, nabd_is_pressured(NULL));
	queue = (void *)wild;
	for (size_t f = 0; f < sizeof(fills); f++) {
		memset(wild, fills[f], sizeof(wild));
		is(NABD_INVALID, set(80, 50, 0));
		is(NABD_INVALID, nabd_set_backpressure(queue, NULL));
		is(NABD_INVALID, nabd_is_pressured(queue));
		for (size_t i = 0; i < sizeof(wild); i++)
			ck_assert_uint_eq(wild[i], fills[f]);
	}
}
END_TEST

static int asks(void)
{
	return nabd_is_pressured(queue);
}

static int sets(void)
{
	return nabd_set_backpressure(queue, NULL);
}

/* provokes: nabd_set_backpressure NABD_FORKED */
/* provokes: nabd_is_pressured NABD_FORKED */
START_TEST(a_child_has_none)
{
	queue = read_queue_of(4);
	is(NABD_OK, set(50, 25, 0));
	is(NABD_FORKED, run_forked(asks));
	is(NABD_FORKED, run_forked(sets));
	push_numbers(queue, 0, 2);
	ck_assert_int_eq(nabd_is_pressured(queue), 1);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_is_pressured NABD_STATE */
START_TEST(with_a_reservation_open_nobody_is_asked)
{
	void *slots[2];
	size_t got;

	queue = queue_of(4);
	is(NABD_OK, nabd_reserve(queue, 1, slots));
	is(NABD_STATE, nabd_is_pressured(queue));
	is(NABD_OK, nabd_abort(queue));
	is(NABD_OK, nabd_reserve_batch(queue, 1, slots, 2, &got));
	is(NABD_STATE, nabd_is_pressured(queue));
	is(NABD_OK, nabd_abort(queue));
	ck_assert_int_eq(nabd_is_pressured(queue), 0);
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_pressure_codes");

	tcase_add_test(tests, watermarks_out_of_range_are_refused_and_the_old_ones_stay);
	tcase_add_test(tests, the_sizes_of_watermarks);
	tcase_add_test(tests, a_queue_that_overwrites_has_no_backpressure);
	tcase_add_test(tests, who_may_not_send_has_no_backpressure);
	tcase_add_test(tests, what_is_no_handle_has_none);
	tcase_add_test(tests, a_child_has_none);
	tcase_add_test(tests, with_a_reservation_open_nobody_is_asked);
	return behaviour_run();
}
