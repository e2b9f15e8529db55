/* SPDX-License-Identifier: MIT */
/* Giving back what was peeked, to be delivered again. */
#include "member.h"
#include "note.h"
#include "probe.h"

/* As if this member had died: whoever gets the line next, serves it. */
int nabdi_member_nack(struct nabdi_member *m)
{
	const uint64_t handed = m->line->handed - m->line->begin;
	struct nabdi_line *line = m->line;
	int rc = NABD_OK;

	m->quick = 0;
	if (!nabdi_claim_open(&m->claims))
		return nabdi_member_learn_end(m);
	if (line == m->own)
		rc = nabdi_member_take_own(m);
	/*
	 * Whoever makes the group anew looks for members left behind in their lines: it may
	 * have come by the new line too early, and will not find us in the old one.
	 */
	if (rc == NABD_OK)
		nabdi_group_disturb(m->claims.consumers); /* our line is known before we look */
	if (rc == NABD_DROPPED || !nabdi_claim_open(&m->claims)) {
		m->own = line == m->other ? m->own : line;
		return nabdi_member_learn_end(m);
	}
	if (rc != NABD_OK && rc != NABD_BUSY)
		return rc;
	nabdi_note_own(&line->shm->nacked, handed);
	if (rc == NABD_BUSY) { /* no line is free: then it comes again here */
		nabdi_claim_again(line);
	} else {
		nabdi_claim_leave(line);
		nabdi_member_leave_line(line, false);
	}
	if (line == m->other && line->shm == NULL)
		m->other = NULL;
	m->state = nabdi_member_idle(m);
	m->looked_ns = 0;
	m->counts.nacked += handed;
	nabd_probe3(nack, m->segment->file.inode, m->group, handed);
	nabdi_bell_ring(m->segment, m->group);
	return NABD_OK;
}
