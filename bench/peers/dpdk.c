/* SPDX-License-Identifier: MIT */
/*
 * DPDK's rte_ring in its form with elements, on plain shared memory and without DPDK's
 * environment. An element has one size and carries no length.
 */
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <stdlib.h>

#include "../peer.h"

struct rte_end {
	struct rte_ring *ring;
	uint32_t size;
};

#define PEER_END struct rte_end

static inline bool peer_send(struct rte_end *e, const unsigned char *from, uint32_t size)
{
	return rte_ring_sp_enqueue_elem(e->ring, (void *)(uintptr_t)from, size) == 0;
}

static inline bool peer_receive(struct rte_end *e, unsigned char *to, uint32_t room, uint32_t *len)
{
	(void)room;
	*len = e->size;
	return rte_ring_sc_dequeue_elem(e->ring, to, e->size) == 0;
}

#include "../peer_loops.h"

static size_t room(uint32_t size, uint32_t slots)
{
	return (size_t)rte_ring_get_memsize_elem(size, 2 * slots);
}

static void *open_end(const struct peer_place *place)
{
	struct rte_end *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->ring = place->memory;
	e->size = place->size;
	/* It holds one less than its count, which must be a power of two. */
	if (place->first && rte_ring_init(e->ring, "bench", 2 * place->slots,
					  RING_F_SP_ENQ | RING_F_SC_DEQ) != 0) {
		free(e);
		return NULL;
	}
	return e;
}

static void close_end(void *end, const struct peer_place *place)
{
	(void)place;
	free(end);
}

static const struct peer peers[] = {
	{ .name = "DPDK rte_ring", .largest = 4096, .room = room, .open = open_end,
	  .close = close_end, PEER_LOOPS },
	{ .name = NULL },
};

const struct peer *nabd_bench_peers(const struct peer_host *given)
{
	peer_host_is(given);
	return peers;
}
