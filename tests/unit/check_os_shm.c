/* SPDX-License-Identifier: MIT */
/*
 * Files of queues, and what becomes of each error of the kernel. Where the
 * file system has no O_TMPFILE, a name with a dot stands in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "faults.h"
#include "unit.h"

static int dir;

static void set_up(void)
{
	is(NABD_OK, nabdi_os_open_dir(unit_dir(), &dir));
}

static void tear_down(void)
{
	(void)fault_met();
	fault_no_tmpfile(0);
	fault_short_reads(0);
	nabdi_os_close(dir);
}

START_TEST(folders)
{
	int fd;

	is(NABD_NOTFOUND, nabdi_os_open_dir("/no/such/folder", &fd));
	is(NABD_NOTFOUND, nabdi_os_open_dir("/dev/null", &fd));
	fault_arm("openat", 1, EINTR);
	is(NABD_OK, nabdi_os_open_dir("/", &fd));
	ck_assert(fault_met());
	nabdi_os_close(fd);
}
END_TEST

/* The kernel's errors, each as what it means to a user. */
START_TEST(errors)
{
	static const struct {
		int error, code;
	} t[] = {
		{ENOENT, NABD_NOTFOUND}, {ENOTDIR, NABD_NOTFOUND}, {EACCES, NABD_ACCESS},
		{EPERM, NABD_ACCESS},	 {EROFS, NABD_ACCESS},	   {ELOOP, NABD_UNSAFE},
		{EISDIR, NABD_UNSAFE},	 {ENXIO, NABD_UNSAFE},	   {ENODEV, NABD_UNSAFE},
		{ENOMEM, NABD_NOMEM},	 {EMFILE, NABD_SYSTEM},	   {ENFILE, NABD_SYSTEM},
		{EIO, NABD_SYSTEM},	 {ENAMETOOLONG, NABD_SYSTEM},
	}, making[] = {
		{EEXIST, NABD_EXISTS},	 {ENOSPC, NABD_NOSPACE},   {EDQUOT, NABD_NOSPACE},
		{EFBIG, NABD_NOSPACE},	 {ENOENT, NABD_NOTFOUND},  {EIO, NABD_SYSTEM},
	};
	char temp[NABDI_OS_TEMP_NAME];
	int fd;

	for (unsigned i = 0; i < COUNT(t); i++) {
		fault_arm("openat", 1, t[i].error);
		is(t[i].code, nabdi_os_open_file(dir, "q", true, &fd));
		ck_assert_int_eq(errno, t[i].error);
		ck_assert(fault_met());
	}
	for (unsigned i = 0; i < COUNT(making); i++) {
		fault_arm("openat", 1, making[i].error);
		is(making[i].code, nabdi_os_new_file(dir, 4096, &fd, temp));
		ck_assert_int_eq(errno, making[i].error);
		fault_arm("linkat", 1, making[i].error);
		if (making[i].error != ENOENT) /* of which it knows another way */
			is(making[i].code, nabdi_os_name_file(dir, -1, "", "q"));
	}
}
END_TEST

START_TEST(only_plain_files)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = open(unit_path("plain"), O_CREAT | O_RDWR, 0600), s;

	ck_assert_int_ge(fd, 0);
	nabdi_os_close(fd);
	is(NABD_NOTFOUND, nabdi_os_open_file(dir, "missing", false, &fd));
	for (int writable = 0; writable < 2; writable++) {
		is(NABD_OK, nabdi_os_open_file(dir, "plain", writable, &fd));
		ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
		nabdi_os_close(fd);
	}
	ck_assert_int_eq(symlink("plain", unit_path("symlink")), 0);
	ck_assert_int_eq(mkfifo(unit_path("fifo"), 0600), 0);
	ck_assert_int_eq(mkdir(unit_path("folder"), 0700), 0);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", unit_path("socket"));
	ck_assert_int_eq(bind(s, (const struct sockaddr *)&address, sizeof(address)), 0);
	for (int writable = 0; writable < 2; writable++) {
		is(NABD_UNSAFE, nabdi_os_open_file(dir, "symlink", writable, &fd));
		is(NABD_UNSAFE, nabdi_os_open_file(dir, "fifo", writable, &fd));
		is(NABD_UNSAFE, nabdi_os_open_file(dir, "folder", writable, &fd));
		is(NABD_UNSAFE, nabdi_os_open_file(dir, "socket", writable, &fd));
	}
	fault_arm("fstat", 1, EIO);
	is(NABD_SYSTEM, nabdi_os_open_file(dir, "plain", false, &fd));
	is(NABD_OK, nabdi_os_exists(dir, "fifo"));
	is(NABD_OK, nabdi_os_exists(dir, "symlink"));
	is(NABD_NOTFOUND, nabdi_os_exists(dir, "missing"));
	nabdi_os_close(s);
}
END_TEST

