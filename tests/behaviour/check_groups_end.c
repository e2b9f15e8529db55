/* SPDX-License-Identifier: MIT */
/*
 * check_groups_end.c - the end of groups: removed by hand, and its id used again while
 * members of the old one still live; ephemeral, gone with the last member however that ended.
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "groups.h"

static struct nabd_msg msgs[16];
static size_t got;

START_TEST(a_dropped_group_holds_nothing)
{
	nabd_t *q = queue_of(8), *p = open_ok("q", 0, 0, NABD_CONSUMER);
	nabd_consumer_t *c = join_ok(q, 1), *other = join_ok(q, 2);

	push_numbers(q, 0, 8);
	gets_numbers(other, 0, 8);
	is(NABD_FULL, push_number(q, 8));
	is(NABD_OK, nabd_group_drop(p, 1)); /* by any handle that sends or receives */
	ck_assert_uint_eq(min_tail_of(q), 8);
	ck_assert_uint_eq(fill(q, 8), 8);
	gets_numbers(other, 8, 16);
	is(NABD_DROPPED, nabd_consumer_peek_msg(c, &msgs[0]));
	ck_assert_uint_eq(told(c).lost, 0);
	leave_ok(c);
	leave_ok(other);
	close_ok(p);
	close_ok(q);
}
END_TEST

START_TEST(the_queue_keeps_what_the_only_group_left)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 8);
	gets_numbers(c, 0, 3);
	push_numbers(q, 8, 11);
	is(NABD_OK, nabd_group_drop(q, 1));
	for (int i = 0; i < 20; i++)
		is(NABD_FULL, push_number(q, 11));
	ck_assert_uint_eq(min_tail_of(q), 3);
	leave_ok(c);
	c = join_ok(q, 2);
	gets_numbers(c, 3, 11);
	is(NABD_OK, push_number(q, 11));
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* Nor do groups that have vanished before, which were owed none of it, let go of that. */
START_TEST(what_vanished_before_takes_nothing_along)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 8);
	leave_ok(join_with(q, 2, &opts));
	is(NABD_NOTFOUND, look_code(q, 2));
	is(NABD_OK, nabd_group_drop(q, 1));
	leave_ok(c);
	for (int i = 0; i < 20; i++)
		is(NABD_FULL, push_number(q, 8));
	c = join_ok(q, 3);
	gets_numbers(c, 0, 8);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* The old one's members hold messages, release late, nack, and disturb nobody. */
START_TEST(the_id_is_free_while_old_members_live)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *anchor = join_ok(q, 9);
	nabd_consumer_t *old[3] = { join_ok(q, 1), join_ok(q, 1), join_ok(q, 1) }, *c, *d;

	push_numbers(q, 0, 6);
	peeks(old[0], 0, 1);
	is(NABD_OK, nabd_consumer_peek_batch(old[1], msgs, 3, &got));
	is(NABD_OK, nabd_group_drop(q, 1));
	c = join_ok(q, 1);
	ck_assert_uint_eq(group_of(q, 1).made, 2);
	ck_assert_uint_eq(group_of(q, 1).members, 1);
	ck_assert_uint_eq(group_of(q, 1).holding, 0);
	push_numbers(q, 6, 8);
	gets(c, 6); /* the new one began behind the newest, as there is another */
	is(NABD_DROPPED, nabd_consumer_release(old[0]));
	is(NABD_DROPPED, nabd_consumer_release_batch(old[1], 3));
	is(NABD_DROPPED, nabd_consumer_peek_msg(old[2], &msgs[0]));
	ck_assert_uint_eq(told(old[0]).held, 1);
	ck_assert_uint_eq(told(old[1]).held, 3);
	ck_assert_uint_eq(told(old[2]).held, 0);
	gets(c, 7);
	gets_nothing(c);
	gets_numbers(anchor, 0, 8);
	push_numbers(q, 8, 16);
	d = join_ok(q, 1);
	for (int i = 0; i < 3; i++)
		leave_ok(old[i]);
	ck_assert_uint_eq(group_of(q, 1).members, 2);
	gets(c, 8);
	gets_numbers(d, 9, 16);
	gets_nothing(c);
	leave_ok(anchor);
	leave_ok(c);
	leave_ok(d);
	close_ok(q);
}
END_TEST

