/* SPDX-License-Identifier: MIT */
/* Roles are bytes of the segment's file; holding one is having its lock. */
#include "role.h"

/*
 * Lock up to two bytes through one description, and let it keep them; no fork in
 * between. The description is fd's file's only if fd still is the segment's.
 */
static int take(const struct nabdi_segment *segment, bool attached, bool exclusive, uint64_t byte,
		bool writable, struct nabdi_os_hold *hold)
{
	int rc = nabdi_os_fork_ready();

	*hold = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
	if (rc != NABD_OK)
		return rc;
	nabdi_os_fork_hold_off();
	rc = nabdi_segment_own(segment) ? nabdi_os_hold_begin(segment->fd, writable, hold) : NABD_SYSTEM;
	if (rc == NABD_OK && attached)
		rc = nabdi_os_hold_lock(hold, NABD_SHM_LOCK_ATTACHED, true);
	if (rc == NABD_OK && exclusive)
		rc = nabdi_os_hold_lock(hold, byte, false);
	if (rc == NABD_OK)
		rc = nabdi_os_hold_keep(hold);
	if (rc != NABD_OK)
		nabdi_os_hold_end(hold, false);
	nabdi_os_fork_go_on();
	return rc;
}

int nabdi_role_enter(const struct nabdi_segment *segment, bool producer, struct nabdi_os_hold *hold)
{
	return take(segment, true, producer, NABD_SHM_LOCK_PRODUCER, producer, hold);
}

int nabdi_role_group(const struct nabdi_segment *segment, unsigned group,
		     struct nabdi_os_hold *hold)
{
	return take(segment, false, true, NABD_SHM_LOCK_GROUP(group), true, hold);
}

int nabdi_role_member(const struct nabdi_segment *segment, unsigned group, unsigned line,
		      struct nabdi_os_hold *hold)
{
	return take(segment, false, true, NABD_SHM_LOCK_MEMBER(group, line), true, hold);
}

void nabdi_role_leave(struct nabdi_os_hold *hold, bool forked)
{
	nabdi_os_hold_end(hold, forked);
}

/* A descriptor that is not the segment's any more would ask about another file. */
static int ask(const struct nabdi_segment *segment, uint64_t byte, uint64_t bytes, bool *alive)
{
	return nabdi_segment_own(segment) ? nabdi_os_locked(segment->fd, byte, bytes, alive)
					  : NABD_SYSTEM;
}

int nabdi_role_producer_alive(const struct nabdi_segment *segment, bool *alive)
{
	return ask(segment, NABD_SHM_LOCK_PRODUCER, 1, alive);
}

int nabdi_role_reader_alive(const struct nabdi_segment *segment, bool *alive)
{
	return ask(segment, NABD_SHM_LOCK_GROUP(0), 1, alive);
}

int nabdi_role_member_alive(const struct nabdi_segment *segment, unsigned group, unsigned line,
			    bool *alive)
{
	return ask(segment, NABD_SHM_LOCK_MEMBER(group, line), 1, alive);
}

int nabdi_role_members_alive(const struct nabdi_segment *segment, unsigned group, bool *alive)
{
	return ask(segment, NABD_SHM_LOCK_MEMBER(group, 0), NABD_SHM_MEMBERS, alive);
}
