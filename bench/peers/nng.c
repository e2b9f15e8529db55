/* SPDX-License-Identifier: MIT */
/* nng: a pair over its abstract UNIX sockets, so that no file is left behind. */
#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>
#include <stdio.h>
#include <stdlib.h>

#include "../peer.h"

#define MOST_BUFFERED 8192 /* nng's own limit for the buffers of a socket */

struct nng_end {
	nng_socket socket;
};

#define PEER_END struct nng_end

static inline bool peer_send(struct nng_end *e, const unsigned char *from, uint32_t size)
{
	return nng_send(e->socket, (void *)(uintptr_t)from, size, 0) == 0;
}

static inline bool peer_receive(struct nng_end *e, unsigned char *to, uint32_t room, uint32_t *len)
{
	size_t got = room;

	if (nng_recv(e->socket, to, &got, 0) != 0)
		return false;
	*len = (uint32_t)got;
	return true;
}

#include "../peer_loops.h"

static void close_end(void *end, const struct peer_place *place)
{
	struct nng_end *e = end;

	(void)place;
	nng_close(e->socket);
	free(e);
}

static void *open_end(const struct peer_place *place)
{
	const int most = place->slots < MOST_BUFFERED ? (int)place->slots : MOST_BUFFERED;
	struct nng_end *e = calloc(1, sizeof(*e));
	char address[128];

	if (e == NULL)
		return NULL;
	snprintf(address, sizeof(address), "abstract://%s", place->name);
	if (nng_pair0_open(&e->socket) != 0) {
		free(e);
		return NULL;
	}
	if (nng_socket_set_int(e->socket, NNG_OPT_SENDBUF, most) != 0 ||
	    nng_socket_set_int(e->socket, NNG_OPT_RECVBUF, most) != 0 ||
	    nng_socket_set_size(e->socket, NNG_OPT_RECVMAXSZ, 0) != 0 ||
	    (place->first ? nng_listen(e->socket, address, NULL, 0)
			  : nng_dial(e->socket, address, NULL, 0)) != 0) {
		close_end(e, place);
		return NULL;
	}
	return e;
}

static const struct peer peers[] = {
	{ .name = "nng pair, abstract", .flags = PEER_SLEEPS, .open = open_end,
	  .close = close_end, PEER_LOOPS },
	{ .name = NULL },
};

const struct peer *nabd_bench_peers(const struct peer_host *given)
{
	peer_host_is(given);
	return peers;
}
