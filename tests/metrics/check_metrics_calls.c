/* SPDX-License-Identifier: MIT */
/*
 * check_metrics_calls.c - what the calls that tell metrics refuse; rates, which are nothing
 * but arithmetic; and pressure, which others see.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "groups.h"

#define SIZED(type) { .size = (uint32_t)sizeof(struct type) }

static int group_code(nabd_t *q, unsigned group)
{
	struct nabd_group_metrics m = SIZED(nabd_group_metrics);

	return nabd_group_metrics_get(q, group, &m);
}

static int member_code(nabd_t *q, unsigned group, unsigned member)
{
	struct nabd_member_metrics m = SIZED(nabd_member_metrics);

	return nabd_member_metrics_get(q, group, member, &m);
}

static uint32_t state_of(nabd_t *q)
{
	struct nabd_metrics m = SIZED(nabd_metrics);

	is(NABD_OK, nabd_metrics_get(q, &m));
	return m.state;
}

static uint32_t state_then;

static void on_high(nabd_t *q, void *arg)
{
	(void)arg;
	state_then = state_of(q);
}

START_TEST(pressure_is_seen_by_others)
{
	struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT;
	nabd_t *q = queue_of(8), *o = open_ok("q", 0, 0, NABD_OBSERVE);

	bp.high = 50;
	bp.low = 25;
	bp.on_high = on_high;
	is(NABD_OK, nabd_set_backpressure(q, &bp));
	push_numbers(q, 0, 5);
	ck_assert_uint_ne(state_of(o) & NABD_STATE_PRESSURED, 0);
	ck_assert_uint_ne(state_then & NABD_STATE_PRESSURED, 0);
	for (uint64_t n = 0; n < 4; n++)
		reads_number(q, n);
	ck_assert_int_eq(nabd_is_pressured(q), 0);
	ck_assert_uint_eq(state_of(o) & NABD_STATE_PRESSURED, 0);
	push_numbers(q, 5, 9);
	ck_assert_uint_ne(state_of(o) & NABD_STATE_PRESSURED, 0);
	is(NABD_OK, nabd_set_backpressure(q, NULL));
	ck_assert_uint_eq(state_of(o) & NABD_STATE_PRESSURED, 0);
	close_ok(q);
	close_ok(o);
}
END_TEST

/* provokes: nabd_metrics_rates NABD_OK NABD_INVALID */
START_TEST(rates_are_differences_in_seconds)
{
	struct nabd_metrics a = SIZED(nabd_metrics), b = a, other;
	struct nabd_rates r = SIZED(nabd_rates);

	a.now_ns = 1000000000;
	b.now_ns = 3000000000;
	b.head = 100;
	b.tail = 50;
	b.bytes = 4000;
	b.full_count = 2;
	b.reader_wakes = 8;
	b.producer_wakes = 4;
	b.lost = 10;
	is(NABD_OK, nabd_metrics_rates(&a, &b, &r));
	ck_assert_uint_eq(r.size, sizeof(r));
	ck_assert(r.seconds == 2 && r.messages == 50 && r.bytes == 2000 && r.released == 25);
	ck_assert(r.full == 1 && r.reader_wakes == 4 && r.producer_wakes == 2 && r.lost == 5);
	a.tail = 60;
	is(NABD_OK, nabd_metrics_rates(&a, &b, &r));
	ck_assert(r.released == 0);
	is(NABD_INVALID, nabd_metrics_rates(&b, &a, &r));
	is(NABD_INVALID, nabd_metrics_rates(&a, &a, &r));
	is(NABD_INVALID, nabd_metrics_rates(NULL, &b, &r));
	is(NABD_INVALID, nabd_metrics_rates(&a, NULL, &r));
	is(NABD_INVALID, nabd_metrics_rates(&a, &b, NULL));
	other = b;
	other.created_ns = 1;
	is(NABD_INVALID, nabd_metrics_rates(&a, &other, &r));
	other = b;
	other.size = 8;
	is(NABD_INVALID, nabd_metrics_rates(&a, &other, &r));
	r.size = 8;
	is(NABD_INVALID, nabd_metrics_rates(&a, &b, &r));
}
END_TEST

