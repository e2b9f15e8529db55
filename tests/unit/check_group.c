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
	cell_store_relaxed(&producer.told, tail);
	cell_store_relaxed(&producer.tail, tail);
	cell_store_relaxed(&producer.head, head);
	cell_store_relaxed(&consumers.roster, roster);
}

/* That of an open group: the words of groups that ended are not looked at here. */
static void set_position(unsigned group, uint64_t sequence)
{
	cell_store_relaxed(&consumers.group[group].position, unit_position(group, sequence));
}

static uint64_t position_of(unsigned group)
{
	return cell_load_relaxed(&consumers.group[group].position);
}

static int try_join(unsigned group, uint64_t *position)
{
	static const struct nabdi_start start = {0};

	return nabdi_group_join(&consumers, &producer, group, unit_position(group, 0), &start,
				SLOTS, position);
}

static uint64_t join(unsigned group)
{
	uint64_t position = 0xbad;

	is(NABD_OK, try_join(group, &position));
	ck_assert_uint_eq(unit_position(group, position), position_of(group));
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
		const uint64_t bits[] = {NABD_SHM_HOLDS(group), NABD_SHM_SETTLED(group),
					 NABD_SHM_OLDEST(group)};

		ck_assert_uint_eq(NABD_SHM_ALL_HOLD & (bits[1] | bits[2]), 0);
		ck_assert_uint_eq(NABD_SHM_ALL_HOLD & bits[0], bits[0]);
		for (unsigned i = 0; i < COUNT(bits); i++) {
			ck_assert_uint_ne(bits[i], 0);
			ck_assert_uint_eq(seen & bits[i], 0);
			seen |= bits[i];
		}
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
		ck_assert_uint_eq(cell_load_relaxed(&consumers.roster),
				  both(group) | NABD_SHM_OLDEST(group));
		/* The producer has gone on, and is asked to look again. */
		ck_assert_uint_ge(cell_load_relaxed(&consumers.changes), 1);
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
	ck_assert_uint_eq(position_of(3), unit_position(3, 5));
}
END_TEST

/*
 * Between tail and a lap above it: nothing else can be true. That may be above what is
 * stored as head, if its producer died before it could store that.
 */
START_TEST(a_settled_one_goes_on)
{
	static const struct {
		uint64_t tail, head, position;
	} wrong[] = {
		{100, 108, 109}, {100, 108, 99}, {100, 108, 0}, {100, 108, UINT64_MAX},
		{5, 8, 4}, {5, 5, 4}, {0, 2, UINT64_MAX}, {0, 2, UINT64_MAX - 3}, {0, 0, SLOTS + 1},
	};
	uint64_t position;

	for (unsigned group = 0; group < NABD_SHM_GROUPS; group++) {
		set_up();
		for (uint64_t at = 100; at <= 100 + SLOTS; at++) {
			set_words(100, 103, both(group) | both(2));
			set_position(group, at);
			ck_assert_uint_eq(join(group), at);
		}
		for (unsigned i = 0; i < COUNT(wrong); i++) {
			set_words(wrong[i].tail, wrong[i].head, both(group) | both(2));
			set_position(group, wrong[i].position);
			is(NABD_CORRUPT, try_join(group, &position));
			ck_assert_uint_eq(position_of(group),
					  unit_position(group, wrong[i].position));
		}
		ck_assert_uint_eq(cell_load_relaxed(&consumers.roster), both(group) | both(2));
		ck_assert_uint_eq(cell_load_relaxed(&consumers.changes), 0);
	}
}
END_TEST

/* It takes no lock to end a group: tail may have passed it before we look. */
START_TEST(one_that_has_ended_is_not_damaged)
{
	static const uint64_t ends[] = {NABD_SHM_DROPPED, NABD_SHM_EVICTED};
	uint64_t position;

	for (unsigned i = 0; i < COUNT(ends); i++) {
		set_up();
		set_words(100, 100 + SLOTS, both(3));
		cell_store_relaxed(&consumers.group[3].position,
				   (unit_position(3, 50) & ~NABD_SHM_STATE) | ends[i]);
		is(NABD_DROPPED, try_join(3, &position));
		set_position(3, 50);
		is(NABD_CORRUPT, try_join(3, &position));
	}
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
	/* Unless it has inherited: that is known, and not lost with it. */
	set_words(5, 11, NABD_SHM_HOLDS(0) | NABD_SHM_OLDEST(0));
	set_position(0, 5);
	ck_assert_uint_eq(join(0), 5);
	/* But no lower than the producer has told that it may go. */
	set_words(7, 11, NABD_SHM_HOLDS(0) | NABD_SHM_OLDEST(0));
	set_position(0, 5);
	ck_assert_uint_eq(join(0), 7);
	ck_assert_uint_eq(cell_load_relaxed(&consumers.roster), both(0) | NABD_SHM_OLDEST(0));
}
END_TEST

