/* SPDX-License-Identifier: MIT */
/* Bells: who is rung for what, seen by the words that change. Nobody sleeps here. */
#include "crew.h"

#define HOUR_NS UINT64_C(3600000000000) /* no test takes so long */

static struct nabdi_member a;

static uint32_t bell_of(unsigned whose)
{
	return cell32_load_relaxed(nabdi_bell_of(&q, whose).word);
}

static uint64_t marks_of(unsigned whose)
{
	return cell_load_relaxed(nabdi_bell_of(&q, whose).marks);
}

static void mark(unsigned whose)
{
	const struct nabdi_bell bell = nabdi_bell_of(&q, whose);
	uint32_t value;

	(void)nabdi_bell_mark(&bell, bell.sleeps, &value);
	ck_assert_uint_eq(value, bell_of(whose));
}

/* Only those with a mark, which is gone then; the request to fence stays. */
START_TEST(messages_ring_for_those_who_are_marked)
{
	const uint32_t second = bell_of(2), third = bell_of(3), space = bell_of(NABDI_BELL_SENDER);

	nabdi_bell_no_barriers(&q);
	mark(2);
	send(1);
	ck_assert_uint_eq(bell_of(2), second + 1);
	ck_assert_uint_eq(bell_of(3), third);
	ck_assert_uint_eq(bell_of(NABDI_BELL_SENDER), space);
	ck_assert_uint_eq(marks_of(2), NABD_SHM_FENCE);
	send(1);
	ck_assert_uint_eq(bell_of(2), second + 1);
}
END_TEST

/* A sender is rung for what it wants, or when one has released all that he held. */
START_TEST(slots_ring_for_what_is_wanted)
{
	struct nabd_shm_waits *waits = &consumers->waits;
	const uint32_t space = bell_of(NABDI_BELL_SENDER);

	cell_store_relaxed(&waits->wanted, 10);
	mark(NABDI_BELL_SENDER);
	is(NABD_OK, nabdi_bell_space(consumers, &q, 9, false));
	ck_assert_uint_eq(bell_of(NABDI_BELL_SENDER), space);
	is(NABD_OK, nabdi_bell_space(consumers, &q, 10, false));
	ck_assert_uint_eq(bell_of(NABDI_BELL_SENDER), space + 1);
	is(NABD_OK, nabdi_bell_space(consumers, &q, 11, true)); /* not marked any more */
	ck_assert_uint_eq(bell_of(NABDI_BELL_SENDER), space + 1);
	mark(NABDI_BELL_SENDER);
	is(NABD_OK, nabdi_bell_space(consumers, &q, 9, true));
	ck_assert_uint_eq(bell_of(NABDI_BELL_SENDER), space + 2);
}
END_TEST

START_TEST(a_group_that_is_evicted_for_its_stall_is_rung)
{
	uint32_t before, other;

	opts.flags = NABD_JOIN_OLDEST;
	opts.max_stall_ms = 1;
	join(&a, GROUP);
	send(SLOTS);
	before = bell_of(GROUP);
	other = bell_of(GROUP + 1);
	is(NABD_FULL, nabdi_producer_push(&tx, "", 1));
	tx.full_ns = nabdi_os_coarse_ns() - HOUR_NS;
	tx.probed_ns = tx.full_ns;
	is(NABD_OK, nabdi_producer_push(&tx, "", 1));
	ck_assert_uint_eq(bell_of(GROUP), before + 1);
	ck_assert_uint_eq(bell_of(GROUP + 1), other);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_bell");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, messages_ring_for_those_who_are_marked);
	tcase_add_test(tests, slots_ring_for_what_is_wanted);
	tcase_add_test(tests, a_group_that_is_evicted_for_its_stall_is_rung);
	return unit_run(tests);
}
