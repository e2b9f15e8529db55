/* SPDX-License-Identifier: MIT */
/*
 * check_latency_calls.c - what the calls about latency refuse, queues that have no times or
 * have them, and that a time is told of messages in place alone.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "groups.h"

#define SIZED(type) { .size = (uint32_t)sizeof(struct type) }
#define BOTH        (NABD_PRODUCER | NABD_CONSUMER)

static nabd_t *timed_queue(unsigned more)
{
	return open_ok("q", 8, 64, NABD_CREATE | NABD_EXCL | NABD_TIMESTAMPS | BOTH | more);
}

static int get(nabd_t *q, unsigned group, unsigned member)
{
	struct nabd_latency l = SIZED(nabd_latency);

	return nabd_latency_get(q, group, member, &l);
}

/* provokes: nabd_latency_get NABD_OK NABD_INVALID */
START_TEST(readers_that_can_be_asked_for)
{
	struct nabd_latency l = SIZED(nabd_latency);
	nabd_t *q = timed_queue(0), *o = open_ok("q", 0, 0, NABD_OBSERVE);

	is(NABD_OK, get(o, 0, NABD_LATENCY_ALL));
	is(NABD_OK, get(q, NABD_LATENCY_ALL, NABD_LATENCY_ALL));
	is(NABD_OK, get(q, 16, NABD_LATENCY_ALL));
	is(NABD_OK, get(q, 1, 0));
	is(NABD_OK, get(q, 16, 15));
	is(NABD_INVALID, get(q, 17, NABD_LATENCY_ALL));
	is(NABD_INVALID, get(q, 17, 0));
	is(NABD_INVALID, get(q, 1, 16));
	is(NABD_INVALID, get(q, 0, 0));
	is(NABD_INVALID, get(q, NABD_LATENCY_ALL, 0));
	is(NABD_INVALID, get(NULL, 1, 0));
	is(NABD_INVALID, nabd_latency_get(q, 1, 0, NULL));
	l.size--;
	is(NABD_INVALID, nabd_latency_get(q, 1, 0, &l));
	close_ok(q);
	is(NABD_OK, get(o, 0, NABD_LATENCY_ALL));
	close_ok(o);
}
END_TEST

/* provokes: nabd_latency_since NABD_OK NABD_INVALID */
/* provokes: nabd_latency_summary NABD_OK NABD_INVALID */
START_TEST(arithmetic)
{
	struct nabd_latency a = SIZED(nabd_latency), b = a, d = a, less = a;
	struct nabd_latency_summary s = SIZED(nabd_latency_summary);
	nabd_t *q = timed_queue(0);
	uint64_t number;

	is(NABD_OK, nabd_latency_get(q, 0, NABD_LATENCY_ALL, &a));
	push_numbers(q, 0, 3);
	for (number = 0; number < 3; number++)
		reads_number(q, number);
	is(NABD_OK, nabd_latency_get(q, 0, NABD_LATENCY_ALL, &b));
	is(NABD_OK, nabd_latency_since(&a, &b, &d));
	ck_assert_uint_eq(d.size, sizeof(d));
	ck_assert_uint_eq(d.count, 3);
	ck_assert_uint_eq(d.created_ns, stats_of(q).created_ns);
	is(NABD_OK, nabd_latency_summary(&d, &s));
	ck_assert_uint_eq(s.size, sizeof(s));
	ck_assert_uint_eq(s.count, 3);
	is(NABD_INVALID, nabd_latency_since(&b, &a, &d));
	is(NABD_INVALID, nabd_latency_since(NULL, &b, &d));
	is(NABD_INVALID, nabd_latency_since(&a, NULL, &d));
	is(NABD_INVALID, nabd_latency_since(&a, &b, NULL));
	less.size--;
	is(NABD_INVALID, nabd_latency_since(&less, &b, &d));
	is(NABD_INVALID, nabd_latency_since(&a, &less, &d));
	is(NABD_INVALID, nabd_latency_since(&a, &b, &less));
	is(NABD_INVALID, nabd_latency_summary(&less, &s));
	is(NABD_INVALID, nabd_latency_summary(NULL, &s));
	is(NABD_INVALID, nabd_latency_summary(&b, NULL));
	s.size--;
	is(NABD_INVALID, nabd_latency_summary(&b, &s));
	is(NABD_OK, nabd_latency_since(&a, &b, &a)); /* in the place of one of them */
	ck_assert_uint_eq(a.count, 3);
	close_ok(q);
}
END_TEST

