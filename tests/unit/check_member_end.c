/* SPDX-License-Identifier: MIT */
/*
 * How a member learns that its group has ended, and what it is told was lost, also after
 * the group was made anew; messages that are delivered too often; and messages that are
 * overwritten before, or while, a member reads them.
 */
#include "crew.h"

static struct nabdi_member a, b;

static struct nabd_consumer_stats stats_of(const struct nabdi_member *m)
{
	struct nabd_consumer_stats stats = {0};

	nabdi_member_stats(m, &stats);
	return stats;
}

/* Two messages held, one of them handed out, and three more to come. */
static void at_work(struct nabdi_member *m)
{
	join(m, GROUP);
	send(5);
	is(NABD_OK, nabdi_member_fetch(m, 2));
	cell_store_relaxed(m->claims.position, m->claims.tag | 2);
	m->own->end = 2; /* as if there had been another member */
	cell_store_relaxed(&m->own->shm->end, 2);
	peeks(m, 0, 1);
}

static void evict(unsigned group)
{
	cell_store_relaxed(&group_of(group)->closed_head, tx.head);
	ck_assert(nabdi_group_close(consumers, group, word_of(group) & ~NABD_SHM_SEQUENCE,
				    NABD_SHM_EVICTED));
}

/* For good, the same at each call; nothing is held any more, and no lock. */
static void learns(struct nabdi_member *m, int how, uint64_t gap, uint64_t held)
{
	struct nabd_shm_member *line = m->own->shm;
	const unsigned index = index_of(m->own, m->group);

	is(how, done(m, 1));
	for (int i = 0; i < 2; i++) {
		const struct nabd_consumer_stats stats = stats_of(m);

		ck_assert_int_eq(stats.state, how);
		ck_assert_uint_eq(stats.gap, gap);
		ck_assert_uint_eq(stats.lost, gap);
		ck_assert_uint_eq(stats.held, held);
		is(how, nabdi_member_fetch(m, 1));
		is(how, nabdi_member_learn_end(m));
	}
	ck_assert_uint_eq(cell_load_relaxed(&line->begin), 0);
	ck_assert(!alive(m->group, index));
}

START_TEST(of_a_dropped_group)
{
	at_work(&a);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	learns(&a, NABD_DROPPED, 0, 2);
}
END_TEST

START_TEST(of_an_evicted_group_with_exact_numbers)
{
	at_work(&a);
	evict(GROUP);
	send(2); /* those were never meant for it */
	learns(&a, NABD_EVICTED, 3, 2);
}
END_TEST

START_TEST(each_call_finds_it_out)
{
	struct nabd_msg msg;
	uint64_t actual;

	at_work(&a);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	is(NABD_DROPPED, nabdi_member_nack(&a));
	at_work(&a);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	is(NABD_DROPPED, nabdi_member_fetch_again(&a));
	at_work(&a);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	is(NABD_DROPPED, nabdi_member_seek(&a, 0, &actual));
	at_work(&a);
	nabdi_ring_publish(nabdi_ring_payload(&a.claims.ring, a.own->begin), 999, 1);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	is(NABD_DROPPED, nabdi_member_message(&a, 0, &msg));
}
END_TEST

START_TEST(numbers_that_cannot_be_are_not_told)
{
	at_work(&a);
	evict(GROUP);
	cell_store_relaxed(&group_of(GROUP)->closed_head, 2 + SLOTS + 1);
	learns(&a, NABD_EVICTED, 0, 2);
}
END_TEST

/* The record lies in the line: what becomes of later groups does not change it. */
START_TEST(of_a_group_that_was_made_anew)
{
	at_work(&a);
	evict(GROUP);
	send(2);
	join(&b, GROUP);
	ck_assert_ptr_ne(b.own->shm, a.own->shm);
	ck_assert_uint_eq(cell_load_relaxed(&a.own->shm->closed_head), 5);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	is(NABD_DROPPED, nabdi_member_fetch(&b, 1));
	join(&b, GROUP);
	send(1);
	evict(GROUP);
	join(&b, GROUP);
	learns(&a, NABD_EVICTED, 3, 2);
}
END_TEST

