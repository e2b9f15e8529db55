/* SPDX-License-Identifier: MIT */
/*
 * check_checkpoint.c - what a save keeps and a load tells; which files are refused, and
 * that none of those is written to.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoint.h"
#include "crc32c.h"
#include "groups.h"

static char ck[256];
static nabd_t *q;
static nabd_consumer_t *c;

static void begin(void)
{
	snprintf(ck, sizeof(ck), "%s", path_of("ck"));
	q = queue_of(16);
	c = join_ok(q, 3);
}

static void end(void)
{
	leave_ok(c);
	close_ok(q);
}

static struct nabd_checkpoint load_ok(void)
{
	struct nabd_checkpoint said;

	memset(&said, 0xa5, sizeof(said));
	said.size = (uint32_t)sizeof(said);
	is(NABD_OK, nabd_checkpoint_load(ck, &said));
	ck_assert_uint_eq(said.size, sizeof(said));
	return said;
}

static int load(const char *path)
{
	struct nabd_checkpoint said = { .size = (uint32_t)sizeof(said) };

	return nabd_checkpoint_load(path, &said);
}

static int resume(const char *path)
{
	struct nabd_resume r = NABD_RESUME_INIT;

	return nabd_consumer_resume(c, path, &r);
}

/* All calls that read the file say so, and leave it as it was. */
static void all_say(int code, const char *path)
{
	size_t before, after;
	unsigned char *was = NULL, *now;
	struct stat st;
	const int regular = lstat(path, &st) == 0 && S_ISREG(st.st_mode);

	if (regular)
		was = read_whole(path, &before);
	is(code, nabd_checkpoint_save(c, path));
	is(code, load(path));
	is(code, resume(path));
	is(code, nabd_checkpoint_auto(c, path, 1, 0));
	if (!regular)
		return;
	now = read_whole(path, &after);
	ck_assert_uint_eq(before, after);
	ck_assert(before == 0 || memcmp(was, now, before) == 0);
	free(was);
	free(now);
}

/* provokes: nabd_checkpoint_save NABD_OK */
/* provokes: nabd_checkpoint_load NABD_OK NABD_NOTFOUND */
START_TEST(a_save_tells_how_far_the_group_is)
{
	struct nabd_checkpoint said;
	struct stat st;

	begin();
	is(NABD_NOTFOUND, load(ck));
	push_numbers(q, 0, 5);
	for (uint64_t i = 0; i <= 5; i++) {
		uint64_t sequence = 77;

		is(NABD_OK, nabd_checkpoint_save(c, ck));
		said = load_ok();
		ck_assert_uint_eq(said.sequence, i);
		ck_assert_uint_eq(said.head, 5);
		ck_assert_uint_eq(said.group, 3);
		ck_assert_uint_eq(said.saves, i + 1);
		ck_assert_uint_gt(said.saved_ns, UINT64_C(1000000000) * 1000000000);
		ck_assert_mem_eq(said.incarnation, stats_of(q).incarnation, 16);
		is(NABD_OK, nabd_checkpoint_status(c, NULL, &sequence));
		ck_assert_uint_eq(sequence, i);
		if (i < 5)
			gets(c, i);
	}
	ck_assert_int_eq(stat(ck, &st), 0);
	ck_assert_int_eq(st.st_size, NABD_FILE_BYTES);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	end();
}
END_TEST

/* What any member holds is not done; what is peeked at is held. */
START_TEST(members_share_one_checkpoint)
{
	nabd_consumer_t *mate;
	const void *data;

	begin();
	mate = join_ok(q, 3);
	push_numbers(q, 0, 6);
	is(NABD_OK, nabd_consumer_peek(c, &data, NULL)); /* 0 */
	gets(mate, 1);
	is(NABD_OK, nabd_checkpoint_save(mate, ck));
	ck_assert_uint_eq(load_ok().sequence, 0);
	is(NABD_OK, nabd_consumer_release(c));
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 2);
	is(NABD_OK, nabd_consumer_peek(mate, &data, NULL)); /* 2 */
	gets(c, 3);
	is(NABD_OK, nabd_checkpoint_save(mate, ck)); /* with a peek open */
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 2);
	ck_assert_uint_eq(load_ok().saves, 4);
	leave_ok(mate); /* gives 2 back */
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 2);
	end();
}
END_TEST

