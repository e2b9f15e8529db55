/* SPDX-License-Identifier: MIT */
/* What an onlooker is told of groups and members, dead and alive, and disturbs nothing. */
#include <errno.h>

#include "crew.h"

static struct nabdi_member a, b, c;

static struct nabd_group_info group_info(unsigned group)
{
	struct nabd_group_info info = {0};

	is(NABD_OK, nabdi_member_look_group(&q, group, &info));
	ck_assert_uint_eq(info.group, group);
	return info;
}

static void no_group(unsigned group)
{
	struct nabd_group_info info = {0};

	is(NABD_NOTFOUND, nabdi_member_look_group(&q, group, &info));
}

static struct nabd_member_info member_info(unsigned group, unsigned member)
{
	struct nabd_member_info info = {0};

	is(NABD_OK, nabdi_member_look(&q, group, member, &info));
	ck_assert_uint_eq(info.group, group);
	ck_assert_uint_eq(info.member, member);
	return info;
}

static void no_member(unsigned group, unsigned member)
{
	struct nabd_member_info info = {0};

	is(NABD_NOTFOUND, nabdi_member_look(&q, group, member, &info));
}

START_TEST(what_is_not_there)
{
	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++)
		no_group(g);
	no_member(GROUP, 0);
	join(&a, GROUP);
	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++)
		if (g != GROUP)
			no_group(g);
	for (unsigned m = 1; m < NABD_SHM_MEMBERS; m++)
		no_member(GROUP, m);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	no_group(GROUP);
	no_member(GROUP, 0);
}
END_TEST

START_TEST(a_group_and_its_numbers)
{
	struct nabd_group_info info;

	opts.max_deliveries = 3;
	opts.max_stall_ms = 4000;
	opts.max_lag = 50;
	opts.flags = NABD_GROUP_EPHEMERAL;
	join(&a, GROUP);
	join(&b, GROUP);
	send(10);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	is(NABD_OK, nabdi_member_fetch(&b, 4));
	info = group_info(GROUP);
	ck_assert_uint_eq(info.state, NABD_GROUP_STATE_EPHEMERAL | NABD_GROUP_STATE_ALIVE |
					      NABD_GROUP_STATE_HOLDS);
	ck_assert_uint_eq(info.members, 2);
	ck_assert_uint_eq(info.holding, 2);
	ck_assert_uint_eq(info.max_deliveries, 3);
	ck_assert_uint_eq(info.max_stall_ms, 4000);
	ck_assert_uint_eq(info.max_lag, 50);
	ck_assert_uint_eq(info.position, 7);
	ck_assert_uint_eq(info.low, 0);
	ck_assert_uint_eq(info.lag, 10);
	ck_assert_uint_eq(info.made, 1);
	is(NABD_OK, done(&a, 3));
	die(&b);
	info = group_info(GROUP);
	ck_assert_uint_eq(info.members, 1);
	ck_assert_uint_eq(info.holding, 1);
	ck_assert_uint_eq(info.low, 3);
	ck_assert_uint_eq(info.lag, 7);
	die(&a);
	info = group_info(GROUP);
	ck_assert_uint_eq(info.members, 0);
	ck_assert_uint_eq(info.state, NABD_GROUP_STATE_EPHEMERAL | NABD_GROUP_STATE_HOLDS);
}
END_TEST

START_TEST(which_of_them_is_behind)
{
	join(&a, 1);
	join(&b, 2);
	send(6);
	ck_assert(group_info(1).state & NABD_GROUP_STATE_HOLDS);
	ck_assert(group_info(2).state & NABD_GROUP_STATE_HOLDS);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	is(NABD_OK, done(&a, 3));
	ck_assert(!(group_info(1).state & NABD_GROUP_STATE_HOLDS));
	ck_assert(group_info(2).state & NABD_GROUP_STATE_HOLDS);
	ck_assert_uint_eq(group_info(1).lag, 3);
	ck_assert_uint_eq(group_info(2).lag, 6);
}
END_TEST

