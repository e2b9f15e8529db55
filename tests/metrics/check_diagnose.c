/* SPDX-License-Identifier: MIT */
/*
 * check_diagnose.c - each kind of file is told apart, as nabd_open_opts() would; who holds
 * what is said; and it changes nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crc32c.h"
#include "groups.h"
#include "layout.h"

static int out_of_memory;

int __real_posix_memalign(void **p, size_t align, size_t size);
int __wrap_posix_memalign(void **p, size_t align, size_t size);

int __wrap_posix_memalign(void **p, size_t align, size_t size)
{
	return out_of_memory ? ENOMEM : __real_posix_memalign(p, align, size);
}

static char text[65536];

static int diagnose(const char *name)
{
	size_t len = 0;
	int rc = nabd_diagnose(name, NULL, text, sizeof(text), &len);

	ck_assert_uint_eq(strlen(text), len);
	ck_assert_uint_gt(len, 10);
	ck_assert_int_eq(text[len - 1], '\n');
	return rc;
}

/* The answer, what opening answers, and words that must be there. */
static void says(int code, const char *words)
{
	int rc = diagnose("q");

	ck_assert_msg(rc == code && strstr(text, words) != NULL, "%s, wanted %s and \"%s\":\n%s",
		      code_name(rc), code_name(code), words, text);
	ck_assert_msg(rc == NABD_OK || strstr(text, nabd_error_name(rc)) != NULL, "%s", text);
}

static void says_and_opens(int code, const char *words)
{
	nabd_t *q = NULL;

	says(code, words);
	is(code, nabd_open_opts("q", 0, 0, NABD_OBSERVE, NULL, &q));
	ck_assert_msg((code == NABD_OK) == (strstr(text, "Wrong: ") == NULL), "%s", text);
	is(NABD_OK, nabd_close(q));
}

/* provokes: nabd_diagnose NABD_OK */
START_TEST(a_live_queue_is_explained)
{
	nabd_t *q = queue_of(4);
	nabd_consumer_t *c = join_ok(q, 3);
	unsigned char *before, *after;
	size_t had, len;
	pid_t pid;

	says_and_opens(NABD_OK, "The header is sound.");
	says(NABD_OK, "A live producer has it.");
	says(NABD_OK, "No live handle reads the default group.");
	says(NABD_OK, "It is in use");
	push_numbers(q, 0, 4);
	says(NABD_OK, "4 of 4 slots are in use.");
	says(NABD_OK, "Group 3 is 4 messages behind and has 1 live member.\n  It holds the producer");
	gets(c, 0);
	pid = start_member(3, NULL, holds_one);
	says(NABD_OK, "Member 1 is alive and holds 1 message from 1 on.");
	kill_member(pid);
	before = read_whole(path_of("q"), &had);
	says(NABD_OK, "Member 1 is dead and holds 1 message from 1 on, which the next");
	after = read_whole(path_of("q"), &len);
	ck_assert(len == had && memcmp(before, after, len) == 0);
	free(before);
	free(after);
	leave_ok(c);
	says(NABD_OK, "Nobody of it lives");
	is(NABD_OK, nabd_group_drop(q, 3));
	says(NABD_OK, "Group 3 is gone: it was removed by hand.");
	says(NABD_OK, "There is no group");
	close_ok(q);
	says_and_opens(NABD_OK, "It is stale: nobody has it open");
	says(NABD_OK, "No live producer");
}
END_TEST

static void write_identity(const struct nabd_shm_identity *id)
{
	int fd = open(path_of("q"), O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, id, sizeof(*id), 0), (ssize_t)sizeof(*id));
	close(fd);
}

static struct nabd_shm_identity read_identity(void)
{
	struct nabd_shm_identity id;
	int fd = open(path_of("q"), O_RDONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, &id, sizeof(id)), (ssize_t)sizeof(id));
	close(fd);
	return id;
}

static void seal(struct nabd_shm_identity *id)
{
	id->crc = nabdi_crc32c(0, id, offsetof(struct nabd_shm_identity, crc));
	write_identity(id);
}

