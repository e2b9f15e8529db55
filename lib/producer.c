/* SPDX-License-Identifier: MIT */
/* The sending side: taking over, renewing credit, batches. */
#include "probe.h"
#include "producer.h"
#include "member.h"
#include "note.h"
#include "over.h"

#define PROBE_EVERY_NS UINT64_C(10000000) /* while full: are those alive that hold us? */

void nabdi_producer_none(struct nabdi_producer *p)
{
	p->open = nabdi_producer_open(SEND_NEVER, 0);
}

static uint64_t stamp_of(const struct nabd_inline_ring *ring, uint64_t sequence)
{
	return nabdi_ring_observe(nabdi_ring_payload(ring, sequence));
}

/* Whether the slot of the message before head holds it, or was given up for a later one. */
static bool ends_here(const struct nabd_inline_ring *ring, uint64_t head, bool overwrite)
{
	const uint64_t stamp = stamp_of(ring, head - 1);

	return nabdi_ring_is(stamp, head - 1) ||
	       (overwrite && nabdi_over_unfinished(stamp) &&
		nabdi_ring_is(stamp, head + ring->mask));
}

/*
 * The sequence after the last committed message. The stored head is at most a
 * batch too low, if its writer died between a stamp and head: walk on while the
 * stamps say that there is a message. It can't be too high, so the message below
 * it must be there: below the one found, as a batch may have gone once round.
 */
static int find_head(const struct nabd_inline_ring *ring, uint64_t stored, uint64_t floor,
		     bool overwrite, uint64_t *head)
{
	const uint64_t slots = (uint64_t)ring->mask + 1;

	if (stored < floor || stored - floor > slots)
		return NABD_CORRUPT;
	while (stored - floor < slots) {
		const uint64_t stamp = stamp_of(ring, stored);

		if (!nabdi_ring_is(stamp, stored) || nabdi_over_unfinished(stamp))
			break;
		stored++;
	}
	if (stored > 0 && !ends_here(ring, stored, overwrite))
		return NABD_CORRUPT;
	*head = stored;
	return NABD_OK;
}

int nabdi_producer_begin(struct nabdi_producer *p, struct nabdi_segment *segment)
{
	struct nabd_shm_producer *shm = nabdi_segment_producer(segment);
	int rc;

	/* All of it is a former producer's, whose death or close was the edge (F). */
	p->floor = cell_load_acquire(&shm->tail);
	p->overwrite = segment->geometry.overwrite;
	p->ring = nabdi_ring_of(segment->base, &segment->geometry);
	rc = find_head(&p->ring, cell_load_acquire(&shm->head), p->floor, p->overwrite, &p->head);
	if (rc != NABD_OK)
		return rc;
	p->limit = p->head; /* no credit: the first message looks at the groups */
	p->shm = shm;
	p->consumers = nabdi_segment_consumers(segment);
	p->segment = segment;
	p->watch = (struct nabdi_watch){0};
	p->was_full = false;
	p->probed_ns = 0;
	p->pressure = (struct nabdi_pressure){.on = false};
	p->open = nabdi_producer_open(segment->geometry.times ? SEND_TIMED : SEND_IDLE, 0);
	/* The last one may have died before it was sure, and nobody else would take it back. */
	cell_store_release(&shm->told, p->floor);
	cell_store_release(&shm->head, p->head); /* edge D */
	cell_store_relaxed(&shm->epoch, cell_load_relaxed(&shm->epoch) + 1);
	nabdi_note_value(&shm->pressured, 0);
	nabdi_bell_ring_all(segment); /* the last one may have died before it could */
	nabd_probe3(producer, segment->file.inode, p->head, cell_load_relaxed(&shm->epoch));
	return NABD_OK;
}

int nabdi_producer_check(const struct nabdi_segment *segment)
{
	const struct nabd_shm_producer *shm = nabdi_segment_producer(segment);
	const struct nabd_inline_ring ring = nabdi_ring_of(segment->base, &segment->geometry);
	const uint64_t floor = cell_load_acquire(&shm->tail);
	uint64_t head;

	return find_head(&ring, cell_load_acquire(&shm->head), floor, segment->geometry.overwrite,
			 &head);
}

