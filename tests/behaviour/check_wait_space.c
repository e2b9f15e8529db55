/* SPDX-License-Identifier: MIT */
/*
 * check_wait_space.c - a producer that sleeps on a full ring is woken by whatever frees a
 * slot; nobody looks for himself here, so that what wakes nobody hangs the test.
 */
#include "waits.h"

static nabd_t *queue;
static nabd_consumer_t *member;
static struct sleeper tx;
static struct nabd_msg msgs[16];
static uint32_t lens[16];
static char bytes[1024];
static const void *data;
static size_t got;

/* Full, with a default group that has read nothing, and a sender that sleeps long. */
static void begin(size_t slots)
{
	queue = read_queue_of(slots);
	sleep_long(queue);
	push_numbers(queue, 0, slots);
}

static void takes_all(void)
{
	while (nabd_empty(queue) == 0)
		is(NABD_OK, pops(queue, 0));
}

START_TEST(every_call_that_sleeps_is_woken_by_a_slot)
{
	begin(4);
	for (int lap = 0; lap < 3; lap++)
		for (size_t i = 0; i < 4; i++) {
			sleeps_in(&tx, wait_calls[i].run, queue);
			is(NABD_OK, pops(queue, 0));
			ends_with(&tx, NABD_OK);
		}
	close_ok(queue);
}
END_TEST

START_TEST(every_call_that_frees_a_slot_wakes)
{
	size_t len;

	begin(4);
	for (int way = 0; way < 4; way++) {
		sleeps_in(&tx, pushes, queue);
		if (way == 0) {
			is(NABD_OK, nabd_peek(queue, &data, &len));
			still_sleeps(&tx); /* it is held still */
			is(NABD_OK, nabd_release(queue));
		} else if (way == 1) {
			is(NABD_OK, nabd_peek_batch(queue, msgs, 4, &got));
			is(NABD_OK, nabd_release_batch(queue, 0));
			still_sleeps(&tx);
			is(NABD_OK, nabd_peek_batch(queue, msgs, 4, &got));
			is(NABD_OK, nabd_release_batch(queue, 1));
		} else if (way == 2) {
			is(NABD_OK, nabd_pop_batch(queue, bytes, 64, lens, 1, &got));
		} else {
			len = sizeof(bytes);
			is(NABD_OK, nabd_pop(queue, bytes, &len));
		}
		ends_with(&tx, NABD_OK);
	}
	close_ok(queue);
}
END_TEST

START_TEST(every_call_of_a_member_that_frees_a_slot_wakes)
{
	size_t len;

	queue = queue_of(4);
	sleep_long(queue);
	member = join_ok(queue, 1);
	push_numbers(queue, 0, 4);
	for (int way = 0; way < 4; way++) {
		sleeps_in(&tx, pushes, queue);
		if (way == 0) {
			is(NABD_OK, nabd_consumer_peek(member, &data, &len));
			still_sleeps(&tx);
			is(NABD_OK, nabd_consumer_release(member));
		} else if (way == 1) {
			is(NABD_OK, nabd_consumer_peek_batch(member, msgs, 1, &got));
			is(NABD_OK, nabd_consumer_release_batch(member, 1));
		} else if (way == 2) {
			is(NABD_OK, nabd_consumer_pop_batch(member, bytes, 64, lens, 1, &got));
		} else {
			len = sizeof(bytes);
			is(NABD_OK, nabd_consumer_pop(member, bytes, &len));
		}
		ends_with(&tx, NABD_OK);
	}
	leave_ok(member);
	close_ok(queue);
}
END_TEST

START_TEST(another_process_frees_the_slot)
{
	struct peer reader;

	close_ok(read_queue_of(4));
	reader = peer_with(NABD_CONSUMER);
	queue = open_ok("q", 0, 0, NABD_PRODUCER);
	sleep_long(queue);
	push_numbers(queue, 0, 4);
	for (int i = 0; i < 12; i++) {
		sleeps_in(&tx, wait_calls[i % 4].run, queue);
		is(NABD_OK, peer_does(&reader, POP));
		ends_with(&tx, NABD_OK);
	}
	peer_ends(&reader);
	close_ok(queue);
}
END_TEST