START_TEST(what_was_overwritten_is_not_done)
{
	snprintf(ck, sizeof(ck), "%s", path_of("ck"));
	q = open_ok("q", 8, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER | NABD_OVERWRITE);
	c = join_ok(q, 3);
	push_numbers(q, 0, 30);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 0);
	ck_assert_uint_eq(load_ok().head, 30);
	end();
}
END_TEST

/* provokes: nabd_checkpoint_save NABD_INVALID */
/* provokes: nabd_checkpoint_load NABD_INVALID */
/* provokes: nabd_consumer_resume NABD_INVALID */
/* provokes: nabd_checkpoint_auto NABD_INVALID */
/* provokes: nabd_checkpoint_status NABD_INVALID */
START_TEST(wild_arguments)
{
	static char longest[5000];
	const char *const names[] = { "", "/", ".", "..", "a/", "a/.", "/..", longest };
	struct nabd_checkpoint said = { .size = (uint32_t)sizeof(said) - 1 };
	struct nabd_resume r = NABD_RESUME_INIT;
	uint64_t sequence;
	int error;

	begin();
	memset(longest, 'a', sizeof(longest) - 1);
	for (size_t i = 0; i < COUNT(names); i++)
		all_say(NABD_INVALID, names[i]);
	is(NABD_INVALID, nabd_checkpoint_save(NULL, ck));
	is(NABD_INVALID, nabd_checkpoint_save((nabd_consumer_t *)(void *)q, ck));
	is(NABD_INVALID, nabd_checkpoint_save(c, NULL));
	is(NABD_INVALID, nabd_checkpoint_load(NULL, &said));
	is(NABD_INVALID, nabd_checkpoint_load(ck, NULL));
	is(NABD_INVALID, nabd_checkpoint_load(ck, &said));
	is(NABD_INVALID, nabd_consumer_resume(NULL, ck, &r));
	is(NABD_INVALID, nabd_consumer_resume(c, NULL, &r));
	is(NABD_INVALID, nabd_consumer_resume(c, ck, NULL));
	r.flags = NABD_RESUME_OLDEST | NABD_RESUME_NEWEST;
	is(NABD_INVALID, nabd_consumer_resume(c, ck, &r));
	r.flags = 4;
	is(NABD_INVALID, nabd_consumer_resume(c, ck, &r));
	r.flags = 0;
	r.size--;
	is(NABD_INVALID, nabd_consumer_resume(c, ck, &r));
	is(NABD_INVALID, nabd_checkpoint_auto(NULL, ck, 1, 1));
	is(NABD_INVALID, nabd_checkpoint_auto(c, ck, 0, 0));
	is(NABD_INVALID, nabd_checkpoint_auto(c, ck, 1, -1));
	is(NABD_INVALID, nabd_checkpoint_status(NULL, &error, &sequence));
	is(NABD_INVALID, nabd_checkpoint_status(c, NULL, NULL));
	ck_assert_int_ne(access(ck, F_OK), 0); /* none of these made a file */
	end();
}
END_TEST

/* provokes: nabd_checkpoint_save NABD_NOTFOUND NABD_UNSAFE */
/* provokes: nabd_checkpoint_load NABD_UNSAFE */
/* provokes: nabd_consumer_resume NABD_NOTFOUND NABD_UNSAFE */
/* provokes: nabd_checkpoint_auto NABD_NOTFOUND NABD_UNSAFE */
START_TEST(what_is_no_file)
{
	char path[512];

	begin();
	snprintf(path, sizeof(path), "%s/none/ck", queue_dir());
	all_say(NABD_NOTFOUND, path);
	is(NABD_NOTFOUND, resume(ck));
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_int_eq(symlink("ck", path_of("link")), 0);
	all_say(NABD_UNSAFE, path_of("link"));
	ck_assert_int_eq(symlink("nowhere", path_of("dangling")), 0);
	all_say(NABD_UNSAFE, path_of("dangling"));
	ck_assert_int_ne(access(path_of("nowhere"), F_OK), 0);
	ck_assert_int_eq(mkdir(path_of("dir"), 0700), 0);
	is(NABD_UNSAFE, nabd_checkpoint_save(c, path_of("dir")));
	is(NABD_UNSAFE, load(path_of("dir")));
	ck_assert_int_eq(mkfifo(path_of("fifo"), 0600), 0);
	all_say(NABD_UNSAFE, path_of("fifo"));
	end();
}
END_TEST

