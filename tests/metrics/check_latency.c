/* SPDX-License-Identifier: MIT */
/*
 * check_latency.c - each message is counted once, in the bucket of its age, by whichever call
 * it came; what can't be an age is not. The clock is the test's own.
 */
#include "groups.h"
#include "latencies.h"

#define TIMED (NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER | NABD_TIMESTAMPS)

static nabd_t *timed_queue(size_t slots)
{
	latencies_now = 1000;
	return open_ok("q", slots, 64, TIMED);
}

static void push_at(nabd_t *q, uint64_t ns, uint64_t number)
{
	latencies_now = ns;
	is(NABD_OK, push_number(q, number));
}

/* The default group, which begins behind the newest message where there is another. */
static void joins(nabd_t *q)
{
	const void *data;

	is(NABD_EMPTY, nabd_peek(q, &data, NULL));
}

/* What a reader does with the oldest message, at 1000 + age. */
static void by_pop(nabd_t *q, nabd_consumer_t *c)
{
	uint64_t number;
	size_t len = sizeof(number);

	is(NABD_OK, c ? nabd_consumer_pop(c, &number, &len) : nabd_pop(q, &number, &len));
}

static void by_peek(nabd_t *q, nabd_consumer_t *c)
{
	const void *data;

	is(NABD_OK, c ? nabd_consumer_peek(c, &data, NULL) : nabd_peek(q, &data, NULL));
	latencies_now += 5000; /* neither the work, nor another look at it, makes it older */
	is(NABD_OK, c ? nabd_consumer_peek(c, &data, NULL) : nabd_peek(q, &data, NULL));
	is(NABD_OK, c ? nabd_consumer_release(c) : nabd_release(q));
}

static void by_peek_msg(nabd_t *q, nabd_consumer_t *c)
{
	struct nabd_msg msg;

	is(NABD_OK, c ? nabd_consumer_peek_msg(c, &msg) : nabd_peek_msg(q, &msg));
	latencies_now += 5000;
	is(NABD_OK, c ? nabd_consumer_release(c) : nabd_release(q));
}

static void by_pop_batch(nabd_t *q, nabd_consumer_t *c)
{
	uint8_t buf[256];
	uint32_t lens[4];
	size_t got;

	is(NABD_OK, c ? nabd_consumer_pop_batch(c, buf, sizeof(buf), lens, 4, &got)
		      : nabd_pop_batch(q, buf, sizeof(buf), lens, 4, &got));
	ck_assert_uint_eq(got, 1);
}

static void by_peek_batch(nabd_t *q, nabd_consumer_t *c)
{
	struct nabd_msg msgs[4];
	size_t got;

	is(NABD_OK, c ? nabd_consumer_peek_batch(c, msgs, 4, &got) : nabd_peek_batch(q, msgs, 4, &got));
	ck_assert_uint_eq(got, 1);
	latencies_now += 5000;
	is(NABD_OK, c ? nabd_consumer_release_batch(c, 1) : nabd_release_batch(q, 1));
}

static void (*const ways[])(nabd_t *q, nabd_consumer_t *c) = {
	by_pop, by_peek, by_peek_msg, by_pop_batch, by_peek_batch,
};

/* provokes: nabd_latency_get NABD_OK */
START_TEST(every_call_counts_once)
{
	for (unsigned over = 0; over < 2; over++) {
		for (unsigned i = 0; i < 2 * COUNT(ways); i++) {
			const unsigned group = i % 2 * 3;
			nabd_t *q;
			nabd_consumer_t *c;

			latencies_now = 1000;
			q = open_ok("q", 4, 64, TIMED | (over ? NABD_OVERWRITE : 0));
			c = group != 0 ? join_ok(q, group) : NULL;
			for (uint64_t age = 100; age < 110; age++) {
				push_at(q, 2000, age);
				latencies_now = 2000 + age;
				ways[i / 2](q, c);
			}
			has(q, group, NABD_LATENCY_ALL, 10, 1045);
			has(q, NABD_LATENCY_ALL, NABD_LATENCY_ALL, 10, 1045);
			has(q, 5, NABD_LATENCY_ALL, 0, 0);
			if (c != NULL) {
				has(q, group, 0, 10, 1045);
				has(q, group, 1, 0, 0);
				leave_ok(c);
			}
			ck_assert_uint_eq(latency_of(q, group, NABD_LATENCY_ALL).max_ns, 109);
			close_ok(q);
			is(NABD_OK, nabd_unlink("q"));
		}
	}
}
END_TEST

