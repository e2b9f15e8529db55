/* SPDX-License-Identifier: MIT */
/* Groups come and go, and the producer asks how far they are. */
#include <nabd/nabd.h>

#include "group.h"
#include "note.h"

#define MAX_TRIES  65536u /* of an exchange; so often does only a broken peer come first */
#define MAX_ROUNDS 8u /* of a look; more than two only while groups come and go at once */

/* To go through the bits of a word: for (; bits != 0; bits &= bits - 1). */
static unsigned lowest_bit(uint64_t bits)
{
	return (unsigned)__builtin_ctzll(bits);
}

static bool above(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) > 0;
}

/*
 * A group that has settled goes on where it is: not below tail, and no further than a lap
 * above it. That may be above what is stored as head, if its producer died between a
 * stamp and that. Live members move on meanwhile, and tail after them: hence tail is read
 * before and after. Where messages are overwritten a position may be left behind.
 */
static int resume(const nabd_cell64 *position, const struct nabd_shm_producer *producer,
		  unsigned group, uint64_t lap, uint64_t *next)
{
	const uint64_t low = lap == NABD_SHM_SEQUENCE ? 0 : cell_load_acquire(&producer->tail);
	uint64_t word, tail;

	/* A former reader's store; the lock of the group was the edge (F). */
	word = cell_load_acquire(position);
	/* It may end at any moment, which takes no lock; and then tail goes on without it. */
	if (!nabdi_group_open(word, group))
		return NABD_DROPPED;
	*next = nabdi_group_sequence(word, group);
	tail = cell_load_acquire(&producer->tail);
	return *next >= low && (*next <= tail || *next - tail <= lap) ? NABD_OK : NABD_CORRUPT;
}

bool nabdi_group_any_open(const struct nabd_shm_consumers *consumers, uint64_t roster)
{
	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++)
		if ((roster & NABD_SHM_HOLDS(g)) != 0 &&
		    nabdi_group_open(cell_load_acquire(&consumers->group[g].position), g))
			return true;
	return false;
}

/* What is read from shared memory must not spill into the tag. */
static uint64_t word_of(unsigned group, uint64_t tag, uint64_t sequence)
{
	return tag | nabdi_group_sequence(sequence, group);
}

/*
 * Mark the group in the roster, with a position already stored. With no group there,
 * the mark says that this one begins at tail: who is first is decided by one exchange,
 * so that the backlog can't be lost by a death in between.
 */
static bool mark(struct nabd_shm_consumers *consumers, const struct nabd_shm_producer *producer,
		 unsigned group, uint64_t tag, const struct nabdi_start *start)
{
	nabd_cell64 *position = &consumers->group[group].position;
	uint64_t roster = cell_load_acquire(&consumers->roster);

	cell_fetch_add(&consumers->changes, 1);
	for (unsigned i = 0; i < MAX_TRIES; i++) {
		const bool low = start->oldest || (!start->newest && !nabdi_group_any_open(consumers, roster));
		const nabd_cell64 *from = low ? &producer->tail : &producer->head;
		uint64_t seen;

		cell_store_release(position, word_of(group, tag, cell_load_acquire(from)));
		seen = cell_compare_exchange(&consumers->roster, roster, /* edge C */
					     roster | NABD_SHM_HOLDS(group) |
						     (low ? NABD_SHM_OLDEST(group) : 0));
		if (seen == roster)
			return true;
		roster = seen;
	}
	return false;
}

void nabdi_group_disturb(struct nabd_shm_consumers *consumers)
{
	cell_fetch_add(&consumers->changes, 1);
	cell_fetch_or(&consumers->roster, 0); /* edge C */
}

/*
 * The group is in the roster. A producer that looks from now on sees it. One that
 * looked before has told how far it may go: begin no lower than that. Until the group
 * has settled, a successor comes here again.
 */
