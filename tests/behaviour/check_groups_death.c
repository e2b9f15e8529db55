/* SPDX-License-Identifier: MIT */
/*
 * check_groups_death.c - what a member held when it was killed, left, or gave back goes
 * to another of the group, told apart from new messages, and to that group alone.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "groups.h"

static struct nabd_msg msgs[16];
static size_t got;
static uint32_t lens[16];
static unsigned char bytes[256];

START_TEST(what_a_killed_member_held_goes_to_a_live_one)
{
	nabd_t *q = queue_of(16);
	nabd_consumer_t *c = join_ok(q, 1), *other = join_ok(q, 2);
	pid_t pid;

	gets_nothing(c); /* it has just looked for the dead */
	push_numbers(q, 0, 6);
	pid = start_member(1, NULL, holds_one);
	ck_assert_uint_eq(group_of(q, 1).members, 2);
	ck_assert_uint_eq(member_of(q, 1, 1).held, 1);
	gets(c, 1); /* as long as it lives its message is its own */
	kill_member(pid);
	ck_assert_uint_eq(group_of(q, 1).members, 1);
	ck_assert_uint_eq(group_of(q, 1).holding, 1);
	ck_assert_uint_eq(member_of(q, 1, 1).alive, 0);
	for (uint64_t number = 2; number < 6; number++) {
		struct nabd_msg msg;

		is(NABD_OK, nabd_consumer_peek_msg(c, &msg));
		if (msg.sequence == 0)
			gets_again(c, 0, 2);
		gets(c, number);
	}
	if (group_of(q, 1).low == 0)
		gets_at_last(c, 0, 2);
	gets_nothing(c);
	ck_assert_uint_eq(group_of(q, 1).low, 6);
	ck_assert_uint_eq(group_of(q, 1).holding, 0);
	ck_assert_uint_eq(told(c).redelivered, 1);
	gets_numbers(other, 0, 6);
	leave_ok(c);
	leave_ok(other);
	close_ok(q);
}
END_TEST

