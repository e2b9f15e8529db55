/* SPDX-License-Identifier: MIT */
/*
 * check_wait_sleep.c - who sleeps until a message comes is woken by it, whoever sends it and
 * how; nobody looks for himself here, so a message that wakes nobody hangs the test.
 */
#include "waits.h"

static nabd_t *queue;
static nabd_consumer_t *member;
static struct sleeper rx, one;

/* A reader and a member that sleep, in a queue of so many slots. */
static void begin(size_t slots)
{
	queue = read_queue_of(slots);
	sleep_long(queue);
	member = join_ok(queue, 1);
}

static void both_sleep(void)
{
	sleeps_in(&rx, pops, queue);
	member_sleeps_in(&one, member_pops, member);
}

static void both_got_it(void)
{
	ends_with(&rx, NABD_OK);
	ends_with(&one, NABD_OK);
}

static void end(void)
{
	leave_ok(member);
	close_ok(queue);
}

START_TEST(every_call_that_sleeps_is_woken_by_a_message)
{
	begin(4);
	for (uint64_t lap = 0; lap < 3; lap++)
		for (size_t i = 4; i < WAIT_CALLS; i++) {
			sleeps_in(&rx, wait_calls[i].run, queue);
			member_sleeps_in(&one, member_waits[i - 4].run, member);
			is(NABD_OK, push_number(queue, i));
			both_got_it();
		}
	end();
}
END_TEST

START_TEST(every_call_that_sends_wakes)
{
	void *slots[2];
	const uint32_t lens[2] = { 8, 8 };
	const uint64_t numbers[2] = { 1, 2 };
	size_t got;

	begin(8);
	for (int way = 0; way < 4 + 4; way++) {
		both_sleep();
		if (way == 0) {
			is(NABD_OK, nabd_reserve(queue, 8, slots));
			still_sleeps(&rx); /* it is not sent yet */
			is(NABD_OK, nabd_commit(queue, 8));
		} else if (way == 1) {
			is(NABD_OK, nabd_push(queue, numbers, 8));
		} else if (way == 2) {
			is(NABD_OK, nabd_reserve_batch(queue, 8, slots, 2, &got));
			is(NABD_OK, nabd_commit_batch(queue, lens, 1));
		} else if (way == 3) {
			is(NABD_OK, nabd_push_batch(queue, numbers, lens, 1, &got));
		} else {
			is(NABD_OK, wait_calls[way - 4].run(queue, FOR_EVER));
		}
		both_got_it();
	}
	end();
}
END_TEST

START_TEST(what_is_not_sent_wakes_nobody)
{
	void *slots[2];
	size_t got;

	begin(4);
	both_sleep();
	is(NABD_OK, nabd_reserve(queue, 8, slots));
	is(NABD_OK, nabd_abort(queue));
	is(NABD_OK, nabd_reserve_batch(queue, 8, slots, 2, &got));
	is(NABD_OK, nabd_commit_batch(queue, NULL, 0));
	still_sleeps(&rx);
	still_sleeps(&one);
	is(NABD_OK, push_number(queue, 0));
	both_got_it();
	end();
}
END_TEST

/* Content, length and sequence of what was slept for are those of the message. */
START_TEST(what_wakes_is_what_is_got)
{
	char bytes[64];
	struct nabd_msg msg;
	struct peer sender;
	size_t len = sizeof(bytes);

	close_ok(queue_of(4));
	sender = peer_with(NABD_PRODUCER);
	queue = reader_of_queue();
	tell(&sender, PUSH);
	is(NABD_OK, nabd_peek_msg_wait(queue, &msg, FOR_EVER));
	ck_assert_uint_eq(msg.sequence, 0);
	ck_assert_uint_eq(msg.len, 1);
	ck_assert_mem_eq(msg.data, "x", 1);
	is(NABD_OK, nabd_release(queue));
	is(NABD_OK, answer_of(&sender));
	tell(&sender, PUSH);
	is(NABD_OK, nabd_pop_wait(queue, bytes, &len, FOR_EVER));
	ck_assert_uint_eq(len, 1);
	ck_assert_mem_eq(bytes, "x", 1);
	is(NABD_OK, answer_of(&sender));
	peer_ends(&sender);
	close_ok(queue);
}
END_TEST

