/* SPDX-License-Identifier: MIT */
/*
 * check_sizes.c - the geometry of a queue: rounding, defaults, limits, what is
 * too large, and what an existing queue answers to other wishes.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>

#include "behaviour.h"

static const struct {
	size_t asked, slots;
} roundings[] = {
	{ 0, NABD_DEFAULT_SLOTS }, { 1, 1 },	   { 2, 2 },	   { 3, 4 },
	{ 4, 4 },		   { 5, 8 },	   { 7, 8 },	   { 8, 8 },
	{ 9, 16 },		   { 1000, 1024 }, { 1024, 1024 }, { 1025, 2048 },
	{ 65535, 65536 },	   { 65536, 65536 },
};

START_TEST(slots_are_rounded_up_to_a_power_of_two)
{
	for (size_t i = 0; i < COUNT(roundings); i++) {
		nabd_t *q = open_ok("q", roundings[i].asked, 1, NABD_CREATE | NABD_PRODUCER);

		ck_assert_uint_eq(stats_of(q).slots, roundings[i].slots);
		for (size_t n = 0; n < roundings[i].slots; n++)
			is(NABD_OK, nabd_push(q, "x", 1));
		is(NABD_FULL, nabd_push(q, "x", 1));
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* Every small size, and those around the powers of two: all of it can be used. */
START_TEST(slot_size_is_what_was_asked_for)
{
	static const size_t large[] = { 255,  256,   257,   4095,    4096,	4097,
					65535, 65536, 65537, 1000003, 1u << 24 };
	size_t size = 0;

	for (size_t i = 0; size < large[COUNT(large) - 1]; i++) {
		nabd_t *q;
		void *slot;

		size = i < 200 ? i + 1 : large[i - 200];
		q = open_ok("q", 2, size, NABD_CREATE | NABD_PRODUCER);
		ck_assert_uint_eq(stats_of(q).slot_size, size);
		ck_assert_uint_ge(stats_of(q).stride, size + 8);
		ck_assert_uint_eq(stats_of(q).stride % 8, 0);
		is(NABD_TOOBIG, nabd_reserve(q, size + 1, &slot));
		for (int n = 0; n < 2; n++) {
			is(NABD_OK, nabd_reserve(q, size, &slot));
			ck_assert_uint_eq((uintptr_t)slot % 8, 0);
			memset(slot, 0xff, size);
			is(NABD_OK, nabd_commit(q, size));
		}
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(zero_means_the_default)
{
	nabd_t *q = open_ok("q", 0, 0, NABD_CREATE);
	struct nabd_stats stats = stats_of(q);

	ck_assert_uint_eq(stats.slots, 1024);
	ck_assert_uint_eq(stats.slot_size, 4096);
	ck_assert_uint_eq(stats.align, 8);
	close_ok(q);
}
END_TEST

static const struct {
	size_t slots, slot_size;
} excesses[] = {
	{ (size_t)NABD_MAX_SLOTS + 1, 8 },
	{ 8, (size_t)NABD_MAX_SLOT_SIZE + 1 },
	{ SIZE_MAX, 8 },
	{ 8, SIZE_MAX },
	{ SIZE_MAX, SIZE_MAX },
	{ SIZE_MAX / 2, 2 },
	{ SIZE_MAX / 2 + 1, 8 },
	{ SIZE_MAX - 7, 1 },
	{ 1, SIZE_MAX - 7 },
	{ 1, SIZE_MAX - 8 },
	{ SIZE_MAX, 0 },
	{ 0, SIZE_MAX },
	{ UINT32_MAX, 1 },
	{ 1, UINT32_MAX },
};

/* provokes: nabd_open_opts NABD_RANGE */
START_TEST(sizes_beyond_the_limits_are_refused)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	for (size_t i = 0; i < COUNT(excesses); i++) {
		is(NABD_RANGE, open_code("q", excesses[i].slots, excesses[i].slot_size,
					 NABD_CREATE | NABD_PRODUCER));
		is(NABD_RANGE, open_code("q", excesses[i].slots, excesses[i].slot_size,
					 NABD_CONSUMER));
	}
	opts.align = NABD_MAX_ALIGN * 2;
	is(NABD_RANGE, open_opts_code("q", NABD_CREATE, &opts));
	is(NABD_NOTFOUND, nabd_unlink("q"));
}
END_TEST

/*
 * 2^60 bytes, each factor being allowed. The limit of file sizes is there so that
 * a library that asks for more and more of it can't take all memory from us.
 */
START_TEST(a_product_that_no_memory_holds_is_refused)
{
	struct rlimit before, little;
	int code;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	little = before;
	little.rlim_cur = 64u << 20;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
	code = open_code("q", NABD_MAX_SLOTS, NABD_MAX_SLOT_SIZE, NABD_CREATE);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	ck_assert_msg(code == NABD_RANGE || code == NABD_NOSPACE, "%s", code_name(code));
	is(NABD_NOTFOUND, nabd_unlink("q"));
}
END_TEST

static const struct {
	size_t slots, slot_size;
	int code;
} wishes[] = {
	{ 8, 100, NABD_OK },	     { 0, 0, NABD_OK },		 { 8, 0, NABD_OK },
	{ 0, 100, NABD_OK },	     { 5, 100, NABD_OK }, /* rounds to 8 */
	{ 7, 0, NABD_OK },	     { 4, 100, NABD_GEOMETRY },	 { 9, 100, NABD_GEOMETRY },
	{ 16, 100, NABD_GEOMETRY },  { 1, 0, NABD_GEOMETRY },	 { 8, 99, NABD_GEOMETRY },
	{ 8, 101, NABD_GEOMETRY },   { 8, 1, NABD_GEOMETRY },	 { 8, 104, NABD_GEOMETRY },
	{ 0, 4096, NABD_GEOMETRY },  { 1024, 0, NABD_GEOMETRY }, { 16, 50, NABD_GEOMETRY },
	{ 1024, 4096, NABD_GEOMETRY },
};

/* provokes: nabd_open_opts NABD_GEOMETRY */
START_TEST(other_sizes_than_the_queues_are_refused)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	nabd_t *q = open_ok("q", 8, 100, NABD_CREATE | NABD_PRODUCER);

	is(NABD_OK, push_text(q, "kept"));
	for (size_t i = 0; i < COUNT(wishes); i++) {
		size_t slots = wishes[i].slots, slot_size = wishes[i].slot_size;

		is(wishes[i].code, open_code("q", slots, slot_size, NABD_CONSUMER));
		is(wishes[i].code, open_code("q", slots, slot_size, NABD_OBSERVE));
		is(wishes[i].code, open_code("q", slots, slot_size, NABD_CREATE));
	}
	for (uint32_t align = 8; align <= NABD_MAX_ALIGN; align *= 2) {
		opts.align = align;
		is(align == 8 ? NABD_OK : NABD_GEOMETRY,
		   open_opts_code("q", NABD_CREATE | NABD_CONSUMER, &opts));
	}
	close_ok(q);
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	pop_is(q, "kept");
	close_ok(q);
}
END_TEST