START_TEST(every_way_of_sending_gives_a_time)
{
	const uint32_t lens[2] = {8, 8};
	const uint64_t two[2] = {1, 2};
	nabd_t *q = timed_queue(16);
	void *slots[2];
	size_t n;

	is(NABD_OK, nabd_reserve(q, 8, &slots[0]));
	latencies_now = 3000; /* not when it was reserved */
	is(NABD_OK, nabd_commit(q, 8));
	latencies_now = 4000;
	is(NABD_OK, nabd_push_batch(q, two, lens, 2, &n));
	is(NABD_OK, nabd_reserve_batch(q, 8, slots, 2, &n));
	latencies_now = 5000;
	is(NABD_OK, nabd_commit_batch(q, lens, 2));
	is(NABD_OK, nabd_reserve(q, 8, &slots[0]));
	is(NABD_OK, nabd_abort(q));
	is(NABD_OK, nabd_reserve_batch(q, 8, slots, 2, &n));
	is(NABD_OK, nabd_abort(q));
	latencies_now = 5100;
	is(NABD_OK, nabd_push(q, "abc", 3));
	latencies_now = 6000;
	for (int i = 0; i < 6; i++) {
		by_peek_msg(q, NULL);
		latencies_now = 6000;
	}
	has(q, 0, NABD_LATENCY_ALL, 6, 3000 + 2 * 2000 + 2 * 1000 + 900);
	close_ok(q);
}
END_TEST

/* A message of a batch bears a time that is old by 16 messages, or 4 KiB, at most. */
START_TEST(batches_do_not_share_a_time_for_long)
{
	static uint8_t data[64 * 64];
	uint32_t lens[64];
	struct nabd_msg msgs[64];
	nabd_t *q = timed_queue(64);
	size_t n;

	latencies_step = 10;
	for (unsigned i = 0; i < 64; i++)
		lens[i] = 8;
	is(NABD_OK, nabd_push_batch(q, data, lens, 64, &n));
	latencies_step = 0;
	ck_assert_uint_eq(n, 64);
	is(NABD_OK, nabd_peek_batch(q, msgs, 64, &n));
	ck_assert_uint_eq(n, 64);
	for (unsigned i = 0; i < 64; i++)
		ck_assert_uint_eq(sent_at(q, &msgs[i]), sent_at(q, &msgs[0]) + 10 * (i / 16));
	is(NABD_OK, nabd_release_batch(q, 64));
	close_ok(q);
}
END_TEST

START_TEST(long_batches_share_no_time)
{
	static uint8_t data[4 * 4096];
	const uint32_t lens[4] = {4096, 100, 4096, 4096};
	nabd_t *q = open_ok("q", 8, 4096, TIMED);
	struct nabd_msg msgs[4];
	uint64_t first;
	size_t n;

	latencies_now = 1000;
	latencies_step = 10;
	is(NABD_OK, nabd_push_batch(q, data, lens, 4, &n));
	latencies_step = 0;
	is(NABD_OK, nabd_peek_batch(q, msgs, 4, &n));
	first = sent_at(q, &msgs[0]);
	ck_assert_uint_eq(sent_at(q, &msgs[1]), first);
	ck_assert_uint_eq(sent_at(q, &msgs[2]), first + 10);
	ck_assert_uint_eq(sent_at(q, &msgs[3]), first + 20);
	close_ok(q);
}
END_TEST

/* Messages of several ages, and only those that are released. */
START_TEST(batches_count_what_is_released)
{
	struct nabd_msg msgs[8];
	nabd_consumer_t *c;
	nabd_t *q = timed_queue(8);
	size_t n;

	joins(q);
	c = join_ok(q, 2);
	for (uint64_t i = 0; i < 6; i++)
		push_at(q, 1000 + i, i);
	latencies_now = 2000;
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 8, &n));
	is(NABD_OK, nabd_peek_batch(q, msgs, 8, &n));
	latencies_now = 9000;
	is(NABD_OK, nabd_consumer_release_batch(c, 2));
	is(NABD_OK, nabd_release_batch(q, 2));
	has(q, 2, 0, 2, 1000 + 999);
	has(q, 0, NABD_LATENCY_ALL, 2, 1000 + 999);
	/* The rest is delivered again, and its age is that of then. */
	latencies_now = 3000;
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 8, &n));
	is(NABD_OK, nabd_peek_batch(q, msgs, 8, &n));
	ck_assert_uint_eq(n, 4);
	is(NABD_OK, nabd_consumer_release_batch(c, 0));
	is(NABD_OK, nabd_release_batch(q, 0));
	has(q, NABD_LATENCY_ALL, NABD_LATENCY_ALL, 4, 2 * 1999);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(what_is_given_back_is_counted_when_it_is_done)
{
	nabd_consumer_t *a, *b;
	const void *data;
	nabd_t *q = timed_queue(8);

	a = join_ok(q, 1);
	b = join_ok(q, 1);
	push_at(q, 1000, 0);
	latencies_now = 1010;
	is(NABD_OK, nabd_consumer_peek(a, &data, NULL));
	is(NABD_OK, nabd_consumer_nack(a));
	is(NABD_STATE, nabd_consumer_release(a));
	has(q, 1, NABD_LATENCY_ALL, 0, 0);
	latencies_now = 1700;
	by_pop(q, b);
	has(q, 1, NABD_LATENCY_ALL, 1, 700);
	has(q, 1, 1, 1, 700); /* by who was given it, whosever line it was in */
	leave_ok(a);
	leave_ok(b);
	close_ok(q);
}
END_TEST

