/* SPDX-License-Identifier: MIT */
/*
 * Queues that are overwritten, the producer's side: what stamps and tail tell a reader,
 * and how a successor goes on after a death in the middle of it.
 */
#include "over.h"
#include "sender.h"

static struct nabdi_over over;

static void overwritten(void)
{
	set_up();
	segment.geometry.overwrite = true;
	over = (struct nabdi_over){.producer = shm};
}

static uint64_t tail(void)
{
	return cell_load_relaxed(&shm->tail);
}

START_TEST(what_is_being_written_says_so)
{
	static const uint64_t at[] = {0, 5, 1000, UINT32_MAX - 1u, UINT32_MAX, UINT64_MAX - 9};

	for (unsigned i = 0; i < COUNT(at); i++) {
		nabdi_over_begin(payload(at[i]), at[i]);
		ck_assert(nabdi_over_unfinished(stamp(at[i])));
		ck_assert(nabdi_ring_is(stamp(at[i]), at[i]));
		ck_assert(!nabdi_over_whole(&over, payload(at[i]), at[i]));
		nabdi_ring_publish(payload(at[i]), at[i], SIZE);
		ck_assert(!nabdi_over_unfinished(stamp(at[i])));
		ck_assert(nabdi_over_whole(&over, payload(at[i]), at[i]));
	}
	/* The longest message there can be is none of those. */
	nabdi_ring_publish(payload(3), 3, NABD_MAX_SLOT_SIZE);
	ck_assert(!nabdi_over_unfinished(stamp(3)));
}
END_TEST

START_TEST(passed_is_what_lies_below_tail)
{
	static const uint64_t at[] = {100, UINT32_MAX, UINT64_C(1) << 55};

	for (unsigned i = 0; i < COUNT(at); i++) {
		cell_store_relaxed(&shm->tail, at[i]);
		ck_assert(nabdi_over_passed(shm, at[i] - 1));
		ck_assert(nabdi_over_passed(shm, at[i] - 50));
		ck_assert(!nabdi_over_passed(shm, at[i]));
		ck_assert(!nabdi_over_passed(shm, at[i] + 1));
	}
}
END_TEST

START_TEST(a_message_is_whole_while_its_stamp_is_there)
{
	nabdi_ring_publish(payload(5), 5, 8);
	ck_assert(nabdi_over_whole(&over, payload(5), 5));
	ck_assert(!nabdi_over_whole(&over, payload(5), 4));
	nabdi_ring_publish(payload(5), 5 + SLOTS, 8);
	ck_assert(!nabdi_over_whole(&over, payload(5), 5));
	nabdi_over_begin(payload(5), 5 + 2 * SLOTS);
	ck_assert(!nabdi_over_whole(&over, payload(5), 5));
}
END_TEST

/* A reader that slept for so long that the stamp has come again asks tail. */
START_TEST(a_stamp_that_came_again_is_not_believed)
{
	const uint64_t later = 5 + (UINT64_C(1) << 32);

	nabdi_ring_publish(payload(5), 5, 8);
	ck_assert(nabdi_over_whole(&over, payload(5), 5));
	ck_assert_uint_ne(over.sure_ns, 0);
	nabdi_ring_publish(payload(later), later, 8);
	ck_assert_uint_eq(stamp(5), UINT64_C(6) << 32 | 8);
	cell_store_relaxed(&shm->tail, later - SLOTS + 1);
	over.sure_ns = nabdi_os_coarse_ns() - NABDI_OVER_SURE_NS;
	ck_assert(!nabdi_over_whole(&over, payload(5), 5));
	ck_assert(!nabdi_over_whole(&over, payload(5), 5)); /* and is not sure now */
	ck_assert(nabdi_over_whole(&over, payload(later), later));
	over.sure_ns = 0;
	ck_assert(!nabdi_over_whole(&over, payload(5), 5));
}
END_TEST

static int missing(uint64_t found, uint64_t sequence)
{
	const struct nabd_inline_ring ring = nabdi_ring_of(segment.base, &segment.geometry);

	return nabdi_over_missing(shm, &ring, found, sequence);
}