START_TEST(a_batch_is_redelivered_in_order)
{
	nabd_t *q = queue_of(16);
	nabd_consumer_t *c = join_ok(q, 1);
	pid_t pid;

	push_numbers(q, 0, 4);
	pid = start_member(1, NULL, holds_four);
	gets_nothing(c);
	kill_member(pid);
	for (uint64_t number = 0; number < 4; number++)
		gets_at_last(c, number, 2);
	gets_nothing(c);
	push_numbers(q, 4, 20); /* and the ring is free again */
	gets_numbers(c, 4, 20);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* Each holder is killed with it: the count grows, the message stays. */
START_TEST(the_deliveries_are_counted_from_death_to_death)
{
	nabd_t *q = queue_of(16);
	nabd_consumer_t *c;

	push_numbers(q, 0, 4);
	for (int death = 0; death < 8; death++)
		kill_member(start_member(1, NULL, death % 2 ? holds_one : holds_four));
	c = join_ok(q, 1);
	gets_again(c, 0, 9);
	for (uint64_t number = 1; number < 4; number++) {
		is(NABD_OK, nabd_consumer_peek_msg(c, &msgs[0]));
		ck_assert_uint_eq(msgs[0].sequence, number);
		ck_assert_uint_eq(msgs[0].flags, NABD_MSG_REDELIVERED);
		is(NABD_OK, nabd_consumer_release(c));
	}
	gets_nothing(c);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(what_two_dead_members_held_is_not_mixed)
{
	nabd_t *q = queue_of(16);
	nabd_consumer_t *c = join_ok(q, 1);
	pid_t one, two, three;

	push_numbers(q, 0, 9);
	one = start_member(1, NULL, holds_four);
	two = start_member(1, NULL, holds_one);
	three = start_member(1, NULL, holds_four);
	kill_member(three);
	kill_member(one);
	kill_member(two);
	for (int i = 0; i < 9; i++) {
		while (nabd_consumer_peek_msg(c, &msgs[i]) == NABD_EMPTY)
			usleep(1000);
		ck_assert_uint_eq(msgs[i].deliveries, 2);
		is(NABD_OK, nabd_consumer_release(c));
		for (int before = 0; before < i; before++)
			ck_assert_uint_ne(msgs[i].sequence, msgs[before].sequence);
		ck_assert_uint_lt(msgs[i].sequence, 9);
	}
	gets_nothing(c);
	ck_assert_uint_eq(told(c).redelivered, 9);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* A stopped member is no dead one, however long it takes. */
START_TEST(a_stopped_member_keeps_what_it_holds)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1);
	pid_t pid;

	push_numbers(q, 0, 8);
	pid = start_member(1, NULL, holds_four);
	stop_member(pid);
	gets_numbers(c, 4, 8);
	for (int i = 0; i < 50; i++) { /* well beyond 20 ms */
		gets_nothing(c);
		usleep(1000);
	}
	is(NABD_FULL, push_number(q, 8));
	ck_assert_uint_eq(member_of(q, 1, 1).alive, 1);
	kill_member(pid);
	for (uint64_t number = 0; number < 4; number++)
		gets_at_last(c, number, 2);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* Pop gives out nothing that is not done: what was copied does not come again. */
START_TEST(what_was_popped_does_not_come_again)
{
	nabd_t *q = queue_of(32);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 20);
	is(NABD_OK, nabd_consumer_pop_batch(c, bytes, 24, lens, 10, &got));
	ck_assert_uint_eq(got, 3);
	leave_ok(c); /* it had claimed more, but nobody was given that */
	c = join_ok(q, 1);
	gets_numbers(c, 3, 20);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(who_leaves_leaves_what_it_holds)
{
	nabd_t *q = queue_of(16);
	nabd_consumer_t *c = join_ok(q, 1), *d = join_ok(q, 1);

	push_numbers(q, 0, 4);
	is(NABD_OK, nabd_consumer_peek_batch(d, msgs, 3, &got));
	is(NABD_OK, nabd_consumer_release_batch(d, 1));
	gets(c, 3);
	leave_ok(d);
	d = join_ok(q, 1); /* who takes its place has it at once */
	gets_again(d, 1, 2);
	leave_ok(d);
	gets_at_last(c, 2, 2);
	gets_nothing(c);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_consumer_nack NABD_OK */
START_TEST(what_is_given_back_goes_to_who_comes_first)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1), *d = join_ok(q, 1);

	push_numbers(q, 0, 4);
	peeks(c, 0, 1);
	is(NABD_OK, nabd_consumer_nack(c));
	is(NABD_STATE, nabd_consumer_release(c));
	gets_at_last(d, 0, 2); /* the other */
	peeks(c, 1, 1);
	is(NABD_OK, nabd_consumer_nack(c));
	gets_again(c, 1, 2); /* itself */
	is(NABD_OK, nabd_consumer_peek_batch(d, msgs, 2, &got));
	is(NABD_OK, nabd_consumer_nack(d));
	gets_again(d, 2, 2);
	gets_again(d, 3, 2);
	gets_nothing(c);
	gets_nothing(d);
	ck_assert_uint_eq(group_of(q, 1).holding, 0);
	leave_ok(c);
	leave_ok(d);
	close_ok(q);
}
END_TEST

START_TEST(a_lone_member_gets_it_back_itself)
{
	nabd_t *q = queue_of(32);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 20);
	for (uint32_t n = 1; n < 6; n++) {
		peeks(c, 0, n);
		is(NABD_OK, nabd_consumer_nack(c));
	}
	gets_again(c, 0, 6);
	gets_numbers(c, 1, 20); /* its neighbours are new */
	gets_nothing(c);
	ck_assert_uint_eq(group_of(q, 1).members, 1);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(it_comes_again_too_when_no_line_is_free)
{
	nabd_t *q = queue_of(32);
	nabd_consumer_t *m[NABD_MAX_MEMBERS];

	for (unsigned i = 0; i < NABD_MAX_MEMBERS; i++)
		m[i] = join_ok(q, 3);
	push_numbers(q, 0, 20);
	is(NABD_OK, nabd_consumer_peek_batch(m[4], msgs, 3, &got));
	for (uint32_t n = 2; n < 6; n++) {
		is(NABD_OK, nabd_consumer_nack(m[4]));
		is(NABD_OK, nabd_consumer_peek_batch(m[4], msgs, 8, &got));
		ck_assert_uint_eq(got, 3);
		for (uint64_t i = 0; i < 3; i++)
			is_number(&msgs[i], i, n);
	}
	is(NABD_OK, nabd_consumer_release_batch(m[4], 3));
	ck_assert_uint_eq(told(m[4]).nacked, 12);
	gets(m[4], 3);
	peeks(m[9], 4, 1);
	leave_ok(m[4]); /* now there is one */
	is(NABD_OK, nabd_consumer_nack(m[9]));
	m[4] = join_ok(q, 3);
	gets_again(m[4], 4, 2);
	gets(m[9], 5);
	for (unsigned i = 0; i < NABD_MAX_MEMBERS; i++)
		leave_ok(m[i]);
	close_ok(q);
}
END_TEST

/* Redelivery is a matter within the group: to the others nothing happened. */
START_TEST(other_groups_see_nothing_of_it)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1), *d = join_ok(q, 2);
	pid_t pid;

	push_numbers(q, 0, 4);
	pid = start_member(1, NULL, holds_four);
	kill_member(pid);
	gets_numbers(d, 0, 4);
	for (uint64_t number = 0; number < 4; number++)
		gets_at_last(c, number, 2);
	leave_ok(c);
	leave_ok(d);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_death");

	tcase_add_test(tests, what_a_killed_member_held_goes_to_a_live_one);
	tcase_add_test(tests, a_batch_is_redelivered_in_order);
	tcase_add_test(tests, the_deliveries_are_counted_from_death_to_death);
	tcase_add_test(tests, what_two_dead_members_held_is_not_mixed);
	tcase_add_test(tests, a_stopped_member_keeps_what_it_holds);
	tcase_add_test(tests, what_was_popped_does_not_come_again);
	tcase_add_test(tests, who_leaves_leaves_what_it_holds);
	tcase_add_test(tests, what_is_given_back_goes_to_who_comes_first);
	tcase_add_test(tests, a_lone_member_gets_it_back_itself);
	tcase_add_test(tests, it_comes_again_too_when_no_line_is_free);
	tcase_add_test(tests, other_groups_see_nothing_of_it);
	return behaviour_run();
}
