/* SPDX-License-Identifier: MIT */
/*
 * check_poll.c - the descriptor for event loops: readable when it was armed and something
 * has come since, until it is armed again.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "waits.h"

static nabd_t *queue;
static nabd_consumer_t *member;

static int readable(int fd)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };

	ck_assert_int_ge(poll(&polled, 1, 0), 0);
	return polled.revents == POLLIN;
}

/* Armed for the first time, it may come back soon by itself: once. Not by slices, here. */
static void settle(void)
{
	sleep_long(queue);
	is(NABD_OK, nabd_arm(queue));
	usleep(2000);
}

static void member_settles(void)
{
	member_sleeps_long(member);
	is(NABD_OK, nabd_consumer_arm(member));
	usleep(2000);
}

static void quiet(void)
{
	is(NABD_OK, nabd_arm(queue));
	ck_assert_int_eq(readable(nabd_fd(queue)), 0);
}

static void member_quiet(void)
{
	is(NABD_OK, nabd_consumer_arm(member));
	ck_assert_int_eq(readable(nabd_consumer_fd(member)), 0);
}

START_TEST(it_is_the_same_at_every_call)
{
	nabd_t *other;
	int fd, member_fd, other_fd;

	queue = queue_of(4);
	member = join_ok(queue, 1);
	other = open_ok("q", 0, 0, NABD_CONSUMER);
	fd = nabd_fd(queue);
	member_fd = nabd_consumer_fd(member);
	other_fd = nabd_fd(other);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(member_fd, 0);
	ck_assert_int_ge(other_fd, 0);
	ck_assert(fd != member_fd && fd != other_fd && member_fd != other_fd);
	for (int i = 0; i < 5; i++) {
		(void)nabd_arm(queue);
		(void)nabd_consumer_arm(member);
		ck_assert_int_eq(nabd_fd(queue), fd);
		ck_assert_int_eq(nabd_consumer_fd(member), member_fd);
		ck_assert_int_eq(nabd_fd(other), other_fd);
		is(NABD_OK, push_number(queue, 0));
		is(NABD_OK, pops(queue, 0));
		is(NABD_OK, member_pops(member, 0));
	}
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(member_fd, F_GETFD), FD_CLOEXEC);
	close_ok(other);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

START_TEST(it_is_readable_from_the_message_to_the_next_arming)
{
	int fd;

	queue = read_queue_of(4);
	fd = nabd_fd(queue);
	push_numbers(queue, 0, 1); /* not armed, it tells nothing */
	ck_assert_int_eq(readable(fd), 0);
	is(NABD_OK, pops(queue, 0));
	settle();
	for (int i = 0; i < 10; i++) {
		quiet();
		is(NABD_OK, push_number(queue, 0));
		ck_assert_int_eq(readable(fd), 1);
		ck_assert_int_eq(readable(fd), 1); /* it is level-triggered */
		ck_assert_int_eq(nabd_arm(queue), 1);
		is(NABD_OK, pops(queue, 0));
	}
	quiet();
	is(NABD_OK, push_number(queue, 0));
	is(NABD_OK, pops(queue, 0));
	ck_assert_int_eq(readable(fd), 1); /* it does not know that this was served */
	quiet();
	close_ok(queue);
}
END_TEST

START_TEST(where_there_is_something_it_is_not_armed)
{
	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	push_numbers(queue, 0, 2);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(nabd_arm(queue), 1);
		ck_assert_int_eq(nabd_consumer_arm(member), 1);
	}
	is(NABD_OK, pops(queue, 0));
	is(NABD_OK, member_pops(member, 0));
	ck_assert_int_eq(nabd_arm(queue), 1);
	ck_assert_int_eq(nabd_consumer_arm(member), 1);
	is(NABD_OK, pops(queue, 0));
	is(NABD_OK, member_pops(member, 0));
	is(NABD_OK, nabd_arm(queue));
	is(NABD_OK, nabd_consumer_arm(member));
	leave_ok(member);
	close_ok(queue);
}
END_TEST

START_TEST(a_handle_that_only_sends_is_told_of_slots)
{
	nabd_t *reader;
	int fd;

	close_ok(read_queue_of(4));
	queue = open_ok("q", 0, 0, NABD_PRODUCER);
	reader = open_ok("q", 0, 0, NABD_CONSUMER);
	ck_assert_int_eq(nabd_arm(queue), 1); /* there are four */
	push_numbers(queue, 0, 4);
	settle();
	fd = nabd_fd(queue);
	for (uint64_t number = 4; number < 10; number++) {
		quiet();
		is(NABD_OK, pops(reader, 0));
		ck_assert_int_eq(readable(fd), 1);
		ck_assert_int_eq(readable(fd), 1);
		ck_assert_int_eq(nabd_arm(queue), 1);
		push_numbers(queue, number, number + 1);
	}
	quiet();
	close_ok(reader);
	close_ok(queue);
}
END_TEST

START_TEST(a_member_is_told_of_what_concerns_its_group)
{
	nabd_consumer_t *mate;
	int fd;

	queue = queue_of(8);
	member = join_ok(queue, 1);
	mate = join_ok(queue, 1);
	member_settles();
	fd = nabd_consumer_fd(member);
	member_quiet();
	push_numbers(queue, 0, 1);
	ck_assert_int_eq(readable(fd), 1);
	peeks(mate, 0, 1);
	member_quiet(); /* that was the other's */
	is(NABD_OK, nabd_consumer_nack(mate));
	ck_assert_int_eq(readable(fd), 1);
	ck_assert_int_eq(nabd_consumer_arm(member), 1);
	gets_again(member, 0, 2);
	member_quiet();
	is(NABD_OK, nabd_consumer_seek(mate, 0, NULL));
	ck_assert_int_eq(readable(fd), 1);
	ck_assert_int_eq(nabd_consumer_arm(member), 1);
	gets(member, 0);
	push_numbers(queue, 1, 2);
	peeks(mate, 1, 1);
	member_quiet();
	leave_ok(mate);
	ck_assert_int_eq(readable(fd), 1);
	ck_assert_int_eq(nabd_consumer_arm(member), 1);
	gets_again(member, 1, 2);
	member_quiet();
	is(NABD_OK, nabd_group_drop(queue, 1));
	ck_assert_int_eq(readable(fd), 1);
	is(NABD_DROPPED, nabd_consumer_arm(member));
	leave_ok(member);
	close_ok(queue);
}
END_TEST