/* provokes: nabd_diagnose NABD_BYTEORDER NABD_FORMAT NABD_CORRUPT */
START_TEST(each_field_of_the_header_is_judged)
{
	struct nabd_shm_identity good, id;

	close_ok(queue_of(4));
	id = good = read_identity();
	id.byte_order = 0x04030201;
	seal(&id);
	says_and_opens(NABD_BYTEORDER, "a machine of the other order");
	id.byte_order = 5;
	seal(&id);
	says_and_opens(NABD_CORRUPT, "the header is damaged");
	id = good;
	id.version = 9;
	seal(&id);
	says_and_opens(NABD_FORMAT, "The field version is 9, and should be 1");
	id = good;
	id.features = 1 << 20;
	seal(&id);
	says_and_opens(NABD_FORMAT, "This library does not know 100000");
	id = good;
	id.crc++;
	write_identity(&id);
	says_and_opens(NABD_CORRUPT, "some of it is damaged");
	id = good;
	id.stride += 8;
	seal(&id);
	says_and_opens(NABD_CORRUPT, "Wrong: The field stride is 80, and should be 72");
	id = good;
	id.groups = 3;
	seal(&id);
	says_and_opens(NABD_CORRUPT, "Wrong: The field groups is 3, and should be 17");
	id = good;
	id.slots = 5;
	seal(&id);
	says_and_opens(NABD_CORRUPT, "there can't be a queue of these sizes");
	write_identity(&good);
	says_and_opens(NABD_OK, "sound");
}
END_TEST

/* provokes: nabd_diagnose NABD_TRUNCATED NABD_NOTQUEUE NABD_UNSAFE NABD_NOTFOUND NABD_NAME */
START_TEST(other_files_are_told_apart)
{
	unsigned char *bytes;
	size_t len;

	says(NABD_NOTFOUND, "There is no file of that name.");
	close_ok(queue_of(4));
	bytes = read_whole(path_of("q"), &len);
	ck_assert_int_eq(truncate(path_of("q"), (off_t)len - 4096), 0);
	says_and_opens(NABD_TRUNCATED, "it was cut off");
	write_whole(path_of("q"), bytes, 64);
	says_and_opens(NABD_TRUNCATED, "cut off within the header, after 64 of 128 bytes");
	write_whole(path_of("q"), bytes, len);
	ck_assert_int_eq(truncate(path_of("q"), (off_t)len + 4096), 0);
	says_and_opens(NABD_TRUNCATED, "it was made longer");
	ck_assert_int_eq(truncate(path_of("q"), 200), 0);
	ck_assert_int_eq(truncate(path_of("q"), (off_t)len), 0);
	says(NABD_TRUNCATED, "holes");
	write_whole(path_of("q"), bytes, len);
	ck_assert_int_eq(link(path_of("q"), path_of("r")), 0);
	says_and_opens(NABD_UNSAFE, "it has 2 names");
	ck_assert_int_eq(unlink(path_of("r")), 0);
	memset(bytes, 0, len);
	write_whole(path_of("q"), bytes, len);
	says_and_opens(NABD_NOTQUEUE, "half made by something other than nabd");
	write_whole(path_of("q"), "", 0);
	says_and_opens(NABD_NOTQUEUE, "the file is empty");
	write_whole(path_of("q"), "#!/bin/sh\n", 10);
	says_and_opens(NABD_NOTQUEUE, "it begins with 23 21 2f 62");
	ck_assert_int_eq(unlink(path_of("q")), 0);
	ck_assert_int_eq(symlink("r", path_of("q")), 0);
	says_and_opens(NABD_UNSAFE, "symbolic link");
	ck_assert_int_eq(unlink(path_of("q")), 0);
	ck_assert_int_eq(mkdir(path_of("q"), 0700), 0);
	says(NABD_UNSAFE, "directory");
	ck_assert_int_eq(rmdir(path_of("q")), 0);
	is(NABD_NAME, diagnose("../q"));
	is(NABD_NAME, diagnose("a\"b\\c\n"));
	ck_assert_ptr_nonnull(strstr(text, "\"a\\\"b\\\\c\\n\""));
	free(bytes);
}
END_TEST