START_TEST(payloads_start_where_align_says)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	for (uint32_t align = 8; align <= NABD_MAX_ALIGN; align *= 2) {
		void *slots[8];
		nabd_t *q = NULL;
		size_t got;

		opts.align = align;
		is(NABD_OK, nabd_open_opts("q", 8, 100, NABD_CREATE | NABD_PRODUCER, &opts, &q));
		ck_assert_uint_eq(stats_of(q).align, align);
		ck_assert_uint_eq(stats_of(q).stride % align, 0);
		is(NABD_OK, nabd_reserve_batch(q, 100, slots, 8, &got));
		ck_assert_uint_eq(got, 8);
		for (size_t i = 0; i < got; i++) {
			ck_assert_uint_eq((uintptr_t)slots[i] % align, 0);
			memset(slots[i], (int)i, 100);
		}
		close_ok(q);
		is(NABD_OK, open_code("q", 0, 0, NABD_CONSUMER)); /* align 0: as it is */
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* Whether this machine can give a test 1 GiB of shared memory and not suffer. */
static int memory_is_plenty(void)
{
	struct sysinfo info;

	return sysinfo(&info) == 0 && info.freeram / 1024 * info.mem_unit > 4u << 20;
}

/* The longest message there may be: 1 GiB, in a queue of one slot. */
START_TEST(the_largest_slot_works)
{
	nabd_t *q = NULL;
	const void *data;
	size_t len;
	void *slot;
	int code;

	if (!memory_is_plenty())
		return;
	code = nabd_open_opts("q", 1, NABD_MAX_SLOT_SIZE,
			      NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER, NULL, &q);
	if (code == NABD_NOSPACE || code == NABD_NOMEM)
		return; /* a small /dev/shm, or address space, says so: that is right too */
	is(NABD_OK, code);
	is(NABD_TOOBIG, nabd_reserve(q, (size_t)NABD_MAX_SLOT_SIZE + 1, &slot));
	is(NABD_OK, nabd_reserve(q, NABD_MAX_SLOT_SIZE, &slot));
	memcpy((char *)slot + NABD_MAX_SLOT_SIZE - 3, "end", 3);
	is(NABD_OK, nabd_commit(q, NABD_MAX_SLOT_SIZE));
	is(NABD_FULL, nabd_reserve(q, 0, &slot));
	is(NABD_OK, nabd_peek(q, &data, &len));
	ck_assert_uint_eq(len, NABD_MAX_SLOT_SIZE);
	ck_assert_mem_eq((const char *)data + len - 3, "end", 3);
	is(NABD_OK, nabd_release(q));
	close_ok(q);
	is(NABD_OK, nabd_unlink("q"));
}
END_TEST

/* A queue of one slot: one message in it, or none. */
START_TEST(one_slot_is_enough)
{
	nabd_t *q = open_ok("q", 1, 16, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
	char text[16];

	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "%d", i);
		is(NABD_OK, push_text(q, text));
		is(NABD_FULL, push_text(q, "next"));
		pop_is(q, text);
		ck_assert_int_eq(nabd_empty(q), 1);
	}
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_sizes");

	tcase_add_test(tests, slots_are_rounded_up_to_a_power_of_two);
	tcase_add_test(tests, slot_size_is_what_was_asked_for);
	tcase_add_test(tests, zero_means_the_default);
	tcase_add_test(tests, sizes_beyond_the_limits_are_refused);
	tcase_add_test(tests, a_product_that_no_memory_holds_is_refused);
	tcase_add_test(tests, other_sizes_than_the_queues_are_refused);
	tcase_add_test(tests, payloads_start_where_align_says);
	tcase_add_test(tests, the_largest_slot_works);
	tcase_add_test(tests, one_slot_is_enough);
	return behaviour_run();
}
