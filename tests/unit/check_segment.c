/* SPDX-License-Identifier: MIT */
/*
 * Segments as files: names, appearing whole or not at all, what is refused
 * under a name, and which regions may be written.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static const struct nabdi_owners mine = {false, false, 0};

static int find_name(const char *name, char stored[NABD_MAX_NAME + 1])
{
	struct nabdi_place place;
	int rc = nabdi_place_find(name, NULL, &place);

	if (rc != NABD_OK)
		return rc;
	memcpy(stored, place.name, sizeof(place.name));
	nabdi_place_leave(&place);
	return NABD_OK;
}

START_TEST(good_names)
{
	static const char *const names[] = {"a", "0", "Z9", "a.b", "a_", "x-y-z", "A..b", "q-"};
	char longest[NABD_MAX_NAME + 2] = "/", stored[NABD_MAX_NAME + 1];

	for (unsigned i = 0; i < COUNT(names); i++) {
		is(NABD_OK, find_name(names[i], stored));
		ck_assert_str_eq(stored, names[i]);
	}
	is(NABD_OK, find_name("/queue", stored));
	ck_assert_str_eq(stored, "queue");
	memset(longest + 1, 'x', NABD_MAX_NAME);
	is(NABD_OK, find_name(longest, stored));
	ck_assert_str_eq(stored, longest + 1);
}
END_TEST

START_TEST(bad_names)
{
	static const char *const names[] = {
		"", "/", "//a", ".", "..", "/..", ".a", "-a", "_a", "a/b", "a/", "../a", "a b",
		"a\n", "a\x7f", "\xc3\xa4", "a\xc3\xa4", "a:b", "a*", "a\\b", "~a", "@", "[", "`", "{",
	};
	char stored[NABD_MAX_NAME + 1], long_name[NABD_MAX_NAME + 3];

	for (unsigned i = 0; i < COUNT(names); i++)
		ck_assert_msg(find_name(names[i], stored) == NABD_NAME, "%s", names[i]);
	for (int c = 1; c < 256; c++) {
		char name[3] = {'a', (char)c, '\0'};
		bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';

		is(fine ? NABD_OK : NABD_NAME, find_name(name, stored));
	}
	memset(long_name, 'x', sizeof(long_name));
	long_name[NABD_MAX_NAME + 1] = '\0';
	is(NABD_NAME, find_name(long_name, stored));
	memcpy(long_name, "/", 1);
	long_name[NABD_MAX_NAME + 1] = 'x';
	long_name[NABD_MAX_NAME + 2] = '\0';
	is(NABD_NAME, find_name(long_name, stored));
}
END_TEST

START_TEST(folders)
{
	struct nabdi_place place;
	int fd;

	is(NABD_NOTFOUND, nabdi_place_find("q", "/nowhere/at/all", &place));
	is(NABD_NOTFOUND, nabdi_place_find("q", "/dev/null", &place));
	is(NABD_OK, nabdi_place_find("q", unit_dir(), &place));
	fd = openat(place.dirfd, "here", O_CREAT | O_WRONLY, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(access(unit_path("here"), F_OK), 0);
	nabdi_place_leave(&place);
}
END_TEST

static int make(struct nabdi_place *place, struct nabdi_segment *s)
{
	struct nabdi_geometry geometry;

	is(NABD_OK, nabdi_place_find("q", NULL, place));
	is(NABD_OK, nabdi_layout_plan(8, 100, 16, nabdi_os_page(), 0, &geometry));
	return nabdi_segment_make(place, &geometry, 0640, false, 0, false, s);
}

static int find(bool writable, struct nabdi_segment *s)
{
	struct nabdi_place place;
	int rc;

	is(NABD_OK, nabdi_place_find("q", NULL, &place));
	rc = nabdi_segment_find(&place, &mine, writable, false, s);
	nabdi_place_leave(&place);
	return rc;
}

START_TEST(no_name_before_it_is_published)
{
	struct nabdi_segment s, found, second;
	struct nabdi_place place, other;

	is(NABD_OK, make(&place, &s));
	ck_assert_uint_eq(unit_names(), 0);
	is(NABD_NOTFOUND, find(false, &found));
	is(NABD_OK, nabdi_segment_publish(&place, &s));
	ck_assert_uint_eq(unit_names(), 1);
	is(NABD_OK, find(false, &found));
	ck_assert_mem_eq(found.incarnation, s.incarnation, 16);
	ck_assert_uint_eq(found.created_ns, s.created_ns);
	ck_assert_uint_eq(found.geometry.slots, 8);
	ck_assert_uint_eq(found.geometry.align, 16);
	ck_assert_uint_eq(found.geometry.total, s.geometry.total);
	/* A second one of that name is too late, and is another. */
	is(NABD_OK, make(&other, &second));
	ck_assert_mem_ne(second.incarnation, s.incarnation, 16);
	is(NABD_EXISTS, nabdi_segment_publish(&other, &second));
	nabdi_segment_leave(&other, &second);
	nabdi_place_leave(&other);
	ck_assert_uint_eq(unit_names(), 1);
	nabdi_segment_leave(NULL, &found);
	ck_assert_ptr_null(found.base);
	ck_assert_int_eq(found.fd, -1);
	nabdi_segment_leave(&place, &s);
	nabdi_segment_leave(&place, &s); /* nothing is done twice */
	is(NABD_OK, nabdi_segment_unlink(&place));
	is(NABD_NOTFOUND, nabdi_segment_unlink(&place));
	nabdi_place_leave(&place);
}
END_TEST