/* A caller of a later version: it is told how much was filled in, and keeps the rest. */
START_TEST(longer_structs_are_understood)
{
	struct {
		struct nabd_latency known;
		uint64_t more[4];
	} l = {.known = {.size = sizeof(l)}, .more = {7, 7, 7, 7}}, d = l;
	struct {
		struct nabd_latency_summary known;
		uint64_t more[4];
	} s = {.known = {.size = sizeof(s)}, .more = {7, 7, 7, 7}};
	nabd_t *q = timed_queue(0);

	is(NABD_OK, nabd_latency_get(q, 0, NABD_LATENCY_ALL, &l.known));
	ck_assert_uint_eq(l.known.size, sizeof(l.known));
	is(NABD_OK, nabd_latency_since(&l.known, &l.known, &d.known));
	ck_assert_uint_eq(d.known.size, sizeof(d.known));
	is(NABD_OK, nabd_latency_summary(&l.known, &s.known));
	ck_assert_uint_eq(s.known.size, sizeof(s.known));
	for (unsigned i = 0; i < 4; i++)
		ck_assert(l.more[i] == 7 && d.more[i] == 7 && s.more[i] == 7);
	close_ok(q);
}
END_TEST

/* provokes: nabd_message_time NABD_OK NABD_INVALID */
START_TEST(a_message_tells_its_time)
{
	struct timespec before, after;
	struct nabd_msg msg, moved;
	uint64_t ns = 0;
	nabd_t *q = timed_queue(0);
	nabd_consumer_t *c = join_ok(q, 1);

	clock_gettime(CLOCK_MONOTONIC, &before);
	is(NABD_OK, push_number(q, 0));
	clock_gettime(CLOCK_MONOTONIC, &after);
	is(NABD_OK, nabd_consumer_peek_msg(c, &msg));
	is(NABD_OK, nabd_message_time(q, &msg, &ns));
	ck_assert_uint_ge(ns, (uint64_t)before.tv_sec * 1000000000u + (uint64_t)before.tv_nsec);
	ck_assert_uint_le(ns, (uint64_t)after.tv_sec * 1000000000u + (uint64_t)after.tv_nsec);
	is(NABD_INVALID, nabd_message_time(NULL, &msg, &ns));
	is(NABD_INVALID, nabd_message_time(q, NULL, &ns));
	is(NABD_INVALID, nabd_message_time(q, &msg, NULL));
	moved = msg;
	moved.data = &msg;
	is(NABD_INVALID, nabd_message_time(q, &moved, &ns));
	moved = msg;
	moved.sequence++;
	is(NABD_INVALID, nabd_message_time(q, &moved, &ns));
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_message_time NABD_LAPPED */
START_TEST(one_that_is_gone_has_no_time)
{
	struct nabd_msg msg;
	uint64_t ns = 77;
	nabd_t *q = timed_queue(NABD_OVERWRITE);

	is(NABD_OK, push_number(q, 0));
	is(NABD_OK, nabd_peek_msg(q, &msg));
	push_numbers(q, 1, 9);
	is(NABD_LAPPED, nabd_message_time(q, &msg, &ns));
	ck_assert_uint_eq(ns, 77);
	close_ok(q);
}
END_TEST

static nabd_t *parents;
static struct nabd_msg parents_msg;

static int child_gets(void)
{
	return get(parents, 0, NABD_LATENCY_ALL);
}

static int child_asks(void)
{
	uint64_t ns;

	return nabd_message_time(parents, &parents_msg, &ns);
}

/* provokes: nabd_latency_get NABD_FORKED */
/* provokes: nabd_message_time NABD_FORKED */
START_TEST(a_child_is_told_so)
{
	parents = timed_queue(0);
	is(NABD_OK, push_number(parents, 0));
	is(NABD_OK, nabd_peek_msg(parents, &parents_msg));
	is(NABD_FORKED, run_forked(child_gets));
	is(NABD_FORKED, run_forked(child_asks));
	close_ok(parents);
}
END_TEST

/* provokes: nabd_open_opts NABD_GEOMETRY */
START_TEST(times_are_of_the_queue)
{
	nabd_t *q = timed_queue(0), *o = open_ok("q", 0, 0, NABD_CREATE | NABD_CONSUMER);

	ck_assert_uint_ne(stats_of(o).state & NABD_STATE_TIMESTAMPS, 0);
	ck_assert_uint_eq(stats_of(o).stride, 80);
	close_ok(o);
	is(NABD_OK, open_code("q", 8, 64, NABD_TIMESTAMPS | NABD_CONSUMER));
	is(NABD_GEOMETRY, open_code("q", 8, 64, NABD_OVERWRITE | NABD_CONSUMER));
	close_ok(q);
	is(NABD_OK, nabd_unlink("q"));
	q = queue_of(8);
	ck_assert_uint_eq(stats_of(q).stride, 72);
	is(NABD_GEOMETRY, open_code("q", 8, 64, NABD_TIMESTAMPS | NABD_CONSUMER));
	is(NABD_GEOMETRY, open_code("q", 8, 64, NABD_CREATE | NABD_TIMESTAMPS | NABD_CONSUMER));
	is(NABD_INVALID, open_code("q", 0, 0, NABD_TIMESTAMPS | NABD_OBSERVE));
	close_ok(q);
}
END_TEST

/* Every size and alignment: what lies before a payload is in its own slot. */
START_TEST(slots_do_not_overlap)
{
	for (uint32_t align = 8; align <= 4096; align *= 2) {
		for (size_t size = 1; size < 40; size += 7) {
			struct nabd_opts opts = NABD_OPTS_INIT;
			struct nabd_msg msgs[8];
			uint8_t bytes[64];
			nabd_t *q;
			size_t n;

			opts.align = align;
			is(NABD_OK, nabd_open_opts("q", 8, size,
						   NABD_CREATE | NABD_EXCL | NABD_TIMESTAMPS | BOTH,
						   &opts, &q));
			for (int round = 0; round < 3; round++) {
				for (uint8_t i = 0; i < 8; i++) {
					memset(bytes, 0xf0 + i, size);
					is(NABD_OK, nabd_push(q, bytes, size));
				}
				is(NABD_OK, nabd_peek_batch(q, msgs, 8, &n));
				ck_assert_uint_eq(n, 8);
				for (uint8_t i = 0; i < 8; i++) {
					memset(bytes, 0xf0 + i, size);
					ck_assert_uint_eq(msgs[i].len, size);
					ck_assert_uint_eq((uintptr_t)msgs[i].data % align, 0);
					ck_assert_mem_eq(msgs[i].data, bytes, size);
				}
				is(NABD_OK, nabd_release_batch(q, 8));
			}
			close_ok(q);
			is(NABD_OK, nabd_unlink("q"));
		}
	}
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_latency_calls");

	tcase_add_test(tests, readers_that_can_be_asked_for);
	tcase_add_test(tests, arithmetic);
	tcase_add_test(tests, longer_structs_are_understood);
	tcase_add_test(tests, a_message_tells_its_time);
	tcase_add_test(tests, one_that_is_gone_has_no_time);
	tcase_add_test(tests, a_child_is_told_so);
	tcase_add_test(tests, times_are_of_the_queue);
	tcase_add_test(tests, slots_do_not_overlap);
	return behaviour_run();
}
