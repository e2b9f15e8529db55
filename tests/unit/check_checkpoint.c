/* SPDX-License-Identifier: MIT */
/*
 * The records of a checkpoint: their bytes, the newest of two, and what is refused.
 */
#include <string.h>

#include "checkpoint.h"
#include "crc32c.h"
#include "unit.h"

static struct nabd_file_record file[2];
static struct nabd_checkpoint said;
static unsigned which;

static const struct nabd_checkpoint sample = {
	.group = 3,
	.incarnation = "an incarnation.",
	.sequence = 100,
	.head = 120,
	.saved_ns = 12345,
	.saves = 7,
};

static void seal(unsigned i)
{
	file[i].crc = nabdi_crc32c(0, &file[i], offsetof(struct nabd_file_record, crc));
}

/* Two records; saves 0: none. */
static void fresh(uint64_t first, uint64_t second)
{
	struct nabd_checkpoint c = sample;

	memset(file, 0, sizeof(file));
	for (unsigned i = 0; i < 2; i++) {
		c.saves = i == 0 ? first : second;
		c.sequence = 90 + c.saves;
		if (c.saves != 0)
			is(NABD_OK, nabdi_checkpoint_encode(&c, &file[i]));
	}
}

static int pick(void)
{
	return nabdi_checkpoint_pick(file, sizeof(file), &said, &which);
}

START_TEST(the_bytes_of_a_record)
{
	static const uint8_t head[88] = "nabc\r\n\x1a\0\4\3\2\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
					"an incarnation.\0\3\0\0\0\0\0\0\0\x64\0\0\0\0\0\0\0"
					"\x78\0\0\0\0\0\0\0\x39\x30\0\0\0\0\0\0\7\0\0\0\0\0\0";
	struct nabd_file_record r;

	memset(&r, 0xff, sizeof(r));
	is(NABD_OK, nabdi_checkpoint_encode(&sample, &r));
	if (r.byte_order == 0x01020304 && ((const uint8_t *)&r)[8] == 4) {
		ck_assert_mem_eq(&r, head, sizeof(head));
		ck_assert_uint_eq(r.crc, 0x9f35ee54);
	}
	for (size_t i = 0; i < sizeof(r.reserved1); i++)
		ck_assert_uint_eq(r.reserved1[i], 0);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	fresh(7, 0);
	is(NABD_OK, pick());
	ck_assert_uint_eq(which, 0);
	ck_assert_uint_eq(said.sequence, 97);
	ck_assert_uint_eq(said.head, 120);
	ck_assert_uint_eq(said.group, 3);
	ck_assert_uint_eq(said.saved_ns, 12345);
	ck_assert_uint_eq(said.saves, 7);
	ck_assert_mem_eq(said.incarnation, sample.incarnation, 16);
}
END_TEST

START_TEST(the_newest_whole_one)
{
	fresh(7, 8);
	is(NABD_OK, pick());
	ck_assert_uint_eq(which, 1);
	fresh(9, 8);
	is(NABD_OK, pick());
	ck_assert_uint_eq(which, 0);
	fresh(0, 8);
	is(NABD_OK, pick());
	ck_assert_uint_eq(which, 1);
	file[1].crc ^= 1;
	is(NABD_CORRUPT, pick());
	fresh(UINT64_MAX - 1, 1);
	is(NABD_OK, pick());
	ck_assert_uint_eq(which, 0);
}
END_TEST

START_TEST(every_flipped_bit_is_seen)
{
	fresh(7, 8);
	for (size_t bit = 0; bit < 8 * sizeof(file[1]); bit++) {
		uint8_t *byte = (uint8_t *)&file[1] + bit / 8;

		*byte ^= (uint8_t)(1u << bit % 8);
		is(NABD_OK, pick());
		ck_assert_uint_eq(which, 0);
		ck_assert_uint_eq(said.saves, 7);
		*byte ^= (uint8_t)(1u << bit % 8);
	}
	is(NABD_OK, pick());
	ck_assert_uint_eq(which, 1);
}
END_TEST

START_TEST(files_that_are_too_short)
{
	const struct nabd_checkpoint nothing = {0};

	fresh(7, 8);
	said = nothing;
	for (size_t got = 0; got < sizeof(file); got += got == 16 ? 4079 : 1) {
		int rc = nabdi_checkpoint_pick(file, got, &said, &which);

		is(got >= 4096 ? NABD_OK : got >= 8 ? NABD_CORRUPT : NABD_NOTCHECKPOINT, rc);
		ck_assert_uint_eq(said.saves, got >= 4096 ? 7 : 0);
	}
}
END_TEST

static void all_refuse(int code)
{
	seal(0);
	is(code, pick());
	fresh(7, 0);
}

START_TEST(what_a_right_checksum_covers_is_checked_all_the_same)
{
	fresh(7, 0);
	file[0].magic[3]++;
	all_refuse(NABD_NOTCHECKPOINT);
	file[0].byte_order = 0x04030201;
	all_refuse(NABD_BYTEORDER);
	file[0].byte_order = 0;
	all_refuse(NABD_CORRUPT);
	file[0].version = 2;
	all_refuse(NABD_FORMAT);
	file[0].features = UINT64_C(1) << 63;
	all_refuse(NABD_FORMAT);
	file[0].hints = UINT64_MAX;
	all_refuse(NABD_OK);
	file[0].group = 0;
	all_refuse(NABD_CORRUPT);
	file[0].group = 17;
	all_refuse(NABD_CORRUPT);
	file[0].sequence = file[0].head + 1;
	all_refuse(NABD_CORRUPT);
	file[0].head = UINT64_C(1) << 56;
	all_refuse(NABD_CORRUPT);
	file[0].saves = 0;
	all_refuse(NABD_CORRUPT);
	file[0].saves = UINT64_MAX; /* there would be none after it */
	all_refuse(NABD_CORRUPT);
}
END_TEST

/* A newer library wrote last: the older record is not taken for the last. */
START_TEST(unknown_features)
{
	fresh(7, 8);
	file[1].features = 1;
	seal(1);
	is(NABD_FORMAT, pick());
	fresh(9, 8);
	file[1].features = 1;
	seal(1);
	is(NABD_OK, pick());
	ck_assert_uint_eq(which, 0);
	fresh(7, 8);
	file[1].features = 1; /* not sealed: nobody wrote that */
	is(NABD_OK, pick());
	ck_assert_uint_eq(which, 0);
}
END_TEST

START_TEST(what_no_group_can_say_is_not_written)
{
	struct nabd_checkpoint c = sample;

	c.sequence = 121;
	is(NABD_CORRUPT, nabdi_checkpoint_encode(&c, &file[0]));
	c = sample;
	c.head = UINT64_MAX;
	is(NABD_CORRUPT, nabdi_checkpoint_encode(&c, &file[0]));
	c = sample;
	c.saves = UINT64_MAX;
	is(NABD_CORRUPT, nabdi_checkpoint_encode(&c, &file[0]));
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_checkpoint");

	tcase_add_test(tests, the_bytes_of_a_record);
	tcase_add_test(tests, what_is_written_is_read);
	tcase_add_test(tests, the_newest_whole_one);
	tcase_add_test(tests, every_flipped_bit_is_seen);
	tcase_add_test(tests, files_that_are_too_short);
	tcase_add_test(tests, what_a_right_checksum_covers_is_checked_all_the_same);
	tcase_add_test(tests, unknown_features);
	tcase_add_test(tests, what_no_group_can_say_is_not_written);
	return unit_run(tests);
}
