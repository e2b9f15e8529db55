/* SPDX-License-Identifier: MIT */
/*
 * check_wait_ends.c - what ends a wait but what it waits for: the deadline, and being
 * woken; and what does not: a signal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "waits.h"

static nabd_t *queue;
static nabd_consumer_t *member;

/* A queue that is full for its sender, and empty for group 1's member. */
static void full_for_one_and_empty_for_other(void)
{
	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	push_numbers(queue, 0, 4);
	gets_numbers(member, 0, 4);
}

/* provokes: nabd_reserve_wait NABD_TIMEOUT */
/* provokes: nabd_push_wait NABD_TIMEOUT */
/* provokes: nabd_reserve_batch_wait NABD_TIMEOUT */
/* provokes: nabd_push_batch_wait NABD_TIMEOUT */
/* provokes: nabd_peek_wait NABD_TIMEOUT */
/* provokes: nabd_peek_msg_wait NABD_TIMEOUT */
/* provokes: nabd_pop_wait NABD_TIMEOUT */
/* provokes: nabd_peek_batch_wait NABD_TIMEOUT */
/* provokes: nabd_pop_batch_wait NABD_TIMEOUT */
/* provokes: nabd_consumer_peek_wait NABD_TIMEOUT */
/* provokes: nabd_consumer_peek_msg_wait NABD_TIMEOUT */
/* provokes: nabd_consumer_pop_wait NABD_TIMEOUT */
/* provokes: nabd_consumer_peek_batch_wait NABD_TIMEOUT */
/* provokes: nabd_consumer_pop_batch_wait NABD_TIMEOUT */
START_TEST(the_deadline_ends_every_wait)
{
	static const int64_t timeouts[] = { 0, 1, 1000, SHORT_NS, 20000000 };

	full_for_one_and_empty_for_other();
	for (int way = 0; way < 2; way++) {
		for (size_t i = 0; i < COUNT(timeouts); i++) {
			all_waits(queue, SEND, timeouts[i], NABD_TIMEOUT);
			all_member_waits(member, timeouts[i], NABD_TIMEOUT);
		}
		sleep_long(queue);
		member_sleeps_long(member);
	}
	for (uint64_t number = 0; number < 4; number++)
		reads_number(queue, number);
	for (size_t i = 0; i < COUNT(timeouts); i++)
		all_waits(queue, RECEIVE, timeouts[i], NABD_TIMEOUT);
	ck_assert_uint_eq(stats_of(queue).head, 4); /* nothing went out, after all */
	push_numbers(queue, 4, 5);
	gets(member, 4);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* Whatever the deadline, what is there is taken. */
START_TEST(what_is_there_is_taken_at_once)
{
	static const int64_t timeouts[] = { 0, 1, SHORT_NS, INT64_MAX, FOR_EVER, INT64_MIN };

	queue = read_queue_of(2);
	member = join_ok(queue, 1);
	for (size_t t = 0; t < COUNT(timeouts); t++)
		for (size_t i = 0; i < WAIT_CALLS; i++) {
			if (wait_calls[i].side == SEND)
				is(NABD_OK, wait_calls[i].run(queue, timeouts[t]));
			else
				is(NABD_OK, push_number(queue, 7));
			if (wait_calls[i].side == RECEIVE)
				is(NABD_OK, wait_calls[i].run(queue, timeouts[t]));
			else
				is(NABD_OK, pops(queue, timeouts[t]));
			is(NABD_OK, member_waits[i % MEMBER_WAITS].run(member, timeouts[t]));
		}
	leave_ok(member);
	close_ok(queue);
}
END_TEST

static void woken_first(size_t i, int64_t timeout)
{
	is(NABD_OK, nabd_wake(queue));
	is(NABD_WOKEN, wait_calls[i].run(queue, timeout));
	is(NABD_TIMEOUT, wait_calls[i].run(queue, 0)); /* that was it */
	is(NABD_OK, nabd_wake(queue));
	is(NABD_OK, nabd_wake(queue)); /* twice is once */
	is(NABD_WOKEN, wait_calls[i].run(queue, timeout));
	is(NABD_TIMEOUT, wait_calls[i].run(queue, SHORT_NS));
}

/* provokes: nabd_reserve_wait NABD_WOKEN */
/* provokes: nabd_push_wait NABD_WOKEN */
/* provokes: nabd_reserve_batch_wait NABD_WOKEN */
/* provokes: nabd_push_batch_wait NABD_WOKEN */
/* provokes: nabd_peek_wait NABD_WOKEN */
/* provokes: nabd_peek_msg_wait NABD_WOKEN */
/* provokes: nabd_pop_wait NABD_WOKEN */
/* provokes: nabd_peek_batch_wait NABD_WOKEN */
/* provokes: nabd_pop_batch_wait NABD_WOKEN */
/* provokes: nabd_consumer_peek_wait NABD_WOKEN */
/* provokes: nabd_consumer_peek_msg_wait NABD_WOKEN */
/* provokes: nabd_consumer_pop_wait NABD_WOKEN */
/* provokes: nabd_consumer_peek_batch_wait NABD_WOKEN */
/* provokes: nabd_consumer_pop_batch_wait NABD_WOKEN */
START_TEST(who_is_woken_before_does_not_begin_to_wait)
{
	full_for_one_and_empty_for_other();
	for (size_t i = 0; i < MEMBER_WAITS; i++) {
		is(NABD_OK, nabd_consumer_wake(member));
		is(NABD_WOKEN, member_waits[i].run(member, i % 2 ? 0 : FOR_EVER));
		is(NABD_TIMEOUT, member_waits[i].run(member, SHORT_NS));
	}
	for (size_t i = 0; i < WAIT_CALLS; i++)
		if (wait_calls[i].side == SEND)
			woken_first(i, i % 2 ? 0 : FOR_EVER);
	for (uint64_t number = 0; number < 4; number++)
		reads_number(queue, number);
	is(NABD_WOKEN, pops(queue, 0)); /* the other side was woken too, and keeps that */
	for (size_t i = 0; i < WAIT_CALLS; i++)
		if (wait_calls[i].side == RECEIVE)
			woken_first(i, i % 2 ? 0 : FOR_EVER);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

START_TEST(a_message_or_slot_is_preferred_to_being_woken)
{
	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	for (size_t i = 0; i < WAIT_CALLS; i++) {
		is(NABD_OK, nabd_wake(queue));
		is(NABD_OK, nabd_consumer_wake(member));
		if (wait_calls[i].side == SEND)
			is(NABD_OK, wait_calls[i].run(queue, FOR_EVER));
		else
			push_numbers(queue, i, i + 1);
		if (wait_calls[i].side == RECEIVE)
			is(NABD_OK, wait_calls[i].run(queue, FOR_EVER));
		else
			is(NABD_OK, pops(queue, FOR_EVER));
		is(NABD_OK, member_waits[i % MEMBER_WAITS].run(member, FOR_EVER));
		is(NABD_WOKEN, pops(queue, FOR_EVER)); /* and is kept for what has to wait */
		is(NABD_WOKEN, member_pops(member, FOR_EVER));
	}
	leave_ok(member);
	close_ok(queue);
}
END_TEST

START_TEST(who_sleeps_is_woken)
{
	struct sleeper one, two;

	full_for_one_and_empty_for_other();
	sleep_long(queue);
	member_sleeps_long(member);
	for (size_t i = 0; i < MEMBER_WAITS; i++) {
		member_sleeps_in(&one, member_waits[i].run, member);
		sleeps_in(&two, wait_calls[i % 4].run, queue);
		is(NABD_OK, nabd_consumer_wake(member));
		ends_with(&one, NABD_WOKEN);
		still_sleeps(&two); /* the handle is not the consumer */
		is(NABD_OK, nabd_wake(queue));
		ends_with(&two, NABD_WOKEN);
	}
	for (uint64_t number = 0; number < 4; number++)
		reads_number(queue, number);
	is(NABD_WOKEN, pops(queue, FOR_EVER)); /* this side did not sleep */
	for (size_t i = 4; i < WAIT_CALLS; i++) {
		sleeps_in(&one, wait_calls[i].run, queue);
		is(NABD_OK, nabd_wake(queue));
		ends_with(&one, NABD_WOKEN);
	}
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* A handle has two sides, of which each has a wait of its own. */
START_TEST(both_sides_of_a_handle_are_woken)
{
	struct sleeper tx, rx;
	nabd_t *reader;

	queue = read_queue_of(4);
	member = join_ok(queue, 1); /* holds the sender, as it never receives */
	push_numbers(queue, 0, 4);
	for (uint64_t number = 0; number < 4; number++)
		reads_number(queue, number);
	sleep_long(queue);
	sleeps_in(&tx, pushes, queue);
	sleeps_in(&rx, pops, queue);
	reader = open_ok("q", 0, 0, NABD_CONSUMER);
	is(NABD_OK, nabd_wake(reader)); /* another handle is another */
	still_sleeps(&tx);
	still_sleeps(&rx);
	is(NABD_OK, nabd_wake(queue));
	ends_with(&tx, NABD_WOKEN);
	ends_with(&rx, NABD_WOKEN);
	close_ok(reader);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

static void wakes_all(int number)
{
	(void)number;
	(void)nabd_wake(queue);
	(void)nabd_consumer_wake(member);
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	ck_assert_int_eq(sigaction(number, &action, NULL), 0);
}

/* In the thread that sleeps, and in another. */
START_TEST(a_signal_handler_may_wake)
{
	struct sleeper tx, rx, one;

	full_for_one_and_empty_for_other();
	sleep_long(queue);
	member_sleeps_long(member);
	handle(SIGUSR1, wakes_all);
	for (int turn = 0; turn < 2; turn++) {
		sleeps_in(&tx, pushes, queue);
		member_sleeps_in(&one, member_pops, member);
		ck_assert_int_eq(turn ? raise(SIGUSR1) : pthread_kill(tx.thread, SIGUSR1), 0);
		ends_with(&tx, NABD_WOKEN);
		ends_with(&one, NABD_WOKEN);
	}
	for (uint64_t number = 0; number < 4; number++)
		reads_number(queue, number);
	is(NABD_WOKEN, pops(queue, FOR_EVER));
	sleeps_in(&rx, pops, queue);
	ck_assert_int_eq(pthread_kill(rx.thread, SIGUSR1), 0);
	ends_with(&rx, NABD_WOKEN);
	handle(SIGUSR1, SIG_DFL);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

static atomic_int signals;

static void counts(int number)
{
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	const int saved = errno;

	(void)number;
	if (atomic_fetch_add(&signals, 1) == 2000) /* a slow machine comes to its work at last */
		setitimer(ITIMER_REAL, &never, NULL);
	errno = saved;
}

static void signal_often(int often)
{
	const struct itimerval when = { { 0, often ? 100 : 0 }, { 0, often ? 100 : 0 } };

	if (often) {
		atomic_store(&signals, 0);
		handle(SIGALRM, counts);
	}
	ck_assert_int_eq(setitimer(ITIMER_REAL, &when, NULL), 0);
}

/* One that comes between a look and a sleep, or in a sleep, ends nothing. */
START_TEST(signals_end_no_wait)
{
	struct nabd_wait_item item = { .q = NULL };

	full_for_one_and_empty_for_other();
	sleep_long(queue);
	member_sleeps_long(member);
	item.consumer = member;
	signal_often(1);
	is(NABD_TIMEOUT, pushes(queue, 20000000));
	is(NABD_TIMEOUT, member_pops(member, 20000000));
	is(NABD_TIMEOUT, nabd_wait_any(&item, 1, 20000000));
	signal_often(0);
	ck_assert_int_gt(atomic_load(&signals), 0);
	handle(SIGALRM, SIG_DFL);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

START_TEST(signals_take_nobodys_message_or_slot)
{
	struct sleeper tx, one;
	sigset_t alarm_alone;

	full_for_one_and_empty_for_other();
	sleep_long(queue);
	member_sleeps_long(member);
	sleeps_in(&tx, pushes, queue);
	member_sleeps_in(&one, member_pops, member);
	sigemptyset(&alarm_alone);
	sigaddset(&alarm_alone, SIGALRM);
	ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &alarm_alone, NULL), 0);
	signal_often(1); /* so they have them all */
	while (atomic_load(&signals) < 200)
		usleep(1000);
	ck_assert(!atomic_load(&tx.done) && !atomic_load(&one.done));
	reads_number(queue, 0);
	ends_with(&tx, NABD_OK);
	ends_with(&one, NABD_OK); /* what the other has sent */
	signal_often(0);
	ck_assert_int_eq(pthread_sigmask(SIG_UNBLOCK, &alarm_alone, NULL), 0);
	handle(SIGALRM, SIG_IGN);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_wait_ends");

	tcase_add_test(tests, the_deadline_ends_every_wait);
	tcase_add_test(tests, what_is_there_is_taken_at_once);
	tcase_add_test(tests, who_is_woken_before_does_not_begin_to_wait);
	tcase_add_test(tests, a_message_or_slot_is_preferred_to_being_woken);
	tcase_add_test(tests, who_sleeps_is_woken);
	tcase_add_test(tests, both_sides_of_a_handle_are_woken);
	tcase_add_test(tests, a_signal_handler_may_wake);
	tcase_add_test(tests, signals_end_no_wait);
	tcase_add_test(tests, signals_take_nobodys_message_or_slot);
	return behaviour_run();
}