static uint64_t settle(struct nabd_shm_consumers *consumers,
		       const struct nabd_shm_producer *producer, unsigned group, uint64_t tag,
		       const struct nabdi_start *start)
{
	nabd_cell64 *position = &consumers->group[group].position;
	uint64_t oldest, word, head, told, next;

	/*
	 * Counted again, behind the position: the roster may be what it was before the group
	 * was struck and made anew, and a producer have read the count in between (edge C).
	 */
	nabdi_group_disturb(consumers);
	oldest = cell_load_acquire(&consumers->roster) & NABD_SHM_OLDEST(group);
	word = cell_load_acquire(position);
	head = cell_load_acquire(&producer->head);
	told = cell_load_acquire(&producer->told);
	next = oldest != 0 ? nabdi_group_sequence(word, group) : head;
	if (above(told, next))
		next = told;
	if (oldest != 0 && start->sequence > next)
		next = start->sequence > head ? head : start->sequence;
	/* Unless it was closed meanwhile: its first claim will find that out. */
	if (nabdi_group_has_tag(word, tag))
		(void)cell_compare_exchange(position, word, word_of(group, tag, next));
	cell_fetch_or(&consumers->roster, NABD_SHM_SETTLED(group));
	return next;
}

int nabdi_group_join(struct nabd_shm_consumers *consumers, const struct nabd_shm_producer *producer,
		     unsigned group, uint64_t tag, const struct nabdi_start *start,
		     uint64_t lap, uint64_t *position)
{
	const uint64_t roster = cell_load_acquire(&consumers->roster);

	if ((roster & NABD_SHM_SETTLED(group)) != 0)
		return resume(&consumers->group[group].position, producer, group, lap, position);
	if ((roster & NABD_SHM_HOLDS(group)) == 0 && !mark(consumers, producer, group, tag, start))
		return NABD_CORRUPT;
	*position = settle(consumers, producer, group, tag, start);
	return NABD_OK;
}

void nabdi_group_strike(struct nabd_shm_consumers *consumers, unsigned group)
{
	cell_fetch_add(&consumers->changes, 1);
	cell_fetch_and(&consumers->roster, ~(NABD_SHM_HOLDS(group) | NABD_SHM_SETTLED(group) |
					     NABD_SHM_OLDEST(group)));
}

/* *last receives the group's last position. */
static bool close_at(struct nabd_shm_group *g, uint64_t tag, uint64_t state, uint64_t *last)
{
	uint64_t word = cell_load_acquire(&g->position);

	*last = 0;
	/* Each time round a member has claimed a message, and there are so many at most. */
	for (unsigned i = 0; i < MAX_TRIES && nabdi_group_has_tag(word, tag); i++) {
		const uint64_t seen = cell_compare_exchange(&g->position, word, /* edge H */
							    (word & ~NABD_SHM_STATE) | state);

		if (seen == word) {
			*last = word & NABD_SHM_SEQUENCE;
			return true;
		}
		word = seen;
	}
	return false;
}

bool nabdi_group_close(struct nabd_shm_consumers *consumers, unsigned group, uint64_t tag,
		       uint64_t state)
{
	uint64_t last;

	return close_at(&consumers->group[group], tag, state, &last);
}

bool nabdi_group_give_up(struct nabd_shm_consumers *consumers, unsigned group, uint64_t word,
			 uint64_t before, uint64_t head)
{
	struct nabd_shm_group *g = &consumers->group[group];
	uint64_t last;

	/* Both are seen with the state: edge H. */
	if (cell_compare_exchange(&g->closed_head, before, head) != before)
		return false;
	cell_store_release(&g->let_go, head);
	if (!close_at(g, word & ~NABD_SHM_SEQUENCE, NABD_SHM_EVICTED, &last))
		return false;
	nabdi_note_shared(&g->given_up, 1);
	nabdi_note_shared(&g->lost, above(head, last) ? head - last : 0);
	return true;
}

