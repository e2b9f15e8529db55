/* SPDX-License-Identifier: MIT */
/* How a group ends: by its tag alone, once, and for good, whoever joins it meanwhile. */
#include <string.h>

#include "group.h"
#include "unit.h"

#define SLOTS 8u
#define GROUP 3u

static struct nabd_shm_producer producer;
static struct nabd_shm_consumers consumers;
static const struct nabdi_start start;

static void set_up(void)
{
	memset(&producer, 0, sizeof(producer));
	memset(&consumers, 0, sizeof(consumers));
	cell_store_relaxed(&producer.told, 5);
	cell_store_relaxed(&producer.tail, 5);
	cell_store_relaxed(&producer.head, 11);
}

static void set_word(uint64_t word)
{
	cell_store_relaxed(&consumers.group[GROUP].position, word);
}

static uint64_t word(void)
{
	return cell_load_relaxed(&consumers.group[GROUP].position);
}

static bool closes(uint64_t tag, uint64_t state)
{
	return nabdi_group_close(&consumers, GROUP, tag, state);
}

START_TEST(a_group_ends_once)
{
	static const uint64_t states[] = {NABD_SHM_DROPPED, NABD_SHM_EVICTED};

	for (unsigned i = 0; i < COUNT(states); i++) {
		const uint64_t ended = states[i] | NABD_SHM_MADE(2) | 7;

		set_word(nabdi_group_tag(2) | 7);
		ck_assert(closes(nabdi_group_tag(2), states[i]));
		ck_assert_uint_eq(word(), ended);
		/* How it ended stays, whoever ends it again, and whatever he knows of it. */
		for (unsigned k = 0; k < COUNT(states); k++) {
			ck_assert(!closes(nabdi_group_tag(2), states[k]));
			ck_assert(!closes(ended & ~NABD_SHM_SEQUENCE & ~NABD_SHM_STATE, states[k]));
			ck_assert_uint_eq(word(), ended);
		}
	}
}
END_TEST

/* Who means a group that was there before, or one that will be, does nothing. */
START_TEST(another_tag_does_nothing)
{
	for (uint64_t made = 0; made < 64; made++) {
		const uint64_t there = nabdi_group_tag(2) | 7;

		set_word(there);
		ck_assert_int_eq(closes(nabdi_group_tag(made), NABD_SHM_DROPPED), made == 2);
		ck_assert_uint_eq(word(), made == 2 ? NABD_SHM_DROPPED | NABD_SHM_MADE(2) | 7
						    : there);
	}
	/* Nor where none was ever made. */
	set_word(0);
	ck_assert(!closes(nabdi_group_tag(0), NABD_SHM_DROPPED));
	ck_assert_uint_eq(word(), 0);
}
END_TEST

static uint64_t joins(uint64_t tag)
{
	uint64_t position;

	is(NABD_OK, nabdi_group_join(&consumers, &producer, GROUP, tag, &start, SLOTS, &position));
	return position;
}

/* The mark is there, and the group was ended before it settled: its tag is the same. */
START_TEST(settling_does_not_open_it_again)
{
	static const uint64_t states[] = {NABD_SHM_DROPPED, NABD_SHM_EVICTED};

	for (unsigned i = 0; i < COUNT(states); i++) {
		const uint64_t ended = states[i] | NABD_SHM_MADE(2) | 7;

		cell_store_relaxed(&consumers.roster, NABD_SHM_HOLDS(GROUP));
		set_word(ended);
		(void)joins(nabdi_group_tag(2));
		ck_assert_uint_eq(word(), ended);
		ck_assert_uint_eq(cell_load_relaxed(&consumers.roster),
				  NABD_SHM_HOLDS(GROUP) | NABD_SHM_SETTLED(GROUP));
		/* Nor does it touch one that was made since. */
		cell_store_relaxed(&consumers.roster, NABD_SHM_HOLDS(GROUP));
		set_word(nabdi_group_tag(3) | 7);
		(void)joins(nabdi_group_tag(2));
		ck_assert_uint_eq(word(), nabdi_group_tag(3) | 7);
	}
	/* While one that is there settles. */
	cell_store_relaxed(&consumers.roster, NABD_SHM_HOLDS(GROUP));
	set_word(nabdi_group_tag(2) | 7);
	ck_assert_uint_eq(joins(nabdi_group_tag(2)), 11);
	ck_assert_uint_eq(word(), nabdi_group_tag(2) | 11);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_group_close");

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(tests, a_group_ends_once);
	tcase_add_test(tests, another_tag_does_nothing);
	tcase_add_test(tests, settling_does_not_open_it_again);
	return unit_run(tests);
}
