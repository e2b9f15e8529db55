/* SPDX-License-Identifier: MIT */
/*
 * check_groups_order.c - the receiving calls of a member: what a buffer must hold, that
 * a call out of order changes nothing, and what all calls say once the group has ended.
 */
#define _GNU_SOURCE
#include <string.h>

#include "groups.h"

static char bytes[256];
static const void *data;
static size_t len, got;
static uint32_t lens[8];
static struct nabd_msg msgs[8];

/* provokes: nabd_consumer_peek NABD_EMPTY */
/* provokes: nabd_consumer_peek_msg NABD_EMPTY */
/* provokes: nabd_consumer_pop NABD_EMPTY */
/* provokes: nabd_consumer_peek_batch NABD_EMPTY */
/* provokes: nabd_consumer_pop_batch NABD_EMPTY */
START_TEST(an_empty_queue)
{
	nabd_t *q = queue_of(4);
	nabd_consumer_t *c = join_ok(q, 1);

	for (uint64_t round = 0; round < 20; round++) {
		all_members_calls(c, KIND(TAKES), NABD_EMPTY);
		len = got = 17;
		is(NABD_EMPTY, nabd_consumer_pop(c, bytes, &len));
		ck_assert_uint_eq(len, 17);
		is(NABD_EMPTY, nabd_consumer_peek_batch(c, msgs, 8, &got));
		ck_assert_uint_eq(got, 0);
		got = 17;
		is(NABD_EMPTY, nabd_consumer_pop_batch(c, bytes, sizeof(bytes), lens, 8, &got));
		ck_assert_uint_eq(got, 0);
		all_members_calls(c, KIND(GIVES_BACK), NABD_STATE);
		push_numbers(q, round, round + 1); /* and so at each slot of the ring */
		gets(c, round);
	}
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_consumer_pop NABD_BUFFER */
/* provokes: nabd_consumer_pop_batch NABD_BUFFER */
START_TEST(a_buffer_too_small_is_told_and_the_member_keeps_the_message)
{
	nabd_t *q = queue_of(4);
	nabd_consumer_t *c = join_ok(q, 1), *other = join_ok(q, 1);

	is(NABD_OK, push_text(q, "0123456789"));
	for (size_t room = 0; room < 10; room++) {
		memset(bytes, '#', sizeof(bytes));
		len = room;
		is(NABD_BUFFER, nabd_consumer_pop(c, room ? bytes : NULL, &len));
		ck_assert_uint_eq(len, 10);
		lens[0] = 77;
		got = 77;
		is(NABD_BUFFER, nabd_consumer_pop_batch(c, bytes, room, lens, 8, &got));
		ck_assert_uint_eq(lens[0], 10);
		ck_assert_uint_eq(got, 0);
		for (size_t i = 0; i < sizeof(bytes); i++)
			ck_assert_int_eq(bytes[i], '#');
		all_members_calls(c, KIND(GIVES_BACK), NABD_STATE);
		gets_nothing(other);
		ck_assert_uint_eq(told(c).held, 1);
	}
	len = 10;
	is(NABD_OK, nabd_consumer_pop(c, bytes, &len));
	ck_assert_uint_eq(len, 10);
	ck_assert_mem_eq(bytes, "0123456789######", 16); /* not a byte too much */
	leave_ok(c);
	leave_ok(other);
	close_ok(q);
}
END_TEST

START_TEST(pop_batch_stops_where_the_next_would_not_fit)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1);

	is(NABD_OK, push_text(q, "one"));
	is(NABD_OK, push_text(q, ""));
	is(NABD_OK, push_text(q, "three"));
	is(NABD_OK, push_text(q, "4"));
	memset(bytes, '#', sizeof(bytes));
	is(NABD_OK, nabd_consumer_pop_batch(c, bytes, 7, lens, 8, &got));
	ck_assert_uint_eq(got, 2); /* the short one behind it must wait its turn */
	ck_assert_uint_eq(lens[0], 3);
	ck_assert_uint_eq(lens[1], 0);
	ck_assert_uint_eq(lens[2], 5);
	ck_assert_mem_eq(bytes, "one#####", 8);
	is(NABD_OK, nabd_consumer_pop_batch(c, bytes, 6, lens, 1, &got)); /* max is 1 */
	ck_assert_uint_eq(got, 1);
	ck_assert_mem_eq(bytes, "three", 5);
	is(NABD_OK, nabd_consumer_pop_batch(c, bytes, 1, lens, 8, &got));
	ck_assert_uint_eq(got, 1);
	ck_assert_mem_eq(bytes, "4", 1);
	is(NABD_EMPTY, nabd_consumer_pop_batch(c, bytes, 1, lens, 8, &got));
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_consumer_release NABD_STATE */
/* provokes: nabd_consumer_release_batch NABD_STATE */
/* provokes: nabd_consumer_nack NABD_STATE */
/* provokes: nabd_consumer_pop NABD_STATE */
/* provokes: nabd_consumer_peek_batch NABD_STATE */
/* provokes: nabd_consumer_pop_batch NABD_STATE */
/* provokes: nabd_consumer_seek NABD_STATE */
START_TEST(one_peeked_message)
{
	nabd_t *q = queue_of(4);
	nabd_consumer_t *c = join_ok(q, 1);
	const void *again;

	push_numbers(q, 0, 2);
	all_members_calls(c, KIND(GIVES_BACK), NABD_STATE); /* waiting is not peeked */
	is(NABD_OK, nabd_consumer_peek(c, &data, &len));
	ck_assert_uint_eq(len, 8);
	is(NABD_OK, nabd_consumer_peek(c, &again, &len));
	ck_assert_ptr_eq(again, data);
	is(NABD_OK, nabd_consumer_peek_msg(c, &msgs[0]));
	ck_assert_ptr_eq(msgs[0].data, data);
	is_number(&msgs[0], 0, 1);
	len = sizeof(bytes);
	is(NABD_STATE, nabd_consumer_pop(c, bytes, &len));
	is(NABD_STATE, nabd_consumer_peek_batch(c, msgs, 8, &got));
	is(NABD_STATE, nabd_consumer_pop_batch(c, bytes, sizeof(bytes), lens, 8, &got));
	is(NABD_STATE, nabd_consumer_release_batch(c, 1));
	is(NABD_STATE, nabd_consumer_seek(c, 0, NULL));
	ck_assert_uint_eq(group_of(q, 1).low, 0);
	is(NABD_OK, nabd_consumer_release(c));
	is(NABD_STATE, nabd_consumer_release(c));
	is(NABD_STATE, nabd_consumer_nack(c));
	ck_assert_uint_eq(group_of(q, 1).low, 1);
	len = sizeof(bytes);
	is(NABD_OK, nabd_consumer_pop(c, bytes, &len));
	is(NABD_STATE, nabd_consumer_release(c)); /* pop leaves nothing peeked */
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_consumer_peek NABD_STATE */
/* provokes: nabd_consumer_peek_msg NABD_STATE */
/* provokes: nabd_consumer_release NABD_STATE */
START_TEST(a_peeked_batch)
{
	nabd_t *q = queue_of(4);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 4);
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 3, &got));
	ck_assert_uint_eq(got, 3);
	for (uint64_t i = 0; i < 3; i++)
		is_number(&msgs[i], i, 1);
	all_members_calls(c, KIND(TAKES) | KIND(MOVES), NABD_STATE);
	is(NABD_STATE, nabd_consumer_release(c));
	ck_assert_uint_eq(group_of(q, 1).low, 0);
	is(NABD_OK, nabd_consumer_release_batch(c, 2));
	is(NABD_STATE, nabd_consumer_release_batch(c, 1)); /* the addresses went, too */
	ck_assert_uint_eq(group_of(q, 1).low, 2);
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 8, &got));
	ck_assert_uint_ge(got, 1); /* what is left comes again; it may be alone */
	is_number(&msgs[0], 2, 1);
	is(NABD_OK, nabd_consumer_release_batch(c, 0)); /* looked, took none */
	gets(c, 2);
	gets(c, 3);
	gets_nothing(c);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* A group that has ended says so at every call, for ever, and stats can still be had. */
