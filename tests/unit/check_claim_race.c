/* SPDX-License-Identifier: MIT */
/*
 * Members that claim at once: each message goes to one of them, a line that says
 * something says what is true, and a peer that scribbles over the position ends no call.
 * Threads on plain memory, which the race detectors understand.
 *
 * NABD_RACE_ROUNDS says how many rounds; detectors want fewer.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "claims.h"

#define MEMBERS   2u
#define WANT      5u
#define RING      1024u
#define LONG_RING 65536u

static nabd_cell64 taken[RING]; /* by how many */
static nabd_cell64 wrong;       /* lines that said what can't be */
static nabd_cell64 begun;
static nabd_cell64 stop;
static unsigned long rounds;

static void wait_for_all(uint64_t threads)
{
	(void)cell_fetch_add(&begun, 1);
	while (cell_load_relaxed(&begun) < threads)
		(void)sched_yield();
}

static void *claims_all(void *index)
{
	struct nabdi_line mine;
	uint64_t gap = 0;
	unsigned turn = *(unsigned *)index;

	bind_line(&mine, turn);
	wait_for_all(MEMBERS + 1);
	while (nabdi_claim_take(&claims, &mine, 1 + turn++ % WANT, &gap) == NABD_OK) {
		for (uint64_t s = mine.begin; s < mine.end; s++)
			(void)cell_fetch_add(&taken[s % RING], 1);
		nabdi_claim_release(&mine, mine.end - mine.begin);
	}
	if (cell_load_relaxed(&mine.shm->begin) != 0)
		(void)cell_fetch_add(&wrong, 1);
	return NULL;
}

/* As one that inherits would see it, if the holder died between two of its stores. */
static void look_at_line(const struct nabd_shm_member *shm)
{
	const uint64_t begin = cell_load_acquire(&shm->begin);
	const uint64_t end = cell_load_acquire(&shm->end);

	if (begin == 0 || cell_load_acquire(&shm->begin) != begin)
		return;
	if (end <= begin - 1 || end - (begin - 1) > WANT)
		(void)cell_fetch_add(&wrong, 1);
}

static void *watches(void *unused)
{
	wait_for_all(MEMBERS + 1);
	while (cell_load_relaxed(&stop) == 0)
		for (unsigned i = 0; i < MEMBERS; i++)
			look_at_line(&consumers->member[GROUP - 1][i]);
	return unused;
}

static void one_round(void)
{
	static unsigned numbers[MEMBERS] = {0, 1};
	pthread_t members[MEMBERS], watcher;

	cell_store_relaxed(&begun, 0);
	cell_store_relaxed(&stop, 0);
	ck_assert_int_eq(pthread_create(&watcher, NULL, watches, NULL), 0);
	for (unsigned i = 0; i < MEMBERS; i++)
		ck_assert_int_eq(pthread_create(&members[i], NULL, claims_all, &numbers[i]), 0);
	for (unsigned i = 0; i < MEMBERS; i++)
		ck_assert_int_eq(pthread_join(members[i], NULL), 0);
	cell_store_relaxed(&stop, 1);
	ck_assert_int_eq(pthread_join(watcher, NULL), 0);
}

START_TEST(each_message_goes_to_one)
{
	group_at(RING, 0);
	for (unsigned long i = 0; i < rounds; i++) {
		const uint64_t at = i * RING;

		publish(at, RING);
		for (unsigned s = 0; s < RING; s++)
			cell_store_relaxed(&taken[s], 0);
		one_round();
		position_is(at + RING);
		for (unsigned s = 0; s < RING; s++)
			ck_assert_uint_eq(cell_load_relaxed(&taken[s]), 1);
		ck_assert_uint_eq(cell_load_relaxed(&wrong), 0);
	}
}
END_TEST

/* As after an exchange that failed: the line says something when the next claim begins. */
static void *claims_again(void *unused)
{
	uint64_t gap = 0;

	while (nabdi_claim_take(&claims, &line, WANT, &gap) == NABD_OK)
		;
	cell_store_relaxed(&stop, 1);
	return unused;
}

START_TEST(a_line_is_emptied_before_it_says_something_else)
{
	pthread_t member;

	group_at(LONG_RING, 0);
	publish(0, LONG_RING);
	for (unsigned long i = 0; i < rounds / 2 + 1; i++) {
		set_position(0);
		cell_store_relaxed(&stop, 0);
		ck_assert_int_eq(pthread_create(&member, NULL, claims_again, NULL), 0);
		while (cell_load_relaxed(&stop) == 0)
			look_at_line(line.shm);
		ck_assert_int_eq(pthread_join(member, NULL), 0);
		line_says_nothing();
		ck_assert_uint_eq(cell_load_relaxed(&wrong), 0);
	}
}
END_TEST

/* Positions of the group, far and near, and now and then one of another group. */
static void *scribbles(void *unused)
{
	uint64_t state = 12;

	wait_for_all(2);
	while (cell_load_relaxed(&stop) == 0) {
		const uint64_t word = unit_random(&state);

		if (word % 64 == 0)
			cell_store_relaxed(claims.position, word);
		else
			set_position(word % 4 == 0 ? word >> 8 : 100 + word % 16);
	}
	return unused;
}

START_TEST(a_scribbler_ends_no_call)
{
	pthread_t scribbler;

	publish(100, 5);
	cell_store_relaxed(&begun, 0);
	cell_store_relaxed(&stop, 0);
	ck_assert_int_eq(pthread_create(&scribbler, NULL, scribbles, NULL), 0);
	wait_for_all(2);
	for (unsigned long i = 0; i < 100 * rounds; i++) {
		uint64_t gap = 0;
		int rc;

		claims.overwrite = i % 2;
		rc = nabdi_claim_take(&claims, &line, 1 + i % 9, &gap);
		ck_assert(rc == NABD_OK || rc == NABD_EMPTY || rc == NABD_CORRUPT ||
			  rc == NABD_DROPPED || rc == NABD_LAPPED);
		ck_assert_int_eq(rc == NABD_OK, nabdi_line_holds(&line));
		if (rc != NABD_OK) {
			line_says_nothing();
			continue;
		}
		ck_assert_uint_le(line.end - line.begin, SLOTS);
		line_says(line.begin, line.end);
		if (i % 3 == 0)
			nabdi_claim_release(&line, line.end - line.begin);
	}
	cell_store_relaxed(&stop, 1);
	ck_assert_int_eq(pthread_join(scribbler, NULL), 0);
}
END_TEST

int main(void)
{
	const char *wish = getenv("NABD_RACE_ROUNDS");
	TCase *tests = unit_begin("check_claim_race");

	rounds = wish != NULL ? strtoul(wish, NULL, 10) / 100 + 1 : 500;
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, each_message_goes_to_one);
	tcase_add_test(tests, a_line_is_emptied_before_it_says_something_else);
	tcase_add_test(tests, a_scribbler_ends_no_call);
	return unit_run(tests);
}
