/* SPDX-License-Identifier: MIT */
/*
 * check_wait_corrupt.c - damage, and a kernel that gives nothing: seen by every call that
 * waits for a message, or lets a descriptor wait, instead of waiting for ever.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/resource.h>

#include "raw.h"
#include "waits.h"

static nabd_t *queue;
static nabd_consumer_t *member;

/* provokes: nabd_peek_wait NABD_CORRUPT */
/* provokes: nabd_peek_msg_wait NABD_CORRUPT */
/* provokes: nabd_pop_wait NABD_CORRUPT */
/* provokes: nabd_peek_batch_wait NABD_CORRUPT */
/* provokes: nabd_pop_batch_wait NABD_CORRUPT */
/* provokes: nabd_arm NABD_CORRUPT */
/* provokes: nabd_consumer_peek_wait NABD_CORRUPT */
/* provokes: nabd_consumer_peek_msg_wait NABD_CORRUPT */
/* provokes: nabd_consumer_pop_wait NABD_CORRUPT */
/* provokes: nabd_consumer_peek_batch_wait NABD_CORRUPT */
/* provokes: nabd_consumer_pop_batch_wait NABD_CORRUPT */
/* provokes: nabd_consumer_arm NABD_CORRUPT */
START_TEST(a_damaged_stamp_ends_every_wait)
{
	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	map_raw();
	for (uint64_t next = 0; next < 12; next++) {
		const uint64_t damages[] = {
			stamp_value(next, UINT32_MAX),	 stamp_value(next + 1, 1),
			stamp_value(next + 400, 1),	 stamp_value(next - 1, 1),
			stamp_value(next, 65),		 UINT64_MAX,
		};
		uint64_t right;

		push_numbers(queue, next, next + 1);
		right = *stamp(next);
		for (size_t i = 0; i < COUNT(damages); i++) {
			*stamp(next) = damages[i];
			all_waits(queue, RECEIVE, FOR_EVER, NABD_CORRUPT);
			all_member_waits(member, FOR_EVER, NABD_CORRUPT);
			is(NABD_CORRUPT, nabd_arm(queue));
			is(NABD_CORRUPT, nabd_consumer_arm(member));
		}
		*stamp(next) = right; /* nothing has moved: the message can still be had */
		is(NABD_OK, pops(queue, FOR_EVER));
		is(NABD_OK, member_pops(member, FOR_EVER));
	}
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* Words of those who sleep that are not true: who sleeps is woken all the same. */
START_TEST(damaged_marks_cost_a_slice_at_most)
{
	static const uint64_t marks[] = { 0, 1, UINT64_MAX, 1ull << 63, 1ull << 21, 1ull << 40 };
	struct sleeper tx, one;

	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	is(NABD_OK, nabd_set_wait(queue, NULL));
	is(NABD_OK, nabd_consumer_set_wait(member, NULL));
	push_numbers(queue, 0, 4);
	gets_numbers(member, 0, 4);
	map_raw();
	for (size_t i = 0; i < COUNT(marks); i++) {
		sleeps_in(&tx, pushes, queue);
		member_sleeps_in(&one, member_pops, member);
		*word(&consumers->waits.readers) = marks[i];
		*word(&consumers->waits.senders) = marks[i];
		*word(&consumers->waits.wanted) = garbage[i];
		*word(&consumers->waits.bell[0]) = garbage[i];
		is(NABD_OK, pops(queue, FOR_EVER));
		ends_with(&tx, NABD_OK);
		ends_with(&one, NABD_OK);
	}
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* No descriptor can be had. */
static rlim_t limit(rlim_t to)
{
	struct rlimit limits;
	rlim_t before;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limits), 0);
	before = limits.rlim_cur;
	limits.rlim_cur = to;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limits), 0);
	return before;
}

static int wants_fd(nabd_t *q, int64_t timeout_ns)
{
	(void)timeout_ns;
	return nabd_fd(q);
}

static int arms(nabd_t *q, int64_t timeout_ns)
{
	(void)timeout_ns;
	return nabd_arm(q);
}

static void without_descriptors(int (*run)(nabd_t *q, int64_t timeout_ns), int number)
{
	const rlim_t before = limit(3);
	int code, told_number;

	errno = 0;
	code = run(queue, FOR_EVER);
	told_number = errno;
	limit(before);
	is(NABD_SYSTEM, code);
	ck_assert_int_eq(told_number, number);
}

/* provokes: nabd_peek_wait NABD_SYSTEM */
/* provokes: nabd_peek_msg_wait NABD_SYSTEM */
/* provokes: nabd_pop_wait NABD_SYSTEM */
/* provokes: nabd_peek_batch_wait NABD_SYSTEM */
/* provokes: nabd_pop_batch_wait NABD_SYSTEM */
/* provokes: nabd_fd NABD_SYSTEM */
/* provokes: nabd_arm NABD_SYSTEM */
START_TEST(without_a_descriptor_nobody_begins_to_wait)
{
	queue = queue_of(4);
	for (size_t i = 0; i < WAIT_CALLS; i++)
		if (wait_calls[i].side == RECEIVE)
			without_descriptors(wait_calls[i].run, EMFILE);
	without_descriptors(wants_fd, EMFILE);
	without_descriptors(arms, EMFILE);
	is(NABD_TIMEOUT, pops(queue, 0)); /* has the role now */
	without_descriptors(wants_fd, EMFILE);
	without_descriptors(arms, EMFILE);
	ck_assert_int_ge(nabd_fd(queue), 0);
	is(NABD_OK, nabd_arm(queue));
	close_ok(queue);
	queue = open_ok("q", 0, 0, NABD_PRODUCER);
	fill(queue, 0);
	without_descriptors(wants_fd, EMFILE);
	without_descriptors(arms, EMFILE);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_consumer_fd NABD_SYSTEM */
/* provokes: nabd_consumer_arm NABD_SYSTEM */
START_TEST(without_a_descriptor_a_member_gets_none)
{
	int fd, arm, held;
	rlim_t before;

	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	held = descriptors();
	before = limit(3);
	fd = nabd_consumer_fd(member);
	arm = nabd_consumer_arm(member);
	limit(before);
	is(NABD_SYSTEM, fd);
	is(NABD_SYSTEM, arm);
	ck_assert_int_eq(descriptors(), held);
	is(NABD_OK, nabd_consumer_arm(member));
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_wait_any NABD_SYSTEM */
START_TEST(a_kernel_that_does_not_poll_is_told)
{
	struct nabd_wait_item items[2] = { { .q = NULL } };
	rlim_t before;
	int code, number;

	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	items[0].q = queue;
	items[1].consumer = member;
	is(NABD_TIMEOUT, nabd_wait_any(items, 2, 1)); /* all that it needs is there */
	before = limit(0); /* more than it may poll */
	errno = 0;
	code = nabd_wait_any(items, 2, FOR_EVER);
	number = errno;
	limit(before);
	is(NABD_SYSTEM, code);
	ck_assert_int_eq(number, EINVAL);
	ck_assert_int_eq(items[0].result, 0);
	ck_assert_int_eq(items[1].result, 0);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_wait_corrupt");

	tcase_add_test(tests, a_damaged_stamp_ends_every_wait);
	tcase_add_test(tests, damaged_marks_cost_a_slice_at_most);
	tcase_add_test(tests, without_a_descriptor_nobody_begins_to_wait);
	tcase_add_test(tests, without_a_descriptor_a_member_gets_none);
	tcase_add_test(tests, a_kernel_that_does_not_poll_is_told);
	return behaviour_run();
}
