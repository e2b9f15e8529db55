/* SPDX-License-Identifier: MIT */
/*
 * The segment's sizes and identity: what is planned is accepted again, every
 * kind of damage is refused with the code that it has, and no number overflows.
 */
#include <string.h>

#include "crc32c.h"
#include "unit.h"

/* With pages of 4096: one for the producer's region, ten for the consumers'. */
#define SLOTS_OFF (11u * 4096u)

static const uint8_t incarnation[16] = "an incarnation.";

static struct nabd_shm_identity identity; /* of: */
static struct nabdi_geometry geometry;

static void seal(void)
{
	identity.crc = nabdi_crc32c(0, &identity, offsetof(struct nabd_shm_identity, crc));
}

static void fresh(void)
{
	is(NABD_OK, nabdi_layout_plan(100, 60, 16, 4096, &geometry));
	nabdi_layout_identify(&geometry, incarnation, 12345, &identity);
}

static int check(void)
{
	struct nabdi_geometry g;

	return nabdi_layout_check(&identity, sizeof(identity), geometry.total, 4096, &g);
}

START_TEST(plan_of_a_small_queue)
{
	fresh();
	ck_assert_uint_eq(geometry.page, 4096);
	ck_assert_uint_eq(geometry.slots, 128);
	ck_assert_uint_eq(geometry.slot_size, 60);
	ck_assert_uint_eq(geometry.align, 16);
	ck_assert_uint_eq(geometry.stride, 80);
	ck_assert_uint_eq(geometry.consumer_off, 4096);
	ck_assert_uint_eq(geometry.slots_off, SLOTS_OFF);
	ck_assert_uint_eq(geometry.total, SLOTS_OFF + 12288);
	ck_assert(!geometry.overwrite);
}
END_TEST

START_TEST(identity_says_it_all)
{
	fresh();
	ck_assert_mem_eq(identity.magic, "nabd\r\n\x1a", 8);
	ck_assert_uint_eq(identity.byte_order, 0x01020304);
	ck_assert_uint_eq(identity.version, 1);
	ck_assert_uint_eq(identity.features, 0);
	ck_assert_uint_eq(identity.hints, 0);
	ck_assert_mem_eq(identity.incarnation, incarnation, 16);
	ck_assert_uint_eq(identity.created_ns, 12345);
	ck_assert_uint_eq(identity.groups, 17);
	for (unsigned i = 0; i < sizeof(identity.reserved); i++)
		ck_assert_uint_eq(identity.reserved[i], 0);
	ck_assert_uint_eq(identity.crc, nabdi_crc32c(0, &identity, 124));
	is(NABD_OK, check());
	/* Whether the producer waits is a feature: who can't tell must not open it. */
	geometry.overwrite = true;
	nabdi_layout_identify(&geometry, incarnation, 12345, &identity);
	ck_assert_uint_eq(identity.features, 1);
	is(NABD_OK, check());
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
		is(NABD_OK, nabdi_layout_plan(t[i].wanted, 1, 8, 4096, &geometry));
		ck_assert_uint_eq(geometry.slots, t[i].slots);
	}
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
		   nabdi_layout_plan(t[i].slots, t[i].slot_size, t[i].align, 4096, &g));
		ck_assert_mem_eq(&g, &untouched, sizeof(g));
	}
}
END_TEST

START_TEST(the_largest_queues)
{
	const bool wide = sizeof(void *) > 4;

	is(wide ? NABD_OK : NABD_RANGE,
	   nabdi_layout_plan(NABD_MAX_SLOTS, 1, 8, 4096, &geometry));
	/* 2^60 bytes and more: not to be had, but to be computed where pointers are wide. */
	is(wide ? NABD_OK : NABD_RANGE,
	   nabdi_layout_plan(NABD_MAX_SLOTS, NABD_MAX_SLOT_SIZE, NABD_MAX_ALIGN, 1u << 20,
			     &geometry));
	if (wide) {
		ck_assert_uint_eq(geometry.stride, (1u << 30) + 4096);
		ck_assert_uint_eq(geometry.total,
				  (2u << 20) + (UINT64_C(1) << 60) + (UINT64_C(4096) << 30) +
					  (1u << 20));
	}
	is(NABD_OK, nabdi_layout_plan(1, NABD_MAX_SLOT_SIZE, 8, 4096, &geometry));
	ck_assert_uint_eq(geometry.stride, (1u << 30) + 8);
	/* Beyond half of a 32-bit address space. */
	is(wide ? NABD_OK : NABD_RANGE,
	   nabdi_layout_plan(2, NABD_MAX_SLOT_SIZE, 8, 4096, &geometry));
}
END_TEST

