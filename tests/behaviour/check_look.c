/* SPDX-License-Identifier: MIT */
/*
 * check_look.c - what empty, full, fill_level and stats tell is true at each
 * fill, and looking changes nothing: not one byte of the file.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "behaviour.h"

static const void *data;
static size_t len;

static void looks(nabd_t *q, unsigned used, unsigned slots)
{
	ck_assert_int_eq(nabd_empty(q), used == 0);
	ck_assert_int_eq(nabd_full(q), used == slots);
	ck_assert_int_eq(nabd_fill_level(q), (int)(used * 100 / slots));
}

START_TEST(the_answers_are_true_at_each_fill)
{
	static const unsigned sizes[] = { 1, 2, 4, 16, 256 };

	for (size_t s = 0; s < COUNT(sizes); s++) {
		unsigned slots = sizes[s];
		nabd_t *p = open_ok("q", slots, 8, NABD_CREATE | NABD_PRODUCER);
		nabd_t *c = open_ok("q", 0, 0, NABD_CONSUMER);
		nabd_t *o = open_ok("q", 0, 0, NABD_OBSERVE);

		/* The first lap without a reader, so that every count comes up both ways. */
		for (int lap = 0; lap < 3; lap++) {
			for (unsigned used = 0; used <= slots; used++) {
				looks(p, used, slots);
				looks(c, used, slots);
				looks(o, used, slots);
				is(used < slots ? NABD_OK : NABD_FULL, nabd_push(p, "x", 1));
			}
			for (unsigned used = slots; used > 0; used--) {
				pop_is(c, "x");
				looks(p, used - 1, slots);
				looks(c, used - 1, slots);
				looks(o, used - 1, slots);
			}
		}
		close_ok(o);
		close_ok(c);
		close_ok(p);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* A peeked message is still in its slot; a reserved slot holds no message yet. */
START_TEST(what_is_not_finished_does_not_count)
{
	nabd_t *q = small_queue();
	void *slot;

	is(NABD_OK, nabd_reserve(q, 8, &slot));
	looks(q, 0, 4);
	is(NABD_OK, nabd_commit(q, 8));
	looks(q, 1, 4);
	is(NABD_OK, nabd_peek(q, &data, &len));
	looks(q, 1, 4);
	is(NABD_OK, nabd_release(q));
	looks(q, 0, 4);
	close_ok(q);
}
END_TEST

/* provokes: nabd_stats NABD_OK */
START_TEST(each_number_of_the_stats)
{
	nabd_t *q = open_ok("q", 5, 61, NABD_CREATE);
	static const uint8_t none[16];
	struct nabd_stats stats = stats_of(q);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	ck_assert_uint_eq(stats.state, 0);
	ck_assert_uint_eq(stats.slots, 8);
	ck_assert_uint_eq(stats.slot_size, 61);
	ck_assert_uint_eq(stats.stride, 72);
	ck_assert_uint_eq(stats.align, 8);
	ck_assert_uint_eq(stats.head, 0);
	ck_assert_uint_eq(stats.tail, 0);
	ck_assert_uint_eq(stats.position, 0);
	ck_assert_uint_eq(stats.bytes, 0);
	ck_assert_uint_eq(stats.full_count, 0);
	ck_assert_uint_eq(stats.producer_epoch, 0);
	ck_assert_uint_gt(stats.created_ns, 0);
	ck_assert_uint_le(stats.created_ns / 1000000000, (uint64_t)now.tv_sec + 1);
	ck_assert_mem_ne(stats.incarnation, none, sizeof(none));
	close_ok(q);
}
END_TEST

static void numbers(nabd_t *q, uint32_t state, uint64_t head, uint64_t tail, uint64_t bytes)
{
	struct nabd_stats stats = stats_of(q);

	ck_assert_uint_eq(stats.state, state);
	ck_assert_uint_eq(stats.head, head);
	ck_assert_uint_eq(stats.tail, tail);
	ck_assert_uint_eq(stats.position, tail);
	ck_assert_uint_eq(stats.bytes, bytes);
}

START_TEST(the_stats_follow_what_happens)
{
	const uint32_t P = NABD_STATE_PRODUCER, C = NABD_STATE_CONSUMER, G = NABD_STATE_GROUP0;
	nabd_t *o, *p, *c;

	close_ok(open_ok("q", 4, 64, NABD_CREATE));
	o = open_ok("q", 0, 0, NABD_OBSERVE);
	numbers(o, 0, 0, 0, 0);
	p = open_ok("q", 0, 0, NABD_PRODUCER);
	numbers(o, P, 0, 0, 0);
	is(NABD_OK, push_text(p, "12345"));
	is(NABD_OK, push_text(p, ""));
	is(NABD_OK, push_text(p, "1"));
	numbers(o, P, 3, 0, 6);
	c = open_ok("q", 0, 0, NABD_CONSUMER);
	numbers(o, P, 3, 0, 6);
	is(NABD_OK, nabd_peek(c, &data, &len));
	numbers(o, P | C | G, 3, 0, 6);
	is(NABD_OK, nabd_release(c));
	numbers(o, P | C | G, 3, 1, 6);
	pop_is(c, "");
	numbers(o, P | C | G, 3, 2, 6);
	close_ok(c);
	numbers(o, P | G, 3, 2, 6);
	close_ok(p);
	numbers(o, G, 3, 2, 6);
	is(NABD_OK, nabd_unlink("q"));
	numbers(o, G | NABD_STATE_UNLINKED, 3, 2, 6);
	close_ok(o);
}
END_TEST