START_TEST(the_default_group)
{
	struct nabd_group_info info;
	struct nabdi_os_hold reads;

	send(5);
	(void)cell_fetch_or(&consumers->roster, NABD_SHM_HOLDS(0));
	no_group(0); /* half joined */
	(void)cell_fetch_or(&consumers->roster, NABD_SHM_SETTLED(0));
	cell_store_relaxed(&group_of(0)->position, 2);
	info = group_info(0);
	ck_assert_uint_eq(info.position, 2);
	ck_assert_uint_eq(info.low, 2);
	ck_assert_uint_eq(info.lag, 3);
	ck_assert_uint_eq(info.made, 1);
	ck_assert_uint_eq(info.members, 0);
	ck_assert_uint_eq(info.state, NABD_GROUP_STATE_HOLDS);
	is(NABD_OK, nabdi_role_group(&q, 0, &reads));
	info = group_info(0);
	ck_assert_uint_eq(info.members, 1);
	ck_assert_uint_eq(info.state, NABD_GROUP_STATE_HOLDS | NABD_GROUP_STATE_ALIVE);
	nabdi_role_leave(&reads, false);
}
END_TEST

/* Read a moment apart, or stored by one that died before it said all. */
START_TEST(numbers_that_are_possible)
{
	struct nabd_group_info info;

	join(&a, GROUP);
	send(10);
	/* A position above the head that is stored. */
	cell_store_relaxed(&group_of(GROUP)->position, a.claims.tag | 12);
	info = group_info(GROUP);
	ck_assert_uint_eq(info.position, 12);
	ck_assert_uint_eq(info.low, 12);
	ck_assert_uint_eq(info.lag, 0);
	/* A claim that can't be is of nobody. */
	cell_store_relaxed(&a.own->shm->begin, 5);
	cell_store_relaxed(&a.own->shm->end, 4 + SLOTS + 1);
	ck_assert_uint_eq(group_info(GROUP).holding, 0);
	ck_assert_uint_eq(member_info(GROUP, 0).held, 0);
	cell_store_relaxed(&a.own->shm->end, 4 + SLOTS);
	ck_assert_uint_eq(group_info(GROUP).holding, 1);
	ck_assert_uint_eq(member_info(GROUP, 0).held, SLOTS);
	ck_assert_uint_eq(group_info(GROUP).low, 4);
	/* Below tail nothing is held. */
	cell_store_relaxed(&producer->tail, 6);
	ck_assert_uint_eq(group_info(GROUP).low, 12);
	cell_store_relaxed(&group_of(GROUP)->position, a.claims.tag | 3);
	ck_assert_uint_eq(group_info(GROUP).low, 6);
	ck_assert_uint_eq(group_info(GROUP).lag, 4);
}
END_TEST

START_TEST(members_dead_and_alive)
{
	struct nabd_member_info info;

	join(&a, GROUP);
	join(&b, GROUP);
	send(6);
	info = member_info(GROUP, 0);
	ck_assert_uint_eq(info.alive, 1);
	ck_assert_uint_eq(info.held, 0);
	ck_assert_uint_eq(info.first, 0);
	ck_assert_uint_eq(info.deliveries, 0);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	is(NABD_OK, done(&a, 2));
	is(NABD_OK, nabdi_member_fetch(&b, 3));
	peeks(&b, 2, 1);
	info = member_info(GROUP, 1);
	ck_assert_uint_eq(info.first, 2);
	ck_assert_uint_eq(info.held, 3);
	ck_assert_uint_eq(info.deliveries, 0);
	die(&b);
	info = member_info(GROUP, 1);
	ck_assert_uint_eq(info.alive, 0);
	ck_assert_uint_eq(info.held, 3);
	a.looked_ns = 0;
	peeks(&a, 2, 2);
	info = member_info(GROUP, 1); /* which another serves */
	ck_assert_uint_eq(info.alive, 1);
	ck_assert_uint_eq(info.deliveries, 1);
	is(NABD_OK, done(&a, 3));
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	no_member(GROUP, 1);
}
END_TEST