uint64_t nabdi_group_lowest(const struct nabd_shm_consumers *consumers, uint64_t fallback,
			    uint64_t head)
{
	const uint64_t roster = cell_load_acquire(&consumers->roster);
	uint64_t lowest = NABDI_GROUP_CLOSED;

	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		uint64_t low;

		if ((roster & NABD_SHM_HOLDS(g)) == 0)
			continue;
		/* Members that live may be beyond a head that was read before. */
		low = nabdi_group_low(consumers, g, fallback, fallback + INT64_MAX);
		if (low != NABDI_GROUP_CLOSED &&
		    (lowest == NABDI_GROUP_CLOSED || above(lowest, low)))
			lowest = low;
	}
	if (lowest == NABDI_GROUP_CLOSED)
		return fallback;
	return above(lowest, head) ? head : lowest;
}

/*
 * Position first, the members' claims after it: a position that lies past a claim was
 * stored after the claim, so that the claim is seen (edge E). What lies below from is
 * a claim that came to nothing, of a member that slept: differences are taken from
 * there, so that such a one is the highest of all.
 */
uint64_t nabdi_group_low(const struct nabd_shm_consumers *consumers, unsigned group, uint64_t from,
			 uint64_t head)
{
	const struct nabd_shm_group *g = &consumers->group[group];
	/* Edge B: the reads of what lies below are done. */
	const uint64_t word = cell_load_acquire(&g->position);
	uint64_t low = nabdi_group_sequence(word, group) - from;
	uint64_t members;

	if (!nabdi_group_open(word, group))
		return NABDI_GROUP_CLOSED;
	if (low > head - from)
		return from; /* below the floor, or above head */
	if (group == 0)
		return from + low;
	members = cell_load_relaxed(&g->members) & ((1u << NABD_SHM_MEMBERS) - 1);
	for (; members != 0; members &= members - 1) {
		const struct nabd_shm_member *line =
			&consumers->member[group - 1][lowest_bit(members)];
		uint64_t begin, guard;

		begin = cell_load_acquire(&line->begin); /* edge B */
		if (begin != 0 && begin - 1 - from < low)
			low = begin - 1 - from;
		guard = cell_load_acquire(&line->guard); /* edge C */
		if (guard != 0 && guard - 1 - from < low)
			low = guard - 1 - from;
	}
	return from + low;
}

/*
 * There is no group. What those held that were evicted, or that vanished with their
 * members, is let go. All else waits for the first group to come: also what a group that
 * was there later left when it was removed by hand.
 */
static uint64_t let_go(const struct nabd_shm_consumers *consumers, uint64_t floor, uint64_t head)
{
	uint64_t most = 0;

	for (unsigned g = 1; g < NABD_SHM_GROUPS; g++) {
		const struct nabd_shm_group *group = &consumers->group[g];
		uint64_t more;

		if ((cell_load_acquire(&group->position) & NABD_SHM_STATE) != NABD_SHM_EVICTED)
			continue;
		more = cell_load_relaxed(&group->let_go) - floor;
		if (more <= head - floor && more > most)
			most = more;
	}
	return floor + most;
}

/* For onlookers: how far behind the group has been, and whether it goes on. */
static void note(struct nabd_shm_group *group, struct nabdi_watch *watch, unsigned g, uint64_t head)
{
	const uint64_t low = watch->low[g], seen = watch->seen[g];

	if (low == NABDI_GROUP_CLOSED)
		return;
	watch->seen[g] = low + 1;
	nabdi_note_most(&group->high_lag, head - low);
	if (seen != 0 && seen != low + 1)
		nabdi_note_time(&group->progress_ns);
}

/* The lowest of those that the watch knows, looking again at those that are at the floor. */
static uint64_t look(struct nabd_shm_consumers *consumers, struct nabdi_watch *watch,
		     uint64_t floor, uint64_t head)
{
	uint64_t least = NABDI_GROUP_CLOSED;

	for (uint64_t left = watch->roster & NABD_SHM_ALL_HOLD; left != 0; left &= left - 1) {
		const unsigned g = lowest_bit(left);

		if (watch->low[g] == floor) {
			watch->low[g] = nabdi_group_low(consumers, g, floor, head);
			note(&consumers->group[g], watch, g, head);
		}
		if (watch->low[g] != NABDI_GROUP_CLOSED && watch->low[g] - floor < least)
			least = watch->low[g] - floor;
	}
	return least != NABDI_GROUP_CLOSED ? floor + least
					   : let_go(consumers, floor, head);
}

