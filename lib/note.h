/* SPDX-License-Identifier: MIT */
/*
 * Counters and times that are kept in the segment for onlookers alone: metrics.c reads
 * them, nothing acts upon them. They are written where something rare is done anyway, never
 * with each message, and are the line's or group's, not the process's, so that they outlive
 * who wrote them. A death just before a note leaves it out.
 *
 * The model explores what can go wrong between processes; notes can't, and are left out.
 */
#ifndef NABD_NOTE_H
#define NABD_NOTE_H

#include <stdint.h>

#include "atomic.h"
#include "os.h"

#ifdef NABD_ATOMICS_MODEL
#define NABDI_NOTES 0
#else
#define NABDI_NOTES 1
#endif

/* Of one writer at a time, who has the role or the line. */
static inline void nabdi_note_own(nabd_cell64 *count, uint64_t n)
{
	if (NABDI_NOTES)
		cell_store_relaxed(count, cell_load_relaxed(count) + n);
}

/* Of anybody, for what is rare. */
static inline void nabdi_note_shared(nabd_cell64 *count, uint64_t n)
{
	if (NABDI_NOTES && n != 0)
		cell_fetch_add(count, n);
}

/* The highest so far, of one writer at a time. */
static inline void nabdi_note_most(nabd_cell64 *most, uint64_t n)
{
	if (NABDI_NOTES && n > cell_load_relaxed(most))
		cell_store_relaxed(most, n);
}

static inline void nabdi_note_value(nabd_cell64 *word, uint64_t value)
{
	if (NABDI_NOTES)
		cell_store_relaxed(word, value);
}

/* Now, by a clock that all processes of the machine share, and that is some ms old. */
static inline void nabdi_note_time(nabd_cell64 *word)
{
	if (NABDI_NOTES)
		cell_store_relaxed(word, nabdi_os_coarse_ns());
}

#endif
