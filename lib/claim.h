/* SPDX-License-Identifier: MIT */
/*
 * Members of a group compete for its messages. Each has a line in which it says what
 * it holds, before it takes it: write the intent to the own line, then move the
 * group's position past the messages by one compare-and-exchange (edge E). Death
 * anywhere leaves either nothing or a claim that the kernel shows to be a dead one's:
 * whoever gets the lock of the line serves the claim where it lies. Nothing is
 * transferred, so the helper may die too.
 *
 * A member that dies between intent and exchange leaves an intent that may look like
 * a claim: its messages are then given out twice. That is the price of not writing
 * an owner into every slot.
 */
#ifndef NABD_CLAIM_H
#define NABD_CLAIM_H

#include <stdbool.h>

#include <nabd/nabd.h>

#include "group.h"
#include "ring.h"
#include "role.h"

/*
 * A line whose lock we have, and what is held in it: from begin up to end.
 *
 * How often a message was delivered before is front at least for those below mark, and
 * rest for the others: a holder that dies has delivered only what lies below handed, and a message
 * that kills its readers must not take its neighbours along when it is given up.
 */
struct nabdi_line {
	struct nabd_shm_member *shm; /* NULL: no line */
	uint64_t begin;
	uint64_t end;
	uint64_t mark;
	uint64_t handed;
	uint32_t front;
	uint32_t rest;
	bool inherited; /* another held it before */
	bool retracted; /* it said that it held something, which has come to nothing */
	struct nabdi_os_hold role;
};

/* What claims are made on: a group, as its member sees it. */
struct nabdi_claims {
	nabd_cell64 *position;
	uint64_t tag; /* of the position, as long as the group is there */
	struct nabd_shm_consumers *consumers;
	const struct nabd_shm_producer *producer;
	struct nabd_inline_ring ring;
	bool overwrite;
};

static inline bool nabdi_line_holds(const struct nabdi_line *line)
{
	return line->begin != line->end;
}

/* Whether the group is there still. */
static inline bool nabdi_claim_open(const struct nabdi_claims *claims)
{
	return nabdi_group_has_tag(cell_load_relaxed(claims->position), claims->tag);
}

/*
 * Claim up to want messages into an empty line. NABD_EMPTY if there is none;
 * NABD_CORRUPT if the slot or the position is damaged; NABD_DROPPED if the group has
 * ended; NABD_LAPPED if the group went on past *gap messages that are gone.
 */
int nabdi_claim_take(const struct nabdi_claims *claims, struct nabdi_line *line, size_t want,
		     uint64_t *gap);

/* The first n messages of the line are done. Edge B. */
static inline void nabdi_claim_release(struct nabdi_line *line, uint64_t n)
{
	line->begin += n;
	cell_store_release(&line->shm->begin, line->begin != line->end ? line->begin + 1 : 0);
}

/*
 * The line is left with what it holds. The lock is the edge (F), which detectors of races
 * between the threads of one process don't know; they do know this store.
 */
static inline void nabdi_claim_leave(struct nabdi_line *line)
{
	if (line->begin != line->end)
		cell_store_release(&line->shm->begin, line->begin + 1);
}

/* The counts of a line are one word, so that no death is between them. */
static inline void nabdi_claim_store_counts(struct nabdi_line *line)
{
	cell_store_relaxed(&line->shm->given, (uint64_t)line->front << 48 |
						      (uint64_t)line->rest << 32 |
						      (line->mark & 0xffff) << 16 |
						      (line->handed & 0xffff));
}

/* The first n messages of the line go to the application, to be released later. */
static inline void nabdi_claim_hand_out(struct nabdi_line *line, uint64_t n)
{
	if ((int64_t)(line->begin + n - line->handed) <= 0)
		return;
	line->handed = line->begin + n;
	nabdi_claim_store_counts(line);
}

/* How often message n of the line will have been delivered with this time. */
static inline uint32_t nabdi_claim_deliveries(const struct nabdi_line *line, uint64_t n)
{
	return (line->begin + n < line->mark ? line->front : line->rest) + 1;
}

/* The same as an onlooker sees it, of the first message, before the next time. */
static inline uint32_t nabdi_claim_front(uint64_t begin, uint64_t given)
{
	const uint16_t below_mark = (uint16_t)((given >> 16) - begin);

	return below_mark != 0 && below_mark <= 0x4000 ? (uint32_t)(given >> 48)
						       : (uint32_t)(given >> 32) & 0xffff;
}

/* What was handed out is held undone: count it, and let it come again. */
void nabdi_claim_again(struct nabdi_line *line);

enum nabdi_heritage { HERITAGE_NONE, HERITAGE_HELD, HERITAGE_UNSURE, HERITAGE_FOREIGN };

/*
 * Go on with what the former holder of the line left, or find that it left nothing.
 * The caller has its lock. Unsure: what is left may be the producer's already, which
 * its next look will tell; sure says that there is no producer to do so. Foreign: our
 * group has ended, and what is left is not ours to judge.
 */
enum nabdi_heritage nabdi_claim_inherit(const struct nabdi_claims *claims, struct nabdi_line *line,
					uint64_t made, bool sure);

/* Whether the line, which is not ours, says that something is held. */
static inline bool nabdi_claim_seen(const struct nabd_shm_member *shm)
{
	return cell_load_relaxed(&shm->begin) != 0 || cell_load_relaxed(&shm->guard) != 0;
}

#endif