/* Alive and in its line, but of a group that is no more. */
START_TEST(one_left_behind_is_no_member)
{
	join(&a, GROUP);
	send(4);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	join(&b, GROUP);
	ck_assert_uint_eq(group_info(GROUP).members, 1);
	ck_assert_uint_eq(group_info(GROUP).holding, 0);
	ck_assert_uint_eq(group_info(GROUP).made, 2);
	no_member(GROUP, index_of(a.own, GROUP));
	(void)member_info(GROUP, index_of(b.own, GROUP));
}
END_TEST

START_TEST(what_a_member_knows_of_itself)
{
	struct nabd_consumer_stats stats = {0};

	send(3);
	join(&c, 1);
	join(&a, GROUP);
	join(&b, GROUP);
	send(9);
	is(NABD_OK, nabdi_member_fetch(&b, 2));
	die(&b);
	is(NABD_OK, nabdi_member_fetch(&a, 1)); /* what b left, and ... */
	a.state = MEMBER_PEEKED;
	nabdi_claim_hand_out(a.line, 1);
	is(NABD_OK, nabdi_member_nack(&a));
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	is(NABD_OK, done(&a, 1));
	nabdi_member_stats(&a, &stats);
	ck_assert_uint_eq(stats.group, GROUP);
	ck_assert_int_eq(stats.state, NABD_OK);
	ck_assert_uint_eq(stats.joined, 3);
	ck_assert_uint_eq(stats.claimed, 0);
	ck_assert_uint_eq(stats.redelivered, 4);
	ck_assert_uint_eq(stats.nacked, 1);
	ck_assert_uint_eq(stats.held, 1);
	ck_assert_uint_eq(stats.lost, 0);
	is(NABD_OK, done(&a, 1));
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	nabdi_member_stats(&a, (memset(&stats, 0, sizeof(stats)), &stats));
	ck_assert_uint_eq(stats.claimed, 3);
	ck_assert_uint_eq(stats.held, 3);
}
END_TEST

START_TEST(a_kernel_that_does_not_say)
{
	struct nabd_group_info group = {0};
	struct nabd_member_info member = {0};

	join(&a, GROUP);
	fault_arm("fcntl", 1, EIO);
	is(NABD_SYSTEM, nabdi_member_look_group(&q, GROUP, &group));
	ck_assert_int_eq(errno, EIO);
	ck_assert(fault_met());
	fault_arm("fcntl", 1, EIO);
	is(NABD_SYSTEM, nabdi_member_look(&q, GROUP, 0, &member));
	ck_assert_int_eq(errno, EIO);
	ck_assert(fault_met());
}
END_TEST

START_TEST(looking_changes_nothing)
{
	uint8_t before[sizeof(*consumers)];
	struct nabd_member_info member = {0};
	struct nabd_group_info group = {0};

	join(&a, GROUP);
	join(&b, GROUP + 1);
	send(4);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	die(&a);
	memcpy(before, consumers, sizeof(before));
	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		(void)nabdi_member_look_group(&q, g, &group);
		for (unsigned m = 0; g > 0 && m < NABD_SHM_MEMBERS; m++)
			(void)nabdi_member_look(&q, g, m, &member);
	}
	ck_assert_mem_eq(before, consumers, sizeof(before));
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_members");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_is_not_there);
	tcase_add_test(tests, a_group_and_its_numbers);
	tcase_add_test(tests, which_of_them_is_behind);
	tcase_add_test(tests, the_default_group);
	tcase_add_test(tests, numbers_that_are_possible);
	tcase_add_test(tests, members_dead_and_alive);
	tcase_add_test(tests, one_left_behind_is_no_member);
	tcase_add_test(tests, what_a_member_knows_of_itself);
	tcase_add_test(tests, a_kernel_that_does_not_say);
	tcase_add_test(tests, looking_changes_nothing);
	return unit_run(tests);
}
