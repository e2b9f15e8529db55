/* SPDX-License-Identifier: MIT */
/* Members: what is served, and what the dead left. */
#include "member.h"
#include "note.h"
#include "probe.h"

#define LOOK_EVERY_NS UINT64_C(20000000) /* so old may a dead member's claim get unseen */
#define ALONE_CLAIMS  16u /* a lone member claims so many: nobody else waits for them */
#define QUICK_NS      UINT64_C(8000000) /* but only one that comes back so soon */

/* The group is gone: nothing that we hold means anything. */
int nabdi_member_learn_end(struct nabdi_member *m)
{
	const struct nabd_shm_group *group = &m->claims.consumers->group[m->group];
	uint64_t word = cell_load_acquire(m->claims.position); /* edge H */
	uint64_t head = cell_load_acquire(&group->closed_head);
	uint64_t lost = 0;

	if (m->state == MEMBER_ENDED)
		return m->ended;
	/* Made anew since: then the maker left in our line how ours ended. */
	if (cell_load_acquire(m->claims.position) != word ||
	    (word & ~NABD_SHM_SEQUENCE & ~NABD_SHM_STATE) != (m->claims.tag & ~NABD_SHM_STATE)) {
		word = cell_load_acquire(&m->own->shm->closed);
		head = cell_load_relaxed(&m->own->shm->closed_head);
	}
	m->ended = (word & NABD_SHM_STATE) == NABD_SHM_EVICTED ? NABD_EVICTED : NABD_DROPPED;
	if (m->ended == NABD_EVICTED)
		lost = head - (word & NABD_SHM_SEQUENCE);
	if (lost > (uint64_t)m->claims.ring.mask + 1)
		lost = 0; /* not to be believed */
	m->counts.gap = lost;
	m->counts.lost += lost;
	m->counts.held = m->own->end - m->own->begin;
	if (m->other != NULL)
		m->counts.held += m->other->end - m->other->begin;
	m->state = MEMBER_ENDED;
	m->quick = 0;
	for (unsigned i = 0; i < 3; i++) {
		if (m->room[i].shm != NULL)
			cell_store_release(&m->room[i].shm->begin, 0);
		nabdi_member_leave_line(&m->room[i], false);
	}
	m->other = NULL;
	return m->ended;
}

/* Take the lock of a line that nobody alive has, and see what was left in it. */
static int take_line(struct nabdi_member *m, unsigned index, struct nabdi_line *line)
{
	struct nabd_shm_consumers *consumers = m->claims.consumers;
	enum nabdi_heritage found;
	bool alive = true;
	int rc = nabdi_role_member(m->segment, m->group, index, &line->role);

	if (rc != NABD_OK)
		return rc;
	line->shm = &consumers->member[m->group - 1][index];
	found = nabdi_claim_inherit(&m->claims, line, m->made, false);
	if (found == HERITAGE_UNSURE &&
	    nabdi_role_producer_alive(m->segment, &alive) == NABD_OK && !alive)
		found = nabdi_claim_inherit(&m->claims, line, m->made, true);
	if (found == HERITAGE_UNSURE || found == HERITAGE_FOREIGN) {
		nabdi_member_leave_line(line, false);
		return found == HERITAGE_UNSURE ? NABD_BUSY : NABD_DROPPED;
	}
	m->counts.redelivered += line->end - line->begin;
	nabdi_note_own(&line->shm->redelivered, line->end - line->begin);
	if (line->begin != line->end)
		nabd_probe4(takeover, m->segment->file.inode, m->group, line->begin,
			    line->end - line->begin);
	m->over.sure_ns = 0; /* of our own place we were sure; this one may be far behind */
	/*
	 * Before the first claim in it: who sees the claim must know of the line (edge E). But
	 * not again, as the group may have been made anew since, whose line it is not.
	 */
	if (cell_load_relaxed(&line->shm->made) != m->made) {
		cell_fetch_or(&consumers->group[m->group].members, UINT64_C(1) << index);
		cell_store_release(&line->shm->made, m->made);
	}
	return NABD_OK;
}