START_TEST(another_process_wakes)
{
	struct peer sender;

	close_ok(queue_of(4));
	sender = peer_with(NABD_PRODUCER);
	queue = reader_of_queue();
	sleep_long(queue);
	member = join_ok(queue, 1);
	for (size_t i = 4; i < WAIT_CALLS; i++) {
		sleeps_in(&rx, wait_calls[i].run, queue);
		member_sleeps_in(&one, member_waits[i - 4].run, member);
		is(NABD_OK, peer_does(&sender, PUSH));
		both_got_it();
	}
	peer_ends(&sender);
	end();
}
END_TEST

START_TEST(another_process_is_woken)
{
	struct peer reader;

	close_ok(queue_of(4));
	reader = peer_with(NABD_CONSUMER);
	queue = open_ok("q", 0, 0, NABD_PRODUCER);
	for (uint64_t number = 0; number < 20; number++) {
		tell(&reader, POP_WAIT);
		peer_sleeps(&reader);
		is(NABD_OK, push_number(queue, number));
		is(NABD_OK, answer_of(&reader));
	}
	peer_ends(&reader);
	close_ok(queue);
}
END_TEST

/* Two processes take turns, asleep or not quite yet, as it happens. */
static void ping_pong(size_t slots)
{
	struct peer reader;

	close_ok(queue_of(slots));
	reader = peer_with(NABD_CONSUMER);
	queue = open_ok("q", 0, 0, NABD_PRODUCER);
	sleep_long(queue);
	for (int i = 0; i < 500; i++) {
		tell(&reader, POP_WAIT);
		is(NABD_OK, wait_calls[i % 4].run(queue, FOR_EVER));
		is(NABD_OK, answer_of(&reader));
	}
	peer_ends(&reader);
	close_ok(queue);
	is(NABD_OK, nabd_unlink("q"));
}

START_TEST(small_rings_too)
{
	ping_pong(1);
	ping_pong(2);
	ping_pong(4);
}
END_TEST

/* Died in its sleep: its mark is left, and wakes nobody in place of others. */
START_TEST(a_sleeper_that_was_killed_is_in_nobodys_way)
{
	struct peer dead;

	begin(4);
	dead = peer_with(NABD_CONSUMER);
	tell(&dead, POP_WAIT);
	peer_sleeps(&dead);
	peer_killed(&dead);
	for (int i = 0; i < 3; i++) {
		both_sleep();
		is(NABD_OK, push_number(queue, 0));
		both_got_it();
	}
	end();
}
END_TEST

/* The producer dies, another takes its place: who slept all the time is woken by it. */
START_TEST(a_successor_wakes)
{
	struct peer first;
	nabd_t *p;

	close_ok(queue_of(4));
	first = peer_with(NABD_PRODUCER);
	queue = reader_of_queue();
	sleep_long(queue);
	member = join_ok(queue, 1);
	both_sleep();
	peer_killed(&first);
	still_sleeps(&rx); /* whether a producer lives was not asked */
	still_sleeps(&one);
	p = open_ok("q", 0, 0, NABD_PRODUCER);
	still_sleeps(&rx);
	still_sleeps(&one);
	is(NABD_OK, push_number(p, 0));
	both_got_it();
	close_ok(p);
	end();
}
END_TEST

/* Any number of members, of one group and of others. */
START_TEST(each_message_wakes_one_of_each_group)
{
	nabd_consumer_t *c[6];
	struct sleeper s[6];

	queue = read_queue_of(16);
	sleep_long(queue);
	for (unsigned i = 0; i < COUNT(c); i++) {
		c[i] = join_ok(queue, 1 + i % 2);
		member_sleeps_in(&s[i], member_waits[i % MEMBER_WAITS].run, c[i]);
	}
	push_numbers(queue, 0, 3); /* as many as there are in each */
	for (unsigned i = 0; i < COUNT(c); i++)
		ends_with(&s[i], NABD_OK);
	gets_nothing(c[0]);
	gets_nothing(c[1]);
	for (unsigned i = 0; i < COUNT(c); i++)
		leave_ok(c[i]);
	close_ok(queue);
}
END_TEST

