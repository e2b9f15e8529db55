/* SPDX-License-Identifier: MIT */
/*
 * check_groups_far.c - sequences that the low 16 or 32 bits do not tell apart, and rings
 * of more slots than a member claims at once.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "groups.h"
#include "raw.h"

#define SLOTS 8u

static struct nabd_msg msgs[64];
static size_t got;

/* Just below where some bits of a sequence are all ones, and the most that a group has. */
static const uint64_t bases[] = {
	UINT64_C(0x10000) - 3,	   UINT64_C(0x70000) - 3,      UINT64_C(0x80000000) - 3,
	UINT64_C(0x100000000) - 3, UINT64_C(0x100000000) - 16, UINT64_C(0x300000000) - 3,
	UINT64_C(0x1000000000000), (UINT64_C(1) << 54) - 3,
};

/* As if base messages had been sent, and those below tail were read; nobody has it open. */
static void age(uint64_t base, uint64_t tail)
{
	map_raw();
	for (uint64_t number = base - SLOTS; number < base; number++) {
		*stamp(number) = stamp_value(number, sizeof(number));
		memcpy((unsigned char *)(uintptr_t)stamp(number) + 8, &number, sizeof(number));
	}
	*word(&producer->head) = base;
	*word(&producer->tail) = *word(&producer->told) = tail;
	munmap(raw, raw_len);
}

static nabd_t *old_queue(uint64_t base, unsigned flags)
{
	close_ok(open_ok("q", SLOTS, 64, NABD_CREATE | flags));
	age(base, flags == NABD_OVERWRITE ? base - SLOTS : base);
	return open_ok("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER);
}

static void is_gone(nabd_t *q)
{
	close_ok(q);
	is(NABD_OK, nabd_unlink("q"));
}

START_TEST(members_share_across_the_wrap)
{
	for (size_t i = 0; i < COUNT(bases); i++) {
		nabd_t *q = old_queue(bases[i], 0);
		nabd_consumer_t *c = join_ok(q, 1), *d = join_ok(q, 1), *lone = join_ok(q, 2);

		for (uint64_t at = bases[i]; at < bases[i] + 40; at += 4) {
			push_numbers(q, at, at + 4);
			gets(c, at);
			is(NABD_OK, nabd_consumer_peek_batch(d, msgs, 2, &got));
			is_number(&msgs[1], at + 2, 1);
			gets(c, at + 3);
			ck_assert_uint_eq(group_of(q, 1).low, at + 1);
			is(NABD_OK, nabd_consumer_release_batch(d, 2));
			gets_numbers(lone, at, at + 4);
			ck_assert_uint_eq(min_tail_of(q), at + 4);
		}
		ck_assert_uint_eq(fill(q, bases[i] + 40), SLOTS);
		leave_ok(c);
		leave_ok(d);
		leave_ok(lone);
		is_gone(q);
	}
}
END_TEST

START_TEST(redelivery_across_the_wrap)
{
	for (size_t i = 0; i < COUNT(bases); i++) {
		nabd_t *q = old_queue(bases[i], 0);
		nabd_consumer_t *c;
		const uint64_t at = bases[i];

		push_numbers(q, at, at + SLOTS);
		for (int death = 0; death < 3; death++)
			kill_member(start_member(1, NULL, holds_four));
		c = join_ok(q, 1);
		for (uint64_t number = at; number < at + 4; number++)
			gets_again(c, number, 4);
		gets(c, at + 4);
		is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 2, &got));
		is(NABD_OK, nabd_consumer_nack(c));
		gets_again(c, at + 5, 2);
		gets_again(c, at + 6, 2);
		gets(c, at + 7);
		push_numbers(q, at + SLOTS, at + 2 * SLOTS);
		gets_numbers(c, at + SLOTS, at + 2 * SLOTS);
		leave_ok(c);
		is_gone(q);
	}
}
END_TEST

START_TEST(starts_and_seeks_across_the_wrap)
{
	for (size_t i = 0; i < COUNT(bases); i++) {
		struct nabd_join_opts opts = with_flags(NABD_JOIN_SEQUENCE);
		nabd_t *q = old_queue(bases[i], 0);
		nabd_consumer_t *c = join_ok(q, 1), *d;
		const uint64_t at = bases[i];
		uint64_t actual;

		push_numbers(q, at, at + SLOTS);
		opts.sequence = at + 5;
		d = join_with(q, 2, &opts);
		gets_numbers(d, at + 5, at + SLOTS);
		is(NABD_OK, nabd_consumer_seek(c, at + 4, &actual));
		ck_assert_uint_eq(actual, at + 4);
		gets(c, at + 4);
		is(NABD_OK, nabd_consumer_seek(c, 0, &actual));
		ck_assert_uint_eq(actual, at);
		is(NABD_OK, nabd_consumer_seek(c, UINT64_MAX, &actual));
		ck_assert_uint_eq(actual, at + SLOTS);
		push_numbers(q, at + SLOTS, at + 2 * SLOTS);
		gets_numbers(c, at + SLOTS, at + 2 * SLOTS);
		gets_numbers(d, at + SLOTS, at + 2 * SLOTS);
		leave_ok(c);
		leave_ok(d);
		is_gone(q);
	}
}
END_TEST

