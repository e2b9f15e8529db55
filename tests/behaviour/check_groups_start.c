/* SPDX-License-Identifier: MIT */
/*
 * check_groups_start.c - where a group begins: the first gets all that waits, a later
 * one what comes after it, or what it asks for; and who only opened holds nothing.
 */
#define _GNU_SOURCE
#include <string.h>

#include "groups.h"

static const void *data;

START_TEST(the_first_group_gets_the_backlog)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c, *later;

	push_numbers(q, 0, 5);
	c = join_ok(q, 7);
	ck_assert_uint_eq(told(c).joined, 0);
	later = join_ok(q, 2);
	ck_assert_uint_eq(told(later).joined, 5);
	gets_numbers(c, 0, 5);
	gets_nothing(later);
	push_numbers(q, 5, 7);
	gets_numbers(later, 5, 7);
	gets_numbers(c, 5, 7);
	leave_ok(c);
	leave_ok(later);
	close_ok(q);
}
END_TEST

START_TEST(the_default_group_may_be_the_first_or_a_later_one)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c;

	push_numbers(q, 0, 3);
	reads_number(q, 0);
	c = join_ok(q, 1);
	gets_nothing(c);
	reads_number(q, 1);
	leave_ok(c);
	close_ok(q);
	is(NABD_OK, nabd_unlink("q"));

	q = queue_of(8);
	push_numbers(q, 0, 3);
	c = join_ok(q, 1); /* it is first, though it has read nothing yet */
	is(NABD_EMPTY, nabd_peek(q, &data, NULL));
	push_numbers(q, 3, 4);
	reads_number(q, 3);
	gets_numbers(c, 0, 4);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* A full queue waits for its first group, also with handles that could read. */
START_TEST(who_only_opened_holds_nothing_and_takes_nothing)
{
	nabd_t *q = queue_of(4);
	nabd_t *idle = open_ok("q", 0, 0, NABD_CONSUMER), *also = open_ok("q", 0, 0, NABD_CONSUMER);
	nabd_consumer_t *c;

	ck_assert_uint_eq(fill(q, 0), 4);
	c = join_ok(also, 4);
	for (uint64_t next = 0; next < 40; next++) {
		gets(c, next);
		is(NABD_OK, push_number(q, next + 4)); /* idle does not hold it */
	}
	is(NABD_EMPTY, nabd_peek(idle, &data, NULL)); /* now it does, from here on */
	gets_numbers(c, 40, 44);
	ck_assert_uint_eq(fill(q, 44), 4);
	gets_numbers(c, 44, 48);
	is(NABD_FULL, push_number(q, 48));
	reads_number(idle, 44);
	is(NABD_OK, push_number(q, 48));
	leave_ok(c);
	close_ok(idle);
	close_ok(also);
	close_ok(q);
}
END_TEST

/* Eight slots, of which the producer knows that three are free again. */
static nabd_t *used_queue(nabd_consumer_t **c)
{
	nabd_t *q = queue_of(8);

	*c = join_ok(q, 1);
	push_numbers(q, 0, 8);
	gets_numbers(*c, 0, 3);
	push_numbers(q, 8, 10); /* the producer looks, and finds tail at 3 */
	return q;
}

static void begins_at(nabd_t *q, const struct nabd_join_opts *opts, uint64_t first)
{
	nabd_consumer_t *c = join_with(q, 2, opts);

	ck_assert_uint_eq(told(c).joined, first);
	ck_assert_uint_eq(group_of(q, 2).position, first);
	gets_numbers(c, first, 10);
	gets_nothing(c);
	leave_ok(c);
	is(NABD_OK, nabd_group_drop(q, 2));
}