START_TEST(dropped_and_made_anew_and_evicted)
{
	at_work(&a);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	join(&b, GROUP);
	evict(GROUP);
	learns(&a, NABD_DROPPED, 0, 2);
	is(NABD_EVICTED, nabdi_member_fetch(&b, 1));
}
END_TEST

/* What it finds out late does not end the line of another. */
START_TEST(one_left_behind_leaves_the_new_group_alone)
{
	at_work(&a);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	opts.flags = NABD_JOIN_OLDEST;
	join(&b, GROUP);
	send(1);
	peeks(&b, 0, 1);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->members),
			  UINT64_C(1) << index_of(b.own, GROUP));
	learns(&a, NABD_DROPPED, 0, 2);
	nabdi_member_leave(&a, false);
	ck_assert_uint_eq(state_of(GROUP), NABD_SHM_OPEN);
	is(NABD_OK, done(&b, 1));
	pops(&b, 1, 1);
}
END_TEST

/* A group that has ended is not looked at for dead ones: what lies there is not ours. */
START_TEST(a_line_of_the_new_group_is_not_inherited)
{
	struct nabdi_line *room = &b.room[1];

	join(&b, GROUP);
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	join(&a, GROUP);
	send(2);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	room->shm = a.own->shm;
	die(&a);
	ck_assert_int_eq(nabdi_claim_inherit(&b.claims, room, b.made, true), HERITAGE_FOREIGN);
	line_says(room, 0, 2);
	room->shm = NULL;
	is(NABD_DROPPED, nabdi_member_take_own(&b));
}
END_TEST

static struct nabd_msg letter;
static uint64_t letter_says;
static unsigned letters;
static int answer;

static int takes_letter(const struct nabd_msg *msg, void *arg)
{
	ck_assert_ptr_eq(arg, &letters);
	letter = *msg;
	ck_assert_uint_eq(msg->len, sizeof(letter_says));
	memcpy(&letter_says, msg->data, sizeof(letter_says));
	letters++;
	if (answer == 2)
		is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	return answer == 1;
}

/* Message 0 has killed two, and the third to come has such a limit. */
static void poisoned(int says)
{
	letters = 0;
	answer = says;
	opts.max_deliveries = 2;
	opts.dead_letter = takes_letter;
	opts.dead_letter_arg = &letters;
	send(3);
	for (uint32_t n = 1; n <= 2; n++) {
		join(&a, GROUP);
		is(NABD_OK, nabdi_member_fetch(&a, 3));
		peeks(&a, 0, n);
		die(&a);
	}
	ck_assert_uint_eq(letters, 0);
	join(&a, GROUP);
}

START_TEST(what_was_delivered_too_often_is_a_dead_letter)
{
	poisoned(0);
	peeks(&a, 1, 1);
	ck_assert_uint_eq(letters, 1);
	ck_assert_uint_eq(letter.sequence, 0);
	ck_assert_uint_eq(letter_says, 0);
	ck_assert_uint_eq(letter.deliveries, 2);
	ck_assert_uint_eq(letter.flags, NABD_MSG_REDELIVERED);
	ck_assert_uint_eq(stats_of(&a).dead_letters, 1);
	line_says(a.own, 1, 3);
}
END_TEST

START_TEST(what_nobody_takes_is_delivered_once_more)
{
	poisoned(1);
	peeks(&a, 0, 3);
	ck_assert_uint_eq(letters, 1);
	ck_assert_uint_eq(stats_of(&a).dead_letters, 0);
	is(NABD_OK, done(&a, 1));
	pops(&a, 1, 1);
}
END_TEST

START_TEST(without_a_place_for_dead_letters_it_is_delivered)
{
	poisoned(0);
	a.dead_letter = NULL;
	peeks(&a, 0, 3);
	ck_assert_uint_eq(letters, 0);
}
END_TEST

/* Who buries it may be killed by that: that is a delivery as well. */
START_TEST(a_burial_counts_as_it_begins)
{
	poisoned(1);
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	die(&a);
	join(&a, GROUP);
	a.dead_letter = NULL;
	peeks(&a, 0, 4);
}
END_TEST

