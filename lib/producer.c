/* SPDX-License-Identifier: MIT */
/* The sending side: taking over, renewing credit, batches. */
#include "producer.h"

void nabdi_producer_none(struct nabdi_producer *p)
{
	p->open = nabdi_producer_open(SEND_NEVER, 0);
}

static uint64_t stamp_of(const struct nabdi_ring *ring, uint64_t sequence)
{
	return nabdi_ring_observe(nabdi_ring_payload(ring, sequence));
}

/*
 * The sequence after the last committed message. The stored head is at most a
 * batch too low, if its writer died between a stamp and head: walk on while the
 * stamps say that there is a message. It can't be too high, so the message below
 * it must be there: below the one found, as a batch may have gone once round.
 */
static int find_head(const struct nabdi_ring *ring, uint64_t stored, uint64_t floor, uint64_t *head)
{
	const uint64_t slots = (uint64_t)ring->mask + 1;

	if (stored < floor || stored - floor > slots)
		return NABD_CORRUPT;
	while (stored - floor < slots && nabdi_ring_is(stamp_of(ring, stored), stored))
		stored++;
	if (stored > 0 && !nabdi_ring_is(stamp_of(ring, stored - 1), stored - 1))
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
	p->ring = nabdi_ring_of(segment->base, &segment->geometry);
	rc = find_head(&p->ring, cell_load_acquire(&shm->head), p->floor, &p->head);
	if (rc != NABD_OK)
		return rc;
	p->limit = p->head; /* no credit: the first message looks at the groups */
	p->shm = shm;
	p->consumers = nabdi_segment_consumers(segment);
	p->slowest = NABDI_GROUP_NONE;
	p->was_full = false;
	p->open = nabdi_producer_open(SEND_IDLE, 0);
	cell_store_release(&shm->head, p->head); /* edge D */
	cell_store_relaxed(&shm->epoch, cell_load_relaxed(&shm->epoch) + 1);
	return NABD_OK;
}

int nabdi_producer_refuse(const struct nabdi_producer *p)
{
	return nabdi_producer_state(p) == SEND_NEVER ? NABD_ROLE : NABD_STATE;
}

/* Counted once for each stretch of being full, not for each look at it. */
static uint64_t note_full(struct nabdi_producer *p)
{
	nabd_cell64 *count = &p->shm->full_count;

	if (!p->was_full)
		cell_store_relaxed(count, cell_load_relaxed(count) + 1);
	p->was_full = true;
	return 0;
}

uint64_t nabdi_producer_renew(struct nabdi_producer *p)
{
	const uint64_t slots = (uint64_t)p->ring.mask + 1;

	/* While the ring is full, only the slowest group can change that: look at it alone. */
	if (p->was_full && nabdi_group_holds(p->consumers, p->slowest, p->floor))
		return 0;
	p->floor = nabdi_group_floor(p->consumers, p->floor, p->head, &p->slowest);
	p->limit = p->floor + slots;
	cell_store_release(&p->shm->tail, p->floor); /* edge D */
	if (p->limit == p->head)
		return note_full(p);
	p->was_full = false;
	return p->limit - p->head;
}

/* Free slots, as many as are wanted if it can be had. */
static size_t free_slots(struct nabdi_producer *p, size_t wanted)
{
	uint64_t free = p->limit - p->head;

	if (free < wanted)
		free = nabdi_producer_renew(p);
	return free < wanted ? (size_t)free : wanted;
}

int nabdi_producer_reserve_batch(struct nabdi_producer *p, size_t len, void **slots, size_t n,
				 size_t *got)
{
	if (nabdi_producer_state(p) != SEND_IDLE)
		return nabdi_producer_refuse(p);
	if (len > p->ring.slot_size)
		return NABD_TOOBIG;
	n = free_slots(p, n);
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
	uint64_t bytes = 0;

	if (nabdi_producer_state(p) != SEND_BATCH)
		return nabdi_producer_refuse(p);
	if (n > p->reserved)
		return NABD_TOOBIG;
	for (size_t i = 0; i < n; i++)
		if (lens[i] > nabdi_producer_reserved(p))
			return NABD_TOOBIG;
	for (size_t i = 0; i < n; i++) {
		nabdi_ring_publish(nabdi_ring_payload(&p->ring, p->head + i), p->head + i, lens[i]);
		bytes += lens[i];
	}
	p->open = nabdi_producer_open(SEND_IDLE, 0);
	nabdi_producer_advance(p, n, bytes);
	return NABD_OK;
}

int nabdi_producer_push_batch(struct nabdi_producer *p, const void *data, const uint32_t *lens,
			      size_t n, size_t *sent)
{
	const uint8_t *from = data;
	uint64_t bytes = 0;

	if (nabdi_producer_state(p) != SEND_IDLE)
		return nabdi_producer_refuse(p);
	for (size_t i = 0; i < n; i++)
		if (lens[i] > p->ring.slot_size)
			return NABD_TOOBIG;
	n = free_slots(p, n);
	if (n == 0)
		return NABD_FULL;
	for (size_t i = 0; i < n; i++) {
		uint8_t *payload = nabdi_ring_payload(&p->ring, p->head + i);

		nabdi_copy(payload, from, payload, lens[i]);
		nabdi_ring_publish(payload, p->head + i, lens[i]);
		from += lens[i];
		bytes += lens[i];
	}
	nabdi_producer_advance(p, n, bytes);
	*sent = n;
	return NABD_OK;
}

int nabdi_producer_push_slow(struct nabdi_producer *p, const void *data, size_t len)
{
	uint8_t *payload;

	if (p->head == p->limit && nabdi_producer_renew(p) == 0)
		return NABD_FULL;
	payload = nabdi_ring_payload(&p->ring, p->head);
	nabdi_copy(payload, data, payload, len);
	nabdi_ring_publish(payload, p->head, (uint32_t)len);
	nabdi_producer_advance(p, 1, len);
	return NABD_OK;
}

int nabdi_producer_reserve_slow(struct nabdi_producer *p, size_t len, void **slot)
{
	return nabdi_producer_renew(p) == 0 ? NABD_FULL : nabdi_producer_reserve(p, len, slot);
}
