/* SPDX-License-Identifier: MIT */
/*
 * Claims, one step at a time: what is said in the line and moved in the position, and
 * how much of what a dead member left is believed.
 */
#include "claims.h"

START_TEST(with_no_message_nothing_is_said)
{
	is(NABD_EMPTY, take(4));
	line_says_nothing();
	position_is(100);
	ck_assert(!nabdi_line_holds(&line));
}
END_TEST

START_TEST(a_claim_is_in_the_line_and_in_the_position)
{
	publish(100, 3);
	is(NABD_OK, take(2));
	line_says(100, 102);
	position_is(102);
	ck_assert(nabdi_line_holds(&line));
	ck_assert(!line.inherited);
	ck_assert_uint_eq(line.begin, 100);
	ck_assert_uint_eq(line.end, 102);
	nabdi_claim_release(&line, 1);
	line_says(101, 102);
	nabdi_claim_release(&line, 1);
	line_says_nothing();
	ck_assert(!nabdi_line_holds(&line));
	position_is(102);
	/* The next one, in the same line. */
	is(NABD_OK, take(2));
	line_says(102, 103);
	position_is(103);
}
END_TEST

START_TEST(no_more_is_claimed_than_is_ready)
{
	for (uint64_t n = 1; n <= SLOTS; n++) {
		for (size_t want = 1; want <= 2 * SLOTS; want++) {
			const uint64_t got = want < n ? want : n;

			group_at(SLOTS, 100);
			publish(100, n);
			is(NABD_OK, take(want));
			line_says(100, 100 + got);
			position_is(100 + got);
		}
	}
}
END_TEST

START_TEST(around_the_borders_of_sequences)
{
	static const uint64_t at[] = {
		0, 1, 7, 0xfffc, 0x10000, UINT32_MAX - 3u, UINT32_MAX, UINT64_C(1) << 32,
		(UINT64_C(1) << 55) - 4, NABD_SHM_SEQUENCE - 20,
	};

	for (unsigned i = 0; i < COUNT(at); i++) {
		group_at(SLOTS, at[i]);
		is(NABD_EMPTY, take(4));
		publish(at[i], SLOTS);
		for (uint64_t s = at[i]; s < at[i] + SLOTS; s += 2) {
			is(NABD_OK, take(2));
			line_says(s, s + 2);
			position_is(s + 2);
			nabdi_claim_release(&line, 2);
		}
		is(NABD_EMPTY, take(4));
		line_says_nothing();
	}
}
END_TEST

START_TEST(of_a_group_that_ended_nothing_is_claimed)
{
	const uint64_t words[] = {
		0,
		100,
		(claims.tag & ~NABD_SHM_STATE) | NABD_SHM_DROPPED | 100,
		(claims.tag & ~NABD_SHM_STATE) | NABD_SHM_EVICTED | 100,
		nabdi_group_tag(MADE + 1) | 100,
		nabdi_group_tag(MADE - 1) | 100,
	};

	publish(100, 3);
	for (unsigned i = 0; i < COUNT(words); i++) {
		cell_store_relaxed(claims.position, words[i]);
		is(NABD_DROPPED, take(2));
		line_says_nothing();
		ck_assert(!nabdi_claim_open(&claims));
		ck_assert_uint_eq(cell_load_relaxed(claims.position), words[i]);
	}
	/* Made anew 64 times, it looks the same: who makes it takes care of that. */
	cell_store_relaxed(claims.position, nabdi_group_tag(MADE + 64) | 100);
	is(NABD_OK, take(2));
}
END_TEST

START_TEST(a_damaged_slot_or_position_is_told)
{
	publish(100, 3);
	cell_store_relaxed(nabdi_ring_stamp(payload(100)), 0xdead);
	is(NABD_CORRUPT, take(2));
	line_says_nothing();
	/* A damaged one behind good ones is nobody's concern yet. */
	publish(100, 3);
	cell_store_relaxed(nabdi_ring_stamp(payload(102)), 0xdead);
	is(NABD_OK, take(9));
	line_says(100, 102);
	/* More than a lap behind, or ahead. */
	set_position(100 - 3 * SLOTS);
	is(NABD_CORRUPT, take(2));
	set_position(103 + 3 * SLOTS);
	is(NABD_CORRUPT, take(2));
	position_is(103 + 3 * SLOTS);
}
END_TEST

