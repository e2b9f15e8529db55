/* SPDX-License-Identifier: MIT */
/*
 * check_memory.c - what a mapping was asked to be it is, where the kernel grants it, and
 * nabd_memory_get() tells so: every page mapped, locked, in huge pages.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "behaviour.h"

#define ROLES (NABD_PRODUCER | NABD_CONSUMER)
#define MIB   (1u << 20)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static struct nabd_memory memory_of(nabd_t *q)
{
	struct nabd_memory memory = { .size = (uint32_t)sizeof(memory) };

	is(NABD_OK, nabd_memory_get(q, &memory));
	ck_assert_uint_eq(memory.size, sizeof(memory));
	ck_assert_uint_eq(memory.page, (uint32_t)sysconf(_SC_PAGESIZE));
	ck_assert_uint_ge(memory.bytes, memory.mapped);
	ck_assert_uint_ge(memory.bytes, memory.locked);
	ck_assert_uint_ge(memory.mapped, memory.huge);
	return memory;
}

static nabd_t *opened(size_t slots, unsigned flags, uint32_t wishes)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	nabd_t *q = NULL;

	opts.flags = wishes;
	is(NABD_OK, nabd_open_opts("q", slots, slots == 0 ? 0 : 4096, flags, &opts, &q));
	return q;
}

/* Handles of all roles, as what each may write is mapped apart from the rest. */
START_TEST(every_page_is_mapped_if_asked_for)
{
	static const unsigned ways[] = { 0, NABD_PRODUCER, NABD_CONSUMER, ROLES, NABD_OBSERVE };

	close_ok(opened(256, NABD_CREATE, 0));
	for (size_t i = 0; i < COUNT(ways); i++) {
		nabd_t *q = opened(0, ways[i], 0);
		struct nabd_memory memory = memory_of(q);

		ck_assert_uint_ge(memory.bytes, MIB);
		ck_assert_uint_lt(memory.mapped, memory.bytes / 2);
		ck_assert_uint_eq(memory.locked, 0);
		close_ok(q);
		q = opened(0, ways[i], NABD_PREFAULT);
		memory = memory_of(q);
		ck_assert_uint_eq(memory.mapped, memory.bytes);
		ck_assert_uint_eq(memory.locked, 0);
		ck_assert_uint_eq(memory.swapped, 0);
		close_ok(q);
	}
}
END_TEST

/* A sanitizer puts its own in the place of mlock(2): then nothing is locked. */
static int mlock_is_real(void)
{
	struct rlimit none = { 0, 0 };

	return setrlimit(RLIMIT_MEMLOCK, &none) == 0 && mlock(&none, sizeof(none)) == 0
		       ? NABD_EMPTY
		       : NABD_OK;
}

START_TEST(what_is_locked_is_told)
{
	const bool real = run_as_other(mlock_is_real) == NABD_OK;
	struct nabd_memory memory;
	nabd_t *q;

	q = opened(256, NABD_CREATE | ROLES, NABD_MLOCK);
	memory = memory_of(q);
	ck_assert_uint_eq(memory.locked, real ? memory.bytes : 0);
	ck_assert_uint_eq(memory.mapped, real ? memory.bytes : memory.mapped);
	close_ok(q);
	q = opened(0, ROLES, 0); /* the lock was the handle's, not the queue's */
	ck_assert_uint_eq(memory_of(q).locked, 0);
	close_ok(q);
}
END_TEST