/* Each message lies within its slot, each slot within the file, each region on its page. */
static void prove(const struct nabdi_geometry *g)
{
	uint64_t last, end;

	ck_assert_uint_eq(g->slots & (g->slots - 1), 0);
	ck_assert_uint_eq(g->stride % g->align, 0);
	ck_assert_uint_ge(g->stride, UINT64_C(8) + g->slot_size);
	ck_assert_uint_eq(g->consumer_off % g->page, 0);
	ck_assert_uint_eq(g->slots_off % g->page, 0);
	ck_assert_uint_eq(g->total % g->page, 0);
	ck_assert_uint_ge(g->consumer_off, sizeof(struct nabd_shm_producer));
	ck_assert_uint_ge(g->slots_off - g->consumer_off, sizeof(struct nabd_shm_consumers));
	ck_assert(!__builtin_mul_overflow((uint64_t)g->slots - 1, g->stride, &last));
	ck_assert(!__builtin_add_overflow(g->slots_off + g->align + g->slot_size, last, &end));
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
		int rc = nabdi_layout_plan(slots, size, align, page, &geometry);

		if (slots == 0 || size == 0) {
			is(NABD_RANGE, rc);
			continue;
		}
		if (sizeof(void *) == 4 && rc == NABD_RANGE)
			continue;
		is(NABD_OK, rc);
		prove(&geometry);
		geometry.overwrite = unit_random(&state) % 2 != 0;
		nabdi_layout_identify(&geometry, incarnation, state, &identity);
		is(NABD_OK, nabdi_layout_check(&identity, sizeof(identity), geometry.total, 4096,
					       &got));
		ck_assert_int_eq(got.overwrite, geometry.overwrite);
		nabdi_layout_identify(&got, incarnation, state, &again);
		ck_assert_mem_eq(&again, &identity, sizeof(again)); /* which has no padding */
	}
}
END_TEST

START_TEST(what_is_no_queue)
{
	struct nabdi_geometry g;

	fresh();
	is(NABD_NOTQUEUE, nabdi_layout_check(&identity, 0, 0, 4096, &g));
	is(NABD_NOTQUEUE, nabdi_layout_check(&identity, 7, 7, 4096, &g));
	for (size_t got = 8; got < sizeof(identity); got++)
		is(NABD_TRUNCATED, nabdi_layout_check(&identity, got, geometry.total, 4096, &g));
	for (unsigned i = 0; i < 8; i++) {
		fresh();
		identity.magic[i] ^= 0x20;
		seal();
		is(NABD_NOTQUEUE, check());
		ck_assert(!nabdi_layout_is_queue(&identity, sizeof(identity)));
	}
	fresh();
	ck_assert(nabdi_layout_is_queue(&identity, 8));
	ck_assert(!nabdi_layout_is_queue(&identity, 7));
}
END_TEST

START_TEST(other_makers)
{
	fresh();
	identity.byte_order = 0x04030201;
	is(NABD_BYTEORDER, check()); /* its CRC too is in the other order */
	fresh();
	identity.byte_order = 0x01020305;
	seal();
	is(NABD_CORRUPT, check());
	/* A later version may have its CRC elsewhere: it is not looked at. */
	fresh();
	identity.version = 2;
	is(NABD_FORMAT, check());
	fresh();
	identity.version = 0;
	seal();
	is(NABD_FORMAT, check());
	for (unsigned bit = 0; bit < 64; bit++) {
		fresh();
		identity.features = UINT64_C(1) << bit;
		seal();
		is((identity.features & NABD_SHM_FEATURES) != 0 ? NABD_OK : NABD_FORMAT, check());
		fresh();
		identity.hints = UINT64_C(1) << bit;
		seal();
		is(NABD_OK, check());
	}
	fresh();
	memset(identity.reserved, 0xff, sizeof(identity.reserved));
	seal();
	is(NABD_OK, check()); /* theirs to use, in a version that we can read */
}
END_TEST

START_TEST(every_flipped_bit_is_refused)
{
	fresh();
	for (unsigned bit = 0; bit < 8 * sizeof(identity); bit++) {
		uint8_t *byte = (uint8_t *)&identity + bit / 8;

		*byte ^= (uint8_t)(1u << bit % 8);
		ck_assert_msg(check() < 0, "bit %u", bit);
		*byte ^= (uint8_t)(1u << bit % 8);
	}
	is(NABD_OK, check());
}
END_TEST

#define FIELD(name) offsetof(struct nabd_shm_identity, name), sizeof(identity.name)

