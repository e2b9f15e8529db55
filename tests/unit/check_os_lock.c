/* SPDX-License-Identifier: MIT */
/* Holds: locks that live as long as their process, if nobody ends them before. */
#include <errno.h>

#include "holds.h"

/*
 * Whether anchors work is tried once a process, and each step may fail. Some
 * failures are an answer: then the open file holds the locks. Others are none,
 * and the next attempt asks again.
 */
static const struct {
	const char *call;
	unsigned nth;
	int error;
	int code; /* NABD_OK: it is an answer */
} steps[] = {
	{"memfd_create", 1, ENOSYS, NABD_OK}, {"memfd_create", 1, EPERM, NABD_OK},
	{"memfd_create", 1, EACCES, NABD_OK}, {"memfd_create", 1, EMFILE, NABD_SYSTEM},
	{"ftruncate", 1, EIO, NABD_SYSTEM},   {"open", 1, EMFILE, NABD_SYSTEM},
	{"fcntl", 1, ENOLCK, NABD_SYSTEM},    {"mmap", 1, ENOMEM, NABD_NOMEM},
	{"madvise", 1, EINVAL, NABD_OK},      {"fcntl", 2, EINVAL, NABD_OK},
};

static unsigned step;

static int fails_the_trial(void)
{
	struct nabdi_os_hold h;
	unsigned files = unit_open_files();
	bool kept = KEEP_FD || steps[step].code == NABD_OK;

	is(NABD_OK, nabdi_os_fork_ready());
	is(NABD_OK, nabdi_os_hold_begin(file, true, &h));
	is(NABD_OK, nabdi_os_hold_lock(&h, 5, false));
	fault_arm(steps[step].call, steps[step].nth, steps[step].error);
	is(steps[step].code, keep(&h));
	ck_assert(fault_met());
	if (steps[step].code != NABD_OK)
		is(NABD_OK, keep(&h));
	ck_assert_int_eq(h.watched, kept);
	ck_assert_int_eq(h.fd >= 0, kept);
	ck_assert_uint_eq(unit_open_files(), files + kept);
	ck_assert(locked(5));
	nabdi_os_hold_end(&h, false);
	ck_assert(!locked(5));
	ck_assert_uint_eq(unit_open_files(), files);
	return 0;
}

/* In a process that has not tried it yet, and another for each step. */
START_TEST(the_trial)
{
	for (step = 0; step < COUNT(steps); step++)
		unit_join(unit_fork(fails_the_trial));
}
END_TEST

START_TEST(kept_until_the_end)
{
	struct nabdi_os_hold h, other;
	unsigned files, maps;

	hold(&h, 9); /* what is made once a process */
	nabdi_os_hold_end(&h, false);
	files = unit_open_files();
	maps = unit_mappings();
	hold(&h, 5);
	ck_assert_uint_eq(unit_open_files() - files, KEEP_FD);
	ck_assert_int_eq(h.fd >= 0, KEEP_FD);
	ck_assert_int_eq(h.watched, KEEP_FD);
	ck_assert_int_eq(h.anchor == NULL, KEEP_FD);
	ck_assert(locked(5));
	ck_assert(!locked(4));
	ck_assert(!locked(6));
	is(NABD_OK, nabdi_os_hold_begin(file, true, &other));
	is(NABD_BUSY, nabdi_os_hold_lock(&other, 5, false));
	is(NABD_BUSY, nabdi_os_hold_lock(&other, 5, true));
	is(NABD_OK, nabdi_os_hold_lock(&other, 6, false));
	nabdi_os_hold_end(&other, false);
	ck_assert(!locked(6));
	errno = 4711;
	nabdi_os_hold_end(&h, false);
	ck_assert_int_eq(errno, 4711);
	ck_assert(!locked(5));
	nabdi_os_hold_end(&h, false);
	ck_assert_uint_eq(unit_open_files(), files);
	ck_assert_uint_eq(unit_mappings(), maps);
}
END_TEST

START_TEST(shared_ones)
{
	struct nabdi_os_hold a, b;

	is(NABD_OK, nabdi_os_hold_begin(file, false, &a));
	is(NABD_OK, nabdi_os_hold_lock(&a, 2, true));
	is(NABD_OK, keep(&a));
	is(NABD_OK, nabdi_os_hold_begin(file, true, &b));
	is(NABD_OK, nabdi_os_hold_lock(&b, 2, true));
	is(NABD_BUSY, nabdi_os_hold_lock(&b, 2, false));
	is(NABD_OK, keep(&b));
	nabdi_os_hold_end(&a, false);
	ck_assert(locked(2));
	nabdi_os_hold_end(&b, false);
	ck_assert(!locked(2));
	/* The kernel wants a file that may be written for an exclusive one. */
	is(NABD_OK, nabdi_os_hold_begin(file, false, &a));
	is(NABD_SYSTEM, nabdi_os_hold_lock(&a, 2, false));
	ck_assert_int_eq(errno, EBADF);
	nabdi_os_hold_end(&a, false);
}
END_TEST

/* Closing another descriptor of the file takes no lock away. */
START_TEST(other_descriptors_do_not_matter)
{
	struct nabdi_os_hold h;

	hold(&h, 64 + 16);
	nabdi_os_close(open(unit_path("f"), O_RDWR));
	nabdi_os_close(dup(file));
	ck_assert(locked(64 + 16));
	ck_assert_int_eq(unlink(unit_path("f")), 0);
	ck_assert(locked(64 + 16));
	nabdi_os_hold_end(&h, false);
	ck_assert(!locked(64 + 16));
	hold(&h, 64); /* and of a file without a name */
	ck_assert(locked(64));
	nabdi_os_hold_end(&h, false);
}
END_TEST