int nabdi_producer_refuse(const struct nabdi_producer *p)
{
	return nabdi_producer_state(p) == SEND_NEVER ? NABD_ROLE : NABD_STATE;
}

/* Counted once for each stretch of being full, not for each look at it. */
static uint64_t note_full(struct nabdi_producer *p)
{
	nabd_cell64 *count = &p->shm->full_count;

	if (!p->was_full) {
		cell_store_relaxed(count, cell_load_relaxed(count) + 1);
		p->full_ns = nabdi_os_coarse_ns();
		nabd_probe3(full, p->segment->file.inode, p->head, p->floor);
	}
	p->was_full = true;
	return 0;
}

/* Whether the group holds the producer for longer than it may; then it goes. */
static bool evict_stalled(const struct nabdi_producer *p, unsigned group, uint64_t now)
{
	const struct nabd_shm_group *g = &p->consumers->group[group];
	const uint64_t before = cell_load_acquire(&g->closed_head);
	const uint64_t word = cell_load_acquire(&g->position);
	const uint64_t limit_ms = cell_load_relaxed(&g->max_stall_ms);

	if (limit_ms == 0 || (now - p->full_ns) / 1000000u < limit_ms ||
	    !nabdi_group_open(word, group))
		return false;
	if (!nabdi_group_give_up(p->consumers, group, word, before, p->head))
		return false;
	nabdi_bell_ring(p->segment, group); /* its members shall learn it */
	nabd_probe3(evict, p->segment->file.inode, group, p->head);
	return true;
}

/*
 * Of those that hold us: groups that may not for so long, and groups that need not be
 * waited for as none of their members lives. Asked now and then only, as it takes
 * system calls. Whether any has gone.
 */
static bool probe(struct nabdi_producer *p)
{
	const uint64_t now = nabdi_os_coarse_ns();
	bool any = false;

	if (now - p->probed_ns < PROBE_EVERY_NS)
		return false;
	p->probed_ns = now;
	for (unsigned g = 1; g < NABD_SHM_GROUPS; g++) {
		if ((p->watch.roster & NABD_SHM_HOLDS(g)) == 0 || p->watch.low[g] != p->floor)
			continue;
		/* What is remembered may be old: one that has gone on since does not hold us. */
		if (nabdi_group_low(p->consumers, g, p->floor, p->head) != p->floor)
			continue;
		any |= evict_stalled(p, g, now);
		any |= nabdi_member_reap_group(p->segment, g, true, false);
	}
	return any;
}

/* Take the next slots away from whoever may be reading their messages of the last lap. */
static uint64_t overwrite(struct nabdi_producer *p, uint64_t wanted)
{
	const uint64_t slots = (uint64_t)p->ring.mask + 1;
	const uint64_t limit = p->head + (wanted < slots ? wanted : slots);

	/* First where the oldest will be: a reader that finds its message gone goes there. */
	if (limit > p->floor + slots) {
		p->floor = limit - slots;
		cell_store_release(&p->shm->tail, p->floor); /* edge D */
	}
	for (; p->limit != limit; p->limit++)
		nabdi_over_begin(nabdi_ring_payload(&p->ring, p->limit), p->limit);
	return limit - p->head;
}

static uint64_t look_again(struct nabdi_producer *p)
{
	const uint64_t slots = (uint64_t)p->ring.mask + 1;
	uint64_t evicted;

	/* While the ring is full, only a group that holds the floor can change that. */
	if (p->was_full && nabdi_group_holds(p->consumers, &p->watch, p->floor, p->head) &&
	    !probe(p))
		return 0;
	p->floor = nabdi_group_renew(p->consumers, p->shm, &p->watch, p->floor, p->head);
	evicted = nabdi_group_evict(p->consumers, &p->watch, p->floor, p->head, p->ring.mask + 1);
	if (nabd_unlikely(evicted != 0)) {
		for (; evicted != 0; evicted &= evicted - 1)
			nabd_probe3(evict, p->segment->file.inode, __builtin_ctzll(evicted),
				    p->head);
		p->floor = nabdi_group_renew(p->consumers, p->shm, &p->watch, p->floor, p->head);
		nabdi_bell_ring_all(p->segment); /* the members of those evicted shall learn it */
	}
	p->limit = p->floor + slots;
	nabdi_note_most(&p->shm->high_fill, p->head - p->floor);
	if (p->limit == p->head)
		return note_full(p);
	p->was_full = false;
	nabdi_note_time(&p->shm->progress_ns);
	return p->limit - p->head;
}

