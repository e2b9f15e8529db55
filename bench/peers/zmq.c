/* SPDX-License-Identifier: MIT */
/* ZeroMQ: a PAIR over ipc, in the abstract namespace, so that no file is left behind. */
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "../peer.h"

struct zmq_end {
	void *context, *socket;
};

#define PEER_END struct zmq_end

static inline bool peer_send(struct zmq_end *e, const unsigned char *from, uint32_t size)
{
	return zmq_send(e->socket, from, size, 0) == (int)size;
}

static inline bool peer_receive(struct zmq_end *e, unsigned char *to, uint32_t room, uint32_t *len)
{
	const int got = zmq_recv(e->socket, to, room, 0);

	if (got < 0)
		return false;
	*len = (uint32_t)got;
	return true;
}

#include "../peer_loops.h"

static void close_end(void *end, const struct peer_place *place)
{
	struct zmq_end *e = end;

	(void)place;
	if (e->socket != NULL)
		zmq_close(e->socket);
	if (e->context != NULL)
		zmq_ctx_term(e->context);
	free(e);
}

static void *open_end(const struct peer_place *place)
{
	struct zmq_end *e = calloc(1, sizeof(*e));
	const int linger = 0, most = (int)place->slots;
	char address[128];

	if (e == NULL)
		return NULL;
	snprintf(address, sizeof(address), "ipc://@%s", place->name);
	e->context = zmq_ctx_new();
	if (e->context != NULL)
		e->socket = zmq_socket(e->context, ZMQ_PAIR);
	if (e->socket == NULL || zmq_setsockopt(e->socket, ZMQ_LINGER, &linger, sizeof(linger)) ||
	    zmq_setsockopt(e->socket, ZMQ_SNDHWM, &most, sizeof(most)) ||
	    zmq_setsockopt(e->socket, ZMQ_RCVHWM, &most, sizeof(most)) ||
	    (place->first ? zmq_bind(e->socket, address) : zmq_connect(e->socket, address))) {
		close_end(e, place);
		return NULL;
	}
	return e;
}

static const struct peer peers[] = {
	{ .name = "ZeroMQ PAIR, ipc", .flags = PEER_SLEEPS, .open = open_end, .close = close_end,
	  PEER_LOOPS },
	{ .name = NULL },
};

const struct peer *nabd_bench_peers(const struct peer_host *given)
{
	peer_host_is(given);
	return peers;
}
