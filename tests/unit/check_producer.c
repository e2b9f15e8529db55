/* SPDX-License-Identifier: MIT */
/*
 * The sending side on plain memory: taking over from a producer that died
 * anywhere, credit, single calls and batches.
 */
#include <string.h>

#include "producer.h"
#include "unit.h"

#define SLOTS 8u
#define SIZE  32u

static struct nabdi_segment segment;
static struct nabdi_producer tx;
static struct nabd_shm_producer *shm;
static struct nabd_shm_consumers *consumers;

static void new_segment(uint32_t slots)
{
	if (segment.base != NULL)
		unit_forget(&segment);
	segment = unit_memory(slots, SIZE, 8);
	shm = nabdi_segment_producer(&segment);
	consumers = nabdi_segment_consumers(&segment);
	nabdi_producer_none(&tx);
}

static void set_up(void)
{
	new_segment(SLOTS);
}

static void tear_down(void)
{
	unit_forget(&segment);
}

static uint8_t *payload(uint64_t sequence)
{
	struct nabdi_ring ring = nabdi_ring_of(segment.base, &segment.geometry);

	return nabdi_ring_payload(&ring, sequence);
}

static uint64_t stamp(uint64_t sequence)
{
	return nabdi_ring_observe(payload(sequence));
}

static uint64_t head(void)
{
	return cell_load_relaxed(&shm->head);
}

/* A reader of that group, which has read all below position. */
static void reader_at(unsigned group, uint64_t position)
{
	cell_store_relaxed(&consumers->group[group].position, position);
	(void)cell_fetch_or(&consumers->roster, NABD_SHM_HOLDS(group) | NABD_SHM_SETTLED(group));
}

static void begin(void)
{
	is(NABD_OK, nabdi_producer_begin(&tx, &segment));
}

static int push(uint64_t value)
{
	return nabdi_producer_push(&tx, &value, sizeof(value));
}

static void holds_message(uint64_t sequence, uint64_t value)
{
	uint64_t found;

	ck_assert_uint_eq(stamp(sequence), (sequence + 1) << 32 | sizeof(value));
	memcpy(&found, payload(sequence), sizeof(found));
	ck_assert_uint_eq(found, value);
}

START_TEST(one_that_may_not)
{
	uint32_t len = 1;
	size_t n = 77;
	void *slot;

	nabdi_producer_none(&tx);
	is(NABD_ROLE, nabdi_producer_reserve(&tx, 1, &slot));
	is(NABD_ROLE, nabdi_producer_commit(&tx, 1));
	is(NABD_ROLE, nabdi_producer_abort(&tx));
	is(NABD_ROLE, nabdi_producer_push(&tx, "x", 1));
	is(NABD_ROLE, nabdi_producer_reserve_batch(&tx, 1, &slot, 1, &n));
	is(NABD_ROLE, nabdi_producer_commit_batch(&tx, &len, 1));
	is(NABD_ROLE, nabdi_producer_push_batch(&tx, "x", &len, 1, &n));
	ck_assert_uint_eq(n, 77);
}
END_TEST

START_TEST(the_first_producer)
{
	begin();
	ck_assert_uint_eq(head(), 0);
	ck_assert_uint_eq(cell_load_relaxed(&shm->epoch), 1);
	for (uint64_t i = 0; i < SLOTS; i++) {
		is(NABD_OK, push(i * 3));
		ck_assert_uint_eq(head(), i + 1);
	}
	for (uint64_t i = 0; i < SLOTS; i++)
		holds_message(i, i * 3);
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), SLOTS * 8);
	is(NABD_FULL, push(99));
	ck_assert_uint_eq(head(), SLOTS);
	holds_message(0, 0);
}
END_TEST

START_TEST(the_next_producer)
{
	begin();
	reader_at(0, 0);
	for (uint64_t i = 0; i < 5; i++)
		is(NABD_OK, push(i));
	begin();
	ck_assert_uint_eq(head(), 5);
	ck_assert_uint_eq(cell_load_relaxed(&shm->epoch), 2);
	for (uint64_t i = 5; i < SLOTS; i++)
		is(NABD_OK, push(i));
	is(NABD_FULL, push(9));
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), SLOTS * 8);
	reader_at(0, 3);
	is(NABD_OK, push(8));
	holds_message(8, 8);
	holds_message(3, 3);
	ck_assert_uint_eq(cell_load_relaxed(&shm->tail), 3);
}
END_TEST

