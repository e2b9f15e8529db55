/* SPDX-License-Identifier: MIT */
/*
 * check_opts.c - the flags of nabd_open(), and struct nabd_opts: its size, its
 * flags, mode, group and align, and the directory where queues live.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "behaviour.h"

#define ROLES (NABD_PRODUCER | NABD_CONSUMER)

static const unsigned contradictions[] = {
	NABD_OBSERVE | NABD_CREATE,
	NABD_OBSERVE | NABD_EXCL,
	NABD_OBSERVE | NABD_PRODUCER,
	NABD_OBSERVE | NABD_CONSUMER,
	NABD_OBSERVE | NABD_CREATE | ROLES,
	NABD_OBSERVE | NABD_OVERWRITE,
	NABD_OBSERVE | NABD_TIMESTAMPS,
	NABD_EXCL,
	NABD_EXCL | NABD_PRODUCER,
	NABD_EXCL | NABD_CONSUMER,
	NABD_EXCL | NABD_OVERWRITE,
	NABD_EXCL | NABD_TIMESTAMPS,
	0x80u,
	0x80u | NABD_CREATE,
	0x80000000u,
	0x80000000u | NABD_CONSUMER,
	~0u,
};

/* provokes: nabd_open_opts NABD_INVALID */
START_TEST(flags_that_make_no_sense_are_refused)
{
	for (int there = 0; there < 2; there++) {
		for (size_t i = 0; i < COUNT(contradictions); i++)
			is(NABD_INVALID, open_code("q", 0, 0, contradictions[i]));
		is(there ? NABD_OK : NABD_NOTFOUND, open_code("q", 0, 0, NABD_CONSUMER));
		if (!there)
			is(NABD_OK, open_code("q", 4, 64, NABD_CREATE));
	}
}
END_TEST

/* provokes: nabd_open_opts NABD_OK NABD_EXISTS NABD_NOTFOUND */
START_TEST(create_and_excl)
{
	is(NABD_NOTFOUND, open_code("q", 4, 64, 0));
	is(NABD_NOTFOUND, open_code("q", 4, 64, ROLES));
	is(NABD_NOTFOUND, open_code("q", 4, 64, NABD_OBSERVE));
	is(NABD_OK, open_code("q", 4, 64, NABD_CREATE | NABD_EXCL));
	is(NABD_EXISTS, open_code("q", 4, 64, NABD_CREATE | NABD_EXCL));
	is(NABD_EXISTS, open_code("q", 4, 64, NABD_CREATE | NABD_EXCL | ROLES));
	is(NABD_OK, open_code("q", 4, 64, NABD_CREATE));
	is(NABD_OK, open_code("q", 4, 64, NABD_CREATE | ROLES));
	is(NABD_OK, open_code("q", 4, 64, ROLES));
	is(NABD_OK, open_code("q", 4, 64, NABD_OBSERVE));

	/* A name taken by something else is taken, too. */
	write_whole(path_of("text"), "text", 4);
	is(NABD_EXISTS, open_code("text", 4, 64, NABD_CREATE | NABD_EXCL));
}
END_TEST

/* A struct as a caller of another version has it: shorter, or with a tail. */
static union {
	struct nabd_opts opts;
	unsigned char bytes[8192];
} versions;

static void fresh_versions(uint32_t size)
{
	memset(&versions, 0, sizeof(versions));
	versions.opts.size = size;
}

