/* SPDX-License-Identifier: MIT */
/*
 * Members at work: what they claim, what the dead left and who serves it, and what the
 * short way may be taken for.
 */
#include "crew.h"

static struct nabdi_member a, b, c;

static uint64_t held(const struct nabdi_member *m)
{
	struct nabd_consumer_stats stats = {0};

	nabdi_member_stats(m, &stats);
	return stats.held;
}

/* How many are claimed for one by a member that claimed so long ago. */
static uint64_t claims_after(uint64_t ns)
{
	uint64_t began, n;

	do {
		const uint64_t at = position_of(GROUP);

		while (tx.head < at + 40)
			send(1);
		began = nabdi_os_coarse_ns();
		a.claimed_ns = began - ns;
		is(NABD_OK, nabdi_member_fetch(&a, 1));
		n = held(&a);
		line_says(a.own, at, at + n);
		is(NABD_OK, done(&a, (size_t)n));
	} while (nabdi_os_coarse_ns() - began > 4000000); /* we were stopped: it tells nothing */
	return n;
}

/* Nobody else waits for them; but somebody may come, if they are worked on for long. */
START_TEST(a_lone_member_that_is_quick_claims_sixteen)
{
	join(&a, GROUP);
	is(NABD_EMPTY, nabdi_member_fetch(&a, 1));
	for (int i = 0; i < 10; i++) {
		ck_assert_uint_eq(claims_after(0), 16);
		ck_assert_uint_eq(claims_after(1000000000), 1);
	}
	is(NABD_OK, nabdi_member_fetch(&a, 20));
	ck_assert_uint_eq(held(&a), 20);
	ck_assert_uint_eq(a.counts.claimed, position_of(GROUP));
}
END_TEST

START_TEST(two_members_leave_each_other_something)
{
	join(&a, GROUP);
	join(&b, GROUP);
	send(6);
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	line_says(a.own, 0, 1);
	is(NABD_OK, nabdi_member_fetch(&b, 2));
	line_says(b.own, 1, 3);
	pops(&a, 0, 1);
	pops(&a, 3, 1);
	pops(&b, 1, 1);
	pops(&b, 2, 1);
	pops(&b, 4, 1);
	pops(&a, 5, 1);
	is(NABD_EMPTY, nabdi_member_fetch(&a, 1));
	is(NABD_EMPTY, nabdi_member_fetch(&b, 1));
	ck_assert_uint_eq(a.counts.claimed + b.counts.claimed, 6);
	ck_assert_uint_eq(a.counts.redelivered + b.counts.redelivered, 0);
}
END_TEST

START_TEST(what_is_not_released_comes_again)
{
	join(&a, GROUP);
	send(3);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	peeks(&a, 0, 1);
	is(NABD_OK, nabdi_member_fetch_again(&a));
	peeks(&a, 0, 1);
	is(NABD_OK, done(&a, 2));
	peeks(&a, 2, 1);
}
END_TEST

START_TEST(an_heir_serves_the_line_of_the_dead)
{
	const struct nabd_shm_member *left;
	unsigned index;

	join(&a, GROUP);
	join(&b, GROUP);
	send(6);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	peeks(&a, 0, 1);
	left = a.own->shm;
	index = index_of(a.own, GROUP);
	die(&a);
	peeks(&b, 0, 2);
	ck_assert_ptr_eq(b.line, b.other);
	ck_assert_ptr_eq(b.other->shm, left);
	ck_assert(alive(GROUP, index));
	ck_assert_uint_eq(b.counts.redelivered, 3);
	ck_assert_uint_eq(held(&b), 3);
	is(NABD_OK, done(&b, 1));
	pops(&b, 1, 1); /* came to the dead one, but not to its application */
	pops(&b, 2, 1);
	/* Then the line is free, and says nothing. */
	ck_assert_uint_eq(cell_load_relaxed(&left->begin), 0);
	pops(&b, 3, 1);
	ck_assert_ptr_null(b.other);
	ck_assert(!alive(GROUP, index));
	ck_assert_uint_eq(b.counts.claimed, 1);
}
END_TEST