static struct nabdi_watch watch;

static uint64_t floor_again(uint64_t floor, uint64_t head)
{
	uint64_t roster = cell_load_relaxed(&consumers.roster);
	uint64_t got = nabdi_group_renew(&consumers, &producer, &watch, floor, head);

	ck_assert_uint_eq(cell_load_relaxed(&consumers.roster), roster);
	ck_assert_uint_le(got - floor, head - floor);
	ck_assert_uint_eq(cell_load_relaxed(&producer.tail), got);
	ck_assert_uint_eq(cell_load_relaxed(&producer.told), got);
	return got;
}

/* As a producer that has just come. */
static uint64_t floor_of(uint64_t floor, uint64_t head)
{
	memset(&watch, 0, sizeof(watch));
	return floor_again(floor, head);
}

/* Which groups the watch knows to be at that floor. */
static uint64_t slowest(uint64_t floor)
{
	uint64_t groups = 0;

	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++)
		if ((watch.roster & NABD_SHM_HOLDS(g)) != 0 && watch.low[g] == floor)
			groups |= NABD_SHM_HOLDS(g);
	return groups;
}

START_TEST(without_a_group_the_floor_stays)
{
	set_position(0, 10); /* of nobody */
	set_position(1, 10);
	ck_assert_uint_eq(floor_of(7, 12), 7);
	ck_assert_uint_eq(slowest(7), 0);
	ck_assert_uint_eq(floor_again(7, 12), 7);
	/* The other marks alone make no group. */
	set_words(0, 0, NABD_SHM_SETTLED(0) | NABD_SHM_OLDEST(1));
	ck_assert_uint_eq(floor_of(7, 12), 7);
	ck_assert_uint_eq(slowest(7), 0);
	/* All have ended by hand: as if there were none. */
	set_words(0, 0, both(1));
	cell_store_relaxed(&consumers.group[1].position, NABD_SHM_DROPPED | 10);
	ck_assert_uint_eq(floor_of(7, 12), 7);
	ck_assert_uint_eq(slowest(7), 0);
}
END_TEST

START_TEST(the_slowest_is_the_floor)
{
	set_words(0, 0, both(0) | NABD_SHM_HOLDS(4) | both(16));
	set_position(0, 10);
	set_position(4, 9);
	set_position(16, 12);
	set_position(5, 7); /* of nobody */
	ck_assert_uint_eq(floor_of(7, 12), 9);
	ck_assert_uint_eq(slowest(9), NABD_SHM_HOLDS(4));
	set_position(4, 12);
	ck_assert_uint_eq(floor_again(9, 12), 10);
	ck_assert_uint_eq(slowest(10), NABD_SHM_HOLDS(0));
	set_position(0, 12);
	ck_assert_uint_eq(floor_again(10, 12), 12);
	ck_assert_uint_eq(slowest(12), NABD_SHM_HOLDS(0) | NABD_SHM_HOLDS(4) | NABD_SHM_HOLDS(16));
	/* The last of the groups too. */
	set_position(0, 20);
	set_position(4, 20);
	set_position(16, 19);
	ck_assert_uint_eq(floor_again(12, 20), 19);
	ck_assert_uint_eq(slowest(19), NABD_SHM_HOLDS(16));
}
END_TEST

/* Nothing that a group writes lets the producer run over another, or back. */
START_TEST(false_positions_hold)
{
	static const uint64_t wrong[] = {
		0, 6, 98, 101, 109, 1000, UINT64_C(1) << 32, UINT64_C(1) << 55, UINT64_C(1) << 63,
		UINT64_MAX,
	};

	for (unsigned i = 0; i < COUNT(wrong); i++) {
		set_words(0, 0, both(0) | both(1));
		set_position(0, 100);
		set_position(1, wrong[i]);
		ck_assert_uint_eq(floor_of(99, 100), 99);
		ck_assert_uint_eq(slowest(99), NABD_SHM_HOLDS(1));
		/* Whichever of them comes first. */
		set_position(0, wrong[i]);
		set_position(1, 100);
		ck_assert_uint_eq(floor_of(99, 100), 99);
		ck_assert_uint_eq(slowest(99), NABD_SHM_HOLDS(0));
	}
}
END_TEST