/* provokes: nabd_open_opts NABD_INVALID */
/* provokes: nabd_unlink_opts NABD_INVALID */
START_TEST(the_size_of_the_struct)
{
	const uint32_t known = (uint32_t)sizeof(struct nabd_opts);
	const uint32_t dir = (uint32_t)offsetof(struct nabd_opts, dir);

	is(NABD_OK, open_code("q", 4, 64, NABD_CREATE));
	for (uint32_t size = 0; size < 8; size++) {
		fresh_versions(size);
		is(NABD_INVALID, open_opts_code("q", 0, &versions.opts));
		is(NABD_INVALID, nabd_unlink_opts("q", &versions.opts));
	}
	/* A shorter one ends before a field or behind it, never within. */
	for (uint32_t size = 8; size <= known + 64; size++) {
		int fits = size % 4 == 0 && (size <= dir || size >= known);

		fresh_versions(size);
		is(fits ? NABD_OK : NABD_INVALID, open_opts_code("q", 0, &versions.opts));
	}
	for (uint32_t at = known; at < known + 64; at++) {
		fresh_versions(known + 64);
		versions.bytes[at] = 1;
		is(NABD_INVALID, open_opts_code("q", 0, &versions.opts));
		is(NABD_INVALID, nabd_unlink_opts("q", &versions.opts));
		versions.opts.size = at & ~3u; /* what lies behind the struct is not looked at */
		is(NABD_OK, open_opts_code("q", 0, &versions.opts));
	}
	is(NABD_OK, open_code("q", 4, 64, 0)); /* no bad call removed it */
	fresh_versions(known + 64);
	is(NABD_OK, nabd_unlink_opts("q", &versions.opts));
}
END_TEST

/* A size that is out of the question must not be read to its end: it is not there. */
START_TEST(an_absurd_size_is_refused)
{
	static const uint32_t sizes[] = { UINT32_MAX, 0x80000000u, 1u << 24, 1u << 20 };
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct nabd_opts *opts = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(opts, MAP_FAILED);
	ck_assert_int_eq(mprotect((char *)opts + page, page, PROT_NONE), 0);
	is(NABD_OK, open_code("q", 4, 64, NABD_CREATE));
	for (size_t i = 0; i < COUNT(sizes); i++) {
		opts->size = sizes[i];
		is(NABD_INVALID, open_opts_code("q", 0, opts));
		is(NABD_INVALID, nabd_unlink_opts("q", opts));
	}
	ck_assert_int_eq(munmap(opts, 2 * page), 0);
}
END_TEST

/* provokes: nabd_open_opts NABD_INVALID */
START_TEST(unknown_option_flags_are_refused)
{
	const uint32_t known = NABD_PREFAULT | NABD_MLOCK | NABD_ANY_OWNER | NABD_OWNER_UID |
			       NABD_SET_GROUP | NABD_HUGE_PAGES;
	struct nabd_opts opts = NABD_OPTS_INIT;

	for (unsigned bit = 0; bit < 32; bit++) {
		opts.flags = UINT32_C(1) << bit;
		if (opts.flags & known)
			continue;
		is(NABD_INVALID, open_opts_code("q", NABD_CREATE, &opts));
		opts.flags |= NABD_ANY_OWNER;
		is(NABD_INVALID, open_opts_code("q", NABD_CREATE, &opts));
	}
	is(NABD_NOTFOUND, nabd_unlink("q"));
}
END_TEST

/* provokes: nabd_open_opts NABD_INVALID */
START_TEST(align_must_be_a_power_of_two)
{
	static const uint32_t wrong[] = { 1, 2, 3, 4, 7, 9, 12, 24, 100, 4095 };
	struct nabd_opts opts = NABD_OPTS_INIT;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		opts.align = wrong[i];
		is(NABD_INVALID, open_opts_code("q", NABD_CREATE, &opts));
	}
	is(NABD_NOTFOUND, nabd_unlink("q"));
}
END_TEST

