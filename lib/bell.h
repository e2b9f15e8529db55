/* SPDX-License-Identifier: MIT */
/*
 * Bells: how those who wait are woken, and nobody else pays for it. Each group has one,
 * which is rung for messages, and the producer has one, rung for free slots.
 *
 * Who wants to sleep marks himself, looks again, and sleeps on the bell. Who publishes, a
 * message or a free slot, then looks for marks: a load, as long as nobody sleeps. Each
 * writes a word and reads the other's, which takes a full fence on both sides; the sleeper
 * makes it for both, by a barrier that reaches all who publish (edge I). A mark is taken
 * away by who wakes, so that a sleeper that has died costs one more system call.
 */
#ifndef NABD_BELL_H
#define NABD_BELL_H

#include <stdbool.h>
#include <stdint.h>

#include "ring.h"
#include "segment.h"

#define NABDI_BELL_SENDER NABD_SHM_GROUPS /* the producer's bell; below it, the groups' */

/* One party's: where its mark goes, and what it sleeps on. */
struct nabdi_bell {
	unsigned whose;
	nabd_cell64 *marks;
	nabd_cell32 *word;
	uint64_t sleeps;
	uint64_t armed;
};

/* Of a group, or NABDI_BELL_SENDER. */
struct nabdi_bell nabdi_bell_of(const struct nabdi_segment *segment, unsigned whose);

/* What a descriptor of this party is told of. */
static inline enum nabdi_os_news nabdi_bell_news(const struct nabdi_bell *bell)
{
	return bell->whose == NABDI_BELL_SENDER ? NABDI_OS_SPACE : NABDI_OS_MESSAGE;
}

/*
 * Mark: whoever publishes from here on rings the bell, which is not *value any more then.
 * Look again before sleeping on it. False if one who publishes this moment may miss the
 * mark: then the first sleep must be short.
 */
bool nabdi_bell_mark(const struct nabdi_bell *bell, uint64_t mark, uint32_t *value);

/* Whether who publishes fences for its sleepers, whatever became of their barriers. */
static inline bool nabdi_bell_fenced(const struct nabdi_bell *bell)
{
	return (cell_load_relaxed(bell->marks) & NABD_SHM_FENCE) != 0;
}

/* A process that barriers don't reach is here: all who publish fence from now on. */
void nabdi_bell_no_barriers(const struct nabdi_segment *segment);

/* Those of one party shall look, for whatever reason. */
void nabdi_bell_ring(const struct nabdi_segment *segment, unsigned whose);

/* Everybody shall look. */
void nabdi_bell_ring_all(const struct nabdi_segment *segment);

/* The rest of the two below, which like them are NABD_OK: for callers to end with. */
int nabdi_bell_messages_slow(const struct nabdi_segment *segment, uint64_t n);
int nabdi_bell_space_slow(const struct nabdi_segment *segment, uint64_t released, bool all);

/* Edge I, publishing end: n messages were published. */
static inline int nabdi_bell_messages(const struct nabd_shm_consumers *consumers,
				      const struct nabdi_segment *segment, uint64_t n)
{
	cell_fence_light();
	if (nabd_unlikely(cell_load_relaxed(&consumers->waits.readers) != 0))
		return nabdi_bell_messages_slow(segment, n);
	return NABD_OK;
}

/* Edge I, publishing end: all below this sequence was released, or all that one holds. */
static inline int nabdi_bell_space(const struct nabd_shm_consumers *consumers,
				   const struct nabdi_segment *segment, uint64_t released, bool all)
{
	cell_fence_light();
	if (nabd_unlikely(cell_load_relaxed(&consumers->waits.senders) != 0))
		return nabdi_bell_space_slow(segment, released, all);
	return NABD_OK;
}

#endif
