/* SPDX-License-Identifier: MIT */
/*
 * check_groups_evict.c - groups that are too far behind, or hold a full producer for too
 * long: they are let go, and each member learns exactly what it lost.
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "groups.h"

static struct nabd_msg msgs[64];
static size_t got;

static struct nabd_join_opts with_lag(uint64_t messages)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;

	opts.max_lag = messages;
	return opts;
}

static struct nabd_join_opts with_stall(uint32_t ms)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;

	opts.max_stall_ms = ms;
	return opts;
}

static void is_evicted(nabd_consumer_t *c, uint64_t gap, uint64_t held)
{
	struct nabd_consumer_stats stats;

	is(NABD_EVICTED, nabd_consumer_peek_msg(c, &msgs[0]));
	stats = told(c);
	ck_assert_int_eq(stats.state, NABD_EVICTED);
	ck_assert_uint_eq(stats.gap, gap);
	ck_assert_uint_eq(stats.lost, gap);
	ck_assert_uint_eq(stats.held, held);
}

/* The producer looks when the ring is full: then the one that lags goes. */
START_TEST(a_group_too_far_behind_is_evicted_and_told_what_it_lost)
{
	for (uint64_t read = 0; read <= 8; read++) {
		struct nabd_join_opts opts = with_lag(4);
		nabd_t *q = queue_of(8);
		nabd_consumer_t *other = join_ok(q, 2), *c = join_with(q, 1, &opts);
		nabd_consumer_t *mate = join_ok(q, 1); /* so that none claims ahead */

		push_numbers(q, 0, 8);
		gets_numbers(c, 0, read);
		gets_numbers(other, 0, 8);
		is(NABD_OK, push_number(q, 8));
		if (read <= 4) {
			is(NABD_NOTFOUND, look_code(q, 1));
			is_evicted(c, 8 - read, 0);
			is_evicted(mate, 8 - read, 0);
			ck_assert_uint_eq(fill(q, 9), 7);
		} else {
			gets_numbers(mate, read, 9);
		}
		leave_ok(mate);
		leave_ok(c);
		leave_ok(other);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* What a member had been given is not lost, but held, by each for itself. */
START_TEST(what_members_held_is_told_apart_from_what_nobody_was_given)
{
	struct nabd_join_opts opts = with_lag(8);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c[3] = { join_with(q, 1, &opts), join_ok(q, 1), join_ok(q, 1) };

	push_numbers(q, 0, 8);
	peeks(c[0], 0, 1);
	is(NABD_OK, nabd_consumer_peek_batch(c[1], msgs, 3, &got));
	gets(c[2], 4);
	is(NABD_OK, push_number(q, 8)); /* the lag is what is not released: eight */
	is(NABD_EVICTED, nabd_consumer_release_batch(c[1], 3));
	ck_assert_uint_eq(told(c[1]).held, 3);
	ck_assert_uint_eq(told(c[1]).gap, 3); /* 5, 6 and 7 */
	is(NABD_EVICTED, nabd_consumer_release(c[0]));
	ck_assert_uint_eq(told(c[0]).held, 1);
	ck_assert_uint_eq(told(c[0]).gap, 3);
	is_evicted(c[2], 3, 0);
	for (int i = 0; i < 3; i++)
		leave_ok(c[i]);
	close_ok(q);
}
END_TEST

START_TEST(who_keeps_up_is_not_evicted)
{
	struct nabd_join_opts opts = with_lag(3);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *slow = join_ok(q, 1), *c = join_with(q, 2, &opts);
	uint64_t next = 0;

	for (int lap = 0; lap < 30; lap++) {
		for (int i = 0; i < 2; i++, next++) {
			push_numbers(q, next, next + 1);
			gets_numbers(c, next, next + 1);
		}
		gets_numbers(slow, next - 2, next);
	}
	for (int i = 0; i < 8; i++) { /* a full queue: it is not the one that holds it */
		push_numbers(q, next, next + 1);
		gets_numbers(c, next, next + 1);
		next++;
	}
	for (int i = 0; i < 20; i++)
		is(NABD_FULL, push_number(q, next));
	ck_assert_uint_eq(group_of(q, 2).lag, 0);
	leave_ok(slow);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* A limit of more than the ring has is reached when the ring is full. */
START_TEST(a_lag_beyond_the_ring_is_the_whole_ring)
{
	static const uint64_t lags[] = { 8, 9, 1000, UINT64_C(1) << 63, UINT64_MAX };

	for (size_t i = 0; i < COUNT(lags); i++) {
		struct nabd_join_opts opts = with_lag(lags[i]);
		nabd_t *q = queue_of(8);
		nabd_consumer_t *c = join_with(q, 1, &opts);

		push_numbers(q, 0, 8);
		ck_assert_uint_eq(group_of(q, 1).lag, 8);
		push_numbers(q, 8, 9);
		is_evicted(c, 8, 0);
		leave_ok(c);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(the_evicted_may_join_again)
{
	struct nabd_join_opts opts = with_lag(4);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *other = join_ok(q, 2), *c = NULL;
	uint64_t next = 0, lost = 0, received = 0;

	for (int round = 0; round < 20; round++) {
		const uint64_t from = next;

		c = join_with(q, 1, &opts);
		ck_assert_uint_eq(told(c).joined, from);
		ck_assert_uint_eq(group_of(q, 1).made, (uint64_t)round + 1);
		while (look_code(q, 1) == NABD_OK) {
			push_numbers(q, next, next + 1);
			gets(other, next++);
		}
		/* The last of them was sent after it had gone. */
		is_evicted(c, next - 1 - from, 0);
		lost += told(c).lost;
		leave_ok(c);
		received++;
	}
	ck_assert_uint_eq(lost + received, next);
	leave_ok(other);
	close_ok(q);
}
END_TEST

START_TEST(the_only_group_may_be_evicted)
{
	struct nabd_join_opts opts = with_lag(8);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_with(q, 1, &opts), *next;

	push_numbers(q, 0, 16); /* all that it had is let go at once */
	is_evicted(c, 8, 0);
	ck_assert_uint_eq(min_tail_of(q), 8);
	is(NABD_FULL, push_number(q, 16)); /* but what came after it waits for the next */
	next = join_ok(q, 2);
	gets_numbers(next, 8, 16);
	leave_ok(next);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* Time: the clock decides, so all that is asked is that it happens, and not to others. */
START_TEST(a_group_that_holds_a_full_producer_too_long_is_evicted)
{
	struct nabd_join_opts opts = with_stall(20);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_with(q, 1, &opts), *other = join_with(q, 2, &opts);
	nabd_consumer_t *patient = join_ok(q, 3);

	push_numbers(q, 0, 8);
	gets_numbers(other, 0, 8);
	gets_numbers(patient, 0, 3);
	peeks(patient, 3, 1);
	gets(c, 0);
	is(NABD_OK, nabd_consumer_seek(c, 5, NULL)); /* so that it has claimed nothing */
	push_numbers(q, 8, 11);
	gets_numbers(other, 8, 11);
	for (int i = 0; i < 60; i++) { /* 3 is held by the patient one, not by those two */
		is(NABD_FULL, push_number(q, 11));
		usleep(1000);
	}
	ck_assert_uint_eq(group_of(q, 1).lag, 6);
	is(NABD_OK, nabd_consumer_release(patient));
	gets_numbers(patient, 4, 11);
	push_at_last(q, 11); /* 4 is free at once: only then does it hold the producer */
	push_at_last(q, 12);
	push_at_last(q, 13);
	is_evicted(c, 8, 0);
	ck_assert_uint_eq(group_of(q, 2).members, 1);
	leave_ok(c);
	leave_ok(other);
	leave_ok(patient);
	close_ok(q);
}
END_TEST

/* A member that is stopped for ever, with messages in its hands. */
START_TEST(a_stopped_member_is_evicted_with_its_group)
{
	struct nabd_join_opts stall = with_stall(10), lag = with_lag(8);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c;
	pid_t one, two;

	push_numbers(q, 0, 8);
	one = start_member(1, &stall, holds_four);
	stop_member(one);
	push_at_last(q, 8);
	is(NABD_NOTFOUND, look_code(q, 1));
	ck_assert_uint_eq(fill(q, 9), 7);
	two = start_member(2, &lag, holds_four);
	stop_member(two);
	c = join_ok(q, 1); /* the id is free, though the old member lives */
	gets_nothing(c);
	is(NABD_OK, push_number(q, 16));
	is(NABD_NOTFOUND, look_code(q, 2));
	gets(c, 16);
	kill_member(one);
	kill_member(two);
	push_numbers(q, 17, 18);
	gets(c, 17);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* An evictable group whose members have all died need not be waited for at all. */
START_TEST(a_dead_evictable_group_is_not_waited_for)
{
	struct nabd_join_opts opts = with_stall(UINT32_MAX); /* alive, it might for 50 days */
	nabd_t *q = queue_of(8);
	nabd_consumer_t *other = join_ok(q, 2);
	pid_t pid = start_member(1, &opts, holds_nothing);

	push_numbers(q, 0, 8);
	gets_numbers(other, 0, 8);
	for (int i = 0; i < 50; i++) {
		is(NABD_FULL, push_number(q, 8));
		usleep(1000);
	}
	kill_member(pid);
	push_at_last(q, 8);
	is(NABD_NOTFOUND, look_code(q, 1));
	leave_ok(other);
	close_ok(q);
}
END_TEST

/* The ring is full, and one of those that held it has gone on: it is not the one to go. */
START_TEST(a_group_that_has_caught_up_does_not_go_for_another_one)
{
	for (int watched = 0; watched < 2; watched++) {
		struct nabd_join_opts opts = with_stall(1);
		struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT;
		nabd_t *q = queue_of(8);
		nabd_consumer_t *slow = join_ok(q, 2), *quick = join_with(q, 1, &opts);

		if (watched)
			is(NABD_OK, nabd_set_backpressure(q, &bp));
		push_numbers(q, 0, 8);
		is(NABD_FULL, push_number(q, 8));
		gets_numbers(quick, 0, 8);
		for (int i = 0; i < 10; i++) {
			usleep(10000); /* asked every 10 ms who holds the producer */
			is(NABD_FULL, push_number(q, 8));
		}
		is(NABD_EMPTY, nabd_consumer_peek_msg(quick, &msgs[0]));
		gets_numbers(slow, 0, 8);
		leave_ok(slow);
		leave_ok(quick);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* It may be let go when it holds the producer; until then it is durable. */
START_TEST(an_evictable_group_stays_after_its_members)
{
	struct nabd_join_opts opts = with_lag(1000);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c;

	opts.max_stall_ms = 1;
	leave_ok(join_with(q, 1, &opts));
	push_numbers(q, 0, 8);
	ck_assert_uint_eq(group_of(q, 1).members, 0);
	c = join_ok(q, 1);
	ck_assert_uint_eq(group_of(q, 1).made, 1);
	gets_numbers(c, 0, 8);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* Also when it asks only after others have come by the same id, and gone again. */
START_TEST(a_late_one_is_told_how_its_own_group_ended)
{
	struct nabd_join_opts opts = with_lag(8);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *anchor = join_ok(q, 2), *c = join_with(q, 1, &opts);
	nabd_consumer_t *mate = join_ok(q, 1), *later;

	push_numbers(q, 0, 8);
	is(NABD_OK, nabd_consumer_peek_batch(mate, msgs, 3, &got));
	gets_numbers(anchor, 0, 8);
	push_numbers(q, 8, 10);
	for (int i = 0; i < 3; i++) {
		later = join_ok(q, 1);
		leave_ok(later);
		is(NABD_OK, nabd_group_drop(q, 1));
	}
	later = join_ok(q, 1);
	is_evicted(c, 5, 0);
	is(NABD_EVICTED, nabd_consumer_release_batch(mate, 3));
	is_evicted(mate, 5, 3);
	push_numbers(q, 10, 12);
	gets_numbers(later, 10, 12);
	leave_ok(later);
	leave_ok(c);
	leave_ok(mate);
	leave_ok(anchor);
	close_ok(q);
}
END_TEST

/* One that leaves after the eviction, or that never asks, does no harm. */
START_TEST(the_evicted_may_just_leave)
{
	struct nabd_join_opts opts = with_lag(8);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_with(q, 1, &opts), *again;

	push_numbers(q, 0, 8);
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 8, &got));
	push_numbers(q, 8, 9);
	again = join_ok(q, 1);
	leave_ok(c);
	ck_assert_uint_eq(group_of(q, 1).members, 1);
	ck_assert_uint_eq(group_of(q, 1).holding, 0);
	gets(again, 8);
	push_numbers(q, 9, 17);
	gets_numbers(again, 9, 17);
	leave_ok(again);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_evict");

	tcase_add_test(tests, a_group_too_far_behind_is_evicted_and_told_what_it_lost);
	tcase_add_test(tests, what_members_held_is_told_apart_from_what_nobody_was_given);
	tcase_add_test(tests, who_keeps_up_is_not_evicted);
	tcase_add_test(tests, a_lag_beyond_the_ring_is_the_whole_ring);
	tcase_add_test(tests, the_evicted_may_join_again);
	tcase_add_test(tests, the_only_group_may_be_evicted);
	tcase_add_test(tests, a_group_that_holds_a_full_producer_too_long_is_evicted);
	tcase_add_test(tests, a_stopped_member_is_evicted_with_its_group);
	tcase_add_test(tests, a_dead_evictable_group_is_not_waited_for);
	tcase_add_test(tests, a_group_that_has_caught_up_does_not_go_for_another_one);
	tcase_add_test(tests, an_evictable_group_stays_after_its_members);
	tcase_add_test(tests, a_late_one_is_told_how_its_own_group_ended);
	tcase_add_test(tests, the_evicted_may_just_leave);
	return behaviour_run();
}
