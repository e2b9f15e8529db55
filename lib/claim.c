/* SPDX-License-Identifier: MIT */
/* Claims: intent, exchange, release, inheritance. */
#include "claim.h"

#include "over.h"

#define MAX_TRIES 65536u /* to claim; so often does only a broken peer come first */
#define MAX_CLAIM 16384u /* messages: as far as the low 16 bits of two sequences tell them apart */
#define MAX_COUNT 65535u

/* A sequence of the line from its low 16 bits; begin for one that lies below. */
static uint64_t widen(uint64_t begin, uint64_t bits)
{
	const uint64_t more = (bits - begin) & 0xffff;

	return more <= MAX_CLAIM ? begin + more : begin;
}

static void load_counts(struct nabdi_line *line)
{
	const uint64_t given = cell_load_relaxed(&line->shm->given);

	line->front = (uint32_t)(given >> 48);
	line->rest = (uint32_t)(given >> 32) & 0xffff;
	line->mark = widen(line->begin, given >> 16);
	line->handed = widen(line->begin, given);
}

static bool is_ready(const struct nabd_inline_ring *ring, uint64_t sequence, uint64_t *stamp)
{
	*stamp = nabdi_ring_observe(nabdi_ring_payload(ring, sequence));
	return nabdi_ring_is(*stamp, sequence) && !nabdi_over_unfinished(*stamp);
}

/*
 * How many messages lie ready from sequence on, up to want. stamp receives the first that
 * isn't. A producer that waits publishes in order: with the last one there, all are; each
 * stamp is looked at again when its message is served.
 */
static size_t ready(const struct nabdi_claims *claims, uint64_t sequence, size_t want,
		    uint64_t *stamp)
{
	const struct nabd_inline_ring *ring = &claims->ring;
	size_t n = 0;

	if (!is_ready(ring, sequence, stamp))
		return 0;
	if (!claims->overwrite && want <= ring->mask && want <= MAX_CLAIM &&
	    is_ready(ring, sequence + want - 1, stamp))
		return want;
	while (++n < want && n <= ring->mask && n < MAX_CLAIM)
		if (!is_ready(ring, sequence + n, stamp))
			break;
	return n;
}

/*
 * A line that says something is never changed but for its beginning: a death in
 * between would leave a claim that is longer than either.
 */
static void intend(struct nabdi_line *line, uint64_t begin, uint64_t end)
{
	if (line->begin != line->end) {
		cell_store_release(&line->shm->begin, 0);
		line->retracted = true;
	}
	line->begin = line->mark = line->handed = begin;
	line->end = end;
	line->front = line->rest = 0;
	line->inherited = false;
	nabdi_claim_store_counts(line);
	cell_store_release(&line->shm->end, end); /* not before begin is 0 */
	cell_store_release(&line->shm->begin, begin + 1); /* edge E */
}

static void forget(struct nabdi_line *line)
{
	line->begin = line->end = 0;
	cell_store_release(&line->shm->begin, 0); /* edge B */
}

/* Go on for the whole group behind what is overwritten. False if it has gone on. */
static bool skip(const struct nabdi_claims *claims, uint64_t *word, uint64_t *gap)
{
	const uint64_t at = *word & NABD_SHM_SEQUENCE;
	const uint64_t next = nabdi_over_oldest(claims->producer, at) & NABD_SHM_SEQUENCE;
	const uint64_t seen = cell_compare_exchange(claims->position, *word, claims->tag | next);

	*gap = next - at;
	if (seen == *word)
		return true;
	*word = seen;
	return false;
}

/* What it means that there is no message at this position, which has not moved meanwhile. */
static int vacant(const struct nabdi_claims *claims, uint64_t at, uint64_t stamp)
{
	if (claims->overwrite)
		return nabdi_over_missing(claims->producer, &claims->ring, stamp, at);
	return nabdi_ring_awaits(&claims->ring, stamp, at) ? NABD_EMPTY : NABD_CORRUPT;
}

