/* SPDX-License-Identifier: MIT */
/* The records of a checkpoint's file: made, judged, and the newest one found. Pure. */
#include <stdbool.h>
#include <string.h>

#include "checkpoint.h"
#include "crc32c.h"
#include "layout.h"

_Static_assert(sizeof(NABD_FILE_MAGIC) == 8, "magic");

static bool plausible(uint32_t group, uint64_t sequence, uint64_t head, uint64_t saves)
{
	return group >= 1 && group <= NABD_MAX_GROUPS && sequence <= head &&
	       head <= NABD_SHM_SEQUENCE && saves >= 1 && saves < UINT64_MAX;
}

static uint32_t seal(const struct nabd_file_record *record)
{
	return nabdi_crc32c(0, record, offsetof(struct nabd_file_record, crc));
}

int nabdi_checkpoint_encode(const struct nabd_checkpoint *checkpoint,
			    struct nabd_file_record *record)
{
	if (!plausible(checkpoint->group, checkpoint->sequence, checkpoint->head,
		       checkpoint->saves))
		return NABD_CORRUPT;
	*record = (struct nabd_file_record){
		.magic = NABD_FILE_MAGIC,
		.byte_order = NABD_FILE_BYTE_ORDER,
		.version = NABD_FILE_VERSION,
		.group = checkpoint->group,
		.sequence = checkpoint->sequence,
		.head = checkpoint->head,
		.saved_ns = checkpoint->saved_ns,
		.saves = checkpoint->saves,
	};
	memcpy(record->incarnation, checkpoint->incarnation, sizeof(record->incarnation));
	record->crc = seal(record);
	return NABD_OK;
}

/*
 * One record, of which there are got bytes. *sealed says that it was written whole; then
 * it counts, even if it has features that are not known here: an older one must not be
 * taken for the newest.
 */
static int judge(const uint8_t *bytes, size_t got, struct nabd_checkpoint *checkpoint, bool *sealed)
{
	struct nabd_file_record r = {0};

	*sealed = false;
	memcpy(&r, bytes, got < sizeof(r) ? got : sizeof(r));
	if (got < sizeof(r.magic) || memcmp(r.magic, NABD_FILE_MAGIC, sizeof(r.magic)) != 0)
		return NABD_NOTCHECKPOINT;
	if (got < offsetof(struct nabd_file_record, features))
		return NABD_CORRUPT;
	if (r.byte_order == 0x04030201u)
		return NABD_BYTEORDER;
	if (r.byte_order != NABD_FILE_BYTE_ORDER)
		return NABD_CORRUPT;
	if (r.version != NABD_FILE_VERSION)
		return NABD_FORMAT; /* whose record may look otherwise from here on */
	if (got < sizeof(r) || r.crc != seal(&r) ||
	    !plausible(r.group, r.sequence, r.head, r.saves))
		return NABD_CORRUPT;
	*sealed = true;
	*checkpoint = (struct nabd_checkpoint){
		.group = r.group,
		.sequence = r.sequence,
		.head = r.head,
		.saved_ns = r.saved_ns,
		.saves = r.saves,
	};
	memcpy(checkpoint->incarnation, r.incarnation, sizeof(checkpoint->incarnation));
	return (r.features & ~(uint64_t)NABD_FILE_FEATURES) != 0 ? NABD_FORMAT : NABD_OK;
}

/* With no whole record: which of two answers tells more. */
static int more_telling(int a, int b)
{
	static const int order[] = {NABD_FORMAT, NABD_BYTEORDER, NABD_CORRUPT};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return NABD_NOTCHECKPOINT;
}

int nabdi_checkpoint_pick(const void *file, size_t got, struct nabd_checkpoint *checkpoint,
			  unsigned *which)
{
	struct nabd_checkpoint said[NABD_FILE_RECORDS] = {{0}, {0}};
	bool sealed[NABD_FILE_RECORDS];
	int rc[NABD_FILE_RECORDS];
	unsigned newest;

	for (unsigned i = 0; i < NABD_FILE_RECORDS; i++) {
		const size_t at = (size_t)i * NABD_FILE_RECORD;

		rc[i] = judge((const uint8_t *)file + (got > at ? at : 0), got > at ? got - at : 0,
			      &said[i], &sealed[i]);
	}
	if (!sealed[0] && !sealed[1])
		return more_telling(rc[0], rc[1]);
	newest = sealed[1] && (!sealed[0] || said[1].saves > said[0].saves) ? 1 : 0;
	if (rc[newest] != NABD_OK)
		return rc[newest];
	*checkpoint = said[newest];
	*which = newest;
	return NABD_OK;
}
