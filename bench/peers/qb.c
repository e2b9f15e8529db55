/* SPDX-License-Identifier: MIT */
/* libqb's ring buffer between processes, without its semaphore: both sides poll. */
#include <errno.h>
#include <qb/qbrb.h>
#include <stdio.h>
#include <stdlib.h>

#include "../peer.h"

struct qb_end {
	qb_ringbuffer_t *rb;
};

#define PEER_END struct qb_end

static inline bool peer_send(struct qb_end *e, const unsigned char *from, uint32_t size)
{
	return qb_rb_chunk_write(e->rb, from, size) == (ssize_t)size;
}

static inline bool peer_receive(struct qb_end *e, unsigned char *to, uint32_t room, uint32_t *len)
{
	const ssize_t got = qb_rb_chunk_read(e->rb, to, room, 0);

	if (got <= 0)
		return false;
	*len = (uint32_t)got;
	return true;
}

#include "../peer_loops.h"

static void *open_end(const struct peer_place *place)
{
	/* Of each chunk it keeps two words beside the message. */
	const size_t size = (size_t)place->slots * (place->size + 8);
	struct qb_end *e = calloc(1, sizeof(*e));
	uint32_t flags = QB_RB_FLAG_NO_SEMAPHORE | QB_RB_FLAG_SHARED_PROCESS;

	if (e == NULL)
		return NULL;
	if (place->first)
		flags |= QB_RB_FLAG_CREATE;
	e->rb = qb_rb_open(place->name, size, flags, 0);
	if (e->rb == NULL) {
		free(e);
		return NULL;
	}
	return e;
}

/* The last of the two to close removes the files. */
static void close_end(void *end, const struct peer_place *place)
{
	struct qb_end *e = end;

	(void)place;
	qb_rb_close(e->rb);
	free(e);
}

static const struct peer peers[] = {
	{ .name = "libqb ring buffer", .open = open_end, .close = close_end, PEER_LOOPS },
	{ .name = NULL },
};

const struct peer *nabd_bench_peers(const struct peer_host *given)
{
	peer_host_is(given);
	return peers;
}