START_TEST(what_the_dead_held_is_counted_once)
{
	nabd_consumer_t *c;
	pid_t pid;
	nabd_t *q = timed_queue(8);

	c = join_ok(q, 1);
	push_at(q, 1000, 0);
	pid = start_member(1, NULL, holds_one);
	kill_member(pid);
	has(q, 1, NABD_LATENCY_ALL, 0, 0);
	latencies_now = 1500;
	gets_at_last(c, 0, 2);
	has(q, 1, NABD_LATENCY_ALL, 1, latencies_now - 1000);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(each_group_counts_for_itself)
{
	nabd_consumer_t *a, *b;
	nabd_t *q = timed_queue(8);

	joins(q);
	a = join_ok(q, 1);
	b = join_ok(q, 16);
	push_at(q, 1000, 0);
	latencies_now = 1100;
	by_pop(q, a);
	latencies_now = 1200;
	by_pop(q, b);
	latencies_now = 1300;
	by_pop(q, NULL);
	has(q, 1, NABD_LATENCY_ALL, 1, 100);
	has(q, 16, NABD_LATENCY_ALL, 1, 200);
	has(q, 0, NABD_LATENCY_ALL, 1, 300);
	has(q, NABD_LATENCY_ALL, NABD_LATENCY_ALL, 3, 600);
	leave_ok(a);
	leave_ok(b);
	close_ok(q);
}
END_TEST

/* Another clock at the other end, or none. */
START_TEST(times_of_the_future_are_not_measured)
{
	nabd_t *q = timed_queue(8);
	struct nabd_latency l;

	push_at(q, 5000, 0);
	push_at(q, 0, 1);
	push_at(q, 4999, 2);
	latencies_now = 4999;
	for (int i = 0; i < 3; i++)
		by_pop(q, NULL);
	l = latency_of(q, 0, NABD_LATENCY_ALL);
	ck_assert_uint_eq(l.unmeasured, 2);
	ck_assert_uint_eq(l.count, 1);
	ck_assert_uint_eq(l.bucket[0], 1);
	close_ok(q);
}
END_TEST

/* What was overwritten, and what comes again, is not counted. */
START_TEST(what_is_overwritten_is_not_counted)
{
	nabd_consumer_t *c;
	struct nabd_msg msgs[4];
	const void *data;
	size_t n;
	nabd_t *q = open_ok("q", 4, 64, TIMED | NABD_OVERWRITE);

	latencies_now = 1000;
	joins(q);
	c = join_ok(q, 1);
	push_numbers(q, 0, 4);
	is(NABD_OK, nabd_peek(q, &data, NULL));
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 4, &n));
	push_at(q, 2000, 4);
	push_at(q, 2000, 5);
	is(NABD_LAPPED, nabd_release(q));
	is(NABD_LAPPED, nabd_consumer_release_batch(c, 4));
	has(q, 0, NABD_LATENCY_ALL, 0, 0);
	has(q, 1, NABD_LATENCY_ALL, 2, 0);
	/* Nor as one of the future, which the message is that lies there now. */
	ck_assert_uint_eq(latency_of(q, NABD_LATENCY_ALL, NABD_LATENCY_ALL).unmeasured, 0);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(without_times_there_are_none)
{
	struct nabd_latency l = {.size = sizeof(l)};
	struct nabd_msg msg;
	uint64_t ns;
	nabd_t *q = queue_of(8);

	latencies_read = 0;
	is(NABD_OK, push_number(q, 0));
	is(NABD_OK, nabd_peek_msg(q, &msg));
	/* provokes: nabd_latency_get NABD_NOTFOUND */
	is(NABD_NOTFOUND, nabd_latency_get(q, 0, NABD_LATENCY_ALL, &l));
	/* provokes: nabd_message_time NABD_NOTFOUND */
	is(NABD_NOTFOUND, nabd_message_time(q, &msg, &ns));
	is(NABD_OK, nabd_release(q));
	ck_assert_uint_eq(latencies_read, 0); /* nobody has asked for the time */
	ck_assert_uint_eq(stats_of(q).state & NABD_STATE_TIMESTAMPS, 0);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_latency");

	tcase_add_test(tests, every_call_counts_once);
	tcase_add_test(tests, every_way_of_sending_gives_a_time);
	tcase_add_test(tests, batches_do_not_share_a_time_for_long);
	tcase_add_test(tests, long_batches_share_no_time);
	tcase_add_test(tests, batches_count_what_is_released);
	tcase_add_test(tests, what_is_given_back_is_counted_when_it_is_done);
	tcase_add_test(tests, what_the_dead_held_is_counted_once);
	tcase_add_test(tests, each_group_counts_for_itself);
	tcase_add_test(tests, times_of_the_future_are_not_measured);
	tcase_add_test(tests, what_is_overwritten_is_not_counted);
	tcase_add_test(tests, without_times_there_are_none);
	return behaviour_run();
}