START_TEST(an_unpublished_one_is_gone)
{
	unsigned files = unit_open_files(), maps = unit_mappings();
	struct nabdi_segment s;
	struct nabdi_place place;

	is(NABD_OK, make(&place, &s));
	nabdi_segment_leave(&place, &s);
	nabdi_place_leave(&place);
	ck_assert_uint_eq(unit_names(), 0);
	ck_assert_uint_eq(unit_open_files(), files);
	ck_assert_uint_eq(unit_mappings(), maps);
}
END_TEST

START_TEST(modes_are_kept)
{
	struct nabdi_segment s = {0};
	struct nabdi_place place;
	mode_t before = umask(077);
	struct stat st;

	is(NABD_OK, make(&place, &s));
	ck_assert_int_eq(fstat(s.fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_uint_eq((uint64_t)st.st_size, s.geometry.total);
	/* No hole: what is not there yet could be missing later. */
	ck_assert_uint_ge((uint64_t)st.st_blocks * 512, s.geometry.total);
	(void)umask(before);
	nabdi_segment_leave(&place, &s);
	nabdi_place_leave(&place);
}
END_TEST

/* What lies under the name is refused, and left as it is. */
START_TEST(files_cut_short)
{
	struct nabdi_segment q = unit_queue("q", 8, 100), s;

	is(NABD_OK, find(true, &s));
	nabdi_segment_leave(NULL, &s);
	ck_assert_int_eq(ftruncate(q.fd, (off_t)q.geometry.total - 1), 0);
	is(NABD_TRUNCATED, find(true, &s));
	ck_assert_int_eq(ftruncate(q.fd, 100), 0);
	is(NABD_TRUNCATED, find(true, &s));
	ck_assert_int_eq(ftruncate(q.fd, 3), 0);
	is(NABD_NOTQUEUE, find(true, &s));
	ck_assert_int_eq(ftruncate(q.fd, 0), 0);
	is(NABD_NOTQUEUE, find(true, &s));
	unit_leave(&q);
}
END_TEST

/* A file of the right size without the memory: each hole may be a SIGBUS later. */
START_TEST(files_with_holes)
{
	struct nabdi_segment q = unit_queue("q", 1024, 1000), s;
	const off_t at = (off_t)q.geometry.slots_off;

	is(NABD_OK, find(true, &s));
	nabdi_segment_leave(NULL, &s);
	ck_assert_int_eq(fallocate(q.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, 8192), 0);
	is(NABD_TRUNCATED, find(true, &s));
	unit_leave(&q);
}
END_TEST

START_TEST(links)
{
	struct nabdi_segment q = unit_queue("real", 8, 100), s;
	char real[512];

	(void)snprintf(real, sizeof(real), "%s", unit_path("real"));
	ck_assert_int_eq(link(real, unit_path("q")), 0);
	is(NABD_UNSAFE, find(true, &s));
	ck_assert_int_eq(unlink(unit_path("q")), 0);
	ck_assert_int_eq(symlink("real", unit_path("q")), 0);
	is(NABD_UNSAFE, find(true, &s));
	is(NABD_UNSAFE, find(false, &s));
	ck_assert_int_eq(unlink(unit_path("q")), 0);
	ck_assert_int_eq(mkdir(unit_path("q"), 0700), 0);
	is(NABD_UNSAFE, find(true, &s));
	is(NABD_UNSAFE, find(false, &s));
	unit_leave(&q);
}
END_TEST

/* Root can give a file away; for others, being root is somebody else. */
START_TEST(owners)
{
	struct nabdi_segment q = unit_queue("q", 8, 100), s;
	const uint32_t other = nabdi_os_user() + 1;
	struct nabdi_owners accept = {false, true, other};
	struct nabdi_owners wrong = {false, true, other + 1};
	struct nabdi_owners any = {true, false, 0};
	struct nabdi_place place;

	is(NABD_OK, nabdi_place_find("q", NULL, &place));
	is(NABD_OK, nabdi_segment_find(&place, &wrong, true, false, &s));
	nabdi_segment_leave(NULL, &s);
	if (geteuid() == 0) {
		ck_assert_int_eq(fchown(q.fd, other, (gid_t)-1), 0);
		is(NABD_OWNER, nabdi_segment_find(&place, &mine, true, false, &s));
		is(NABD_OWNER, nabdi_segment_find(&place, &wrong, true, false, &s));
		is(NABD_OK, nabdi_segment_find(&place, &accept, true, false, &s));
		nabdi_segment_leave(NULL, &s);
		is(NABD_OK, nabdi_segment_find(&place, &any, true, false, &s));
		nabdi_segment_leave(NULL, &s);
	}
	nabdi_place_leave(&place);
	unit_leave(&q);
}
END_TEST

START_TEST(only_queues_are_unlinked)
{
	struct nabdi_place place;
	int fd = open(unit_path("q"), O_CREAT | O_RDWR, 0600);

	is(NABD_OK, nabdi_place_find("q", NULL, &place));
	is(NABD_NOTQUEUE, nabdi_segment_unlink(&place));
	ck_assert_int_eq(write(fd, "nabd\r\n\x1a", 7), 7);
	is(NABD_NOTQUEUE, nabdi_segment_unlink(&place));
	ck_assert_int_eq(write(fd, "", 1), 1);
	is(NABD_OK, nabdi_segment_unlink(&place)); /* a damaged one, but one of ours */
	is(NABD_NOTFOUND, nabdi_segment_unlink(&place));
	ck_assert_int_eq(mkdir(unit_path("q"), 0700), 0);
	is(NABD_UNSAFE, nabdi_segment_unlink(&place));
	nabdi_place_leave(&place);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

/* The kernel says whether a byte may be written: it reads one into it. */
static bool writable(uint8_t *byte)
{
	uint8_t old = *byte;
	int fds[2];
	bool fine;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], &old, 1), 1);
	fine = read(fds[0], byte, 1) == 1;
	ck_assert_int_eq(close(fds[0]) | close(fds[1]), 0);
	return fine;
}

