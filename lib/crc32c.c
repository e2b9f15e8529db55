/* SPDX-License-Identifier: MIT */
/*
 * CRC32C, four bits at a time: 64 bytes of table. It runs over 124 bytes when a
 * queue is opened and is on no hot path, so it need not be faster.
 */
#include "crc32c.h"

/* Entry n is n shifted through the reflected polynomial 0x82f63b78 four times. */
static const uint32_t table[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
	0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

uint32_t nabdi_crc32c(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *byte = data;

	crc = ~crc;
	while (len-- > 0) {
		crc ^= *byte++;
		crc = (crc >> 4) ^ table[crc & 15];
		crc = (crc >> 4) ^ table[crc & 15];
	}
	return ~crc;
}
