/* SPDX-License-Identifier: MIT */
/* What an onlooker sees of groups and members: reads shared words, asks for locks. */
#include "member.h"

static const struct nabd_shm_member *line_of(const struct nabdi_segment *segment, unsigned group,
					     unsigned member)
{
	return &nabdi_segment_consumers(segment)->member[group - 1][member];
}

/* How many messages the line holds, as far as that can be true. */
static uint64_t held_by(const struct nabdi_segment *segment, const struct nabd_shm_member *line,
			uint64_t *first)
{
	const uint64_t begin = cell_load_acquire(&line->begin);
	const uint64_t held = cell_load_acquire(&line->end) - (begin - 1);

	*first = 0;
	if (begin == 0 || held > segment->geometry.slots)
		return 0;
	*first = begin - 1;
	return held;
}

/* Lines of a former group of this id are left out: its members may not know yet. */
static int count_members(const struct nabdi_segment *segment, unsigned group,
			 struct nabd_group_info *info)
{
	for (unsigned m = 0; m < NABD_SHM_MEMBERS; m++) {
		const struct nabd_shm_member *line = line_of(segment, group, m);
		uint64_t first;
		bool alive;
		int rc = nabdi_role_member_alive(segment, group, m, &alive);

		if (rc != NABD_OK)
			return rc;
		if (cell_load_acquire(&line->made) != info->made)
			continue;
		info->members += alive;
		info->holding += held_by(segment, line, &first) != 0;
	}
	return NABD_OK;
}

/* The default group has one reader and no lines. */
static int look_default(const struct nabdi_segment *segment, struct nabd_group_info *info)
{
	bool alive;
	int rc = nabdi_role_reader_alive(segment, &alive);

	info->members = alive;
	info->made = 1;
	return rc;
}

static bool there(const struct nabd_shm_consumers *consumers, unsigned group, uint64_t word)
{
	if (group == 0)
		return (cell_load_acquire(&consumers->roster) & NABD_SHM_SETTLED(0)) != 0;
	return nabdi_group_open(word, group);
}

int nabdi_member_look_group(const struct nabdi_segment *segment, unsigned group,
			    struct nabd_group_info *info)
{
	const struct nabd_shm_consumers *consumers = nabdi_segment_consumers(segment);
	const struct nabd_shm_producer *producer = nabdi_segment_producer(segment);
	const struct nabd_shm_group *g = &consumers->group[group];
	const uint64_t word = cell_load_acquire(&g->position);
	const uint64_t tail = cell_load_acquire(&producer->tail);
	uint64_t head;
	int rc;

	if (!there(consumers, group, word))
		return NABD_NOTFOUND;
	info->group = group;
	info->made = cell_load_relaxed(&g->made);
	info->max_deliveries = (uint32_t)cell_load_relaxed(&g->max_deliveries);
	info->max_stall_ms = (uint32_t)cell_load_relaxed(&g->max_stall_ms);
	info->max_lag = cell_load_relaxed(&g->max_lag);
	info->position = nabdi_group_sequence(word, group);
	head = cell_load_acquire(&producer->head);
	if ((int64_t)(info->position - head) > 0)
		head = info->position; /* its writer died before it could say so */
	/* Members that live may be beyond a head that was read before. */
	info->low = nabdi_group_low(consumers, group, tail, tail + INT64_MAX);
	if (info->low == NABDI_GROUP_CLOSED)
		return NABD_NOTFOUND;
	if ((int64_t)(info->low - head) > 0)
		info->low = head;
	info->lag = head - info->low;
	info->state = info->low == nabdi_group_lowest(consumers, tail, head) ? NABD_GROUP_STATE_HOLDS
									     : 0;
	if (group != 0 && (cell_load_relaxed(&g->flags) & NABD_GROUP_EPHEMERAL) != 0)
		info->state |= NABD_GROUP_STATE_EPHEMERAL;
	rc = group == 0 ? look_default(segment, info) : count_members(segment, group, info);
	if (info->members > 0)
		info->state |= NABD_GROUP_STATE_ALIVE;
	return rc;
}

int nabdi_member_look(const struct nabdi_segment *segment, unsigned group, unsigned member,
		      struct nabd_member_info *info)
{
	const struct nabd_shm_group *g = &nabdi_segment_consumers(segment)->group[group];
	const struct nabd_shm_member *line = line_of(segment, group, member);
	bool alive;
	int rc;

	if (!nabdi_group_open(cell_load_acquire(&g->position), group))
		return NABD_NOTFOUND;
	rc = nabdi_role_member_alive(segment, group, member, &alive);
	if (rc != NABD_OK)
		return rc;
	info->group = group;
	info->member = member;
	info->alive = alive;
	info->held = held_by(segment, line, &info->first);
	if (info->held != 0)
		info->deliveries =
			nabdi_claim_front(info->first, cell_load_relaxed(&line->given));
	/* The holder of a line of a group made anew may have been left behind. */
	if (cell_load_acquire(&line->made) != cell_load_acquire(&g->made))
		return NABD_NOTFOUND;
	return alive || info->held != 0 ? NABD_OK : NABD_NOTFOUND;
}

void nabdi_member_stats(const struct nabdi_member *m, struct nabd_consumer_stats *stats)
{
	const struct nabdi_line *lines[2] = {m->own, m->other};

	stats->group = m->group;
	stats->state = m->state == MEMBER_ENDED ? m->ended : NABD_OK;
	stats->joined = m->joined;
	stats->claimed = m->counts.claimed;
	stats->redelivered = m->counts.redelivered;
	stats->nacked = m->counts.nacked;
	stats->dead_letters = m->counts.dead_letters;
	stats->lost = m->counts.lost;
	stats->gap = m->counts.gap;
	stats->held = m->counts.held;
	if (m->state == MEMBER_ENDED)
		return;
	for (unsigned i = 0; i < 2; i++)
		if (lines[i] != NULL)
			stats->held += lines[i]->end - lines[i]->begin;
}