/* More often than a mark of the group in six bits tells apart, with a sleeper from each time. */
START_TEST(a_sleeper_is_told_after_any_number_of_groups)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *anchor = join_ok(q, 9), *sleeper[3], *c;

	for (int i = 0; i < 3; i++) {
		sleeper[i] = join_ok(q, 1);
		push_numbers(q, (uint64_t)i, (uint64_t)i + 1);
		peeks(sleeper[i], (uint64_t)i, 1);
		is(NABD_OK, nabd_group_drop(q, 1));
	}
	for (uint64_t made = 4; made < 200; made++) {
		c = join_ok(q, 1);
		ck_assert_uint_ge(group_of(q, 1).made, made);
		ck_assert_uint_eq(group_of(q, 1).holding, 0);
		gets_nothing(c);
		leave_ok(c);
		is(NABD_OK, nabd_group_drop(q, 1));
	}
	c = join_ok(q, 1);
	gets_numbers(anchor, 0, 3);
	push_numbers(q, 3, 8);
	for (int i = 0; i < 3; i++) {
		if (i == 1)
			is(NABD_DROPPED, nabd_consumer_nack(sleeper[i]));
		else
			is(NABD_DROPPED, nabd_consumer_release(sleeper[i]));
		ck_assert_uint_eq(told(sleeper[i]).held, 1);
		leave_ok(sleeper[i]);
	}
	gets_numbers(c, 3, 8);
	leave_ok(c);
	leave_ok(anchor);
	close_ok(q);
}
END_TEST

/* The 65th looks like the first to whom six bits are all: so it is passed over. */
START_TEST(a_sleeper_is_never_taken_for_a_member_of_a_later_group)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *anchor = join_ok(q, 9), *sleeper = join_ok(q, 1), *c;

	push_numbers(q, 0, 2);
	peeks(sleeper, 0, 1);
	is(NABD_OK, nabd_group_drop(q, 1));
	for (int made = 2; made <= 64; made++) {
		leave_ok(join_ok(q, 1));
		is(NABD_OK, nabd_group_drop(q, 1));
	}
	c = join_ok(q, 1);
	ck_assert_uint_eq(group_of(q, 1).made, 66);
	push_numbers(q, 2, 4);
	is(NABD_DROPPED, nabd_consumer_release(sleeper));
	is(NABD_DROPPED, nabd_consumer_peek_msg(sleeper, &msgs[0]));
	gets_numbers(c, 2, 4);
	gets_numbers(anchor, 0, 4);
	leave_ok(sleeper);
	leave_ok(c);
	leave_ok(anchor);
	close_ok(q);
}
END_TEST

/* What a dead member of the old group held is nothing to the new. */
START_TEST(the_new_group_inherits_nothing)
{
	for (int made_before = 0; made_before < 2; made_before++) {
		nabd_t *q = queue_of(8);
		nabd_consumer_t *anchor = join_ok(q, 9), *c, *heir;
		pid_t pid;

		push_numbers(q, 0, 6);
		c = join_ok(q, 1);
		is(NABD_OK, nabd_consumer_seek(c, 0, NULL));
		pid = start_member(1, NULL, holds_four);
		is(NABD_OK, nabd_group_drop(q, 1));
		leave_ok(c);
		if (made_before) /* it lives on into the time of the new one */
			c = join_ok(q, 1);
		kill_member(pid);
		if (!made_before)
			c = join_ok(q, 1);
		heir = join_ok(q, 1); /* in the dead one's place */
		ck_assert_uint_eq(told(heir).held, 0);
		ck_assert_uint_eq(group_of(q, 1).holding, 0);
		gets_nothing(c);
		ck_assert_uint_eq(group_of(q, 1).low, 6);
		push_numbers(q, 6, 8);
		gets_numbers(c, 6, 8);
		gets_numbers(anchor, 0, 8);
		ck_assert_uint_eq(fill(q, 8), 8);
		leave_ok(heir);
		leave_ok(c);
		leave_ok(anchor);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(an_ephemeral_group_goes_with_the_last_who_leaves)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *anchor = join_ok(q, 9), *c = join_with(q, 1, &opts), *d = join_ok(q, 1);

	push_numbers(q, 0, 4);
	gets(c, 0);
	leave_ok(c);
	gets(d, 1); /* it lives as long as one member does */
	ck_assert_uint_eq(group_of(q, 1).state & NABD_GROUP_STATE_EPHEMERAL,
			  NABD_GROUP_STATE_EPHEMERAL);
	peeks(d, 2, 1);
	leave_ok(d);
	is(NABD_NOTFOUND, look_code(q, 1));
	ck_assert_uint_eq(min_tail_of(q), 0);
	gets_numbers(anchor, 0, 4);
	ck_assert_uint_eq(min_tail_of(q), 4);
	push_numbers(q, 4, 12);
	c = join_ok(q, 1); /* another, and a durable one */
	ck_assert_uint_eq(told(c).joined, 12);
	leave_ok(c);
	ck_assert_uint_eq(group_of(q, 1).state & NABD_GROUP_STATE_EPHEMERAL, 0);
	leave_ok(anchor);
	close_ok(q);
}
END_TEST

START_TEST(an_ephemeral_group_goes_with_the_last_who_is_killed)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *anchor = join_ok(q, 9);
	pid_t one, two;

	push_numbers(q, 0, 4);
	one = start_member(1, &opts, holds_nothing);
	two = start_member(1, &opts, holds_nothing);
	gets_numbers(anchor, 0, 4);
	push_numbers(q, 4, 8);
	gets_numbers(anchor, 4, 8);
	push_numbers(q, 8, 12);
	gets_numbers(anchor, 8, 12);
	kill_member(one);
	for (int i = 0; i < 50; i++) { /* one lives */
		is(NABD_FULL, push_number(q, 12));
		usleep(1000);
	}
	kill_member(two);
	push_at_last(q, 12);
	is(NABD_NOTFOUND, look_code(q, 1));
	ck_assert_uint_eq(fill(q, 13), 7);
	gets_numbers(anchor, 12, 20);
	leave_ok(anchor);
	close_ok(q);
}
END_TEST

