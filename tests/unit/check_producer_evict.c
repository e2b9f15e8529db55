/* SPDX-License-Identifier: MIT */
/*
 * Groups that may not hold the producer for ever: evicted for their lag or for the time
 * that they hold it, let go when none of their members lives; and what becomes of what
 * they held.
 */
#include <errno.h>

#include "crew.h"

static struct nabdi_member a, b;

static void join_as(struct nabdi_member *m, unsigned group, uint64_t lag, uint32_t stall_ms)
{
	opts.flags = NABD_JOIN_OLDEST;
	opts.max_lag = lag;
	opts.max_stall_ms = stall_ms;
	join(m, group);
}

static int push(void)
{
	const uint64_t sequence = tx.head;

	return nabdi_producer_push(&tx, &sequence, sizeof(sequence));
}

static void full(void)
{
	while (push() == NABD_OK)
		;
	is(NABD_FULL, push());
}

#define HOUR   UINT64_C(3600000) /* ms: no test takes so long */
#define MINUTE UINT64_C(60000)

/* As if it had been full, and not asked who is alive, for so long. */
static void waits(uint64_t full_ms)
{
	const uint64_t now = nabdi_os_coarse_ns();

	ck_assert(tx.was_full);
	tx.full_ns = now - full_ms * 1000000u;
	tx.probed_ns = now - MINUTE * 1000000u;
}

static void evicted_at(unsigned group, uint64_t position, uint64_t head)
{
	ck_assert_uint_eq(state_of(group), NABD_SHM_EVICTED);
	ck_assert_uint_eq(position_of(group), position);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(group)->closed_head), head);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(group)->let_go), head);
}

START_TEST(a_group_too_far_behind_goes)
{
	join_as(&a, 1, SLOTS, 0); /* as far as can be */
	join_as(&b, 2, 0, 0);
	send(SLOTS);
	ck_assert_uint_eq(state_of(1), NABD_SHM_OPEN);
	is(NABD_FULL, push()); /* for the other one */
	evicted_at(1, 0, SLOTS);
	ck_assert_uint_eq(state_of(2), NABD_SHM_OPEN);
	is(NABD_OK, nabdi_member_fetch(&b, 16));
	is(NABD_OK, done(&b, 16));
	send(16);
	is(NABD_FULL, push());
	is(NABD_EVICTED, nabdi_member_fetch(&a, 1));
	ck_assert_uint_eq(a.counts.gap, SLOTS);
}
END_TEST

/* Looked at when the credit is used up; one that is near enough stays. */
START_TEST(the_limit_is_exact)
{
	const uint64_t behind = (uint64_t)_i;

	join_as(&a, 1, 10, 0);
	send(SLOTS);
	cell_store_relaxed(&group_of(1)->position, a.claims.tag | (SLOTS - behind));
	is(NABD_OK, push());
	if (behind >= 10)
		evicted_at(1, SLOTS - behind, SLOTS);
	else
		ck_assert_uint_eq(state_of(1), NABD_SHM_OPEN);
}
END_TEST

/* More than the ring has is as much as the ring has: else it would hold for ever. */
START_TEST(a_limit_beyond_the_ring)
{
	join_as(&a, 1, UINT64_MAX, 0);
	send(SLOTS);
	is(NABD_OK, push());
	evicted_at(1, 0, SLOTS);
}
END_TEST

/* What its members hold counts, not what it has given out. */
START_TEST(a_member_that_holds_is_behind)
{
	join_as(&a, 1, SLOTS, 0);
	join(&b, 1);
	send(SLOTS);
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	is(NABD_OK, nabdi_member_fetch(&b, SLOTS));
	is(NABD_OK, done(&b, SLOTS - 1));
	is(NABD_OK, push());
	evicted_at(1, SLOTS, SLOTS);
	is(NABD_EVICTED, nabdi_member_fetch(&a, 1));
	ck_assert_uint_eq(a.counts.gap, 0);
	ck_assert_uint_eq(a.counts.held, 1);
}
END_TEST

START_TEST(a_group_that_holds_too_long_goes)
{
	join_as(&a, 1, 0, HOUR);
	full();
	waits(HOUR - MINUTE);
	is(NABD_FULL, push());
	waits(HOUR);
	is(NABD_OK, push());
	evicted_at(1, 0, SLOTS);
	ck_assert(!tx.was_full);
}
END_TEST

/* It counts from when the producer last got on: each wait is one of its own. */
START_TEST(how_long_it_holds_is_counted_anew)
{
	join_as(&a, 1, 0, HOUR);
	full();
	for (unsigned i = 0; i < 3; i++) {
		waits(2 * HOUR);
		is(NABD_OK, nabdi_member_fetch(&a, 1));
		is(NABD_OK, done(&a, (size_t)(a.line->end - a.line->begin)));
		full(); /* for a moment, not for two hours */
		tx.probed_ns = 0;
		is(NABD_FULL, push());
		ck_assert_uint_eq(state_of(1), NABD_SHM_OPEN);
	}
	waits(HOUR);
	is(NABD_OK, push());
	ck_assert_uint_eq(state_of(1), NABD_SHM_EVICTED);
}
END_TEST

/* How long it is full is not how long another group has held it. */
START_TEST(only_those_that_hold_go)
{
	join_as(&a, 1, 0, 0);
	join_as(&b, 2, 0, HOUR);
	send(1);
	is(NABD_OK, nabdi_member_fetch(&b, 1));
	is(NABD_OK, done(&b, 1));
	full();
	waits(2 * HOUR);
	is(NABD_FULL, push());
	ck_assert_uint_eq(state_of(2), NABD_SHM_OPEN);
}
END_TEST

