/* SPDX-License-Identifier: MIT */
/*
 * How often a message was delivered, in one word for a whole line: counts may be too
 * low, never too high, and a message that kills each of its readers is counted exactly.
 */
#include "claims.h"

static void claim(uint64_t at, uint64_t n)
{
	group_at(SLOTS, at);
	publish(at, SLOTS);
	is(NABD_OK, take((size_t)n));
}

static void died(void)
{
	bind_line(&line, LINE);
	ck_assert_int_eq(nabdi_claim_inherit(&claims, &line, MADE, false), HERITAGE_HELD);
}

static void counts_are(const uint32_t *want, uint64_t n)
{
	const uint64_t given = cell_load_relaxed(&line.shm->given);

	for (uint64_t i = 0; i < n; i++)
		ck_assert_uint_eq(nabdi_claim_deliveries(&line, i), want[i]);
	/* An onlooker sees those of the first before this time. */
	ck_assert_uint_eq(nabdi_claim_front(line.begin, given), want[0] - 1);
}

START_TEST(a_new_claim_is_delivered_once)
{
	claim(100, 4);
	counts_are((const uint32_t[]){1, 1, 1, 1}, 4);
	nabdi_claim_hand_out(&line, 2);
	counts_are((const uint32_t[]){1, 1, 1, 1}, 4);
	/* After one that had counts, in the same line, too. */
	died();
	nabdi_claim_release(&line, 4);
	is(NABD_OK, take(3));
	counts_are((const uint32_t[]){1, 1, 1}, 3);
	died();
	counts_are((const uint32_t[]){1, 1, 1}, 3);
	line.front = line.rest = 9;
	nabdi_claim_release(&line, 3);
	is(NABD_OK, take(1));
	counts_are((const uint32_t[]){1}, 1);
}
END_TEST

START_TEST(only_what_was_handed_out_is_counted)
{
	claim(100, 4);
	nabdi_claim_hand_out(&line, 2);
	died();
	counts_are((const uint32_t[]){2, 2, 1, 1}, 4);
	/* Not handed out again: not counted again. */
	died();
	counts_are((const uint32_t[]){2, 2, 1, 1}, 4);
	/* To hand out fewer takes nothing back. */
	nabdi_claim_hand_out(&line, 2);
	nabdi_claim_hand_out(&line, 1);
	died();
	counts_are((const uint32_t[]){3, 3, 1, 1}, 4);
	nabdi_claim_release(&line, 1);
	counts_are((const uint32_t[]){3, 1, 1}, 3);
	nabdi_claim_release(&line, 1);
	counts_are((const uint32_t[]){1, 1}, 2);
	nabdi_claim_hand_out(&line, 1);
	died();
	counts_are((const uint32_t[]){2, 1}, 2);
}
END_TEST

/* One word can't say three counts: the neighbours' become too low, not too high. */
START_TEST(with_more_than_two_counts_some_are_too_low)
{
	claim(100, 4);
	nabdi_claim_hand_out(&line, 3);
	died();
	nabdi_claim_hand_out(&line, 1);
	died();
	counts_are((const uint32_t[]){3, 1, 1, 1}, 4);
	nabdi_claim_hand_out(&line, 4);
	died();
	counts_are((const uint32_t[]){4, 1, 1, 1}, 4);
}
END_TEST

START_TEST(a_poisonous_message_is_counted_each_time)
{
	claim(100, 4);
	nabdi_claim_hand_out(&line, 4);
	died();
	for (uint32_t n = 2; n < 200; n++) {
		ck_assert_uint_eq(nabdi_claim_deliveries(&line, 0), n);
		nabdi_claim_hand_out(&line, 1);
		died();
	}
	/* And takes nobody along. */
	nabdi_claim_release(&line, 1);
	ck_assert_uint_le(nabdi_claim_deliveries(&line, 0), 2);
}
END_TEST

START_TEST(given_back_counts_as_a_death)
{
	claim(100, 3);
	nabdi_claim_hand_out(&line, 1);
	nabdi_claim_again(&line);
	ck_assert(line.inherited);
	counts_are((const uint32_t[]){2, 1, 1}, 3);
	line_says(100, 103);
	nabdi_claim_again(&line); /* nothing was handed out since */
	counts_are((const uint32_t[]){2, 1, 1}, 3);
}
END_TEST