/* And when it was the only one, by each of the two ends. */
START_TEST(the_only_group_may_be_ephemeral)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL | NABD_JOIN_NEWEST);
	nabd_t *q = queue_of(8);
	uint64_t next = 0;

	for (int round = 0; round < 6; round++) {
		nabd_consumer_t *c = join_with(q, 1, &opts);

		ck_assert_uint_eq(told(c).joined, next);
		push_numbers(q, next, next + 8);
		if (round % 2 == 0) {
			gets_numbers(c, next, next + 2);
			leave_ok(c);
			is(NABD_NOTFOUND, look_code(q, 1));
		} else {
			pid_t pid = start_member(1, NULL, holds_nothing);

			leave_ok(c);
			is(NABD_FULL, push_number(q, next + 8));
			kill_member(pid);
		}
		next += 8;
		push_at_last(q, next++); /* what it had not read is let go */
		is(NABD_NOTFOUND, look_code(q, 1));
		ck_assert_uint_eq(min_tail_of(q), next - 1);
		c = join_ok(q, 2); /* who comes then has what came after it */
		gets(c, next - 1);
		leave_ok(c);
		is(NABD_OK, nabd_group_drop(q, 2));
	}
	close_ok(q);
}
END_TEST

/* Killed ephemeral members by the dozen, and the producer is never stuck. */
START_TEST(dead_ephemeral_groups_do_not_pile_up)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL);
	nabd_t *q = queue_of(4);
	uint64_t next = 0;

	is(NABD_EMPTY, nabd_peek(q, &msgs[0].data, NULL));
	for (int round = 0; round < 3; round++) {
		pid_t pids[NABD_MAX_GROUPS];

		for (unsigned g = 0; g < NABD_MAX_GROUPS; g++)
			pids[g] = start_member(g + 1, &opts, holds_nothing);
		ck_assert_uint_eq(fill(q, next), 4);
		for (unsigned g = 0; g < NABD_MAX_GROUPS; g++)
			kill_member(pids[g]);
		for (int i = 0; i < 5; i++, next++) { /* past them all */
			reads_number(q, next);
			push_at_last(q, next + 4);
		}
		for (unsigned g = 0; g < NABD_MAX_GROUPS; g++)
			is(NABD_NOTFOUND, look_code(q, g + 1));
		for (int i = 0; i < 4; i++)
			reads_number(q, next++);
	}
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_end");

	tcase_add_test(tests, a_dropped_group_holds_nothing);
	tcase_add_test(tests, the_queue_keeps_what_the_only_group_left);
	tcase_add_test(tests, what_vanished_before_takes_nothing_along);
	tcase_add_test(tests, the_id_is_free_while_old_members_live);
	tcase_add_test(tests, a_sleeper_is_told_after_any_number_of_groups);
	tcase_add_test(tests, a_sleeper_is_never_taken_for_a_member_of_a_later_group);
	tcase_add_test(tests, the_new_group_inherits_nothing);
	tcase_add_test(tests, an_ephemeral_group_goes_with_the_last_who_leaves);
	tcase_add_test(tests, an_ephemeral_group_goes_with_the_last_who_is_killed);
	tcase_add_test(tests, the_only_group_may_be_ephemeral);
	tcase_add_test(tests, dead_ephemeral_groups_do_not_pile_up);
	return behaviour_run();
}