static struct nabdi_line *free_room(struct nabdi_member *m)
{
	for (unsigned i = 0; i < 2; i++)
		if (m->room[i].shm == NULL)
			return &m->room[i];
	return &m->room[2];
}

int nabdi_member_take_own(struct nabdi_member *m)
{
	struct nabdi_line *room = free_room(m);

	for (unsigned i = 0; i < NABD_SHM_MEMBERS; i++) {
		int rc = take_line(m, i, room);

		if (rc == NABD_OK)
			m->own = room;
		if (rc != NABD_BUSY)
			return rc;
	}
	return NABD_BUSY;
}

void nabdi_member_leave_line(struct nabdi_line *line, bool forked)
{
	nabdi_role_leave(&line->role, forked);
	line->shm = NULL;
	line->begin = line->end = 0;
}

static void drop_other(struct nabdi_member *m)
{
	nabdi_member_leave_line(m->other, false);
	m->other = NULL;
}

/* Whether the line, which is not ours, is a dead member's and holds something. */
static bool orphaned(const struct nabdi_member *m, unsigned index)
{
	const struct nabd_shm_member *shm = &m->claims.consumers->member[m->group - 1][index];
	bool alive;

	return shm != m->own->shm && nabdi_claim_seen(shm) &&
	       nabdi_role_member_alive(m->segment, m->group, index, &alive) == NABD_OK && !alive;
}

/* Take over the first line that a dead member left something in. */
static void look_for_dead(struct nabdi_member *m)
{
	struct nabdi_line *room = free_room(m);

	for (unsigned i = 0; i < NABD_SHM_MEMBERS && m->other == NULL; i++) {
		if (!orphaned(m, i) || take_line(m, i, room) != NABD_OK)
			continue;
		if (nabdi_line_holds(room))
			m->other = room;
		else
			nabdi_member_leave_line(room, false);
	}
}

static void look_sometimes(struct nabdi_member *m)
{
	uint64_t now;

	if (nabd_likely(nabdi_member_alone(m)) || m->other != NULL)
		return;
	now = nabdi_os_coarse_ns();
	m->now_ns = now;
	if (now - m->looked_ns < LOOK_EVERY_NS)
		return;
	m->looked_ns = now;
	look_for_dead(m);
	/* Served first; what we may have been woken for is for another. */
	if (m->other != NULL)
		nabdi_bell_ring(m->segment, m->group);
}

/*
 * How many to claim. A lone member that is quick takes some at once, as the exchange is
 * then paid once for all of them. One that works on each for long does not: another may
 * join and wait for what lies unread behind it.
 */
static size_t how_many(struct nabdi_member *m, size_t want)
{
	uint64_t now, since;

	if (want >= ALONE_CLAIMS || !nabdi_member_alone(m))
		return want;
	now = nabdi_os_coarse_ns();
	since = now - m->claimed_ns;
	m->now_ns = m->claimed_ns = now;
	return since < QUICK_NS ? ALONE_CLAIMS : want;
}

/* For onlookers: the member goes on. The clock was mostly read for other reasons. */
static void note_claim(const struct nabdi_member *m, uint64_t messages)
{
	nabdi_note_own(&m->own->shm->claimed, messages);
	if (m->now_ns != 0)
		nabdi_note_value(&m->own->shm->progress_ns, m->now_ns);
	else
		nabdi_note_time(&m->own->shm->progress_ns);
}

/* Of the whole group: this is lost to it. */
static void lose(struct nabdi_member *m, uint64_t messages)
{
	m->counts.gap = messages;
	m->counts.lost += messages;
	nabdi_note_shared(&m->claims.consumers->group[m->group].lost, messages);
	nabd_probe3(lost, m->segment->file.inode, m->group, messages);
}