/* Whether this kernel makes huge pages of a file in the tests' directory. */
static bool kernel_collapses(size_t huge)
{
	const int fd = open(queue_dir(), O_TMPFILE | O_RDWR, 0600);
	uint8_t *room, *at;
	bool does;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(posix_fallocate(fd, 0, (off_t)huge), 0);
	room = mmap(NULL, 2 * huge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(room, MAP_FAILED);
	at = room + (huge - (uintptr_t)room % huge) % huge;
	ck_assert_ptr_eq(mmap(at, huge, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0), at);
	does = madvise(at, huge, MADV_COLLAPSE) == 0;
	ck_assert_int_eq(munmap(room, 2 * huge), 0);
	ck_assert_int_eq(close(fd), 0);
	return does;
}

/* Asked for when it is made; or by one who opens it, with messages in it that others read. */
START_TEST(huge_pages_are_had_where_the_kernel_has_them)
{
	for (int later = 0; later < 2; later++) {
		nabd_t *q = opened(2048, NABD_CREATE | ROLES, later ? 0 : NABD_HUGE_PAGES);
		const size_t huge = (size_t)memory_of(q).huge_page;
		const bool does = kernel_collapses(huge);
		struct nabd_memory memory;
		nabd_t *o;
		char text[32];

		for (int i = 0; i < 2000; i++) {
			snprintf(text, sizeof(text), "message %d", i);
			is(NABD_OK, push_text(q, text));
		}
		o = opened(0, NABD_OBSERVE, later ? NABD_HUGE_PAGES : NABD_PREFAULT);
		memory = memory_of(o);
		ck_assert_uint_eq(memory.huge % huge, 0);
		if (does && memory.bytes >= 4 * huge)
			ck_assert_uint_ge(memory.huge, huge);
		if (!does)
			printf("this kernel makes no huge pages of %s\n", queue_dir());
		for (int i = 0; i < 2000; i++) {
			snprintf(text, sizeof(text), "message %d", i);
			pop_is(q, text);
		}
		close_ok(o);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(a_queue_that_is_too_small_for_one_works_as_well)
{
	nabd_t *q = opened(4, NABD_CREATE | ROLES, NABD_HUGE_PAGES | NABD_PREFAULT);

	ck_assert_uint_eq(memory_of(q).huge, 0);
	is(NABD_OK, push_text(q, "one"));
	pop_is(q, "one");
	close_ok(q);
}
END_TEST

/* provokes: nabd_memory_get NABD_OK NABD_INVALID */
START_TEST(the_size_of_the_struct)
{
	struct { struct nabd_memory memory; uint8_t more[8]; } longer;
	nabd_t *q = small_queue();

	memset(&longer, 0x55, sizeof(longer));
	is(NABD_INVALID, nabd_memory_get(q, NULL));
	longer.memory.size = sizeof(longer.memory) - 8;
	is(NABD_INVALID, nabd_memory_get(q, &longer.memory));
	ck_assert_uint_eq(longer.memory.page, 0x55555555);
	longer.memory.size = sizeof(longer);
	is(NABD_OK, nabd_memory_get(q, &longer.memory));
	ck_assert_uint_eq(longer.memory.size, sizeof(longer.memory));
	ck_assert_uint_eq(longer.more[0], 0x55);
	close_ok(q);
}
END_TEST

static int has_no_descriptor_left(void)
{
	struct nabd_memory memory = { .size = (uint32_t)sizeof(memory) };
	struct rlimit none = { 0, 0 };
	nabd_t *q = open_ok("q", 4, 64, NABD_CREATE);
	int rc;

	if (setrlimit(RLIMIT_NOFILE, &none) != 0)
		return NABD_OK;
	rc = nabd_memory_get(q, &memory);
	nabd_close(q);
	return memory.bytes == 0 ? rc : NABD_CORRUPT;
}

/* provokes: nabd_memory_get NABD_SYSTEM */
START_TEST(what_can_not_be_asked)
{
	is(NABD_SYSTEM, run_forked(has_no_descriptor_left));
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_memory");

	tcase_add_test(tests, every_page_is_mapped_if_asked_for);
	tcase_add_test(tests, what_is_locked_is_told);
	tcase_add_test(tests, huge_pages_are_had_where_the_kernel_has_them);
	tcase_add_test(tests, a_queue_that_is_too_small_for_one_works_as_well);
	tcase_add_test(tests, the_size_of_the_struct);
	tcase_add_test(tests, what_can_not_be_asked);
	return behaviour_run();
}
