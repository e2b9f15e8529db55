/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a file that claims to be a checkpoint. What is found in it must be the
 * newest of its whole records, worked out here in another way than in checkpoint.c; and
 * what was found must lead to the record again.
 *
 * Input: how (1 byte), how long the file is (2 bytes, low byte first), and the first 88
 * bytes of each record and its checksum. All between is zero.
 */
#include <stdbool.h>
#include <string.h>

#include <nabd/nabd.h>

#include "checkpoint.h"
#include "crc32c.h"
#include "fuzz.h"

/* How: what a fuzzer would not find out by itself. */
#define SEAL(i) (1u << (i)) /* make the checksum of record i right */
#define OURS    4u          /* make them ours: magic, byte order, version, features */
#define WHOLE   8u          /* the file is as long as it should be */

#define HEAD 88u
#define PART (HEAD + 4u)

static void mend(struct nabd_file_record *r, unsigned how, unsigned i)
{
	if (how & OURS) {
		memcpy(r->magic, NABD_FILE_MAGIC, sizeof(r->magic));
		r->byte_order = NABD_FILE_BYTE_ORDER;
		r->version = NABD_FILE_VERSION;
		r->features &= NABD_FILE_FEATURES;
	}
	if (how & SEAL(i))
		r->crc = nabdi_crc32c(0, r, offsetof(struct nabd_file_record, crc));
}

static bool whole(const struct nabd_file_record *r)
{
	const uint64_t most = (UINT64_C(1) << 56) - 1;

	return memcmp(r->magic, "nabc\r\n\x1a", 8) == 0 && r->byte_order == 0x01020304 &&
	       r->version == 1 && r->crc == nabdi_crc32c(0, r, 4092) && r->group - 1u < 16 &&
	       r->sequence <= r->head && r->head <= most && r->saves + 1 > 1;
}

static void the_same(const struct nabd_checkpoint *said, const struct nabd_file_record *r)
{
	struct nabd_file_record again;

	demand(said->group == r->group && said->sequence == r->sequence && said->head == r->head);
	demand(nabdi_checkpoint_encode(said, &again) == NABD_OK);
	again.hints = r->hints;
	again.reserved = r->reserved;
	again.crc = r->crc;
	demand(memcmp(&again, r, sizeof(again)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nabd_file_record r[2];
	struct nabd_checkpoint said = {0};
	unsigned which = 9, newest = 2, how;
	uint8_t *exact;
	size_t got;
	int rc;

	if (size < 3 + 2 * PART)
		return 0;
	how = data[0];
	got = (size_t)data[1] | (size_t)data[2] << 8;
	if (how & WHOLE || got > sizeof(r))
		got = sizeof(r);
	for (unsigned i = 0; i < 2; i++) {
		memset(&r[i], 0, sizeof(r[i]));
		memcpy(&r[i], data + 3 + i * PART, HEAD);
		memcpy(&r[i].crc, data + 3 + i * PART + HEAD, 4);
		mend(&r[i], how, i);
		if (got >= (i + 1) * sizeof(r[i]) && whole(&r[i]) &&
		    (newest == 2 || r[i].saves > r[newest].saves))
			newest = i;
	}
	/* Exactly as many bytes as were got, so that one too many is seen. */
	exact = malloc(got > 0 ? got : 1);
	demand(exact != NULL);
	memcpy(exact, r, got);
	rc = nabdi_checkpoint_pick(exact, got, &said, &which);
	free(exact);
	if (newest == 2) {
		demand(rc == NABD_NOTCHECKPOINT || rc == NABD_BYTEORDER || rc == NABD_FORMAT ||
		       rc == NABD_CORRUPT);
	} else if (r[newest].features != 0) {
		demand(rc == NABD_FORMAT);
	} else {
		demand(rc == NABD_OK && which == newest);
		the_same(&said, &r[which]);
	}
	return 0;
}