START_TEST(a_producer_in_another_process_is_woken)
{
	struct peer sender;

	close_ok(read_queue_of(2));
	sender = peer_with(NABD_PRODUCER);
	queue = open_ok("q", 0, 0, NABD_CONSUMER);
	is(NABD_OK, peer_does(&sender, PUSH));
	is(NABD_OK, peer_does(&sender, PUSH));
	for (int i = 0; i < 12; i++) {
		tell(&sender, PUSH_WAIT);
		peer_sleeps(&sender);
		is(NABD_OK, pops(queue, 0));
		is(NABD_OK, answer_of(&sender));
	}
	peer_ends(&sender);
	close_ok(queue);
}
END_TEST

/* In a large ring a sleeper wants more than a slot at first, but gets by with one. */
START_TEST(one_slot_of_a_large_ring_is_enough)
{
	begin(1024);
	for (int i = 0; i < 4; i++) {
		sleeps_in(&tx, wait_calls[i].run, queue);
		is(NABD_OK, pops(queue, 0));
		ends_with(&tx, NABD_OK);
	}
	for (int i = 0; i < 4; i++) { /* and at once, as it falls asleep */
		struct sleeper s = { .run = NULL };

		sleeps_in(&s, wait_calls[i].run, queue);
		is(NABD_OK, nabd_pop_batch(queue, bytes, sizeof(bytes), lens, 16, &got));
		ends_with(&s, NABD_OK);
		fill(queue, 0);
	}
	close_ok(queue);
}
END_TEST

START_TEST(small_rings_too)
{
	static const size_t sizes[] = { 1, 2, 4, 8 };

	for (size_t i = 0; i < COUNT(sizes); i++) {
		begin(sizes[i]);
		for (int turn = 0; turn < 8; turn++) {
			sleeps_in(&tx, wait_calls[turn % 4].run, queue);
			is(NABD_OK, pops(queue, 0));
			ends_with(&tx, NABD_OK);
		}
		close_ok(queue);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* Of several groups it is the last that frees the slot. */
START_TEST(the_slowest_of_several_groups_wakes)
{
	nabd_consumer_t *c[3];

	queue = queue_of(4);
	sleep_long(queue);
	for (unsigned i = 0; i < COUNT(c); i++)
		c[i] = join_ok(queue, 1 + i);
	is(NABD_TIMEOUT, pops(queue, 0)); /* the default group is there too */
	push_numbers(queue, 0, 4);
	for (unsigned turn = 0; turn < 8; turn++) {
		sleeps_in(&tx, pushes, queue);
		for (unsigned i = 0; i < COUNT(c); i++) {
			is(NABD_OK, member_pops(c[(i + turn) % COUNT(c)], 0));
			still_sleeps(&tx);
		}
		is(NABD_OK, pops(queue, 0));
		ends_with(&tx, NABD_OK);
		sleeps_in(&tx, pushes, queue);
		is(NABD_OK, pops(queue, 0));
		for (unsigned i = 0; i < COUNT(c); i++) {
			still_sleeps(&tx);
			is(NABD_OK, member_pops(c[(i + turn) % COUNT(c)], 0));
		}
		ends_with(&tx, NABD_OK);
	}
	for (unsigned i = 0; i < COUNT(c); i++)
		leave_ok(c[i]);
	close_ok(queue);
}
END_TEST

/* The oldest message is released last: its release frees the slots of the others too. */
START_TEST(a_release_out_of_order_wakes_when_the_oldest_comes)
{
	nabd_consumer_t *c, *d;

	queue = queue_of(4);
	sleep_long(queue);
	c = join_ok(queue, 1);
	d = join_ok(queue, 1);
	push_numbers(queue, 0, 4);
	peeks(c, 0, 1);
	peeks(d, 1, 1);
	sleeps_in(&tx, pushes, queue);
	is(NABD_OK, nabd_consumer_release(d));
	gets(d, 2);
	gets(d, 3);
	still_sleeps(&tx);
	is(NABD_OK, nabd_consumer_release(c));
	ends_with(&tx, NABD_OK);
	push_numbers(queue, 5, 8);
	leave_ok(c);
	leave_ok(d);
	close_ok(queue);
}
END_TEST

/* While the others have read what it held: alone, what it held is kept. */
START_TEST(a_group_that_is_dropped_wakes)
{
	queue = read_queue_of(4);
	sleep_long(queue);
	for (int turn = 0; turn < 3; turn++) {
		takes_all();
		member = join_ok(queue, 1);
		fill(queue, 0);
		takes_all();
		sleeps_in(&tx, pushes, queue);
		is(NABD_OK, nabd_group_drop(queue, 1));
		ends_with(&tx, NABD_OK);
		leave_ok(member);
	}
	close_ok(queue);
}
END_TEST

/* Whose last member leaves, an ephemeral group goes. */
START_TEST(an_ephemeral_group_that_ends_wakes)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL);

	queue = read_queue_of(4);
	sleep_long(queue);
	member = join_with(queue, 1, &opts);
	push_numbers(queue, 0, 4);
	takes_all();
	sleeps_in(&tx, pushes, queue);
	leave_ok(member);
	ends_with(&tx, NABD_OK);
	close_ok(queue);
}
END_TEST