static struct nabd_file_record record;

static void put(const void *first, const void *second)
{
	unsigned char bytes[NABD_FILE_BYTES] = { 0 };

	memcpy(bytes, first, NABD_FILE_RECORD);
	if (second)
		memcpy(bytes + NABD_FILE_RECORD, second, NABD_FILE_RECORD);
	write_whole(ck, bytes, sizeof(bytes));
}

static void seal(void)
{
	record.crc = nabdi_crc32c(0, &record, offsetof(struct nabd_file_record, crc));
}

/* provokes: nabd_checkpoint_save NABD_NOTCHECKPOINT NABD_CORRUPT NABD_FORMAT NABD_BYTEORDER */
/* provokes: nabd_checkpoint_load NABD_NOTCHECKPOINT NABD_CORRUPT NABD_FORMAT NABD_BYTEORDER */
/* provokes: nabd_consumer_resume NABD_NOTCHECKPOINT NABD_CORRUPT NABD_FORMAT NABD_BYTEORDER */
/* provokes: nabd_checkpoint_auto NABD_NOTCHECKPOINT NABD_CORRUPT NABD_FORMAT NABD_BYTEORDER */
START_TEST(what_is_no_checkpoint_is_left_alone)
{
	unsigned char *good;
	size_t len;

	begin();
	write_whole(ck, "", 0);
	all_say(NABD_NOTCHECKPOINT, ck);
	write_whole(ck, "my precious data", 16);
	all_say(NABD_NOTCHECKPOINT, ck);
	all_say(NABD_NOTCHECKPOINT, path_of("q")); /* a queue is none */
	ck_assert_int_eq(unlink(ck), 0);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	good = read_whole(ck, &len);
	memcpy(&record, good, sizeof(record));
	free(good);
	record.sequence++;
	put(&record, &record);
	all_say(NABD_CORRUPT, ck);
	write_whole(ck, &record, 100);
	all_say(NABD_CORRUPT, ck);
	record.byte_order = 0x04030201;
	put(&record, NULL);
	all_say(NABD_BYTEORDER, ck);
	record.byte_order = 0x01020304;
	record.version = 2;
	put(&record, NULL);
	all_say(NABD_FORMAT, ck);
	record.version = 1;
	record.sequence--;
	record.features = 1;
	seal();
	put(&record, NULL);
	all_say(NABD_FORMAT, ck);
	end();
}
END_TEST

/* One damaged record is as if it had not been written. */
START_TEST(each_record_may_be_damaged_alone)
{
	unsigned char *good, bad[NABD_FILE_BYTES];
	size_t len;

	begin();
	push_numbers(q, 0, 2);
	for (uint64_t i = 0; i < 2; i++) {
		is(NABD_OK, nabd_checkpoint_save(c, ck));
		gets(c, i);
	}
	good = read_whole(ck, &len);
	ck_assert_uint_eq(len, sizeof(bad));
	for (unsigned half = 0; half < 2; half++) {
		for (size_t at = 0; at < NABD_FILE_RECORD; at += 13) {
			memcpy(bad, good, len);
			bad[half * NABD_FILE_RECORD + at] ^= 0x10;
			write_whole(ck, bad, len);
			ck_assert_uint_eq(load_ok().saves, half == 0 ? 2 : 1);
		}
	}
	is(NABD_OK, nabd_checkpoint_save(c, ck)); /* and the next save goes on from it */
	ck_assert_uint_eq(load_ok().saves, 2);
	ck_assert_uint_eq(load_ok().sequence, 2);
	free(good);
	end();
}
END_TEST