int nabdi_claim_take(const struct nabdi_claims *claims, struct nabdi_line *line, size_t want,
		     uint64_t *gap)
{
	uint64_t word = cell_load_acquire(claims->position);
	int rc = NABD_EMPTY;

	/* Each time round another member has claimed: lock-free, not wait-free. */
	for (unsigned i = 0; i < MAX_TRIES; i++) {
		const uint64_t at = word & NABD_SHM_SEQUENCE;
		uint64_t stamp = 0, seen;
		size_t n;

		if (!nabdi_group_has_tag(word, claims->tag)) {
			rc = NABD_DROPPED;
			break;
		}
		n = ready(claims, at, want, &stamp);
		if (n > 0) {
			intend(line, at, at + n);
			seen = cell_compare_exchange(claims->position, word, word + n); /* edge E */
			if (seen == word)
				return NABD_OK;
		} else {
			seen = cell_load_acquire(claims->position);
			if (seen == word) {
				rc = vacant(claims, at, stamp);
				if (rc != NABD_LAPPED || skip(claims, &seen, gap))
					break;
				rc = NABD_EMPTY;
			}
		}
		word = seen;
	}
	if (nabdi_line_holds(line)) {
		forget(line);
		line->retracted = true;
	}
	return rc;
}

/*
 * One word has room for two counts, so that some are too low. None is too high: that
 * could make a dead letter of a message that nobody was given.
 */
void nabdi_claim_again(struct nabdi_line *line)
{
	const bool in_front = line->begin < line->mark;
	const uint32_t before = in_front ? line->front : line->rest;

	line->inherited = true;
	if ((int64_t)(line->handed - line->begin) <= 0)
		return;
	line->front = before < MAX_COUNT ? before + 1 : MAX_COUNT;
	if (!in_front || line->handed < line->mark)
		line->mark = line->handed;
	line->handed = line->begin;
	nabdi_claim_store_counts(line);
}

/*
 * Whether what lies from begin on is held still. A claim that was made is: no producer
 * has passed it. An intent that came to nothing may be overwritten; then a producer has
 * told so before it passed through the roster, or will look again and see it (edge C).
 */
static enum nabdi_heritage kept(const struct nabdi_claims *claims, uint64_t begin, bool sure)
{
	uint64_t tail, told;

	nabdi_group_disturb(claims->consumers);
	tail = cell_load_acquire(&claims->producer->tail);
	told = cell_load_acquire(&claims->producer->told);
	if ((int64_t)(begin - tail) < 0)
		return HERITAGE_NONE;
	return (int64_t)(begin - told) < 0 && !sure ? HERITAGE_UNSURE : HERITAGE_HELD;
}

/*
 * What a dead member left is believed only as far as it can be true: of this group,
 * not empty, not more than a lap, nothing that the group has not given out.
 */
enum nabdi_heritage nabdi_claim_inherit(const struct nabdi_claims *claims, struct nabdi_line *line,
					uint64_t made, bool sure)
{
	const uint64_t slots = (uint64_t)claims->ring.mask + 1;
	/* The lock of the line was the edge (F). */
	const uint64_t begin = cell_load_acquire(&line->shm->begin) - 1;
	const uint64_t word = cell_load_acquire(claims->position);
	const uint64_t given = word & NABD_SHM_SEQUENCE;
	enum nabdi_heritage found = HERITAGE_NONE;
	uint64_t end = cell_load_acquire(&line->shm->end);

	line->begin = line->end = 0;
	/* We have the lock: whoever makes the group anew from here on leaves the line alone. */
	if (!nabdi_group_has_tag(word, claims->tag))
		return HERITAGE_FOREIGN;
	if (cell_load_relaxed(&line->shm->guard) != 0) {
		/* A producer may have read the position before the seek that this one died in. */
		nabdi_group_disturb(claims->consumers);
		cell_store_release(&line->shm->guard, 0);
	}
	if (begin == UINT64_MAX)
		return HERITAGE_NONE;
	if ((int64_t)(end - given) > 0)
		end = given; /* after a seek to before the claim */
	if (cell_load_acquire(&line->shm->made) == made && (int64_t)(end - begin) > 0 &&
	    end - begin <= slots && (claims->overwrite || given - begin <= slots))
		found = claims->overwrite ? HERITAGE_HELD : kept(claims, begin, sure);
	if (found == HERITAGE_NONE)
		forget(line);
	if (found != HERITAGE_HELD)
		return found;
	line->begin = begin;
	line->end = end;
	load_counts(line);
	nabdi_claim_again(line);
	return HERITAGE_HELD;
}
