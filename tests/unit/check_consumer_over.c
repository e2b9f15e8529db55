/* SPDX-License-Identifier: MIT */
/*
 * The default group's reader of a queue that is overwritten: what it is given is whole,
 * and what it was too late for is counted exactly.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "producer.h"
#include "receiver.h"

static struct nabd_shm_producer *shm;
static struct nabdi_producer tx;

static void use(struct nabdi_segment memory)
{
	segment = memory;
	segment.geometry.overwrite = true;
	shm = nabdi_segment_producer(&segment);
	nabdi_consumer_begin(&rx, &segment);
}

static void overwritten(void)
{
	use(unit_memory(SLOTS, SIZE, 8));
}

/* The producer has sent some before, the reader nothing to read yet. */
static void both_at(uint64_t sequence)
{
	join_at(sequence);
	rx.state = RECEIVE_OVER;
	rx.gap = rx.lost = 0;
	is(NABD_OK, nabdi_producer_begin(&tx, &segment));
}

static void send(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const uint64_t sequence = tx.head;

		is(NABD_OK, nabdi_producer_push(&tx, &sequence, sizeof(sequence)));
	}
}

static int pop_one(uint64_t *found)
{
	uint8_t buf[SIZE];
	size_t len;
	int rc = pop(buf, sizeof(buf), &len);

	if (rc == NABD_OK) {
		ck_assert_uint_eq(len, sizeof(*found));
		memcpy(found, buf, sizeof(*found));
	}
	return rc;
}

static void pops(uint64_t sequence)
{
	uint64_t found = 0;

	is(NABD_OK, pop_one(&found));
	ck_assert_uint_eq(found, sequence);
	ck_assert_uint_eq(published(), sequence + 1);
}

static void lost(uint64_t gap, uint64_t total, uint64_t position)
{
	ck_assert_uint_eq(rx.gap, gap);
	ck_assert_uint_eq(rx.lost, total);
	ck_assert_uint_eq(published(), position);
}

static int peek(void)
{
	const void *data = NULL;
	uint32_t len = 0;
	uint64_t found;
	int rc = nabdi_consumer_peek(&rx, &data, &len);

	if (rc != NABD_OK)
		return rc;
	ck_assert_uint_eq(len, sizeof(found));
	memcpy(&found, data, sizeof(found));
	ck_assert_uint_eq(found, rx.position);
	return NABD_OK;
}

START_TEST(a_reader_that_keeps_up_loses_nothing)
{
	uint64_t unused;

	both_at(100);
	for (uint64_t s = 100; s < 150; s++) {
		is(NABD_EMPTY, pop_one(&unused));
		send(1);
		if (s % 2 == 0) {
			pops(s);
			continue;
		}
		is(NABD_OK, peek());
		is(NABD_OK, peek());
		is(NABD_OK, nabdi_consumer_release(&rx));
	}
	lost(0, 0, 150);
}
END_TEST

START_TEST(one_that_was_passed_goes_on_at_the_oldest)
{
	uint64_t found;

	both_at(100);
	send(3);
	pops(100);
	send(SLOTS + 4);
	is(NABD_LAPPED, pop_one(&found));
	lost(6, 6, 107);
	pops(107);
	/* The same by peek, and by batches. */
	send(SLOTS);
	is(NABD_LAPPED, peek());
	lost(7, 13, 115);
	is(NABD_OK, peek());
	is(NABD_OK, nabdi_consumer_release(&rx));
	pops(116);
}
END_TEST

START_TEST(what_was_overwritten_in_hand_is_told_at_release)
{
	both_at(100);
	send(SLOTS);
	is(NABD_OK, peek());
	send(1);
	is(NABD_LAPPED, nabdi_consumer_release(&rx));
	lost(1, 1, 101);
	is(NABD_STATE, nabdi_consumer_release(&rx));
	is(NABD_OK, peek());
	nabdi_over_begin(payload(tx.head), tx.head); /* it is being written */
	is(NABD_LAPPED, nabdi_consumer_release(&rx));
	lost(1, 2, 102);
}
END_TEST

START_TEST(a_peek_again_finds_out_as_well)
{
	both_at(100);
	send(SLOTS);
	is(NABD_OK, peek());
	send(2);
	is(NABD_LAPPED, peek());
	lost(2, 2, 102);
	is(NABD_STATE, nabdi_consumer_release(&rx));
	is(NABD_OK, peek());
}
END_TEST

START_TEST(of_a_batch_the_first_are_lost)
{
	for (uint64_t gone = 0; gone <= 5; gone++) {
		struct nabd_msg msgs[5];
		size_t got = 0;

		both_at(100);
		send(SLOTS);
		is(NABD_OK, nabdi_consumer_peek_batch(&rx, msgs, 5, &got));
		ck_assert_uint_eq(got, 5);
		send((unsigned)gone);
		is(gone > 0 ? NABD_LAPPED : NABD_OK, nabdi_consumer_release_batch(&rx, 4));
		lost(gone < 4 ? gone : 4, gone < 4 ? gone : 4, 104);
		is(gone < 5 ? NABD_OK : NABD_LAPPED, peek());
		rx.state = RECEIVE_OVER;
	}
}
END_TEST