START_TEST(a_seek_forward_wakes)
{
	uint64_t actual = 77;

	queue = queue_of(4);
	sleep_long(queue);
	member = join_ok(queue, 1);
	push_numbers(queue, 0, 4);
	sleeps_in(&tx, pushes, queue);
	is(NABD_OK, nabd_consumer_seek(member, 3, &actual));
	ck_assert_uint_eq(actual, 3);
	ends_with(&tx, NABD_OK);
	fill(queue, 0);
	sleeps_in(&tx, pushes, queue);
	is(NABD_OK, nabd_consumer_seek(member, UINT64_MAX, NULL));
	ends_with(&tx, NABD_OK);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* A group that may hold a sleeping producer no longer than so long is evicted all the same. */
START_TEST(who_stalls_a_sleeper_is_evicted)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;

	opts.max_stall_ms = 20;
	queue = queue_of(4); /* with slices as they are usual */
	member = join_with(queue, 1, &opts);
	push_numbers(queue, 0, 4);
	is(NABD_OK, pushes(queue, FOR_EVER));
	is(NABD_EVICTED, member_pops(member, FOR_EVER));
	leave_ok(member);
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_wait_space");

	tcase_add_test(tests, every_call_that_sleeps_is_woken_by_a_slot);
	tcase_add_test(tests, every_call_that_frees_a_slot_wakes);
	tcase_add_test(tests, every_call_of_a_member_that_frees_a_slot_wakes);
	tcase_add_test(tests, another_process_frees_the_slot);
	tcase_add_test(tests, a_producer_in_another_process_is_woken);
	tcase_add_test(tests, one_slot_of_a_large_ring_is_enough);
	tcase_add_test(tests, small_rings_too);
	tcase_add_test(tests, the_slowest_of_several_groups_wakes);
	tcase_add_test(tests, a_release_out_of_order_wakes_when_the_oldest_comes);
	tcase_add_test(tests, a_group_that_is_dropped_wakes);
	tcase_add_test(tests, an_ephemeral_group_that_ends_wakes);
	tcase_add_test(tests, a_seek_forward_wakes);
	tcase_add_test(tests, who_stalls_a_sleeper_is_evicted);
	return behaviour_run();
}
