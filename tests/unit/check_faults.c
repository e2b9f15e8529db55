/* SPDX-License-Identifier: MIT */
/*
 * Each system call of opening, joining and unlinking fails, one after the other,
 * with each of several errors: the caller gets an error that fits, nothing is
 * left behind, and the next attempt works.
 *
 * NABD_FAULT_KINDS says how many errors are tried; under valgrind one will do.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "unit.h"

static const struct {
	int error;
	int codes[4]; /* that may come of it */
} errors[] = {
	{EIO, {NABD_SYSTEM, NABD_NOMEM}},
	{ENOMEM, {NABD_NOMEM, NABD_SYSTEM}},
	{EMFILE, {NABD_SYSTEM, NABD_NOMEM}},
	{ENOSPC, {NABD_NOSPACE, NABD_SYSTEM, NABD_NOMEM}},
	{EACCES, {NABD_ACCESS, NABD_SYSTEM, NABD_NOMEM}},
};

static unsigned kinds = COUNT(errors);
static unsigned which, nth;

static void fits(int rc, int also)
{
	bool fine = rc == also;

	for (unsigned i = 0; i < COUNT(errors[0].codes); i++)
		fine |= errors[which].codes[i] != NABD_OK && rc == errors[which].codes[i];
	ck_assert_msg(fine, "call %u fails with %s: %s", nth, strerror(errors[which].error),
		      unit_code(rc));
}

/* All is well: a message goes through. */
static void works(nabd_t *q)
{
	char buf[8] = "";
	size_t len = sizeof(buf);

	is(NABD_EMPTY, nabd_pop(q, buf, &len));
	is(NABD_OK, nabd_push(q, "works", 5));
	len = sizeof(buf);
	is(NABD_OK, nabd_pop(q, buf, &len));
	ck_assert_str_eq(buf, "works");
}

/* In a process of its own, as some things are set up once. 1: there is no nth call. */
static int open_and_join(unsigned flags)
{
	const unsigned files = unit_open_files(), maps = unit_mappings(), names = unit_names();
	const int zero = fcntl(0, F_GETFD);
	struct nabd_opts opts = NABD_OPTS_INIT;
	char buf[8];
	size_t len = sizeof(buf);
	bool met;
	nabd_t *q;
	int rc;

	opts.flags = NABD_PREFAULT | NABD_MLOCK | NABD_SET_GROUP;
	opts.group = (uint32_t)getegid();
	fault_arm(NULL, nth, errors[which].error);
	rc = nabd_open_opts("q", 4, 64, flags | NABD_PRODUCER | NABD_CONSUMER, &opts, &q);
	fits(rc, NABD_OK);
	if (rc == NABD_OK) {
		fits(nabd_pop(q, buf, &len), NABD_EMPTY);
		met = fault_met();
		ck_assert_uint_eq(unit_names(), 1);
		works(q);
		is(NABD_OK, nabd_close(q));
	} else {
		met = fault_met();
		ck_assert(met);
		ck_assert_ptr_null(q);
		ck_assert_uint_eq(unit_names(), names);
	}
	ck_assert_msg(unit_open_files() == files, "call %u fails with %s: an open file is left",
		      nth, strerror(errors[which].error));
	ck_assert_uint_eq(unit_mappings(), maps);
	ck_assert_int_eq(fcntl(0, F_GETFD), zero);
	return met ? 0 : 1;
}

static int create(void)
{
	int end = open_and_join(NABD_CREATE | NABD_EXCL);

	(void)nabd_unlink("q");
	return end;
}

static int create_with_names(void)
{
	fault_no_tmpfile(EOPNOTSUPP);
	return create();
}

static int attach(void)
{
	return open_and_join(0);
}

static int unlink_it(void)
{
	const unsigned files = unit_open_files();
	int rc;
	bool met;

	fault_arm(NULL, nth, errors[which].error);
	rc = nabd_unlink("q");
	met = fault_met();
	fits(rc, NABD_OK);
	ck_assert_uint_eq(unit_names(), rc == NABD_OK ? 0 : 1);
	ck_assert_uint_eq(unit_open_files(), files);
	return met ? 0 : 1;
}

/* Calls that signals may interrupt are made again, and nobody sees a thing. */
static int create_interrupted(void)
{
	static const char *const calls[] = {"openat", "open", "posix_fallocate", "pread", "fcntl",
					    "getrandom"};
	nabd_t *q;
	char buf[8];
	size_t len = sizeof(buf);
	bool met;

	fault_arm(calls[which], nth, EINTR);
	is(NABD_OK, nabd_open_opts("q", 4, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER, NULL,
				   &q));
	is(NABD_EMPTY, nabd_pop(q, buf, &len));
	met = fault_met();
	works(q);
	is(NABD_OK, nabd_close(q));
	if (nth % 2 == 0) /* the next one finds it, or makes it */
		is(NABD_OK, nabd_unlink("q"));
	return met ? 0 : 1;
}

static unsigned sweep(int (*body)(void), unsigned many)
{
	unsigned calls = 0;

	for (which = 0; which < many; which++)
		for (nth = 1;; nth++) {
			int status;
			pid_t pid = unit_fork(body);

			ck_assert_int_eq(waitpid(pid, &status, 0), pid);
			ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) <= 1,
				      "kind %u, call %u: child ended with %#x", which, nth,
				      (unsigned)status);
			if (WEXITSTATUS(status) == 1)
				break;
			calls++;
		}
	return calls / many;
}

START_TEST(creating)
{
	ck_assert_uint_gt(sweep(create, kinds), 20);
}
END_TEST

START_TEST(creating_with_names)
{
	ck_assert_uint_gt(sweep(create_with_names, kinds), 20);
}
END_TEST

START_TEST(attaching)
{
	struct nabdi_segment q = unit_queue("q", 4, 64);

	ck_assert_uint_gt(sweep(attach, kinds), 15);
	unit_leave(&q);
}
END_TEST

/* The queue goes with the first attempt that works, and is made anew. */
START_TEST(unlinking)
{
	unsigned failed = 0;

	for (which = 0; which < kinds; which++) {
		struct nabdi_segment q = unit_queue("q", 4, 64);

		for (nth = 1; unlink_it() == 0; nth++)
			failed++;
		unit_leave(&q);
	}
	ck_assert_uint_ge(failed, 4 * kinds);
}
END_TEST

START_TEST(interruptions)
{
	ck_assert_uint_ge(sweep(create_interrupted, 6), 1);
}
END_TEST

int main(void)
{
	const char *wish = getenv("NABD_FAULT_KINDS");
	TCase *tests = unit_begin("check_faults");

	if (wish != NULL && atoi(wish) > 0 && (unsigned)atoi(wish) < kinds)
		kinds = (unsigned)atoi(wish);
	tcase_add_test(tests, creating);
	tcase_add_test(tests, creating_with_names);
	tcase_add_test(tests, attaching);
	tcase_add_test(tests, unlinking);
	tcase_add_test(tests, interruptions);
	return unit_run(tests);
}
