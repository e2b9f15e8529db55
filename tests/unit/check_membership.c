/* SPDX-License-Identifier: MIT */
/*
 * Making, joining and ending groups, in each state that a death can leave: what was
 * there before is finished, nothing of it is taken for the new group's, and a group that
 * nobody is in is not left behind.
 */
#include <errno.h>

#include "crew.h"

static struct nabdi_member a, b, crowd[NABD_SHM_MEMBERS];

static uint64_t roster(void)
{
	return cell_load_relaxed(&consumers->roster);
}

static void drop(unsigned group)
{
	is(NABD_OK, nabdi_member_drop_group(&q, group));
}

START_TEST(the_first_makes_the_group_and_others_join_it)
{
	send(4);
	opts.max_lag = 9;
	opts.max_stall_ms = 8;
	opts.max_deliveries = 7;
	join(&a, GROUP);
	ck_assert_uint_eq(word_of(GROUP), nabdi_group_tag(1)); /* the first of all inherits */
	ck_assert_uint_eq(made_of(GROUP), 1);
	opts.max_lag = opts.max_stall_ms = opts.max_deliveries = 1;
	opts.flags = NABD_GROUP_EPHEMERAL;
	join(&b, GROUP);
	ck_assert_uint_eq(made_of(GROUP), 1);
	ck_assert_uint_eq(a.made, b.made);
	ck_assert_ptr_ne(a.own->shm, b.own->shm);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->members), 3);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->flags), 0);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->max_lag), 9);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->max_stall_ms), 8);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->max_deliveries), 7);
	ck_assert_uint_eq(b.max_deliveries, 7);
	ck_assert_uint_eq(roster(), NABD_SHM_HOLDS(GROUP) | NABD_SHM_SETTLED(GROUP) |
					    NABD_SHM_OLDEST(GROUP));
}
END_TEST

static uint64_t begins_with(unsigned group, uint32_t flags, uint64_t sequence)
{
	opts.flags = flags;
	opts.sequence = sequence;
	join(&b, group);
	ck_assert_uint_eq(b.joined, position_of(group));
	nabdi_member_leave(&b, false);
	return b.joined;
}

START_TEST(a_new_group_begins_where_it_asks_to)
{
	send(9);
	ck_assert_uint_eq(begins_with(1, NABD_JOIN_NEWEST, 0), 9); /* also the first */
	ck_assert_uint_eq(begins_with(2, NABD_JOIN_OLDEST, 0), 0);
	ck_assert_uint_eq(begins_with(3, 0, 0), 9);
	ck_assert_uint_eq(begins_with(4, NABD_JOIN_SEQUENCE, 5), 5);
	ck_assert_uint_eq(begins_with(5, NABD_JOIN_SEQUENCE, UINT64_MAX), 9);
	cell_store_relaxed(&producer->tail, 3);
	cell_store_relaxed(&producer->told, 4);
	ck_assert_uint_eq(begins_with(6, NABD_JOIN_SEQUENCE, 2), 4);
	ck_assert_uint_eq(begins_with(7, NABD_JOIN_OLDEST, 0), 4);
	/* And one that exists is joined where it is. */
	ck_assert_uint_eq(begins_with(4, NABD_JOIN_OLDEST, 0), 5);
}
END_TEST

START_TEST(a_group_made_anew_has_nothing_of_the_former)
{
	uint64_t before;

	join(&a, GROUP);
	send(5);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	die(&a);
	join(&a, 1); /* so that it is not the first one */
	drop(GROUP);
	before = changes();
	opts.max_lag = 3;
	join(&b, GROUP);
	ck_assert_uint_eq(made_of(GROUP), 2);
	ck_assert_uint_eq(word_of(GROUP), nabdi_group_tag(2) | 5);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->max_lag), 3);
	ck_assert_uint_eq(cell_load_relaxed(&b.own->shm->begin), 0);
	ck_assert(!b.own->inherited);
	ck_assert_uint_gt(changes(), before);
	is(NABD_EMPTY, nabdi_member_fetch(&b, 1));
	send(1);
	pops(&b, 5, 1);
}
END_TEST

/* Those of the dead; a live one that does not know yet keeps its own, and is told. */
START_TEST(lines_of_the_dead_are_cleared)
{
	struct nabd_shm_member *line;

	for (unsigned i = 0; i < 4; i++)
		join(&crowd[i], GROUP);
	send(8);
	for (unsigned i = 0; i < 4; i++)
		is(NABD_OK, nabdi_member_fetch(&crowd[i], 1));
	line = consumers->member[GROUP - 1];
	cell_store_relaxed(&line[3].guard, 1);
	cell_store_relaxed(&line[2].guard, 1);
	die(&crowd[1]);
	die(&crowd[3]);
	drop(GROUP);
	join(&a, GROUP);
	ck_assert_uint_eq(cell_load_relaxed(&line[3].guard), 0);
	ck_assert_uint_eq(cell_load_relaxed(&line[2].guard), 1);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_uint_eq(cell_load_relaxed(&line[i].begin), i % 2 == 0 ? i + 1 : 0);
		ck_assert_uint_eq(cell_load_relaxed(&line[i].closed),
				  i % 2 == 0 ? NABD_SHM_DROPPED | NABD_SHM_MADE(1) | 4 : 0);
	}
	ck_assert_ptr_eq(a.own->shm, &line[1]);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->members), 1u << 1);
	/* What they hold does not hold the producer: they are not of the new mask. */
	ck_assert_uint_eq(nabdi_group_low(consumers, GROUP, 0, 8), a.joined);
}
END_TEST

