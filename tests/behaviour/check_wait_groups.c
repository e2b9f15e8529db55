/* SPDX-License-Identifier: MIT */
/*
 * check_wait_groups.c - a member that sleeps is woken by what happens to its group, and not
 * by messages alone: the end of the group, a message given back, a seek, another that leaves.
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "waits.h"

static nabd_t *queue;
static nabd_consumer_t *c, *d;
static struct sleeper one;

/* A queue without default group, whose members sleep until they are woken. */
static void begin(size_t slots)
{
	queue = queue_of(slots);
	sleep_long(queue);
}

/* c sleeps, as d has all there is. */
static void begin_with_two(uint64_t messages)
{
	begin(8);
	c = join_ok(queue, 1);
	d = join_ok(queue, 1);
	for (uint64_t number = 0; number < messages; number++) {
		push_numbers(queue, number, number + 1);
		if (number + 1 < messages)
			gets(d, number);
		else
			peeks(d, number, 1);
	}
}

static void end_with_two(void)
{
	leave_ok(c);
	leave_ok(d);
	close_ok(queue);
}

/* provokes: nabd_consumer_peek_wait NABD_DROPPED */
/* provokes: nabd_consumer_peek_msg_wait NABD_DROPPED */
/* provokes: nabd_consumer_pop_wait NABD_DROPPED */
/* provokes: nabd_consumer_peek_batch_wait NABD_DROPPED */
/* provokes: nabd_consumer_pop_batch_wait NABD_DROPPED */
START_TEST(every_call_of_a_member_ends_with_its_group)
{
	begin(8);
	for (size_t i = 0; i < MEMBER_WAITS; i++) {
		c = join_ok(queue, 1);
		member_sleeps_in(&one, member_waits[i].run, c);
		is(NABD_OK, nabd_group_drop(queue, 1));
		ends_with(&one, NABD_DROPPED);
		all_member_waits(c, FOR_EVER, NABD_DROPPED);
		leave_ok(c);
	}
	close_ok(queue);
}
END_TEST

START_TEST(all_members_of_a_group_learn_its_end_and_no_others)
{
	nabd_consumer_t *m[5];
	struct sleeper s[5];

	begin(8);
	for (unsigned i = 0; i < COUNT(m); i++) {
		m[i] = join_ok(queue, i == 0 ? 2 : 1);
		member_sleeps_in(&s[i], member_waits[i].run, m[i]);
	}
	is(NABD_OK, nabd_group_drop(queue, 1));
	for (unsigned i = 1; i < COUNT(m); i++)
		ends_with(&s[i], NABD_DROPPED);
	still_sleeps(&s[0]);
	push_numbers(queue, 0, 1);
	ends_with(&s[0], NABD_OK);
	for (unsigned i = 0; i < COUNT(m); i++)
		leave_ok(m[i]);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_consumer_peek_wait NABD_EVICTED */
/* provokes: nabd_consumer_peek_msg_wait NABD_EVICTED */
/* provokes: nabd_consumer_pop_wait NABD_EVICTED */
/* provokes: nabd_consumer_peek_batch_wait NABD_EVICTED */
/* provokes: nabd_consumer_pop_batch_wait NABD_EVICTED */
START_TEST(a_member_of_a_group_that_was_evicted_does_not_wait)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;

	begin(4);
	opts.max_lag = 1;
	for (size_t i = 0; i < MEMBER_WAITS; i++) {
		c = join_with(queue, 1, &opts);
		while (look_code(queue, 1) == NABD_OK)
			is(NABD_OK, push_number(queue, i));
		is(NABD_EVICTED, member_waits[i].run(c, FOR_EVER));
		leave_ok(c);
	}
	close_ok(queue);
}
END_TEST

/* Evicted for what its mate holds, while it slept. */
static void evicted_asleep(const struct nabd_join_opts *opts, size_t i)
{
	uint64_t number = 0;
	void *slot;
	int code;

	begin(4);
	c = join_with(queue, 1, opts);
	d = join_ok(queue, 1);
	push_numbers(queue, 0, 4);
	for (number = 0; number < 3; number++) {
		peeks(d, 0, 1);
		gets(c, number + 1);
	}
	member_sleeps_in(&one, member_waits[i].run, c);
	while ((code = nabd_reserve(queue, 8, &slot)) == NABD_FULL)
		usleep(1000); /* as long as the group is there */
	is(NABD_OK, code);
	ends_with(&one, NABD_EVICTED); /* no message has woken it */
	is(NABD_OK, nabd_abort(queue));
	end_with_two();
	is(NABD_OK, nabd_unlink("q"));
}

START_TEST(who_sleeps_learns_that_the_group_was_evicted)
{
	struct nabd_join_opts lag = NABD_JOIN_OPTS_INIT, stall = NABD_JOIN_OPTS_INIT;

	lag.max_lag = 2;
	stall.max_stall_ms = 5;
	for (size_t i = 0; i < MEMBER_WAITS; i++) {
		evicted_asleep(&lag, i);
		evicted_asleep(&stall, i);
	}
}
END_TEST

