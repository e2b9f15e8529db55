/* SPDX-License-Identifier: MIT */
/*
 * check_groups_letters.c - messages that are delivered too often: they go to a callback
 * or another queue, and no message goes there that was not delivered so often.
 */
#define _GNU_SOURCE
#include <string.h>

#include "groups.h"

static struct nabd_msg msgs[16];
static size_t got;

/* What the callback was given, and what it answers. */
static struct letters {
	unsigned calls;
	int answer;
	struct nabd_msg last;
	uint64_t number;
} letters;

static int take(const struct nabd_msg *msg, void *arg)
{
	struct letters *to = arg;

	to->calls++;
	to->last = *msg;
	memcpy(&to->number, msg->data, sizeof(to->number));
	return to->answer;
}

static struct nabd_join_opts at_most(uint32_t deliveries)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;

	opts.max_deliveries = deliveries;
	opts.dead_letter = take;
	opts.dead_letter_arg = &letters;
	return opts;
}

START_TEST(a_message_is_given_up_after_so_many_deliveries)
{
	for (uint32_t most = 1; most < 6; most++) {
		struct nabd_join_opts opts = at_most(most);
		nabd_t *q = queue_of(8);
		nabd_consumer_t *c = join_with(q, 1, &opts);

		memset(&letters, 0, sizeof(letters));
		push_numbers(q, 0, 2);
		for (uint32_t n = 1; n <= most; n++) {
			peeks(c, 0, n);
			is(NABD_OK, nabd_consumer_nack(c));
			ck_assert_uint_eq(letters.calls, 0);
		}
		gets(c, 1);
		ck_assert_uint_eq(letters.calls, 1);
		ck_assert_uint_eq(letters.number, 0);
		ck_assert_uint_eq(letters.last.sequence, 0);
		ck_assert_uint_eq(letters.last.len, 8);
		ck_assert_uint_eq(letters.last.deliveries, most);
		ck_assert_uint_eq(told(c).dead_letters, 1);
		ck_assert_uint_eq(told(c).nacked, most);
		ck_assert_uint_eq(told(c).held, 0);
		gets_nothing(c);
		ck_assert_uint_eq(group_of(q, 1).max_deliveries, most);
		leave_ok(c);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* Each receiving call buries first, and then has the next, or nothing. */
START_TEST(every_receiving_call_buries)
{
	for (size_t i = 0; i < MEMBER_CALLS; i++) {
		struct nabd_join_opts opts = at_most(1);
		nabd_t *q;
		nabd_consumer_t *c;

		if (member_calls[i].kind != TAKES)
			continue;
		q = queue_of(8);
		c = join_with(q, 1, &opts);
		memset(&letters, 0, sizeof(letters));
		push_numbers(q, 0, 3);
		is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 3, &got));
		ck_assert_uint_eq(got, 3);
		is(NABD_OK, nabd_consumer_nack(c));
		is(NABD_EMPTY, member_calls[i].run(c));
		ck_assert_uint_eq(letters.calls, 3);
		ck_assert_uint_eq(letters.number, 2);
		ck_assert_uint_eq(told(c).dead_letters, 3);
		ck_assert_uint_eq(group_of(q, 1).low, 3);
		leave_ok(c);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(a_letter_that_is_declined_is_delivered_once_more)
{
	struct nabd_join_opts opts = at_most(2);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_with(q, 1, &opts);

	memset(&letters, 0, sizeof(letters));
	letters.answer = -1;
	push_numbers(q, 0, 1);
	for (uint32_t n = 1; n < 8; n++) {
		peeks(c, 0, n);
		ck_assert_uint_eq(letters.calls, n > 2 ? n - 2 : 0);
		is(NABD_OK, nabd_consumer_nack(c));
	}
	ck_assert_uint_eq(told(c).dead_letters, 0);
	gets_again(c, 0, 8); /* and may be taken then */
	ck_assert_uint_eq(letters.calls, 6);
	gets_nothing(c);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* The limit alone is none: nothing is thrown away that nobody takes. */
START_TEST(without_a_taker_no_message_is_given_up)
{
	struct nabd_join_opts opts = at_most(1);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c;

	opts.dead_letter = NULL;
	c = join_with(q, 1, &opts);
	push_numbers(q, 0, 1);
	for (uint32_t n = 1; n < 10; n++) {
		peeks(c, 0, n);
		is(NABD_OK, nabd_consumer_nack(c));
	}
	gets_again(c, 0, 10);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(dead_letters_go_to_another_queue)
{
	nabd_t *dead = open_ok("dead", 4, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
	struct nabd_join_opts opts = at_most(1);
	nabd_t *q = queue_of(16);
	nabd_consumer_t *c;

	opts.dead_letter = NULL;
	opts.dead_letters = dead;
	c = join_with(q, 1, &opts);
	push_numbers(q, 0, 6);
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 6, &got));
	is(NABD_OK, nabd_consumer_nack(c));
	for (uint32_t n = 2; n < 4; n++) { /* four go there; it is full, so the others come again */
		is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 6, &got));
		ck_assert_uint_eq(got, 2);
		is_number(&msgs[0], 4, n);
		is_number(&msgs[1], 5, n);
		ck_assert_uint_eq(told(c).dead_letters, 4);
		is(NABD_OK, nabd_consumer_nack(c));
	}
	for (uint64_t number = 0; number < 4; number++)
		reads_number(dead, number);
	gets_nothing(c); /* now there is room for it, and for the last */
	ck_assert_uint_eq(told(c).dead_letters, 6);
	leave_ok(c);
	for (uint64_t number = 4; number < 6; number++) {
		struct nabd_msg msg;

		is(NABD_OK, nabd_peek_msg(dead, &msg));
		ck_assert_uint_eq(msg.sequence, number);
		ck_assert_mem_eq(msg.data, &number, sizeof(number));
		is(NABD_OK, nabd_release(dead));
	}
	close_ok(q);
	close_ok(dead);
}
END_TEST

/* One whose slots are too short. It can't be closed as long as letters may go there. */
START_TEST(a_queue_that_can_not_take_them_loses_none)
{
	nabd_t *dead = open_ok("dead", 4, 4, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
	struct nabd_join_opts opts = at_most(1);
	nabd_t *q = queue_of(16);
	nabd_consumer_t *c;

	opts.dead_letter = NULL;
	opts.dead_letters = dead;
	c = join_with(q, 1, &opts);
	push_numbers(q, 0, 1);
	for (uint32_t n = 1; n < 5; n++) {
		peeks(c, 0, n);
		is(NABD_OK, nabd_consumer_nack(c));
	}
	gets_again(c, 0, 5);
	ck_assert_int_eq(nabd_empty(dead), 1);
	is(NABD_STATE, nabd_close(dead));
	leave_ok(c);
	close_ok(q);
	close_ok(dead);
}
END_TEST

/* A reader that is killed while it has the first of them peeked, or a whole batch. */
static void dies(const struct nabd_join_opts *opts, int (*holding)(nabd_consumer_t *c))
{
	kill_member(start_member(1, opts, holding));
}

/* Pops the first, and dies with 15 in its hands that nobody was given. */
static int holds_many_and_pops_one(nabd_consumer_t *c)
{
	uint32_t lens[16];
	uint64_t number = 77;
	int code = nabd_consumer_pop_batch(c, &number, sizeof(number), lens, 16, &got);

	return code == NABD_OK && (got != 1 || number != 0) ? NABD_CORRUPT : code;
}

START_TEST(a_poison_message_goes_alone)
{
	struct nabd_join_opts opts = at_most(3);
	nabd_t *q = queue_of(32);
	nabd_consumer_t *c;

	memset(&letters, 0, sizeof(letters));
	push_numbers(q, 0, 16);
	dies(&opts, holds_many_and_pops_one);
	for (int i = 0; i < 3; i++)
		dies(&opts, holds_one);
	c = join_with(q, 1, &opts);
	for (uint64_t number = 2; number < 16; number++)
		gets(c, number); /* each for the first time */
	gets_nothing(c);
	ck_assert_uint_eq(letters.calls, 1);
	ck_assert_uint_eq(letters.number, 1);
	ck_assert_uint_eq(letters.last.deliveries, 3);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* Whatever the mix of deaths: what no reader was given is no dead letter. */
START_TEST(what_was_never_delivered_is_never_given_up)
{
	for (unsigned mix = 0; mix < 64; mix++) {
		struct nabd_join_opts opts = at_most(2);
		nabd_t *q = queue_of(32);
		nabd_consumer_t *c;

		memset(&letters, 0, sizeof(letters));
		letters.answer = -1; /* what the children say */
		push_numbers(q, 0, 16);
		dies(&opts, holds_many_and_pops_one);
		for (unsigned death = 0; death < 6; death++)
			dies(&opts, (mix >> death & 1) != 0 ? holds_one : holds_four);
		letters.answer = 0;
		c = join_with(q, 1, &opts);
		for (uint64_t number = 5; number < 16; number++) {
			do
				is(NABD_OK, nabd_consumer_peek_msg(c, &msgs[0]));
			while (msgs[0].sequence < 5 && nabd_consumer_release(c) == NABD_OK);
			ck_assert_uint_eq(msgs[0].sequence, number);
			ck_assert_uint_eq(msgs[0].deliveries, 1);
			is(NABD_OK, nabd_consumer_release(c));
		}
		ck_assert_uint_le(letters.calls, 4);
		leave_ok(c);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_letters");

	tcase_add_test(tests, a_message_is_given_up_after_so_many_deliveries);
	tcase_add_test(tests, every_receiving_call_buries);
	tcase_add_test(tests, a_letter_that_is_declined_is_delivered_once_more);
	tcase_add_test(tests, without_a_taker_no_message_is_given_up);
	tcase_add_test(tests, dead_letters_go_to_another_queue);
	tcase_add_test(tests, a_queue_that_can_not_take_them_loses_none);
	tcase_add_test(tests, a_poison_message_goes_alone);
	tcase_add_test(tests, what_was_never_delivered_is_never_given_up);
	return behaviour_run();
}
