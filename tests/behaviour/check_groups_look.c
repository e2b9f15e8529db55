/* SPDX-License-Identifier: MIT */
/*
 * check_groups_look.c - what can be seen of groups and members: true at each step, by
 * any handle, and looking changes not one byte.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "groups.h"

#define HOLDS	  NABD_GROUP_STATE_HOLDS
#define ALIVE	  NABD_GROUP_STATE_ALIVE
#define EPHEMERAL NABD_GROUP_STATE_EPHEMERAL

static struct nabd_msg msgs[16];
static unsigned char bytes[256];
static uint32_t lens[16];
static size_t got;

static void looks(nabd_t *q, unsigned group, uint32_t state, uint64_t position, uint64_t low,
		  uint64_t lag)
{
	struct nabd_group_info info = group_of(q, group);

	ck_assert_uint_eq(info.state, state);
	ck_assert_uint_eq(info.position, position);
	ck_assert_uint_eq(info.low, low);
	ck_assert_uint_eq(info.lag, lag);
}

static unsigned number_of_groups(nabd_t *q)
{
	unsigned n = 0;

	for (unsigned g = 0; g <= NABD_MAX_GROUPS; g++)
		n += look_code(q, g) == NABD_OK;
	return n;
}

static unsigned number_of_members(nabd_t *q, unsigned group)
{
	unsigned n = 0;

	for (unsigned m = 0; m < NABD_MAX_MEMBERS; m++) {
		struct nabd_member_info info = { .size = (uint32_t)sizeof(info) };
		int code = nabd_member_look(q, group, m, &info);

		if (code != NABD_NOTFOUND)
			is(NABD_OK, code);
		n += code == NABD_OK;
	}
	return n;
}

START_TEST(the_default_group_is_a_group_when_it_was_read)
{
	nabd_t *q = queue_of(4), *o = open_ok("q", 0, 0, NABD_OBSERVE);

	push_numbers(q, 0, 3);
	is(NABD_NOTFOUND, look_code(o, 0));
	ck_assert_uint_eq(number_of_groups(o), 0);
	reads_number(q, 0);
	looks(o, 0, HOLDS | ALIVE, 1, 1, 2);
	ck_assert_uint_eq(group_of(o, 0).members, 1);
	ck_assert_uint_eq(group_of(o, 0).made, 1);
	close_ok(q);
	looks(o, 0, HOLDS, 1, 1, 2);
	ck_assert_uint_eq(group_of(o, 0).members, 0);
	close_ok(o);
}
END_TEST

/* provokes: nabd_group_look NABD_OK */
START_TEST(a_group_is_followed_step_by_step)
{
	nabd_t *q = queue_of(8), *o = open_ok("q", 0, 0, NABD_OBSERVE);
	nabd_consumer_t *c = join_ok(q, 3), *d = join_ok(q, 3);

	looks(o, 3, HOLDS | ALIVE, 0, 0, 0);
	push_numbers(q, 0, 6);
	looks(o, 3, HOLDS | ALIVE, 0, 0, 6);
	peeks(c, 0, 1);
	looks(o, 3, HOLDS | ALIVE, 1, 0, 6);
	ck_assert_uint_eq(group_of(o, 3).holding, 1);
	is(NABD_OK, nabd_consumer_peek_batch(d, msgs, 3, &got));
	looks(o, 3, HOLDS | ALIVE, 4, 0, 6);
	ck_assert_uint_eq(group_of(o, 3).holding, 2);
	is(NABD_OK, nabd_consumer_release(c));
	looks(o, 3, HOLDS | ALIVE, 4, 1, 5);
	ck_assert_uint_eq(group_of(o, 3).holding, 1);
	gets(c, 4);
	looks(o, 3, HOLDS | ALIVE, 5, 1, 5);
	is(NABD_OK, nabd_consumer_release_batch(d, 2));
	looks(o, 3, HOLDS | ALIVE, 5, 3, 3);
	gets(d, 3);
	looks(o, 3, HOLDS | ALIVE, 5, 5, 1);
	ck_assert_uint_eq(group_of(o, 3).members, 2);
	leave_ok(d);
	ck_assert_uint_eq(group_of(o, 3).members, 1);
	leave_ok(c);
	ck_assert_uint_eq(group_of(o, 3).members, 0);
	looks(o, 3, HOLDS, 5, 5, 1);
	close_ok(q);
	close_ok(o);
}
END_TEST

/* Where it holds something; what a lone member has claimed is its own matter. */
static void is_at(nabd_t *q, unsigned group, uint32_t state, uint64_t low, uint64_t lag)
{
	struct nabd_group_info info = group_of(q, group);

	ck_assert_uint_eq(info.state, state);
	ck_assert_uint_eq(info.low, low);
	ck_assert_uint_eq(info.lag, lag);
}

