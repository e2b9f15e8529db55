/* SPDX-License-Identifier: MIT */
/*
 * The segment's identity: every kind of damage is refused with the code that it has.
 * check_layout_plan.c has the sizes.
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
	is(NABD_OK, nabdi_layout_plan(100, 60, 16, 4096, 0, &geometry));
	nabdi_layout_identify(&geometry, incarnation, 12345, &identity);
}

static int check(void)
{
	struct nabdi_geometry g;

	return nabdi_layout_check(&identity, sizeof(identity), geometry.total, 4096, &g);
}

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
	/* And so are times, with which everything lies elsewhere. */
	is(NABD_OK, nabdi_layout_plan(100, 60, 16, 4096, NABD_SHM_TIMES, &geometry));
	nabdi_layout_identify(&geometry, incarnation, 12345, &identity);
	ck_assert_uint_eq(identity.features, 2);
	is(NABD_OK, check());
	identity.features = 0;
	seal();
	is(NABD_CORRUPT, check());
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
		/* Times change the sizes, which then contradict the others. */
		is(identity.features == NABD_SHM_OVERWRITE ? NABD_OK
		   : identity.features == NABD_SHM_TIMES   ? NABD_CORRUPT
							   : NABD_FORMAT,
		   check());
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
	is(NABD_OK, nabdi_layout_plan(8, 8, 8, 16384, 0, &geometry));
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

	tcase_add_test(tests, identity_says_it_all);
	tcase_add_test(tests, what_is_no_queue);
	tcase_add_test(tests, other_makers);
	tcase_add_test(tests, every_flipped_bit_is_refused);
	tcase_add_test(tests, contradictions);
	tcase_add_test(tests, pages_of_this_machine);
	tcase_add_test(tests, files_of_another_size);
	tcase_add_test(tests, too_large_for_some);
	return unit_run(tests);
}
