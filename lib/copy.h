/* SPDX-License-Identifier: MIT */
/*
 * Copying a payload into or out of a slot. Short ones by chunks that are aligned
 * in the slot: no chunk lies across two lines there, and no call is made.
 */
#ifndef NABD_COPY_H
#define NABD_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "atomic.h"

#define NABDI_COPY_SHORT 256u /* bytes; beyond it the C library is as fast */

/* Fixed sizes: each of these becomes one load and one store. */
static inline void copy_16(uint8_t *to, const uint8_t *from)
{
	memcpy(to, from, 16);
}

static inline void copy_8(uint8_t *to, const uint8_t *from)
{
	memcpy(to, from, 8);
}

/* Fewer than 8 bytes. */
static inline void copy_rest(uint8_t *to, const uint8_t *from, size_t len)
{
	if (len & 4) {
		memcpy(to, from, 4);
		to += 4;
		from += 4;
	}
	if (len & 2) {
		memcpy(to, from, 2);
		to += 2;
		from += 2;
	}
	if (len & 1)
		*to = *from;
}

/* slot is whichever of the two lies in the ring; it is a multiple of 8. */
static inline void nabdi_copy_short(void *to_, const void *from_, const void *slot, size_t len)
{
	uint8_t *to = to_;
	const uint8_t *from = from_;

	if (len >= 8 && ((uintptr_t)slot & 8) != 0) {
		copy_8(to, from);
		to += 8;
		from += 8;
		len -= 8;
	}
	for (; len >= 16; to += 16, from += 16, len -= 16)
		copy_16(to, from);
	if (len >= 8) {
		copy_8(to, from);
		to += 8;
		from += 8;
		len -= 8;
	}
	if (len > 0)
		copy_rest(to, from, len);
}

static inline void nabdi_copy(void *to, const void *from, const void *slot, size_t len)
{
	if (len > NABDI_COPY_SHORT)
		memcpy(to, from, len);
	else
		nabdi_copy_short(to, from, slot, len);
}

/*
 * Where the producer may overwrite what is being read: word by word, by atomic ones, so
 * that a reader gets old words or new ones and then learns from the stamp that it did
 * (edge G). There is room for whole words in a slot.
 */
static inline void nabdi_copy_into_slot(uint8_t *slot, const void *from_, size_t len)
{
	const uint8_t *from = from_;
	uint64_t word;

	for (; len >= 8; slot += 8, from += 8, len -= 8) {
		memcpy(&word, from, 8);
		cell_store_release((nabd_cell64 *)(void *)slot, word);
	}
	if (len > 0) {
		word = 0;
		copy_rest((uint8_t *)&word, from, len);
		cell_store_release((nabd_cell64 *)(void *)slot, word);
	}
}

static inline void nabdi_copy_out_of_slot(void *to_, const uint8_t *slot, size_t len)
{
	uint8_t *to = to_;
	uint64_t word;

	for (; len >= 8; to += 8, slot += 8, len -= 8) {
		word = cell_load_acquire((const nabd_cell64 *)(const void *)slot);
		memcpy(to, &word, 8);
	}
	if (len > 0) {
		word = cell_load_acquire((const nabd_cell64 *)(const void *)slot);
		copy_rest(to, (const uint8_t *)&word, len);
	}
}

#endif