/*
 * A producer was killed after the stamps of n messages, and before it could
 * store head. n may be a whole lap: then the stamp below the stored head is not
 * there any more.
 */
static void killed_after(uint32_t slots, uint64_t at, uint64_t used, uint64_t n)
{
	new_segment(slots);
	unit_begin_at(&segment, at);
	for (uint64_t i = 0; i < used + n; i++)
		nabdi_ring_publish(payload(at + i), at + i, SIZE);
	cell_store_relaxed(&shm->head, at + used);
	ck_assert_msg(nabdi_producer_begin(&tx, &segment) == NABD_OK,
		      "%u slots, at %#llx: %u with head and %u without", slots,
		      (unsigned long long)at, (unsigned)used, (unsigned)n);
	ck_assert_uint_eq(tx.head, at + used + n);
	ck_assert_uint_eq(head(), at + used + n);
	reader_at(0, at);
	is(used + n == slots ? NABD_FULL : NABD_OK, push(1));
}

START_TEST(head_was_not_stored)
{
	static const uint64_t at[] = {
		0, 1, 7, 8, 9, 1000, UINT32_MAX - 9u, UINT32_MAX - 8u, UINT32_MAX - 1u, UINT32_MAX,
		UINT64_C(1) << 32, UINT64_MAX - 40,
	};

	for (unsigned i = 0; i < COUNT(at); i++)
		for (uint32_t slots = 1; slots <= 8; slots *= 2)
			for (uint64_t used = 0; used <= slots; used++)
				for (uint64_t n = 0; used + n <= slots; n++)
					killed_after(slots, at[i], used, n);
}
END_TEST

START_TEST(contradictions)
{
	/* More than a lap between the two, or head below tail. */
	unit_begin_at(&segment, 100);
	cell_store_relaxed(&shm->tail, 100 - SLOTS - 1);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	cell_store_relaxed(&shm->tail, 101);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	/* A head above what the slots hold. */
	cell_store_relaxed(&shm->tail, 100);
	cell_store_relaxed(&shm->head, 102);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	cell_store_relaxed(&shm->head, 101);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	/* The stamp of a lap later is right only where a whole lap was free. */
	cell_store_relaxed(&shm->head, 100);
	cell_store_relaxed(&shm->tail, 99);
	nabdi_ring_publish(payload(99), 99 + SLOTS, 0);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	/* Or where the stamps up to it are there. */
	cell_store_relaxed(&shm->tail, 100);
	is(NABD_CORRUPT, nabdi_producer_begin(&tx, &segment));
	/* Nothing was changed, nor may the side send. */
	ck_assert_uint_eq(cell_load_relaxed(&shm->epoch), 0);
	ck_assert_uint_eq(head(), 100);
	is(NABD_ROLE, push(1));
	nabdi_ring_publish(payload(99), 99, 0);
	begin();
}
END_TEST

/* Any stamps at all: no step beyond a lap, no step outside. */
START_TEST(any_stamps_whatever)
{
	uint64_t state = 5;

	for (int i = 0; i < 5000; i++) {
		uint64_t at = unit_random(&state) >> unit_random(&state) % 64;

		for (uint64_t s = 0; s < SLOTS; s++) {
			uint64_t word = unit_random(&state);

			if (word % 4 != 0)
				word = (at + word % 20 - 9) << 32;
			cell_store_relaxed(nabdi_ring_stamp(payload(s)), word);
		}
		cell_store_relaxed(&shm->head, at);
		cell_store_relaxed(&shm->tail, at - unit_random(&state) % 10);
		if (nabdi_producer_begin(&tx, &segment) != NABD_OK)
			continue;
		ck_assert_uint_le(tx.head - tx.floor, SLOTS);
		ck_assert_uint_ge(tx.head - tx.floor, at - tx.floor);
	}
}
END_TEST

START_TEST(around_the_borders_of_stamps)
{
	static const uint64_t at[] = {UINT32_MAX - 20u, UINT64_MAX - 40};

	for (unsigned i = 0; i < COUNT(at); i++) {
		new_segment(SLOTS);
		unit_begin_at(&segment, at[i]);
		reader_at(0, at[i]);
		begin();
		for (uint64_t s = at[i]; s < at[i] + 35; s++) {
			is(NABD_OK, push(s));
			holds_message(s, s);
			if (s - at[i] < SLOTS - 1)
				continue;
			is(NABD_FULL, push(0));
			reader_at(0, s - SLOTS + 2);
		}
	}
}
END_TEST