/* A header that contradicts itself, though its CRC is right. */
START_TEST(contradictions)
{
	static const struct {
		size_t at, size;
		uint64_t value;
	} t[] = {
		{FIELD(page), 0},
		{FIELD(page), 2048},
		{FIELD(page), 4097},
		{FIELD(page), 12288},
		{FIELD(page), 2u << 20},
		{FIELD(page), UINT64_C(1) << 31},
		{FIELD(page), 8192}, /* a page that could be, but the offsets say another */
		{FIELD(align), 0},
		{FIELD(align), 4},
		{FIELD(align), 24},
		{FIELD(align), 32},
		{FIELD(align), 8192},
		{FIELD(slots), 0},
		{FIELD(slots), 100},
		{FIELD(slots), 64},
		{FIELD(slots), UINT64_C(1) << 31},
		{FIELD(groups), 16},
		{FIELD(groups), 0},
		{FIELD(groups), UINT32_MAX},
		{FIELD(slot_size), 0},
		{FIELD(slot_size), 73},
		{FIELD(slot_size), (1u << 30) + 1},
		{FIELD(slot_size), UINT32_MAX},
		{FIELD(stride), 0},
		{FIELD(stride), 72},
		{FIELD(stride), 96},
		{FIELD(consumer_off), 0},
		{FIELD(consumer_off), 8192},
		{FIELD(consumer_off), UINT64_MAX},
		{FIELD(slots_off), 0},
		{FIELD(slots_off), 4096},
		{FIELD(slots_off), 8192},
		{FIELD(slots_off), SLOTS_OFF - 4096},
		{FIELD(slots_off), SLOTS_OFF + 4096},
		{FIELD(slots_off), (UINT64_C(1) << 32) + SLOTS_OFF},
		{FIELD(total), 0},
		{FIELD(total), 8192},
		{FIELD(total), SLOTS_OFF},
		{FIELD(total), UINT64_MAX},
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		uint32_t narrow = (uint32_t)t[i].value;

		fresh();
		if (t[i].size == 4)
			memcpy((uint8_t *)&identity + t[i].at, &narrow, 4);
		else
			memcpy((uint8_t *)&identity + t[i].at, &t[i].value, 8);
		seal();
		ck_assert_msg(check() == NABD_CORRUPT, "case %u: %s", i, unit_code(check()));
	}
}
END_TEST

START_TEST(pages_of_this_machine)
{
	struct nabdi_geometry g;

	fresh();
	is(NABD_FORMAT,
	   nabdi_layout_check(&identity, sizeof(identity), geometry.total, 16384, &g));
	is(NABD_OK, nabdi_layout_plan(8, 8, 8, 16384, &geometry));
	nabdi_layout_identify(&geometry, incarnation, 0, &identity);
	is(NABD_OK, nabdi_layout_check(&identity, sizeof(identity), geometry.total, 16384, &g));
	is(NABD_OK, nabdi_layout_check(&identity, sizeof(identity), geometry.total, 4096, &g));
	ck_assert_uint_eq(g.page, 16384);
}
END_TEST

START_TEST(files_of_another_size)
{
	struct nabdi_geometry g;

	fresh();
	for (int i = 0; i < 64; i++) {
		uint64_t bytes = geometry.total ^ UINT64_C(1) << i;

		is(NABD_TRUNCATED,
		   nabdi_layout_check(&identity, sizeof(identity), bytes, 4096, &g));
	}
	is(NABD_TRUNCATED, nabdi_layout_check(&identity, sizeof(identity), 128, 4096, &g));
	is(NABD_TRUNCATED, nabdi_layout_check(&identity, sizeof(identity), 0, 4096, &g));
}
END_TEST

/* Sound, and of 4 GiB and more: made by a 64-bit process, beyond a 32-bit one. */
START_TEST(too_large_for_some)
{
	struct nabdi_geometry g;

	fresh();
	identity.slots = 1u << 20;
	identity.slot_size = 8192;
	identity.stride = 8208;
	identity.total = SLOTS_OFF + (UINT64_C(8208) << 20) + 4096;
	seal();
	is(sizeof(void *) > 4 ? NABD_OK : NABD_RANGE,
	   nabdi_layout_check(&identity, sizeof(identity), identity.total, 4096, &g));
	is(NABD_TRUNCATED,
	   nabdi_layout_check(&identity, sizeof(identity), (uint32_t)identity.total, 4096, &g));
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_layout");

	tcase_add_test(tests, plan_of_a_small_queue);
	tcase_add_test(tests, identity_says_it_all);
	tcase_add_test(tests, slots_are_rounded_up);
	tcase_add_test(tests, plan_refuses_what_is_too_large);
	tcase_add_test(tests, the_largest_queues);
	tcase_add_test(tests, planned_is_accepted);
	tcase_add_test(tests, what_is_no_queue);
	tcase_add_test(tests, other_makers);
	tcase_add_test(tests, every_flipped_bit_is_refused);
	tcase_add_test(tests, contradictions);
	tcase_add_test(tests, pages_of_this_machine);
	tcase_add_test(tests, files_of_another_size);
	tcase_add_test(tests, too_large_for_some);
	return unit_run(tests);
}
