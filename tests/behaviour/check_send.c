/* SPDX-License-Identifier: MIT */
/*
 * check_send.c - the sending side: what can be sent, what a reservation allows,
 * and that a call out of order or out of bounds changes nothing.
 */
#include <string.h>

#include "behaviour.h"

static char bytes[256];
static void *slot;
static void *slots[8];
static size_t got, sent;

static void has_sent(nabd_t *q, uint64_t messages, uint64_t payload)
{
	struct nabd_stats stats = stats_of(q);

	ck_assert_uint_eq(stats.head, messages);
	ck_assert_uint_eq(stats.bytes, payload);
}

/* provokes: nabd_push NABD_OK NABD_TOOBIG */
/* provokes: nabd_reserve NABD_TOOBIG */
/* provokes: nabd_reserve_batch NABD_TOOBIG */
/* provokes: nabd_push_batch NABD_TOOBIG */
START_TEST(a_message_longer_than_the_slot_is_refused)
{
	static const size_t lengths[] = { 65, 66, 4096, 1u << 31, SIZE_MAX / 2, SIZE_MAX - 7,
					  SIZE_MAX };
	static const uint32_t last[] = { 1, 2, 65 }, wide[] = { UINT32_MAX, 1 };
	nabd_t *q = small_queue();

	for (size_t i = 0; i < COUNT(lengths); i++) {
		is(NABD_TOOBIG, nabd_push(q, bytes, lengths[i]));
		is(NABD_TOOBIG, nabd_reserve(q, lengths[i], &slot));
		got = 77;
		is(NABD_TOOBIG, nabd_reserve_batch(q, lengths[i], slots, 2, &got));
		ck_assert_uint_eq(got, 0);
		is(NABD_STATE, nabd_abort(q));
	}
	/* One length too much in the batch, and none of it is sent. */
	sent = 77;
	is(NABD_TOOBIG, nabd_push_batch(q, bytes, last, 3, &sent));
	ck_assert_uint_eq(sent, 0);
	is(NABD_TOOBIG, nabd_push_batch(q, bytes, wide, 2, &sent));
	has_sent(q, 0, 0);
	is(NABD_OK, nabd_push(q, bytes, 64));
	has_sent(q, 1, 64);
	close_ok(q);
}
END_TEST

/* provokes: nabd_reserve NABD_OK NABD_STATE */
/* provokes: nabd_commit NABD_OK NABD_TOOBIG NABD_STATE */
/* provokes: nabd_abort NABD_OK NABD_STATE */
/* provokes: nabd_push NABD_STATE */
START_TEST(one_reservation)
{
	nabd_t *q = small_queue();

	is(NABD_STATE, nabd_commit(q, 0));
	is(NABD_STATE, nabd_abort(q));
	is(NABD_OK, nabd_reserve(q, 10, &slot));
	memcpy(slot, "0123456789", 10);
	is(NABD_STATE, nabd_reserve(q, 10, &slots[0]));
	is(NABD_STATE, nabd_push(q, "x", 1));
	is(NABD_TOOBIG, nabd_commit(q, 11)); /* it would fit the slot, but was not reserved */
	is(NABD_TOOBIG, nabd_commit(q, 64));
	is(NABD_TOOBIG, nabd_commit(q, SIZE_MAX));
	has_sent(q, 0, 0);
	ck_assert_int_eq(nabd_empty(q), 1);
	is(NABD_OK, nabd_commit(q, 10)); /* it stayed open all the time */
	is(NABD_STATE, nabd_commit(q, 10));
	is(NABD_STATE, nabd_abort(q));
	has_sent(q, 1, 10);
	pop_is(q, "0123456789");

	is(NABD_OK, nabd_reserve(q, 64, &slot));
	is(NABD_OK, nabd_abort(q));
	is(NABD_STATE, nabd_abort(q));
	is(NABD_STATE, nabd_commit(q, 1));
	has_sent(q, 1, 10);
	ck_assert_int_eq(nabd_empty(q), 1);
	close_ok(q);
}
END_TEST

