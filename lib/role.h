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

/* Be the reader of a group of one reader: NABD_BUSY if there is one. */
int nabdi_role_read(const struct nabdi_segment *segment, unsigned group,
		    struct nabdi_os_hold *hold);

/* Give back what either of them took. */
void nabdi_role_leave(struct nabdi_os_hold *hold, bool forked);

/* Whether somebody alive has the role. */
int nabdi_role_producer_alive(const struct nabdi_segment *segment, bool *alive);
int nabdi_role_reader_alive(const struct nabdi_segment *segment, unsigned group, bool *alive);

#endif