bool nabdi_group_holds(const struct nabd_shm_consumers *consumers, const struct nabdi_watch *watch,
		       uint64_t floor, uint64_t head)
{
	for (uint64_t left = watch->roster & NABD_SHM_ALL_HOLD; left != 0; left &= left - 1) {
		const unsigned g = lowest_bit(left);

		if (watch->low[g] == floor &&
		    nabdi_group_low(consumers, g, floor, head) == floor)
			return true;
	}
	return false;
}

/* Of the groups of a roster, those that have a limit. It was set before they came. */
static uint64_t limited(const struct nabd_shm_consumers *consumers, uint64_t roster)
{
	uint64_t bits = 0;

	for (unsigned g = 1; g < NABD_SHM_GROUPS; g++)
		if ((roster & NABD_SHM_HOLDS(g)) != 0 &&
		    cell_load_relaxed(&consumers->group[g].max_lag) != 0)
			bits |= NABD_SHM_HOLDS(g);
	return bits;
}

uint64_t nabdi_group_renew(struct nabd_shm_consumers *consumers, struct nabd_shm_producer *producer,
			   struct nabdi_watch *watch, uint64_t floor, uint64_t head)
{
	/* Once, in quiet times; again after groups have come or gone. */
	for (unsigned round = 0; round < MAX_ROUNDS; round++) {
		const uint64_t next = look(consumers, watch, floor, head);
		uint64_t roster, changes;

		/* Edge C: first tell how far it may go, then pass through the roster. */
		cell_store_release(&producer->told, next);
		roster = cell_fetch_or(&consumers->roster, 0);
		changes = cell_load_acquire(&consumers->changes); /* and what was changed */
		if (roster == watch->roster && changes == watch->changes) {
			cell_store_release(&producer->tail, next); /* edge D */
			cell_fence_release();                      /* edge H */
			return next;
		}
		/* Somebody came who may have begun below that: ask all of them again. */
		watch->roster = roster;
		watch->changes = changes;
		watch->evictable = limited(consumers, roster);
		for (unsigned g = 0; g < NABD_SHM_GROUPS; g++)
			watch->low[g] = floor;
	}
	cell_store_release(&producer->told, floor);
	return floor;
}

uint64_t nabdi_group_evict(struct nabd_shm_consumers *consumers, struct nabdi_watch *watch,
			   uint64_t floor, uint64_t head, uint32_t slots)
{
	uint64_t evicted = 0;

	for (uint64_t left = watch->evictable; left != 0; left &= left - 1) {
		const unsigned g = lowest_bit(left);
		const struct nabd_shm_group *group = &consumers->group[g];
		uint64_t limit, word, before;

		if (watch->low[g] == NABDI_GROUP_CLOSED)
			continue;
		limit = cell_load_relaxed(&group->max_lag);
		if (limit > slots)
			limit = slots;
		/* What is remembered may be old: a group that is near enough there is nearer now. */
		if (limit == 0 || head - watch->low[g] < limit)
			continue;
		before = cell_load_acquire(&group->closed_head);
		word = cell_load_acquire(&group->position);
		watch->low[g] = nabdi_group_low(consumers, g, floor, head);
		if (watch->low[g] == NABDI_GROUP_CLOSED || head - watch->low[g] < limit)
			continue;
		if (!nabdi_group_give_up(consumers, g, word, before, head))
			continue;
		watch->low[g] = NABDI_GROUP_CLOSED;
		evicted |= UINT64_C(1) << g;
	}
	return evicted;
}
