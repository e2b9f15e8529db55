/* SPDX-License-Identifier: MIT */
/*
 * check_groups_arguments.c - wild arguments to the calls of groups: each has its
 * documented error, and nothing changes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "groups.h"

static char bytes[256];
static uint32_t lens[4];
static struct nabd_msg msgs[4];
static size_t number;

/* Memory that was never a consumer. */
static _Alignas(4096) unsigned char wild[65536];

/* provokes: nabd_consumer_close NABD_INVALID */
/* provokes: nabd_consumer_peek NABD_INVALID */
/* provokes: nabd_consumer_peek_msg NABD_INVALID */
/* provokes: nabd_consumer_release NABD_INVALID */
/* provokes: nabd_consumer_pop NABD_INVALID */
/* provokes: nabd_consumer_peek_batch NABD_INVALID */
/* provokes: nabd_consumer_release_batch NABD_INVALID */
/* provokes: nabd_consumer_pop_batch NABD_INVALID */
/* provokes: nabd_consumer_nack NABD_INVALID */
/* provokes: nabd_consumer_seek NABD_INVALID */
/* provokes: nabd_consumer_stats NABD_INVALID */
START_TEST(what_is_no_consumer_is_refused_by_every_call)
{
	static const unsigned char fills[] = { 0, 0xff, 0x55, 'n' };
	unsigned touched = 0;
	nabd_t *q = queue_of(4);

	all_members_calls(NULL, ALL_BUT_TELLS | KIND(TELLS), NABD_INVALID);
	all_members_calls((nabd_consumer_t *)(void *)q, ALL_BUT_TELLS | KIND(TELLS) | KIND(LEAVES),
			  NABD_INVALID);
	for (size_t f = 0; f < sizeof(fills); f++) {
		memset(wild, fills[f], sizeof(wild));
		all_members_calls((nabd_consumer_t *)(void *)wild,
				  ALL_BUT_TELLS | KIND(TELLS) | KIND(LEAVES), NABD_INVALID);
		for (size_t i = 0; i < sizeof(wild); i++)
			touched |= wild[i] ^ fills[f];
		ck_assert_uint_eq(touched, 0); /* nobody wrote there */
	}
	leave_ok(NULL);
	close_ok(q);
}
END_TEST

/* The calls on a handle, when there is none, or a consumer instead of it. */
static void no_handle(nabd_t *q)
{
	struct nabd_group_info group = { .size = (uint32_t)sizeof(group) };
	struct nabd_member_info member = { .size = (uint32_t)sizeof(member) };
	uint64_t sequence = 77;

	is(NABD_INVALID, join_code(q, 1, NULL));
	is(NABD_INVALID, nabd_group_drop(q, 1));
	is(NABD_INVALID, nabd_group_look(q, 1, &group));
	is(NABD_INVALID, nabd_member_look(q, 1, 0, &member));
	is(NABD_INVALID, nabd_min_tail(q, &sequence));
	is(NABD_INVALID, nabd_lost(q, &sequence, NULL));
	ck_assert_uint_eq(sequence, 77);
	errno = 0;
	ck_assert_ptr_null(nabd_consumer_join(q, 1));
	ck_assert_int_eq(errno, EINVAL);
}

