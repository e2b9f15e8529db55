/* SPDX-License-Identifier: MIT */
/*
 * check_checkpoint_files.c - which files are refused as checkpoints, that none of them is
 * written to, and that a damaged record is as if it were not there.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoint.h"
#include "crc32c.h"
#include "saves.h"

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

int main(void)
{
	TCase *tests = behaviour_begin("check_checkpoint_files");

	tcase_add_test(tests, what_is_no_file);
	tcase_add_test(tests, what_is_no_checkpoint_is_left_alone);
	tcase_add_test(tests, each_record_may_be_damaged_alone);
	return behaviour_run();
}