/* Look at every group, not only at those that were furthest behind: how full is it? */
static uint64_t look_at_all(struct nabdi_producer *p)
{
	const uint64_t open = p->open;
	uint64_t free, fill, room;

	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++)
		p->watch.low[g] = p->floor;
	free = look_again(p);
	fill = p->head - p->floor;
	p->open = nabdi_producer_open(SEND_CALLBACK, 0);
	nabdi_pressure_see(&p->pressure, fill);
	p->open = open;
	room = nabdi_pressure_room(&p->pressure, fill);
	if (p->limit - p->head > room)
		p->limit = p->head + room;
	return free;
}

uint64_t nabdi_producer_renew(struct nabdi_producer *p, uint64_t wanted)
{
	if (p->overwrite)
		return overwrite(p, wanted);
	return nabd_unlikely(p->pressure.on) ? look_at_all(p) : look_again(p);
}

bool nabdi_producer_must_look(const struct nabdi_producer *p)
{
	for (unsigned g = 1; g < NABD_SHM_GROUPS; g++)
		if ((p->watch.roster & NABD_SHM_HOLDS(g)) != 0 &&
		    cell_load_relaxed(&p->consumers->group[g].max_stall_ms) != 0)
			return true;
	return false;
}

/* Whether nothing is reserved, messages having times or not. */
static bool is_idle(const struct nabdi_producer *p)
{
	return (nabdi_producer_state(p) & ~(unsigned)SEND_TIMED) == SEND_IDLE;
}

int nabdi_producer_waiting(struct nabdi_producer *p)
{
	if (!is_idle(p))
		return nabdi_producer_refuse(p);
	/* Where it overwrites, it always can: but asking takes nothing away from readers. */
	return p->overwrite || p->head != p->limit || nabdi_producer_renew(p, 1) > 0;
}

int nabdi_producer_set_pressure(struct nabdi_producer *p, nabd_t *q,
				const struct nabd_backpressure *bp)
{
	const unsigned state = nabdi_producer_state(p) & ~(unsigned)SEND_TIMED;
	const size_t reserved = state == SEND_BATCH ? p->reserved : state == SEND_RESERVED ? 1 : 0;
	int rc;

	if (state == SEND_NEVER || state == SEND_CALLBACK)
		return nabdi_producer_refuse(p);
	if (p->overwrite)
		return NABD_INVALID;
	rc = nabdi_pressure_set(&p->pressure, q, bp, (uint64_t)p->ring.mask + 1);
	if (rc != NABD_OK)
		return rc;
	/* The next message looks at the groups; what is reserved stays so. */
	p->limit = p->head + reserved;
	p->pressure.shown = &p->shm->pressured;
	nabdi_note_value(&p->shm->pressured, 0);
	return NABD_OK;
}

int nabdi_producer_pressured(struct nabdi_producer *p)
{
	if (!is_idle(p))
		return nabdi_producer_refuse(p);
	if (p->pressure.on)
		(void)nabdi_producer_renew(p, 1);
	return p->pressure.high;
}

size_t nabdi_producer_free(struct nabdi_producer *p, size_t wanted)
{
	uint64_t free = p->limit - p->head;

	if (free < wanted)
		free = nabdi_producer_renew(p, wanted);
	if (free < wanted)
		wanted = (size_t)free;
	/* A batch may pass a watermark: then the next call looks. */
	if (p->limit - p->head < wanted)
		p->limit = p->head + wanted;
	return wanted;
}