START_TEST(batches_of_copies)
{
	uint64_t found[SLOTS];
	uint32_t lens[SLOTS];
	struct nabd_msg msgs[2];
	size_t got = 0;

	both_at(100);
	is(NABD_EMPTY, nabdi_consumer_pop_batch(&rx, found, sizeof(found), lens, SLOTS, &got));
	send(SLOTS + 3);
	is(NABD_LAPPED, nabdi_consumer_pop_batch(&rx, found, sizeof(found), lens, SLOTS, &got));
	lost(3, 3, 103);
	nabdi_over_begin(payload(tx.head - 1), tx.head - 1);
	is(NABD_OK, nabdi_consumer_pop_batch(&rx, found, sizeof(found), lens, SLOTS, &got));
	ck_assert_uint_eq(got, SLOTS - 1);
	for (uint64_t i = 0; i < got; i++)
		ck_assert_uint_eq(found[i], 103 + i);
	is(NABD_EMPTY, nabdi_consumer_pop_batch(&rx, found, sizeof(found), lens, SLOTS, &got));
	send(SLOTS + 1);
	is(NABD_LAPPED, nabdi_consumer_peek_batch(&rx, msgs, 2, &got));
	lost(2, 5, 112);
}
END_TEST

START_TEST(what_is_being_written_is_not_there_yet)
{
	uint64_t found;

	both_at(100);
	send(1);
	nabdi_over_begin(payload(101), 101);
	pops(100);
	is(NABD_EMPTY, pop_one(&found));
	is(NABD_EMPTY, peek());
	lost(0, 0, 101);
}
END_TEST

START_TEST(damage_is_told_apart_from_being_late)
{
	uint64_t found;

	both_at(100);
	send(2);
	set_stamp(100, UINT64_C(101) << 32 | (SIZE + 1));
	is(NABD_CORRUPT, pop_one(&found));
	is(NABD_CORRUPT, peek());
	set_stamp(100, 0xdead);
	is(NABD_CORRUPT, pop_one(&found));
	lost(0, 0, 100);
}
END_TEST

START_TEST(a_buffer_too_small_takes_nothing)
{
	uint8_t small[4];
	size_t len;

	both_at(100);
	send(1);
	is(NABD_BUFFER, pop(small, sizeof(small), &len));
	ck_assert_uint_eq(len, 8);
	pops(100);
}
END_TEST

#define WORDS 1024u /* so long that the two meet in the middle of one */

static unsigned long rounds;
static nabd_cell64 tries; /* to read */
static nabd_cell64 bursts; /* of messages: each begins as the reader tries again */

static void wait_for(const nabd_cell64 *cell, uint64_t value)
{
	for (unsigned spins = 1; cell_load_acquire(cell) < value; spins++)
		if (spins % 256 == 0)
			(void)sched_yield();
}

/* All words of a message are its sequence. */
static void *overwrites(void *unused)
{
	static uint64_t words[WORDS];
	uint64_t state = 8;

	for (uint64_t i = 1; i <= rounds; i++) {
		uint64_t n = unit_random(&state) % (2 * SLOTS) + 1;

		wait_for(&tries, i);
		cell_store_release(&bursts, i);
		for (; n > 0; n--) {
			for (unsigned w = 0; w < WORDS; w++)
				words[w] = tx.head;
			if (nabdi_producer_push(&tx, words, sizeof(words)) != NABD_OK)
				abort();
		}
	}
	return unused;
}

/* One message, or two: with pop, or with a batch. What was lost is told in both ways. */
static int read_some(uint64_t try, uint64_t *words, size_t *got)
{
	const bool batch = try % 3 == 0;
	uint32_t lens[2];
	size_t len;
	int rc;

	cell_store_release(&tries, try);
	wait_for(&bursts, try);
	if (batch)
		return nabdi_consumer_pop_batch(&rx, words, 2 * WORDS * 8, lens, 2, got);
	rc = pop((uint8_t *)words, WORDS * 8, &len);
	*got = rc == NABD_OK;
	return rc;
}

START_TEST(nothing_torn_is_given_out)
{
	static uint64_t words[2 * WORDS];
	uint64_t expected = 0, read = 0;
	pthread_t thread;

	unit_forget(&segment);
	use(unit_memory(SLOTS, WORDS * 8, 8));
	both_at(0);
	cell_store_relaxed(&tries, 0);
	cell_store_relaxed(&bursts, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, overwrites, NULL), 0);
	for (unsigned long i = 1; i <= rounds; i++) {
		size_t got = 0;
		const int rc = read_some(i, words, &got);

		ck_assert(rc == NABD_OK || rc == NABD_LAPPED || rc == NABD_EMPTY);
		if (rc == NABD_LAPPED)
			expected += rx.gap;
		for (size_t w = 0; rc == NABD_OK && w < got * WORDS; w++)
			if (words[w] != expected + w / WORDS)
				ck_abort_msg("message %llu reads %llu",
					     (unsigned long long)(expected + w / WORDS),
					     (unsigned long long)words[w]);
		expected += rc == NABD_OK ? got : 0;
		read += rc == NABD_OK ? got : 0;
	}
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(expected, published());
	ck_assert_uint_eq(expected, read + rx.lost);
}
END_TEST

int main(void)
{
	const char *wish = getenv("NABD_RACE_ROUNDS");
	TCase *tests = unit_begin("check_consumer_over");

	rounds = wish != NULL ? strtoul(wish, NULL, 10) : 20000;
	tcase_add_checked_fixture(tests, overwritten, tear_down);
	tcase_add_test(tests, a_reader_that_keeps_up_loses_nothing);
	tcase_add_test(tests, one_that_was_passed_goes_on_at_the_oldest);
	tcase_add_test(tests, what_was_overwritten_in_hand_is_told_at_release);
	tcase_add_test(tests, a_peek_again_finds_out_as_well);
	tcase_add_test(tests, of_a_batch_the_first_are_lost);
	tcase_add_test(tests, batches_of_copies);
	tcase_add_test(tests, what_is_being_written_is_not_there_yet);
	tcase_add_test(tests, damage_is_told_apart_from_being_late);
	tcase_add_test(tests, a_buffer_too_small_takes_nothing);
	tcase_add_test(tests, nothing_torn_is_given_out);
	return unit_run(tests);
}
