/* SPDX-License-Identifier: MIT */
/* Bells: marking, ringing, telling descriptors. */
#include <errno.h>

#include "bell.h"
#include "note.h"
#include "probe.h"

#define ALL_SLEEP   NABD_SHM_ALL_HOLD
#define ALL_ARMED   (NABD_SHM_ALL_HOLD << 20)
#define EVERY_ONE   UINT32_MAX
#define SENDER_MARK 0u /* the producer's marks are those of group 0, in a word of its own */

static struct nabd_shm_waits *waits_of(const struct nabdi_segment *segment)
{
	return &nabdi_segment_consumers(segment)->waits;
}

struct nabdi_bell nabdi_bell_of(const struct nabdi_segment *segment, unsigned whose)
{
	struct nabd_shm_waits *waits = waits_of(segment);
	const bool sender = whose == NABDI_BELL_SENDER;
	const unsigned group = sender ? SENDER_MARK : whose;

	return (struct nabdi_bell){
		.whose = whose,
		.marks = sender ? &waits->senders : &waits->readers,
		.word = sender ? &waits->space : &waits->bell[group],
		.sleeps = NABD_SHM_SLEEPS(group),
		.armed = NABD_SHM_ARMED(group),
	};
}

bool nabdi_bell_mark(const struct nabdi_bell *bell, uint64_t mark, uint32_t *value)
{
	int rc;

	/* First: who rings finds the mark, and changes the word after that. */
	*value = cell32_load_acquire(bell->word);
	cell_fetch_or(bell->marks, mark); /* edge I */
	rc = nabdi_os_barrier();
	if (rc == NABD_OK)
		return true;
	if (rc == NABD_SYSTEM)
		cell_fetch_or(bell->marks, NABD_SHM_FENCE);
	cell_fence_full();
	return false;
}

void nabdi_bell_no_barriers(const struct nabdi_segment *segment)
{
	cell_fetch_or(&waits_of(segment)->readers, NABD_SHM_FENCE);
	cell_fetch_or(&waits_of(segment)->senders, NABD_SHM_FENCE);
}

static void tell(const struct nabdi_segment *segment, enum nabdi_os_news news)
{
	const int saved = errno;

	if (nabdi_segment_own(segment))
		nabdi_os_tell(segment->fd, news);
	errno = saved;
}

/* How often this party was woken. */
static nabd_cell64 *wakes_of(const struct nabdi_segment *segment, unsigned whose)
{
	return whose == NABDI_BELL_SENDER ? &waits_of(segment)->wakes
					  : &nabdi_segment_consumers(segment)->group[whose].wakes;
}

/* How many of them were asleep. */
static uint32_t ring(nabd_cell32 *word, uint32_t n)
{
	const int saved = errno;
	uint32_t woken;

	cell32_fetch_add(word, 1);
	woken = nabdi_os_wake(word, n);
	errno = saved;
	return woken;
}

/* What is marked, seen behind what was published before. */
static uint64_t marked(const nabd_cell64 *marks)
{
	uint64_t seen = cell_load_acquire(marks);

	if ((seen & NABD_SHM_FENCE) != 0) {
		cell_fence_full(); /* edge I */
		seen = cell_load_acquire(marks);
	}
	return seen & (ALL_SLEEP | ALL_ARMED);
}

/*
 * One member for each message: the others go on sleeping. When as many were asleep as
 * were called, there may be more, and their mark is put back; only a producer calls for
 * less than all, so that nothing is published in between.
 */
int nabdi_bell_messages_slow(const struct nabdi_segment *segment, uint64_t n)
{
	struct nabd_shm_waits *waits = waits_of(segment);
	const uint32_t one_each = n < EVERY_ONE ? (uint32_t)n : EVERY_ONE;
	uint64_t marks = marked(&waits->readers), left = 0;

	if (marks == 0)
		return NABD_OK;
	marks &= cell_fetch_and(&waits->readers, ~marks);
	for (uint64_t s = marks & ALL_SLEEP; s != 0; s &= s - 1) {
		const unsigned g = (unsigned)__builtin_ctzll(s);
		const uint32_t called = g == 0 ? EVERY_ONE : one_each;
		const uint32_t woken = ring(&waits->bell[g], called);

		nabdi_note_shared(wakes_of(segment, g), woken);
		nabd_probe3(wake, segment->file.inode, g, woken);
		if (woken >= called)
			left |= NABD_SHM_SLEEPS(g);
	}
	for (uint64_t a = (marks & ALL_ARMED) >> 20; a != 0; a &= a - 1)
		nabdi_note_shared(wakes_of(segment, (unsigned)__builtin_ctzll(a)), 1);
	if (left != 0)
		cell_fetch_or(&waits->readers, left);
	if ((marks & ALL_ARMED) != 0)
		tell(segment, NABDI_OS_MESSAGE);
	return NABD_OK;
}

int nabdi_bell_space_slow(const struct nabdi_segment *segment, uint64_t released, bool all)
{
	struct nabd_shm_waits *waits = waits_of(segment);
	const uint64_t marks = marked(&waits->senders);

	if (marks != 0 && (all || (int64_t)(released - cell_load_relaxed(&waits->wanted)) >= 0))
		nabdi_bell_ring(segment, NABDI_BELL_SENDER);
	return NABD_OK;
}

void nabdi_bell_ring(const struct nabdi_segment *segment, unsigned whose)
{
	const struct nabdi_bell bell = nabdi_bell_of(segment, whose);
	const uint64_t had = cell_fetch_and(bell.marks, ~(bell.sleeps | bell.armed));

	/* Also without a mark: one may be between marking and sleeping, or be called off. */
	const uint32_t woken = ring(bell.word, EVERY_ONE);

	nabdi_note_shared(wakes_of(segment, whose), woken + ((had & bell.armed) != 0));
	if (woken != 0)
		nabd_probe3(wake, segment->file.inode, whose, woken);
	if ((had & bell.armed) != 0)
		tell(segment, nabdi_bell_news(&bell));
}

void nabdi_bell_ring_all(const struct nabdi_segment *segment)
{
	for (unsigned whose = 0; whose <= NABDI_BELL_SENDER; whose++)
		nabdi_bell_ring(segment, whose);
}
