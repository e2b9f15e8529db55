/* SPDX-License-Identifier: MIT */
/*
 * behaviour.c - the frame of the behaviour tests; see behaviour.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "behaviour.h"

#define NOBODY 65534

static char directory[128];
static pid_t owner;
static Suite *suite;

const char *code_name(int code)
{
	static char number[2][16];
	static unsigned turn;
	const char *name = nabd_error_name(code);

	if (name)
		return name;
	turn ^= 1;
	snprintf(number[turn], sizeof(number[turn]), "%d", code);
	return number[turn];
}

const char *queue_dir(void)
{
	return directory;
}

const char *path_of(const char *name)
{
	static char path[2][512];
	static unsigned turn;

	turn ^= 1;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", directory, name);
	return path[turn];
}

int open_opts_code(const char *name, unsigned flags, const struct nabd_opts *opts)
{
	nabd_t *q = NULL;
	int code = nabd_open_opts(name, 0, 0, flags, opts, &q);

	ck_assert_msg((code == NABD_OK) == (q != NULL), "%s, handle %p", code_name(code),
		      (void *)q);
	if (q)
		close_ok(q);
	return code;
}

int open_code(const char *name, size_t slots, size_t slot_size, unsigned flags)
{
	nabd_t *q = (nabd_t *)directory; /* must be overwritten also after an error */
	int code = nabd_open_opts(name, slots, slot_size, flags, NULL, &q);

	ck_assert_msg((code == NABD_OK) == (q != NULL), "%s, handle %p", code_name(code),
		      (void *)q);
	if (q)
		close_ok(q);
	return code;
}

/* timed.sh has the tests run again with messages that have times. */
static unsigned with_times(unsigned flags)
{
	return (flags & NABD_CREATE) != 0 && getenv("NABD_TEST_TIMESTAMPS") != NULL
		       ? flags | NABD_TIMESTAMPS
		       : flags;
}

nabd_t *open_ok(const char *name, size_t slots, size_t slot_size, unsigned flags)
{
	nabd_t *q = NULL;

	flags = with_times(flags);
	is(NABD_OK, nabd_open_opts(name, slots, slot_size, flags, NULL, &q));
	ck_assert_ptr_nonnull(q);
	return q;
}

nabd_t *small_queue(void)
{
	return open_ok("q", 4, 64, NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER);
}

void close_ok(nabd_t *q)
{
	is(NABD_OK, nabd_close(q));
}

struct nabd_stats stats_of(nabd_t *q)
{
	struct nabd_stats stats;

	memset(&stats, 0xa5, sizeof(stats)); /* so that a field left out is seen */
	stats.size = (uint32_t)sizeof(stats);
	is(NABD_OK, nabd_stats(q, &stats));
	ck_assert_uint_eq(stats.size, sizeof(stats));
	return stats;
}

int push_text(nabd_t *q, const char *text)
{
	return nabd_push(q, text, strlen(text));
}

void pop_is(nabd_t *q, const char *text)
{
	char buf[4096];
	size_t len = sizeof(buf);

	is(NABD_OK, nabd_pop(q, buf, &len));
	ck_assert_msg(len == strlen(text) && memcmp(buf, text, len) == 0,
		      "received \"%.*s\", wanted \"%s\"", (int)len, buf, text);
}

void write_whole(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
}

unsigned char *read_whole(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char *data;
	struct stat st;

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(fstat(fd, &st), 0);
	*len = (size_t)st.st_size;
	data = malloc(*len + 1);
	ck_assert_ptr_nonnull(data);
	ck_assert_int_eq(read(fd, data, *len), (ssize_t)*len);
	close(fd);
	return data;
}

static int run_child(int (*function)(void), int other)
{
	int status = 0;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (other && geteuid() == 0 &&
		    (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
			_exit(126);
		_exit(-function()); /* codes are 0 to -32 */
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "the child died by signal %d", WTERMSIG(status));
	return -WEXITSTATUS(status);
}

int run_forked(int (*function)(void))
{
	return run_child(function, 0);
}

int run_as_other(int (*function)(void))
{
	return run_child(function, 1);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	return ftw->level == 0 ? 0 : remove(path);
}

/* Empty the directory; a test may have made it hard to enter. */
static void clear_directory(void)
{
	chmod(directory, 0700);
	nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Also runs at the exit of a child made by Check, which must not clean up. */
static void remove_directory(void)
{
	if (getpid() != owner)
		return;
	clear_directory();
	rmdir(directory);
}

/* Cleans up after a program that was killed: waits for the last of its processes. */
static void start_janitor(void)
{
	int lifeline[2];
	pid_t pid;
	char byte;

	if (pipe(lifeline) != 0 || (pid = fork()) < 0) {
		perror("janitor");
		exit(99);
	}
	if (pid > 0) {
		close(lifeline[0]); /* the other end stays open until we are gone */
		return;
	}
	close(lifeline[1]);
	setsid();
	while (read(lifeline[0], &byte, 1) != 0)
		;
	clear_directory();
	rmdir(directory);
	_exit(0);
}

TCase *behaviour_begin(const char *program)
{
	TCase *tests;

	owner = getpid();
	snprintf(directory, sizeof(directory), "/dev/shm/nabd-%s-%ld", program, (long)owner);
	if (mkdir(directory, 0700) != 0 || setenv("NABD_DIR", directory, 1) != 0) {
		perror(directory);
		exit(99);
	}
	start_janitor();
	atexit(remove_directory);
	tests = tcase_create(program);
	suite = suite_create(program);
	suite_add_tcase(suite, tests);
	tcase_add_checked_fixture(tests, clear_directory, NULL);
	tcase_set_timeout(tests, 300); /* a safety net for hangs: no assertion on time */
	return tests;
}

int behaviour_run(void)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
