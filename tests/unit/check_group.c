/* SPDX-License-Identifier: MIT */
/*
 * Groups, one step at a time: joining in each state that a dead predecessor can
 * leave, and what the producer and an onlooker make of positions, true and false.
 */
#include <string.h>

#include "group.h"
#include "unit.h"

#define SLOTS 8u

static struct nabd_shm_producer producer;
static struct nabd_shm_consumers consumers;

static void set_up(void)
{
	memset(&producer, 0, sizeof(producer));
	memset(&consumers, 0, sizeof(consumers));
}

static void set_words(uint64_t tail, uint64_t head, uint64_t roster)
{
	cell_store_relaxed(&producer.tail, tail);
	cell_store_relaxed(&producer.head, head);
	cell_store_relaxed(&consumers.roster, roster);
}

static void set_position(unsigned group, uint64_t position)
{
	cell_store_relaxed(&consumers.group[group].position, position);
}

static uint64_t position_of(unsigned group)
{
	return cell_load_relaxed(&consumers.group[group].position);
}

static uint64_t join(unsigned group)
{
	uint64_t position = 0xbad;

	is(NABD_OK, nabdi_group_join(&consumers, &producer, group, SLOTS, &position));
	ck_assert_uint_eq(position, position_of(group));
	return position;
}

static uint64_t both(unsigned group)
{
	return NABD_SHM_HOLDS(group) | NABD_SHM_SETTLED(group);
}

START_TEST(roster_bits_are_apart)
{
	uint64_t seen = 0;

	for (unsigned group = 0; group < NABD_SHM_GROUPS; group++) {
		ck_assert_uint_eq(seen & both(group), 0);
		seen |= both(group);
	}
}
END_TEST

START_TEST(the_first_inherits)
{
	for (unsigned group = 0; group < NABD_SHM_GROUPS; group++) {
		set_up();
		set_words(5, 11, 0);
		set_position(group, 77);
		ck_assert_uint_eq(join(group), 5);
		ck_assert_uint_eq(cell_load_relaxed(&consumers.roster), both(group));
	}
}
END_TEST

START_TEST(later_ones_begin_at_head)
{
	uint64_t roster = both(3);

	set_words(5, 11, roster);
	set_position(3, 5);
	for (unsigned group = 0; group < NABD_SHM_GROUPS; group++) {
		if (group == 3)
			continue;
		ck_assert_uint_eq(join(group), 11);
		roster |= both(group);
		ck_assert_uint_eq(cell_load_relaxed(&consumers.roster), roster);
	}
	ck_assert_uint_eq(position_of(3), 5);
}
END_TEST

START_TEST(a_settled_one_goes_on)
{
	static const uint64_t wrong[] = {100 + SLOTS + 1, 99, 0, UINT64_MAX};
	uint64_t position;

	for (uint64_t at = 100; at <= 100 + SLOTS; at++) {
		set_words(100, 100 + SLOTS, both(0) | both(2));
		set_position(0, at);
		ck_assert_uint_eq(join(0), at);
	}
	for (unsigned i = 0; i < COUNT(wrong); i++) {
		set_position(0, wrong[i]);
		is(NABD_CORRUPT, nabdi_group_join(&consumers, &producer, 0, SLOTS, &position));
		ck_assert_uint_eq(position_of(0), wrong[i]);
	}
	ck_assert_uint_eq(cell_load_relaxed(&consumers.roster), both(0) | both(2));
}
END_TEST

/* Its predecessor died between the two marks: its position means nothing yet. */
START_TEST(a_half_joined_one_joins_anew)
{
	set_words(5, 11, both(1) | NABD_SHM_HOLDS(0));
	set_position(1, 5);
	set_position(0, 4711);
	ck_assert_uint_eq(join(0), 11);
	ck_assert_uint_eq(cell_load_relaxed(&consumers.roster), both(0) | both(1));
	/* Also where it is the only one. */
	set_words(5, 11, NABD_SHM_HOLDS(0));
	set_position(0, 4711);
	ck_assert_uint_eq(join(0), 11);
	ck_assert_uint_eq(cell_load_relaxed(&consumers.roster), both(0));
}
END_TEST

static uint64_t floor_of(uint64_t floor, uint64_t head, unsigned *slowest)
{
	uint64_t roster = cell_load_relaxed(&consumers.roster);
	uint64_t got = nabdi_group_floor(&consumers, floor, head, slowest);

	ck_assert_uint_eq(cell_load_relaxed(&consumers.roster), roster);
	ck_assert_uint_le(got - floor, head - floor);
	return got;
}

START_TEST(without_a_group_the_floor_stays)
{
	unsigned slowest = 5;

	set_position(0, 10); /* of nobody */
	ck_assert_uint_eq(floor_of(7, 12, &slowest), 7);
	ck_assert_uint_eq(slowest, NABDI_GROUP_NONE);
	/* A settled mark alone makes no group. */
	set_words(0, 0, NABD_SHM_SETTLED(0));
	ck_assert_uint_eq(floor_of(7, 12, &slowest), 7);
	ck_assert_uint_eq(slowest, NABDI_GROUP_NONE);
}
END_TEST

