/* SPDX-License-Identifier: MIT */
/*
 * Moving a group: where it goes on, what is let go of, what is kept while it moves back
 * beside a producer that is about to take it, and what a member may not move.
 *
 * NABD_RACE_ROUNDS says how many seeks the race makes; detectors want fewer.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#define SLOTS 8u

#include "crew.h"

static struct nabdi_member a, b;

static uint64_t seek(struct nabdi_member *m, uint64_t sequence)
{
	const uint64_t before = changes();
	uint64_t actual = UINT64_MAX;

	is(NABD_OK, nabdi_member_seek(m, sequence, &actual));
	ck_assert_uint_eq(word_of(GROUP), m->claims.tag | actual);
	ck_assert_uint_eq(cell_load_relaxed(&m->own->shm->begin), 0);
	ck_assert_uint_eq(cell_load_relaxed(&m->own->shm->guard), 0);
	ck_assert(!nabdi_line_holds(m->own));
	/* The producer looks again when the guard is there, and when it has gone. */
	ck_assert_uint_ge(changes() - before, 2);
	return actual;
}

START_TEST(to_any_that_is_kept)
{
	join(&a, GROUP);
	send(6);
	ck_assert_uint_eq(seek(&a, 4), 4);
	pops(&a, 4, 1);
	ck_assert_uint_eq(seek(&a, 1), 1);
	pops(&a, 1, 1);
	ck_assert_uint_eq(seek(&a, 6), 6);
	is(NABD_EMPTY, nabdi_member_fetch(&a, 1));
	ck_assert_uint_eq(seek(&a, 0), 0);
	pops(&a, 0, 1);
	ck_assert_uint_eq(seek(&a, UINT64_MAX), 6);
	ck_assert_uint_eq(seek(&a, 7), 6);
	send(1);
	pops(&a, 6, 1);
}
END_TEST

START_TEST(not_below_what_is_kept)
{
	join(&a, GROUP);
	send(6);
	cell_store_relaxed(&producer->tail, 2);
	cell_store_relaxed(&producer->told, 2);
	ck_assert_uint_eq(seek(&a, 0), 2);
	ck_assert_uint_eq(seek(&a, 1), 2);
	ck_assert_uint_eq(seek(&a, 3), 3);
	/* What the producer has told it may have taken already. */
	cell_store_relaxed(&producer->told, 4);
	ck_assert_uint_eq(seek(&a, 0), 4);
	ck_assert_uint_eq(seek(&a, 3), 4);
	ck_assert_uint_eq(seek(&a, 4), 4);
	ck_assert_uint_eq(seek(&a, 5), 5);
}
END_TEST

START_TEST(what_is_held_is_let_go)
{
	join(&a, GROUP);
	join(&b, GROUP);
	send(8);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	is(NABD_OK, nabdi_member_fetch(&b, 2));
	die(&b);
	a.looked_ns = 0;
	peeks(&a, 2, 1);
	ck_assert_ptr_nonnull(a.other);
	a.state = MEMBER_IDLE;
	ck_assert_uint_eq(seek(&a, 6), 6);
	ck_assert(!nabdi_line_holds(a.other));
	ck_assert_uint_eq(cell_load_relaxed(&a.other->shm->begin), 0);
	pops(&a, 6, 1);
	ck_assert_ptr_null(a.other);
	ck_assert_uint_eq(nabdi_group_low(consumers, GROUP, 0, 8), 7);
}
END_TEST

/* What others hold stays theirs, and comes twice. */
START_TEST(what_others_hold_stays)
{
	join(&a, GROUP);
	join(&b, GROUP);
	send(4);
	is(NABD_OK, nabdi_member_fetch(&b, 3));
	ck_assert_uint_eq(seek(&a, 1), 1);
	line_says(b.own, 0, 3);
	pops(&b, 0, 1);
	pops(&a, 1, 1);
	pops(&b, 1, 1);
	/* Of what b leaves, no more is believed than was given out since. */
	die(&b);
	a.looked_ns = 0;
	is(NABD_OK, nabdi_member_fetch(&a, 1));
	pops(&a, 2, 1);
	pops(&a, 3, 1);
	is(NABD_EMPTY, nabdi_member_fetch(&a, 1));
}
END_TEST

START_TEST(only_of_the_own_group)
{
	uint64_t actual = 77, word;

	join(&a, GROUP);
	send(4);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	is(NABD_OK, nabdi_member_drop_group(&q, GROUP));
	join(&b, GROUP);
	word = word_of(GROUP);
	is(NABD_DROPPED, nabdi_member_seek(&a, 3, &actual));
	ck_assert_uint_eq(word_of(GROUP), word);
	ck_assert_uint_eq(actual, 77);
}
END_TEST

START_TEST(where_messages_are_overwritten_nothing_is_guarded)
{
	uint64_t actual = 77;

	q.geometry.overwrite = true;
	tx.overwrite = true;
	join(&a, GROUP);
	send(20);
	cell_store_relaxed(&producer->told, 19); /* which means nothing there */
	is(NABD_OK, nabdi_member_seek(&a, 0, &actual));
	ck_assert_uint_eq(actual, 20 - SLOTS);
	pops(&a, 20 - SLOTS, 1);
	is(NABD_OK, nabdi_member_seek(&a, UINT64_MAX, &actual));
	ck_assert_uint_eq(actual, 20);
}
END_TEST

/*
 * A copy of the producer's words, with told at the beginning of a page that can't be
 * read at first: so we are there when it is.
 */
static struct {
	char *page; /* told's */
	uint64_t low, changes, begin, end;
	int times;
	bool drops; /* the group, then */
} trap;