START_TEST(reservations)
{
	void *slot, *again;

	begin();
	is(NABD_STATE, nabdi_producer_commit(&tx, 0));
	is(NABD_STATE, nabdi_producer_abort(&tx));
	is(NABD_TOOBIG, nabdi_producer_reserve(&tx, SIZE + 1, &slot));
	is(NABD_TOOBIG, nabdi_producer_reserve(&tx, SIZE_MAX, &slot));
	is(NABD_OK, nabdi_producer_reserve(&tx, 10, &slot));
	ck_assert_ptr_eq(slot, payload(0));
	is(NABD_STATE, nabdi_producer_reserve(&tx, 10, &again));
	is(NABD_STATE, push(1));
	is(NABD_TOOBIG, nabdi_producer_commit(&tx, 11));
	is(NABD_TOOBIG, nabdi_producer_commit(&tx, SIZE_MAX));
	ck_assert_uint_eq(stamp(0), 0);
	is(NABD_OK, nabdi_producer_commit(&tx, 10));
	ck_assert_uint_eq(stamp(0), UINT64_C(1) << 32 | 10);
	is(NABD_STATE, nabdi_producer_commit(&tx, 10));
	is(NABD_OK, nabdi_producer_reserve(&tx, SIZE, &slot));
	is(NABD_OK, nabdi_producer_abort(&tx));
	is(NABD_STATE, nabdi_producer_abort(&tx));
	ck_assert_uint_eq(stamp(1), 0);
	is(NABD_OK, nabdi_producer_reserve(&tx, 0, &again));
	ck_assert_ptr_eq(again, slot);
	is(NABD_TOOBIG, nabdi_producer_commit(&tx, 1));
	is(NABD_OK, nabdi_producer_commit(&tx, 0));
	ck_assert_uint_eq(stamp(1), UINT64_C(2) << 32);
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), 10);
}
END_TEST

START_TEST(full_by_reservation)
{
	void *slot = NULL;

	begin();
	reader_at(0, 0);
	for (uint64_t i = 0; i < SLOTS; i++) {
		is(NABD_OK, nabdi_producer_reserve(&tx, 8, &slot));
		is(NABD_OK, nabdi_producer_commit(&tx, 8));
	}
	slot = NULL;
	is(NABD_FULL, nabdi_producer_reserve(&tx, 8, &slot));
	ck_assert_ptr_null(slot);
	is(NABD_STATE, nabdi_producer_commit(&tx, 8));
	reader_at(0, 1);
	is(NABD_OK, nabdi_producer_reserve(&tx, 8, &slot));
	ck_assert_ptr_eq(slot, payload(SLOTS));
}
END_TEST

START_TEST(lengths_of_pushes)
{
	uint8_t data[SIZE + 1];

	memset(data, 0xa5, sizeof(data));
	begin();
	is(NABD_TOOBIG, nabdi_producer_push(&tx, data, SIZE + 1));
	is(NABD_TOOBIG, nabdi_producer_push(&tx, data, SIZE_MAX));
	is(NABD_OK, nabdi_producer_push(&tx, data, SIZE));
	is(NABD_OK, nabdi_producer_push(&tx, NULL, 0));
	ck_assert_uint_eq(stamp(0), UINT64_C(1) << 32 | SIZE);
	ck_assert_uint_eq(stamp(1), UINT64_C(2) << 32);
	ck_assert_mem_eq(payload(0), data, SIZE);
}
END_TEST

/* Those that are copied in another way, and the borders of it. */
START_TEST(long_messages)
{
	static const uint32_t lens[] = {255, 256, 257, 1000};
	uint8_t data[1000], untouched[8];
	uint64_t state = 6;

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)unit_random(&state);
	unit_forget(&segment);
	segment = unit_memory(4, 1000, 8);
	shm = nabdi_segment_producer(&segment);
	consumers = nabdi_segment_consumers(&segment);
	begin();
	memcpy(untouched, payload(0) + 992, 8);
	is(NABD_TOOBIG, nabdi_producer_push(&tx, data, 1001));
	for (uint64_t s = 0; s < COUNT(lens); s++) {
		is(NABD_OK, nabdi_producer_push(&tx, data, lens[s]));
		ck_assert_mem_eq(payload(s), data, lens[s]);
		ck_assert_uint_eq(stamp(s), (s + 1) << 32 | lens[s]);
	}
	ck_assert_mem_eq(payload(0) + 992, untouched, 8);
	is(NABD_FULL, nabdi_producer_push(&tx, data, 1000));
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), 255 + 256 + 257 + 1000);
}
END_TEST