START_TEST(of_a_group_that_may_go_nobody_lives)
{
	static const struct {
		uint32_t flags, stall_ms;
		uint64_t lag;
		bool goes;
	} t[] = {
		{NABD_GROUP_EPHEMERAL, 0, 0, true},
		{0, UINT32_MAX, 0, true},
		{0, 0, 0, false}, /* it is durable, and waited for */
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		opts.flags = t[i].flags;
		opts.max_stall_ms = t[i].stall_ms;
		join(&a, 1);
		full();
		waits(MINUTE);
		is(NABD_FULL, push()); /* it lives */
		die(&a);
		waits(MINUTE);
		is(t[i].goes ? NABD_OK : NABD_FULL, push());
		if (t[i].goes)
			evicted_at(1, 0, SLOTS);
		tear_down();
		unit_empty();
		set_up();
	}
}
END_TEST

/* It takes system calls. Tried until it happens within the time that is to pass. */
START_TEST(asking_is_not_done_all_the_time)
{
	uint64_t asked, took;
	bool asks;

	opts.flags = NABD_GROUP_EPHEMERAL;
	join(&a, 1);
	full();
	do {
		waits(MINUTE);
		is(NABD_FULL, push());
		asked = tx.probed_ns;
		fault_arm_from("fcntl", 1, EIO);
		is(NABD_FULL, push());
		took = nabdi_os_coarse_ns() - asked;
		asks = fault_met();
	} while (asks && took >= UINT64_C(10000000));
	ck_assert(!asks);
	waits(MINUTE);
	fault_arm_from("fcntl", 1, EIO);
	is(NABD_FULL, push()); /* what is not known to be dead is waited for */
	ck_assert(fault_met());
}
END_TEST

static uint64_t renewed(void)
{
	struct nabdi_watch watch = {0};

	return nabdi_group_renew(consumers, producer, &watch, 3, 20);
}

static void ended(unsigned group, uint64_t state, uint64_t let_go)
{
	cell_store_relaxed(&group_of(group)->position, state | 1);
	cell_store_relaxed(&group_of(group)->let_go, let_go);
}

/* What they held is let go, up to where they ended; all later is for the next to come. */
START_TEST(what_the_evicted_held_is_free_without_a_group)
{
	ck_assert_uint_eq(renewed(), 3);
	ended(4, NABD_SHM_EVICTED, 10);
	ck_assert_uint_eq(renewed(), 10);
	ended(16, NABD_SHM_EVICTED, 12);
	ck_assert_uint_eq(renewed(), 12);
	ended(16, NABD_SHM_EVICTED, 20);
	ck_assert_uint_eq(renewed(), 20);
	/* What can't be counts for nothing. */
	ended(16, NABD_SHM_EVICTED, 21);
	ck_assert_uint_eq(renewed(), 10);
	ended(16, NABD_SHM_EVICTED, UINT64_MAX);
	ck_assert_uint_eq(renewed(), 10);
	ended(4, NABD_SHM_EVICTED, 2);
	ck_assert_uint_eq(renewed(), 3);
}
END_TEST

START_TEST(what_the_dropped_held_is_kept_without_a_group)
{
	ended(4, NABD_SHM_DROPPED, 10);
	ck_assert_uint_eq(renewed(), 3);
	ended(5, NABD_SHM_EVICTED, 7);
	ck_assert_uint_eq(renewed(), 7);
	/* With a group, it alone says what is kept. */
	cell_store_relaxed(&consumers->roster, NABD_SHM_HOLDS(6) | NABD_SHM_HOLDS(5));
	cell_store_relaxed(&group_of(6)->position, NABD_SHM_OPEN | 5);
	ck_assert_uint_eq(renewed(), 5);
}
END_TEST

/* Also where another group was evicted before it came. */
START_TEST(what_was_dropped_later_is_kept)
{
	send(6);
	join_as(&a, 1, 10, 0);
	die(&a);
	ck_assert(nabdi_member_reap_group(&q, 1, true, false));
	evicted_at(1, 0, 6);
	join_as(&b, 2, 0, 0);
	ck_assert_uint_eq(b.joined, 0);
	is(NABD_OK, nabdi_member_drop_group(&q, 2));
	full();
	join_as(&b, 3, 0, 0);
	ck_assert_uint_eq(b.joined, 0);
	pops(&b, 0, 1);
}
END_TEST

START_TEST(a_new_group_begins_behind_what_was_let_go)
{
	join_as(&a, 1, 10, 0);
	send(SLOTS);
	is(NABD_OK, push());
	evicted_at(1, 0, SLOTS);
	nabdi_member_leave(&a, false);
	send(3);
	join_as(&b, 2, 0, 0);
	ck_assert_uint_eq(b.joined, SLOTS);
	pops(&b, SLOTS, 1);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_producer_evict");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_group_too_far_behind_goes);
	tcase_add_loop_test(tests, the_limit_is_exact, 9, 12);
	tcase_add_test(tests, a_limit_beyond_the_ring);
	tcase_add_test(tests, a_member_that_holds_is_behind);
	tcase_add_test(tests, a_group_that_holds_too_long_goes);
	tcase_add_test(tests, how_long_it_holds_is_counted_anew);
	tcase_add_test(tests, only_those_that_hold_go);
	tcase_add_test(tests, of_a_group_that_may_go_nobody_lives);
	tcase_add_test(tests, asking_is_not_done_all_the_time);
	tcase_add_test(tests, what_the_evicted_held_is_free_without_a_group);
	tcase_add_test(tests, what_the_dropped_held_is_kept_without_a_group);
	tcase_add_test(tests, what_was_dropped_later_is_kept);
	tcase_add_test(tests, a_new_group_begins_behind_what_was_let_go);
	return unit_run(tests);
}