/* provokes: nabd_metrics_get NABD_INVALID */
/* provokes: nabd_group_metrics_get NABD_INVALID */
/* provokes: nabd_member_metrics_get NABD_INVALID */
START_TEST(arguments_are_checked)
{
	struct nabd_metrics m = SIZED(nabd_metrics);
	struct nabd_group_metrics g = SIZED(nabd_group_metrics);
	struct nabd_member_metrics n = SIZED(nabd_member_metrics);
	nabd_t *q = queue_of(8);

	is(NABD_INVALID, nabd_metrics_get(NULL, &m));
	is(NABD_INVALID, nabd_metrics_get(q, NULL));
	is(NABD_INVALID, nabd_group_metrics_get(NULL, 0, &g));
	is(NABD_INVALID, nabd_group_metrics_get(q, 17, &g));
	is(NABD_INVALID, nabd_group_metrics_get(q, 0, NULL));
	is(NABD_INVALID, nabd_member_metrics_get(NULL, 1, 0, &n));
	is(NABD_INVALID, nabd_member_metrics_get(q, 0, 0, &n));
	is(NABD_INVALID, nabd_member_metrics_get(q, 17, 0, &n));
	is(NABD_INVALID, nabd_member_metrics_get(q, 1, 16, &n));
	is(NABD_INVALID, nabd_member_metrics_get(q, 1, 0, NULL));
	m.size = g.size = n.size = 8;
	is(NABD_INVALID, nabd_metrics_get(q, &m));
	is(NABD_INVALID, nabd_group_metrics_get(q, 0, &g));
	is(NABD_INVALID, nabd_member_metrics_get(q, 1, 0, &n));
	close_ok(q);
}
END_TEST

static nabd_t *theirs;

static int looks_forked(void)
{
	size_t len;
	struct nabd_metrics m = SIZED(nabd_metrics);

	return nabd_metrics_get(theirs, &m) == NABD_FORKED &&
	       group_code(theirs, 0) == NABD_FORKED && member_code(theirs, 1, 0) == NABD_FORKED &&
	       nabd_metrics_format(theirs, 0, NULL, 0, &len) == NABD_FORKED ? NABD_OK : NABD_STATE;
}

/* provokes: nabd_metrics_get NABD_FORKED */
/* provokes: nabd_group_metrics_get NABD_FORKED */
/* provokes: nabd_member_metrics_get NABD_FORKED */
/* provokes: nabd_metrics_format NABD_FORKED */
START_TEST(a_forked_child_is_refused)
{
	theirs = queue_of(8);
	is(NABD_OK, run_forked(looks_forked));
	close_ok(theirs);
}
END_TEST

static void close_the_queues(void)
{
	struct stat queue, any;
	int closed = 0;

	ck_assert_int_eq(stat(path_of("q"), &queue), 0);
	for (int fd = 3; fd < 1024; fd++)
		if (fstat(fd, &any) == 0 && any.st_dev == queue.st_dev && any.st_ino == queue.st_ino)
			closed += close(fd) == 0;
	ck_assert_int_gt(closed, 0);
}

/* provokes: nabd_metrics_get NABD_SYSTEM */
/* provokes: nabd_group_metrics_get NABD_SYSTEM */
/* provokes: nabd_member_metrics_get NABD_SYSTEM */
/* provokes: nabd_metrics_format NABD_SYSTEM */
START_TEST(without_the_queues_descriptor_nobody_is_asked)
{
	struct nabd_metrics m = SIZED(nabd_metrics);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1);
	size_t len;

	close_the_queues();
	is(NABD_SYSTEM, nabd_metrics_get(q, &m));
	is(NABD_SYSTEM, group_code(q, 1));
	is(NABD_SYSTEM, member_code(q, 1, 0));
	is(NABD_SYSTEM, nabd_metrics_format(q, 0, NULL, 0, &len));
	leave_ok(c);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_metrics_calls");

	tcase_add_test(tests, pressure_is_seen_by_others);
	tcase_add_test(tests, rates_are_differences_in_seconds);
	tcase_add_test(tests, arguments_are_checked);
	tcase_add_test(tests, a_forked_child_is_refused);
	tcase_add_test(tests, without_the_queues_descriptor_nobody_is_asked);
	return behaviour_run();
}
