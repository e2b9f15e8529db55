/* SPDX-License-Identifier: MIT */
/* CRC32C (Castagnoli), as iSCSI and ext4 use it, for headers and records. */
#ifndef NABD_CRC32C_H
#define NABD_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* crc: 0, or what an earlier call returned for the bytes before. */
uint32_t nabdi_crc32c(uint32_t crc, const void *data, size_t len);

#endif