START_TEST(a_count_stops_at_the_highest)
{
	claim(100, 2);
	line.front = 65534;
	line.mark = 101;
	nabdi_claim_store_counts(&line);
	for (int i = 0; i < 3; i++) {
		nabdi_claim_hand_out(&line, 1);
		died();
		counts_are((const uint32_t[]){65536, 1}, 2);
	}
	/* Also the one of the others. */
	nabdi_claim_release(&line, 1);
	line.rest = 65535;
	line.mark = line.begin;
	nabdi_claim_store_counts(&line);
	nabdi_claim_hand_out(&line, 1);
	died();
	counts_are((const uint32_t[]){65536}, 1);
}
END_TEST

/* Counted apart from the line: as long as it is not released, by hand outs and deaths. */
static void against_the_truth(uint64_t at, uint64_t *state)
{
	uint32_t truth[SLOTS] = {0};
	uint64_t handed = 0;

	claim(at, SLOTS);
	for (int step = 0; step < 12 && nabdi_line_holds(&line); step++) {
		const uint64_t left = line.end - line.begin, done = SLOTS - left;
		const uint64_t n = unit_random(state) % (left + 1);

		switch (unit_random(state) % 4) {
		case 0:
			nabdi_claim_hand_out(&line, n);
			handed = done + n > handed ? done + n : handed;
			break;
		case 1:
			if (n > 0 && done + n <= handed)
				nabdi_claim_release(&line, n);
			break;
		default:
			for (uint64_t i = done; i < handed; i++)
				truth[i]++;
			handed = 0;
			died();
		}
		for (uint64_t i = 0; i < line.end - line.begin; i++)
			ck_assert_uint_le(nabdi_claim_deliveries(&line, i) - 1,
					  truth[SLOTS - (line.end - line.begin) + i]);
	}
}

START_TEST(never_too_high)
{
	static const uint64_t at[] = {0, 100, 0xfffc, 0xffff, 0x1fffd, UINT32_MAX - 2u};
	uint64_t state = 17;

	for (unsigned i = 0; i < COUNT(at); i++)
		for (int round = 0; round < 2000; round++)
			against_the_truth(at[i], &state);
}
END_TEST

/* Whatever the word says, marks stay near the line. */
START_TEST(any_word_whatever)
{
	uint64_t state = 4;

	claim(0xfff0, 4);
	for (int i = 0; i < 20000; i++) {
		cell_store_relaxed(&line.shm->given, unit_random(&state));
		died();
		ck_assert_uint_le(line.mark - line.begin, 16384);
		ck_assert_uint_le(line.handed - line.begin, 16384);
		ck_assert_uint_le(line.front, 65535);
		ck_assert_uint_le(line.rest, 65535);
	}
}
END_TEST

/* As many as the low bits can tell apart, and no more. */
START_TEST(a_long_claim)
{
	group_at(1u << 15, 0);
	publish(0, 1u << 15);
	is(NABD_OK, take(1u << 15));
	line_says(0, 16384);
	nabdi_claim_hand_out(&line, 16384);
	died();
	ck_assert_uint_eq(nabdi_claim_deliveries(&line, 0), 2);
	ck_assert_uint_eq(nabdi_claim_deliveries(&line, 16383), 2);
	ck_assert_uint_eq(nabdi_claim_front(0, cell_load_relaxed(&line.shm->given)), 1);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_claim_counts");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_new_claim_is_delivered_once);
	tcase_add_test(tests, only_what_was_handed_out_is_counted);
	tcase_add_test(tests, with_more_than_two_counts_some_are_too_low);
	tcase_add_test(tests, a_poisonous_message_is_counted_each_time);
	tcase_add_test(tests, given_back_counts_as_a_death);
	tcase_add_test(tests, a_count_stops_at_the_highest);
	tcase_add_test(tests, never_too_high);
	tcase_add_test(tests, any_word_whatever);
	tcase_add_test(tests, a_long_claim);
	return unit_run(tests);
}
