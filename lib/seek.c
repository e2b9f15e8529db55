/* SPDX-License-Identifier: MIT */
/*
 * Moving a group to another message. Forward, it lets go of what it skips. Back, only as
 * far as nothing was overwritten: a guard in the member's own line holds the target
 * while the producer is asked to look again, and until the position is there (edge C).
 */
#include "member.h"
#include "probe.h"

#define MAX_TRIES 65536u /* so often does only a broken peer move the group meanwhile */

static bool below(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) < 0;
}

static void forget_held(const struct nabdi_member *m, struct nabdi_line *line)
{
	if (nabdi_line_holds(line))
		(void)nabdi_member_release(m, line, line->end - line->begin);
}

/* Hold target and what lies above, unless the producer may have it already. */
static bool guard(const struct nabdi_member *m, uint64_t target)
{
	cell_store_release(&m->own->shm->guard, target + 1);
	nabdi_group_disturb(m->claims.consumers);
	return !below(target, cell_load_acquire(&m->claims.producer->told));
}

/* The nearest to sequence that is held by the guard, or needs none. */
static uint64_t find_target(const struct nabdi_member *m, uint64_t sequence)
{
	const struct nabd_shm_producer *producer = m->claims.producer;
	const uint64_t head = cell_load_acquire(&producer->head);
	const uint64_t tail = cell_load_acquire(&producer->tail);
	uint64_t target = below(sequence, tail) ? tail : sequence;

	if (sequence > head)
		target = head;
	if (m->claims.overwrite)
		return target;
	/* Told may be passing what is kept after all: so try again before believing it. */
	for (unsigned i = 0; i < MAX_TRIES; i++) {
		if (guard(m, target))
			return target;
		if (i >= 3)
			target = cell_load_acquire(&producer->told);
	}
	return cell_load_acquire(&producer->head); /* a broken peer: at least nothing old */
}

/* NABD_OK when the group's position is target, NABD_DROPPED when there is no group. */
static int move(const struct nabdi_member *m, uint64_t target)
{
	uint64_t word = cell_load_acquire(m->claims.position);

	for (unsigned i = 0; i < MAX_TRIES && nabdi_group_has_tag(word, m->claims.tag); i++) {
		const uint64_t seen = cell_compare_exchange(m->claims.position, word,
							    m->claims.tag |
								    (target & NABD_SHM_SEQUENCE));

		if (seen == word)
			return NABD_OK;
		word = seen;
	}
	return NABD_DROPPED;
}

int nabdi_member_seek_to(struct nabdi_member *m, uint64_t sequence, bool exact, uint64_t *actual)
{
	uint64_t target;
	int rc;

	m->quick = 0;
	if (!nabdi_claim_open(&m->claims))
		return nabdi_member_learn_end(m);
	target = find_target(m, sequence);
	rc = exact && target != sequence ? NABD_LAPPED : move(m, target);
	/* A producer that read the old position, and no guard any more, must look again. */
	nabdi_group_disturb(m->claims.consumers);
	cell_store_release(&m->own->shm->guard, 0);
	if (rc == NABD_LAPPED)
		return rc; /* and nothing was moved */
	if (rc != NABD_OK)
		return nabdi_member_learn_end(m);
	/* Only now: a death before would lose what the group has not moved back to. */
	forget_held(m, m->own);
	if (m->other != NULL)
		forget_held(m, m->other);
	/* Back, there is something for those who sleep; forward, space. */
	nabdi_bell_ring(m->segment, m->group);
	nabdi_bell_ring(m->segment, NABDI_BELL_SENDER);
	*actual = target;
	nabd_probe3(seek, m->segment->file.inode, m->group, target);
	return NABD_OK;
}

int nabdi_member_seek(struct nabdi_member *m, uint64_t sequence, uint64_t *actual)
{
	return nabdi_member_seek_to(m, sequence, false, actual);
}