int nabdi_producer_reserve_batch(struct nabdi_producer *p, size_t len, void **slots, size_t n,
				 size_t *got)
{
	if (nabdi_producer_state(p) != SEND_IDLE)
		return nabdi_producer_timed_reserve_batch(p, len, slots, n, got);
	if (len > p->ring.slot_size)
		return NABD_TOOBIG;
	n = nabdi_producer_free(p, n);
	if (n == 0)
		return NABD_FULL;
	for (size_t i = 0; i < n; i++)
		slots[i] = nabdi_ring_payload(&p->ring, p->head + i);
	p->open = nabdi_producer_open(SEND_BATCH, len);
	p->reserved = n;
	*got = n;
	return NABD_OK;
}

int nabdi_producer_commit_batch(struct nabdi_producer *p, const uint32_t *lens, size_t n)
{
	const struct nabd_inline_ring ring = p->ring; /* no store to a slot can change it */
	const uint64_t head = p->head;
	const uint32_t most = nabdi_producer_reserved(p);
	uint64_t bytes = 0;

	if (nabdi_producer_state(p) != SEND_BATCH)
		return nabdi_producer_timed_commit_batch(p, lens, n);
	if (n > p->reserved)
		return NABD_TOOBIG;
	for (size_t i = 0; i < n; i++)
		if (lens[i] > most)
			return NABD_TOOBIG;
	for (size_t i = 0; i < n; i++) {
		nabdi_ring_publish(nabdi_ring_payload(&ring, head + i), head + i, lens[i]);
		bytes += lens[i];
	}
	p->open = nabdi_producer_open(SEND_IDLE, 0);
	nabdi_producer_give_up(p, head + n);
	return n > 0 ? nabdi_producer_advance(p, n, bytes) : NABD_OK;
}

/*
 * So many bytes of a batch are copied before the first of its messages is published. A
 * reader that polls takes a line away as soon as there is something in it to read, and each
 * further store to that line waits until it is back.
 */
#define PUSH_BLOCK 4096u

int nabdi_producer_push_batch(struct nabdi_producer *p, const void *data, const uint32_t *lens,
			      size_t n, size_t *sent)
{
	const struct nabd_inline_ring ring = p->ring;
	const uint64_t head = p->head;
	const uint8_t *from = data;

	if (nabdi_producer_state(p) != SEND_IDLE)
		return nabdi_producer_timed_push_batch(p, data, lens, n, sent);
	for (size_t i = 0; i < n; i++)
		if (lens[i] > ring.slot_size)
			return NABD_TOOBIG;
	n = nabdi_producer_free(p, n);
	if (n == 0)
		return NABD_FULL;
	for (size_t i = 0, copied = 0; i < n;) {
		const uint8_t *const block = from;

		from += lens[copied++];
		for (; copied < n && (size_t)(from - block) < PUSH_BLOCK; copied++) {
			nabdi_producer_copy_in(p, nabdi_ring_payload(&ring, head + copied), from,
					       lens[copied]);
			from += lens[copied];
		}
		/* The one that is polled comes last: its line goes to and fro once only. */
		nabdi_producer_copy_in(p, nabdi_ring_payload(&ring, head + i), block, lens[i]);
		for (; i < copied; i++)
			nabdi_ring_publish(nabdi_ring_payload(&ring, head + i), head + i, lens[i]);
	}
	*sent = n;
	return nabdi_producer_advance(p, n, (uint64_t)(from - (const uint8_t *)data));
}

int nabdi_producer_push_slow(struct nabdi_producer *p, const void *data, size_t len)
{
	uint8_t *payload;

	if (p->head == p->limit && nabdi_producer_renew(p, 1) == 0)
		return NABD_FULL;
	payload = nabdi_ring_payload(&p->ring, p->head);
	nabdi_producer_copy_in(p, payload, data, len);
	nabdi_ring_publish(payload, p->head, (uint32_t)len);
	return nabdi_producer_advance(p, 1, len);
}

int nabdi_producer_reserve_slow(struct nabdi_producer *p, size_t len, void **slot)
{
	return nabdi_producer_renew(p, 1) == 0 ? NABD_FULL : nabdi_producer_reserve(p, len, slot);
}

int nabdi_producer_wake(struct nabdi_producer *p, size_t len)
{
	p->open = nabdi_producer_open(SEND_IDLE, 0);
	return nabdi_producer_advance(p, 1, len);
}