/* The slot of an aborted reservation is the next one to be got. */
START_TEST(abort_gives_the_slot_back)
{
	nabd_t *q = open_ok("q", 1, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
	void *again;

	for (int i = 0; i < 10; i++) {
		is(NABD_OK, nabd_reserve(q, 64, &slot));
		memset(slot, 'x', 64);
		is(NABD_OK, nabd_abort(q));
	}
	is(NABD_OK, nabd_reserve(q, 1, &again));
	ck_assert_ptr_eq(again, slot);
	is(NABD_OK, nabd_commit(q, 0));
	pop_is(q, "");
	close_ok(q);
}
END_TEST

/* provokes: nabd_reserve NABD_FULL */
/* provokes: nabd_push NABD_FULL */
/* provokes: nabd_reserve_batch NABD_FULL */
/* provokes: nabd_push_batch NABD_FULL */
START_TEST(full)
{
	static const uint32_t lens[] = { 1, 1 };
	nabd_t *q = small_queue();

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 4; i++)
			is(NABD_OK, push_text(q, "x"));
		is(NABD_FULL, push_text(q, "x"));
		is(NABD_FULL, nabd_push(q, NULL, 0));
		is(NABD_FULL, nabd_reserve(q, 1, &slot));
		got = 77;
		is(NABD_FULL, nabd_reserve_batch(q, 1, slots, 2, &got));
		ck_assert_uint_eq(got, 0);
		sent = 77;
		is(NABD_FULL, nabd_push_batch(q, "xx", lens, 2, &sent));
		ck_assert_uint_eq(sent, 0);
		is(NABD_STATE, nabd_abort(q));
		for (int i = 0; i < 4; i++)
			pop_is(q, "x");
	}
	close_ok(q);
}
END_TEST

/* provokes: nabd_reserve_batch NABD_OK NABD_STATE */
/* provokes: nabd_commit_batch NABD_OK NABD_TOOBIG NABD_STATE */
/* provokes: nabd_commit NABD_STATE */
/* provokes: nabd_push_batch NABD_STATE */
START_TEST(a_batch_reservation)
{
	static const uint32_t fits[] = { 3, 0, 10 }, toobig[] = { 3, 0, 11 };
	static const uint32_t many[] = { 1, 1, 1, 1 };
	nabd_t *q = small_queue();

	is(NABD_STATE, nabd_commit_batch(q, fits, 0));
	is(NABD_STATE, nabd_commit_batch(q, fits, 3));
	is(NABD_OK, nabd_reserve_batch(q, 10, slots, 3, &got));
	ck_assert_uint_eq(got, 3);
	memcpy(slots[0], "one", 3);
	memcpy(slots[2], "0123456789", 10);
	is(NABD_STATE, nabd_commit(q, 1)); /* a batch is ended by commit_batch or abort */
	is(NABD_STATE, nabd_reserve(q, 1, &slot));
	is(NABD_STATE, nabd_reserve_batch(q, 1, &slots[4], 1, &got));
	is(NABD_STATE, nabd_push(q, "x", 1));
	is(NABD_STATE, nabd_push_batch(q, "x", many, 1, &sent));
	is(NABD_TOOBIG, nabd_commit_batch(q, toobig, 3));
	is(NABD_TOOBIG, nabd_commit_batch(q, many, 4));
	is(NABD_TOOBIG, nabd_commit_batch(q, many, SIZE_MAX));
	has_sent(q, 0, 0);
	is(NABD_OK, nabd_commit_batch(q, fits, 3));
	is(NABD_STATE, nabd_commit_batch(q, fits, 3));
	has_sent(q, 3, 13);
	pop_is(q, "one");
	pop_is(q, "");
	pop_is(q, "0123456789");
	close_ok(q);
}
END_TEST

START_TEST(a_batch_may_be_sent_in_part_or_not_at_all)
{
	static const uint32_t lens[] = { 1, 1, 1, 1 };
	nabd_t *q = small_queue();

	is(NABD_OK, nabd_reserve_batch(q, 1, slots, 4, &got));
	for (size_t i = 0; i < got; i++)
		memcpy(slots[i], &"abcd"[i], 1);
	is(NABD_OK, nabd_commit_batch(q, lens, 2)); /* c and d are given back */
	has_sent(q, 2, 2);
	is(NABD_OK, push_text(q, "e"));
	pop_is(q, "a");
	pop_is(q, "b");
	pop_is(q, "e");

	is(NABD_OK, nabd_reserve_batch(q, 1, slots, 4, &got));
	ck_assert_uint_eq(got, 4);
	is(NABD_OK, nabd_commit_batch(q, lens, 0));
	is(NABD_STATE, nabd_abort(q));
	is(NABD_OK, nabd_reserve_batch(q, 1, slots, 4, &got));
	is(NABD_OK, nabd_abort(q));
	is(NABD_STATE, nabd_commit_batch(q, lens, 1));
	has_sent(q, 3, 3);
	ck_assert_int_eq(nabd_empty(q), 1);
	close_ok(q);
}
END_TEST

