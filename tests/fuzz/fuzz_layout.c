/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a file that claims to begin as a queue does. Whatever is accepted
 * must be a queue whose every byte lies where it should, worked out here in
 * another way than in layout.c.
 *
 * Input: how (1 byte), page size (1 byte), size of the file (8 bytes, low byte
 * first), and the beginning of the file, up to the 128 bytes of the identity.
 */
#include <string.h>

#include <nabd/nabd.h>

#include "crc32c.h"
#include "fuzz.h"
#include "layout.h"

/* How: what a fuzzer would not find out by itself. */
#define SEAL      1u /* make the checksum right */
#define FILE_SIZE 2u /* make the size of the file what the header says */
#define OURS      4u /* make it ours: magic, byte order, version, features */

/* Bytes before a payload: its stamp, and a time where messages have one. */
static uint32_t before(const struct nabdi_geometry *g)
{
	return g->times ? 16 : 8;
}

static uint64_t first_payload(const struct nabdi_geometry *g)
{
	uint64_t at = 0;

	while (at < before(g))
		at += g->align;
	demand(at == g->lead);
	return at;
}

static void in_file(const struct nabdi_geometry *g, uint64_t slot)
{
	uint64_t offset, end;

	demand(!__builtin_mul_overflow(slot, (uint64_t)g->stride, &offset));
	demand(!__builtin_add_overflow(offset, g->slots_off + first_payload(g), &offset));
	demand(!__builtin_add_overflow(offset, (uint64_t)g->slot_size, &end));
	demand(end <= g->total);
	demand(offset % g->align == 0);
	demand(offset - before(g) >= g->slots_off);
	if (slot > 0) /* its stamp, and time, lie behind the payload of the slot before */
		demand(offset - before(g) >= offset - g->stride + g->slot_size);
}

static void sound(const struct nabdi_geometry *g, uint64_t file_bytes, uint32_t page)
{
	demand(g->total == file_bytes);
	demand(g->total <= (uint64_t)PTRDIFF_MAX);
	demand(g->page % page == 0);
	demand(g->consumer_off % page == 0 && g->slots_off % page == 0);
	demand(g->consumer_off >= sizeof(struct nabd_shm_producer));
	demand(g->slots_off > g->consumer_off && g->total > g->slots_off);
	demand(g->slots_off - g->consumer_off >=
	       sizeof(struct nabd_shm_consumers) +
		       (g->times ? 257 * sizeof(struct nabd_shm_latency) : 0));
	demand(g->slots > 0 && g->slots <= NABD_MAX_SLOTS);
	demand((g->slots & (g->slots - 1)) == 0);
	demand(g->slot_size > 0 && g->slot_size <= NABD_MAX_SLOT_SIZE);
	demand(g->align >= 8 && g->align <= NABD_MAX_ALIGN);
	demand((g->align & (g->align - 1)) == 0);
	demand(g->stride >= g->slot_size + before(g));
	in_file(g, 0);
	in_file(g, g->slots / 2);
	in_file(g, g->slots - 1);
}

/* The sizes lead to the identity that they were read from. */
static void the_same(const struct nabdi_geometry *g, const struct nabd_shm_identity *id)
{
	struct nabd_shm_identity again;

	nabdi_layout_identify(g, id->incarnation, id->created_ns, &again);
	again.hints = id->hints;
	memcpy(again.reserved, id->reserved, sizeof(again.reserved));
	again.crc = id->crc;
	demand(memcmp(&again, id, sizeof(again)) == 0);
}

static void mend(struct nabd_shm_identity *id, unsigned how, uint64_t *file_bytes)
{
	if (how & OURS) {
		memcpy(id->magic, NABD_SHM_MAGIC, sizeof(id->magic));
		id->byte_order = NABD_SHM_BYTE_ORDER;
		id->version = NABD_SHM_VERSION;
		id->features &= NABD_SHM_FEATURES;
	}
	if (how & SEAL)
		id->crc = nabdi_crc32c(0, id, offsetof(struct nabd_shm_identity, crc));
	if (how & FILE_SIZE)
		*file_bytes = id->total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nabd_shm_identity id = {0}, *exact;
	struct nabdi_geometry geometry;
	uint64_t file_bytes = 0;
	uint32_t page;
	size_t got;
	int rc;

	if (size < 10)
		return 0;
	for (int i = 0; i < 8; i++)
		file_bytes |= (uint64_t)data[2 + i] << 8 * i;
	page = 4096u << data[1] % 9;
	got = size - 10 < sizeof(id) ? size - 10 : sizeof(id);
	memcpy(&id, data + 10, got);
	if (got == sizeof(id))
		mend(&id, data[0], &file_bytes);

	/* Exactly as many bytes as were got, so that one too many is seen. */
	exact = malloc(got > 0 ? got : 1);
	demand(exact != NULL);
	memcpy(exact, &id, got);
	rc = nabdi_layout_check(exact, got, file_bytes, page, &geometry);
	demand(nabdi_layout_is_queue(exact, got) == (rc != NABD_NOTQUEUE));
	free(exact);
	if (rc == NABD_OK) {
		demand(got == sizeof(id));
		sound(&geometry, file_bytes, page);
		the_same(&geometry, &id);
	} else {
		demand(rc == NABD_NOTQUEUE || rc == NABD_TRUNCATED || rc == NABD_BYTEORDER ||
		       rc == NABD_FORMAT || rc == NABD_CORRUPT ||
		       (rc == NABD_RANGE && file_bytes > (uint64_t)PTRDIFF_MAX));
	}
	return 0;
}