START_TEST(a_batch_wakes_as_many_as_it_has_messages)
{
	const uint32_t lens[5] = { 1, 1, 1, 1, 1 };
	nabd_consumer_t *c[5];
	struct sleeper s[5];
	size_t sent;

	queue = read_queue_of(16);
	sleep_long(queue);
	for (unsigned i = 0; i < COUNT(c); i++) {
		c[i] = join_ok(queue, 1);
		member_sleeps_in(&s[i], member_waits[i % MEMBER_WAITS].run, c[i]);
	}
	is(NABD_OK, nabd_push_batch(queue, "abcde", lens, 2, &sent));
	is(NABD_OK, nabd_push_batch(queue, "cde", lens, 3, &sent));
	for (unsigned i = 0; i < COUNT(c); i++)
		ends_with(&s[i], NABD_OK);
	for (unsigned i = 0; i < COUNT(c); i++)
		leave_ok(c[i]);
	close_ok(queue);
}
END_TEST

/* An overwriting producer wakes its readers as any other. */
START_TEST(a_queue_that_overwrites_wakes_too)
{
	queue = open_ok("q", 4, 64, NABD_CREATE | NABD_EXCL | NABD_OVERWRITE | NABD_PRODUCER |
				    NABD_CONSUMER);
	sleep_long(queue);
	member = join_ok(queue, 1);
	for (size_t i = 4; i < WAIT_CALLS; i++) {
		sleeps_in(&rx, wait_calls[i].run, queue);
		member_sleeps_in(&one, member_waits[i - 4].run, member);
		is(NABD_OK, push_number(queue, 0));
		both_got_it();
	}
	end();
}
END_TEST

#define ROUNDS 3000

static int reads_all(nabd_t *q, int64_t timeout_ns)
{
	int code = NABD_OK;

	for (unsigned i = 0; i < ROUNDS && code == NABD_OK; i++)
		code = wait_calls[4 + i % MEMBER_WAITS].run(q, timeout_ns);
	return code;
}

static int member_reads_all(nabd_consumer_t *c, int64_t timeout_ns)
{
	int code = NABD_OK;

	for (unsigned i = 0; i < ROUNDS && code == NABD_OK; i++)
		code = member_waits[i % MEMBER_WAITS].run(c, timeout_ns);
	return code;
}

/* Between looking and sleeping, on both sides, as it happens: none is slept through. */
static void race(size_t slots)
{
	begin(slots);
	runs_in(&rx, reads_all, queue);
	member_runs_in(&one, member_reads_all, member);
	for (unsigned i = 0; i < ROUNDS; i++)
		is(NABD_OK, wait_calls[i % 4].run(queue, FOR_EVER));
	both_got_it();
	is(NABD_TIMEOUT, pops(queue, 0));
	is(NABD_TIMEOUT, member_pops(member, 0));
	end();
	is(NABD_OK, nabd_unlink("q"));
}

START_TEST(nobody_sleeps_through_a_message_or_slot)
{
	race(1);
	race(2);
	race(8);
	race(64);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_wait_sleep");

	tcase_add_test(tests, every_call_that_sleeps_is_woken_by_a_message);
	tcase_add_test(tests, every_call_that_sends_wakes);
	tcase_add_test(tests, what_is_not_sent_wakes_nobody);
	tcase_add_test(tests, what_wakes_is_what_is_got);
	tcase_add_test(tests, another_process_wakes);
	tcase_add_test(tests, another_process_is_woken);
	tcase_add_test(tests, small_rings_too);
	tcase_add_test(tests, a_sleeper_that_was_killed_is_in_nobodys_way);
	tcase_add_test(tests, a_successor_wakes);
	tcase_add_test(tests, each_message_wakes_one_of_each_group);
	tcase_add_test(tests, a_batch_wakes_as_many_as_it_has_messages);
	tcase_add_test(tests, a_queue_that_overwrites_wakes_too);
	tcase_add_test(tests, nobody_sleeps_through_a_message_or_slot);
	return behaviour_run();
}
