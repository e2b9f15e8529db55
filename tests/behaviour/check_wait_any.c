/* SPDX-License-Identifier: MIT */
/*
 * check_wait_any.c - waiting for the first of several queues: how many are to be served,
 * which, and why; and what is no list of items at all.
 */
#include <string.h>

#include "waits.h"

#define ITEMS 3

static nabd_t *q[ITEMS];
static nabd_consumer_t *member;
static struct nabd_wait_item items[NABD_WAIT_ANY_MAX + 1];

/* Three queues, and a member of a group of the first. */
static void begin(void)
{
	static const char *const names[ITEMS] = { "q", "r", "s" };

	memset(items, 0, sizeof(items));
	for (unsigned i = 0; i < ITEMS; i++) {
		q[i] = open_ok(names[i], 4, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
		is(NABD_TIMEOUT, pops(q[i], 0));
		sleep_long(q[i]);
		items[i].q = q[i];
	}
	member = join_ok(q[0], 1);
	items[ITEMS].consumer = member;
}

static void end(void)
{
	leave_ok(member);
	for (unsigned i = 0; i < ITEMS; i++)
		close_ok(q[i]);
}

static void results(int a, int b, int c, int d)
{
	const int want[ITEMS + 1] = { a, b, c, d };

	for (unsigned i = 0; i <= ITEMS; i++)
		is(want[i], items[i].result);
}

static int any(nabd_t *unused, int64_t timeout_ns)
{
	(void)unused;
	return nabd_wait_any(items, ITEMS + 1, timeout_ns);
}

static void stale(void)
{
	for (size_t i = 0; i < COUNT(items); i++)
		items[i].result = 77;
}

/* provokes: nabd_wait_any NABD_TIMEOUT */
START_TEST(nothing_comes)
{
	static const int64_t timeouts[] = { 0, 1, SHORT_NS, 10000000 };

	begin();
	for (size_t i = 0; i < COUNT(timeouts); i++) {
		stale();
		is(NABD_TIMEOUT, any(NULL, timeouts[i]));
		results(0, 0, 0, 0);
	}
	end();
}
END_TEST

START_TEST(all_that_are_ready_are_told_at_once)
{
	static const int64_t timeouts[] = { 0, SHORT_NS, FOR_EVER };

	begin();
	for (size_t i = 0; i < COUNT(timeouts); i++) {
		stale();
		is(NABD_OK, push_number(q[1], 1));
		ck_assert_int_eq(any(NULL, timeouts[i]), 1);
		results(0, 1, 0, 0);
		is(NABD_OK, push_number(q[0], 1));
		ck_assert_int_eq(any(NULL, timeouts[i]), 3); /* the member has it too */
		results(1, 1, 0, 1);
		is(NABD_OK, pops(q[0], 0));
		is(NABD_OK, pops(q[1], 0));
		ck_assert_int_eq(any(NULL, timeouts[i]), 1);
		results(0, 0, 0, 1);
		is(NABD_OK, member_pops(member, 0));
	}
	is(NABD_TIMEOUT, any(NULL, 0));
	end();
}
END_TEST

START_TEST(who_sleeps_is_woken_by_each_of_them)
{
	struct sleeper s;

	begin();
	member_sleeps_long(member);
	for (int turn = 0; turn < 6; turn++) {
		const int i = 1 + turn % 2;

		sleeps_in(&s, any, NULL);
		is(NABD_OK, push_number(q[i], 1));
		ends_with(&s, 1);
		results(0, i == 1, i == 2, 0);
		is(NABD_OK, pops(q[i], 0));
	}
	sleeps_in(&s, any, NULL);
	is(NABD_OK, nabd_wake(q[2]));
	ends_with(&s, 1);
	results(0, 0, NABD_WOKEN, 0);
	sleeps_in(&s, any, NULL);
	is(NABD_OK, nabd_consumer_wake(member));
	ends_with(&s, 1);
	results(0, 0, 0, NABD_WOKEN);
	sleeps_in(&s, any, NULL);
	is(NABD_OK, nabd_group_drop(q[0], 1));
	ends_with(&s, 1);
	results(0, 0, 0, NABD_DROPPED);
	end();
}
END_TEST

START_TEST(a_message_of_another_process_wakes)
{
	struct sleeper s;
	struct peer sender;

	begin();
	end();
	sender = peer_with(NABD_PRODUCER);
	memset(items, 0, sizeof(items));
	q[0] = items[0].q = reader_of_queue();
	sleep_long(q[0]);
	q[1] = items[1].q = open_ok("r", 0, 0, NABD_CONSUMER);
	q[2] = items[2].q = open_ok("s", 0, 0, NABD_CONSUMER);
	sleep_long(q[1]);
	sleep_long(q[2]);
	items[3].consumer = member = join_ok(q[0], 1);
	for (int i = 0; i < 3; i++) {
		sleeps_in(&s, any, NULL);
		is(NABD_OK, peer_does(&sender, PUSH));
		ck_assert_int_eq(pthread_join(s.thread, NULL), 0);
		ck_assert_int_ge(s.code, 1);
		ck_assert_int_eq(any(NULL, FOR_EVER), 2);
		results(1, 0, 0, 1);
		is(NABD_OK, pops(q[0], 0));
		is(NABD_OK, member_pops(member, 0));
	}
	peer_ends(&sender);
	end();
}
END_TEST

/* A handle that only sends waits for slots, beside others that wait for messages. */
START_TEST(slots_and_messages_in_one_wait)
{
	struct sleeper s;
	nabd_t *tx;

	begin();
	close_ok(q[2]);
	tx = open_ok("s", 0, 0, NABD_PRODUCER);
	q[2] = open_ok("s", 0, 0, NABD_CONSUMER);
	sleep_long(tx);
	items[2].q = tx;
	ck_assert_int_eq(any(NULL, FOR_EVER), 1);
	results(0, 0, 1, 0);
	fill(tx, 0);
	is(NABD_TIMEOUT, any(NULL, SHORT_NS));
	sleeps_in(&s, any, NULL);
	is(NABD_OK, pops(q[2], 0));
	ends_with(&s, 1);
	results(0, 0, 1, 0);
	is(NABD_OK, push_number(tx, 4));
	sleeps_in(&s, any, NULL);
	is(NABD_OK, push_number(q[1], 0));
	ends_with(&s, 1);
	results(0, 1, 0, 0);
	close_ok(tx);
	end();
}
END_TEST

START_TEST(who_was_woken_before_is_told_once)
{
	begin();
	is(NABD_OK, nabd_wake(q[0]));
	is(NABD_OK, nabd_consumer_wake(member));
	ck_assert_int_eq(any(NULL, FOR_EVER), 2);
	results(NABD_WOKEN, 0, 0, NABD_WOKEN);
	is(NABD_TIMEOUT, any(NULL, 0));
	is(NABD_OK, nabd_wake(q[0]));
	is(NABD_OK, push_number(q[0], 1));
	ck_assert_int_eq(any(NULL, 0), 2); /* the message is preferred */
	results(1, 0, 0, 1);
	end();
}
END_TEST

/* What is wrong with one of them is told of that one, and the others are not lost. */
START_TEST(errors_of_items_are_results)
{
	const void *data;
	nabd_t *looks, *second;

	begin();
	looks = open_ok("s", 0, 0, NABD_OBSERVE);
	second = open_ok("r", 0, 0, NABD_CONSUMER);
	is(NABD_OK, push_number(q[0], 1));
	is(NABD_OK, nabd_peek(q[0], &data, NULL));
	items[1].q = second;
	stale();
	ck_assert_int_eq(any(NULL, FOR_EVER), 3);
	results(NABD_STATE, NABD_BUSY, 0, 1);
	items[2].q = looks;
	stale();
	ck_assert_int_ge(any(NULL, FOR_EVER), 1);
	is(NABD_ROLE, items[2].result);
	items[2].q = q[2];
	is(NABD_OK, nabd_group_drop(q[0], 1));
	ck_assert_int_eq(any(NULL, 0), 3);
	results(NABD_STATE, NABD_BUSY, 0, NABD_DROPPED);
	close_ok(looks);
	close_ok(second);
	end();
}
END_TEST

static int in_a_child(void)
{
	const int n = nabd_wait_any(items, ITEMS + 1, FOR_EVER);

	for (unsigned i = 0; i <= ITEMS; i++)
		if (items[i].result != NABD_FORKED)
			return NABD_STATE;
	return n == ITEMS + 1 ? NABD_OK : NABD_STATE;
}

START_TEST(a_child_is_told_of_each)
{
	begin();
	is(NABD_OK, run_forked(in_a_child));
	is(NABD_TIMEOUT, any(NULL, 0));
	end();
}
END_TEST

START_TEST(as_many_as_there_may_be)
{
	begin();
	for (size_t i = 0; i < COUNT(items); i++) {
		items[i].q = q[i % ITEMS];
		items[i].consumer = NULL;
	}
	is(NABD_TIMEOUT, nabd_wait_any(items, NABD_WAIT_ANY_MAX, SHORT_NS));
	is(NABD_OK, push_number(q[0], 1));
	ck_assert_int_eq(nabd_wait_any(items, NABD_WAIT_ANY_MAX, FOR_EVER), 22);
	ck_assert_int_eq(nabd_wait_any(items, 1, FOR_EVER), 1);
	end();
}
END_TEST

static void invalid(void)
{
	stale();
	is(NABD_INVALID, any(NULL, FOR_EVER));
	results(0, 0, 0, 0);
	for (size_t i = ITEMS + 1; i < COUNT(items); i++)
		ck_assert_int_eq(items[i].result, 77); /* not asked about */
}

/* provokes: nabd_wait_any NABD_INVALID */
START_TEST(what_is_no_list_of_items_is_refused)
{
	begin();
	is(NABD_OK, push_number(q[0], 1)); /* though there is something */
	is(NABD_INVALID, nabd_wait_any(NULL, 1, FOR_EVER));
	is(NABD_INVALID, nabd_wait_any(NULL, 0, FOR_EVER));
	is(NABD_INVALID, nabd_wait_any(items, 0, FOR_EVER));
	is(NABD_INVALID, nabd_wait_any(items, NABD_WAIT_ANY_MAX + 1, FOR_EVER));
	is(NABD_INVALID, nabd_wait_any(items, SIZE_MAX, FOR_EVER));
	for (unsigned i = 0; i <= ITEMS; i++) {
		const struct nabd_wait_item right = items[i];

		items[i].q = NULL;
		items[i].consumer = NULL;
		invalid();
		items[i].q = q[1];
		items[i].consumer = member;
		invalid();
		items[i] = right;
		items[i].reserved = 1;
		invalid();
		items[i] = right;
	}
	ck_assert_int_eq(any(NULL, FOR_EVER), 2);
	end();
}
END_TEST

START_TEST(it_leaves_no_descriptor)
{
	const int before = descriptors();

	for (int i = 0; i < 5; i++) {
		begin();
		is(NABD_TIMEOUT, any(NULL, 1));
		end();
		ck_assert_int_eq(descriptors(), before);
	}
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_wait_any");

	tcase_add_test(tests, nothing_comes);
	tcase_add_test(tests, all_that_are_ready_are_told_at_once);
	tcase_add_test(tests, who_sleeps_is_woken_by_each_of_them);
	tcase_add_test(tests, a_message_of_another_process_wakes);
	tcase_add_test(tests, slots_and_messages_in_one_wait);
	tcase_add_test(tests, who_was_woken_before_is_told_once);
	tcase_add_test(tests, errors_of_items_are_results);
	tcase_add_test(tests, a_child_is_told_of_each);
	tcase_add_test(tests, as_many_as_there_may_be);
	tcase_add_test(tests, what_is_no_list_of_items_is_refused);
	tcase_add_test(tests, it_leaves_no_descriptor);
	return behaviour_run();
}
