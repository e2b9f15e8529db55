/* SPDX-License-Identifier: MIT */
/*
 * nabd/inline_steps.h over the words of atomic.h: what programs compile in place of a call is
 * what the library's own calls are made of, and what watches the library's words, as the
 * explorer of tests/model does, watches that. A program has words of its own for it, in
 * nabd/inline.h. No file may include both.
 */
#ifndef NABD_STEPS_H
#define NABD_STEPS_H

#include <nabd/inline_layout.h>

#include "atomic.h"

static inline nabd_cell64 *nabdi_steps_cell(nabd_inline_word *word)
{
	return (nabd_cell64 *)(void *)word;
}

static inline uint64_t nabd_inline_load_relaxed(nabd_inline_word *word)
{
	return cell_load_relaxed(nabdi_steps_cell(word));
}

static inline uint64_t nabd_inline_load_acquire(nabd_inline_word *word)
{
	return cell_load_acquire(nabdi_steps_cell(word));
}

static inline void nabd_inline_store_release(nabd_inline_word *word, uint64_t value)
{
	cell_store_release(nabdi_steps_cell(word), value);
}

static inline void nabd_inline_store_pair(nabd_inline_word *first, uint64_t value, uint64_t other)
{
	cell_store_release_pair(nabdi_steps_cell(first), value, nabdi_steps_cell(first + 1), other);
}

static inline void nabd_inline_fence_light(void)
{
	cell_fence_light();
}

#include <nabd/inline_steps.h>

#endif