START_TEST(a_batch_gets_what_is_free)
{
	static const uint32_t lens[] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "0"));
	is(NABD_OK, nabd_reserve_batch(q, 1, slots, 8, &got));
	ck_assert_uint_eq(got, 3);
	for (size_t i = 1; i < got; i++)
		ck_assert_ptr_ne(slots[i], slots[0]);
	is(NABD_OK, nabd_abort(q));
	is(NABD_OK, nabd_push_batch(q, "12345678", lens, 8, &sent));
	ck_assert_uint_eq(sent, 3);
	pop_is(q, "0");
	pop_is(q, "1");
	is(NABD_OK, nabd_push_batch(q, "45678", lens, 5, &sent));
	ck_assert_uint_eq(sent, 2);
	pop_is(q, "2");
	pop_is(q, "3");
	pop_is(q, "4");
	pop_is(q, "5");
	close_ok(q);
}
END_TEST

/* provokes: nabd_push_batch NABD_OK */
START_TEST(push_batch_cuts_where_the_lengths_say)
{
	static const uint32_t lens[] = { 3, 0, 5, 1 };
	nabd_t *q = small_queue();

	is(NABD_OK, nabd_push_batch(q, "onethree!", lens, 4, &sent));
	ck_assert_uint_eq(sent, 4);
	has_sent(q, 4, 9);
	pop_is(q, "one");
	pop_is(q, "");
	pop_is(q, "three");
	pop_is(q, "!");
	close_ok(q);
}
END_TEST

/* The copies of a long batch are published in parts, wherever the lengths cut it. */
START_TEST(a_batch_of_all_lengths)
{
	static const uint32_t lens[] = { 4096, 0,    1,	   4094, 1, 4097, 0, 0, 8192, 8191, 8192,
					 7,    4089, 4096, 0,	 5, 0 };
	static unsigned char out[1 << 16], in[sizeof(out)];
	enum { N = sizeof(lens) / sizeof(lens[0]) };
	nabd_t *q = open_ok("long", 32, 8192, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
	uint32_t back[N];
	uint64_t bytes_of_all = 0;

	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (unsigned char)(i * 7 + i / 251);
	for (size_t i = 0; i < N; i++)
		bytes_of_all += lens[i];
	for (size_t round = 1; round <= 3; round++) { /* round the ring's end too */
		memset(in, 0, sizeof(in));
		is(NABD_OK, nabd_push_batch(q, out, lens, N, &sent));
		ck_assert_uint_eq(sent, N);
		has_sent(q, round * N, round * bytes_of_all);
		is(NABD_OK, nabd_pop_batch(q, in, sizeof(in), back, N, &got));
		ck_assert_uint_eq(got, N);
		ck_assert_mem_eq(back, lens, sizeof(lens));
		ck_assert_mem_eq(in, out, (size_t)bytes_of_all);
	}
	close_ok(q);
}
END_TEST

/* What was only reserved is gone with the handle. */
START_TEST(close_aborts_an_open_reservation)
{
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "sent"));
	is(NABD_OK, nabd_reserve(q, 5, &slot));
	memcpy(slot, "never", 5);
	close_ok(q);
	q = open_ok("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER);
	is(NABD_STATE, nabd_commit(q, 5));
	is(NABD_OK, nabd_reserve_batch(q, 5, slots, 3, &got));
	close_ok(q);
	q = open_ok("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER);
	has_sent(q, 1, 4);
	is(NABD_OK, push_text(q, "too"));
	pop_is(q, "sent");
	pop_is(q, "too");
	ck_assert_int_eq(nabd_empty(q), 1);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_send");

	tcase_add_test(tests, a_message_longer_than_the_slot_is_refused);
	tcase_add_test(tests, one_reservation);
	tcase_add_test(tests, abort_gives_the_slot_back);
	tcase_add_test(tests, full);
	tcase_add_test(tests, a_batch_reservation);
	tcase_add_test(tests, a_batch_may_be_sent_in_part_or_not_at_all);
	tcase_add_test(tests, a_batch_gets_what_is_free);
	tcase_add_test(tests, push_batch_cuts_where_the_lengths_say);
	tcase_add_test(tests, a_batch_of_all_lengths);
	tcase_add_test(tests, close_aborts_an_open_reservation);
	return behaviour_run();
}
