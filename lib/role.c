/* SPDX-License-Identifier: MIT */
/* Roles are bytes of the segment's file; holding one is having its lock. */
#include "role.h"

/*
 * Lock up to two bytes through one description, and let it keep them; no fork in
 * between. The description is fd's file's only if fd still is the segment's.
 */
static int take(const struct nabdi_segment *segment, bool attached, bool exclusive, uint64_t byte,
		bool writable, struct nabdi_os_hold *hold, bool *shut_out)
{
	int rc = nabdi_os_fork_ready();

	*hold = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
	*shut_out = false;
	if (rc != NABD_OK)
		return rc;
	nabdi_os_fork_hold_off();
	rc = nabdi_segment_own(segment) ? nabdi_os_hold_begin(segment->fd, writable, hold) : NABD_SYSTEM;
	if (rc == NABD_OK && attached)
		rc = nabdi_os_hold_lock(hold, NABD_SHM_LOCK_ATTACHED, true);
	*shut_out = attached && rc == NABD_BUSY; /* by one who is alone with it */
	if (rc == NABD_OK && exclusive)
		rc = nabdi_os_hold_lock(hold, byte, false);
	if (rc == NABD_OK)
		rc = nabdi_os_hold_keep(hold);
	if (rc != NABD_OK)
		nabdi_os_hold_end(hold, false);
	nabdi_os_fork_go_on();
	return rc;
}

/* A descriptor that is not the segment's any more would ask about another file. */
static int ask(const struct nabdi_segment *segment, uint64_t byte, uint64_t bytes, bool *alive)
{
	return nabdi_segment_own(segment) ? nabdi_os_locked(segment->fd, byte, bytes, alive)
					  : NABD_SYSTEM;
}

int nabdi_role_enter(const struct nabdi_segment *segment, bool producer, struct nabdi_os_hold *hold)
{
	const uint64_t byte = NABD_SHM_LOCK_PRODUCER;
	unsigned tries = 0;
	bool shut_out;
	int rc;

	do
		rc = take(segment, true, producer, byte, producer, hold, &shut_out);
	while (shut_out && nabdi_os_lock_again(&tries));
	return rc;
}

int nabdi_role_alone(const struct nabdi_segment *segment, struct nabdi_os_hold *hold)
{
	int rc = nabdi_os_fork_ready();

	*hold = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
	if (rc != NABD_OK)
		return rc;
	nabdi_os_fork_hold_off();
	rc = nabdi_segment_own(segment) ? nabdi_os_hold_begin(segment->fd, true, hold) : NABD_SYSTEM;
	/* The first keeps nabd_unlink() away, the second who opens. */
	if (rc == NABD_OK)
		rc = nabdi_os_hold_lock(hold, NABD_SHM_LOCK_ADMIN, false);
	if (rc == NABD_OK)
		rc = nabdi_os_hold_lock(hold, NABD_SHM_LOCK_ATTACHED, false);
	if (rc == NABD_OK)
		rc = nabdi_os_hold_keep(hold);
	if (rc != NABD_OK)
		nabdi_os_hold_end(hold, false);
	nabdi_os_fork_go_on();
	return rc;
}

int nabdi_role_group(const struct nabdi_segment *segment, unsigned group,
		     struct nabdi_os_hold *hold)
{
	bool shut_out;

	return take(segment, false, true, NABD_SHM_LOCK_GROUP(group), true, hold, &shut_out);
}

int nabdi_role_member(const struct nabdi_segment *segment, unsigned group, unsigned line,
		      struct nabdi_os_hold *hold)
{
	bool shut_out;

	return take(segment, false, true, NABD_SHM_LOCK_MEMBER(group, line), true, hold, &shut_out);
}

void nabdi_role_leave(struct nabdi_os_hold *hold, bool forked)
{
	nabdi_os_hold_end(hold, forked);
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

int nabdi_role_attached(const struct nabdi_segment *segment, bool *attached)
{
	return ask(segment, NABD_SHM_LOCK_ATTACHED, 1, attached);
}

int nabdi_role_group_locked(const struct nabdi_segment *segment, unsigned group, bool *locked)
{
	return ask(segment, NABD_SHM_LOCK_GROUP(group), 1, locked);
}

/* Every role but being attached. */
int nabdi_role_any_alive(const struct nabdi_segment *segment, bool *alive)
{
	const uint64_t first = NABD_SHM_LOCK_GROUP(0);
	int rc = nabdi_role_producer_alive(segment, alive);

	if (rc == NABD_OK && !*alive)
		rc = ask(segment, first, NABD_SHM_LOCK_GROUP(NABD_SHM_GROUPS) - first, alive);
	if (rc == NABD_OK && !*alive)
		rc = ask(segment, NABD_SHM_LOCK_MEMBER(0, 0),
			 NABD_SHM_LOCK_MEMBER(NABD_SHM_GROUPS, 0) - NABD_SHM_LOCK_MEMBER(0, 0), alive);
	return rc;
}
