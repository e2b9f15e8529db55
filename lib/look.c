/* SPDX-License-Identifier: MIT */
/* Looking: the words that the two sides keep anyway, clamped to what can be. */
#include <string.h>

#include "group.h"
#include "look.h"
#include "over.h"
#include "role.h"

#define DEFAULT_GROUP 0u

/* Nearest to sequence that lies within a lap below head. */
static uint64_t clamp(uint64_t sequence, uint64_t head, uint32_t slots)
{
	uint64_t behind = head - sequence;

	if (behind <= slots)
		return sequence;
	/* Above head, when a writer died between stamp and head, or has just moved on. */
	if ((int64_t)behind < 0)
		return head;
	return head > slots ? head - slots : 0;
}

/*
 * The stored head, or what is behind it: a producer that dies between a stamp and
 * head leaves messages there that consumers do get. A head that moves meanwhile has
 * a live producer, and is not chased. It is read again at the end, as a slot may have
 * been used once more since: then the walk found less than an earlier look, and head,
 * which was stored before that, tells more.
 */
static uint64_t find_head(const struct nabdi_segment *segment, uint64_t floor)
{
	const nabd_cell64 *stored = &nabdi_segment_producer(segment)->head;
	const struct nabd_inline_ring ring = nabdi_ring_of(segment->base, &segment->geometry);
	const uint64_t first = cell_load_acquire(stored); /* edge D */
	uint64_t head = first, now;

	while (head - floor < segment->geometry.slots) {
		const uint64_t stamp = nabdi_ring_observe(nabdi_ring_payload(&ring, head));

		if (!nabdi_ring_is(stamp, head) || nabdi_over_unfinished(stamp))
			break;
		head++;
		if (cell_load_relaxed(stored) != first)
			break;
	}
	now = cell_load_acquire(stored); /* edge D */
	return now > head ? now : head;
}

/*
 * The default group's. While it comes, what it has written down, and holds: it may yet begin
 * above that (settle(), lib/group.c), never below, so that nobody is told less later. Below
 * tail it has nothing: where messages are overwritten it may not have come to know that.
 */
static uint64_t position_of(const struct nabd_shm_consumers *consumers,
			    const struct nabdi_view *view)
{
	if ((view->roster & NABD_SHM_HOLDS(DEFAULT_GROUP)) != 0)
		return (int64_t)(view->position - view->tail) > 0 ? view->position : view->tail;
	/* Where it would begin, if it came now. */
	return nabdi_group_any_open(consumers, view->roster) ? view->head : view->tail;
}

struct nabdi_view nabdi_look_view(const struct nabdi_segment *segment)
{
	const struct nabd_shm_producer *producer = nabdi_segment_producer(segment);
	const struct nabd_shm_consumers *consumers = nabdi_segment_consumers(segment);
	const uint32_t slots = segment->geometry.slots;
	struct nabdi_view view;
	uint64_t floor;

	/* Positions first: head, read later, is then above them but for clamp()'s cases. */
	view.roster = cell_load_acquire(&consumers->roster);
	view.position = cell_load_acquire(&consumers->group[DEFAULT_GROUP].position);
	floor = cell_load_acquire(&producer->tail);
	view.head = find_head(segment, floor);
	view.tail = nabdi_group_lowest(consumers, floor, view.head);
	view.tail = clamp(view.tail, view.head, slots);
	view.position = clamp(position_of(consumers, &view), view.head, slots);
	return view;
}

static int look_roles(const struct nabdi_segment *segment, uint32_t *state)
{
	struct nabdi_os_file file;
	bool producer, reader;
	int rc = nabdi_role_producer_alive(segment, &producer);

	if (rc == NABD_OK)
		rc = nabdi_role_reader_alive(segment, &reader);
	if (rc == NABD_OK)
		rc = nabdi_os_look(segment->fd, &file);
	if (rc != NABD_OK)
		return rc;
	*state |= (producer ? NABD_STATE_PRODUCER : 0) | (reader ? NABD_STATE_CONSUMER : 0) |
		  (file.links == 0 ? NABD_STATE_UNLINKED : 0);
	return NABD_OK;
}

int nabdi_look_stats(const struct nabdi_segment *segment, struct nabd_stats *stats)
{
	const struct nabd_shm_producer *producer = nabdi_segment_producer(segment);
	const struct nabdi_geometry *g = &segment->geometry;
	const struct nabdi_view view = nabdi_look_view(segment);

	stats->state = (view.roster & NABD_SHM_HOLDS(DEFAULT_GROUP)) != 0 ? NABD_STATE_GROUP0 : 0;
	stats->state |= g->overwrite ? NABD_STATE_OVERWRITE : 0;
	stats->state |= g->times ? NABD_STATE_TIMESTAMPS : 0;
	stats->slots = g->slots;
	stats->slot_size = g->slot_size;
	stats->stride = g->stride;
	stats->align = g->align;
	stats->head = view.head;
	stats->tail = view.tail;
	stats->position = view.position;
	stats->bytes = cell_load_relaxed(&producer->bytes);
	stats->full_count = cell_load_relaxed(&producer->full_count);
	stats->producer_epoch = cell_load_relaxed(&producer->epoch);
	stats->created_ns = segment->created_ns;
	memcpy(stats->incarnation, segment->incarnation, sizeof(stats->incarnation));
	return look_roles(segment, &stats->state);
}
