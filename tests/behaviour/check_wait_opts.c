/* SPDX-License-Identifier: MIT */
/*
 * check_wait_opts.c - how a handle or consumer waits is set by it, and by nobody else: sizes
 * and flags of the options, whom they reach, and a forked child.
 */
#include <stdio.h>
#include <string.h>

#include "waits.h"

static nabd_t *queue;
static nabd_consumer_t *member;

static int set_handle(const void *opts)
{
	return nabd_set_wait(queue, opts);
}

static int set_member(const void *opts)
{
	return nabd_consumer_set_wait(member, opts);
}

/* Options of all sizes: ours, or more than we know, which then must be zero. */
static void sizes_of(int (*set)(const void *opts))
{
	static _Alignas(8) unsigned char opts[8192];
	static const uint32_t wild_sizes[] = { 4100, 8192, 0x80000000u, UINT32_MAX };
	const uint32_t ours = (uint32_t)sizeof(struct nabd_wait_opts);

	for (uint32_t size = 0; size <= 256; size++) {
		const int right = size == ours || (size > ours && size % 4 == 0);

		memset(opts, 0, sizeof(opts));
		memcpy(opts, &size, sizeof(size));
		is(right ? NABD_OK : NABD_INVALID, set(opts));
		if (size <= ours || !right)
			continue;
		opts[size - 1] = 1; /* a wish that is not known */
		is(NABD_INVALID, set(opts));
		opts[size - 1] = 0;
		opts[size] = 1; /* behind the end */
		is(NABD_OK, set(opts));
	}
	for (size_t i = 0; i < COUNT(wild_sizes); i++) {
		memset(opts, 0, sizeof(opts));
		memcpy(opts, &wild_sizes[i], sizeof(wild_sizes[i]));
		is(NABD_INVALID, set(opts));
	}
	is(NABD_OK, set(NULL));
}