static void has_ended(nabd_consumer_t *c, int code)
{
	for (int again = 0; again < 2; again++)
		all_members_calls(c, ALL_BUT_TELLS, code);
	ck_assert_int_eq(told(c).state, code);
}

static int holds_batch(nabd_consumer_t *c)
{
	return nabd_consumer_peek_batch(c, msgs, 3, &got);
}

static int releases_two(nabd_consumer_t *c)
{
	return nabd_consumer_release_batch(c, 2);
}

/* What is peeked when the group ends, and the call that learns it. */
static const struct {
	int (*hold)(nabd_consumer_t *c);
	int (*learn)(nabd_consumer_t *c);
} learners[] = {
	{ holds_one, nabd_consumer_release }, { holds_one, nabd_consumer_nack },
	{ holds_batch, releases_two },	      { holds_batch, nabd_consumer_nack },
};

static void learns(int (*hold)(nabd_consumer_t *c), int (*learn)(nabd_consumer_t *c), int code)
{
	struct nabd_join_opts opts = with_flags(0);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c;

	opts.max_lag = 8;
	c = join_with(q, 1, &opts);
	push_numbers(q, 0, 4);
	is(NABD_OK, hold(c));
	if (code == NABD_DROPPED)
		is(NABD_OK, nabd_group_drop(q, 1));
	else
		push_numbers(q, 4, 9); /* the ring is full, and the producer looks */
	is(code, learn(c));
	has_ended(c, code);
	leave_ok(c);
	close_ok(q);
	is(NABD_OK, nabd_unlink("q"));
}

