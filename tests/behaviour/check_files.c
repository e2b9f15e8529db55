/* SPDX-License-Identifier: MIT */
/*
 * check_files.c - what bears a queue's name but is none, or no whole one: it is
 * refused with an error of its own, and left as it is.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "behaviour.h"

static const unsigned ways[] = {
	0, NABD_CONSUMER, NABD_PRODUCER, NABD_OBSERVE, NABD_CREATE, NABD_CREATE | NABD_PRODUCER,
};

static void refused(const char *name, int code)
{
	for (size_t i = 0; i < COUNT(ways); i++)
		is(code, open_code(name, 0, 0, ways[i]));
	is(code, open_code(name, 4, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER));
}

/* provokes: nabd_open_opts NABD_NOTQUEUE */
/* provokes: nabd_unlink NABD_NOTQUEUE */
/* provokes: nabd_unlink_opts NABD_NOTQUEUE */
START_TEST(files_of_another_kind)
{
	static unsigned char contents[20000];
	static const size_t sizes[] = { 0, 1, 7, 8, 9, 127, 128, 129, 4096, 16384, 20000 };
	static const char *const fills[] = { "", "#!/bin/sh\n", "\xff\xff\xff\xff\xff\xff\xff\xff",
					     "nabd", "NABD\r\n\x1a", "\177ELF" };

	for (size_t f = 0; f < COUNT(fills); f++) {
		memset(contents, 0, sizeof(contents)); /* half-made: never written */
		for (size_t i = 0; *fills[f] && i < sizeof(contents); i++)
			contents[i] = (unsigned char)fills[f][i % strlen(fills[f])];
		for (size_t s = 0; s < COUNT(sizes); s++) {
			unsigned char *after;
			size_t len;

			write_whole(path_of("other"), contents, sizes[s]);
			refused("other", NABD_NOTQUEUE);
			is(NABD_NOTQUEUE, nabd_unlink("other"));
			is(NABD_NOTQUEUE, nabd_unlink_opts("/other", NULL));
			after = read_whole(path_of("other"), &len);
			ck_assert_uint_eq(len, sizes[s]);
			ck_assert_int_eq(memcmp(after, contents, len), 0);
			free(after);
		}
	}
}
END_TEST

static void make_symlink(const char *path)
{
	close_ok(small_queue());
	ck_assert_int_eq(symlink(path_of("q"), path), 0);
}

static void make_dangling(const char *path)
{
	ck_assert_int_eq(symlink(path_of("nowhere"), path), 0);
}

static void make_fifo(const char *path)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static void make_directory(const char *path)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_lt(strlen(path), sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path) + 1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

static void (*const makers[])(const char *path) = {
	make_symlink, make_dangling, make_fifo, make_directory, make_socket,
};

/* None of these may block (a FIFO has no other end here) or follow a link. */
/* provokes: nabd_open_opts NABD_UNSAFE */
/* provokes: nabd_unlink NABD_UNSAFE */
/* provokes: nabd_unlink_opts NABD_UNSAFE */
START_TEST(what_is_no_plain_file)
{
	char path[512];
	struct stat before, after;

	strcpy(path, path_of("odd"));
	makers[_i](path);
	ck_assert_int_eq(lstat(path, &before), 0);
	refused("odd", NABD_UNSAFE);
	is(NABD_UNSAFE, nabd_unlink("odd"));
	is(NABD_UNSAFE, nabd_unlink_opts("odd", NULL));
	ck_assert_int_eq(lstat(path, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	ck_assert_int_ne(access(path_of("nowhere"), F_OK), 0);
	remove(path);
}
END_TEST

START_TEST(a_queue_with_a_second_name_is_refused_until_it_has_one_again)
{
	nabd_t *q = small_queue();
	char second[512];

	is(NABD_OK, push_text(q, "kept"));
	close_ok(q);
	strcpy(second, path_of("second"));
	ck_assert_int_eq(link(path_of("q"), second), 0);
	refused("q", NABD_UNSAFE);
	refused("second", NABD_UNSAFE);
	ck_assert_int_eq(remove(second), 0);
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	pop_is(q, "kept");
	close_ok(q);
}
END_TEST

/* Every length but the right one, near both ends and by a page. */
static const struct {
	int from_end;
	off_t bytes;
	int code;
} lengths[] = {
	{ 1, -1, NABD_TRUNCATED },	{ 1, 1, NABD_TRUNCATED },
	{ 1, -8, NABD_TRUNCATED },	{ 1, 4096, NABD_TRUNCATED },
	{ 1, -4096, NABD_TRUNCATED },	{ 1, 1 << 20, NABD_TRUNCATED },
	{ 0, 4096, NABD_TRUNCATED },	{ 0, 4095, NABD_TRUNCATED },
	{ 0, 256, NABD_TRUNCATED },	{ 0, 129, NABD_TRUNCATED },
	{ 0, 128, NABD_TRUNCATED },	{ 0, 127, NABD_TRUNCATED },
	{ 0, 8, NABD_TRUNCATED },	{ 0, 7, NABD_NOTQUEUE },
	{ 0, 1, NABD_NOTQUEUE },	{ 0, 0, NABD_NOTQUEUE },
};

/* provokes: nabd_open_opts NABD_TRUNCATED */
START_TEST(a_file_shorter_or_longer_than_its_header_says)
{
	unsigned char *whole;
	size_t len;

	close_ok(small_queue());
	whole = read_whole(path_of("q"), &len);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		off_t size = lengths[i].bytes + (lengths[i].from_end ? (off_t)len : 0);
		struct stat st;

		write_whole(path_of("q"), whole, len);
		ck_assert_int_eq(truncate(path_of("q"), size), 0);
		refused("q", lengths[i].code);
		ck_assert_int_eq(stat(path_of("q"), &st), 0);
		ck_assert_int_eq(st.st_size, size);
	}
	write_whole(path_of("q"), whole, len);
	is(NABD_OK, open_code("q", 4, 64, NABD_PRODUCER | NABD_CONSUMER));
	/* What begins as a queue may be removed, whole or not. */
	ck_assert_int_eq(truncate(path_of("q"), 100), 0);
	is(NABD_OK, nabd_unlink("q"));
	free(whole);
}
END_TEST

/* A hole would be a SIGBUS when memory is short; a sparse copy of a queue has them. */
/* provokes: nabd_open_opts NABD_TRUNCATED */
START_TEST(a_file_with_holes)
{
	unsigned char *whole;
	size_t len;

	close_ok(small_queue());
	whole = read_whole(path_of("q"), &len);
	for (size_t kept = 4096; kept <= len; kept += 4096) {
		write_whole(path_of("q"), whole, kept);
		ck_assert_int_eq(truncate(path_of("q"), (off_t)len), 0);
		if (kept < len)
			refused("q", NABD_TRUNCATED);
		else
			is(NABD_OK, open_code("q", 4, 64, NABD_PRODUCER));
	}
	free(whole);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_files");

	tcase_add_test(tests, files_of_another_kind);
	tcase_add_loop_test(tests, what_is_no_plain_file, 0, (int)COUNT(makers));
	tcase_add_test(tests, a_queue_with_a_second_name_is_refused_until_it_has_one_again);
	tcase_add_test(tests, a_file_shorter_or_longer_than_its_header_says);
	tcase_add_test(tests, a_file_with_holes);
	return behaviour_run();
}
