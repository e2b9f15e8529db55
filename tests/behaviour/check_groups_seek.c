/* SPDX-License-Identifier: MIT */
/*
 * check_groups_seek.c - moving a group: forward it lets go, back it gets again what is
 * kept, and what the producer may write follows at once.
 */
#define _GNU_SOURCE
#include <string.h>

#include "groups.h"

static struct nabd_msg msgs[64];
static size_t got;

static void seeks(nabd_consumer_t *c, uint64_t asked, uint64_t reached)
{
	uint64_t actual = 77;

	is(NABD_OK, nabd_consumer_seek(c, asked, &actual));
	ck_assert_uint_eq(actual, reached);
}

/* provokes: nabd_consumer_seek NABD_OK */
START_TEST(forward_lets_go_of_what_is_skipped)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 8);
	seeks(c, 3, 3);
	ck_assert_uint_eq(min_tail_of(q), 3);
	ck_assert_uint_eq(fill(q, 8), 3);
	gets(c, 3); /* and may claim all the others */
	seeks(c, 6, 6);
	ck_assert_uint_eq(told(c).held, 0);
	ck_assert_uint_eq(fill(q, 11), 3);
	gets_numbers(c, 6, 9);
	seeks(c, UINT64_MAX, 14);
	gets_nothing(c);
	ck_assert_uint_eq(fill(q, 14), 8);
	ck_assert_uint_eq(told(c).lost, 0); /* by wish, so it is no loss */
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(the_sequence_is_brought_to_what_is_kept)
{
	static const uint64_t beyond[] = { 11, 12, 1000, UINT64_C(1) << 55, UINT64_C(1) << 56,
					   UINT64_C(1) << 63, UINT64_MAX - 1, UINT64_MAX };
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1), *mate = join_ok(q, 1);

	push_numbers(q, 0, 8);
	gets_numbers(c, 0, 5);
	push_numbers(q, 8, 11); /* the producer has looked: tail is 5 */
	for (uint64_t asked = 0; asked <= 5; asked++)
		seeks(c, asked, 5);
	for (uint64_t asked = 5; asked <= 11; asked++) {
		seeks(c, asked, asked);
		if (asked < 11)
			gets(mate, asked);
	}
	for (size_t i = 0; i < COUNT(beyond); i++)
		seeks(c, beyond[i], 11);
	gets_nothing(c);
	seeks(mate, 0, 5); /* nothing was sent meanwhile, and so it is kept */
	gets_numbers(c, 5, 11);
	leave_ok(mate);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* What was released is kept as long as the producer has not written over it. */
START_TEST(back_gets_it_again)
{
	nabd_t *q = queue_of(16);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 16);
	for (int again = 0; again < 5; again++) {
		gets_numbers(c, 0, 16); /* as if they were new */
		seeks(c, 0, 0);
	}
	ck_assert_uint_eq(group_of(q, 1).low, 0);
	is(NABD_FULL, push_number(q, 16)); /* it holds them again */
	gets_numbers(c, 0, 10);
	ck_assert_uint_eq(fill(q, 16), 10);
	seeks(c, 0, 10);
	gets_numbers(c, 10, 26);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* A producer that has room still may not use it once the group is back there. */
START_TEST(back_takes_the_producers_credit)
{
	for (uint64_t target = 0; target <= 8; target++) {
		nabd_t *q = queue_of(8);
		nabd_consumer_t *c = join_ok(q, 1);
		uint64_t reached;

		push_numbers(q, 0, 8);
		gets_numbers(c, 0, 8);
		push_numbers(q, 8, 9); /* it has looked, and may go on to 16 */
		is(NABD_OK, nabd_consumer_seek(c, target, &reached));
		ck_assert_uint_eq(reached, 8);
		push_numbers(q, 9, 16);
		is(NABD_FULL, push_number(q, 16));
		gets_numbers(c, 8, 16);
		leave_ok(c);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(what_others_hold_stays_theirs)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1), *d = join_ok(q, 1);

	push_numbers(q, 0, 8);
	is(NABD_OK, nabd_consumer_peek_batch(d, msgs, 3, &got));
	seeks(c, 6, 6);
	ck_assert_uint_eq(min_tail_of(q), 0); /* d holds 0 to 2 */
	is(NABD_FULL, push_number(q, 8));
	is_number(&msgs[2], 2, 1);
	seeks(c, 1, 1);
	gets_numbers(c, 1, 4); /* so 1 and 2 are had twice */
	is(NABD_OK, nabd_consumer_release_batch(d, 3));
	gets_numbers(d, 4, 8);
	ck_assert_uint_eq(fill(q, 8), 8);
	gets_numbers(c, 8, 16);
	leave_ok(c);
	leave_ok(d);
	close_ok(q);
}
END_TEST