/* Nothing is held: claim, or find out that there is nothing to claim. */
static int claim(struct nabdi_member *m, size_t want)
{
	uint64_t gap = 0;
	int rc;

	want = how_many(m, want);
	rc = nabdi_claim_take(&m->claims, m->own, want, &gap);
	/* Another was first, and the producer may have gone to sleep because of what we said. */
	if (nabd_unlikely(m->own->retracted)) {
		m->own->retracted = false;
		(void)nabdi_bell_space(m->claims.consumers, m->segment, 0, true);
	}
	if (nabd_likely(rc == NABD_OK)) {
		m->counts.claimed += m->own->end - m->own->begin;
		note_claim(m, m->own->end - m->own->begin);
		return NABD_OK;
	}
	if (rc == NABD_DROPPED)
		return nabdi_member_learn_end(m);
	if (rc == NABD_LAPPED)
		lose(m, gap);
	return rc;
}

static uint64_t overwritten(struct nabdi_member *m, uint64_t n)
{
	return nabdi_over_gone(&m->over, &m->claims.ring, m->line->begin, n);
}

/* What was overwritten before we came to it is not ours any more. */
static int skip_overwritten(struct nabdi_member *m)
{
	const uint64_t gone = overwritten(m, m->line->end - m->line->begin);

	if (gone == 0)
		return NABD_OK;
	(void)nabdi_member_release(m, m->line, gone);
	lose(m, gone);
	return NABD_LAPPED;
}

/* A copy of the first message of the line; NULL if it is not whole, or for want of memory. */
static uint8_t *copy_of(struct nabdi_member *m, struct nabd_msg *msg)
{
	uint8_t *copy = nabdi_os_alloc(msg->len + 1u, sizeof(uint64_t));

	if (copy == NULL)
		return NULL;
	nabdi_copy_out_of_slot(copy, msg->data, msg->len);
	cell_fence_acquire(); /* edge H */
	if (nabdi_claim_open(&m->claims) && (!m->claims.overwrite || overwritten(m, 1) == 0)) {
		msg->data = copy;
		return copy;
	}
	nabdi_os_free(copy);
	return NULL;
}

/*
 * Delivered too often: it goes elsewhere, if it is taken there. As a copy, for once it
 * is there nobody can say any more that it was not whole.
 */
static bool bury(struct nabdi_member *m)
{
	struct nabd_msg msg;
	uint8_t *copy;
	int rc;

	if (m->dead_letter == NULL || nabdi_member_message(m, 0, &msg) != NABD_OK)
		return false;
	msg.deliveries--; /* this one is none */
	nabdi_claim_hand_out(m->line, 1);
	copy = copy_of(m, &msg);
	if (copy == NULL)
		return false;
	rc = m->dead_letter(&msg, m->dead_letter_arg);
	nabdi_os_free(copy);
	if (rc != 0 || !nabdi_claim_open(&m->claims))
		return false;
	nabdi_note_own(&m->line->shm->dead_letters, 1);
	(void)nabdi_member_release(m, m->line, 1);
	m->counts.dead_letters++;
	nabd_probe3(dead_letter, m->segment->file.inode, m->group, msg.sequence);
	return true;
}

static bool too_often(const struct nabdi_member *m)
{
	return m->max_deliveries != 0 && nabdi_claim_deliveries(m->line, 0) > m->max_deliveries;
}

/*
 * For the short ways of member.h, until the line changes otherwise. What was inherited has
 * counts to be told, and in company the dead are looked for: not by nabdi_member_next().
 */
static void allow_quick(struct nabdi_member *m)
{
	const uint64_t lines = cell_load_relaxed(m->lines);

	if (m->plain && m->line == m->own)
		m->quick = (uint32_t)(m->own->end - m->own->begin); /* a lap at most: 2^30 */
	m->alone = !m->own->inherited && (lines & (lines - 1)) == 0 ? lines : NABDI_NOT_ALONE;
}

