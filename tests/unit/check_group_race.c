/* SPDX-License-Identifier: MIT */
/*
 * Joining while the producer runs (edge C): whatever the moment, a newcomer that
 * has begun somewhere finds every message from there on, and none of them is
 * overwritten before it has read it. Threads on plain memory, which the race
 * detectors understand; a ring so small that the producer passes it all the time.
 *
 * NABD_RACE_ROUNDS says how many joins; detectors want fewer.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "producer.h"
#include "unit.h"

static struct nabdi_segment segment;
static struct nabd_inline_ring ring;
static struct nabd_shm_consumers *consumers;
static nabd_cell64 stop; /* a cell, which helgrind is told about */
static char failure[160]; /* of a thread; looked at when it has ended */
static unsigned long rounds;

static void pause_a_little(unsigned *times)
{
	if (++*times % 64 == 0)
		(void)sched_yield(); /* there may be one processor only */
}

static void new_segment(uint32_t slots)
{
	segment = unit_memory(slots, 8, 8);
	ring = nabdi_ring_of(segment.base, &segment.geometry);
	consumers = nabdi_segment_consumers(&segment);
	cell_store_relaxed(&stop, 0);
	failure[0] = '\0';
}

static uint64_t join_at(unsigned group, bool oldest)
{
	const struct nabdi_start start = {.oldest = oldest};
	uint64_t position = 0;

	if (nabdi_group_join(consumers, nabdi_segment_producer(&segment), group,
			     unit_position(group, 0), &start, segment.geometry.slots,
			     &position) != NABD_OK)
		(void)snprintf(failure, sizeof(failure), "the join was refused");
	return position;
}

static uint64_t join(unsigned group)
{
	return join_at(group, false);
}

static void release(unsigned group, uint64_t position)
{
	cell_store_release(&consumers->group[group].position, unit_position(group, position));
}

/* Wait for that message and read it; false when something else is in its place. */
static bool receive(uint64_t sequence)
{
	uint8_t *payload = nabdi_ring_payload(&ring, sequence);
	unsigned spins = 0;
	uint64_t stamp, found = 0;

	while (!nabdi_ring_is(stamp = nabdi_ring_observe(payload), sequence)) {
		if (!nabdi_ring_awaits(&ring, stamp, sequence)) {
			(void)snprintf(failure, sizeof(failure),
				       "message %llu was overwritten: stamp %#llx",
				       (unsigned long long)sequence, (unsigned long long)stamp);
			return false;
		}
		pause_a_little(&spins);
	}
	memcpy(&found, payload, sizeof(found));
	if (found != sequence)
		(void)snprintf(failure, sizeof(failure), "message %llu reads %llu",
			       (unsigned long long)sequence, (unsigned long long)found);
	return found == sequence;
}

/* Sends as fast as it can; group 1 has read everything at once. */
static void *producer_with_a_fast_reader(void *unused)
{
	struct nabdi_producer tx;
	unsigned spins = 0;

	if (nabdi_producer_begin(&tx, &segment) != NABD_OK)
		abort();
	while (cell_load_relaxed(&stop) == 0) {
		uint64_t sequence = tx.head;

		if (nabdi_producer_push(&tx, &sequence, sizeof(sequence)) == NABD_OK)
			release(1, tx.head);
		else
			pause_a_little(&spins);
	}
	return unused;
}

static void *joins_again_and_again(void *unused)
{
	uint64_t state = 4711;

	for (unsigned long i = 0; i < rounds && failure[0] == '\0'; i++) {
		uint64_t position = join(0);
		uint64_t wait = unit_random(&state) % 256;
		uint64_t end = position + unit_random(&state) % 12;

		/* Give the producer time to run on, or not. */
		for (volatile uint64_t n = 0; n < wait; n++)
			;
		for (; position < end && receive(position); position++)
			release(0, position + 1);
		nabdi_group_strike(consumers, 0);
	}
	cell_store_relaxed(&stop, 1);
	return unused;
}

static void run(void *(*first)(void *), void *(*second)(void *))
{
	pthread_t threads[2];

	ck_assert_int_eq(pthread_create(&threads[0], NULL, first, NULL), 0);
	ck_assert_int_eq(pthread_create(&threads[1], NULL, second, NULL), 0);
	ck_assert_int_eq(pthread_join(threads[0], NULL), 0);
	ck_assert_int_eq(pthread_join(threads[1], NULL), 0);
	ck_assert_msg(failure[0] == '\0', "%s", failure);
}

START_TEST(later_ones)
{
	new_segment(1u << _i);
	ck_assert_uint_eq(join(1), 0);
	run(producer_with_a_fast_reader, joins_again_and_again);
	unit_forget(&segment);
}
END_TEST