START_TEST(what_it_means_that_it_is_missing)
{
	cell_store_relaxed(&shm->tail, 10);
	is(NABD_LAPPED, missing(0, 9));
	nabdi_over_begin(payload(9), 9);
	is(NABD_LAPPED, missing(stamp(9), 9));
	nabdi_over_begin(payload(10), 10);
	is(NABD_EMPTY, missing(stamp(10), 10));
	is(NABD_CORRUPT, missing(stamp(10), 11));
	/* The slot holds what it held a lap before: unless tail says that this came again. */
	nabdi_ring_publish(payload(10), 10 - SLOTS, 8);
	is(NABD_EMPTY, missing(stamp(10), 10));
	cell_store_relaxed(&shm->tail, 11);
	is(NABD_LAPPED, missing(stamp(10), 10));
	cell_store_relaxed(&shm->tail, 10);
	/* Nothing was told that would explain it. */
	nabdi_over_begin(payload(10), 10 + SLOTS);
	is(NABD_CORRUPT, missing(stamp(10), 10));
	is(NABD_CORRUPT, missing(0xdead, 10));
	cell_store_relaxed(&shm->tail, 0);
	is(NABD_EMPTY, missing(0, SLOTS - 1));
	is(NABD_CORRUPT, missing(0, SLOTS));
}
END_TEST

START_TEST(where_a_reader_goes_on)
{
	static const struct {
		uint64_t tail, head, gone, next;
	} t[] = {
		{10, 18, 3, 10}, {10, 18, 9, 10}, {10, 18, 10, 11}, {10, 18, 17, 18},
		/* At head already, or beyond one that was read too early: a step all the same. */
		{18, 18, 18, 19}, {10, 18, 20, 21},
		/* Tail was told, and head not yet. */
		{20, 18, 12, 18}, {20, 18, 17, 18}, {20, 18, 19, 20},
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		cell_store_relaxed(&shm->tail, t[i].tail);
		cell_store_relaxed(&shm->head, t[i].head);
		ck_assert_msg(nabdi_over_oldest(shm, t[i].gone) == t[i].next, "case %u: %llu", i,
			      (unsigned long long)nabdi_over_oldest(shm, t[i].gone));
	}
}
END_TEST

START_TEST(the_producer_never_waits)
{
	begin();
	reader_at(0, 0);
	for (uint64_t s = 0; s < 5 * SLOTS; s++) {
		is(NABD_OK, push(s));
		holds_message(s, s);
		ck_assert_uint_eq(head(), s + 1);
		ck_assert_uint_eq(tail(), s + 1 > SLOTS ? s + 1 - SLOTS : 0);
	}
	ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), 0);
}
END_TEST

START_TEST(a_slot_is_taken_before_it_is_written)
{
	void *slot, *slots[SLOTS];
	uint32_t lens[SLOTS] = {1, 2, 3, 4, 5, 6, 7, 8};
	size_t got;

	begin();
	for (uint64_t s = 0; s < SLOTS; s++)
		is(NABD_OK, push(s));
	is(NABD_OK, nabdi_producer_reserve(&tx, 1, &slot));
	ck_assert_uint_eq(tail(), 1);
	ck_assert_uint_eq(stamp(8), UINT64_C(9) << 32 | UINT32_MAX);
	is(NABD_OK, nabdi_producer_abort(&tx)); /* it is taken all the same */
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, 9, slots, 2 * SLOTS, &got));
	ck_assert_uint_eq(got, SLOTS);
	ck_assert_uint_eq(tail(), SLOTS);
	for (uint64_t s = SLOTS; s < 2 * SLOTS; s++)
		ck_assert_uint_eq(stamp(s), (s + 1) << 32 | UINT32_MAX);
	is(NABD_OK, nabdi_producer_commit_batch(&tx, lens, 3));
	ck_assert_uint_eq(head(), SLOTS + 3);
	ck_assert_uint_eq(stamp(SLOTS + 2), (SLOTS + UINT64_C(3)) << 32 | 3);
	/* No more is taken away for what is free already. */
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, 9, slots, 5, &got));
	ck_assert_uint_eq(got, 5);
	ck_assert_uint_eq(tail(), SLOTS);
}
END_TEST

