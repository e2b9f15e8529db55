/* SPDX-License-Identifier: MIT */
/*
 * The segment's sizes: what is planned is accepted again, and no number overflows.
 */
#include <string.h>

#include "unit.h"

/* With pages of 4096: one for the producer's region, ten for the consumers'. */
#define SLOTS_OFF (11u * 4096u)

static const uint8_t incarnation[16] = "an incarnation.";

static struct nabd_shm_identity identity; /* of: */
static struct nabdi_geometry geometry;

START_TEST(plan_of_a_small_queue)
{
	is(NABD_OK, nabdi_layout_plan(100, 60, 16, 4096, 0, &geometry));
	ck_assert_uint_eq(geometry.page, 4096);
	ck_assert_uint_eq(geometry.slots, 128);
	ck_assert_uint_eq(geometry.slot_size, 60);
	ck_assert_uint_eq(geometry.align, 16);
	ck_assert_uint_eq(geometry.stride, 80);
	ck_assert_uint_eq(geometry.consumer_off, 4096);
	ck_assert_uint_eq(geometry.slots_off, SLOTS_OFF);
	ck_assert_uint_eq(geometry.total, SLOTS_OFF + 12288);
	ck_assert(!geometry.overwrite);
	ck_assert(!geometry.times);
	ck_assert_uint_eq(geometry.lead, 16);
}
END_TEST

/* With times: 8 bytes more a slot, and 257 histograms of 2816 bytes. */
START_TEST(plan_of_a_queue_with_times)
{
	is(NABD_OK, nabdi_layout_plan(100, 48, 8, 4096, NABD_SHM_TIMES, &geometry));
	ck_assert(geometry.times);
	ck_assert_uint_eq(geometry.lead, 16);
	ck_assert_uint_eq(geometry.stride, 64);
	ck_assert_uint_eq(geometry.slots_off, 4096 + 186u * 4096u);
	ck_assert_uint_le(37632 + 257 * 2816, 186 * 4096);
	ck_assert_uint_gt(37632 + 257 * 2816, 185 * 4096);
	ck_assert_uint_eq(geometry.total, geometry.slots_off + 12288);
	is(NABD_OK, nabdi_layout_plan(100, 48, 64, 4096, NABD_SHM_TIMES, &geometry));
	ck_assert_uint_eq(geometry.lead, 64);
	ck_assert_uint_eq(geometry.stride, 64);
}
END_TEST

START_TEST(slots_are_rounded_up)
{
	static const struct {
		uint64_t wanted;
		uint32_t slots;
	} t[] = {{1, 1}, {2, 2}, {3, 4}, {4, 4}, {5, 8}, {1000, 1024}, {1024, 1024}, {1025, 2048},
		 {65537, 131072}};

	for (unsigned i = 0; i < COUNT(t); i++) {
		is(NABD_OK, nabdi_layout_plan(t[i].wanted, 1, 8, 4096, 0, &geometry));
		ck_assert_uint_eq(geometry.slots, t[i].slots);
	}
}
END_TEST

START_TEST(long_slots_are_aligned_to_lines)
{
	ck_assert_uint_eq(nabdi_layout_align(1), 8);
	ck_assert_uint_eq(nabdi_layout_align(16383), 8);
	ck_assert_uint_eq(nabdi_layout_align(16384), 64);
	ck_assert_uint_eq(nabdi_layout_align(NABD_MAX_SLOT_SIZE), 64);
}
END_TEST

/* 64-bit numbers whose low half would be fine are among them. */
START_TEST(plan_refuses_what_is_too_large)
{
	static const struct {
		uint64_t slots, slot_size;
		uint32_t align;
	} t[] = {
		{0, 1, 8},
		{NABD_MAX_SLOTS + UINT64_C(1), 1, 8},
		{UINT64_C(1) << 32, 1, 8},
		{(UINT64_C(1) << 32) + 1, 1, 8},
		{UINT64_MAX, 1, 8},
		{1, 0, 8},
		{1, NABD_MAX_SLOT_SIZE + UINT64_C(1), 8},
		{1, (UINT64_C(1) << 32) + 1, 8},
		{1, UINT64_MAX, 8},
		{1, UINT64_MAX - 7, 8},
		{1, 1, NABD_MAX_ALIGN * 2},
		{1, 1, UINT32_C(1) << 31},
	};
	struct nabdi_geometry g, untouched;

	memset(&g, 0x55, sizeof(g));
	untouched = g;
	for (unsigned i = 0; i < COUNT(t); i++) {
		is(NABD_RANGE,
		   nabdi_layout_plan(t[i].slots, t[i].slot_size, t[i].align, 4096, 0, &g));
		ck_assert_mem_eq(&g, &untouched, sizeof(g));
	}
}
END_TEST