/* Each time to a place of the other's, with claims that lie above and below the position. */
START_TEST(two_members_move_it_to_and_fro)
{
	nabd_t *q = queue_of(16);
	nabd_consumer_t *c = join_ok(q, 1), *d = join_ok(q, 1);

	push_numbers(q, 0, 16);
	for (uint64_t i = 0; i < 64; i++) {
		const uint64_t target = i * 7 % 16;
		nabd_consumer_t *mover = i % 2 ? c : d, *other = i % 2 ? d : c;

		seeks(mover, target, target);
		peeks(other, target, 1);
		if (target < 15)
			gets(mover, target + 1);
		seeks(mover, 0, 0);
		gets(mover, 0);
		is(NABD_OK, nabd_consumer_release(other));
		ck_assert_uint_eq(group_of(q, 1).low, 1);
		ck_assert_uint_eq(group_of(q, 1).holding, 0);
	}
	seeks(c, UINT64_MAX, 16);
	gets_nothing(d);
	ck_assert_uint_eq(fill(q, 16), 16);
	leave_ok(c);
	leave_ok(d);
	close_ok(q);
}
END_TEST

/* A dead member's messages that lie above the position come by that, and not twice. */
START_TEST(what_a_dead_member_held_is_had_as_far_as_the_group_has_come)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1), *heir;
	pid_t pid;

	push_numbers(q, 0, 8);
	pid = start_member(1, NULL, holds_four);
	seeks(c, 0, 0);
	gets_numbers(c, 0, 2);
	kill_member(pid);
	heir = join_ok(q, 1); /* in its place */
	ck_assert_uint_eq(told(heir).held, 2);
	gets_again(heir, 0, 2);
	gets_again(heir, 1, 2);
	gets_numbers(heir, 2, 4);
	gets_numbers(c, 4, 8);
	gets_nothing(heir);
	ck_assert_uint_eq(fill(q, 8), 8);
	leave_ok(heir);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(other_groups_are_not_moved)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1), *d = join_ok(q, 2);

	push_numbers(q, 0, 8);
	gets_numbers(d, 0, 4);
	seeks(c, UINT64_MAX, 8);
	gets_numbers(d, 4, 8);
	seeks(c, 2, 2);
	gets_nothing(d);
	ck_assert_uint_eq(min_tail_of(q), 2);
	ck_assert_uint_eq(fill(q, 8), 2);
	gets_numbers(d, 8, 10);
	gets_numbers(c, 2, 10);
	leave_ok(c);
	leave_ok(d);
	close_ok(q);
}
END_TEST

/* A queue whose producer is gone is moved in as any other. */
START_TEST(a_group_is_moved_without_a_producer)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c;

	push_numbers(q, 0, 8);
	close_ok(q);
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	c = join_ok(q, 1);
	gets_numbers(c, 0, 8);
	seeks(c, 5, 5);
	gets_numbers(c, 5, 8);
	seeks(c, 0, 0);
	gets(c, 0);
	leave_ok(c);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_seek");

	tcase_add_test(tests, forward_lets_go_of_what_is_skipped);
	tcase_add_test(tests, the_sequence_is_brought_to_what_is_kept);
	tcase_add_test(tests, back_gets_it_again);
	tcase_add_test(tests, back_takes_the_producers_credit);
	tcase_add_test(tests, what_others_hold_stays_theirs);
	tcase_add_test(tests, two_members_move_it_to_and_fro);
	tcase_add_test(tests, what_a_dead_member_held_is_had_as_far_as_the_group_has_come);
	tcase_add_test(tests, other_groups_are_not_moved);
	tcase_add_test(tests, a_group_is_moved_without_a_producer);
	return behaviour_run();
}