START_TEST(asking_takes_nothing_away)
{
	void *slot;

	begin();
	for (uint64_t s = 0; s < SLOTS; s++)
		is(NABD_OK, push(s));
	is(1, nabdi_producer_waiting(&tx));
	ck_assert_uint_eq(tail(), 0);
	holds_message(0, 0);
	is(NABD_OK, nabdi_producer_reserve(&tx, 1, &slot));
	is(NABD_STATE, nabdi_producer_waiting(&tx));
}
END_TEST

/*
 * Died with the slots of n messages taken, done of them written, and the first stored of
 * these told by head.
 */
static void killed_with(uint64_t at, uint64_t n, uint64_t done, uint64_t stored)
{
	new_segment(SLOTS);
	segment.geometry.overwrite = true;
	unit_begin_at(&segment, at);
	cell_store_relaxed(&shm->tail, at > SLOTS ? at - SLOTS : 0);
	if (at + n > SLOTS)
		cell_store_relaxed(&shm->tail, at + n - SLOTS);
	for (uint64_t s = at; s < at + n; s++)
		nabdi_over_begin(payload(s), s);
	for (uint64_t s = at; s < at + done; s++)
		nabdi_ring_publish(payload(s), s, 8);
	cell_store_relaxed(&shm->head, at + stored);
	ck_assert_msg(nabdi_producer_begin(&tx, &segment) == NABD_OK,
		      "at %llu: %llu taken, %llu written, %llu told", (unsigned long long)at,
		      (unsigned long long)n, (unsigned long long)done, (unsigned long long)stored);
	ck_assert_uint_eq(head(), at + done);
	for (uint64_t s = at + done; s < at + done + 2 * SLOTS; s++) {
		is(NABD_OK, push(s));
		holds_message(s, s);
	}
}

START_TEST(a_successor_goes_on_where_it_ended)
{
	static const uint64_t at[] = {0, 1, 5, 8, 9, 100, UINT32_MAX - 3u, UINT64_C(1) << 40};

	for (unsigned i = 0; i < COUNT(at); i++)
		for (uint64_t n = 0; n <= SLOTS; n++)
			for (uint64_t done = 0; done <= n; done++)
				for (uint64_t stored = 0; stored <= done; stored++)
					killed_with(at[i], n, done, stored);
}
END_TEST

/* A slot that was given up is no end of a queue that is not overwritten, nor is any other. */
START_TEST(a_queue_ends_with_its_own_messages)
{
	unit_begin_at(&segment, 100);
	cell_store_relaxed(&shm->tail, 92);
	nabdi_over_begin(payload(99), 99 + 2 * SLOTS);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	nabdi_over_begin(payload(99), 99 + SLOTS);
	is(NABD_OK, nabdi_producer_begin(&tx, &segment));
	nabdi_producer_none(&tx);
	nabdi_ring_publish(payload(99), 99 + SLOTS, 8);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	nabdi_over_begin(payload(99), 99 + SLOTS);
	segment.geometry.overwrite = false;
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_over");

	tcase_add_checked_fixture(tests, overwritten, tear_down);
	tcase_add_test(tests, what_is_being_written_says_so);
	tcase_add_test(tests, passed_is_what_lies_below_tail);
	tcase_add_test(tests, a_message_is_whole_while_its_stamp_is_there);
	tcase_add_test(tests, a_stamp_that_came_again_is_not_believed);
	tcase_add_test(tests, what_it_means_that_it_is_missing);
	tcase_add_test(tests, where_a_reader_goes_on);
	tcase_add_test(tests, the_producer_never_waits);
	tcase_add_test(tests, a_slot_is_taken_before_it_is_written);
	tcase_add_test(tests, asking_takes_nothing_away);
	tcase_add_test(tests, a_successor_goes_on_where_it_ended);
	tcase_add_test(tests, a_queue_ends_with_its_own_messages);
	return unit_run(tests);
}
