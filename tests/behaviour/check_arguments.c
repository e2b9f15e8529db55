/* SPDX-License-Identifier: MIT */
/*
 * check_arguments.c - NULL and wild arguments to every call: each has its
 * documented error, and nothing changes.
 */
#include <string.h>

#include "behaviour.h"
#include "calls.h"

static char bytes[256];
static const void *data;
static void *slots[4];
static uint32_t lens[4] = { 1, 1, 1, 1 };
static struct nabd_msg msgs[4];
static size_t number;

/* Memory that was never a handle: all zero, all ones, a pattern, a text. */
static _Alignas(4096) unsigned char wild[65536];

/* provokes: nabd_reserve NABD_INVALID */
/* provokes: nabd_commit NABD_INVALID */
/* provokes: nabd_abort NABD_INVALID */
/* provokes: nabd_push NABD_INVALID */
/* provokes: nabd_reserve_batch NABD_INVALID */
/* provokes: nabd_commit_batch NABD_INVALID */
/* provokes: nabd_push_batch NABD_INVALID */
/* provokes: nabd_peek NABD_INVALID */
/* provokes: nabd_peek_msg NABD_INVALID */
/* provokes: nabd_release NABD_INVALID */
/* provokes: nabd_pop NABD_INVALID */
/* provokes: nabd_peek_batch NABD_INVALID */
/* provokes: nabd_release_batch NABD_INVALID */
/* provokes: nabd_pop_batch NABD_INVALID */
/* provokes: nabd_empty NABD_INVALID */
/* provokes: nabd_full NABD_INVALID */
/* provokes: nabd_fill_level NABD_INVALID */
/* provokes: nabd_stats NABD_INVALID */
/* provokes: nabd_min_tail NABD_INVALID */
/* provokes: nabd_memory_get NABD_INVALID */
/* provokes: nabd_lost NABD_INVALID */
/* provokes: nabd_close NABD_INVALID */
START_TEST(what_is_no_handle_is_refused_by_every_call)
{
	static const unsigned char fills[] = { 0, 0xff, 0x55, 'N' };
	unsigned touched = 0;

	for (size_t i = 0; i < CALLS; i++)
		ck_assert_msg(calls[i].side == CLOSE || calls[i].run(NULL) == NABD_INVALID,
			      "%s(NULL)", calls[i].name);
	for (size_t f = 0; f < sizeof(fills); f++) {
		memset(wild, fills[f], sizeof(wild));
		for (size_t i = 0; i < CALLS; i++)
			ck_assert_msg(calls[i].run((nabd_t *)wild) == NABD_INVALID,
				      "%s(memory full of %#x)", calls[i].name, fills[f]);
		for (size_t i = 0; i < sizeof(wild); i++)
			touched |= wild[i] ^ fills[f];
		ck_assert_uint_eq(touched, 0); /* nobody wrote there */
	}
}
END_TEST

/* provokes: nabd_close NABD_OK */
START_TEST(closing_nothing_is_no_error)
{
	is(NABD_OK, nabd_close(NULL));
}
END_TEST

/* provokes: nabd_open_opts NABD_INVALID */
/* provokes: nabd_unlink NABD_INVALID */
/* provokes: nabd_unlink_opts NABD_INVALID */
START_TEST(null_to_open_and_unlink)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	nabd_t *q = (nabd_t *)wild;

	is(NABD_INVALID, nabd_open_opts(NULL, 4, 64, NABD_CREATE, NULL, &q));
	ck_assert_ptr_null(q);
	is(NABD_INVALID, nabd_open_opts("q", 4, 64, NABD_CREATE, NULL, NULL));
	is(NABD_INVALID, nabd_open_opts(NULL, 4, 64, NABD_CREATE, NULL, NULL));
	ck_assert_ptr_null(nabd_open(NULL, 4, 64, NABD_CREATE));
	is(NABD_INVALID, nabd_unlink(NULL));
	is(NABD_INVALID, nabd_unlink_opts(NULL, NULL));
	is(NABD_INVALID, nabd_unlink_opts(NULL, &opts));
	is(NABD_NOTFOUND, nabd_unlink("q")); /* the call without out made no queue */
}
END_TEST

