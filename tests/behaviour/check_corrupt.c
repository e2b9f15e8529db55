/* SPDX-License-Identifier: MIT */
/*
 * check_corrupt.c - a damaged stamp, length, position, head or tail in a queue
 * that is in use: seen by every call that depends on it, and nothing moves.
 */
#define _GNU_SOURCE
#include <string.h>

#include "calls.h"
#include "raw.h"

static void all_receive(nabd_t *q, int code)
{
	for (size_t i = 0; i < CALLS; i++) {
		int got;

		if (calls[i].side != RECEIVE || strstr(calls[i].name, "release"))
			continue;
		got = calls[i].run(q);
		ck_assert_msg(got == code, "%s: %s, wanted %s", calls[i].name, code_name(got),
			      code_name(code));
	}
}

/* provokes: nabd_peek NABD_CORRUPT */
/* provokes: nabd_peek_msg NABD_CORRUPT */
/* provokes: nabd_pop NABD_CORRUPT */
/* provokes: nabd_peek_batch NABD_CORRUPT */
/* provokes: nabd_pop_batch NABD_CORRUPT */
START_TEST(a_damaged_stamp_is_seen_by_every_receiving_call)
{
	nabd_t *q = small_queue();

	map_raw();
	for (uint64_t next = 0; next < 12; next++) {
		const uint64_t damages[] = {
			stamp_value(next, 65),		 /* longer than the slot */
			stamp_value(next, UINT32_MAX),	 stamp_value(next, 1u << 31),
			stamp_value(next + 1, 1),	 stamp_value(next + 4, 1), /* the future */
			stamp_value(next + 400, 1),	 stamp_value(next - 1, 1),
			stamp_value(next - 8, 1),	 stamp_value(next + (1u << 31), 1),
			UINT64_MAX,			 0x5555555555555555u, 1, 64,
		};
		uint64_t right;

		is(NABD_OK, push_text(q, "kept"));
		right = *stamp(next);
		ck_assert_uint_eq(right, stamp_value(next, 4));
		for (size_t i = 0; i < COUNT(damages); i++) {
			*stamp(next) = damages[i];
			all_receive(q, NABD_CORRUPT);
			is(NABD_STATE, nabd_release(q));
			is(NABD_STATE, nabd_release_batch(q, 0));
		}
		*stamp(next) = right; /* nothing has moved: the message can still be had */
		pop_is(q, "kept");
	}
	close_ok(q);
}
END_TEST

/* A batch ends before a damaged slot; what is right before it is delivered. */
START_TEST(a_batch_ends_before_a_damaged_slot)
{
	nabd_t *q = small_queue();
	struct nabd_msg msgs[4];
	char bytes[64];
	uint32_t lens[4];
	size_t got;

	map_raw();
	for (int i = 0; i < 4; i++)
		is(NABD_OK, push_text(q, "kept"));
	*stamp(2) = stamp_value(2, 65);
	is(NABD_OK, nabd_peek_batch(q, msgs, 4, &got));
	ck_assert_uint_eq(got, 2);
	is(NABD_OK, nabd_release_batch(q, 0));
	is(NABD_OK, nabd_pop_batch(q, bytes, sizeof(bytes), lens, 4, &got));
	ck_assert_uint_eq(got, 2);
	got = 77;
	is(NABD_CORRUPT, nabd_pop_batch(q, bytes, sizeof(bytes), lens, 4, &got));
	ck_assert_uint_eq(got, 0);
	close_ok(q);
}
END_TEST

/* The length was checked when the message was peeked; it is not read again. */
START_TEST(a_length_is_read_once)
{
	nabd_t *q = small_queue();
	const void *data;
	size_t len;

	map_raw();
	is(NABD_OK, push_text(q, "kept"));
	is(NABD_OK, nabd_peek(q, &data, &len));
	*stamp(0) = stamp_value(0, UINT32_MAX);
	is(NABD_OK, nabd_peek(q, &data, &len));
	ck_assert_uint_eq(len, 4);
	is(NABD_OK, nabd_release(q));
	close_ok(q);
}
END_TEST

/* provokes: nabd_peek NABD_CORRUPT */
START_TEST(a_damaged_position_is_seen_by_the_next_reader)
{
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "one"));
	is(NABD_OK, push_text(q, "two"));
	pop_is(q, "one");
	close_ok(q);
	map_raw();
	for (size_t i = 0; i < COUNT(garbage); i++) {
		*word(&consumers->group[0].position) = garbage[i];
		q = open_ok("q", 0, 0, NABD_CONSUMER);
		all_receive(q, NABD_CORRUPT);
		ck_assert_uint_eq(stats_of(q).state & NABD_STATE_CONSUMER, 0);
		close_ok(q);
	}
	*word(&consumers->group[0].position) = 1;
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	pop_is(q, "two");
	close_ok(q);
}
END_TEST

/* A position that can't be right must not let the producer overwrite anything. */
START_TEST(a_damaged_position_does_not_let_the_producer_overwrite)
{
	nabd_t *q = small_queue();

	map_raw();
	for (uint64_t lap = 0; lap < COUNT(garbage); lap++) {
		for (int i = 0; i < 4; i++)
			is(NABD_OK, nabd_push(q, &"abcd"[i], 1));
		for (size_t i = 0; i < COUNT(garbage); i++) {
			*word(&consumers->group[0].position) = garbage[i];
			is(NABD_FULL, push_text(q, "never"));
		}
		*word(&consumers->group[0].position) = lap * 4;
		is(NABD_FULL, push_text(q, "never"));
		pop_is(q, "a");
		pop_is(q, "b");
		pop_is(q, "c");
		pop_is(q, "d");
	}
	close_ok(q);
}
END_TEST

/* provokes: nabd_open_opts NABD_CORRUPT */
START_TEST(damaged_head_and_tail_are_seen_by_the_next_producer)
{
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "one"));
	is(NABD_OK, push_text(q, "two"));
	close_ok(q);
	map_raw();
	for (size_t i = 0; i < COUNT(garbage); i++) {
		*word(&producer->head) = garbage[i];
		is(NABD_CORRUPT, open_code("q", 0, 0, NABD_PRODUCER));
		*word(&producer->head) = 2;
		*word(&producer->tail) = garbage[i];
		is(NABD_CORRUPT, open_code("q", 0, 0, NABD_PRODUCER));
		*word(&producer->tail) = 0;
	}
	*stamp(1) = stamp_value(5, 3);
	is(NABD_CORRUPT, open_code("q", 0, 0, NABD_PRODUCER));
	*stamp(1) = stamp_value(1, 3);
	q = open_ok("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER);
	pop_is(q, "one");
	pop_is(q, "two");
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_corrupt");

	tcase_add_test(tests, a_damaged_stamp_is_seen_by_every_receiving_call);
	tcase_add_test(tests, a_batch_ends_before_a_damaged_slot);
	tcase_add_test(tests, a_length_is_read_once);
	tcase_add_test(tests, a_damaged_position_is_seen_by_the_next_reader);
	tcase_add_test(tests, a_damaged_position_does_not_let_the_producer_overwrite);
	tcase_add_test(tests, damaged_head_and_tail_are_seen_by_the_next_producer);
	return behaviour_run();
}
