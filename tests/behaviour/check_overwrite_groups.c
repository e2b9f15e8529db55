/* SPDX-License-Identifier: MIT */
/*
 * check_overwrite_groups.c - queues whose producer never waits, read by groups: of each
 * message it is told once that it was had, or lost, and by whom.
 */
#define _GNU_SOURCE
#include <string.h>

#include "groups.h"

static struct nabd_msg msgs[16];
static unsigned char bytes[256];
static uint32_t lens[16];
static size_t got;

static nabd_t *over_queue(size_t slots)
{
	return open_ok("q", slots, 64, NABD_CREATE | NABD_EXCL | NABD_OVERWRITE | NABD_PRODUCER |
					       NABD_CONSUMER);
}

static void lost(nabd_consumer_t *c, uint64_t gap, uint64_t total)
{
	struct nabd_consumer_stats stats = told(c);

	ck_assert_int_eq(stats.state, NABD_OK);
	ck_assert_uint_eq(stats.gap, gap);
	ck_assert_uint_eq(stats.lost, total);
}

/* provokes: nabd_consumer_peek NABD_LAPPED */
/* provokes: nabd_consumer_peek_msg NABD_LAPPED */
/* provokes: nabd_consumer_pop NABD_LAPPED */
/* provokes: nabd_consumer_peek_batch NABD_LAPPED */
/* provokes: nabd_consumer_pop_batch NABD_LAPPED */
START_TEST(every_receiving_call_tells_that_it_was_lapped)
{
	for (size_t i = 0; i < MEMBER_CALLS; i++) {
		if (member_calls[i].kind != TAKES)
			continue;
		for (uint64_t head = 5; head < 20; head++) {
			nabd_t *q = over_queue(4);
			nabd_consumer_t *c = join_ok(q, 1);

			push_numbers(q, 0, head);
			is(NABD_LAPPED, member_calls[i].run(c));
			lost(c, head - 4, head - 4);
			all_members_calls(c, KIND(GIVES_BACK), NABD_STATE);
			gets_numbers(c, head - 4, head);
			gets_nothing(c);
			leave_ok(c);
			close_ok(q);
			is(NABD_OK, nabd_unlink("q"));
		}
	}
}
END_TEST

/* What it had claimed before, and not been given, is lost as well. */
START_TEST(a_claim_may_be_overwritten_before_it_is_served)
{
	nabd_t *q = over_queue(8);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 8);
	is(NABD_OK, nabd_consumer_pop_batch(c, bytes, 8, lens, 8, &got));
	ck_assert_uint_eq(got, 1); /* of eight that it has claimed */
	push_numbers(q, 8, 12);
	is(NABD_LAPPED, nabd_consumer_peek_msg(c, &msgs[0]));
	lost(c, 3, 3);
	gets_numbers(c, 4, 12);
	gets_nothing(c);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_consumer_release NABD_LAPPED */
/* provokes: nabd_consumer_release_batch NABD_LAPPED */
START_TEST(what_was_peeked_is_validated_when_it_is_released)
{
	nabd_t *q = over_queue(4);
	nabd_consumer_t *c = join_ok(q, 1);
	const void *data;

	push_numbers(q, 0, 4);
	peeks(c, 0, 1);
	is(NABD_OK, nabd_consumer_release(c)); /* in time */
	peeks(c, 1, 1);
	push_numbers(q, 4, 6); /* over 0 and 1 */
	is(NABD_LAPPED, nabd_consumer_release(c));
	lost(c, 1, 1);
	is(NABD_STATE, nabd_consumer_release(c)); /* it was released all the same */
	peeks(c, 2, 1);
	push_numbers(q, 6, 7);
	is(NABD_LAPPED, nabd_consumer_peek(c, &data, NULL)); /* looking again tells it too */
	lost(c, 1, 2);
	gets_numbers(c, 3, 7);
	push_numbers(q, 7, 11);
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 4, &got));
	push_numbers(q, 11, 13);
	is(NABD_LAPPED, nabd_consumer_release_batch(c, 3)); /* the third was whole */
	lost(c, 2, 4);
	gets_numbers(c, 10, 13);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* Each loss is told to one member, and the sum is right. */
START_TEST(members_share_the_losses)
{
	nabd_t *q = over_queue(4);
	nabd_consumer_t *c[2] = { join_ok(q, 1), join_ok(q, 1) };
	uint64_t head = 0, received = 0;

	for (uint64_t burst = 1; burst < 60; burst++) {
		push_numbers(q, head, head + burst % 13);
		head += burst % 13;
		for (uint64_t i = 0; i < burst % 5; i++) {
			size_t room = sizeof(bytes);
			int code = nabd_consumer_pop(c[i % 2], bytes, &room);

			ck_assert(code == NABD_OK || code == NABD_LAPPED || code == NABD_EMPTY);
			received += code == NABD_OK;
		}
		if (burst % 4 == 0 &&
		    nabd_consumer_pop_batch(c[0], bytes, 24, lens, 4, &got) == NABD_OK)
			received += got;
	}
	for (int i = 0; i < 2; i++) {
		size_t room = sizeof(bytes);
		int code;

		while ((code = nabd_consumer_pop(c[i], bytes, &room)) != NABD_EMPTY)
			received += code == NABD_OK;
	}
	ck_assert_uint_gt(told(c[0]).lost, 0);
	ck_assert_uint_gt(told(c[1]).lost, 0);
	ck_assert_uint_eq(received + told(c[0]).lost + told(c[1]).lost, head);
	leave_ok(c[0]);
	leave_ok(c[1]);
	close_ok(q);
}
END_TEST

