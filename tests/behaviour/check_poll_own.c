/* SPDX-License-Identifier: MIT */
/*
 * check_poll_own.c - the descriptors that nabd_fd() makes are closed with what they belong
 * to, and no others are, whatever the program did with their numbers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "waits.h"

static nabd_t *queue;
static nabd_consumer_t *member;

START_TEST(closing_leaves_no_descriptor)
{
	const int before = descriptors();

	for (int i = 0; i < 10; i++) {
		queue = read_queue_of(4);
		member = join_ok(queue, 1);
		is(NABD_OK, nabd_arm(queue));
		is(NABD_OK, nabd_consumer_arm(member));
		ck_assert_int_gt(descriptors(), before);
		leave_ok(member);
		close_ok(queue);
		queue = open_ok("q", 0, 0, NABD_PRODUCER);
		ck_assert_int_ge(nabd_fd(queue), 0);
		close_ok(queue);
		ck_assert_int_eq(descriptors(), before);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* Descriptors that this process has, as a set. */
#define MANY 256

static void note(int (*open_now)[MANY])
{
	for (int fd = 0; fd < MANY; fd++)
		(*open_now)[fd] = fcntl(fd, F_GETFD) >= 0;
}

/* Close what came between before and now; others take their numbers. */
static int strangers(int (*before)[MANY])
{
	int now[MANY], n = 0;

	note(&now);
	for (int fd = 0; fd < MANY; fd++) {
		int null;

		if (!now[fd] || (*before)[fd])
			continue;
		close(fd);
		null = open("/dev/null", O_RDONLY | O_CLOEXEC);
		ck_assert_int_ge(dup2(null, fd), 0);
		if (null != fd)
			close(null);
		(*before)[fd] = 2;
		n++;
	}
	return n;
}

static void untouched(int (*before)[MANY])
{
	for (int fd = 0; fd < MANY; fd++)
		if ((*before)[fd] == 2) {
			ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
			close(fd);
		}
}

START_TEST(a_descriptor_closed_behind_our_back_is_nobodys)
{
	int before[MANY], fd;

	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	note(&before);
	fd = nabd_fd(queue);
	is(NABD_OK, nabd_arm(queue));
	ck_assert_int_ge(nabd_consumer_fd(member), 0);
	ck_assert_int_gt(strangers(&before), 1);
	errno = 0;
	is(NABD_SYSTEM, nabd_arm(queue));
	ck_assert_int_eq(errno, EBADF);
	is(NABD_SYSTEM, nabd_consumer_arm(member));
	push_numbers(queue, 0, 1); /* what needs none goes on */
	ck_assert_int_eq(nabd_arm(queue), 1);
	is(NABD_OK, pops(queue, FOR_EVER));
	is(NABD_OK, member_pops(member, FOR_EVER));
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
	leave_ok(member);
	close_ok(queue);
	untouched(&before);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_poll_own");

	tcase_add_test(tests, closing_leaves_no_descriptor);
	tcase_add_test(tests, a_descriptor_closed_behind_our_back_is_nobodys);
	return behaviour_run();
}