/* provokes: nabd_checkpoint_save NABD_FOREIGN */
/* provokes: nabd_consumer_resume NABD_FOREIGN */
/* provokes: nabd_checkpoint_auto NABD_FOREIGN */
START_TEST(other_groups_and_other_queues)
{
	nabd_consumer_t *other;
	struct nabd_resume r = NABD_RESUME_INIT;

	begin();
	other = join_ok(q, 4);
	is(NABD_OK, nabd_checkpoint_save(other, ck));
	is(NABD_FOREIGN, nabd_checkpoint_save(c, ck));
	is(NABD_FOREIGN, nabd_checkpoint_auto(c, ck, 1, 0));
	is(NABD_FOREIGN, resume(ck));
	r.flags = NABD_RESUME_OLDEST; /* is no leave to take another group's */
	is(NABD_FOREIGN, nabd_consumer_resume(c, ck, &r));
	ck_assert_uint_eq(load_ok().group, 4);
	leave_ok(other);
	ck_assert_int_eq(unlink(ck), 0);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	end();
	is(NABD_OK, nabd_unlink("q"));
	q = queue_of(16);
	c = join_ok(q, 3);
	is(NABD_FOREIGN, nabd_checkpoint_save(c, ck));
	is(NABD_FOREIGN, nabd_checkpoint_auto(c, ck, 1, 0));
	is(NABD_FOREIGN, resume(ck));
	end();
}
END_TEST

/* provokes: nabd_checkpoint_save NABD_BUSY */
/* provokes: nabd_checkpoint_auto NABD_BUSY */
START_TEST(another_is_saving_all_the_time)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd;

	begin();
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	fd = open(ck, O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &lock), 0);
	is(NABD_BUSY, nabd_checkpoint_save(c, ck));
	is(NABD_BUSY, nabd_checkpoint_auto(c, ck, 1, 0));
	is(NABD_OK, load(ck)); /* which changes nothing, and need not wait */
	close(fd);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	end();
}
END_TEST

/* provokes: nabd_checkpoint_save NABD_NOSPACE */
/* provokes: nabd_checkpoint_auto NABD_NOSPACE */
START_TEST(no_room_is_an_error_and_no_signal)
{
	struct rlimit limit = { 4096, RLIM_INFINITY };

	begin();
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	is(NABD_NOSPACE, nabd_checkpoint_save(c, ck));
	is(NABD_NOSPACE, nabd_checkpoint_auto(c, ck, 1, 0));
	ck_assert_int_ne(access(ck, F_OK), 0);
	limit.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	push_numbers(q, 0, 1);
	gets(c, 0);
	limit.rlim_cur = 4096;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	is(NABD_NOSPACE, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 0); /* as it was */
	end();
}
END_TEST

static int all_forked(void)
{
	uint64_t sequence;

	return nabd_checkpoint_save(c, ck) == NABD_FORKED && resume(ck) == NABD_FORKED &&
			       nabd_checkpoint_auto(c, ck, 1, 0) == NABD_FORKED &&
			       nabd_checkpoint_status(c, NULL, &sequence) == NABD_FORKED &&
			       nabd_consumer_close(c) == NABD_OK
		       ? NABD_OK
		       : NABD_STATE;
}

/* provokes: nabd_checkpoint_save NABD_FORKED */
/* provokes: nabd_consumer_resume NABD_FORKED */
/* provokes: nabd_checkpoint_auto NABD_FORKED */
/* provokes: nabd_checkpoint_status NABD_FORKED */
START_TEST(a_forked_child_saves_nothing)
{
	begin();
	is(NABD_OK, nabd_checkpoint_auto(c, ck, 1, 0));
	push_numbers(q, 0, 1);
	gets(c, 0);
	is(NABD_OK, run_forked(all_forked));
	ck_assert_uint_eq(load_ok().saves, 1); /* nor does its close */
	end();
	ck_assert_uint_eq(load_ok().saves, 2);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_checkpoint");

	tcase_add_test(tests, a_save_tells_how_far_the_group_is);
	tcase_add_test(tests, members_share_one_checkpoint);
	tcase_add_test(tests, what_was_overwritten_is_not_done);
	tcase_add_test(tests, wild_arguments);
	tcase_add_test(tests, what_is_no_file);
	tcase_add_test(tests, what_is_no_checkpoint_is_left_alone);
	tcase_add_test(tests, each_record_may_be_damaged_alone);
	tcase_add_test(tests, other_groups_and_other_queues);
	tcase_add_test(tests, another_is_saving_all_the_time);
	tcase_add_test(tests, no_room_is_an_error_and_no_signal);
	tcase_add_test(tests, a_forked_child_saves_nothing);
	return behaviour_run();
}