START_TEST(a_burial_that_ends_the_group)
{
	poisoned(2);
	peeks(&a, 0, 3); /* as one whose group ends a moment later */
	ck_assert_uint_eq(letters, 1);
	ck_assert_uint_eq(stats_of(&a).dead_letters, 0);
	is(NABD_DROPPED, done(&a, 1));
}
END_TEST

/* The producer has gone on by n; the geometry is this process's own copy. */
static void overtaken(unsigned n)
{
	tx.overwrite = true;
	send(n);
}

static void join_overwritten(struct nabdi_member *m)
{
	q.geometry.overwrite = true;
	join(m, GROUP);
	join(&b, GROUP); /* who is alone claims more than it is asked to */
	ck_assert(!m->plain);
}

START_TEST(what_was_overwritten_is_told_exactly)
{
	join_overwritten(&a);
	send(4);
	is(NABD_OK, nabdi_member_fetch(&a, 4));
	peeks(&a, 0, 1);
	overtaken(SLOTS - 2); /* 0 and 1 are gone */
	is(NABD_LAPPED, done(&a, 1));
	ck_assert_uint_eq(stats_of(&a).gap, 1);
	is(NABD_LAPPED, nabdi_member_fetch(&a, 1));
	ck_assert_uint_eq(stats_of(&a).gap, 1);
	ck_assert_uint_eq(stats_of(&a).lost, 2);
	pops(&a, 2, 1);
	/* Of two that were handed out, one. */
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	pops(&a, 3, 1);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	line_says(a.own, 4, 6);
	overtaken(3);
	is(NABD_LAPPED, done(&a, 2));
	ck_assert_uint_eq(stats_of(&a).gap, 1);
	ck_assert(!nabdi_line_holds(a.own));
}
END_TEST

START_TEST(copies_behind_void_ones_come_again)
{
	join_overwritten(&a);
	send(4);
	is(NABD_OK, nabdi_member_fetch(&a, 4));
	overtaken(SLOTS - 2);
	is(NABD_LAPPED, nabdi_member_done_copies(&a, 4));
	ck_assert_uint_eq(stats_of(&a).gap, 2);
	pops(&a, 2, 1);
	pops(&a, 3, 1);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	is(NABD_OK, nabdi_member_done_copies(&a, 3));
	ck_assert(!nabdi_line_holds(a.own));
	/* In the place of one that was handed out is another: */
	peeks(&a, 7, 1);
	overtaken(16);
	is(NABD_LAPPED, nabdi_member_fetch_again(&a));
}
END_TEST

/* The whole claim, and beyond it: the group goes on at the oldest. */
START_TEST(a_group_that_was_overtaken)
{
	join_overwritten(&a);
	send(2);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	overtaken(SLOTS + 5);
	is(NABD_LAPPED, nabdi_member_fetch(&a, 1));
	ck_assert_uint_eq(stats_of(&a).gap, 2);
	is(NABD_LAPPED, nabdi_member_fetch(&a, 1));
	ck_assert_uint_eq(stats_of(&a).gap, 5);
	ck_assert_uint_eq(stats_of(&a).lost, 7);
	pops(&a, 7, 1);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_member_end");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, of_a_dropped_group);
	tcase_add_test(tests, of_an_evicted_group_with_exact_numbers);
	tcase_add_test(tests, each_call_finds_it_out);
	tcase_add_test(tests, numbers_that_cannot_be_are_not_told);
	tcase_add_test(tests, of_a_group_that_was_made_anew);
	tcase_add_test(tests, dropped_and_made_anew_and_evicted);
	tcase_add_test(tests, one_left_behind_leaves_the_new_group_alone);
	tcase_add_test(tests, a_line_of_the_new_group_is_not_inherited);
	tcase_add_test(tests, what_was_delivered_too_often_is_a_dead_letter);
	tcase_add_test(tests, what_nobody_takes_is_delivered_once_more);
	tcase_add_test(tests, without_a_place_for_dead_letters_it_is_delivered);
	tcase_add_test(tests, a_burial_counts_as_it_begins);
	tcase_add_test(tests, a_burial_that_ends_the_group);
	tcase_add_test(tests, what_was_overwritten_is_told_exactly);
	tcase_add_test(tests, copies_behind_void_ones_come_again);
	tcase_add_test(tests, a_group_that_was_overtaken);
	return unit_run(tests);
}