/* A stretch of being full counts once, however often it is met. */
START_TEST(stretches_of_being_full)
{
	begin();
	reader_at(0, 0);
	for (uint64_t i = 0; i < SLOTS; i++)
		is(NABD_OK, push(i));
	for (uint64_t stretch = 1; stretch <= 5; stretch++) {
		ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), stretch - 1);
		for (int i = 0; i < 3; i++)
			is(NABD_FULL, push(0));
		ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), stretch);
		reader_at(0, stretch);
		is(NABD_OK, push(0));
	}
}
END_TEST

/* While full, only the slowest group is looked at; then all of them again. */
START_TEST(the_slowest_alone)
{
	begin();
	for (unsigned group = 0; group < 3; group++)
		reader_at(group, 0);
	for (uint64_t i = 0; i < SLOTS; i++)
		is(NABD_OK, push(i));
	is(NABD_FULL, push(0));
	ck_assert_uint_eq(tx.slowest, 0);
	reader_at(1, 4);
	reader_at(2, 3);
	is(NABD_FULL, push(0));
	reader_at(0, 5);
	is(NABD_OK, push(0));
	ck_assert_uint_eq(tx.floor, 3);
	ck_assert_uint_eq(tx.slowest, 2);
	for (uint64_t i = 0; i < 2; i++)
		is(NABD_OK, push(0));
	is(NABD_FULL, push(0));
	ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), 2);
	/* A false position of the slowest holds as well, and does no more. */
	reader_at(2, 1);
	is(NABD_FULL, push(0));
	reader_at(2, 1000);
	is(NABD_FULL, push(0));
	ck_assert_uint_eq(tx.floor, 3);
	ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), 2);
	reader_at(2, 11);
	is(NABD_OK, push(0));
	ck_assert_uint_eq(tx.floor, 4);
}
END_TEST

START_TEST(without_a_group)
{
	begin();
	for (uint64_t i = 0; i < SLOTS; i++)
		is(NABD_OK, push(i));
	is(NABD_FULL, push(0));
	is(NABD_FULL, push(0));
	ck_assert_uint_eq(tx.slowest, NABDI_GROUP_NONE);
	ck_assert_uint_eq(cell_load_relaxed(&shm->tail), 0);
	/* One that comes now is seen at once, though nobody held the floor. */
	reader_at(0, 0);
	is(NABD_FULL, push(0));
	reader_at(0, 2);
	is(NABD_OK, push(0));
	is(NABD_OK, push(0));
	is(NABD_FULL, push(0));
}
END_TEST

START_TEST(batches_of_reservations)
{
	static const uint32_t lens[SLOTS + 1] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
	static const uint32_t one_too_long[3] = {1, 9, 1};
	void *slots[SLOTS + 1];
	size_t got = 77;

	begin();
	is(NABD_STATE, nabdi_producer_commit_batch(&tx, lens, 1));
	is(NABD_TOOBIG, nabdi_producer_reserve_batch(&tx, SIZE + 1, slots, 2, &got));
	is(NABD_TOOBIG, nabdi_producer_reserve_batch(&tx, SIZE_MAX, slots, 2, &got));
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, 8, slots, 3, &got));
	ck_assert_uint_eq(got, 3);
	for (uint64_t i = 0; i < 3; i++)
		ck_assert_ptr_eq(slots[i], payload(i));
	is(NABD_STATE, nabdi_producer_reserve_batch(&tx, 8, slots, 3, &got));
	is(NABD_STATE, nabdi_producer_commit(&tx, 1));
	is(NABD_STATE, push(1));
	is(NABD_STATE, nabdi_producer_push_batch(&tx, "x", lens, 1, &got));
	is(NABD_TOOBIG, nabdi_producer_commit_batch(&tx, lens, 4));
	is(NABD_TOOBIG, nabdi_producer_commit_batch(&tx, one_too_long, 3));
	ck_assert_uint_eq(stamp(0), 0);
	ck_assert_uint_eq(head(), 0);
	is(NABD_OK, nabdi_producer_commit_batch(&tx, lens, 2));
	ck_assert_uint_eq(stamp(0), UINT64_C(1) << 32);
	ck_assert_uint_eq(stamp(1), UINT64_C(2) << 32 | 1);
	ck_assert_uint_eq(stamp(2), 0);
	ck_assert_uint_eq(head(), 2);
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), 1);
}
END_TEST

