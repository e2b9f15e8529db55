/* SPDX-License-Identifier: MIT */
/*
 * check_names.c - which names a queue may have, and that no other one gets
 * near the file system.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "behaviour.h"

#define X10 "xxxxxxxxxx"
#define X190 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10

static const char *const good[] = {
	"a",	  "Z",	     "0",	  "/a",		"a.b",	    "a_b",  "a-b", "a..b",
	"a.",	  "a-",	     "a_",	  "README.md",	"0123456789", "/q.1-2_3",
	X190 "y", "/" X190 "y",
};

static const char *const bad[] = {
	"",	  "/",	     "//",	  "//a",	".",	    "..",   "/..", "/.",
	".x",	  "/.x",     "_x",	  "-x",		"a/b",	    "/a/b", "a/",  "../a",
	"a/../b", "a b",     " a",	  "a ",		"a\n",	    "\n",   "a\t", "\x01",
	"a\x7f",  "a\x1b[m", "\xc3\xa9", "a\xc3\xa9",	"a\xff",    "a\\b", "a:b", "a*",
	"a?",	  "a%",	     "a+b",	  "a=b",	"a@b",	    "a,b",  "a~",  "~",
	"$a",	  "a;b",     "a'b",	  "a\"b",	"a|b",	    "a&b",
	X190 "yz", "/" X190 "yz",
	X190 X190 X190 X190 X190 X190 X190 X190 X190 X190 X190 X190 X190 X190 X190 X190 X190
	X190 X190 X190 X190 X190 X190 X190 X190,
};

START_TEST(every_good_name_makes_a_file_of_that_name)
{
	for (size_t i = 0; i < COUNT(good); i++) {
		const char *plain = good[i] + (good[i][0] == '/');
		struct stat st;

		ck_assert_uint_le(strlen(plain), NABD_MAX_NAME);
		is(NABD_OK, open_code(good[i], 1, 8, NABD_CREATE | NABD_EXCL));
		ck_assert_int_eq(stat(path_of(plain), &st), 0);
		is(NABD_OK, nabd_unlink(good[i]));
		ck_assert_int_eq(stat(path_of(plain), &st), -1);
		ck_assert_int_eq(errno, ENOENT);
	}
}
END_TEST

/* provokes: nabd_open_opts NABD_NAME */
/* provokes: nabd_unlink NABD_NAME */
/* provokes: nabd_unlink_opts NABD_NAME */
START_TEST(every_other_name_is_refused_by_each_call)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	for (size_t i = 0; i < COUNT(bad); i++) {
		is(NABD_NAME, open_code(bad[i], 0, 0, NABD_CONSUMER));
		is(NABD_NAME, open_code(bad[i], 1, 8, NABD_CREATE | NABD_PRODUCER));
		is(NABD_NAME, nabd_unlink(bad[i]));
		is(NABD_NAME, nabd_unlink_opts(bad[i], &opts));
		errno = 0;
		ck_assert_ptr_null(nabd_open(bad[i], 1, 8, NABD_CREATE));
		ck_assert_int_ne(errno, 0);
	}
	/* Nothing was left behind: rmdir() removes only an empty directory. */
	ck_assert_int_eq(rmdir(queue_dir()), 0);
	ck_assert_int_eq(mkdir(queue_dir(), 0700), 0);
}
END_TEST

/* Every single byte, alone and as the second character. */
START_TEST(every_byte_is_classed_as_the_header_says)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";

	for (int byte = 1; byte < 256; byte++) {
		char alone[2] = { (char)byte, 0 };
		char second[3] = { 'a', (char)byte, 0 };
		int fits = strchr(allowed, byte) != NULL;
		int begins = fits && !strchr("._-", byte);

		is(begins ? NABD_NOTFOUND : NABD_NAME, open_code(alone, 0, 0, NABD_CONSUMER));
		is(fits ? NABD_NOTFOUND : NABD_NAME, open_code(second, 0, 0, NABD_CONSUMER));
		is(begins ? NABD_NOTFOUND : NABD_NAME, nabd_unlink(alone));
		is(fits ? NABD_NOTFOUND : NABD_NAME, nabd_unlink(second));
	}
}
END_TEST

START_TEST(the_slash_in_front_makes_no_difference)
{
	nabd_t *q = open_ok("/same", 4, 64, NABD_CREATE | NABD_PRODUCER);
	nabd_t *c = open_ok("same", 0, 0, NABD_CONSUMER);

	is(NABD_OK, push_text(q, "one"));
	pop_is(c, "one");
	close_ok(c);
	close_ok(q);
	is(NABD_OK, nabd_unlink("same"));
	is(NABD_NOTFOUND, nabd_unlink("/same"));
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_names");

	tcase_add_test(tests, every_good_name_makes_a_file_of_that_name);
	tcase_add_test(tests, every_other_name_is_refused_by_each_call);
	tcase_add_test(tests, every_byte_is_classed_as_the_header_says);
	tcase_add_test(tests, the_slash_in_front_makes_no_difference);
	return behaviour_run();
}
