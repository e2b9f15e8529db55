/* SPDX-License-Identifier: MIT */
/*
 * Every byte of a checkpoint's file, and the pure functions that make and judge them:
 * two records that are written in turn, so that one of them is whole whenever the machine
 * stops. nabd-checkpoint(5) says the same for readers of other languages, and
 * tests/lint/check-contract.py compares the two.
 *
 * A record fills a block of its own, as a file system may write a block again in whole of
 * which a part was changed: that must not touch the other record.
 */
#ifndef NABD_CHECKPOINT_H
#define NABD_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

#include <nabd/nabd.h>

#define NABD_FILE_MAGIC      "nabc\r\n\x1a" /* with its NUL: 8 bytes, damaged by text transfer */
#define NABD_FILE_BYTE_ORDER 0x01020304u
#define NABD_FILE_VERSION    1u
#define NABD_FILE_FEATURES   0u /* bits that this library knows */
#define NABD_FILE_RECORD     4096u
#define NABD_FILE_RECORDS    2u
#define NABD_FILE_BYTES      (NABD_FILE_RECORDS * NABD_FILE_RECORD)

struct nabd_file_record {
	uint8_t magic[8];        /* NABD_FILE_MAGIC */
	uint32_t byte_order;     /* NABD_FILE_BYTE_ORDER as the writer's machine stores it */
	uint32_t version;        /* NABD_FILE_VERSION */
	uint64_t features;       /* a bit that the reader does not know: refuse */
	uint64_t hints;          /* a bit that the reader does not know: ignore */
	uint8_t incarnation[16]; /* of the queue */
	uint32_t group;          /* 1 to 16 */
	uint32_t reserved;       /* 0 */
	uint64_t sequence;       /* all messages below it are done */
	uint64_t head;           /* of the next message to be sent then */
	uint64_t saved_ns;       /* since 1970 */
	uint64_t saves;          /* the higher one is the newer record; 1 in a new file */
	uint8_t reserved1[4004]; /* 0 */
	uint32_t crc;            /* CRC32C of the 4092 bytes before */
};

_Static_assert(sizeof(struct nabd_file_record) == NABD_FILE_RECORD, "format");
_Static_assert(offsetof(struct nabd_file_record, incarnation) == 32, "format");
_Static_assert(offsetof(struct nabd_file_record, sequence) == 56, "format");
_Static_assert(offsetof(struct nabd_file_record, saves) == 80, "format");
_Static_assert(offsetof(struct nabd_file_record, crc) == 4092, "format");

/* The record that says what the checkpoint says. NABD_CORRUPT if no group can be there. */
int nabdi_checkpoint_encode(const struct nabd_checkpoint *checkpoint,
			    struct nabd_file_record *record);

/*
 * The newest whole record of the first got bytes of a file: what it says, all but the
 * size, and which of the two it is. Pure: reads nothing but these bytes, and trusts none
 * of them. NABD_NOTCHECKPOINT, NABD_BYTEORDER, NABD_FORMAT, or NABD_CORRUPT if none is whole.
 */
int nabdi_checkpoint_pick(const void *file, size_t got, struct nabd_checkpoint *checkpoint,
			  unsigned *which);

#endif