/* Else a claim of one left behind could succeed in a group made 64 times later. */
START_TEST(the_tag_of_one_left_behind_is_not_used_again)
{
	uint64_t word;

	join(&a, GROUP);
	ck_assert_uint_eq(a.made, 1);
	for (int i = 0; i < 64; i++) {
		drop(GROUP);
		join(&b, GROUP);
		ck_assert_uint_ne(made_of(GROUP) % 64, 1);
		ck_assert(!nabdi_claim_open(&a.claims));
		die(&b);
	}
	ck_assert_uint_eq(made_of(GROUP), 66);
	send(1);
	word = word_of(GROUP);
	is(NABD_DROPPED, nabdi_member_fetch(&a, 1));
	ck_assert_uint_eq(word_of(GROUP), word);
	/* When it has learned that, its tag is free. */
	cell_store_relaxed(&group_of(GROUP)->made, 128);
	drop(GROUP);
	join(&b, GROUP);
	ck_assert_uint_eq(made_of(GROUP), 129);
}
END_TEST

/* Whoever makes it died there; no message is lost with it, and no claim invented. */
static void goes_on_after(unsigned death)
{
	struct nabd_shm_group *g;
	const uint64_t bits = NABD_SHM_HOLDS(GROUP) | NABD_SHM_SETTLED(GROUP) |
			      NABD_SHM_OLDEST(GROUP);

	tear_down();
	unit_empty();
	set_up();
	g = group_of(GROUP); /* of the new mapping, which may lie elsewhere */
	join(&a, GROUP);
	send(6);
	is(NABD_OK, nabdi_member_fetch(&a, 4));
	die(&a);
	drop(GROUP);
	if (death >= 1)
		cell_store_relaxed(&consumers->roster, 0);
	if (death >= 2)
		cell_store_relaxed(&consumers->member[GROUP - 1][0].begin, 0);
	if (death >= 3)
		cell_store_relaxed(&g->flags, NABD_GROUP_EPHEMERAL);
	if (death >= 4)
		cell_store_relaxed(&g->members, 0);
	if (death >= 5)
		cell_store_relaxed(&g->made, 2);
	if (death >= 6)
		cell_store_relaxed(&g->position, nabdi_group_tag(2));
	if (death >= 7)
		cell_store_relaxed(&consumers->roster, bits & ~NABD_SHM_SETTLED(GROUP));
	if (death >= 8)
		cell_store_relaxed(&consumers->roster, bits);
	if (death >= 9)
		cell_store_relaxed(&g->members, 1);
	join(&b, GROUP);
	ck_assert_uint_eq(roster(), bits);
	ck_assert_uint_eq(cell_load_relaxed(&g->flags), 0); /* the ephemeral one vanished */
	ck_assert_uint_eq(made_of(GROUP), death < 5 ? 2 : 3);
	ck_assert_uint_eq(word_of(GROUP), nabdi_group_tag(made_of(GROUP)));
	ck_assert_uint_eq(cell_load_relaxed(&g->members), 1);
	for (uint64_t s = 0; s < 6; s++)
		pops(&b, s, 1);
	is(NABD_EMPTY, nabdi_member_fetch(&b, 1));
}

START_TEST(half_made_groups)
{
	goes_on_after((unsigned)_i);
}
END_TEST

/* The same of one that does not vanish: whoever comes is its first member. */
START_TEST(half_joined_groups)
{
	send(6);
	cell_store_relaxed(&group_of(GROUP)->made, 2);
	cell_store_relaxed(&group_of(GROUP)->position, nabdi_group_tag(2));
	if (_i >= 1)
		cell_store_relaxed(&consumers->roster,
				   NABD_SHM_HOLDS(GROUP) | NABD_SHM_OLDEST(GROUP));
	if (_i >= 2)
		(void)cell_fetch_or(&consumers->roster, NABD_SHM_SETTLED(GROUP));
	join(&b, GROUP);
	ck_assert_uint_eq(made_of(GROUP), 2);
	ck_assert_uint_eq(word_of(GROUP), nabdi_group_tag(2));
	ck_assert_uint_eq(cell_load_relaxed(&b.own->shm->made), 2);
	for (uint64_t s = 0; s < 6; s++)
		pops(&b, s, 1);
}
END_TEST