static void told_is_read(int number)
{
	(void)number;
	trap.times++;
	trap.low = nabdi_group_low(consumers, GROUP, 0, tx.head);
	trap.changes = changes();
	trap.begin = cell_load_relaxed(&a.own->shm->begin);
	trap.end = cell_load_relaxed(&a.own->shm->end);
	if (trap.drops)
		cell_store_relaxed(a.claims.position, NABD_SHM_DROPPED | NABD_SHM_MADE(1) | 3);
	(void)mprotect(trap.page, (size_t)nabdi_os_page(), PROT_READ | PROT_WRITE);
}

static void set_trap(void)
{
	const struct sigaction action = {.sa_handler = told_is_read};
	const size_t page = (size_t)nabdi_os_page();
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0);
	struct nabd_shm_producer *copy;

	ck_assert_ptr_ne(pages, MAP_FAILED);
	trap.times = 0;
	trap.page = pages + page;
	copy = (void *)(trap.page - offsetof(struct nabd_shm_producer, told));
	memcpy(copy, producer, sizeof(*copy));
	a.claims.producer = copy;
	ck_assert_int_eq(sigaction(SIGSEGV, &action, NULL), 0);
	ck_assert_int_eq(mprotect(trap.page, page, PROT_NONE), 0);
}

static void clear_trap(void)
{
	trap.drops = false;
	(void)signal(SIGSEGV, SIG_DFL);
	(void)munmap(trap.page - nabdi_os_page(), 2 * (size_t)nabdi_os_page());
}

/* The producer sees it when it looks, and looks, before we know that it need not. */
START_TEST(the_target_is_held_before_told_is_believed)
{
	uint64_t before;

	join(&a, GROUP);
	send(6);
	is(NABD_OK, nabdi_member_fetch(&a, 6));
	is(NABD_OK, done(&a, 5));
	ck_assert_uint_eq(nabdi_group_low(consumers, GROUP, 0, 6), 5);
	set_trap();
	before = changes();
	ck_assert_uint_eq(seek(&a, (uint64_t)_i), (uint64_t)_i);
	ck_assert_int_eq(trap.times, 1);
	ck_assert_uint_eq(trap.low, (uint64_t)_i);
	ck_assert_uint_gt(trap.changes, before);
	/* And what this member holds is held until the group has moved back to it. */
	ck_assert_uint_eq(trap.begin, 5 + 1);
	ck_assert_uint_eq(trap.end, 6);
	clear_trap();
}
END_TEST

START_TEST(a_group_that_ends_meanwhile_is_not_moved)
{
	uint64_t actual = 77;

	join(&a, GROUP);
	send(6);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	trap.drops = true;
	set_trap();
	is(NABD_DROPPED, nabdi_member_seek(&a, 1, &actual));
	ck_assert_int_eq(trap.times, 1);
	ck_assert_uint_eq(word_of(GROUP), NABD_SHM_DROPPED | NABD_SHM_MADE(1) | 3);
	ck_assert_uint_eq(actual, 77);
	ck_assert_uint_eq(a.counts.held, 3);
	ck_assert_uint_eq(cell_load_relaxed(&consumers->member[GROUP - 1][0].guard), 0);
	clear_trap();
}
END_TEST

static nabd_cell64 stop;

static void *sends_on(void *unused)
{
	unsigned spins = 0;

	while (cell_load_relaxed(&stop) == 0) {
		const uint64_t sequence = tx.head;

		if (nabdi_producer_push(&tx, &sequence, sizeof(sequence)) != NABD_OK &&
		    ++spins % 64 == 0)
			(void)sched_yield();
	}
	return unused;
}

/* From there on every message is there, in order and whole. */
static void reads_from(uint64_t sequence, uint64_t n)
{
	for (uint64_t end = sequence + n; sequence < end; sequence++) {
		int rc;

		while ((rc = nabdi_member_fetch(&a, 1)) == NABD_EMPTY)
			(void)sched_yield();
		is(NABD_OK, rc);
		peeks(&a, sequence, 1);
		is(NABD_OK, done(&a, 1));
	}
}

START_TEST(back_and_forth_beside_a_producer)
{
	const char *wish = getenv("NABD_RACE_ROUNDS");
	const unsigned long rounds = wish != NULL ? strtoul(wish, NULL, 10) : 50000;
	uint64_t state = 9, last = 0;
	pthread_t thread;

	join(&a, GROUP);
	cell_store_relaxed(&stop, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, sends_on, NULL), 0);
	for (unsigned long i = 0; i < rounds; i++) {
		const uint64_t wait = unit_random(&state) % 256;
		uint64_t actual;

		is(NABD_OK, nabdi_member_seek(&a, i % 4 == 0 ? 0 : last - i % 4, &actual));
		for (volatile uint64_t n = 0; n < wait; n++)
			;
		reads_from(actual, unit_random(&state) % 9);
		last = position_of(GROUP);
		if (i % 8 == 0)
			is(NABD_OK, nabdi_member_seek(&a, UINT64_MAX, &last));
	}
	cell_store_relaxed(&stop, 1);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_seek");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, to_any_that_is_kept);
	tcase_add_test(tests, not_below_what_is_kept);
	tcase_add_test(tests, what_is_held_is_let_go);
	tcase_add_test(tests, what_others_hold_stays);
	tcase_add_test(tests, only_of_the_own_group);
	tcase_add_test(tests, where_messages_are_overwritten_nothing_is_guarded);
	tcase_add_loop_test(tests, the_target_is_held_before_told_is_believed, 1, 5);
	tcase_add_test(tests, a_group_that_ends_meanwhile_is_not_moved);
	tcase_add_test(tests, back_and_forth_beside_a_producer);
	return unit_run(tests);
}