static void rights(bool producer, bool consumer, bool first, bool second, bool third)
{
	struct nabdi_segment s;
	const struct nabdi_geometry *g = &s.geometry;

	is(NABD_OK, find(true, &s));
	is(NABD_OK, nabdi_segment_allow(&s, producer, consumer));
	ck_assert_int_eq(writable(s.base), first);
	ck_assert_int_eq(writable(s.base + g->consumer_off - 1), first);
	ck_assert_int_eq(writable(s.base + g->consumer_off), second);
	ck_assert_int_eq(writable(s.base + g->slots_off - 1), second);
	ck_assert_int_eq(writable(s.base + g->slots_off), third);
	ck_assert_int_eq(writable(s.base + g->total - 1), third);
	nabdi_segment_leave(NULL, &s);
}

START_TEST(who_may_write_what)
{
	struct nabdi_segment q = unit_queue("q", 8, 100), s;

	rights(false, false, false, false, false);
	rights(true, false, true, true, true);
	rights(false, true, false, true, false);
	rights(true, true, true, true, true);
	/* Through a file that was opened for reading the kernel gives no such right. */
	is(NABD_OK, find(false, &s));
	is(NABD_ACCESS, nabdi_segment_allow(&s, true, false));
	is(NABD_ACCESS, nabdi_segment_allow(&s, false, true));
	nabdi_segment_leave(NULL, &s);
	unit_leave(&q);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_segment");

	tcase_add_test(tests, good_names);
	tcase_add_test(tests, bad_names);
	tcase_add_test(tests, folders);
	tcase_add_test(tests, no_name_before_it_is_published);
	tcase_add_test(tests, an_unpublished_one_is_gone);
	tcase_add_test(tests, modes_are_kept);
	tcase_add_test(tests, files_cut_short);
	tcase_add_test(tests, files_with_holes);
	tcase_add_test(tests, links);
	tcase_add_test(tests, owners);
	tcase_add_test(tests, only_queues_are_unlinked);
	tcase_add_test(tests, who_may_write_what);
	return unit_run(tests);
}
