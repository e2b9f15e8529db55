/* SPDX-License-Identifier: MIT */
/*
 * check_poll_codes.c - what refuses a descriptor, or to arm one: no handle, no role, the
 * wrong state, the end of a group, messages overwritten, another process.
 */
#include <stdio.h>
#include <string.h>

#include "waits.h"

static nabd_t *queue;
static nabd_consumer_t *member;
static const void *data;
static struct nabd_msg msgs[4];
static size_t got;

/* provokes: nabd_fd NABD_INVALID */
/* provokes: nabd_arm NABD_INVALID */
/* provokes: nabd_consumer_fd NABD_INVALID */
/* provokes: nabd_consumer_arm NABD_INVALID */
START_TEST(what_is_no_handle_or_consumer_has_no_descriptor)
{
	static const unsigned char fills[] = { 0, 0xff, 0x55 };
	static _Alignas(4096) unsigned char wild[65536];

	queue = queue_of(4);
	member = join_ok(queue, 1);
	is(NABD_INVALID, nabd_fd(NULL));
	is(NABD_INVALID, nabd_arm(NULL));
	is(NABD_INVALID, nabd_consumer_fd(NULL));
	is(NABD_INVALID, nabd_consumer_arm(NULL));
	is(NABD_INVALID, nabd_fd((void *)member));
	is(NABD_INVALID, nabd_arm((void *)member));
	is(NABD_INVALID, nabd_consumer_fd((void *)queue));
	is(NABD_INVALID, nabd_consumer_arm((void *)queue));
	for (size_t f = 0; f < sizeof(fills); f++) {
		memset(wild, fills[f], sizeof(wild));
		is(NABD_INVALID, nabd_fd((void *)wild));
		is(NABD_INVALID, nabd_arm((void *)wild));
		is(NABD_INVALID, nabd_consumer_fd((void *)wild));
		is(NABD_INVALID, nabd_consumer_arm((void *)wild));
		for (size_t i = 0; i < sizeof(wild); i++)
			ck_assert_uint_eq(wild[i], fills[f]);
	}
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_fd NABD_ROLE */
/* provokes: nabd_arm NABD_ROLE */
START_TEST(who_only_looks_has_no_descriptor)
{
	static const unsigned flags[] = { 0, NABD_CREATE, NABD_OBSERVE };

	close_ok(queue_of(4));
	for (size_t i = 0; i < COUNT(flags); i++) {
		queue = open_ok("q", 0, 0, flags[i]);
		is(NABD_ROLE, nabd_fd(queue));
		is(NABD_ROLE, nabd_arm(queue));
		close_ok(queue);
	}
}
END_TEST

/* provokes: nabd_arm NABD_BUSY */
START_TEST(who_is_not_the_reader_is_not_armed)
{
	nabd_t *other;

	queue = read_queue_of(4);
	other = open_ok("q", 0, 0, NABD_CONSUMER);
	is(NABD_BUSY, nabd_arm(other));
	close_ok(queue);
	is(NABD_OK, nabd_arm(other)); /* arming takes the role */
	queue = open_ok("q", 0, 0, NABD_CONSUMER);
	is(NABD_BUSY, nabd_peek(queue, &data, NULL));
	close_ok(queue);
	close_ok(other);
}
END_TEST

/* provokes: nabd_arm NABD_STATE */
START_TEST(in_the_middle_of_things_nothing_is_armed)
{
	void *slots[2];

	queue = read_queue_of(4);
	push_numbers(queue, 0, 4);
	is(NABD_OK, nabd_peek(queue, &data, NULL));
	is(NABD_STATE, nabd_arm(queue));
	is(NABD_OK, nabd_release(queue));
	is(NABD_OK, nabd_peek_batch(queue, msgs, 2, &got));
	is(NABD_STATE, nabd_arm(queue));
	is(NABD_OK, nabd_release_batch(queue, 2));
	is(NABD_OK, nabd_reserve(queue, 1, slots)); /* that is the other side */
	ck_assert_int_eq(nabd_arm(queue), 1);
	close_ok(queue);
	queue = open_ok("q", 0, 0, NABD_PRODUCER);
	is(NABD_OK, nabd_reserve(queue, 1, slots));
	is(NABD_STATE, nabd_arm(queue));
	is(NABD_OK, nabd_abort(queue));
	is(NABD_OK, nabd_reserve_batch(queue, 1, slots, 2, &got));
	is(NABD_STATE, nabd_arm(queue));
	is(NABD_OK, nabd_abort(queue));
	ck_assert_int_eq(nabd_arm(queue), 1);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_consumer_arm NABD_STATE */
START_TEST(a_member_in_the_middle_of_things_is_not_armed)
{
	queue = queue_of(8);
	member = join_ok(queue, 1);
	push_numbers(queue, 0, 4);
	peeks(member, 0, 1);
	is(NABD_STATE, nabd_consumer_arm(member));
	is(NABD_OK, nabd_consumer_release(member));
	is(NABD_OK, nabd_consumer_peek_batch(member, msgs, 2, &got));
	is(NABD_STATE, nabd_consumer_arm(member));
	is(NABD_OK, nabd_consumer_release_batch(member, 2));
	ck_assert_int_eq(nabd_consumer_arm(member), 1);
	gets(member, 3); /* what it found is given to the next call */
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_consumer_arm NABD_DROPPED */
/* provokes: nabd_consumer_arm NABD_EVICTED */
START_TEST(a_member_of_a_group_that_ended_is_told)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;

	queue = queue_of(4);
	member = join_ok(queue, 1);
	is(NABD_OK, nabd_group_drop(queue, 1));
	is(NABD_DROPPED, nabd_consumer_arm(member));
	is(NABD_DROPPED, nabd_consumer_arm(member));
	leave_ok(member);
	opts.max_lag = 1;
	member = join_with(queue, 1, &opts);
	while (look_code(queue, 1) == NABD_OK)
		is(NABD_OK, push_number(queue, 0));
	is(NABD_EVICTED, nabd_consumer_arm(member));
	is(NABD_EVICTED, nabd_consumer_arm(member));
	ck_assert_uint_gt(told(member).lost, 0);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_arm NABD_LAPPED */
/* provokes: nabd_consumer_arm NABD_LAPPED */
START_TEST(who_was_lapped_is_told)
{
	uint64_t gap = 77, total = 77;

	queue = open_ok("q", 4, 64, NABD_CREATE | NABD_OVERWRITE | NABD_PRODUCER | NABD_CONSUMER);
	member = join_ok(queue, 1);
	is(NABD_OK, nabd_arm(queue));
	is(NABD_OK, nabd_consumer_arm(member));
	for (uint64_t number = 0; number < 7; number++)
		is(NABD_OK, push_number(queue, number));
	is(NABD_LAPPED, nabd_arm(queue));
	is(NABD_OK, nabd_lost(queue, &gap, &total));
	ck_assert_uint_eq(gap, 3);
	ck_assert_int_eq(nabd_arm(queue), 1); /* told once */
	reads_number(queue, 3);
	is(NABD_LAPPED, nabd_consumer_arm(member));
	ck_assert_uint_eq(told(member).gap, 3);
	ck_assert_int_eq(nabd_consumer_arm(member), 1);
	gets(member, 3);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_arm NABD_WOKEN */
/* provokes: nabd_consumer_arm NABD_WOKEN */
START_TEST(who_was_woken_is_told_unless_there_is_something)
{
	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	is(NABD_OK, nabd_wake(queue));
	is(NABD_OK, nabd_consumer_wake(member));
	push_numbers(queue, 0, 1);
	ck_assert_int_eq(nabd_arm(queue), 1);
	ck_assert_int_eq(nabd_consumer_arm(member), 1);
	is(NABD_OK, pops(queue, 0));
	is(NABD_OK, member_pops(member, 0));
	is(NABD_WOKEN, nabd_arm(queue));
	is(NABD_WOKEN, nabd_consumer_arm(member));
	is(NABD_OK, nabd_arm(queue));
	is(NABD_OK, nabd_consumer_arm(member));
	is(NABD_TIMEOUT, pops(queue, 0)); /* it was told already */
	leave_ok(member);
	close_ok(queue);
}
END_TEST

static int bad(const char *call, int code)
{
	if (code != NABD_FORKED)
		fprintf(stderr, "%s in a child: %s\n", call, code_name(code));
	return code != NABD_FORKED;
}

static int all_forked(void)
{
	const int wrong = bad("nabd_fd", nabd_fd(queue)) + bad("nabd_arm", nabd_arm(queue)) +
			  bad("nabd_consumer_fd", nabd_consumer_fd(member)) +
			  bad("nabd_consumer_arm", nabd_consumer_arm(member));

	return wrong == 0 ? NABD_OK : NABD_STATE;
}

/* provokes: nabd_fd NABD_FORKED */
/* provokes: nabd_arm NABD_FORKED */
/* provokes: nabd_consumer_fd NABD_FORKED */
/* provokes: nabd_consumer_arm NABD_FORKED */
START_TEST(a_child_has_no_descriptor)
{
	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	is(NABD_OK, run_forked(all_forked));
	is(NABD_OK, nabd_arm(queue));
	is(NABD_OK, nabd_consumer_arm(member));
	is(NABD_OK, run_forked(all_forked)); /* also when the parent has */
	leave_ok(member);
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_poll_codes");

	tcase_add_test(tests, what_is_no_handle_or_consumer_has_no_descriptor);
	tcase_add_test(tests, who_only_looks_has_no_descriptor);
	tcase_add_test(tests, who_is_not_the_reader_is_not_armed);
	tcase_add_test(tests, in_the_middle_of_things_nothing_is_armed);
	tcase_add_test(tests, a_member_in_the_middle_of_things_is_not_armed);
	tcase_add_test(tests, a_member_of_a_group_that_ended_is_told);
	tcase_add_test(tests, who_was_lapped_is_told);
	tcase_add_test(tests, who_was_woken_is_told_unless_there_is_something);
	tcase_add_test(tests, a_child_has_no_descriptor);
	return behaviour_run();
}