START_TEST(who_was_overtaken_goes_on_at_the_oldest)
{
	uint64_t gap = 0;

	claims.overwrite = true;
	publish(100, 3);
	publish(103, SLOTS);
	cell_store_relaxed(&producer->tail, 103);
	is(NABD_LAPPED, nabdi_claim_take(&claims, &line, 2, &gap));
	ck_assert_uint_eq(gap, 3);
	line_says_nothing();
	position_is(103);
	is(NABD_OK, nabdi_claim_take(&claims, &line, 2, &gap));
	line_says(103, 105);
	/* What is being written is not there yet, and not lost. */
	nabdi_claim_release(&line, 2);
	set_position(103 + SLOTS);
	cell_store_relaxed(&producer->tail, 104);
	nabdi_over_begin(payload(103 + SLOTS), 103 + SLOTS);
	is(NABD_EMPTY, nabdi_claim_take(&claims, &line, 2, &gap));
	position_is(103 + SLOTS);
	/* Nor is it claimed behind others. */
	set_position(102 + SLOTS);
	is(NABD_OK, nabdi_claim_take(&claims, &line, 2, &gap));
	line_says(102 + SLOTS, 103 + SLOTS);
}
END_TEST

static enum nabdi_heritage inherit(bool sure)
{
	return nabdi_claim_inherit(&claims, &line, MADE, sure);
}

START_TEST(what_the_dead_held_is_served_where_it_lies)
{
	publish(100, 6);
	is(NABD_OK, take(4));
	nabdi_claim_release(&line, 1);
	bind_line(&line, LINE); /* its holder died */
	ck_assert_int_eq(inherit(false), HERITAGE_HELD);
	ck_assert_uint_eq(line.begin, 101);
	ck_assert_uint_eq(line.end, 104);
	ck_assert(line.inherited);
	line_says(101, 104);
	/* The producer is asked to look again, before tail is believed. */
	ck_assert_uint_eq(changes(), 1);
	/* The helper dies too. */
	nabdi_claim_release(&line, 1);
	bind_line(&line, LINE);
	ck_assert_int_eq(inherit(false), HERITAGE_HELD);
	ck_assert_uint_eq(line.begin, 102);
	line_says(102, 104);
}
END_TEST

START_TEST(an_empty_line_is_left_alone)
{
	set_line(UINT64_MAX, 104); /* begin is 0 */
	ck_assert_int_eq(inherit(false), HERITAGE_NONE);
	ck_assert(!nabdi_line_holds(&line));
	ck_assert_uint_eq(changes(), 0);
}
END_TEST

/* An intent that came to nothing, or a claim from before a seek back. */
START_TEST(nothing_is_believed_that_was_not_given_out)
{
	publish(100, SLOTS);
	set_position(103);
	set_line(101, 106);
	ck_assert_int_eq(inherit(false), HERITAGE_HELD);
	ck_assert_uint_eq(line.begin, 101);
	ck_assert_uint_eq(line.end, 103);
	for (uint64_t begin = 103; begin <= 105; begin++) {
		set_line(begin, 106);
		ck_assert_int_eq(inherit(false), HERITAGE_NONE);
		ck_assert(!nabdi_line_holds(&line));
		line_says_nothing();
	}
}
END_TEST

START_TEST(what_cannot_be_true_is_forgotten)
{
	static const struct {
		uint64_t position, begin, end;
	} t[] = {
		{104, 102, 102},         /* empty */
		{104, 102, 101},         /* less than that */
		{104, 102, 0},
		{109, 100, 109},         /* more than a lap */
		{109, 100, 101},         /* more than a lap ago */
		{104, 1, 3},
		{104, UINT64_C(1) << 60, 103},
	};

	cell_store_relaxed(&producer->tail, 0); /* it is not for this that they are refused */
	cell_store_relaxed(&producer->told, 0);
	for (unsigned i = 0; i < COUNT(t); i++) {
		set_position(t[i].position);
		set_line(t[i].begin, t[i].end);
		ck_assert_msg(inherit(true) == HERITAGE_NONE, "case %u", i);
		line_says_nothing();
		ck_assert(!nabdi_line_holds(&line));
	}
	/* However old it may be where messages are overwritten, it is not longer than that. */
	claims.overwrite = true;
	set_position(109);
	set_line(50, 50 + SLOTS);
	ck_assert_int_eq(inherit(false), HERITAGE_HELD);
	set_line(50, 50 + SLOTS + 1);
	ck_assert_int_eq(inherit(false), HERITAGE_NONE);
	claims.overwrite = false;
	/* Nor what a member of a former group left. */
	set_position(104);
	set_line(101, 103);
	cell_store_relaxed(&line.shm->made, MADE - 1);
	ck_assert_int_eq(inherit(true), HERITAGE_NONE);
	line_says_nothing();
}
END_TEST

