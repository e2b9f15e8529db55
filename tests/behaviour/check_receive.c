/* SPDX-License-Identifier: MIT */
/*
 * check_receive.c - the receiving side: what a buffer must hold, what a peek
 * allows, and that a call out of order or out of bounds changes nothing.
 */
#include <string.h>

#include "behaviour.h"

static char bytes[256];
static const void *data;
static size_t len, got;
static uint32_t lens[8];
static struct nabd_msg msgs[8];

/* provokes: nabd_pop NABD_OK NABD_EMPTY */
/* provokes: nabd_peek NABD_OK NABD_EMPTY */
/* provokes: nabd_peek_msg NABD_OK NABD_EMPTY */
/* provokes: nabd_peek_batch NABD_EMPTY */
/* provokes: nabd_pop_batch NABD_EMPTY */
START_TEST(an_empty_queue)
{
	nabd_t *q = small_queue();

	for (int round = 0; round < 6; round++) {
		len = 17;
		is(NABD_EMPTY, nabd_pop(q, bytes, &len));
		ck_assert_uint_eq(len, 17);
		is(NABD_EMPTY, nabd_peek(q, &data, &len));
		is(NABD_EMPTY, nabd_peek_msg(q, &msgs[0]));
		got = 77;
		is(NABD_EMPTY, nabd_peek_batch(q, msgs, 8, &got));
		ck_assert_uint_eq(got, 0);
		got = 77;
		is(NABD_EMPTY, nabd_pop_batch(q, bytes, sizeof(bytes), lens, 8, &got));
		ck_assert_uint_eq(got, 0);
		is(NABD_STATE, nabd_release(q));
		is(NABD_STATE, nabd_release_batch(q, 0));
		is(NABD_OK, push_text(q, "x")); /* and so at each slot of the ring */
		pop_is(q, "x");
	}
	close_ok(q);
}
END_TEST

/* provokes: nabd_pop NABD_BUFFER */
/* provokes: nabd_pop_batch NABD_BUFFER */
START_TEST(a_buffer_too_small_is_told_and_the_message_stays)
{
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "0123456789"));
	is(NABD_OK, push_text(q, "next"));
	for (size_t room = 0; room < 10; room++) {
		memset(bytes, '#', sizeof(bytes));
		len = room;
		is(NABD_BUFFER, nabd_pop(q, room ? bytes : NULL, &len));
		ck_assert_uint_eq(len, 10);
		lens[0] = 77;
		got = 77;
		is(NABD_BUFFER, nabd_pop_batch(q, bytes, room, lens, 8, &got));
		ck_assert_uint_eq(lens[0], 10);
		ck_assert_uint_eq(got, 0);
		for (size_t i = 0; i < sizeof(bytes); i++)
			ck_assert_int_eq(bytes[i], '#');
		is(NABD_STATE, nabd_release(q));
	}
	len = 10;
	is(NABD_OK, nabd_pop(q, bytes, &len));
	ck_assert_uint_eq(len, 10);
	ck_assert_mem_eq(bytes, "0123456789######", 16); /* not a byte too much */
	pop_is(q, "next");
	close_ok(q);
}
END_TEST

/* A handle joins with its first call, whichever that is, where the last one stopped. */
START_TEST(a_batch_is_the_first_call)
{
	nabd_t *q = small_queue();

	for (size_t i = 0; i < 3; i++)
		is(NABD_OK, push_text(q, "read"));
	for (size_t i = 0; i < 3; i++)
		pop_is(q, "read");
	is(NABD_OK, push_text(q, "a"));
	is(NABD_OK, push_text(q, "bc"));
	close_ok(q);
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	is(NABD_OK, nabd_pop_batch(q, bytes, sizeof(bytes), lens, 8, &got));
	ck_assert_uint_eq(got, 2);
	ck_assert_mem_eq(bytes, "abc", 3);
	ck_assert_uint_eq(lens[1], 2);
	close_ok(q);
}
END_TEST