START_TEST(the_slowest_is_the_floor)
{
	unsigned slowest;

	set_words(0, 0, both(0) | NABD_SHM_HOLDS(4) | both(16));
	set_position(0, 10);
	set_position(4, 9);
	set_position(16, 12);
	set_position(5, 7); /* of nobody */
	ck_assert_uint_eq(floor_of(7, 12, &slowest), 9);
	ck_assert_uint_eq(slowest, 4);
	set_position(4, 12);
	ck_assert_uint_eq(floor_of(9, 12, &slowest), 10);
	ck_assert_uint_eq(slowest, 0);
	set_position(0, 12);
	ck_assert_uint_eq(floor_of(10, 12, &slowest), 12);
	ck_assert_uint_ne(slowest, NABDI_GROUP_NONE);
	/* The last of the groups too. */
	set_position(0, 20);
	set_position(4, 20);
	set_position(16, 19);
	ck_assert_uint_eq(floor_of(12, 20, &slowest), 19);
	ck_assert_uint_eq(slowest, 16);
}
END_TEST

/* Nothing that a group writes lets the producer run over another, or back. */
START_TEST(false_positions_hold)
{
	static const uint64_t wrong[] = {
		0, 6, 98, 101, 109, 1000, UINT64_C(1) << 32, UINT64_C(1) << 63, UINT64_MAX,
	};
	unsigned slowest;

	for (unsigned i = 0; i < COUNT(wrong); i++) {
		set_words(0, 0, both(0) | both(1));
		set_position(0, 100);
		set_position(1, wrong[i]);
		ck_assert_uint_eq(floor_of(99, 100, &slowest), 99);
		ck_assert_uint_eq(slowest, 1);
		/* Whichever of them comes first. */
		set_position(0, wrong[i]);
		set_position(1, 100);
		ck_assert_uint_eq(floor_of(99, 100, &slowest), 99);
		ck_assert_uint_eq(slowest, 0);
	}
}
END_TEST

START_TEST(floors_around_borders)
{
	static const uint64_t at[] = {
		UINT64_C(0xfffffffe), UINT64_C(0x7ffffffffffffffe), UINT64_MAX - 3,
	};
	unsigned slowest;

	for (unsigned i = 0; i < COUNT(at); i++) {
		set_words(0, 0, both(0) | both(9));
		set_position(0, at[i] + 2);
		set_position(9, at[i] + 3);
		ck_assert_uint_eq(floor_of(at[i], at[i] + SLOTS, &slowest), at[i] + 2);
		ck_assert_uint_eq(slowest, 0);
		ck_assert_uint_eq(nabdi_group_lowest(&consumers, 1, at[i] + SLOTS), at[i] + 2);
	}
}
END_TEST

/* Positions and a roster of chance, and the floor worked out in another way. */
START_TEST(any_words_whatever)
{
	uint64_t state = 99;

	for (int i = 0; i < 20000; i++) {
		uint64_t roster = unit_random(&state) >> unit_random(&state) % 64;
		uint64_t floor = unit_random(&state) >> unit_random(&state) % 64;
		uint64_t head = floor + unit_random(&state) % (SLOTS + 1);
		uint64_t lowest = head;
		bool any = false;
		unsigned slowest;

		cell_store_relaxed(&consumers.roster, roster);
		for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
			uint64_t p = unit_random(&state);

			if (p % 8 != 0)
				p = floor + p % (SLOTS + 1);
			set_position(g, p);
			if ((roster >> g & 1) == 0)
				continue;
			any = true;
			if (p - floor > head - floor)
				p = floor;
			if (p - floor < lowest - floor)
				lowest = p;
		}
		ck_assert_uint_eq(floor_of(floor, head, &slowest), any ? lowest : floor);
		ck_assert_int_eq(slowest == NABDI_GROUP_NONE, !any);
	}
}
END_TEST

START_TEST(holding)
{
	set_position(2, 50);
	ck_assert(nabdi_group_holds(&consumers, 2, 50));
	ck_assert(!nabdi_group_holds(&consumers, 2, 49));
	ck_assert(!nabdi_group_holds(&consumers, 2, 51));
	ck_assert(!nabdi_group_holds(&consumers, NABDI_GROUP_NONE, 50));
}
END_TEST

START_TEST(what_an_onlooker_sees)
{
	ck_assert_uint_eq(nabdi_group_lowest(&consumers, 3, 12), 3);
	set_words(0, 0, both(0) | both(7));
	set_position(0, 11);
	set_position(7, 9);
	ck_assert_uint_eq(nabdi_group_lowest(&consumers, 3, 12), 9);
	set_position(7, 12);
	ck_assert_uint_eq(nabdi_group_lowest(&consumers, 3, 12), 11);
	set_position(0, 12);
	ck_assert_uint_eq(nabdi_group_lowest(&consumers, 3, 12), 12);
	/* Already beyond the head that was read a moment before. */
	set_position(0, 15);
	ck_assert_uint_eq(nabdi_group_lowest(&consumers, 3, 12), 12);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_group");

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(tests, roster_bits_are_apart);
	tcase_add_test(tests, the_first_inherits);
	tcase_add_test(tests, later_ones_begin_at_head);
	tcase_add_test(tests, a_settled_one_goes_on);
	tcase_add_test(tests, a_half_joined_one_joins_anew);
	tcase_add_test(tests, without_a_group_the_floor_stays);
	tcase_add_test(tests, the_slowest_is_the_floor);
	tcase_add_test(tests, false_positions_hold);
	tcase_add_test(tests, floors_around_borders);
	tcase_add_test(tests, any_words_whatever);
	tcase_add_test(tests, holding);
	tcase_add_test(tests, what_an_onlooker_sees);
	return unit_run(tests);
}