START_TEST(groups_lose_each_for_itself)
{
	nabd_t *q = over_queue(4);
	nabd_consumer_t *c = join_ok(q, 1), *d = join_ok(q, 2);

	for (uint64_t next = 0; next < 20; next += 2) {
		push_numbers(q, next, next + 2);
		gets_numbers(c, next, next + 2);
	}
	lost(c, 0, 0);
	is(NABD_LAPPED, nabd_consumer_peek_msg(d, &msgs[0]));
	lost(d, 16, 16);
	gets_numbers(d, 16, 20);
	leave_ok(d);
	push_numbers(q, 20, 120);
	d = join_ok(q, 2); /* a durable group that was away is lapped, and no worse */
	is(NABD_LAPPED, nabd_consumer_peek_msg(d, &msgs[0]));
	lost(d, 96, 96);
	gets_numbers(d, 116, 120);
	leave_ok(c);
	leave_ok(d);
	close_ok(q);
}
END_TEST

/* A member that was killed holds nobody, and what it held is overwritten, or redelivered. */
START_TEST(what_a_dead_member_held_is_redelivered_or_lost)
{
	for (uint64_t over = 0; over <= 6; over++) {
		nabd_t *q = over_queue(8);
		nabd_consumer_t *c;

		push_numbers(q, 0, 4);
		kill_member(start_member(1, NULL, holds_four));
		push_numbers(q, 4, 8 + over);
		c = join_ok(q, 1);
		if (over != 0) {
			is(NABD_LAPPED, nabd_consumer_peek_msg(c, &msgs[0]));
			lost(c, over < 4 ? over : 4, over < 4 ? over : 4);
		}
		for (uint64_t number = over; number < 4; number++)
			gets_again(c, number, 2);
		if (over > 4) {
			is(NABD_LAPPED, nabd_consumer_peek_msg(c, &msgs[0]));
			lost(c, over - 4, over);
		}
		gets_numbers(c, over > 4 ? over : 4, 8 + over);
		gets_nothing(c);
		leave_ok(c);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(what_was_given_back_may_be_overwritten_too)
{
	nabd_t *q = over_queue(4);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 4);
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 4, &got));
	is(NABD_OK, nabd_consumer_nack(c));
	push_numbers(q, 4, 6);
	is(NABD_LAPPED, nabd_consumer_peek_msg(c, &msgs[0]));
	lost(c, 2, 2);
	gets_again(c, 2, 2);
	peeks(c, 3, 2);
	push_numbers(q, 6, 9);
	is(NABD_OK, nabd_consumer_nack(c)); /* gone already, which is seen when it comes again */
	is(NABD_LAPPED, nabd_consumer_peek_msg(c, &msgs[0]));
	lost(c, 1, 3);
	is(NABD_LAPPED, nabd_consumer_peek_msg(c, &msgs[0]));
	lost(c, 1, 4);
	gets_numbers(c, 5, 9);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(seek_goes_where_something_is)
{
	nabd_t *q = over_queue(4);
	nabd_consumer_t *c = join_ok(q, 1);
	uint64_t actual;

	push_numbers(q, 0, 10);
	is(NABD_OK, nabd_consumer_seek(c, 0, &actual));
	ck_assert_uint_eq(actual, 6);
	gets_numbers(c, 6, 10);
	is(NABD_OK, nabd_consumer_seek(c, 8, &actual));
	ck_assert_uint_eq(actual, 8);
	gets(c, 8);
	is(NABD_OK, nabd_consumer_seek(c, UINT64_MAX, &actual));
	ck_assert_uint_eq(actual, 10);
	gets_nothing(c);
	lost(c, 0, 0); /* what is skipped by wish is not lost */
	leave_ok(c);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_overwrite_groups");

	tcase_add_test(tests, every_receiving_call_tells_that_it_was_lapped);
	tcase_add_test(tests, a_claim_may_be_overwritten_before_it_is_served);
	tcase_add_test(tests, what_was_peeked_is_validated_when_it_is_released);
	tcase_add_test(tests, members_share_the_losses);
	tcase_add_test(tests, groups_lose_each_for_itself);
	tcase_add_test(tests, what_a_dead_member_held_is_redelivered_or_lost);
	tcase_add_test(tests, what_was_given_back_may_be_overwritten_too);
	tcase_add_test(tests, seek_goes_where_something_is);
	return behaviour_run();
}