/* Below tail it is the producer's; up to told it may become so, or be kept after all. */
START_TEST(a_stale_intent_is_not_taken_for_a_claim)
{
	publish(100, SLOTS);
	set_position(106);
	cell_store_relaxed(&producer->tail, 102);
	cell_store_relaxed(&producer->told, 104);
	for (uint64_t begin = 100; begin < 106; begin++) {
		set_line(begin, 106);
		ck_assert_int_eq(inherit(false), begin < 102   ? HERITAGE_NONE
						 : begin < 104 ? HERITAGE_UNSURE
							       : HERITAGE_HELD);
		if (begin < 102)
			line_says_nothing();
		else
			line_says(begin, 106);
		ck_assert_int_eq(nabdi_line_holds(&line), begin >= 104);
		/* With no producer to take it, it is kept. */
		set_line(begin, 106);
		ck_assert_int_eq(inherit(true), begin < 102 ? HERITAGE_NONE : HERITAGE_HELD);
	}
	/* Where messages are overwritten the stamps tell. */
	claims.overwrite = true;
	set_line(100, 106);
	ck_assert_int_eq(inherit(false), HERITAGE_HELD);
}
END_TEST

START_TEST(of_another_group_nothing_is_touched)
{
	set_line(101, 103);
	for (uint64_t state = 0; state < 4; state++) {
		const uint64_t word = NABD_SHM_MADE(state == 1 ? MADE + 1 : MADE) | state << 56;

		cell_store_relaxed(claims.position, word | 104);
		ck_assert_int_eq(inherit(true), HERITAGE_FOREIGN);
		ck_assert(!nabdi_line_holds(&line));
		line_says(101, 103);
		ck_assert_uint_eq(changes(), 0);
		ck_assert_uint_eq(cell_load_relaxed(claims.position), word | 104);
	}
}
END_TEST

/*
 * Of a member that died while it moved the group: from the target on it holds all, and
 * nothing of it is a claim. The producer may have read the position before the guard was
 * there: it must look again, as when the seek is done.
 */
START_TEST(the_guard_of_a_dead_seeker_is_no_claim)
{
	nabd_cell64 *guard = &line.shm->guard;

	publish(100, SLOTS);
	set_position(104);
	cell_store_relaxed(guard, 103);
	ck_assert(nabdi_claim_seen(line.shm));
	ck_assert_int_eq(inherit(false), HERITAGE_NONE);
	ck_assert(!nabdi_claim_seen(line.shm));
	ck_assert_uint_ge(changes(), 1);
	/* What it held beside that is served. */
	set_line(101, 103);
	cell_store_relaxed(guard, 103);
	ck_assert_int_eq(inherit(false), HERITAGE_HELD);
	line_says(101, 103);
	ck_assert_uint_eq(cell_load_relaxed(guard), 0);
	/* Of another group it is left where it is. */
	cell_store_relaxed(guard, 103);
	cell_store_relaxed(claims.position, nabdi_group_tag(MADE + 1) | 104);
	ck_assert_int_eq(inherit(false), HERITAGE_FOREIGN);
	ck_assert_uint_eq(cell_load_relaxed(guard), 103);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_claim");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, with_no_message_nothing_is_said);
	tcase_add_test(tests, a_claim_is_in_the_line_and_in_the_position);
	tcase_add_test(tests, no_more_is_claimed_than_is_ready);
	tcase_add_test(tests, around_the_borders_of_sequences);
	tcase_add_test(tests, of_a_group_that_ended_nothing_is_claimed);
	tcase_add_test(tests, a_damaged_slot_or_position_is_told);
	tcase_add_test(tests, who_was_overtaken_goes_on_at_the_oldest);
	tcase_add_test(tests, what_the_dead_held_is_served_where_it_lies);
	tcase_add_test(tests, an_empty_line_is_left_alone);
	tcase_add_test(tests, nothing_is_believed_that_was_not_given_out);
	tcase_add_test(tests, what_cannot_be_true_is_forgotten);
	tcase_add_test(tests, a_stale_intent_is_not_taken_for_a_claim);
	tcase_add_test(tests, of_another_group_nothing_is_touched);
	tcase_add_test(tests, the_guard_of_a_dead_seeker_is_no_claim);
	return unit_run(tests);
}
