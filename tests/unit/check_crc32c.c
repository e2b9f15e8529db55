/* SPDX-License-Identifier: MIT */
/* CRC32C: the vectors of RFC 3720, B.4, and the definition, bit by bit. */
#include <string.h>

#include "crc32c.h"
#include "unit.h"

START_TEST(known_answers)
{
	/* An iSCSI SCSI Read (10) command PDU. */
	static const uint8_t pdu[48] = {
		0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 4, 0,
		0, 0, 0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
	};
	uint8_t bytes[32];

	memset(bytes, 0, sizeof(bytes));
	ck_assert_uint_eq(nabdi_crc32c(0, bytes, sizeof(bytes)), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	ck_assert_uint_eq(nabdi_crc32c(0, bytes, sizeof(bytes)), 0x62a8ab43);
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	ck_assert_uint_eq(nabdi_crc32c(0, bytes, sizeof(bytes)), 0x46dd794e);
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(31 - i);
	ck_assert_uint_eq(nabdi_crc32c(0, bytes, sizeof(bytes)), 0x113fdb5c);
	ck_assert_uint_eq(nabdi_crc32c(0, pdu, sizeof(pdu)), 0xd9963a56);
	ck_assert_uint_eq(nabdi_crc32c(0, "123456789", 9), 0xe3069283);
	ck_assert_uint_eq(nabdi_crc32c(0, "", 0), 0);
}
END_TEST

static uint32_t by_definition(const uint8_t *byte, size_t len)
{
	uint32_t crc = 0xffffffff;

	while (len-- > 0) {
		crc ^= *byte++;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0x82f63b78 & (0u - (crc & 1)));
	}
	return ~crc;
}

START_TEST(every_length_and_split)
{
	uint8_t bytes[300];
	uint64_t state = 42;

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)unit_random(&state);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		size_t part = (size_t)unit_random(&state) % (len + 1);
		uint32_t first = nabdi_crc32c(0, bytes, part);

		ck_assert_uint_eq(nabdi_crc32c(0, bytes, len), by_definition(bytes, len));
		ck_assert_uint_eq(nabdi_crc32c(first, bytes + part, len - part),
				  by_definition(bytes, len));
	}
}
END_TEST

START_TEST(every_flipped_bit_is_seen)
{
	uint8_t bytes[124];
	uint32_t good;

	memset(bytes, 0x5a, sizeof(bytes));
	good = nabdi_crc32c(0, bytes, sizeof(bytes));
	for (unsigned bit = 0; bit < 8 * sizeof(bytes); bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_uint_ne(nabdi_crc32c(0, bytes, sizeof(bytes)), good);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_crc32c");

	tcase_add_test(tests, known_answers);
	tcase_add_test(tests, every_length_and_split);
	tcase_add_test(tests, every_flipped_bit_is_seen);
	return unit_run(tests);
}