START_TEST(heirs_die_too)
{
	join(&a, GROUP);
	join(&b, GROUP);
	join(&c, GROUP);
	send(4);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	peeks(&a, 0, 1);
	die(&a);
	is(NABD_OK, nabdi_member_fetch(&c, 1)); /* c has the line now */
	peeks(&c, 0, 2);
	die(&c);
	peeks(&b, 0, 3);
	is(NABD_OK, done(&b, 1));
	die(&b);
	/* Whoever comes next begins with it, in the own line. */
	join(&a, GROUP);
	ck_assert(a.own->inherited);
	pops(&a, 1, 1);
	pops(&a, 2, 1);
	pops(&a, 3, 1);
	is(NABD_EMPTY, nabdi_member_fetch(&a, 1));
}
END_TEST

/* Both the own and an inherited line are left by one death. */
START_TEST(several_lines_are_left_and_each_is_served)
{
	bool seen[6] = {false};
	struct nabd_msg msg;

	join(&a, GROUP);
	join(&b, GROUP);
	join(&c, GROUP);
	send(6);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	is(NABD_OK, nabdi_member_fetch(&b, 2));
	is(NABD_OK, nabdi_member_fetch(&c, 2));
	die(&a);
	b.looked_ns = 0;
	peeks(&b, 0, 1);
	ck_assert_uint_eq(held(&b), 4);
	die(&b);
	c.looked_ns = 0;
	for (int i = 0; i < 6; i++) {
		is(NABD_OK, peek(&c, &msg));
		ck_assert(!seen[msg.sequence]);
		seen[msg.sequence] = true;
		is(NABD_OK, done(&c, 1));
		c.looked_ns = 0;
	}
	is(NABD_EMPTY, nabdi_member_fetch(&c, 1));
}
END_TEST

START_TEST(the_living_keep_what_they_hold)
{
	join(&a, GROUP);
	join(&b, GROUP);
	send(3);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	for (int i = 0; i < 3; i++) {
		b.looked_ns = 0;
		is(NABD_EMPTY, nabdi_member_fetch(&b, 1));
		ck_assert_ptr_null(b.other);
	}
	line_says(a.own, 0, 3);
}
END_TEST

/* The guard holds the producer: whoever comes by takes it away. */
START_TEST(of_a_dead_seeker_only_the_guard_is_left)
{
	struct nabd_shm_member *left;
	uint64_t before;

	join(&a, GROUP);
	join(&b, GROUP);
	send(3);
	left = a.own->shm;
	cell_store_relaxed(&left->guard, 1);
	die(&a);
	is(NABD_OK, nabdi_member_fetch(&b, 3));
	is(NABD_OK, done(&b, 3));
	ck_assert_uint_eq(cell_load_relaxed(&left->guard), 0);
	ck_assert_ptr_null(b.other);
	ck_assert(!alive(GROUP, 0));
	cell_store_relaxed(&left->guard, 1);
	ck_assert_uint_eq(nabdi_group_low(consumers, GROUP, 0, 3), 0);
	before = changes();
	b.looked_ns = 0;
	is(NABD_EMPTY, nabdi_member_fetch(&b, 1));
	ck_assert_uint_eq(nabdi_group_low(consumers, GROUP, 0, 3), 3);
	ck_assert_uint_gt(changes(), before);
}
END_TEST

/* It may be the producer's, who will tell with the next look; or there is none. */
START_TEST(an_unsure_line_waits_for_the_producer)
{
	struct nabdi_os_hold sends;

	join(&a, GROUP);
	join(&b, GROUP);
	send(4);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	die(&a);
	cell_store_relaxed(&producer->told, 2);
	is(NABD_OK, nabdi_role_enter(&q, true, &sends));
	join(&c, GROUP);
	ck_assert_uint_eq(index_of(c.own, GROUP), 2); /* nor is it free for another */
	is(NABD_OK, nabdi_member_fetch(&b, 1));
	ck_assert_ptr_null(b.other);
	pops(&b, 3, 1);
	nabdi_role_leave(&sends, false);
	b.looked_ns = 0;
	pops(&b, 0, 1);
	ck_assert_ptr_nonnull(b.other);
}
END_TEST