static void looks_right(int fd, uint64_t bytes, uint32_t links)
{
	struct nabdi_os_file file;

	is(NABD_OK, nabdi_os_look(fd, &file));
	ck_assert_uint_eq(file.bytes, bytes);
	ck_assert_uint_eq(file.links, links);
	ck_assert_uint_eq(file.owner, nabdi_os_user());
}

static void removes_its_own_alone(int fd)
{
	struct nabdi_os_file file, other;
	int elsewhere = open("/proc/self/status", O_RDONLY);

	is(NABD_OK, nabdi_os_look(fd, &file));
	ck_assert_uint_ge(file.allocated, file.bytes);
	is(NABD_OK, nabdi_os_look(dir, &other));
	ck_assert(!nabdi_os_same(&file, &other));
	is(NABD_NOTFOUND, nabdi_os_remove(dir, "q", &other));
	is(NABD_OK, nabdi_os_look(elsewhere, &other));
	ck_assert(!nabdi_os_same(&file, &other));
	ck_assert_uint_eq(other.allocated, UINT64_MAX);
	is(NABD_NOTFOUND, nabdi_os_remove(dir, "q", &other));
	nabdi_os_close(elsewhere);
	looks_right(fd, file.bytes, 1);
	fault_arm("unlinkat", 1, EROFS);
	is(NABD_ACCESS, nabdi_os_remove(dir, "q", &file));
	is(NABD_OK, nabdi_os_remove(dir, "q", &file));
	is(NABD_NOTFOUND, nabdi_os_remove(dir, "q", &file));
}

START_TEST(a_new_file)
{
	char temp[NABDI_OS_TEMP_NAME] = "x";
	unsigned files = unit_open_files();
	int fd;

	is(NABD_OK, nabdi_os_new_file(dir, 40000, &fd, temp));
	ck_assert_str_eq(temp, "");
	ck_assert_uint_eq(unit_names(), 0);
	looks_right(fd, 40000, 0);
	is(NABD_OK, nabdi_os_set_access(fd, 0604, false, 0));
	is(NABD_OK, nabdi_os_set_access(fd, 0604, true, (uint32_t)getegid()));
	is(NABD_OK, nabdi_os_name_file(dir, fd, temp, "q"));
	looks_right(fd, 40000, 1);
	is(NABD_EXISTS, nabdi_os_name_file(dir, fd, temp, "q"));
	removes_its_own_alone(fd);
	nabdi_os_close(fd);
	ck_assert_uint_eq(unit_open_files(), files);
}
END_TEST

START_TEST(a_new_file_with_a_name)
{
	static const int says[] = {EOPNOTSUPP, EISDIR, EINVAL};
	char temp[NABDI_OS_TEMP_NAME];
	int fd;

	for (unsigned i = 0; i < COUNT(says); i++) {
		fault_no_tmpfile(says[i]);
		is(NABD_OK, nabdi_os_new_file(dir, 40000, &fd, temp));
		ck_assert_int_eq(temp[0], '.');
		ck_assert_uint_eq(unit_names(), 1);
		looks_right(fd, 40000, 1);
		is(NABD_OK, nabdi_os_name_file(dir, fd, temp, "q"));
		looks_right(fd, 40000, 1); /* never two names */
		is(NABD_NOTFOUND, nabdi_os_exists(dir, temp));
		nabdi_os_close(fd);

		is(NABD_OK, nabdi_os_new_file(dir, 40000, &fd, temp));
		is(NABD_EXISTS, nabdi_os_name_file(dir, fd, temp, "q"));
		is(NABD_OK, nabdi_os_exists(dir, temp));
		errno = 4711;
		nabdi_os_drop_file(dir, temp);
		nabdi_os_drop_file(dir, temp);
		ck_assert_int_eq(errno, 4711);
		nabdi_os_close(fd);
		ck_assert_uint_eq(unit_names(), 1);
		ck_assert_int_eq(unlink(unit_path("q")), 0);
	}
}
END_TEST

