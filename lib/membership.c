/* SPDX-License-Identifier: MIT */
/*
 * Making, joining, ending and looking at groups. Making and joining happen under the
 * lock of the group, which nobody holds for longer than these few lines; members that
 * are at work don't take it, nor does the end of a group need it.
 */
#include "member.h"
#include "probe.h"

#define JOIN_TRIES 64u /* so often may the group be ended under our hands */

static struct nabd_shm_group *group_of(const struct nabdi_segment *segment, unsigned group)
{
	return &nabdi_segment_consumers(segment)->group[group];
}

/* Another is making or joining the group this moment; or was stopped in the middle of it. */
static int lock_group(const struct nabdi_segment *segment, unsigned group,
		      struct nabdi_os_hold *hold)
{
	unsigned tries = 0;
	int rc;

	do
		rc = nabdi_role_group(segment, group, hold);
	while (rc == NABD_BUSY && nabdi_os_lock_again(&tries));
	return rc;
}

static bool exists(const struct nabdi_segment *segment, unsigned group)
{
	return nabdi_group_open(cell_load_acquire(&group_of(segment, group)->position), group);
}

/* A live member of the group that was: it will ask its line how that ended. */
static void leave_record(const struct nabd_shm_group *group, struct nabd_shm_member *line)
{
	if (cell_load_acquire(&line->made) != cell_load_relaxed(&group->made))
		return; /* it has one, of the group before */
	cell_store_relaxed(&line->closed_head, cell_load_relaxed(&group->closed_head));
	cell_store_release(&line->closed, cell_load_acquire(&group->position));
}

/*
 * Claims of the group that was are not the new one's: forget those of the dead. A live
 * member that is left behind forgets its own, and until then keeps its tag from being
 * used again: its claim could else succeed. used receives a bit for each such tag.
 */
static int clear_lines(const struct nabdi_segment *segment, unsigned group, uint64_t *used)
{
	struct nabd_shm_member *lines = nabdi_segment_consumers(segment)->member[group - 1];
	int rc = NABD_OK;

	*used = 0;
	for (unsigned i = 0; i < NABD_SHM_MEMBERS && rc == NABD_OK; i++) {
		struct nabdi_os_hold hold = NABDI_OS_HOLD_NONE;

		if (cell_load_relaxed(&lines[i].made) == 0)
			continue; /* never used */
		rc = nabdi_role_member(segment, group, i, &hold);
		if (rc == NABD_OK) {
			cell_store_release(&lines[i].begin, 0);
			cell_store_release(&lines[i].guard, 0);
		} else if (rc == NABD_BUSY) {
			leave_record(group_of(segment, group), &lines[i]);
			*used |= UINT64_C(1) << (cell_load_acquire(&lines[i].made) & 63);
			rc = NABD_OK;
		}
		nabdi_role_leave(&hold, false);
	}
	return rc;
}

/* The group is not there; what a death left of a former one is finished first. */
static int make(const struct nabdi_segment *segment, unsigned group,
		const struct nabd_join_opts *opts)
{
	struct nabd_shm_group *g = group_of(segment, group);
	uint64_t made = cell_load_acquire(&g->made) + 1, used;
	int rc;

	nabdi_group_strike(nabdi_segment_consumers(segment), group);
	rc = clear_lines(segment, group, &used);
	if (rc != NABD_OK)
		return rc;
	while (made == 0 || (used >> (made & 63) & 1) != 0)
		made++;
	cell_store_relaxed(&g->flags, opts->flags & NABD_GROUP_EPHEMERAL);
	cell_store_relaxed(&g->max_deliveries, opts->max_deliveries);
	cell_store_relaxed(&g->max_lag, opts->max_lag);
	cell_store_relaxed(&g->max_stall_ms, opts->max_stall_ms);
	cell_store_release(&g->members, 0);
	cell_store_release(&g->made, made);
	return NABD_OK;
}