START_TEST(null_and_zero_to_the_sending_calls)
{
	nabd_t *q = small_queue();

	is(NABD_INVALID, nabd_reserve(q, 1, NULL));
	is(NABD_INVALID, nabd_push(q, NULL, 1));
	is(NABD_INVALID, nabd_push(q, NULL, 64));
	number = 77;
	is(NABD_INVALID, nabd_reserve_batch(q, 1, NULL, 4, &number));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_reserve_batch(q, 1, slots, 4, NULL));
	number = 77;
	is(NABD_INVALID, nabd_reserve_batch(q, 1, slots, 0, &number));
	ck_assert_uint_eq(number, 0);
	is(NABD_STATE, nabd_abort(q)); /* none of these left a reservation open */

	number = 77;
	is(NABD_INVALID, nabd_push_batch(q, NULL, lens, 4, &number));
	ck_assert_uint_eq(number, 0);
	number = 77;
	is(NABD_INVALID, nabd_push_batch(q, bytes, NULL, 4, &number));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_push_batch(q, bytes, lens, 4, NULL));
	number = 77;
	is(NABD_INVALID, nabd_push_batch(q, bytes, lens, 0, &number));
	ck_assert_uint_eq(number, 0);

	is(NABD_OK, nabd_reserve_batch(q, 8, slots, 2, &number));
	is(NABD_INVALID, nabd_commit_batch(q, NULL, 1));
	is(NABD_OK, nabd_commit_batch(q, NULL, 0)); /* no lengths needed for none */
	ck_assert_uint_eq(stats_of(q).head, 0);
	is(NABD_OK, nabd_push(q, NULL, 0)); /* a message of no bytes needs none */
	ck_assert_uint_eq(stats_of(q).head, 1);
	close_ok(q);
}
END_TEST

START_TEST(null_and_zero_to_the_receiving_calls)
{
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "one"));
	is(NABD_INVALID, nabd_peek(q, NULL, &number));
	is(NABD_INVALID, nabd_peek(q, NULL, NULL));
	is(NABD_INVALID, nabd_peek_msg(q, NULL));
	is(NABD_INVALID, nabd_pop(q, bytes, NULL));
	number = 3;
	is(NABD_INVALID, nabd_pop(q, NULL, &number));
	number = 77;
	is(NABD_INVALID, nabd_peek_batch(q, NULL, 4, &number));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_peek_batch(q, msgs, 4, NULL));
	number = 77;
	is(NABD_INVALID, nabd_peek_batch(q, msgs, 0, &number));
	ck_assert_uint_eq(number, 0);
	number = 77;
	is(NABD_INVALID, nabd_pop_batch(q, NULL, 64, lens, 4, &number));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_pop_batch(q, bytes, 64, NULL, 4, &number));
	is(NABD_INVALID, nabd_pop_batch(q, bytes, 64, lens, 4, NULL));
	is(NABD_INVALID, nabd_pop_batch(q, bytes, 64, lens, 0, &number));
	is(NABD_STATE, nabd_release(q)); /* none of these peeked */
	is(NABD_STATE, nabd_release_batch(q, 0));

	is(NABD_OK, nabd_peek(q, &data, NULL)); /* the length may be left out */
	ck_assert_mem_eq(data, "one", 3);
	is(NABD_OK, nabd_release(q));
	is(NABD_OK, nabd_push(q, NULL, 0));
	number = 0;
	is(NABD_OK, nabd_pop(q, NULL, &number)); /* no room needed for no bytes */
	ck_assert_uint_eq(number, 0);
	close_ok(q);
}
END_TEST

START_TEST(stats_wants_to_know_its_size)
{
	nabd_t *q = small_queue();
	struct nabd_stats stats;

	is(NABD_INVALID, nabd_stats(q, NULL));
	memset(&stats, 0x5a, sizeof(stats));
	for (uint32_t size = 0; size < 8; size++) {
		stats.size = size;
		is(NABD_INVALID, nabd_stats(q, &stats));
		ck_assert_uint_eq(stats.size, size);
		ck_assert_uint_eq(stats.state, 0x5a5a5a5a);
	}
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_arguments");

	tcase_add_test(tests, what_is_no_handle_is_refused_by_every_call);
	tcase_add_test(tests, closing_nothing_is_no_error);
	tcase_add_test(tests, null_to_open_and_unlink);
	tcase_add_test(tests, null_and_zero_to_the_sending_calls);
	tcase_add_test(tests, null_and_zero_to_the_receiving_calls);
	tcase_add_test(tests, stats_wants_to_know_its_size);
	return behaviour_run();
}
