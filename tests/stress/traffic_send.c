/* SPDX-License-Identifier: MIT */
/* traffic_send.c - one random step of sending: every call of the sending side. */
#include "traffic.h"

#include <string.h>

/* How many messages a batch of this step may have. */
static size_t batch_size(struct traffic_side *s)
{
	uint64_t left = s->end - s->seq;
	uint64_t n = traffic_random(&s->rng) % TRAFFIC_BATCH + 1;

	return (size_t)(n < left ? n : left);
}

static enum traffic_result send_push(struct traffic_side *s)
{
	uint32_t len = traffic_fill(s->t, s->seq, s->buf);
	int rc;

	traffic_intend(s, 1);
	rc = nabd_push(s->q, len ? s->buf : NULL, len);
	if (rc == NABD_FULL)
		return TRAFFIC_IDLE;
	if (rc != NABD_OK)
		return traffic_fail(s, "nabd_push", rc);
	traffic_done(s, 1);
	return TRAFFIC_MOVED;
}

/* Reserve as much as the message needs or more, commit what it has. */
static enum traffic_result send_reserve(struct traffic_side *s, int keep)
{
	uint32_t len = traffic_len(s->t, s->seq);
	size_t room = len + (size_t)(traffic_random(&s->rng) % (s->t->slot_size - len + 1u));
	void *slot = NULL;
	int rc = nabd_reserve(s->q, room, &slot);

	if (rc == NABD_FULL)
		return TRAFFIC_IDLE;
	if (rc != NABD_OK)
		return traffic_fail(s, "nabd_reserve", rc);
	if ((uintptr_t)slot % (s->t->align ? s->t->align : 8))
		return traffic_fail(s, "nabd_reserve: misaligned slot", rc);
	memset(slot, 0xa5, room);
	if (!keep) {
		rc = nabd_abort(s->q);
		return rc == NABD_OK ? TRAFFIC_MOVED : traffic_fail(s, "nabd_abort", rc);
	}
	traffic_fill(s->t, s->seq, slot);
	traffic_intend(s, 1);
	rc = nabd_commit(s->q, len);
	if (rc != NABD_OK)
		return traffic_fail(s, "nabd_commit", rc);
	traffic_done(s, 1);
	return TRAFFIC_MOVED;
}

static enum traffic_result send_push_batch(struct traffic_side *s)
{
	uint32_t lens[TRAFFIC_BATCH];
	size_t n = batch_size(s);
	size_t sent = 0;
	size_t at = 0;
	int rc;

	for (size_t i = 0; i < n; i++) {
		lens[i] = traffic_fill(s->t, s->seq + i, s->buf + at);
		at += lens[i];
	}
	traffic_intend(s, n);
	rc = nabd_push_batch(s->q, s->buf, lens, n, &sent);
	if (rc == NABD_FULL && !sent)
		return TRAFFIC_IDLE;
	if (rc != NABD_OK || !sent || sent > n)
		return traffic_fail(s, "nabd_push_batch", rc);
	traffic_done(s, sent);
	return TRAFFIC_MOVED;
}

/* Reserve several, commit those, or fewer, or none of them. */
static enum traffic_result send_reserve_batch(struct traffic_side *s)
{
	void *slots[TRAFFIC_BATCH];
	uint32_t lens[TRAFFIC_BATCH];
	size_t n = batch_size(s);
	size_t got = 0;
	size_t keep;
	int rc = nabd_reserve_batch(s->q, s->t->slot_size, slots, n, &got);

	if (rc == NABD_FULL && !got)
		return TRAFFIC_IDLE;
	if (rc != NABD_OK || !got || got > n)
		return traffic_fail(s, "nabd_reserve_batch", rc);
	keep = got;
	if (traffic_random(&s->rng) % 4 == 0)
		keep = (size_t)(traffic_random(&s->rng) % (got + 1));
	for (size_t i = 0; i < keep; i++)
		lens[i] = traffic_fill(s->t, s->seq + i, slots[i]);
	if (!keep && traffic_random(&s->rng) % 2) {
		rc = nabd_abort(s->q);
		return rc == NABD_OK ? TRAFFIC_MOVED : traffic_fail(s, "nabd_abort", rc);
	}
	traffic_intend(s, keep);
	rc = nabd_commit_batch(s->q, keep ? lens : NULL, keep);
	if (rc != NABD_OK)
		return traffic_fail(s, "nabd_commit_batch", rc);
	traffic_done(s, keep);
	return TRAFFIC_MOVED;
}

enum traffic_result traffic_send(struct traffic_side *s)
{
	switch (traffic_random(&s->rng) % 16) {
	case 0:
		return send_reserve(s, 0);
	case 1:
	case 2:
	case 3:
		return send_push_batch(s);
	case 4:
	case 5:
	case 6:
		return send_reserve_batch(s);
	case 7:
	case 8:
	case 9:
	case 10:
		return send_reserve(s, 1);
	default:
		return send_push(s);
	}
}