/* provokes: nabd_consumer_join_opts NABD_INVALID */
/* provokes: nabd_group_drop NABD_INVALID */
/* provokes: nabd_group_look NABD_INVALID */
/* provokes: nabd_member_look NABD_INVALID */
/* provokes: nabd_min_tail NABD_INVALID */
/* provokes: nabd_lost NABD_INVALID */
START_TEST(what_is_no_handle_is_refused)
{
	nabd_t *q = queue_of(4);
	nabd_consumer_t *c = join_ok(q, 1);

	no_handle(NULL);
	no_handle((nabd_t *)(void *)c);
	no_handle((nabd_t *)(void *)wild);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(ids_and_pointers_of_the_calls_on_a_handle)
{
	static const unsigned wrong[] = { 17, 18, 256, 0x80000000u, ~0u };
	struct nabd_group_info group = { .size = (uint32_t)sizeof(group) };
	struct nabd_member_info member = { .size = (uint32_t)sizeof(member) };
	nabd_t *q = queue_of(4);
	nabd_consumer_t *c = join_ok(q, 1);

	for (size_t i = 0; i < COUNT(wrong); i++) {
		is(NABD_INVALID, join_code(q, wrong[i], NULL));
		is(NABD_INVALID, nabd_group_drop(q, wrong[i]));
		is(NABD_INVALID, nabd_group_look(q, wrong[i], &group));
		is(NABD_INVALID, nabd_member_look(q, wrong[i], 0, &member));
		is(NABD_INVALID, nabd_member_look(q, 1, wrong[i], &member));
	}
	is(NABD_INVALID, nabd_member_look(q, 1, 16, &member));
	is(NABD_INVALID, nabd_member_look(q, 0, 0, &member)); /* the default group has no lines */
	is(NABD_INVALID, nabd_group_drop(q, 0));	      /* and always is there */
	is(NABD_INVALID, nabd_consumer_join_opts(q, 2, NULL, NULL));
	is(NABD_NOTFOUND, look_code(q, 2)); /* none of these made a group */
	is(NABD_INVALID, nabd_group_look(q, 1, NULL));
	is(NABD_INVALID, nabd_member_look(q, 1, 0, NULL));
	is(NABD_INVALID, nabd_min_tail(q, NULL));
	ck_assert_uint_eq(group_of(q, 1).members, 1);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(null_and_zero_to_the_calls_on_a_consumer)
{
	const void *data;
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 3);
	is(NABD_INVALID, nabd_consumer_peek(c, NULL, &number));
	is(NABD_INVALID, nabd_consumer_peek(c, NULL, NULL));
	is(NABD_INVALID, nabd_consumer_peek_msg(c, NULL));
	is(NABD_INVALID, nabd_consumer_pop(c, bytes, NULL));
	number = 8;
	is(NABD_INVALID, nabd_consumer_pop(c, NULL, &number));
	number = 77;
	is(NABD_INVALID, nabd_consumer_peek_batch(c, NULL, 4, &number));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_consumer_peek_batch(c, msgs, 4, NULL));
	number = 77;
	is(NABD_INVALID, nabd_consumer_peek_batch(c, msgs, 0, &number));
	ck_assert_uint_eq(number, 0);
	number = 77;
	is(NABD_INVALID, nabd_consumer_pop_batch(c, NULL, 64, lens, 4, &number));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_consumer_pop_batch(c, bytes, 64, NULL, 4, &number));
	is(NABD_INVALID, nabd_consumer_pop_batch(c, bytes, 64, lens, 4, NULL));
	is(NABD_INVALID, nabd_consumer_pop_batch(c, bytes, 64, lens, 0, &number));
	is(NABD_STATE, nabd_consumer_release(c)); /* none of these peeked */
	is(NABD_STATE, nabd_consumer_release_batch(c, 0));
	ck_assert_uint_eq(told(c).held, 0); /* nor claimed */
	is(NABD_OK, nabd_consumer_peek(c, &data, NULL)); /* the length may be left out */
	is(NABD_OK, nabd_consumer_release(c));
	is(NABD_OK, nabd_consumer_seek(c, UINT64_MAX, NULL)); /* and where a seek ended */
	is(NABD_OK, nabd_push(q, NULL, 0));
	number = 0;
	is(NABD_OK, nabd_consumer_pop(c, NULL, &number)); /* no room needed for no bytes */
	ck_assert_uint_eq(number, 0);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_consumer_release_batch NABD_INVALID */
START_TEST(more_than_was_peeked_is_not_released)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 6);
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 3, &number));
	ck_assert_uint_eq(number, 3);
	is(NABD_INVALID, nabd_consumer_release_batch(c, 4));
	is(NABD_INVALID, nabd_consumer_release_batch(c, SIZE_MAX));
	ck_assert_uint_eq(group_of(q, 1).low, 0);
	is(NABD_OK, nabd_consumer_release_batch(c, 3));
	ck_assert_uint_eq(group_of(q, 1).low, 3);
	gets(c, 3);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* A struct that is filled in, of any version: shorter, or with a tail. */
static _Alignas(8) unsigned char info[512];
static nabd_consumer_t *member;
static nabd_t *queue;

static int fill_stats(void)
{
	return nabd_consumer_stats(member, (struct nabd_consumer_stats *)(void *)info);
}

static int fill_group(void)
{
	return nabd_group_look(queue, 3, (struct nabd_group_info *)(void *)info);
}

static int fill_member(void)
{
	return nabd_member_look(queue, 3, 0, (struct nabd_member_info *)(void *)info);
}

