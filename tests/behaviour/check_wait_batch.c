/* SPDX-License-Identifier: MIT */
/*
 * check_wait_batch.c - nabd_push_batch_wait(), which goes on with the rest whenever there
 * is room: what it sends, and what it tells when that is not all.
 */
#include "waits.h"

static nabd_t *queue;
static struct sleeper tx;
static const void *data;

static const uint32_t eights[10] = { 8, 8, 8, 8, 8, 8, 8, 8, 8, 8 };
static uint64_t numbers[10] = { 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 };
static size_t sent;

static int pushes_ten(nabd_t *q, int64_t timeout_ns)
{
	return nabd_push_batch_wait(q, numbers, eights, 10, &sent, timeout_ns);
}

/* Ten messages through four slots. */
START_TEST(a_batch_goes_on_until_all_is_sent)
{
	queue = read_queue_of(4);
	sleep_long(queue);
	push_numbers(queue, 0, 4);
	sleeps_in(&tx, pushes_ten, queue);
	for (uint64_t number = 0; number < 9; number++) {
		reads_number(queue, number);
		still_sleeps(&tx);
	}
	for (uint64_t number = 9; number < 10; number++)
		reads_number(queue, number);
	ends_with(&tx, NABD_OK);
	ck_assert_uint_eq(sent, 10);
	for (uint64_t number = 10; number < 14; number++)
		reads_number(queue, number);
	is(NABD_EMPTY, nabd_peek(queue, &data, NULL));
	close_ok(queue);
}
END_TEST

START_TEST(a_batch_that_runs_out_of_time_tells_how_many_it_sent)
{
	static const int64_t timeouts[] = { 0, 1, SHORT_NS };

	for (size_t i = 0; i < COUNT(timeouts); i++) {
		queue = read_queue_of(8);
		push_numbers(queue, 0, 4);
		sent = 77;
		is(NABD_TIMEOUT, pushes_ten(queue, timeouts[i]));
		ck_assert_uint_eq(sent, 4);
		sent = 77;
		is(NABD_TIMEOUT, pushes_ten(queue, timeouts[i]));
		ck_assert_uint_eq(sent, 0);
		for (uint64_t number = 0; number < 8; number++)
			reads_number(queue, number);
		is(NABD_EMPTY, nabd_peek(queue, &data, NULL));
		close_ok(queue);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(a_batch_that_is_woken_or_loses_its_name_tells_how_many_it_sent)
{
	struct nabd_wait_opts opts = with_slices(NABD_WAIT_UNLINK);

	queue = read_queue_of(4);
	sleep_long(queue);
	push_numbers(queue, 0, 4);
	sleeps_in(&tx, pushes_ten, queue);
	reads_number(queue, 0);
	reads_number(queue, 1);
	still_sleeps(&tx);
	is(NABD_OK, nabd_wake(queue));
	ends_with(&tx, NABD_WOKEN);
	ck_assert_uint_eq(sent, 2);
	reads_number(queue, 2);
	is(NABD_OK, nabd_unlink("q"));
	is(NABD_OK, nabd_set_wait(queue, &opts));
	is(NABD_UNLINKED, pushes_ten(queue, FOR_EVER));
	ck_assert_uint_eq(sent, 1);
	close_ok(queue);
}
END_TEST

/* Lengths differ: each message has its own bytes, also behind a sleep. */
START_TEST(a_batch_of_all_lengths_arrives_whole)
{
	static const uint32_t all[6] = { 0, 1, 64, 0, 17, 3 };
	char text[85], buf[64];
	size_t at = 0, len;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i + 1);
	queue = read_queue_of(2);
	for (int turn = 0; turn < 2; turn++) {
		is(NABD_TIMEOUT, nabd_push_batch_wait(queue, text + at, all + 3 * turn, 3, &sent,
						      SHORT_NS));
		ck_assert_uint_eq(sent, 2);
		for (int i = 3 * turn; i < 3 * turn + 2; i++) {
			len = sizeof(buf);
			is(NABD_OK, nabd_pop(queue, buf, &len));
			ck_assert_uint_eq(len, all[i]);
			ck_assert_mem_eq(buf, text + at, len);
			at += len;
		}
		at += all[3 * turn + 2];
	}
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_wait_batch");

	tcase_add_test(tests, a_batch_goes_on_until_all_is_sent);
	tcase_add_test(tests, a_batch_that_runs_out_of_time_tells_how_many_it_sent);
	tcase_add_test(tests, a_batch_that_is_woken_or_loses_its_name_tells_how_many_it_sent);
	tcase_add_test(tests, a_batch_of_all_lengths_arrives_whole);
	return behaviour_run();
}