/* provokes: nabd_pop_batch NABD_OK */
START_TEST(pop_batch_stops_where_the_next_would_not_fit)
{
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "one"));
	is(NABD_OK, push_text(q, ""));
	is(NABD_OK, push_text(q, "three"));
	is(NABD_OK, push_text(q, "4"));
	memset(bytes, '#', sizeof(bytes));
	is(NABD_OK, nabd_pop_batch(q, bytes, 7, lens, 8, &got));
	ck_assert_uint_eq(got, 2); /* the short one behind it must wait its turn */
	ck_assert_uint_eq(lens[0], 3);
	ck_assert_uint_eq(lens[1], 0);
	ck_assert_mem_eq(bytes, "one#####", 8);
	is(NABD_OK, nabd_pop_batch(q, bytes, 6, lens, 1, &got)); /* max is 1 */
	ck_assert_uint_eq(got, 1);
	ck_assert_mem_eq(bytes, "three", 5);
	is(NABD_OK, nabd_pop_batch(q, bytes, 1, lens, 8, &got));
	ck_assert_uint_eq(got, 1);
	ck_assert_mem_eq(bytes, "4", 1);
	is(NABD_EMPTY, nabd_pop_batch(q, bytes, 1, lens, 8, &got));
	close_ok(q);
}
END_TEST

/* provokes: nabd_release NABD_OK NABD_STATE */
/* provokes: nabd_release_batch NABD_STATE */
/* provokes: nabd_pop NABD_STATE */
/* provokes: nabd_peek_batch NABD_STATE */
/* provokes: nabd_pop_batch NABD_STATE */
START_TEST(one_peeked_message)
{
	nabd_t *q = small_queue();
	const void *again;

	is(NABD_STATE, nabd_release(q));
	is(NABD_OK, push_text(q, "one"));
	is(NABD_OK, push_text(q, "two"));
	is(NABD_STATE, nabd_release(q)); /* waiting is not peeked */
	is(NABD_OK, nabd_peek(q, &data, &len));
	ck_assert_uint_eq(len, 3);
	ck_assert_mem_eq(data, "one", 3);
	is(NABD_OK, nabd_peek(q, &again, &len));
	ck_assert_ptr_eq(again, data);
	is(NABD_OK, nabd_peek_msg(q, &msgs[0]));
	ck_assert_ptr_eq(msgs[0].data, data);
	len = sizeof(bytes);
	is(NABD_STATE, nabd_pop(q, bytes, &len));
	is(NABD_STATE, nabd_peek_batch(q, msgs, 8, &got));
	is(NABD_STATE, nabd_pop_batch(q, bytes, sizeof(bytes), lens, 8, &got));
	is(NABD_STATE, nabd_release_batch(q, 1));
	ck_assert_uint_eq(stats_of(q).position, 0);
	is(NABD_OK, nabd_release(q));
	is(NABD_STATE, nabd_release(q));
	ck_assert_uint_eq(stats_of(q).position, 1);
	pop_is(q, "two");
	is(NABD_STATE, nabd_release(q)); /* pop leaves nothing peeked */
	close_ok(q);
}
END_TEST

