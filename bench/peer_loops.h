/* SPDX-License-Identifier: MIT */
/*
 * The loops of a module of peers, the same as nabd's. In C the module says before what
 * its end is (#define PEER_END struct …) and has peer_send() and peer_receive() for it; in
 * C++ the loops are templates, and each end has its own two. Both answer whether a message
 * went; both are inlined, so that a queue that is all header loses nothing.
 */
#ifndef BENCH_PEER_LOOPS_H
#define BENCH_PEER_LOOPS_H

#include "peer.h"
#include "pool.h"
#include "ticks.h"

bool spin_has_tsc;
static const struct peer_host *host;

#ifdef __cplusplus
#define PEER_LOOP template <class End> static
#else
typedef PEER_END End;
#define PEER_LOOP static
#endif

static inline void peer_host_is(const struct peer_host *given)
{
	host = given;
	spin_has_tsc = given->has_tsc;
}

PEER_LOOP void peer_stream_out(struct peer_task *t)
{
	struct pool pool = pool_of(t->pool, t->size, 1);
	End *end = (End *)t->end[0];
	const uint64_t count = t->count;
	uint64_t i;

	for (i = 0; i < count; i++) {
		while (!peer_send(end, pool_at(&pool, i), pool.size))
			spin_pause();
		pool_sent(&pool, i);
	}
}

PEER_LOOP void peer_stream_in(struct peer_task *t)
{
	End *end = (End *)t->end[0];
	const uint32_t size = t->size;
	unsigned char *buf = t->buf;
	uint64_t i = 0, to, chunk, bad = 0;
	uint32_t len;

	host->begin(t->seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (to = host->chunk_end(t->seat, chunk); i < to; i++) {
			while (!peer_receive(end, buf, size, &len))
				spin_pause();
			bad += pool_wrong(buf, len, size, i);
		}
		host->mark(t->seat, i);
	}
	t->bad = bad;
	host->rate(t->seat);
}

PEER_LOOP void peer_ping(struct peer_task *t)
{
	End *out = (End *)t->end[0], *in = (End *)t->end[1];
	unsigned char *buf = t->buf, *back = t->buf + t->size;
	const uint32_t size = t->size;
	const uint64_t count = t->count;
	uint64_t i, t0, t1, bad = 0;
	uint32_t len;

	t0 = spin_ticks();
	for (i = 0; i < count; i++) {
		memcpy(buf, &i, sizeof(i));
		while (!peer_send(out, buf, size))
			spin_pause();
		while (!peer_receive(in, back, size, &len))
			spin_pause();
		t1 = spin_ticks();
		t->rtt[i] = (uint32_t)(t1 - t0);
		t0 = t1;
		bad += pool_wrong(back, len, size, i);
	}
	t->bad = bad;
	host->latency(t->seat, 2);
}

PEER_LOOP void peer_pong(struct peer_task *t)
{
	End *in = (End *)t->end[0], *out = (End *)t->end[1];
	const uint32_t size = t->size;
	const uint64_t count = t->count;
	uint64_t i, bad = 0;
	uint32_t len;

	for (i = 0; i < count; i++) {
		while (!peer_receive(in, t->buf, size, &len))
			spin_pause();
		while (!peer_send(out, t->buf, size))
			spin_pause();
		bad += pool_wrong(t->buf, len, size, i);
	}
	t->bad = bad;
}

/* See paced.c. */
PEER_LOOP void peer_paced_out(struct peer_task *t)
{
	const uint64_t start = spin_ticks() + (uint64_t)t->interval;
	End *end = (End *)t->end[0];
	uint64_t i, due;

	for (i = 0; i < t->count; i++) {
		due = start + (uint64_t)((double)i * t->interval);
		memcpy(t->buf, &i, sizeof(i));
		memcpy(t->buf + sizeof(i), &due, sizeof(due));
		while ((int64_t)(spin_ticks() - due) < 0)
			spin_pause();
		while (!peer_send(end, t->buf, t->size))
			spin_pause();
	}
}

PEER_LOOP void peer_paced_in(struct peer_task *t)
{
	End *end = (End *)t->end[0];
	uint64_t i, due, now, bad = 0;
	uint32_t len;

	for (i = 0; i < t->count; i++) {
		while (!peer_receive(end, t->buf, t->size, &len))
			spin_pause();
		now = spin_ticks();
		memcpy(&due, t->buf + sizeof(i), sizeof(due));
		t->rtt[i] = (int64_t)(now - due) > 0 ? (uint32_t)(now - due) : 0;
		bad += pool_wrong(t->buf, len, t->size, i);
	}
	t->bad = bad;
	host->latency(t->seat, 1);
}

#ifndef __cplusplus
#define PEER_LOOPS \
	.send = peer_stream_out, .receive = peer_stream_in, .ping = peer_ping, \
	.pong = peer_pong, .paced_send = peer_paced_out, .paced_receive = peer_paced_in
#endif

#endif