START_TEST(eviction_across_the_wrap)
{
	for (size_t i = 0; i < COUNT(bases); i++) {
		struct nabd_join_opts opts = with_flags(0);
		nabd_t *q = old_queue(bases[i], 0);
		nabd_consumer_t *c;

		opts.max_lag = SLOTS;
		c = join_with(q, 1, &opts);
		push_numbers(q, bases[i], bases[i] + SLOTS + 1);
		is(NABD_EVICTED, nabd_consumer_peek_msg(c, &msgs[0]));
		ck_assert_uint_eq(told(c).gap, SLOTS);
		leave_ok(c);
		is_gone(q);
	}
}
END_TEST

/* No queue has had so many; a group could not tell them apart. */
START_TEST(a_head_beyond_all_is_damage)
{
	static const uint64_t beyond[] = { UINT64_C(1) << 55, UINT64_C(1) << 56,
					   UINT64_C(1) << 60 };

	for (size_t i = 0; i < COUNT(beyond); i++) {
		nabd_t *q = old_queue(beyond[i], 0);

		is(NABD_CORRUPT, join_code(q, 1, NULL));
		is_gone(q);
	}
}
END_TEST

/* A group that slept, while a producer went so far that its slots look as they did. */
START_TEST(a_sleeper_is_lapped_by_any_number)
{
	static const uint64_t laps[] = {
		UINT64_C(0x7fffffff), UINT64_C(0x80000000),  UINT64_C(0x80000008),
		UINT64_C(0xfffffff8), UINT64_C(0x100000000), UINT64_C(0x100000008),
		UINT64_C(0x200000000), UINT64_C(0x123456789a),
	};

	for (size_t i = 0; i < COUNT(laps); i++) {
		uint64_t gap;
		nabd_consumer_t *c;
		nabd_t *q = open_ok("q", SLOTS, 64, NABD_CREATE | NABD_OVERWRITE | NABD_PRODUCER |
							    NABD_CONSUMER);

		push_numbers(q, 0, 4);
		reads_number(q, 0);
		c = join_ok(q, 1);
		is(NABD_OK, nabd_consumer_seek(c, 1, NULL));
		leave_ok(c);
		close_ok(q);
		age(laps[i] + SLOTS, laps[i]);
		q = open_ok("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER);
		got = sizeof(msgs);
		is(NABD_LAPPED, nabd_pop(q, msgs, &got));
		is(NABD_OK, nabd_lost(q, &gap, NULL));
		ck_assert_uint_eq(gap, laps[i] - 1);
		reads_number(q, laps[i]);
		c = join_ok(q, 1);
		is(NABD_LAPPED, nabd_consumer_peek_msg(c, &msgs[0]));
		while (nabd_consumer_peek_msg(c, &msgs[0]) == NABD_LAPPED)
			; /* it may have to be told in parts */
		ck_assert_uint_eq(told(c).lost, laps[i] - 1);
		gets_numbers(c, laps[i], laps[i] + SLOTS);
		leave_ok(c);
		is_gone(q);
	}
}
END_TEST

/* Without the assertions of Check, each of which writes. */
static void gets_quietly(nabd_consumer_t *c, uint64_t number, uint32_t deliveries)
{
	struct nabd_msg msg;
	uint64_t content;

	if (nabd_consumer_peek_msg(c, &msg) == NABD_OK) {
		memcpy(&content, msg.data, sizeof(content));
		if (msg.sequence == number && content == number && msg.deliveries == deliveries &&
		    nabd_consumer_release(c) == NABD_OK)
			return;
	}
	ck_abort_msg("%llu did not come", (unsigned long long)number);
}

#define MANY 65536u

/* Members claim a part at most, and all of it comes, once, in order, and again after a death. */
START_TEST(a_ring_of_many_slots)
{
	nabd_t *q = open_ok("q", MANY, 8, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
	struct nabd_msg *all = calloc(2 * MANY, sizeof(*all));
	nabd_consumer_t *c = join_ok(q, 1);
	uint64_t head = 0, next = 0;

	ck_assert_ptr_nonnull(all);
	for (int lap = 0; lap < 3; lap++) {
		for (; head < next + MANY; head++)
			if (push_number(q, head) != NABD_OK)
				ck_abort_msg("%llu was not sent", (unsigned long long)head);
		is(NABD_FULL, push_number(q, head));
		is(NABD_OK, nabd_consumer_peek_batch(c, all, 2 * MANY, &got));
		ck_assert_uint_ge(got, 1000);
		leave_ok(c); /* with all of it in its hands */
		c = join_ok(q, 1);
		for (uint64_t n = 0; n < got; n++)
			gets_quietly(c, next + n, 2);
		for (next += got; next < head;) {
			is(NABD_OK, nabd_consumer_peek_batch(c, all, 2 * MANY, &got));
			is_number(&all[0], next, 1);
			is_number(&all[got - 1], next + got - 1, 1);
			next += got;
			is(NABD_OK, nabd_consumer_release_batch(c, got));
		}
		ck_assert_uint_eq(next, head);
		gets_nothing(c);
	}
	leave_ok(c);
	close_ok(q);
	free(all);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_far");

	tcase_add_test(tests, members_share_across_the_wrap);
	tcase_add_test(tests, redelivery_across_the_wrap);
	tcase_add_test(tests, starts_and_seeks_across_the_wrap);
	tcase_add_test(tests, eviction_across_the_wrap);
	tcase_add_test(tests, a_head_beyond_all_is_damage);
	tcase_add_test(tests, a_sleeper_is_lapped_by_any_number);
	tcase_add_test(tests, a_ring_of_many_slots);
	return behaviour_run();
}
