/* SPDX-License-Identifier: MIT */
/*
 * Copying a payload into or out of a slot. Short ones by nabd_inline_copy(); beyond
 * NABD_INLINE_COPY bytes the C library is as fast.
 */
#ifndef NABD_COPY_H
#define NABD_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "atomic.h"
#include "steps.h"

static inline void nabdi_copy(void *to, const void *from, const void *slot, size_t len)
{
	if (len > NABD_INLINE_COPY)
		memcpy(to, from, len);
	else
		nabd_inline_copy(to, from, slot, len);
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
		nabd_inline_copy_rest((uint8_t *)&word, from, len);
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
		nabd_inline_copy_rest(to, (const uint8_t *)&word, len);
	}
}

#endif