/* Group 1 stays behind for a while, so that what an oldest joiner may have changes. */
static void *producer_with_a_slow_reader(void *unused)
{
	struct nabdi_producer tx;
	uint64_t state = 12, read = 0;
	unsigned spins = 0;

	if (nabdi_producer_begin(&tx, &segment) != NABD_OK)
		abort();
	while (cell_load_relaxed(&stop) == 0) {
		const uint64_t sequence = tx.head;
		const uint64_t chance = unit_random(&state);

		if (nabdi_producer_push(&tx, &sequence, sizeof(sequence)) != NABD_OK) {
			read = tx.head;
			pause_a_little(&spins);
		} else if (chance % 4 == 0) {
			read += (chance >> 8) % (tx.head - read + 1);
		}
		release(1, read);
	}
	return unused;
}

/* In groups that were there a moment before, at another place. */
static void *joins_at_the_oldest(void *unused)
{
	uint64_t state = 815;

	for (unsigned long i = 0; i < rounds && failure[0] == '\0'; i++) {
		uint64_t position = join_at(2, true);
		const uint64_t end = position + unit_random(&state) % 12;
		const uint64_t wait = unit_random(&state) % 256;

		for (volatile uint64_t n = 0; n < wait; n++)
			;
		for (; position < end && receive(position); position++)
			release(2, position + 1);
		nabdi_group_strike(consumers, 2);
	}
	cell_store_relaxed(&stop, 1);
	return unused;
}

START_TEST(oldest_ones)
{
	new_segment(1u << _i);
	ck_assert_uint_eq(join(1), 0);
	run(producer_with_a_slow_reader, joins_at_the_oldest);
	unit_forget(&segment);
}
END_TEST

#define LAPS 3u

static void *sends_some(void *unused)
{
	struct nabdi_producer tx;
	unsigned spins = 0;

	if (nabdi_producer_begin(&tx, &segment) != NABD_OK)
		abort();
	for (uint64_t i = 0; i < (uint64_t)LAPS * segment.geometry.slots; i++)
		while (nabdi_producer_push(&tx, &i, sizeof(i)) != NABD_OK)
			pause_a_little(&spins);
	return unused;
}

static void *inherits_all(void *unused)
{
	uint64_t position = join(0);

	if (position != 0)
		(void)snprintf(failure, sizeof(failure), "the first begins at %llu",
			       (unsigned long long)position);
	for (; position < (uint64_t)LAPS * segment.geometry.slots && receive(position); position++)
		release(0, position + 1);
	if (failure[0] != '\0') /* let the producer end */
		release(0, cell_load_acquire(&nabdi_segment_producer(&segment)->head));
	return unused;
}

/* With no group before it, the first one gets everything, whenever it comes. */
START_TEST(the_first)
{
	for (unsigned long i = 0; i < rounds / 40 + 1; i++) {
		new_segment(4);
		run(sends_some, inherits_all);
		unit_forget(&segment);
	}
}
END_TEST

static uint64_t begins[2];
static nabd_cell64 ready; /* how many of them */

static void *joins_as(void *group)
{
	unsigned number = *(unsigned *)group, spins = 0;

	(void)cell_fetch_or(&ready, UINT64_C(1) << number);
	while (cell_load_relaxed(&ready) != 3)
		pause_a_little(&spins);
	begins[number] = join(number);
	return NULL;
}

/* Of two that come at once to a queue with a backlog, one inherits it. */
START_TEST(two_first_ones)
{
	static unsigned numbers[2] = {0, 1};

	for (unsigned long i = 0; i < rounds / 40 + 1; i++) {
		pthread_t threads[2];

		new_segment(4);
		unit_begin_at(&segment, 7);
		cell_store_relaxed(&nabdi_segment_producer(&segment)->told, 4);
		cell_store_relaxed(&nabdi_segment_producer(&segment)->tail, 4);
		cell_store_relaxed(&ready, 0);
		for (int t = 0; t < 2; t++)
			ck_assert_int_eq(
				pthread_create(&threads[t], NULL, joins_as, &numbers[t]), 0);
		for (int t = 0; t < 2; t++)
			ck_assert_int_eq(pthread_join(threads[t], NULL), 0);
		ck_assert_str_eq(failure, "");
		ck_assert_uint_eq(begins[0] + begins[1], 4 + 7);
		ck_assert(begins[0] == 4 || begins[0] == 7);
		unit_forget(&segment);
	}
}
END_TEST

int main(void)
{
	const char *wish = getenv("NABD_RACE_ROUNDS");
	TCase *tests = unit_begin("check_group_race");

	rounds = wish != NULL ? strtoul(wish, NULL, 10) : 50000;
	tcase_add_loop_test(tests, later_ones, 0, 3);
	tcase_add_loop_test(tests, oldest_ones, 0, 4);
	tcase_add_test(tests, the_first);
	tcase_add_test(tests, two_first_ones);
	return unit_run(tests);
}