START_TEST(the_one_furthest_behind_holds)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c[3] = { join_ok(q, 1), join_ok(q, 2), join_ok(q, 16) };

	for (uint64_t head = 0; head < 40; head += 5) {
		push_numbers(q, head, head + 5);
		gets_numbers(c[0], head, head + 1);
		gets_numbers(c[1], head, head + 4);
		gets_numbers(c[2], head, head + 2);
		is_at(q, 1, HOLDS | ALIVE, head + 1, 4);
		is_at(q, 2, ALIVE, head + 4, 1);
		is_at(q, 16, ALIVE, head + 2, 3);
		ck_assert_uint_eq(min_tail_of(q), head + 1);
		gets_numbers(c[0], head + 1, head + 2);
		is_at(q, 1, HOLDS | ALIVE, head + 2, 3);
		is_at(q, 16, HOLDS | ALIVE, head + 2, 3); /* both of them */
		gets_numbers(c[0], head + 2, head + 5);
		gets_numbers(c[1], head + 4, head + 5);
		gets_numbers(c[2], head + 2, head + 5);
		ck_assert_uint_eq(min_tail_of(q), head + 5);
		ck_assert_int_eq(nabd_fill_level(q), 0);
	}
	ck_assert_uint_eq(number_of_groups(q), 3);
	for (int i = 0; i < 3; i++)
		leave_ok(c[i]);
	close_ok(q);
}
END_TEST

START_TEST(what_a_group_was_made_with)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c, *again;
	struct nabd_group_info info;

	opts.max_deliveries = 7;
	opts.max_stall_ms = 123456;
	opts.max_lag = UINT64_C(1) << 40;
	c = join_with(q, 5, &opts);
	opts = with_flags(0);
	opts.max_deliveries = 8; /* of no account, where the group is there */
	again = join_with(q, 5, &opts);
	info = group_of(q, 5);
	ck_assert_uint_eq(info.state, EPHEMERAL | ALIVE | HOLDS);
	ck_assert_uint_eq(info.max_deliveries, 7);
	ck_assert_uint_eq(info.max_stall_ms, 123456);
	ck_assert_uint_eq(info.max_lag, UINT64_C(1) << 40);
	ck_assert_uint_eq(info.made, 1);
	leave_ok(again);
	leave_ok(c);
	is(NABD_NOTFOUND, look_code(q, 5));
	for (uint64_t made = 2; made < 100; made++) { /* and the others not at all */
		c = join_with(q, 5, &opts);
		info = group_of(q, 5);
		ck_assert_uint_eq(info.made, made);
		ck_assert_uint_eq(info.state, ALIVE | HOLDS);
		ck_assert_uint_eq(info.max_deliveries, 8);
		ck_assert_uint_eq(info.max_stall_ms + info.max_lag, 0);
		leave_ok(c);
		is(NABD_OK, nabd_group_drop(q, 5));
	}
	close_ok(q);
}
END_TEST

/* provokes: nabd_member_look NABD_OK NABD_NOTFOUND */
START_TEST(members_are_seen_with_what_they_hold)
{
	nabd_t *q = queue_of(16), *o = open_ok("q", 0, 0, NABD_OBSERVE);
	nabd_consumer_t *c = join_ok(q, 2), *d = join_ok(q, 2);
	struct nabd_member_info info;

	push_numbers(q, 0, 12);
	ck_assert_uint_eq(number_of_members(o, 2), 2);
	info = member_of(o, 2, 0);
	ck_assert(info.alive == 1 && info.first == 0 && info.held == 0 && info.deliveries == 0);
	peeks(c, 0, 1);
	is(NABD_OK, nabd_consumer_peek_batch(d, msgs, 5, &got));
	info = member_of(o, 2, 1);
	ck_assert(info.alive == 1 && info.first == 1 && info.held == 5 && info.deliveries == 0);
	is(NABD_OK, nabd_consumer_release_batch(d, 5));
	is(NABD_OK, nabd_consumer_pop_batch(d, bytes, 16, lens, 5, &got));
	ck_assert_uint_eq(got, 2); /* of five that it has claimed */
	info = member_of(o, 2, 1);
	ck_assert(info.alive == 1 && info.first == 8 && info.held == 3 && info.deliveries == 0);
	is(NABD_OK, nabd_consumer_peek_batch(d, msgs, 2, &got)); /* of the three */
	leave_ok(d);
	info = member_of(o, 2, 1); /* it waits for another */
	ck_assert(info.alive == 0 && info.first == 8 && info.held == 3);
	ck_assert_uint_eq(group_of(o, 2).members, 1);
	ck_assert_uint_eq(group_of(o, 2).holding, 2);
	is(NABD_OK, nabd_consumer_release(c));
	d = join_ok(q, 2); /* who comes takes its place, and what is there */
	info = member_of(o, 2, 1);
	ck_assert(info.alive == 1 && info.first == 8 && info.held == 3 && info.deliveries == 1);
	gets_again(d, 8, 2);
	gets_again(d, 9, 2);
	info = member_of(o, 2, 1); /* the third was never given to anybody */
	ck_assert(info.alive == 1 && info.first == 10 && info.held == 1);
	ck_assert_uint_eq(info.deliveries, 0);
	gets(d, 10);
	leave_ok(d);
	is(NABD_NOTFOUND, nabd_member_look(o, 2, 1, &info));
	leave_ok(c);
	ck_assert_uint_eq(number_of_members(o, 2), 0);
	close_ok(o);
	close_ok(q);
}
END_TEST