/* Asked of the queue, and seen in the address of a message. */
START_TEST(align_is_by_slot_size_unless_asked_for)
{
	static const struct {
		size_t slot_size;
		uint32_t asked, made;
	} t[] = { { 64, 0, 8 }, { 16383, 0, 8 }, { 16384, 0, 64 }, { 16384, 8, 8 }, { 64, 64, 64 } };

	for (size_t i = 0; i < COUNT(t); i++) {
		struct nabd_opts opts = NABD_OPTS_INIT;
		struct nabd_stats stats = { .size = sizeof(stats) };
		void *slot;
		nabd_t *q;

		opts.align = t[i].asked;
		is(NABD_OK, nabd_open_opts("q", 4, t[i].slot_size, NABD_CREATE | NABD_PRODUCER,
					   &opts, &q));
		is(NABD_OK, nabd_stats(q, &stats));
		ck_assert_uint_eq(stats.align, t[i].made);
		for (int k = 0; k < 4; k++) {
			is(NABD_OK, nabd_reserve(q, 1, &slot));
			ck_assert_uint_eq((uintptr_t)slot % t[i].made, 0);
			is(NABD_OK, nabd_commit(q, 1));
		}
		is(NABD_OK, nabd_close(q));
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

static struct stat created(const char *name, const struct nabd_opts *opts)
{
	struct stat st;

	is(NABD_OK, open_opts_code(name, NABD_CREATE | NABD_EXCL, opts));
	ck_assert_int_eq(stat(path_of(name), &st), 0);
	is(NABD_OK, nabd_unlink(name));
	return st;
}

START_TEST(the_mode_of_a_new_queue_is_what_was_asked_for)
{
	static const uint32_t modes[] = { 0600, 0640, 0660, 0644, 0666, 0400 };
	static const mode_t umasks[] = { 0, 022, 077, 0777 };
	struct nabd_opts opts = NABD_OPTS_INIT;

	for (size_t u = 0; u < COUNT(umasks); u++) {
		mode_t before = umask(umasks[u]);

		ck_assert_uint_eq(created("q", NULL).st_mode & 07777, 0600);
		opts.mode = 0;
		ck_assert_uint_eq(created("q", &opts).st_mode & 07777, 0600);
		for (size_t i = 0; i < COUNT(modes); i++) {
			opts.mode = modes[i];
			ck_assert_uint_eq(created("q", &opts).st_mode & 07777, modes[i]);
		}
		umask(before);
	}
}
END_TEST

/* provokes: nabd_open_opts NABD_INVALID */
START_TEST(a_mode_beyond_permission_bits_is_refused)
{
	static const uint32_t wrong[] = { 01000, 02600, 04600, 0100600, 0xffffffff };
	struct nabd_opts opts = NABD_OPTS_INIT;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		opts.mode = wrong[i];
		is(NABD_INVALID, open_opts_code("q", NABD_CREATE, &opts));
	}
	is(NABD_NOTFOUND, nabd_unlink("q"));
}
END_TEST

START_TEST(the_mode_of_an_existing_queue_stays)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	struct stat st;

	is(NABD_OK, open_code("q", 4, 64, NABD_CREATE));
	opts.mode = 0666;
	is(NABD_OK, open_opts_code("q", NABD_CREATE | ROLES, &opts));
	ck_assert_int_eq(stat(path_of("q"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(the_group_of_a_new_queue_can_be_chosen)
{
	gid_t groups[256];
	int n = getgroups(256, groups);
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.mode = 0660;
	opts.group = 12345; /* without NABD_SET_GROUP it means nothing */
	ck_assert_uint_eq(created("q", &opts).st_gid, getegid());
	opts.flags = NABD_SET_GROUP;
	for (int i = 0; i < n; i++) {
		opts.group = (uint32_t)groups[i];
		ck_assert_uint_eq(created("q", &opts).st_gid, groups[i]);
	}
	opts.group = geteuid() == 0 ? 12345 : (uint32_t)getegid();
	ck_assert_uint_eq(created("q", &opts).st_gid, opts.group);
}
END_TEST

/* Every page there from the first message on; what is allowed is what works. */
START_TEST(prefault_and_mlock_change_nothing_visible)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	for (opts.flags = NABD_PREFAULT; opts.flags <= (NABD_PREFAULT | NABD_MLOCK); opts.flags++) {
		nabd_t *q = NULL;

		is(NABD_OK, nabd_open_opts("q", 4, 64, NABD_CREATE | ROLES, &opts, &q));
		is(NABD_OK, push_text(q, "one"));
		pop_is(q, "one");
		close_ok(q);
		is(NABD_OK, nabd_open_opts("q", 4, 64, NABD_OBSERVE, &opts, &q));
		ck_assert_uint_eq(stats_of(q).head, 1);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(the_directory_of_the_options_goes_before_the_environments)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	char dir[512];

	snprintf(dir, sizeof(dir), "%s", path_of("sub"));
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	opts.dir = dir;
	is(NABD_OK, open_opts_code("q", NABD_CREATE, &opts));
	ck_assert_int_eq(access(path_of("sub/q"), F_OK), 0);
	ck_assert_int_ne(access(path_of("q"), F_OK), 0);
	is(NABD_NOTFOUND, nabd_unlink("q"));
	is(NABD_NOTFOUND, nabd_unlink_opts("q", NULL));
	is(NABD_OK, nabd_unlink_opts("q", &opts));
	is(NABD_NOTFOUND, nabd_unlink_opts("q", &opts));
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

/* provokes: nabd_open_opts NABD_NOTFOUND */
/* provokes: nabd_unlink NABD_NOTFOUND */
/* provokes: nabd_unlink_opts NABD_NOTFOUND */
START_TEST(a_directory_that_is_not_there)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	char dir[512];

	snprintf(dir, sizeof(dir), "%s", path_of("missing"));
	opts.dir = dir;
	is(NABD_NOTFOUND, open_opts_code("q", NABD_CREATE, &opts));
	is(NABD_NOTFOUND, open_opts_code("q", NABD_CREATE | NABD_EXCL | ROLES, &opts));
	is(NABD_NOTFOUND, open_opts_code("q", NABD_CONSUMER, &opts));
	is(NABD_NOTFOUND, nabd_unlink_opts("q", &opts));
	ck_assert_int_eq(setenv("NABD_DIR", dir, 1), 0);
	is(NABD_NOTFOUND, open_code("q", 4, 64, NABD_CREATE));
	is(NABD_NOTFOUND, nabd_unlink("q"));
	ck_assert_int_eq(setenv("NABD_DIR", queue_dir(), 1), 0);
}
END_TEST

/* Without $NABD_DIR a queue is /dev/shm/NAME. */
START_TEST(the_default_directory)
{
	char name[64], path[128];

	ck_assert_int_eq(unsetenv("NABD_DIR"), 0);
	snprintf(name, sizeof(name), "nabd-check_opts-%ld-q", (long)getpid());
	snprintf(path, sizeof(path), "/dev/shm/%s", name);
	is(NABD_OK, open_code(name, 4, 64, NABD_CREATE | NABD_EXCL));
	ck_assert_int_eq(access(path, F_OK), 0);
	is(NABD_OK, nabd_unlink(name));
	ck_assert_int_ne(access(path, F_OK), 0);
	ck_assert_int_eq(setenv("NABD_DIR", queue_dir(), 1), 0);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_opts");

	tcase_add_test(tests, flags_that_make_no_sense_are_refused);
	tcase_add_test(tests, create_and_excl);
	tcase_add_test(tests, the_size_of_the_struct);
	tcase_add_test(tests, an_absurd_size_is_refused);
	tcase_add_test(tests, unknown_option_flags_are_refused);
	tcase_add_test(tests, align_must_be_a_power_of_two);
	tcase_add_test(tests, align_is_by_slot_size_unless_asked_for);
	tcase_add_test(tests, the_mode_of_a_new_queue_is_what_was_asked_for);
	tcase_add_test(tests, a_mode_beyond_permission_bits_is_refused);
	tcase_add_test(tests, the_mode_of_an_existing_queue_stays);
	tcase_add_test(tests, the_group_of_a_new_queue_can_be_chosen);
	tcase_add_test(tests, prefault_and_mlock_change_nothing_visible);
	tcase_add_test(tests, the_directory_of_the_options_goes_before_the_environments);
	tcase_add_test(tests, a_directory_that_is_not_there);
	tcase_add_test(tests, the_default_directory);
	return behaviour_run();
}