static bool short_way(struct nabdi_member *m)
{
	uint8_t *payload = NULL;
	uint32_t len = 0;

	if (!nabdi_member_next(m, &payload, &len))
		return false;
	ck_assert_ptr_eq(payload, nabdi_ring_payload(&m->claims.ring, m->line->begin));
	ck_assert_uint_eq(len, sizeof(uint64_t));
	return true;
}

START_TEST(the_short_way_is_for_a_lone_member_with_plain_messages)
{
	join(&a, GROUP);
	send(8);
	ck_assert(!short_way(&a));
	is(NABD_OK, nabdi_member_fetch(&a, 8));
	pops(&a, 0, 1);
	ck_assert(short_way(&a));
	is(NABD_OK, done(&a, 1));
	a.state = MEMBER_PEEKED;
	ck_assert(!short_way(&a));
	a.state = MEMBER_IDLE;
	a.own->inherited = true;
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	ck_assert(!short_way(&a));
	a.own->inherited = false;
	a.plain = false;
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	ck_assert(!short_way(&a));
	a.plain = true;
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	ck_assert(short_way(&a));
	join(&b, GROUP); /* which may die */
	ck_assert(!short_way(&a));
	opts.flags = NABD_JOIN_OLDEST;
	join(&c, GROUP + 1);
	is(NABD_OK, nabdi_member_fetch(&c, 8));
	ck_assert(short_way(&c));
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP + 1));
	ck_assert(!short_way(&c));
	opts.max_deliveries = 3;
	join(&b, GROUP + 2);
	ck_assert(!b.plain);
}
END_TEST

/* What the line held then is not to be had by the short ways either. */
START_TEST(a_seek_or_a_nack_ends_the_short_way)
{
	uint64_t actual;

	join(&a, GROUP);
	send(12);
	is(NABD_OK, nabdi_member_fetch(&a, 4));
	ck_assert(short_way(&a));
	is(NABD_OK, nabdi_member_seek(&a, 8, &actual));
	ck_assert_uint_eq(actual, 8);
	ck_assert(!short_way(&a));
	pops(&a, 8, 1);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	ck_assert(short_way(&a));
	peeks(&a, 9, 1);
	is(NABD_OK, nabdi_member_nack(&a));
	ck_assert(!short_way(&a));
	pops(&a, 9, 2);
	ck_assert(!short_way(&a)); /* what another might have had is told as such */
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	ck_assert(!short_way(&a)); /* and who has had a second line may have left something */
}
END_TEST

START_TEST(damaged_slots_are_told)
{
	struct nabd_msg msg;

	join(&a, GROUP);
	send(3);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	nabdi_ring_publish(nabdi_ring_payload(&a.claims.ring, 0), 0, SIZE + 1);
	is(NABD_CORRUPT, nabdi_member_message(&a, 0, &msg));
	ck_assert(!short_way(&a));
	is(NABD_OK, nabdi_member_message(&a, 1, &msg));
	nabdi_ring_publish(nabdi_ring_payload(&a.claims.ring, 1), 1 + SLOTS, 8);
	is(NABD_CORRUPT, nabdi_member_message(&a, 1, &msg));
	/* Which means nothing in a group that has ended. */
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	is(NABD_DROPPED, nabdi_member_message(&a, 1, &msg));
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_member");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_lone_member_that_is_quick_claims_sixteen);
	tcase_add_test(tests, two_members_leave_each_other_something);
	tcase_add_test(tests, what_is_not_released_comes_again);
	tcase_add_test(tests, an_heir_serves_the_line_of_the_dead);
	tcase_add_test(tests, heirs_die_too);
	tcase_add_test(tests, several_lines_are_left_and_each_is_served);
	tcase_add_test(tests, the_living_keep_what_they_hold);
	tcase_add_test(tests, of_a_dead_seeker_only_the_guard_is_left);
	tcase_add_test(tests, an_unsure_line_waits_for_the_producer);
	tcase_add_test(tests, the_short_way_is_for_a_lone_member_with_plain_messages);
	tcase_add_test(tests, a_seek_or_a_nack_ends_the_short_way);
	tcase_add_test(tests, damaged_slots_are_told);
	return unit_run(tests);
}