/* Only one of many holds goes; the list of those with an open file stays whole. */
START_TEST(many)
{
	struct nabdi_os_hold h[20];
	unsigned files = 0;

	for (int round = 0; round < 3; round++) {
		for (unsigned i = 0; i < COUNT(h); i++)
			hold(&h[i], 100 + i);
		for (unsigned i = 0; i < COUNT(h); i++) {
			unsigned which = (i * 7 + (unsigned)round) % COUNT(h);

			ck_assert(locked(100 + which));
			nabdi_os_hold_end(&h[which], false);
			ck_assert(!locked(100 + which));
		}
		if (round == 0)
			files = unit_open_files();
		ck_assert_uint_eq(unit_open_files(), files);
	}
}
END_TEST

START_TEST(failures)
{
	struct nabdi_os_hold h;
	unsigned files;

	hold(&h, 9);
	nabdi_os_hold_end(&h, false);
	files = unit_open_files();
	is(NABD_SYSTEM, nabdi_os_hold_begin(-1, true, &h));
	ck_assert_int_eq(errno, EBADF);
	ck_assert_ptr_null(h.anchor);
	ck_assert_int_eq(h.fd, -1);
	nabdi_os_hold_end(&h, false);
	fault_arm("open", 1, EACCES);
	is(NABD_ACCESS, nabdi_os_hold_begin(file, true, &h));
	fault_arm("open", 1, EPERM);
	is(NABD_ACCESS, nabdi_os_hold_begin(file, true, &h));
	fault_arm("open", 1, EMFILE);
	is(NABD_SYSTEM, nabdi_os_hold_begin(file, true, &h));
	fault_arm("fstat", 2, EIO); /* is what was opened the same file? */
	is(NABD_SYSTEM, nabdi_os_hold_begin(file, true, &h));
	ck_assert(fault_met());
	ck_assert_uint_eq(unit_open_files(), files);
	fault_arm("open", 1, EINTR);
	is(NABD_OK, nabdi_os_hold_begin(file, true, &h));
	ck_assert(fault_met());
	fault_arm("fcntl", 1, EINTR);
	is(NABD_OK, nabdi_os_hold_lock(&h, 5, false));
	ck_assert(fault_met());
	fault_arm("fcntl", 1, EACCES);
	is(NABD_SYSTEM, nabdi_os_hold_lock(&h, 6, false)); /* forbidden, not taken */
	fault_arm("fcntl", 1, ENOLCK);
	is(NABD_SYSTEM, nabdi_os_hold_lock(&h, 6, false));
	ck_assert_int_eq(errno, ENOLCK);
	fault_arm("fcntl", 1, EIO);
	is(NABD_SYSTEM, nabdi_os_locked(file, 5, 1, &(bool){false}));
	if (!KEEP_FD) {
		fault_arm("mmap", 1, ENOMEM);
		is(NABD_NOMEM, keep(&h));
		fault_arm("mmap", 1, EACCES);
		is(NABD_SYSTEM, keep(&h));
		fault_arm("madvise", 1, EINVAL);
		is(NABD_SYSTEM, keep(&h));
		ck_assert(fault_met());
	}
	ck_assert(locked(5));
	nabdi_os_hold_end(&h, false);
	ck_assert(!locked(5));
	ck_assert_uint_eq(unit_open_files(), files);
}
END_TEST

/* The program has closed our descriptor and opened a file of its own in its place. */
START_TEST(a_descriptor_that_is_not_ours_any_more)
{
	struct nabdi_os_hold h;
	int other;

	if (!KEEP_FD)
		return; /* there is none */
	hold(&h, 5);
	other = h.fd;
	nabdi_os_close(other);
	ck_assert_int_eq(dup2(0, other) >= 0 ? other : open("/dev/null", O_RDONLY), other);
	nabdi_os_hold_end(&h, false);
	ck_assert_int_ge(fcntl(other, F_GETFD), 0);
	nabdi_os_close(other);
}
END_TEST

static void exchange_it(void)
{
	int other = open("/dev/null", O_RDWR);

	ck_assert_int_eq(dup2(other, file), file);
	nabdi_os_close(other);
}

/* The same in the middle of our work: no lock is taken on what is not ours. */
START_TEST(a_descriptor_that_becomes_anothers)
{
	struct nabdi_os_hold h;

	fault_hook("open", 1, exchange_it);
	is(NABD_SYSTEM, nabdi_os_hold_begin(file, true, &h));
	ck_assert(fault_met());
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(h.fd, -1);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin(PROGRAM("check_os_lock"));

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_trial); /* before any other, as none may have been tried */
	tcase_add_test(tests, kept_until_the_end);
	tcase_add_test(tests, shared_ones);
	tcase_add_test(tests, other_descriptors_do_not_matter);
	tcase_add_test(tests, many);
	tcase_add_test(tests, failures);
	tcase_add_test(tests, a_descriptor_that_is_not_ours_any_more);
	tcase_add_test(tests, a_descriptor_that_becomes_anothers);
	return unit_run(tests);
}