/* The struct has size bytes, of which the first least must be asked for. */
static void sizes_of(int (*fill_in)(void), uint32_t size, uint32_t least)
{
	for (uint32_t asked = 0; asked <= sizeof(info); asked += 4) {
		const uint32_t filled = asked < least ? 4 : asked < size ? asked : size;
		uint32_t answered;

		memset(info, 0x5a, sizeof(info));
		memcpy(info, &asked, sizeof(asked));
		is(asked < least ? NABD_INVALID : NABD_OK, fill_in());
		memcpy(&answered, info, sizeof(answered));
		ck_assert_uint_eq(answered, asked < least ? asked : filled);
		for (size_t i = filled; i < sizeof(info); i++)
			ck_assert_uint_eq(info[i], 0x5a);
	}
}

START_TEST(the_sizes_of_what_is_filled_in)
{
	queue = queue_of(4);
	member = join_ok(queue, 3);
	is(NABD_INVALID, nabd_consumer_stats(member, NULL));
	sizes_of(fill_stats, sizeof(struct nabd_consumer_stats),
		 offsetof(struct nabd_consumer_stats, gap));
	sizes_of(fill_group, sizeof(struct nabd_group_info),
		 offsetof(struct nabd_group_info, made));
	sizes_of(fill_member, sizeof(struct nabd_member_info),
		 offsetof(struct nabd_member_info, deliveries));
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* Options of all sizes: whole fields, or more than we know, which then must be zero. */
START_TEST(the_sizes_of_join_options)
{
	static const size_t whole[] = {
		offsetof(struct nabd_join_opts, max_deliveries),
		offsetof(struct nabd_join_opts, max_stall_ms),
		offsetof(struct nabd_join_opts, max_lag),
		offsetof(struct nabd_join_opts, sequence),
		offsetof(struct nabd_join_opts, dead_letter),
		offsetof(struct nabd_join_opts, dead_letter_arg),
		offsetof(struct nabd_join_opts, dead_letters),
	};
	static _Alignas(8) unsigned char opts[8192];
	static const uint32_t wild_sizes[] = { 4100, 8192, 1u << 20, 0x80000000u, UINT32_MAX };
	nabd_t *q = queue_of(4);

	for (uint32_t size = 0; size <= 4096; size++) {
		int right = size >= sizeof(struct nabd_join_opts) && size % 4 == 0;

		for (size_t i = 0; i < COUNT(whole); i++)
			right |= size == whole[i];
		memcpy(opts, &size, sizeof(size));
		if (size % 4 == 0 || size < 256)
			is(right ? NABD_OK : NABD_INVALID,
			   join_code(q, 1, (const struct nabd_join_opts *)(void *)opts));
	}
	for (uint32_t size = sizeof(struct nabd_join_opts) + 4; size <= 4096; size += 36) {
		memcpy(opts, &size, sizeof(size));
		opts[size - 1] = 1; /* a wish that this library does not know */
		is(NABD_INVALID, join_code(q, 1, (const struct nabd_join_opts *)(void *)opts));
		opts[size - 1] = 0;
	}
	for (size_t i = 0; i < COUNT(wild_sizes); i++) {
		memcpy(opts, &wild_sizes[i], sizeof(uint32_t));
		is(NABD_INVALID, join_code(q, 1, (const struct nabd_join_opts *)(void *)opts));
	}
	close_ok(q);
}
END_TEST

static int takes_all(const struct nabd_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return 0;
}

/* provokes: nabd_consumer_join_opts NABD_INVALID NABD_ROLE */
START_TEST(join_options_that_make_no_sense)
{
	static const uint32_t starts[] = { NABD_JOIN_OLDEST, NABD_JOIN_NEWEST,
					   NABD_JOIN_SEQUENCE };
	nabd_t *q = queue_of(4), *only_reads;
	struct nabd_join_opts opts;

	for (size_t i = 0; i < COUNT(starts); i++) {
		for (size_t j = 0; j < i; j++) {
			opts = with_flags(starts[i] | starts[j]);
			is(NABD_INVALID, join_code(q, 1, &opts));
		}
	}
	opts = with_flags(NABD_JOIN_OLDEST | NABD_JOIN_NEWEST | NABD_JOIN_SEQUENCE);
	is(NABD_INVALID, join_code(q, 1, &opts));
	for (unsigned bit = 4; bit < 32; bit++) {
		opts = with_flags(1u << bit);
		is(NABD_INVALID, join_code(q, 1, &opts));
	}
	opts = with_flags(0);
	opts.max_deliveries = NABD_MAX_DELIVERIES + 1;
	is(NABD_INVALID, join_code(q, 1, &opts));
	opts.max_deliveries = NABD_MAX_DELIVERIES;
	opts.dead_letters = (nabd_t *)(void *)wild;
	is(NABD_INVALID, join_code(q, 1, &opts));
	opts.dead_letters = q;
	opts.dead_letter = takes_all;
	is(NABD_INVALID, join_code(q, 1, &opts));
	only_reads = open_ok("q", 0, 0, NABD_CONSUMER);
	opts.dead_letters = only_reads;
	opts.dead_letter = NULL;
	is(NABD_ROLE, join_code(q, 1, &opts));
	close_ok(only_reads);
	is(NABD_NOTFOUND, look_code(q, 1)); /* none of these made it */
	close_ok(q);
}
END_TEST

/* provokes: nabd_consumer_join_opts NABD_ROLE */
/* provokes: nabd_group_drop NABD_ROLE NABD_NOTFOUND */
/* provokes: nabd_group_look NABD_NOTFOUND */
/* provokes: nabd_member_look NABD_NOTFOUND */
/* provokes: nabd_lost NABD_ROLE */
START_TEST(who_may_join_and_drop_and_look)
{
	static const unsigned flags[] = { NABD_OBSERVE, 0, NABD_PRODUCER, NABD_CONSUMER };
	struct nabd_member_info info_of = { .size = (uint32_t)sizeof(info_of) };
	nabd_t *q = queue_of(4);
	nabd_consumer_t *c = join_ok(q, 3);

	close_ok(open_ok("other", 4, 64, NABD_CREATE));
	for (size_t i = 0; i < COUNT(flags); i++) {
		nabd_t *any = open_ok("other", 0, 0, flags[i]);

		errno = 0;
		if (flags[i] != NABD_CONSUMER) {
			is(NABD_ROLE, join_code(any, 1, NULL));
			ck_assert_ptr_null(nabd_consumer_join(any, 1));
			ck_assert_int_eq(errno, EPERM);
			is(NABD_ROLE, nabd_lost(any, NULL, NULL));
		}
		for (unsigned g = 0; g <= 16; g++)
			is(NABD_NOTFOUND, look_code(any, g));
		is(NABD_NOTFOUND, nabd_member_look(any, 1, 0, &info_of));
		is((flags[i] & (NABD_PRODUCER | NABD_CONSUMER)) == 0 ? NABD_ROLE : NABD_NOTFOUND,
		   nabd_group_drop(any, 1));
		close_ok(any);
	}
	is(NABD_NOTFOUND, nabd_member_look(q, 3, 1, &info_of));
	is(NABD_NOTFOUND, nabd_member_look(q, 3, 15, &info_of));
	is(NABD_NOTFOUND, nabd_group_drop(q, 4));
	is(NABD_OK, nabd_group_drop(q, 3));
	is(NABD_NOTFOUND, nabd_group_drop(q, 3)); /* it is gone, though c does not know */
	is(NABD_NOTFOUND, look_code(q, 3));
	is(NABD_NOTFOUND, nabd_member_look(q, 3, 0, &info_of));
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_close NABD_STATE */
START_TEST(a_handle_is_closed_after_its_consumers)
{
	nabd_t *q = queue_of(4);
	nabd_consumer_t *one = join_ok(q, 1), *two = join_ok(q, 1), *other = join_ok(q, 2);

	is(NABD_STATE, nabd_close(q));
	push_numbers(q, 0, 3); /* and it is open still, and so are they */
	gets(one, 0);
	gets(two, 1);
	gets(other, 0);
	leave_ok(one);
	is(NABD_STATE, nabd_close(q));
	leave_ok(other);
	is(NABD_STATE, nabd_close(q));
	is(NABD_OK, nabd_group_drop(q, 1)); /* a consumer that lost its group is one still */
	is(NABD_STATE, nabd_close(q));
	leave_ok(two);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_arguments");

	tcase_add_test(tests, what_is_no_consumer_is_refused_by_every_call);
	tcase_add_test(tests, what_is_no_handle_is_refused);
	tcase_add_test(tests, ids_and_pointers_of_the_calls_on_a_handle);
	tcase_add_test(tests, null_and_zero_to_the_calls_on_a_consumer);
	tcase_add_test(tests, more_than_was_peeked_is_not_released);
	tcase_add_test(tests, the_sizes_of_what_is_filled_in);
	tcase_add_test(tests, the_sizes_of_join_options);
	tcase_add_test(tests, join_options_that_make_no_sense);
	tcase_add_test(tests, who_may_join_and_drop_and_look);
	tcase_add_test(tests, a_handle_is_closed_after_its_consumers);
	return behaviour_run();
}