START_TEST(another_process_makes_it_readable)
{
	struct peer sender;

	close_ok(read_queue_of(4));
	sender = peer_with(NABD_PRODUCER);
	queue = open_ok("q", 0, 0, NABD_CONSUMER);
	member = join_ok(queue, 1);
	settle();
	member_settles();
	for (int i = 0; i < 10; i++) {
		is(NABD_OK, nabd_arm(queue));
		is(NABD_OK, nabd_consumer_arm(member));
		is(NABD_OK, peer_does(&sender, PUSH));
		ck_assert_int_eq(readable(nabd_fd(queue)), 1);
		ck_assert_int_eq(readable(nabd_consumer_fd(member)), 1);
		is(NABD_OK, pops(queue, 0));
		is(NABD_OK, member_pops(member, 0));
	}
	peer_ends(&sender);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

static int polls_and_pops(nabd_t *q, int64_t timeout_ns)
{
	struct pollfd polled = { .fd = nabd_fd(q), .events = POLLIN };
	int code = nabd_arm(q);

	(void)timeout_ns;
	if (code == NABD_OK && poll(&polled, 1, -1) != 1)
		return 1000;
	return code < 0 ? code : pops(q, 0);
}

START_TEST(who_sleeps_in_poll_is_woken)
{
	struct sleeper s;

	queue = read_queue_of(4);
	settle();
	for (uint64_t number = 0; number < 5; number++) {
		sleeps_in(&s, polls_and_pops, queue);
		push_numbers(queue, number, number + 1);
		ends_with(&s, NABD_OK);
	}
	close_ok(queue);
}
END_TEST

START_TEST(epoll_tells_which_of_several_queues)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	nabd_t *q[COUNT(names)];
	struct epoll_event events[COUNT(names)];
	const int epoll = epoll_create1(EPOLL_CLOEXEC);

	for (uint32_t i = 0; i < COUNT(q); i++) {
		struct epoll_event event = { .events = EPOLLIN, .data = { .u32 = i } };

		queue = open_ok(names[i], 4, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
		q[i] = queue;
		is(NABD_TIMEOUT, pops(queue, 0));
		settle();
		ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, nabd_fd(q[i]), &event), 0);
	}
	for (uint32_t turn = 0; turn < 12; turn++) {
		for (uint32_t i = 0; i < COUNT(q); i++)
			is(NABD_OK, nabd_arm(q[i]));
		ck_assert_int_eq(epoll_wait(epoll, events, COUNT(events), 0), 0);
		is(NABD_OK, push_number(q[turn % COUNT(q)], 0));
		ck_assert_int_eq(epoll_wait(epoll, events, COUNT(events), -1), 1);
		ck_assert_uint_eq(events[0].data.u32, turn % COUNT(q));
		is(NABD_OK, pops(q[turn % COUNT(q)], 0));
	}
	for (uint32_t i = 0; i < COUNT(q); i++)
		close_ok(q[i]);
	close(epoll);
}
END_TEST

START_TEST(who_is_woken_finds_it_readable)
{
	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	settle();
	member_settles();
	for (int i = 0; i < 3; i++) {
		quiet();
		is(NABD_OK, nabd_wake(queue));
		ck_assert_int_eq(readable(nabd_fd(queue)), 1);
		is(NABD_WOKEN, nabd_arm(queue));
		quiet();
		member_quiet();
		is(NABD_OK, nabd_consumer_wake(member));
		ck_assert_int_eq(readable(nabd_consumer_fd(member)), 1);
		is(NABD_WOKEN, nabd_consumer_arm(member));
		member_quiet();
	}
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* A slice is over: it looks readable, and whoever looks finds nothing. */
START_TEST(a_slice_ends_what_nobody_told)
{
	struct pollfd polled = { .events = POLLIN };
	struct nabd_wait_opts opts = NABD_WAIT_POWER;

	queue = read_queue_of(4);
	opts.slice_ns = 1000000;
	is(NABD_OK, nabd_set_wait(queue, &opts));
	polled.fd = nabd_fd(queue);
	for (int i = 0; i < 3; i++) {
		is(NABD_OK, nabd_arm(queue));
		ck_assert_int_eq(poll(&polled, 1, -1), 1);
	}
	is(NABD_EMPTY, nabd_peek(queue, &(const void *){ NULL }, NULL));
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_poll");

	tcase_add_test(tests, it_is_the_same_at_every_call);
	tcase_add_test(tests, it_is_readable_from_the_message_to_the_next_arming);
	tcase_add_test(tests, where_there_is_something_it_is_not_armed);
	tcase_add_test(tests, a_handle_that_only_sends_is_told_of_slots);
	tcase_add_test(tests, a_member_is_told_of_what_concerns_its_group);
	tcase_add_test(tests, another_process_makes_it_readable);
	tcase_add_test(tests, who_sleeps_in_poll_is_woken);
	tcase_add_test(tests, epoll_tells_which_of_several_queues);
	tcase_add_test(tests, who_is_woken_finds_it_readable);
	tcase_add_test(tests, a_slice_ends_what_nobody_told);
	return behaviour_run();
}