/* Not a member and not left behind: all lines are taken by others. */
START_TEST(a_failed_join_leaves_no_group)
{
	struct nabdi_os_hold holds[NABD_SHM_MEMBERS];

	for (unsigned i = 0; i < NABD_SHM_MEMBERS; i++)
		is(NABD_OK, nabdi_role_member(&q, GROUP, i, &holds[i]));
	is(NABD_BUSY, try_join(&a, GROUP));
	ck_assert_uint_eq(state_of(GROUP), NABD_SHM_DROPPED);
	for (unsigned i = 0; i < NABD_SHM_MEMBERS; i++)
		nabdi_role_leave(&holds[i], false);
	for (unsigned nth = 1; nth < 20; nth++) {
		int rc;

		fault_arm_from("fcntl", nth, ENOLCK);
		rc = try_join(&a, GROUP);
		if (!fault_met())
			break;
		if (rc == NABD_OK)
			ck_assert_uint_eq(state_of(GROUP), NABD_SHM_OPEN);
		else
			ck_assert_uint_ne(state_of(GROUP), NABD_SHM_OPEN);
		nabdi_member_leave(&a, false);
		if (rc == NABD_OK)
			drop(GROUP);
	}
}
END_TEST

START_TEST(a_failed_join_leaves_a_group_of_others_alone)
{
	for (unsigned i = 0; i < NABD_SHM_MEMBERS; i++)
		join(&crowd[i], GROUP);
	is(NABD_BUSY, try_join(&a, GROUP));
	ck_assert_uint_eq(state_of(GROUP), NABD_SHM_OPEN);
	send(1);
	pops(&crowd[15], 0, 1);
	nabdi_member_leave(&crowd[4], false);
	join(&a, GROUP);
	ck_assert_uint_eq(index_of(a.own, GROUP), 4);
}
END_TEST

START_TEST(an_impossible_head_is_refused)
{
	cell_store_relaxed(&producer->head, NABD_SHM_SEQUENCE / 2 + 1);
	is(NABD_CORRUPT, try_join(&a, GROUP));
	ck_assert_uint_ne(state_of(GROUP), NABD_SHM_OPEN);
}
END_TEST

/* Of one that was stopped in the middle of these few lines: not for ever. */
START_TEST(the_lock_of_a_group_is_waited_for_a_while)
{
	struct nabdi_os_hold hold;

	is(NABD_OK, nabdi_role_group(&q, GROUP, &hold));
	is(NABD_BUSY, try_join(&a, GROUP));
	ck_assert_uint_eq(made_of(GROUP), 0);
	nabdi_role_leave(&hold, false);
	join(&a, GROUP);
	is(NABD_OK, nabdi_role_group(&q, GROUP, &hold)); /* and nobody has it now */
	nabdi_role_leave(&hold, false);
}
END_TEST

START_TEST(groups_are_dropped_once)
{
	is(NABD_NOTFOUND, nabdi_member_drop_group(&q, GROUP));
	join(&a, GROUP);
	join(&b, GROUP + 1);
	drop(GROUP);
	is(NABD_NOTFOUND, nabdi_member_drop_group(&q, GROUP));
	ck_assert_uint_eq(state_of(GROUP), NABD_SHM_DROPPED);
	ck_assert_uint_eq(state_of(GROUP + 1), NABD_SHM_OPEN);
}
END_TEST

START_TEST(any_free_id)
{
	opts.flags = NABD_GROUP_EPHEMERAL;
	join(&b, 3);
	opts.flags = 0;
	for (unsigned g = 1; g <= 15; g++) {
		join(&crowd[g], 0);
		ck_assert_uint_eq(crowd[g].group, g < 3 ? g : g + 1);
	}
	is(NABD_BUSY, try_join(&a, 0));
	/* A durable group needs no live member, an ephemeral one does. */
	die(&crowd[2]);
	is(NABD_BUSY, try_join(&a, 0));
	die(&b);
	join(&a, 0);
	ck_assert_uint_eq(a.group, 3);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_membership");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_first_makes_the_group_and_others_join_it);
	tcase_add_test(tests, a_new_group_begins_where_it_asks_to);
	tcase_add_test(tests, a_group_made_anew_has_nothing_of_the_former);
	tcase_add_test(tests, lines_of_the_dead_are_cleared);
	tcase_add_test(tests, the_tag_of_one_left_behind_is_not_used_again);
	tcase_add_loop_test(tests, half_made_groups, 0, 10);
	tcase_add_loop_test(tests, half_joined_groups, 0, 3);
	tcase_add_test(tests, a_failed_join_leaves_no_group);
	tcase_add_test(tests, a_failed_join_leaves_a_group_of_others_alone);
	tcase_add_test(tests, an_impossible_head_is_refused);
	tcase_add_test(tests, the_lock_of_a_group_is_waited_for_a_while);
	tcase_add_test(tests, groups_are_dropped_once);
	tcase_add_test(tests, any_free_id);
	return unit_run(tests);
}