/* Whether a member of this group lives; one left behind by a former group does not count. */
static int ask_members(const struct nabdi_segment *segment, unsigned group, bool *alive)
{
	const struct nabd_shm_member *lines = nabdi_segment_consumers(segment)->member[group - 1];
	const uint64_t made = cell_load_acquire(&group_of(segment, group)->made);
	int rc = nabdi_role_members_alive(segment, group, alive);

	if (rc != NABD_OK || !*alive)
		return rc;
	*alive = false;
	for (unsigned i = 0; i < NABD_SHM_MEMBERS && rc == NABD_OK && !*alive; i++)
		if (cell_load_acquire(&lines[i].made) == made)
			rc = nabdi_role_member_alive(segment, group, i, alive);
	return rc;
}

bool nabdi_member_abandoned(const struct nabdi_segment *segment, unsigned group, bool evictable)
{
	const struct nabd_shm_group *g = group_of(segment, group);
	bool alive, may_go;

	may_go = (cell_load_relaxed(&g->flags) & NABD_GROUP_EPHEMERAL) != 0 ||
		 (evictable && (cell_load_relaxed(&g->max_lag) != 0 ||
				cell_load_relaxed(&g->max_stall_ms) != 0));
	return may_go && exists(segment, group) &&
	       ask_members(segment, group, &alive) == NABD_OK && !alive;
}

/* The caller has the group's lock: nobody can join any more. */
static bool reap_locked(const struct nabdi_segment *segment, unsigned group, bool evictable)
{
	const struct nabd_shm_group *g = group_of(segment, group);
	/*
	 * Both read while the group is there still: what is sent after its end is not let go.
	 * A producer that evicts it meanwhile has stored its own head, which stays.
	 */
	const uint64_t before = cell_load_acquire(&g->closed_head);
	const uint64_t head = cell_load_acquire(&nabdi_segment_producer(segment)->head);
	const uint64_t word = cell_load_acquire(&g->position);

	return nabdi_member_abandoned(segment, group, evictable) &&
	       nabdi_group_give_up(nabdi_segment_consumers(segment), group, word, before, head);
}

/* The group has ended: its members shall learn it, and the producer use what it held. */
static void tell_end(const struct nabdi_segment *segment, unsigned group)
{
	nabdi_bell_ring(segment, group);
	nabdi_bell_ring(segment, NABDI_BELL_SENDER);
}

bool nabdi_member_reap_group(const struct nabdi_segment *segment, unsigned group, bool evictable,
			     bool wait)
{
	struct nabdi_os_hold hold = NABDI_OS_HOLD_NONE;
	bool gone;

	if (!nabdi_member_abandoned(segment, group, evictable) ||
	    (wait ? lock_group(segment, group, &hold)
		  : nabdi_role_group(segment, group, &hold)) != NABD_OK)
		return false;
	gone = reap_locked(segment, group, evictable);
	nabdi_role_leave(&hold, false);
	if (gone) {
		tell_end(segment, group);
		nabd_probe2(reap, segment->file.inode, group);
	}
	return gone;
}

static int enter(struct nabdi_member *m, const struct nabd_join_opts *opts)
{
	const struct nabdi_start start = {
		.oldest = (opts->flags & (NABD_JOIN_OLDEST | NABD_JOIN_SEQUENCE)) != 0,
		.newest = (opts->flags & NABD_JOIN_NEWEST) != 0,
		.sequence = (opts->flags & NABD_JOIN_SEQUENCE) != 0 ? opts->sequence : 0,
	};
	struct nabd_shm_group *g = group_of(m->segment, m->group);
	const struct nabd_shm_producer *producer = nabdi_segment_producer(m->segment);
	int rc;

	if (cell_load_acquire(&producer->head) > NABD_SHM_SEQUENCE / 2)
		return NABD_CORRUPT; /* no queue has had so many messages */
	m->made = cell_load_acquire(&g->made);
	m->max_deliveries = cell_load_relaxed(&g->max_deliveries);
	m->lines = &g->members;
	m->claims = (struct nabdi_claims){
		.position = &g->position,
		.tag = nabdi_group_tag(m->made),
		.consumers = nabdi_segment_consumers(m->segment),
		.producer = producer,
		.ring = nabdi_ring_of(m->segment->base, &m->segment->geometry),
		.overwrite = m->segment->geometry.overwrite,
	};
	m->over.producer = producer;
	m->plain = !m->claims.overwrite && m->max_deliveries == 0 &&
		   !m->segment->geometry.times;
	rc = nabdi_group_join(m->claims.consumers, producer, m->group, m->claims.tag, &start,
			      nabdi_group_lap(&m->segment->geometry), &m->joined);
	return rc == NABD_OK ? nabdi_member_take_own(m) : rc;
}