int nabdi_member_fetch(struct nabdi_member *m, size_t want)
{
	int rc = NABD_OK;

	m->quick = 0;
	m->now_ns = 0;
	if (nabd_unlikely(m->state == MEMBER_ENDED))
		return m->ended;
	if (nabd_unlikely(!nabdi_claim_open(&m->claims)))
		return nabdi_member_learn_end(m);
	/* While nothing is claimed anew: what was released is done, and goes into it. */
	if (nabd_unlikely(m->save != NULL))
		m->save(m);
	look_sometimes(m);
	do {
		if (nabd_unlikely(m->other != NULL && !nabdi_line_holds(m->other)))
			drop_other(m);
		m->line = nabd_unlikely(m->other != NULL) ? m->other : m->own;
		if (!nabdi_line_holds(m->line))
			rc = claim(m, want);
		if (rc == NABD_OK && nabd_unlikely(m->claims.overwrite))
			rc = skip_overwritten(m);
	} while (rc == NABD_OK && nabd_unlikely(too_often(m)) && bury(m));
	if (rc == NABD_OK)
		allow_quick(m);
	return nabd_unlikely(m->state == MEMBER_ENDED) ? m->ended : rc;
}

int nabdi_member_fetch_again(struct nabdi_member *m)
{
	if (!nabdi_claim_open(&m->claims))
		return nabdi_member_learn_end(m);
	return m->claims.overwrite ? skip_overwritten(m) : NABD_OK;
}

static int done(struct nabdi_member *m, size_t n, bool copies)
{
	uint64_t gone = 0;

	m->quick = 0;
	if (!nabdi_claim_open(&m->claims))
		return nabdi_member_learn_end(m);
	if (nabd_unlikely(m->claims.overwrite))
		gone = overwritten(m, n);
	/* Copies behind those that are void are not given out either: they come again. */
	(void)nabdi_member_release(m, m->line, copies && gone != 0 ? gone : n);
	if (nabd_unlikely(m->line == m->other && !nabdi_line_holds(m->line)))
		drop_other(m);
	if (nabd_likely(gone == 0))
		return NABD_OK;
	lose(m, gone);
	return NABD_LAPPED;
}

int nabdi_member_done_slow(struct nabdi_member *m, size_t n)
{
	return done(m, n, false);
}

int nabdi_member_done_copies(struct nabdi_member *m, size_t n)
{
	return done(m, n, true);
}

/* There is another message in the slot of message n, or none. */
static int missing(struct nabdi_member *m, size_t n)
{
	int rc;

	if (!nabdi_claim_open(&m->claims))
		return nabdi_member_learn_end(m);
	if (!m->claims.overwrite)
		return NABD_CORRUPT;
	rc = n == 0 ? skip_overwritten(m) : NABD_LAPPED;
	return rc == NABD_OK ? NABD_CORRUPT : rc;
}

int nabdi_member_message(struct nabdi_member *m, size_t n, struct nabd_msg *msg)
{
	const struct nabdi_line *line = m->line;
	const uint64_t sequence = line->begin + n;
	uint8_t *payload = nabdi_ring_payload(&m->claims.ring, sequence);
	const uint64_t stamp = nabdi_ring_observe(payload);
	const uint32_t deliveries = nabdi_claim_deliveries(line, n);

	if (nabd_unlikely(!nabdi_ring_is(stamp, sequence) ||
			  (uint32_t)stamp > m->claims.ring.slot_size))
		return missing(m, n);
	*msg = (struct nabd_msg){
		.data = payload,
		.sequence = sequence,
		.len = (uint32_t)stamp,
		.flags = line->inherited || deliveries > 1 ? NABD_MSG_REDELIVERED : 0,
		.deliveries = deliveries,
	};
	return NABD_OK;
}