START_TEST(positions_that_no_producer_would_take)
{
	nabd_t *q = queue_of(4);
	const uint64_t far = 1000;
	int fd, rc;

	push_numbers(q, 0, 2);
	close_ok(q);
	says(NABD_OK, "The next message is number 2");
	fd = open(path_of("q"), O_WRONLY);
	ck_assert_int_eq(pwrite(fd, &far, 8, offsetof(struct nabd_shm_producer, head)), 8);
	close(fd);
	says(NABD_CORRUPT, "scribbled over");
	rc = open_code("q", 0, 0, NABD_PRODUCER);
	is(NABD_CORRUPT, rc);
}
END_TEST

static int as_other(void)
{
	struct nabd_opts any = NABD_OPTS_INIT;
	size_t len;
	int rc = nabd_diagnose("q", NULL, NULL, 0, &len);

	any.flags = NABD_ANY_OWNER;
	if (rc == NABD_OWNER && nabd_diagnose("q", &any, NULL, 0, &len) != NABD_BUFFER)
		return NABD_STATE;
	return rc;
}

/* provokes: nabd_diagnose NABD_OWNER NABD_ACCESS */
/* provokes: nabd_recover NABD_OWNER NABD_ACCESS */
static int recover_as_other(void)
{
	size_t len;

	return nabd_recover("q", NULL, NABD_RECOVER_REMOVE, NULL, 0, &len);
}

START_TEST(a_queue_of_another_user)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	nabd_t *q;

	if (geteuid() != 0)
		return; /* there is no other user */
	ck_assert_int_eq(chmod(queue_dir(), 0755), 0);
	opts.mode = 0644;
	is(NABD_OK, nabd_open_opts("q", 4, 64, NABD_CREATE, &opts, &q));
	is(NABD_OWNER, run_as_other(as_other));
	is(NABD_OWNER, run_as_other(recover_as_other));
	ck_assert_int_eq(chmod(path_of("q"), 0600), 0);
	is(NABD_ACCESS, run_as_other(as_other));
	is(NABD_ACCESS, run_as_other(recover_as_other));
	close_ok(q);
}
END_TEST

/* provokes: nabd_diagnose NABD_INVALID NABD_BUFFER NABD_NOMEM NABD_SYSTEM */
/* provokes: nabd_recover NABD_NOMEM NABD_SYSTEM */
START_TEST(arguments_are_checked)
{
	struct nabd_opts bad = NABD_OPTS_INIT;
	char small[8], name[4096];
	size_t len = 0, need;

	bad.size = 3;
	close_ok(queue_of(4));
	is(NABD_INVALID, nabd_diagnose(NULL, NULL, text, sizeof(text), &len));
	is(NABD_INVALID, nabd_diagnose("q", &bad, text, sizeof(text), &len));
	is(NABD_INVALID, nabd_diagnose("q", NULL, NULL, 1, &len));
	is(NABD_INVALID, nabd_diagnose("q", NULL, text, sizeof(text), NULL));
	is(NABD_BUFFER, nabd_diagnose("q", NULL, NULL, 0, &need));
	is(NABD_BUFFER, nabd_diagnose("q", NULL, small, sizeof(small), &len));
	ck_assert_uint_eq(len, need);
	ck_assert_uint_eq(strlen(small), sizeof(small) - 1);
	out_of_memory = 1;
	is(NABD_NOMEM, diagnose("q"));
	is(NABD_NOMEM, nabd_recover("q", NULL, 0, text, sizeof(text), &len));
	out_of_memory = 0;
	memset(name, 'd', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	bad = (struct nabd_opts)NABD_OPTS_INIT;
	bad.dir = name; /* too long for the kernel */
	is(NABD_SYSTEM, nabd_diagnose("q", &bad, text, sizeof(text), &len));
	is(NABD_SYSTEM, nabd_recover("q", &bad, 0, text, sizeof(text), &len));
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_diagnose");

	tcase_add_test(tests, a_live_queue_is_explained);
	tcase_add_test(tests, each_field_of_the_header_is_judged);
	tcase_add_test(tests, other_files_are_told_apart);
	tcase_add_test(tests, positions_that_no_producer_would_take);
	tcase_add_test(tests, a_queue_of_another_user);
	tcase_add_test(tests, arguments_are_checked);
	return behaviour_run();
}