/* One stretch of being full counts once, however often the producer asks. */
START_TEST(the_stats_count_how_often_it_was_full)
{
	nabd_t *q = small_queue();

	for (uint64_t stretch = 1; stretch <= 10; stretch++) {
		while (push_text(q, "x") == NABD_OK)
			;
		is(NABD_FULL, push_text(q, "x"));
		ck_assert_uint_eq(stats_of(q).full_count, stretch);
		pop_is(q, "x");
	}
	close_ok(q);
}
END_TEST

START_TEST(every_queue_has_an_incarnation_of_its_own)
{
	uint8_t seen[50][16];

	for (size_t i = 0; i < COUNT(seen); i++) {
		nabd_t *q = open_ok("q", 4, 64, NABD_CREATE);
		nabd_t *again = open_ok("q", 0, 0, 0);
		struct nabd_stats stats = stats_of(q), same = stats_of(again);

		ck_assert_mem_eq(stats.incarnation, same.incarnation, 16);
		ck_assert_uint_eq(stats.created_ns, same.created_ns);
		memcpy(seen[i], stats.incarnation, 16);
		for (size_t other = 0; other < i; other++)
			ck_assert_mem_ne(seen[i], seen[other], 16);
		close_ok(again);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* A caller of a later version asks for more than this library knows. */
START_TEST(a_longer_struct_gets_what_is_known)
{
	union {
		struct nabd_stats stats;
		unsigned char bytes[sizeof(struct nabd_stats) + 64];
	} longer;
	nabd_t *q = small_queue();

	memset(&longer, 0xa5, sizeof(longer));
	longer.stats.size = (uint32_t)sizeof(longer);
	is(NABD_OK, nabd_stats(q, &longer.stats));
	ck_assert_uint_eq(longer.stats.size, sizeof(struct nabd_stats));
	ck_assert_uint_eq(longer.stats.slots, 4);
	for (size_t i = sizeof(struct nabd_stats); i < sizeof(longer); i++)
		ck_assert_uint_eq(longer.bytes[i], 0xa5);
	close_ok(q);
}
END_TEST

START_TEST(an_observer_leaves_every_byte_as_it_was)
{
	unsigned char *before, *after;
	size_t before_len, after_len;
	struct stat st1, st2;
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "one"));
	is(NABD_OK, push_text(q, "two"));
	pop_is(q, "one");
	close_ok(q);
	before = read_whole(path_of("q"), &before_len);
	ck_assert_int_eq(stat(path_of("q"), &st1), 0);
	q = open_ok("q", 0, 0, NABD_OBSERVE);
	looks(q, 1, 4);
	numbers(q, NABD_STATE_GROUP0, 2, 1, 6);
	ck_assert_int_eq(nabd_fill_level(q), 25);
	close_ok(q);
	after = read_whole(path_of("q"), &after_len);
	ck_assert_int_eq(stat(path_of("q"), &st2), 0);
	ck_assert_uint_eq(before_len, after_len);
	ck_assert_int_eq(memcmp(before, after, after_len), 0);
	ck_assert_int_eq(memcmp(&st1.st_mtim, &st2.st_mtim, sizeof(st1.st_mtim)), 0);
	free(before);
	free(after);
}
END_TEST

/* As the user nobody if we are root, to whom no mode is a limit. */
static int observes_what_it_may_only_read(void)
{
	nabd_t *q = NULL;
	int code = nabd_open_opts("mine", 4, 64, NABD_CREATE | NABD_PRODUCER, NULL, &q);

	if (code == NABD_OK)
		code = nabd_push(q, "x", 1);
	nabd_close(q);
	if (code != NABD_OK || chmod(path_of("mine"), 0400) != 0)
		return code != NABD_OK ? code : NABD_SYSTEM;
	code = nabd_open_opts("mine", 0, 0, NABD_OBSERVE, NULL, &q);
	if (code == NABD_OK && (nabd_empty(q) != 0 || nabd_push(q, "x", 1) != NABD_ROLE))
		code = NABD_STATE;
	nabd_close(q);
	if (code == NABD_OK && nabd_open_opts("mine", 0, 0, NABD_CONSUMER, NULL, &q) != NABD_ACCESS)
		code = NABD_ROLE;
	nabd_unlink("mine");
	return code;
}

START_TEST(an_observer_needs_no_right_to_write)
{
	ck_assert_int_eq(chmod(queue_dir(), 0777), 0);
	is(NABD_OK, run_as_other(observes_what_it_may_only_read));
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_look");

	tcase_add_test(tests, the_answers_are_true_at_each_fill);
	tcase_add_test(tests, what_is_not_finished_does_not_count);
	tcase_add_test(tests, each_number_of_the_stats);
	tcase_add_test(tests, the_stats_follow_what_happens);
	tcase_add_test(tests, the_stats_count_how_often_it_was_full);
	tcase_add_test(tests, every_queue_has_an_incarnation_of_its_own);
	tcase_add_test(tests, a_longer_struct_gets_what_is_known);
	tcase_add_test(tests, an_observer_leaves_every_byte_as_it_was);
	tcase_add_test(tests, an_observer_needs_no_right_to_write);
	return behaviour_run();
}
