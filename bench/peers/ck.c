/* SPDX-License-Identifier: MIT */
/*
 * Concurrency Kit's ck_ring, which passes pointers: the messages lie in a pool of twice
 * as many places, used one after the other, so that none is written again while the
 * receiver may still read it. That is the least work that a user of it must do.
 */
#include <ck_ring.h>
#include <stdlib.h>
#include <string.h>

#include "../peer.h"

#define PLACE_HEAD 8u /* its length; ck_ring carries none */

struct shared {
	ck_ring_t ring;
	_Alignas(128) ck_ring_buffer_t buffer[];
};

struct ck_end {
	ck_ring_t *ring;
	ck_ring_buffer_t *buffer;
	unsigned char *places;
	uint32_t stride, mask, next;
};

#define PEER_END struct ck_end

static inline bool peer_send(struct ck_end *e, const unsigned char *from, uint32_t size)
{
	unsigned char *place = e->places + (size_t)(e->next & e->mask) * e->stride;

	memcpy(place, &size, sizeof(size));
	memcpy(place + PLACE_HEAD, from, size);
	if (!ck_ring_enqueue_spsc(e->ring, e->buffer, place))
		return false;
	e->next++;
	return true;
}

static inline bool peer_receive(struct ck_end *e, unsigned char *to, uint32_t room, uint32_t *len)
{
	void *place;

	if (!ck_ring_dequeue_spsc(e->ring, e->buffer, &place))
		return false;
	memcpy(len, place, sizeof(*len));
	if (*len > room)
		return true;
	memcpy(to, (unsigned char *)place + PLACE_HEAD, *len);
	return true;
}

#include "../peer_loops.h"

static uint32_t stride_of(uint32_t size)
{
	return (size + PLACE_HEAD + 63u) & ~63u;
}

static size_t room(uint32_t size, uint32_t slots)
{
	return sizeof(struct shared) + slots * sizeof(ck_ring_buffer_t) + 64 +
	       (size_t)2 * slots * stride_of(size);
}

static void *open_end(const struct peer_place *place)
{
	struct shared *shared = place->memory;
	struct ck_end *e = calloc(1, sizeof(*e));
	uintptr_t after = (uintptr_t)(shared->buffer + place->slots);

	if (e == NULL)
		return NULL;
	if (place->first)
		ck_ring_init(&shared->ring, place->slots);
	e->ring = &shared->ring;
	e->buffer = shared->buffer;
	e->places = (unsigned char *)((after + 63) & ~(uintptr_t)63);
	e->stride = stride_of(place->size);
	e->mask = 2 * place->slots - 1;
	return e;
}

static void close_end(void *end, const struct peer_place *place)
{
	(void)place;
	free(end);
}

static const struct peer peers[] = {
	{ .name = "ck_ring", .room = room, .open = open_end, .close = close_end, PEER_LOOPS },
	{ .name = NULL },
};

const struct peer *nabd_bench_peers(const struct peer_host *given)
{
	peer_host_is(given);
	return peers;
}
