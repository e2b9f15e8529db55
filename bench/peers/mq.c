/* SPDX-License-Identifier: MIT */
/* A POSIX message queue of the kernel, with calls that block. */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>

#include "../peer.h"

#define MOST_SLOTS 10u /* what a user without privileges gets */
#define MOST_BYTES 8192u

struct mq_end {
	mqd_t queue;
};

#define PEER_END struct mq_end

static inline bool peer_send(struct mq_end *e, const unsigned char *from, uint32_t size)
{
	return mq_send(e->queue, (const char *)from, size, 0) == 0;
}

/* The buffer must have room for the longest message that the queue takes. */
static inline bool peer_receive(struct mq_end *e, unsigned char *to, uint32_t room, uint32_t *len)
{
	const ssize_t got = mq_receive(e->queue, (char *)to, room, NULL);

	if (got < 0)
		return false;
	*len = (uint32_t)got;
	return true;
}

#include "../peer_loops.h"

static void *open_end(const struct peer_place *place)
{
	struct mq_attr attr = { .mq_maxmsg = (long)place->slots, .mq_msgsize = (long)place->size };
	struct mq_end *e = calloc(1, sizeof(*e));
	char name[128];

	if (e == NULL)
		return NULL;
	snprintf(name, sizeof(name), "/%s", place->name);
	e->queue = place->first ? mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr)
				: mq_open(name, O_RDWR);
	if (e->queue == (mqd_t)-1) {
		free(e);
		return NULL;
	}
	return e;
}

static void close_end(void *end, const struct peer_place *place)
{
	struct mq_end *e = end;
	char name[128];

	mq_close(e->queue);
	free(e);
	snprintf(name, sizeof(name), "/%s", place->name);
	if (place->first)
		(void)mq_unlink(name);
}

static const struct peer peers[] = {
	{ .name = "POSIX message queue", .flags = PEER_SLEEPS, .largest = MOST_BYTES,
	  .slots = MOST_SLOTS, .open = open_end, .close = close_end, PEER_LOOPS },
	{ .name = NULL },
};

const struct peer *nabd_bench_peers(const struct peer_host *given)
{
	peer_host_is(given);
	return peers;
}