START_TEST(the_sizes_of_wait_options)
{
	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	sizes_of(set_handle);
	sizes_of(set_member);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_set_wait NABD_INVALID */
/* provokes: nabd_consumer_set_wait NABD_INVALID */
START_TEST(flags_that_are_not_known_are_refused_and_nothing_changes)
{
	const uint32_t known = NABD_WAIT_UNLINK | NABD_WAIT_PRODUCER;
	struct nabd_wait_opts opts = with_slices(known);

	close_ok(queue_of(4));
	queue = open_ok("q", 0, 0, NABD_CONSUMER);
	member = join_ok(queue, 1);
	is(NABD_OK, nabd_set_wait(queue, &opts));
	is(NABD_OK, nabd_consumer_set_wait(member, &opts));
	for (uint32_t flag = 1; flag != 0; flag <<= 1) {
		if ((flag & known) != 0)
			continue;
		opts = with_slices(flag);
		is(NABD_INVALID, nabd_set_wait(queue, &opts));
		is(NABD_INVALID, nabd_consumer_set_wait(member, &opts));
		opts = with_slices(flag | known);
		is(NABD_INVALID, nabd_set_wait(queue, &opts));
		is(NABD_INVALID, nabd_consumer_set_wait(member, &opts));
	}
	is(NABD_NOPRODUCER, pops(queue, FOR_EVER)); /* the flags before still hold */
	is(NABD_NOPRODUCER, member_pops(member, FOR_EVER));
	is(NABD_OK, nabd_set_wait(queue, NULL)); /* back to what it was at first */
	is(NABD_OK, nabd_consumer_set_wait(member, NULL));
	is(NABD_TIMEOUT, pops(queue, SHORT_NS));
	is(NABD_TIMEOUT, member_pops(member, SHORT_NS));
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* A consumer begins with the handle's; later each has its own. */
START_TEST(a_consumer_begins_as_its_handle_is)
{
	struct nabd_wait_opts opts = with_slices(NABD_WAIT_PRODUCER);
	nabd_consumer_t *before, *after;

	close_ok(queue_of(4));
	queue = open_ok("q", 0, 0, NABD_CONSUMER);
	before = join_ok(queue, 1);
	is(NABD_OK, nabd_set_wait(queue, &opts));
	after = join_ok(queue, 2);
	is(NABD_OK, nabd_set_wait(queue, NULL));
	is(NABD_TIMEOUT, member_pops(before, SHORT_NS));
	is(NABD_NOPRODUCER, member_pops(after, FOR_EVER));
	is(NABD_TIMEOUT, pops(queue, SHORT_NS));
	is(NABD_OK, nabd_consumer_set_wait(before, &opts));
	is(NABD_OK, nabd_consumer_set_wait(after, NULL));
	is(NABD_NOPRODUCER, member_pops(before, FOR_EVER));
	is(NABD_TIMEOUT, member_pops(after, SHORT_NS));
	leave_ok(before);
	leave_ok(after);
	close_ok(queue);
}
END_TEST

/* Every phase of a wait may be left out, and each alone leads to the end. */
START_TEST(each_phase_alone_comes_to_the_deadline)
{
	const struct nabd_wait_opts ways[] = {
		NABD_WAIT_BALANCED,
		NABD_WAIT_LATENCY,
		NABD_WAIT_POWER,
		{ (uint32_t)sizeof(ways[0]), 0, UINT64_MAX, 0, 0 },
		{ (uint32_t)sizeof(ways[0]), 0, 0, UINT64_MAX, 0 },
		{ (uint32_t)sizeof(ways[0]), 0, UINT64_MAX, UINT64_MAX, UINT64_MAX },
		{ (uint32_t)sizeof(ways[0]), 0, 0, 0, 1 },
		{ (uint32_t)sizeof(ways[0]), 0, 0, 0, UINT64_MAX },
		{ (uint32_t)sizeof(ways[0]), 0, 1, 1, 1000 },
	};

	queue = read_queue_of(4);
	for (size_t i = 0; i < COUNT(ways); i++) {
		is(NABD_OK, nabd_set_wait(queue, &ways[i]));
		member = join_ok(queue, 1);
		is(NABD_TIMEOUT, pops(queue, SHORT_NS));
		is(NABD_TIMEOUT, member_pops(member, SHORT_NS));
		is(NABD_OK, pushes(queue, SHORT_NS));
		fill(queue, 0);
		is(NABD_TIMEOUT, pushes(queue, SHORT_NS));
		is(NABD_OK, nabd_group_drop(queue, 1));
		leave_ok(member);
		while (pops(queue, 0) == NABD_OK)
			;
	}
	close_ok(queue);
}
END_TEST

static int bad(const char *call, int code)
{
	if (code != NABD_FORKED)
		fprintf(stderr, "%s in a child: %s\n", call, code_name(code));
	return code != NABD_FORKED;
}

/* In the child: Check is not there. */
static int all_forked(void)
{
	int wrong = 0;

	for (size_t i = 0; i < WAIT_CALLS; i++)
		wrong += bad(wait_calls[i].name, wait_calls[i].run(queue, FOR_EVER));
	for (size_t i = 0; i < MEMBER_WAITS; i++)
		wrong += bad(member_waits[i].name, member_waits[i].run(member, FOR_EVER));
	wrong += bad("nabd_set_wait", nabd_set_wait(queue, NULL));
	wrong += bad("nabd_wake", nabd_wake(queue));
	wrong += bad("nabd_consumer_set_wait", nabd_consumer_set_wait(member, NULL));
	wrong += bad("nabd_consumer_wake", nabd_consumer_wake(member));
	return wrong == 0 ? NABD_OK : NABD_STATE;
}

/* provokes: nabd_set_wait NABD_FORKED */
/* provokes: nabd_consumer_set_wait NABD_FORKED */
/* provokes: nabd_reserve_wait NABD_FORKED */
/* provokes: nabd_push_wait NABD_FORKED */
/* provokes: nabd_reserve_batch_wait NABD_FORKED */
/* provokes: nabd_push_batch_wait NABD_FORKED */
/* provokes: nabd_peek_wait NABD_FORKED */
/* provokes: nabd_peek_msg_wait NABD_FORKED */
/* provokes: nabd_pop_wait NABD_FORKED */
/* provokes: nabd_peek_batch_wait NABD_FORKED */
/* provokes: nabd_pop_batch_wait NABD_FORKED */
/* provokes: nabd_consumer_peek_wait NABD_FORKED */
/* provokes: nabd_consumer_peek_msg_wait NABD_FORKED */
/* provokes: nabd_consumer_pop_wait NABD_FORKED */
/* provokes: nabd_consumer_peek_batch_wait NABD_FORKED */
/* provokes: nabd_consumer_pop_batch_wait NABD_FORKED */
/* provokes: nabd_wake NABD_FORKED */
/* provokes: nabd_consumer_wake NABD_FORKED */
START_TEST(in_a_child_nobody_waits_wakes_or_sets)
{
	struct sleeper one, two;

	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	is(NABD_OK, run_forked(all_forked));
	sleep_long(queue);
	member_sleeps_long(member);
	sleeps_in(&one, pops, queue);
	member_sleeps_in(&two, member_pops, member);
	is(NABD_OK, run_forked(all_forked)); /* also while the parent sleeps */
	still_sleeps(&one);
	still_sleeps(&two);
	push_numbers(queue, 0, 1);
	ends_with(&one, NABD_OK);
	ends_with(&two, NABD_OK);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_wait_opts");

	tcase_add_test(tests, the_sizes_of_wait_options);
	tcase_add_test(tests, flags_that_are_not_known_are_refused_and_nothing_changes);
	tcase_add_test(tests, a_consumer_begins_as_its_handle_is);
	tcase_add_test(tests, each_phase_alone_comes_to_the_deadline);
	tcase_add_test(tests, in_a_child_nobody_waits_wakes_or_sets);
	return behaviour_run();
}
