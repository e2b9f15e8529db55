/* SPDX-License-Identifier: MIT */
/*
 * check_errno.c - nabd_open() has no code to return: it tells by errno.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "behaviour.h"

static void sets(int number, const char *name, size_t slots, size_t slot_size, unsigned flags)
{
	nabd_t *q;

	errno = 0;
	q = nabd_open(name, slots, slot_size, flags);
	ck_assert_ptr_null(q);
	ck_assert_int_eq(errno, number);
}

START_TEST(each_kind_of_failure_has_its_errno)
{
	nabd_t *q = small_queue();

	sets(EINVAL, NULL, 4, 64, NABD_CREATE);
	sets(EINVAL, "q", 4, 64, 0x80000000u);
	sets(EINVAL, "../q", 4, 64, NABD_CREATE);
	sets(EOVERFLOW, "q", SIZE_MAX, 64, NABD_CREATE);
	sets(EOVERFLOW, "q", 4, SIZE_MAX, NABD_CREATE);
	sets(ENOENT, "none", 4, 64, NABD_CONSUMER);
	sets(EEXIST, "q", 4, 64, NABD_CREATE | NABD_EXCL);
	sets(EBUSY, "q", 4, 64, NABD_PRODUCER);
	sets(EDOM, "q", 8, 64, NABD_CONSUMER);
	ck_assert_int_eq(symlink("q", path_of("link")), 0);
	sets(ELOOP, "link", 0, 0, NABD_CONSUMER);
	ck_assert_int_eq(mkdir(path_of("dir"), 0700), 0);
	sets(ELOOP, "dir", 0, 0, NABD_CONSUMER);
	write_whole(path_of("text"), "text", 4);
	sets(EBADMSG, "text", 0, 0, NABD_CONSUMER);
	close_ok(q);
	ck_assert_int_eq(truncate(path_of("q"), 4096), 0);
	sets(EBADMSG, "q", 0, 0, NABD_CONSUMER);
}
END_TEST

START_TEST(an_open_that_works_is_a_handle_with_the_same_calls)
{
	nabd_t *p = nabd_open("/q", 4, 64, NABD_CREATE | NABD_PRODUCER);
	nabd_t *c = nabd_open("/q", 0, 0, NABD_CONSUMER);

	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_nonnull(c);
	is(NABD_OK, push_text(p, "one"));
	pop_is(c, "one");
	close_ok(c);
	close_ok(p);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_errno");

	tcase_add_test(tests, each_kind_of_failure_has_its_errno);
	tcase_add_test(tests, an_open_that_works_is_a_handle_with_the_same_calls);
	return behaviour_run();
}