/*
 * The caller has the group's lock. Again if the group is ended while we join it; and a
 * group that we made and can't be a member of is not left behind.
 */
static int join_locked(struct nabdi_member *m, const struct nabd_join_opts *opts)
{
	int rc = NABD_DROPPED;

	for (unsigned i = 0; i < JOIN_TRIES && rc == NABD_DROPPED; i++) {
		bool made;

		(void)reap_locked(m->segment, m->group, false);
		made = !exists(m->segment, m->group);
		rc = made ? make(m->segment, m->group, opts) : NABD_OK;
		if (rc == NABD_OK)
			rc = enter(m, opts);
		if (made && rc != NABD_OK && m->claims.consumers != NULL)
			(void)nabdi_group_close(m->claims.consumers, m->group, m->claims.tag,
						NABD_SHM_DROPPED);
	}
	return rc == NABD_DROPPED ? NABD_BUSY : rc;
}

static int join_one(struct nabdi_member *m, unsigned group, const struct nabd_join_opts *opts,
		    bool only_new)
{
	struct nabdi_os_hold hold = NABDI_OS_HOLD_NONE;
	int rc = lock_group(m->segment, group, &hold);

	if (rc != NABD_OK)
		return rc;
	m->group = group;
	rc = only_new && exists(m->segment, group) ? NABD_BUSY : join_locked(m, opts);
	nabdi_role_leave(&hold, false);
	/* Without a group nothing was ever free; and one that we made may hold less. */
	nabdi_bell_ring(m->segment, NABDI_BELL_SENDER);
	nabd_probe4(join, m->segment->file.inode, group, m->joined, rc);
	return rc;
}

int nabdi_member_join(struct nabdi_member *m, struct nabdi_segment *segment, unsigned group,
		      const struct nabd_join_opts *opts)
{
	int rc = NABD_BUSY;

	m->segment = segment;
	m->dead_letter = opts->dead_letter;
	m->dead_letter_arg = opts->dead_letter_arg;
	for (unsigned i = 0; i < 3; i++)
		m->room[i].role = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
	m->state = nabdi_member_idle(m);
	if (group != 0)
		return join_one(m, group, opts, false);
	for (unsigned g = 1; g < NABD_SHM_GROUPS && rc == NABD_BUSY; g++) {
		(void)nabdi_member_reap_group(segment, g, false, false);
		if (!exists(segment, g))
			rc = join_one(m, g, opts, true);
	}
	return rc;
}

int nabdi_member_drop_group(const struct nabdi_segment *segment, unsigned group)
{
	struct nabd_shm_consumers *consumers = nabdi_segment_consumers(segment);
	const uint64_t word = cell_load_acquire(&consumers->group[group].position);

	if (!nabdi_group_open(word, group))
		return NABD_NOTFOUND;
	/*
	 * What it held is kept, whatever was let go of before it came. Another group that is
	 * given up behind this loop, and ends before the exchange below, lets it go all the
	 * same: as if this group had gone just before that one, within this call; and then what
	 * both held was the other's to let go.
	 */
	for (unsigned g = 1; g < NABD_SHM_GROUPS; g++)
		cell_store_release(&consumers->group[g].let_go, 0);
	if (!nabdi_group_close(consumers, group, word & ~NABD_SHM_SEQUENCE, NABD_SHM_DROPPED))
		return NABD_NOTFOUND;
	tell_end(segment, group);
	return NABD_OK;
}

void nabdi_member_leave(struct nabdi_member *m, bool forked)
{
	const bool was_member = m->state != MEMBER_ENDED;

	nabd_probe2(leave, m->segment->file.inode, m->group);
	for (unsigned i = 0; i < 3; i++) {
		if (!forked)
			nabdi_claim_leave(&m->room[i]);
		nabdi_member_leave_line(&m->room[i], forked);
	}
	if (!was_member || forked)
		return;
	(void)nabdi_member_reap_group(m->segment, m->group, false, true);
	nabdi_bell_ring(m->segment, m->group); /* what we held is for those who sleep */
}