/* Of each kind of queue: nothing is in the way of the next call, and nothing was read. */
START_TEST(a_peeked_message_is_let_go_unread)
{
	const unsigned kind = (_i & 1 ? NABD_OVERWRITE : 0u) | (_i & 2 ? NABD_TIMESTAMPS : 0u);
	nabd_t *q = open_ok("q", 8, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER | kind);
	nabd_consumer_t *c;

	is(NABD_OK, nabd_consumer_join_opts(q, 1, NULL, &c));
	is(NABD_EMPTY, nabd_peek(q, &data, &len));
	is(NABD_STATE, nabd_release_batch(q, 0));
	is(NABD_STATE, nabd_consumer_release_batch(c, 0));
	is(NABD_OK, push_text(q, "one"));
	is(NABD_OK, push_text(q, "two"));
	for (int round = 0; round < 2; round++) {
		is(NABD_OK, nabd_peek(q, &data, &len));
		ck_assert_int_lt(nabd_arm(q), 0);
		is(NABD_STATE, nabd_release_batch(q, 1));
		is(NABD_OK, nabd_release_batch(q, 0));
		is(NABD_STATE, nabd_release_batch(q, 0));
		is(NABD_STATE, nabd_release(q));
		ck_assert_int_eq(nabd_arm(q), 1);
		is(NABD_OK, nabd_consumer_peek(c, &data, &len));
		ck_assert_int_lt(nabd_consumer_arm(c), 0);
		is(NABD_STATE, nabd_consumer_release_batch(c, 1));
		is(NABD_OK, nabd_consumer_release_batch(c, 0));
		is(NABD_STATE, nabd_consumer_release_batch(c, 0));
		is(NABD_STATE, nabd_consumer_release(c));
		ck_assert_int_eq(nabd_consumer_arm(c), 1);
	}
	ck_assert_uint_eq(stats_of(q).position, 0);
	pop_is(q, "one");
	len = sizeof(bytes);
	is(NABD_OK, nabd_consumer_pop(c, bytes, &len));
	ck_assert_mem_eq(bytes, "one", 3);
	is(NABD_OK, nabd_peek_batch(q, msgs, 8, &got));
	ck_assert_uint_eq(got, 1);
	is(NABD_OK, nabd_release_batch(q, 1));
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 8, &got));
	ck_assert_uint_eq(got, 1);
	is(NABD_OK, nabd_consumer_release_batch(c, 1));
	is(NABD_OK, nabd_consumer_close(c));
	close_ok(q);
}
END_TEST

/* provokes: nabd_peek_batch NABD_OK NABD_STATE */
/* provokes: nabd_peek NABD_STATE */
/* provokes: nabd_peek_msg NABD_STATE */
/* provokes: nabd_release_batch NABD_OK NABD_STATE NABD_INVALID */
START_TEST(a_peeked_batch)
{
	nabd_t *q = small_queue();

	for (int i = 0; i < 4; i++)
		is(NABD_OK, nabd_push(q, &"abcd"[i], 1));
	is(NABD_STATE, nabd_release_batch(q, 0));
	is(NABD_OK, nabd_peek_batch(q, msgs, 3, &got));
	ck_assert_uint_eq(got, 3);
	is(NABD_STATE, nabd_peek(q, &data, &len));
	is(NABD_STATE, nabd_peek_msg(q, &msgs[7]));
	is(NABD_STATE, nabd_release(q));
	len = sizeof(bytes);
	is(NABD_STATE, nabd_pop(q, bytes, &len));
	is(NABD_STATE, nabd_peek_batch(q, &msgs[3], 1, &got));
	is(NABD_STATE, nabd_pop_batch(q, bytes, sizeof(bytes), lens, 8, &got));
	is(NABD_INVALID, nabd_release_batch(q, 4)); /* four are waiting, three were peeked */
	is(NABD_INVALID, nabd_release_batch(q, SIZE_MAX));
	ck_assert_uint_eq(stats_of(q).position, 0);
	is(NABD_OK, nabd_release_batch(q, 2));
	is(NABD_STATE, nabd_release_batch(q, 1)); /* the rest of the batch went back, too */
	ck_assert_uint_eq(stats_of(q).position, 2);
	pop_is(q, "c");
	is(NABD_OK, nabd_peek_batch(q, msgs, 8, &got));
	ck_assert_uint_eq(got, 1);
	is(NABD_OK, nabd_release_batch(q, 0)); /* looked, took none */
	pop_is(q, "d");
	close_ok(q);
}
END_TEST

static void is_message(const struct nabd_msg *msg, uint64_t sequence, const char *text)
{
	ck_assert_uint_eq(msg->sequence, sequence);
	ck_assert_uint_eq(msg->len, strlen(text));
	ck_assert_mem_eq(msg->data, text, strlen(text));
	ck_assert_uint_eq(msg->flags, 0);
	ck_assert_uint_eq(msg->deliveries, 1);
	ck_assert_uint_eq(msg->reserved, 0);
}