START_TEST(the_largest_queues)
{
	const bool wide = sizeof(void *) > 4;

	is(wide ? NABD_OK : NABD_RANGE,
	   nabdi_layout_plan(NABD_MAX_SLOTS, 1, 8, 4096, 0, &geometry));
	/* 2^60 bytes and more: not to be had, but to be computed where pointers are wide. */
	is(wide ? NABD_OK : NABD_RANGE,
	   nabdi_layout_plan(NABD_MAX_SLOTS, NABD_MAX_SLOT_SIZE, NABD_MAX_ALIGN, 1u << 20,
			     0, &geometry));
	if (wide) {
		ck_assert_uint_eq(geometry.stride, (1u << 30) + 4096);
		ck_assert_uint_eq(geometry.total,
				  (2u << 20) + (UINT64_C(1) << 60) + (UINT64_C(4096) << 30) +
					  (1u << 20));
	}
	is(NABD_OK, nabdi_layout_plan(1, NABD_MAX_SLOT_SIZE, 8, 4096, 0, &geometry));
	ck_assert_uint_eq(geometry.stride, (1u << 30) + 8);
	/* Beyond half of a 32-bit address space. */
	is(wide ? NABD_OK : NABD_RANGE,
	   nabdi_layout_plan(2, NABD_MAX_SLOT_SIZE, 8, 4096, 0, &geometry));
}
END_TEST

/* Each message lies within its slot, each slot within the file, each region on its page. */
static void prove(const struct nabdi_geometry *g)
{
	uint64_t last, end;

	ck_assert_uint_eq(g->slots & (g->slots - 1), 0);
	ck_assert_uint_eq(g->stride % g->align, 0);
	ck_assert_uint_ge(g->stride, (g->times ? UINT64_C(16) : UINT64_C(8)) + g->slot_size);
	ck_assert_uint_eq(g->lead % g->align, 0);
	ck_assert_uint_ge(g->lead, g->times ? 16 : 8);
	ck_assert_uint_eq(g->consumer_off % g->page, 0);
	ck_assert_uint_eq(g->slots_off % g->page, 0);
	ck_assert_uint_eq(g->total % g->page, 0);
	ck_assert_uint_ge(g->consumer_off, sizeof(struct nabd_shm_producer));
	ck_assert_uint_ge(g->slots_off - g->consumer_off,
			  sizeof(struct nabd_shm_consumers) +
				  (g->times ? 257 * sizeof(struct nabd_shm_latency) : 0));
	ck_assert(!__builtin_mul_overflow((uint64_t)g->slots - 1, g->stride, &last));
	ck_assert(!__builtin_add_overflow(g->slots_off + g->lead + g->slot_size, last, &end));
	ck_assert_uint_le(end, g->total);
	/* And the file is no longer than that, rounded up to a slot and a page. */
	ck_assert_uint_lt(g->total - end, (uint64_t)g->stride + g->page);
}

START_TEST(planned_is_accepted)
{
	uint64_t state = 7;

	for (int i = 0; i < 5000; i++) {
		uint64_t slots = unit_random(&state) >> (34 + unit_random(&state) % 30);
		uint64_t size = unit_random(&state) >> (34 + unit_random(&state) % 30);
		uint32_t align = 8u << unit_random(&state) % 10;
		uint32_t page = 4096u << unit_random(&state) % 9;
		struct nabd_shm_identity again;
		struct nabdi_geometry got;
		uint64_t features = unit_random(&state) % 4;
		int rc = nabdi_layout_plan(slots, size, align, page, features, &geometry);

		if (slots == 0 || size == 0) {
			is(NABD_RANGE, rc);
			continue;
		}
		if (sizeof(void *) == 4 && rc == NABD_RANGE)
			continue;
		is(NABD_OK, rc);
		prove(&geometry);
		ck_assert_int_eq(geometry.overwrite, (features & NABD_SHM_OVERWRITE) != 0);
		nabdi_layout_identify(&geometry, incarnation, state, &identity);
		is(NABD_OK, nabdi_layout_check(&identity, sizeof(identity), geometry.total, 4096,
					       &got));
		ck_assert_int_eq(got.overwrite, geometry.overwrite);
		nabdi_layout_identify(&got, incarnation, state, &again);
		ck_assert_mem_eq(&again, &identity, sizeof(again)); /* which has no padding */
	}
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_layout_plan");

	tcase_add_test(tests, plan_of_a_small_queue);
	tcase_add_test(tests, plan_of_a_queue_with_times);
	tcase_add_test(tests, slots_are_rounded_up);
	tcase_add_test(tests, long_slots_are_aligned_to_lines);
	tcase_add_test(tests, plan_refuses_what_is_too_large);
	tcase_add_test(tests, the_largest_queues);
	tcase_add_test(tests, planned_is_accepted);
	return unit_run(tests);
}