static void tells(nabd_consumer_t *c, uint64_t claimed, uint64_t redelivered, uint64_t held,
		  uint64_t nacked)
{
	struct nabd_consumer_stats stats = told(c);

	ck_assert_int_eq(stats.state, NABD_OK);
	ck_assert_uint_eq(stats.claimed, claimed);
	ck_assert_uint_eq(stats.redelivered, redelivered);
	ck_assert_uint_eq(stats.held, held);
	ck_assert_uint_eq(stats.nacked, nacked);
	ck_assert_uint_eq(stats.dead_letters + stats.lost + stats.gap, 0);
}

START_TEST(the_stats_of_a_consumer)
{
	nabd_t *q = queue_of(16);
	nabd_consumer_t *c = join_ok(q, 4), *d = join_ok(q, 4);

	tells(c, 0, 0, 0, 0);
	ck_assert_uint_eq(told(c).group, 4);
	push_numbers(q, 0, 10);
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 4, &got));
	tells(c, 4, 0, 4, 0);
	is(NABD_OK, nabd_consumer_release_batch(c, 1));
	tells(c, 4, 0, 3, 0);
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 2, &got));
	is(NABD_OK, nabd_consumer_nack(c)); /* all that it was given and did not release */
	tells(c, 4, 0, 0, 3);
	tells(d, 0, 0, 0, 0);
	gets_again(d, 1, 2);
	tells(d, 0, 3, 2, 0);
	gets_again(d, 2, 2);
	gets_again(d, 3, 2);
	gets(d, 4);
	tells(d, 1, 3, 0, 0);
	gets(c, 5);
	tells(c, 5, 0, 0, 3);
	leave_ok(c);
	leave_ok(d);
	c = join_ok(q, 4);
	ck_assert_uint_eq(told(c).joined, 6);
	tells(c, 0, 0, 0, 0); /* its own, since it joined */
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_min_tail NABD_OK */
START_TEST(the_smallest_tail)
{
	nabd_t *q = queue_of(8), *o = open_ok("q", 0, 0, NABD_OBSERVE);
	nabd_consumer_t *c;

	ck_assert_uint_eq(min_tail_of(o), 0);
	push_numbers(q, 0, 5);
	ck_assert_uint_eq(min_tail_of(o), 0); /* kept, though there is no group */
	c = join_ok(q, 1);
	gets_numbers(c, 0, 3);
	ck_assert_uint_eq(min_tail_of(o), 3);
	ck_assert_int_eq(nabd_empty(o), 0);
	peeks(c, 3, 1);
	ck_assert_uint_eq(min_tail_of(o), 3);
	is(NABD_OK, nabd_consumer_release(c));
	gets(c, 4);
	ck_assert_uint_eq(min_tail_of(o), 5);
	ck_assert_int_eq(nabd_empty(o), 1);
	is(NABD_EMPTY, nabd_peek(q, &msgs[0].data, NULL)); /* the default group comes, at head */
	push_numbers(q, 5, 7);
	gets_numbers(c, 5, 7);
	ck_assert_uint_eq(min_tail_of(o), 5); /* and holds */
	reads_number(q, 5);
	ck_assert_uint_eq(min_tail_of(o), 6);
	leave_ok(c);
	close_ok(q);
	close_ok(o);
}
END_TEST

START_TEST(looking_leaves_every_byte_as_it_was)
{
	unsigned char *before, *after;
	size_t before_len, after_len;
	nabd_t *q = queue_of(8), *o;
	nabd_consumer_t *c = join_ok(q, 1), *d = join_ok(q, 2);

	push_numbers(q, 0, 5);
	peeks(c, 0, 1);
	is(NABD_OK, nabd_consumer_peek_batch(d, msgs, 3, &got));
	is(NABD_OK, nabd_consumer_release_batch(d, 2));
	leave_ok(c);
	leave_ok(d);
	close_ok(q);
	before = read_whole(path_of("q"), &before_len);
	o = open_ok("q", 0, 0, NABD_OBSERVE);
	ck_assert_uint_eq(number_of_groups(o), 2);
	ck_assert_uint_eq(number_of_members(o, 1), 1);
	ck_assert_uint_eq(number_of_members(o, 2), 1); /* they wait for others */
	ck_assert_uint_eq(min_tail_of(o), 0);
	close_ok(o);
	after = read_whole(path_of("q"), &after_len);
	ck_assert_uint_eq(before_len, after_len);
	ck_assert_int_eq(memcmp(before, after, after_len), 0);
	free(before);
	free(after);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_look");

	tcase_add_test(tests, the_default_group_is_a_group_when_it_was_read);
	tcase_add_test(tests, a_group_is_followed_step_by_step);
	tcase_add_test(tests, the_one_furthest_behind_holds);
	tcase_add_test(tests, what_a_group_was_made_with);
	tcase_add_test(tests, members_are_seen_with_what_they_hold);
	tcase_add_test(tests, the_stats_of_a_consumer);
	tcase_add_test(tests, the_smallest_tail);
	tcase_add_test(tests, looking_leaves_every_byte_as_it_was);
	return behaviour_run();
}