START_TEST(batches_of_all_that_is_free)
{
	static const uint32_t lens[SLOTS + 1] = {0};
	void *slots[SLOTS + 1];
	size_t got = 77;

	begin();
	is(NABD_OK, push(1));
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, 8, slots, SLOTS + 1, &got));
	ck_assert_uint_eq(got, SLOTS - 1);
	is(NABD_OK, nabdi_producer_abort(&tx));
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, 8, slots, SIZE_MAX, &got));
	ck_assert_uint_eq(got, SLOTS - 1);
	is(NABD_OK, nabdi_producer_commit_batch(&tx, lens, 0));
	ck_assert_uint_eq(head(), 1);
	is(NABD_OK, nabdi_producer_reserve_batch(&tx, 8, slots, SLOTS - 1, &got));
	is(NABD_OK, nabdi_producer_commit_batch(&tx, lens, SLOTS - 1));
	got = 77;
	is(NABD_FULL, nabdi_producer_reserve_batch(&tx, 8, slots, 1, &got));
	ck_assert_uint_eq(got, 77);
}
END_TEST

START_TEST(batches_of_pushes)
{
	static const uint8_t data[64] = "abbcccddddeeeee";
	static const uint32_t lens[] = {1, 2, 3, 4, 5, 0, 0, 0, 0, 0};
	static const uint32_t too_long[] = {1, SIZE + 1};
	size_t sent = 77;

	begin();
	is(NABD_TOOBIG, nabdi_producer_push_batch(&tx, data, too_long, 2, &sent));
	ck_assert_uint_eq(stamp(0), 0);
	is(NABD_OK, nabdi_producer_push_batch(&tx, data, lens, 5, &sent));
	ck_assert_uint_eq(sent, 5);
	ck_assert_mem_eq(payload(0), "a", 1);
	ck_assert_mem_eq(payload(1), "bb", 2);
	ck_assert_mem_eq(payload(2), "ccc", 3);
	ck_assert_mem_eq(payload(4), "eeeee", 5);
	ck_assert_uint_eq(stamp(4), UINT64_C(5) << 32 | 5);
	ck_assert_uint_eq(cell_load_relaxed(&shm->bytes), 15);
	is(NABD_OK, nabdi_producer_push_batch(&tx, data, lens, 10, &sent));
	ck_assert_uint_eq(sent, 3);
	ck_assert_uint_eq(head(), 8);
	ck_assert_mem_eq(payload(7), "ccc", 3);
	sent = 77;
	is(NABD_FULL, nabdi_producer_push_batch(&tx, data, lens, 1, &sent));
	ck_assert_uint_eq(sent, 77);
	ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), 1);
}
END_TEST

/* Credit for some is no reason to give fewer than there are. */
START_TEST(a_batch_looks_again)
{
	static const uint32_t lens[SLOTS] = {0};
	size_t sent;

	begin();
	reader_at(0, 0);
	is(NABD_OK, nabdi_producer_push_batch(&tx, "", lens, 6, &sent));
	reader_at(0, 6);
	is(NABD_OK, nabdi_producer_push_batch(&tx, "", lens, 8, &sent));
	ck_assert_uint_eq(sent, 8);
	ck_assert_uint_eq(cell_load_relaxed(&shm->tail), 6);
	ck_assert_uint_eq(cell_load_relaxed(&shm->full_count), 0);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_producer");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, one_that_may_not);
	tcase_add_test(tests, the_first_producer);
	tcase_add_test(tests, the_next_producer);
	tcase_add_test(tests, head_was_not_stored);
	tcase_add_test(tests, contradictions);
	tcase_add_test(tests, any_stamps_whatever);
	tcase_add_test(tests, around_the_borders_of_stamps);
	tcase_add_test(tests, reservations);
	tcase_add_test(tests, full_by_reservation);
	tcase_add_test(tests, lengths_of_pushes);
	tcase_add_test(tests, long_messages);
	tcase_add_test(tests, stretches_of_being_full);
	tcase_add_test(tests, the_slowest_alone);
	tcase_add_test(tests, without_a_group);
	tcase_add_test(tests, batches_of_reservations);
	tcase_add_test(tests, batches_of_all_that_is_free);
	tcase_add_test(tests, batches_of_pushes);
	tcase_add_test(tests, a_batch_looks_again);
	return unit_run(tests);
}