START_TEST(a_later_group_begins_where_it_asks_for)
{
	static const struct {
		uint64_t asked, first;
	} sequences[] = {
		{ 0, 3 }, { 1, 3 }, { 3, 3 }, { 4, 4 }, { 9, 9 }, { 10, 10 }, { 11, 10 },
		{ 1000, 10 }, { UINT64_MAX / 2, 10 },
	};
	nabd_consumer_t *c;
	nabd_t *q = used_queue(&c);
	struct nabd_join_opts opts = with_flags(0);

	begins_at(q, NULL, 10);
	begins_at(q, &opts, 10);
	opts.flags = NABD_JOIN_NEWEST;
	begins_at(q, &opts, 10);
	opts.flags = NABD_JOIN_OLDEST;
	begins_at(q, &opts, 3);
	opts.sequence = 7; /* of no account without its flag */
	begins_at(q, &opts, 3);
	opts.flags = NABD_JOIN_SEQUENCE;
	for (size_t i = 0; i < COUNT(sequences); i++) {
		opts.sequence = sequences[i].asked;
		begins_at(q, &opts, sequences[i].first);
	}
	gets_numbers(c, 3, 10);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* The whole domain of a sequence, as far beyond the newest as can be said. */
START_TEST(a_sequence_beyond_all_is_behind_the_newest)
{
	static const uint64_t beyond[] = { UINT64_C(1) << 55, UINT64_C(1) << 56, UINT64_C(1) << 62,
					   UINT64_C(1) << 63, UINT64_MAX - 1,	 UINT64_MAX };
	nabd_consumer_t *c;
	nabd_t *q = used_queue(&c);
	struct nabd_join_opts opts = with_flags(NABD_JOIN_SEQUENCE);

	for (size_t i = 0; i < COUNT(beyond); i++) {
		opts.sequence = beyond[i];
		begins_at(q, &opts, 10);
	}
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(the_first_group_may_ask_too)
{
	static const struct {
		uint32_t flags;
		uint64_t sequence, first;
	} starts[] = {
		{ 0, 0, 0 },
		{ NABD_JOIN_OLDEST, 0, 0 },
		{ NABD_JOIN_NEWEST, 0, 6 },
		{ NABD_JOIN_SEQUENCE, 4, 4 },
	};

	for (size_t i = 0; i < COUNT(starts); i++) {
		struct nabd_join_opts opts = with_flags(starts[i].flags);
		nabd_t *q = queue_of(8);
		nabd_consumer_t *c;

		push_numbers(q, 0, 6);
		opts.sequence = starts[i].sequence;
		c = join_with(q, 1, &opts);
		gets_numbers(c, starts[i].first, 6);
		gets_nothing(c);
		ck_assert_uint_eq(fill(q, 6), 8); /* and what it did not want is let go */
		leave_ok(c);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* Where a group exists it goes on, whatever the new member asks for. */
START_TEST(a_group_that_exists_goes_on)
{
	static const uint32_t flags[] = { 0, NABD_JOIN_OLDEST, NABD_JOIN_NEWEST, NABD_JOIN_SEQUENCE,
					  NABD_GROUP_EPHEMERAL };
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 8);
	leave_ok(c);
	for (uint64_t i = 0; i < COUNT(flags); i++) {
		struct nabd_join_opts opts = with_flags(flags[i]);
		nabd_t *own = open_ok("q", 0, 0, NABD_CONSUMER); /* nor the handle counts */

		opts.sequence = 7;
		c = join_with(own, 1, &opts);
		ck_assert_uint_eq(group_of(q, 1).low, i);
		is(NABD_OK, nabd_consumer_peek(c, &data, NULL));
		ck_assert_mem_eq(data, &i, sizeof(i));
		is(NABD_OK, nabd_consumer_release(c));
		leave_ok(c);
		close_ok(own);
	}
	ck_assert_uint_eq(group_of(q, 1).made, 1);
	close_ok(q);
}
END_TEST

/* A durable group without members holds the producer, and that can be seen. */
START_TEST(a_durable_group_holds_without_members)
{
	nabd_t *q = queue_of(4), *o;
	nabd_consumer_t *c = join_ok(q, 1), *other = join_ok(q, 2);
	struct nabd_group_info info;

	push_numbers(q, 0, 3);
	gets(c, 0);
	leave_ok(c);
	gets_numbers(other, 0, 3);
	ck_assert_uint_eq(fill(q, 3), 2);
	gets_numbers(other, 3, 5);
	for (int i = 0; i < 100; i++)
		is(NABD_FULL, push_number(q, 5));
	o = open_ok("q", 0, 0, NABD_OBSERVE);
	info = group_of(o, 1);
	ck_assert_uint_eq(info.state, NABD_GROUP_STATE_HOLDS);
	ck_assert_uint_eq(info.members, 0);
	ck_assert_uint_eq(info.low, 1);
	ck_assert_uint_eq(info.lag, 4);
	ck_assert_uint_eq(min_tail_of(o), 1);
	ck_assert_int_eq(nabd_full(o), 1);
	close_ok(o);
	c = join_ok(q, 1);
	for (uint64_t number = 1; number < 5; number++) { /* some were its predecessor's */
		is(NABD_OK, nabd_consumer_peek(c, &data, NULL));
		ck_assert_mem_eq(data, &number, sizeof(number));
		is(NABD_OK, nabd_consumer_release(c));
	}
	is(NABD_OK, push_number(q, 5));
	leave_ok(other);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* It is all in the file: groups outlive every process, and a producer's successor. */
START_TEST(groups_outlive_all_handles)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1), *d = join_ok(q, 2);

	push_numbers(q, 0, 6);
	gets_numbers(c, 0, 2);
	gets_numbers(d, 0, 5);
	leave_ok(c);
	leave_ok(d);
	close_ok(q);
	q = open_ok("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER);
	ck_assert_uint_eq(fill(q, 6), 4);
	c = join_ok(q, 1);
	d = join_ok(q, 2);
	for (uint64_t number = 2; number < 10; number++) {
		is(NABD_OK, nabd_consumer_peek(c, &data, NULL));
		ck_assert_mem_eq(data, &number, sizeof(number));
		is(NABD_OK, nabd_consumer_release(c));
	}
	ck_assert_uint_eq(fill(q, 10), 3); /* the second has not read 5 */
	leave_ok(c);
	leave_ok(d);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_start");

	tcase_add_test(tests, the_first_group_gets_the_backlog);
	tcase_add_test(tests, the_default_group_may_be_the_first_or_a_later_one);
	tcase_add_test(tests, who_only_opened_holds_nothing_and_takes_nothing);
	tcase_add_test(tests, a_later_group_begins_where_it_asks_for);
	tcase_add_test(tests, a_sequence_beyond_all_is_behind_the_newest);
	tcase_add_test(tests, the_first_group_may_ask_too);
	tcase_add_test(tests, a_group_that_exists_goes_on);
	tcase_add_test(tests, a_durable_group_holds_without_members);
	tcase_add_test(tests, groups_outlive_all_handles);
	return behaviour_run();
}
