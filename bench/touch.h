/* SPDX-License-Identifier: MIT */
/* A message made and read in place: every byte is written by one side and read by the other. */
#ifndef BENCH_TOUCH_H
#define BENCH_TOUCH_H

#include <stddef.h>
#include <stdint.h>

static inline void touch_fill(void *slot, uint32_t size, uint64_t sequence)
{
	uint64_t *word = slot;
	uint32_t i;

	for (i = 0; i < size / 8; i++)
		word[i] = sequence + i;
}

static inline uint64_t touch_sum(const void *data, size_t len)
{
	const uint64_t *word = data;
	uint64_t total = 0;
	size_t i;

	for (i = 0; i < len / 8; i++)
		total += word[i];
	return total;
}

#endif