static void every_call_learns(int code)
{
	for (size_t i = 0; i < MEMBER_CALLS; i++)
		if (member_calls[i].kind == TAKES || member_calls[i].kind == MOVES)
			learns(holds_nothing, member_calls[i].run, code);
	learns(holds_one, member_calls[0].run, code); /* peeking at it again */
	learns(holds_one, member_calls[1].run, code);
	for (size_t i = 0; i < COUNT(learners); i++)
		learns(learners[i].hold, learners[i].learn, code);
}

/* provokes: nabd_consumer_peek NABD_DROPPED */
/* provokes: nabd_consumer_peek_msg NABD_DROPPED */
/* provokes: nabd_consumer_release NABD_DROPPED */
/* provokes: nabd_consumer_pop NABD_DROPPED */
/* provokes: nabd_consumer_peek_batch NABD_DROPPED */
/* provokes: nabd_consumer_release_batch NABD_DROPPED */
/* provokes: nabd_consumer_pop_batch NABD_DROPPED */
/* provokes: nabd_consumer_nack NABD_DROPPED */
/* provokes: nabd_consumer_seek NABD_DROPPED */
START_TEST(every_call_tells_that_the_group_was_dropped)
{
	every_call_learns(NABD_DROPPED);
}
END_TEST

/* provokes: nabd_consumer_peek NABD_EVICTED */
/* provokes: nabd_consumer_peek_msg NABD_EVICTED */
/* provokes: nabd_consumer_release NABD_EVICTED */
/* provokes: nabd_consumer_pop NABD_EVICTED */
/* provokes: nabd_consumer_peek_batch NABD_EVICTED */
/* provokes: nabd_consumer_release_batch NABD_EVICTED */
/* provokes: nabd_consumer_pop_batch NABD_EVICTED */
/* provokes: nabd_consumer_nack NABD_EVICTED */
/* provokes: nabd_consumer_seek NABD_EVICTED */
START_TEST(every_call_tells_that_the_group_was_evicted)
{
	every_call_learns(NABD_EVICTED);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_order");

	tcase_add_test(tests, an_empty_queue);
	tcase_add_test(tests, a_buffer_too_small_is_told_and_the_member_keeps_the_message);
	tcase_add_test(tests, pop_batch_stops_where_the_next_would_not_fit);
	tcase_add_test(tests, one_peeked_message);
	tcase_add_test(tests, a_peeked_batch);
	tcase_add_test(tests, every_call_tells_that_the_group_was_dropped);
	tcase_add_test(tests, every_call_tells_that_the_group_was_evicted);
	return behaviour_run();
}