START_TEST(floors_around_borders)
{
	static const struct {
		uint64_t at;
		unsigned second; /* groups but the default one count to 2^56 */
	} t[] = {
		{UINT64_C(0xfffffffe), 9},
		{UINT64_C(0x7ffffffffffffe), 9},
		{NABD_SHM_SEQUENCE - SLOTS, 9},
		{UINT64_C(0x7ffffffffffffffe), 0},
		{UINT64_MAX - 3, 0},
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		const uint64_t at = t[i].at;

		set_words(0, 0, both(0) | both(t[i].second));
		set_position(t[i].second, at + 3);
		set_position(0, at + 2);
		ck_assert_uint_eq(floor_of(at, at + SLOTS), at + 2);
		ck_assert_uint_eq(slowest(at + 2), NABD_SHM_HOLDS(0));
		ck_assert_uint_eq(nabdi_group_lowest(&consumers, at, at + SLOTS), at + 2);
	}
}
END_TEST

/* Positions and a roster of chance, and the floor worked out in another way. */
START_TEST(any_words_whatever)
{
	uint64_t state = 99;

	for (int i = 0; i < 20000; i++) {
		uint64_t roster = unit_random(&state) >> unit_random(&state) % 64;
		uint64_t floor = unit_random(&state) >> (8 + unit_random(&state) % 56);
		uint64_t head = floor + unit_random(&state) % (SLOTS + 1);
		uint64_t lowest = head;
		bool any = false;

		cell_store_relaxed(&consumers.roster, roster);
		for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
			uint64_t p = unit_random(&state) >> 8;

			if (p % 8 != 0)
				p = floor + p % (SLOTS + 1);
			p &= NABD_SHM_SEQUENCE;
			set_position(g, p);
			if ((roster >> g & 1) == 0)
				continue;
			any = true;
			if (p < floor || p > head)
				p = floor;
			if (p < lowest)
				lowest = p;
		}
		ck_assert_uint_eq(floor_of(floor, head), any ? lowest : floor);
		ck_assert_int_eq(slowest(any ? lowest : floor) == 0, !any);
	}
}
END_TEST

START_TEST(holding)
{
	set_words(0, 0, both(2));
	set_position(2, 50);
	ck_assert_uint_eq(floor_of(50, 60), 50);
	ck_assert(nabdi_group_holds(&consumers, &watch, 50, 60));
	/* It was not at these floors when they were looked at. */
	ck_assert(!nabdi_group_holds(&consumers, &watch, 49, 60));
	ck_assert(!nabdi_group_holds(&consumers, &watch, 51, 60));
	/* False ones hold as well. */
	set_position(2, 49);
	ck_assert(nabdi_group_holds(&consumers, &watch, 50, 60));
	set_position(2, 61);
	ck_assert(nabdi_group_holds(&consumers, &watch, 50, 60));
	set_position(2, 51);
	ck_assert(!nabdi_group_holds(&consumers, &watch, 50, 60));
	cell_store_relaxed(&consumers.group[2].position, NABD_SHM_DROPPED | 50);
	ck_assert(!nabdi_group_holds(&consumers, &watch, 50, 60));
	/* With no group there, nobody does. */
	set_words(0, 0, 0);
	set_position(2, 50);
	ck_assert_uint_eq(floor_of(50, 60), 50);
	ck_assert(!nabdi_group_holds(&consumers, &watch, 50, 60));
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
	set_position(7, 13);
	ck_assert_uint_eq(nabdi_group_lowest(&consumers, 3, 12), 12);
	set_position(7, 9);
	ck_assert_uint_eq(nabdi_group_lowest(&consumers, 3, 12), 9);
	/* Nothing below what the producer has told is held. */
	set_position(7, 2);
	ck_assert_uint_eq(nabdi_group_lowest(&consumers, 3, 12), 3);
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
	tcase_add_test(tests, one_that_has_ended_is_not_damaged);
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