START_TEST(what_is_given_back_wakes)
{
	for (size_t i = 0; i < MEMBER_WAITS; i++) {
		begin_with_two(1);
		member_sleeps_in(&one, member_waits[i].run, c);
		is(NABD_OK, nabd_consumer_nack(d));
		ends_with(&one, NABD_OK);
		ck_assert_uint_eq(group_of(queue, 1).low, 1);
		ck_assert_uint_eq(told(c).redelivered, 1);
		end_with_two();
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(what_who_leaves_held_wakes)
{
	for (size_t i = 0; i < MEMBER_WAITS; i++) {
		begin_with_two(3);
		member_sleeps_in(&one, member_waits[i].run, c);
		leave_ok(d);
		ends_with(&one, NABD_OK);
		ck_assert_uint_eq(group_of(queue, 1).low, 3);
		leave_ok(c);
		close_ok(queue);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* As usual, a slice at most; then the sleeper finds that another has died. */
START_TEST(what_one_that_was_killed_held_comes_after_a_slice)
{
	struct nabd_wait_opts opts = with_slices(0);
	pid_t pid;

	begin(8);
	push_numbers(queue, 0, 1);
	pid = start_member(1, NULL, holds_one);
	c = join_ok(queue, 1);
	is(NABD_OK, nabd_consumer_set_wait(c, &opts));
	member_sleeps_in(&one, member_pops, c);
	kill_member(pid);
	ends_with(&one, NABD_OK);
	ck_assert_uint_eq(told(c).redelivered, 1);
	leave_ok(c);
	close_ok(queue);
}
END_TEST

START_TEST(a_seek_back_wakes)
{
	uint64_t actual = 77;

	begin(8);
	c = join_ok(queue, 1);
	d = join_ok(queue, 1);
	push_numbers(queue, 0, 4);
	gets_numbers(d, 0, 4);
	for (size_t i = 0; i < MEMBER_WAITS; i++) {
		member_sleeps_in(&one, member_waits[i].run, c);
		is(NABD_OK, nabd_consumer_seek(d, 3, &actual));
		ck_assert_uint_eq(actual, 3);
		ends_with(&one, NABD_OK);
		gets_nothing(d);
	}
	end_with_two();
}
END_TEST

/* What another had before it comes to the one that sleeps, and to nobody twice. */
START_TEST(a_message_is_for_one_of_those_who_sleep)
{
	struct sleeper other;

	begin(8);
	c = join_ok(queue, 1);
	d = join_ok(queue, 1);
	for (uint64_t number = 0; number < 10; number++) {
		nabd_consumer_t *still;
		struct sleeper *woken;

		member_sleeps_in(&one, member_pops, c);
		member_sleeps_in(&other, member_pops, d);
		push_numbers(queue, number, number + 1);
		while (!atomic_load(&one.done) && !atomic_load(&other.done))
			usleep(1000);
		woken = atomic_load(&one.done) ? &one : &other;
		still = woken == &one ? d : c;
		still_sleeps(woken == &one ? &other : &one);
		is(NABD_OK, nabd_consumer_wake(still));
		ends_with(woken, NABD_OK);
		ends_with(woken == &one ? &other : &one, NABD_WOKEN);
	}
	end_with_two();
}
END_TEST

/* A wait that was ended costs the group nothing: the next message finds a sleeper. */
START_TEST(a_sleeper_that_was_called_off_is_in_nobodys_way)
{
	struct sleeper other;

	begin(8);
	c = join_ok(queue, 1);
	d = join_ok(queue, 1);
	for (uint64_t number = 0; number < 5; number++) {
		member_sleeps_in(&other, member_pops, d);
		member_sleeps_in(&one, member_pops, c);
		is(NABD_OK, nabd_consumer_wake(d));
		ends_with(&other, NABD_WOKEN);
		still_sleeps(&one); /* a wake is for the one it names */
		push_numbers(queue, number, number + 1);
		ends_with(&one, NABD_OK);
	}
	end_with_two();
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_wait_groups");

	tcase_add_test(tests, every_call_of_a_member_ends_with_its_group);
	tcase_add_test(tests, all_members_of_a_group_learn_its_end_and_no_others);
	tcase_add_test(tests, a_member_of_a_group_that_was_evicted_does_not_wait);
	tcase_add_test(tests, who_sleeps_learns_that_the_group_was_evicted);
	tcase_add_test(tests, what_is_given_back_wakes);
	tcase_add_test(tests, what_who_leaves_held_wakes);
	tcase_add_test(tests, what_one_that_was_killed_held_comes_after_a_slice);
	tcase_add_test(tests, a_seek_back_wakes);
	tcase_add_test(tests, a_message_is_for_one_of_those_who_sleep);
	tcase_add_test(tests, a_sleeper_that_was_called_off_is_in_nobodys_way);
	return behaviour_run();
}