START_TEST(a_new_file_that_fails)
{
	static const struct {
		const char *call;
		int error, code;
	} t[] = {
		{"openat", EROFS, NABD_ACCESS},
		{"getrandom", EIO, NABD_SYSTEM},
		{"posix_fallocate", ENOSPC, NABD_NOSPACE},
	};
	char temp[NABDI_OS_TEMP_NAME];
	unsigned files = unit_open_files();
	int fd;

	fault_no_tmpfile(EACCES);
	is(NABD_ACCESS, nabdi_os_new_file(dir, 4096, &fd, temp));
	ck_assert_str_eq(temp, "");
	fault_no_tmpfile(0);
	fault_arm("posix_fallocate", 1, ENOSPC);
	is(NABD_NOSPACE, nabdi_os_new_file(dir, 4096, &fd, temp));
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_str_eq(temp, "");
	/* With a name, every failure takes the name away again. */
	fault_no_tmpfile(EOPNOTSUPP);
	for (unsigned i = 0; i < COUNT(t); i++) {
		fault_arm(t[i].call, 1, t[i].error);
		is(t[i].code, nabdi_os_new_file(dir, 4096, &fd, temp));
		ck_assert_int_eq(errno, t[i].error);
		ck_assert(fault_met());
	}
	fault_no_tmpfile(0);
	ck_assert_uint_eq(unit_names(), 0);
	ck_assert_uint_eq(unit_open_files(), files);
	is(NABD_NOSPACE, nabdi_os_new_file(dir, UINT64_C(1) << 63, &fd, temp));
	is(NABD_NOSPACE, nabdi_os_new_file(dir, UINT64_MAX, &fd, temp));
	ck_assert_uint_eq(unit_open_files(), files);
}
END_TEST

START_TEST(allocation_in_parts)
{
	const uint64_t part = 16u << 20;
	char temp[NABDI_OS_TEMP_NAME];
	unsigned files = unit_open_files();
	int fd;

	/* A signal in each part is no failure. */
	fault_arm("posix_fallocate", 2, EINTR);
	is(NABD_OK, nabdi_os_new_file(dir, 2 * part + 4096, &fd, temp));
	ck_assert(fault_met());
	looks_right(fd, 2 * part + 4096, 0);
	nabdi_os_close(fd);
	fault_arm("posix_fallocate", 3, ENOSPC);
	is(NABD_NOSPACE, nabdi_os_new_file(dir, 2 * part + 4096, &fd, temp));
	ck_assert(fault_met());
	ck_assert_uint_eq(unit_open_files(), files);
}
END_TEST

static int with_a_limit(void)
{
	const struct rlimit limit = {8192, 8192};
	char temp[NABDI_OS_TEMP_NAME];
	int fd;

	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		return 1;
	if (nabdi_os_new_file(dir, 8193, &fd, temp) != NABD_NOSPACE)
		return 2;
	return nabdi_os_new_file(dir, 8192, &fd, temp) == NABD_OK ? 0 : 3;
}

/* Refused before a page is taken; the limit's signal would have killed us. */
START_TEST(room)
{
	char temp[NABDI_OS_TEMP_NAME];
	struct statvfs fs;
	int fd;

	unit_join(unit_fork(with_a_limit));
	ck_assert_int_eq(fstatvfs(dir, &fs), 0);
	if (fs.f_blocks != 0) { /* else it has no limit, and would be filled */
		fault_arm("posix_fallocate", 1, EIO);
		is(NABD_NOSPACE, nabdi_os_new_file(dir, UINT64_C(1) << 50, &fd, temp));
		ck_assert(!fault_met());
	}
}
END_TEST

START_TEST(access_that_is_refused)
{
	char temp[NABDI_OS_TEMP_NAME];
	int fd;

	is(NABD_OK, nabdi_os_new_file(dir, 4096, &fd, temp));
	fault_arm("fchown", 1, EPERM);
	is(NABD_ACCESS, nabdi_os_set_access(fd, 0600, true, 12345));
	fault_arm("fchmod", 1, EPERM);
	is(NABD_ACCESS, nabdi_os_set_access(fd, 0600, false, 0));
	nabdi_os_close(fd);
}
END_TEST

START_TEST(naming_without_proc)
{
	char temp[NABDI_OS_TEMP_NAME];
	int fd;

	is(NABD_OK, nabdi_os_new_file(dir, 4096, &fd, temp));
	fault_arm_from("linkat", 1, ENOENT);
	is(NABD_NOTFOUND, nabdi_os_name_file(dir, fd, temp, "q"));
	fault_arm("linkat", 1, EACCES);
	is(NABD_ACCESS, nabdi_os_name_file(dir, fd, temp, "q"));
	(void)fault_met();
	if (geteuid() == 0) { /* who may link by the descriptor itself */
		fault_arm("linkat", 1, ENOENT);
		is(NABD_OK, nabdi_os_name_file(dir, fd, temp, "q"));
		looks_right(fd, 4096, 1);
	}
	nabdi_os_close(fd);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_os_shm");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, folders);
	tcase_add_test(tests, errors);
	tcase_add_test(tests, only_plain_files);
	tcase_add_test(tests, a_new_file);
	tcase_add_test(tests, a_new_file_with_a_name);
	tcase_add_test(tests, a_new_file_that_fails);
	tcase_add_test(tests, allocation_in_parts);
	tcase_add_test(tests, room);
	tcase_add_test(tests, access_that_is_refused);
	tcase_add_test(tests, naming_without_proc);
	return unit_run(tests);
}
