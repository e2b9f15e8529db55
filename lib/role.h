/* SPDX-License-Identifier: MIT */
/*
 * Who may do what in a segment, told by the kernel's file locks alone: a role is
 * held while its holder lives, paused or not, and free as soon as it is dead.
 * Lock first, then touch state: who has the lock knows that whatever the state
 * says is what a dead or departed holder left (edge F).
 */
#ifndef NABD_ROLE_H
#define NABD_ROLE_H

#include <stdbool.h>

#include "segment.h"

/* Be attached, and the producer if asked: NABD_BUSY if there is one. */
int nabdi_role_enter(const struct nabdi_segment *segment, bool producer,
		     struct nabdi_os_hold *hold);

/*
 * Group 0: be its reader. Another group: make, join or close it, for a few lines only.
 * NABD_BUSY if somebody else is or does.
 */
int nabdi_role_group(const struct nabdi_segment *segment, unsigned group,
		     struct nabdi_os_hold *hold);

/* Be the holder of a member's line: NABD_BUSY if it has a live one. */
int nabdi_role_member(const struct nabdi_segment *segment, unsigned group, unsigned line,
		      struct nabdi_os_hold *hold);

/*
 * Be the only one that the queue knows of, for a few lines: who opens it meanwhile waits a
 * little, and then looks whether its name is still there. NABD_BUSY if somebody has it open.
 */
int nabdi_role_alone(const struct nabdi_segment *segment, struct nabdi_os_hold *hold);

/* Give back what one of them took. */
void nabdi_role_leave(struct nabdi_os_hold *hold, bool forked);

/* Whether somebody alive has the role. */
int nabdi_role_attached(const struct nabdi_segment *segment, bool *attached);
int nabdi_role_any_alive(const struct nabdi_segment *segment, bool *alive);
int nabdi_role_group_locked(const struct nabdi_segment *segment, unsigned group, bool *locked);
int nabdi_role_producer_alive(const struct nabdi_segment *segment, bool *alive);
int nabdi_role_reader_alive(const struct nabdi_segment *segment, bool *alive);
int nabdi_role_member_alive(const struct nabdi_segment *segment, unsigned group, unsigned line,
			    bool *alive);
int nabdi_role_members_alive(const struct nabdi_segment *segment, unsigned group, bool *alive);

#endif
