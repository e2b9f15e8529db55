/* SPDX-License-Identifier: MIT */
/*
 * Groups that end with their members: ephemeral ones when the last leaves or dies,
 * evictable ones when they are in the producer's way; never one that is alive.
 */
#include "crew.h"

static struct nabdi_member a, b;

static bool reap(unsigned group, bool evictable)
{
	const uint64_t before = word_of(group);
	const bool gone = nabdi_member_reap_group(&q, group, evictable, false);

	ck_assert_int_eq(gone, word_of(group) != before);
	if (gone)
		ck_assert_uint_eq(word_of(group),
				  (before & ~NABD_SHM_STATE) | NABD_SHM_EVICTED);
	return gone;
}

static void join_as(struct nabdi_member *m, uint32_t flags, uint64_t lag, uint32_t stall_ms)
{
	opts.flags = flags;
	opts.max_lag = lag;
	opts.max_stall_ms = stall_ms;
	join(m, GROUP);
}

START_TEST(an_ephemeral_group_goes_with_the_last_that_leaves)
{
	join_as(&a, NABD_GROUP_EPHEMERAL, 0, 0);
	join(&b, GROUP);
	send(7);
	pops(&a, 0, 1);
	nabdi_member_leave(&a, false);
	ck_assert_uint_eq(state_of(GROUP), NABD_SHM_OPEN);
	nabdi_member_leave(&b, false);
	ck_assert_uint_eq(state_of(GROUP), NABD_SHM_EVICTED);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->closed_head), 7);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->let_go), 7);
}
END_TEST

START_TEST(a_durable_group_stays)
{
	join_as(&a, 0, 0, 0);
	nabdi_member_leave(&a, false);
	ck_assert_uint_eq(state_of(GROUP), NABD_SHM_OPEN);
	ck_assert(!reap(GROUP, true));
}
END_TEST

START_TEST(an_ephemeral_group_goes_with_the_last_that_dies)
{
	join_as(&a, NABD_GROUP_EPHEMERAL, 0, 0);
	join(&b, GROUP);
	die(&a);
	ck_assert(!reap(GROUP, true));
	die(&b);
	ck_assert(reap(GROUP, false));
	ck_assert(!reap(GROUP, false)); /* once */
}
END_TEST

START_TEST(an_evictable_group_goes_only_if_that_is_asked_for)
{
	for (int lag = 0; lag < 2; lag++) {
		join_as(&a, 0, lag ? 10 : 0, lag ? 0 : 10);
		ck_assert(!reap(GROUP, true));
		die(&a);
		ck_assert(!reap(GROUP, false));
		ck_assert(reap(GROUP, true));
	}
}
END_TEST

/* Its lock shows that it lives, its line that it is of another group. */
START_TEST(one_left_behind_keeps_no_group_alive)
{
	join_as(&a, NABD_GROUP_EPHEMERAL, 0, 0);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	join(&b, GROUP);
	ck_assert(!reap(GROUP, false));
	die(&b);
	ck_assert(alive(GROUP, index_of(a.own, GROUP)));
	ck_assert(reap(GROUP, false));
}
END_TEST

/* Nor does it end one, when it leaves: that is not its group. */
START_TEST(one_that_knows_that_its_group_ended_ends_no_other)
{
	join_as(&a, NABD_GROUP_EPHEMERAL, 0, 0);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	is(NABD_DROPPED, nabdi_member_fetch(&a, 1));
	join(&b, GROUP);
	nabdi_role_leave(&b.own->role, false);
	nabdi_member_leave(&a, false);
	ck_assert_uint_eq(state_of(GROUP), NABD_SHM_OPEN);
}
END_TEST

/* A child of fork(2) has only a copy: its parent is the member. */
START_TEST(a_copy_of_a_member_ends_nothing)
{
	join_as(&a, NABD_GROUP_EPHEMERAL, 0, 0);
	b = a;
	nabdi_role_leave(&a.own->role, false);
	for (unsigned i = 0; i < 3; i++)
		b.room[i].role = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
	nabdi_member_leave(&b, true);
	ck_assert_uint_eq(state_of(GROUP), NABD_SHM_OPEN);
}
END_TEST

/* It would be a member a moment later. */
START_TEST(a_group_that_is_being_joined_is_left_alone)
{
	struct nabdi_os_hold hold;

	join_as(&a, NABD_GROUP_EPHEMERAL, 0, 0);
	die(&a);
	is(NABD_OK, nabdi_role_group(&q, GROUP, &hold));
	ck_assert(!reap(GROUP, false));
	ck_assert(!nabdi_member_reap_group(&q, GROUP, false, true));
	nabdi_role_leave(&hold, false);
	ck_assert(nabdi_member_reap_group(&q, GROUP, false, true));
}
END_TEST

/* Who joins by the id means a new one. */
START_TEST(a_dead_ephemeral_group_is_not_joined)
{
	join_as(&a, NABD_GROUP_EPHEMERAL, 0, 0);
	send(5);
	die(&a);
	join_as(&b, NABD_GROUP_EPHEMERAL, 0, 0);
	ck_assert_uint_eq(b.made, 2);
	/* It was the only one: the queue keeps all for the next. */
	ck_assert_uint_eq(b.joined, 0);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_reap");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, an_ephemeral_group_goes_with_the_last_that_leaves);
	tcase_add_test(tests, a_durable_group_stays);
	tcase_add_test(tests, an_ephemeral_group_goes_with_the_last_that_dies);
	tcase_add_test(tests, an_evictable_group_goes_only_if_that_is_asked_for);
	tcase_add_test(tests, one_left_behind_keeps_no_group_alive);
	tcase_add_test(tests, one_that_knows_that_its_group_ended_ends_no_other);
	tcase_add_test(tests, a_copy_of_a_member_ends_nothing);
	tcase_add_test(tests, a_group_that_is_being_joined_is_left_alone);
	tcase_add_test(tests, a_dead_ephemeral_group_is_not_joined);
	return unit_run(tests);
}