START_TEST(a_message_tells_its_sequence)
{
	nabd_t *q = small_queue();

	for (uint64_t sequence = 0; sequence < 40; sequence += 2) {
		memset(msgs, 0xa5, sizeof(msgs));
		is(NABD_OK, push_text(q, "first"));
		is(NABD_OK, push_text(q, "the second"));
		is(NABD_OK, nabd_peek_batch(q, &msgs[1], 2, &got));
		is_message(&msgs[1], sequence, "first");
		is_message(&msgs[2], sequence + 1, "the second");
		is(NABD_OK, nabd_release_batch(q, 1));
		is(NABD_OK, nabd_peek_msg(q, &msgs[0]));
		is_message(&msgs[0], sequence + 1, "the second");
		is(NABD_OK, nabd_release(q));
	}
	close_ok(q);
}
END_TEST

/* All lengths and all byte values, there and back, by copy and in place. */
START_TEST(a_payload_is_bytes_and_arrives_as_it_was)
{
	nabd_t *q = open_ok("q", 4, 1000, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
	static unsigned char out[1016], in[1016];

	for (size_t n = 0; n <= 1000; n++) {
		size_t shift = n % 8; /* neither side's buffer need be aligned */

		for (size_t i = 0; i < n; i++)
			out[shift + i] = (unsigned char)(n + i * 7);
		memset(in, 0xee, sizeof(in));
		is(NABD_OK, nabd_push(q, out + shift, n));
		is(NABD_OK, nabd_push(q, out + shift, n));
		is(NABD_OK, nabd_peek(q, &data, &len));
		ck_assert_uint_eq(len, n);
		ck_assert_int_eq(memcmp(data, out + shift, n), 0);
		is(NABD_OK, nabd_release(q));
		len = n;
		is(NABD_OK, nabd_pop(q, in + 7 - shift, &len));
		ck_assert_uint_eq(len, n);
		ck_assert_int_eq(memcmp(in + 7 - shift, out + shift, n), 0);
		ck_assert_uint_eq(in[7 - shift + n], 0xee);
		ck_assert(shift == 7 || in[6 - shift] == 0xee);
	}
	close_ok(q);
}
END_TEST

/* A zero in the middle, at the end, alone; and no byte at all is a message too. */
START_TEST(zeroes_are_bytes_and_nothing_is_a_message)
{
	nabd_t *q = small_queue();

	is(NABD_OK, nabd_push(q, "a\0b\0", 4));
	is(NABD_OK, nabd_push(q, "", 1));
	is(NABD_OK, nabd_push(q, NULL, 0));
	ck_assert_int_eq(nabd_empty(q), 0);
	len = sizeof(bytes);
	is(NABD_OK, nabd_pop(q, bytes, &len));
	ck_assert_uint_eq(len, 4);
	ck_assert_mem_eq(bytes, "a\0b\0", 4);
	len = sizeof(bytes);
	is(NABD_OK, nabd_pop(q, bytes, &len));
	ck_assert_uint_eq(len, 1);
	ck_assert_int_eq(bytes[0], 0);
	ck_assert_int_eq(nabd_empty(q), 0);
	is(NABD_OK, nabd_peek(q, &data, &len));
	ck_assert_uint_eq(len, 0);
	ck_assert_ptr_nonnull(data);
	is(NABD_OK, nabd_release(q));
	ck_assert_int_eq(nabd_empty(q), 1);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_receive");

	tcase_add_test(tests, an_empty_queue);
	tcase_add_test(tests, a_buffer_too_small_is_told_and_the_message_stays);
	tcase_add_test(tests, a_batch_is_the_first_call);
	tcase_add_test(tests, pop_batch_stops_where_the_next_would_not_fit);
	tcase_add_test(tests, one_peeked_message);
	tcase_add_loop_test(tests, a_peeked_message_is_let_go_unread, 0, 4);
	tcase_add_test(tests, a_peeked_batch);
	tcase_add_test(tests, a_message_tells_its_sequence);
	tcase_add_test(tests, a_payload_is_bytes_and_arrives_as_it_was);
	tcase_add_test(tests, zeroes_are_bytes_and_nothing_is_a_message);
	return behaviour_run();
}
