/* SPDX-License-Identifier: MIT */
/* The segment's sizes and identity: plan, write, check. Pure functions. */
#include <string.h>

#include <nabd/nabd.h>

#include "crc32c.h"
#include "layout.h"

static uint64_t round_up(uint64_t n, uint64_t power)
{
	return (n + power - 1) & ~(power - 1);
}

static bool power_of_two(uint32_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* The limits keep every product below 2^62, so that nothing here can overflow. */
_Static_assert(((uint64_t)NABD_MAX_SLOT_SIZE + 2u * NABD_MAX_ALIGN) <= UINT64_C(1) << 31, "");
_Static_assert((uint64_t)NABD_MAX_SLOTS <= UINT64_C(1) << 30, "");

/* What a slot has before its payload: a stamp, and perhaps a time before that. */
static uint32_t words_before(bool times)
{
	return (times ? 2u : 1u) * (uint32_t)sizeof(nabd_cell64);
}

static uint64_t consumer_bytes(bool times)
{
	return sizeof(struct nabd_shm_consumers) +
	       (times ? (uint64_t)NABD_SHM_READERS * sizeof(struct nabd_shm_latency) : 0);
}

static int plan(uint64_t slots, uint64_t slot_size, uint32_t align, uint32_t page,
		uint64_t features, struct nabdi_geometry *geometry)
{
	struct nabdi_geometry g = {
		.overwrite = (features & NABD_SHM_OVERWRITE) != 0,
		.times = (features & NABD_SHM_TIMES) != 0,
	};

	if (slots == 0 || slots > NABD_MAX_SLOTS || slot_size == 0 ||
	    slot_size > NABD_MAX_SLOT_SIZE || align > NABD_MAX_ALIGN)
		return NABD_RANGE;
	for (g.slots = 1; g.slots < slots;)
		g.slots *= 2;
	g.page = page;
	g.slot_size = (uint32_t)slot_size;
	g.align = align;
	g.stride = (uint32_t)round_up(words_before(g.times) + slot_size, align);
	g.lead = (uint32_t)round_up(words_before(g.times), align);
	g.consumer_off = round_up(sizeof(struct nabd_shm_producer), page);
	g.slots_off = g.consumer_off + round_up(consumer_bytes(g.times), page);
	g.total = g.slots_off + round_up(g.lead + (uint64_t)g.slots * g.stride, page);
	*geometry = g;
	return NABD_OK;
}

/* Differences of addresses must fit too: half of the address space at most. */
static bool addressable(const struct nabdi_geometry *geometry)
{
	return geometry->total <= (uint64_t)PTRDIFF_MAX;
}

int nabdi_layout_plan(uint64_t slots, uint64_t slot_size, uint32_t align, uint32_t page,
		      uint64_t features, struct nabdi_geometry *geometry)
{
	int rc = plan(slots, slot_size, align, page, features, geometry);

	return rc == NABD_OK && !addressable(geometry) ? NABD_RANGE : rc;
}

/*
 * Whoever makes slots so long copies long messages, which goes a tenth to a quarter faster
 * where the two sides of a copy lie alike. A short one comes with its stamp in one line.
 */
#define LONG_SLOT 16384u /* bytes */

uint32_t nabdi_layout_align(uint64_t slot_size)
{
	return slot_size >= LONG_SLOT ? 64 : 8;
}

void nabdi_layout_identify(const struct nabdi_geometry *g, const uint8_t *incarnation,
			   uint64_t created_ns, struct nabd_shm_identity *identity)
{
	struct nabd_shm_identity id = {
		.magic = NABD_SHM_MAGIC,
		.byte_order = NABD_SHM_BYTE_ORDER,
		.version = NABD_SHM_VERSION,
		.features = (g->overwrite ? NABD_SHM_OVERWRITE : 0) |
			    (g->times ? NABD_SHM_TIMES : 0),
		.created_ns = created_ns,
		.page = g->page,
		.slots = g->slots,
		.slot_size = g->slot_size,
		.align = g->align,
		.stride = g->stride,
		.groups = NABD_SHM_GROUPS,
		.consumer_off = g->consumer_off,
		.slots_off = g->slots_off,
		.total = g->total,
	};

	memcpy(id.incarnation, incarnation, sizeof(id.incarnation));
	id.crc = nabdi_crc32c(0, &id, offsetof(struct nabd_shm_identity, crc));
	*identity = id;
}

bool nabdi_layout_is_queue(const void *first, size_t got)
{
	return got >= sizeof(NABD_SHM_MAGIC) && memcmp(first, NABD_SHM_MAGIC, 8) == 0;
}

_Static_assert(sizeof(NABD_SHM_MAGIC) == 8, "magic");

/* Whether the sizes are those that nabdi_layout_plan() gives for such a queue. */
static bool plausible(const struct nabd_shm_identity *id, struct nabdi_geometry *g)
{
	return power_of_two(id->page) && id->page >= NABD_SHM_MIN_PAGE &&
	       id->page <= NABD_SHM_MAX_PAGE && power_of_two(id->align) && id->align >= 8 &&
	       power_of_two(id->slots) && id->groups == NABD_SHM_GROUPS &&
	       plan(id->slots, id->slot_size, id->align, id->page, id->features, g) == NABD_OK &&
	       id->stride == g->stride && id->consumer_off == g->consumer_off &&
	       id->slots_off == g->slots_off && id->total == g->total;
}

int nabdi_layout_check(const struct nabd_shm_identity *identity, size_t got, uint64_t file_bytes,
		       uint32_t page, struct nabdi_geometry *geometry)
{
	const uint32_t swapped = 0x04030201u;
	struct nabd_shm_identity id;

	if (!nabdi_layout_is_queue(identity, got))
		return NABD_NOTQUEUE;
	if (got < sizeof(id))
		return NABD_TRUNCATED;
	memcpy(&id, identity, sizeof(id)); /* once: the original may change under us */
	if (id.byte_order == swapped)
		return NABD_BYTEORDER;
	if (id.byte_order != NABD_SHM_BYTE_ORDER)
		return NABD_CORRUPT;
	if (id.version != NABD_SHM_VERSION)
		return NABD_FORMAT; /* whose identity may look otherwise from here on */
	if (id.crc != nabdi_crc32c(0, &id, offsetof(struct nabd_shm_identity, crc)))
		return NABD_CORRUPT;
	if ((id.features & ~(uint64_t)NABD_SHM_FEATURES) != 0)
		return NABD_FORMAT;
	if (!plausible(&id, geometry))
		return NABD_CORRUPT;
	if (id.page % page != 0)
		return NABD_FORMAT; /* its regions can't be mapped apart here */
	if (file_bytes != id.total)
		return NABD_TRUNCATED;
	/* Sound, but made by a 64-bit process and too large for this one. */
	return addressable(geometry) ? NABD_OK : NABD_RANGE;
}
