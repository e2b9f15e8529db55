/* SPDX-License-Identifier: MIT */
/* traffic_receive.c - one random step of receiving: every call of that side. */
#include "traffic.h"

static int right_msg(struct traffic_side *s, uint64_t seq, const struct nabd_msg *m)
{
	if (m->sequence != seq || m->flags || m->deliveries != 1 || m->reserved)
		return 0;
	if ((uintptr_t)m->data % (s->t->align ? s->t->align : 8))
		return 0;
	return traffic_check(s->t, seq, m->data, m->len);
}

/* A buffer that is too short must leave the message where it is. */
static enum traffic_result receive_short(struct traffic_side *s)
{
	uint32_t want = traffic_len(s->t, s->seq);
	uint32_t lens[1] = { 0 };
	size_t got = 7;
	size_t len;
	int batch = traffic_random(&s->rng) % 2 == 0;
	int rc;

	if (!want)
		return TRAFFIC_MOVED;
	len = (size_t)(traffic_random(&s->rng) % want);
	rc = batch ? nabd_pop_batch(s->q, s->buf, len, lens, 1, &got) : nabd_pop(s->q, s->buf, &len);
	if (rc == NABD_EMPTY)
		return TRAFFIC_IDLE;
	if (rc != NABD_BUFFER)
		return traffic_fail(s, "pop into a short buffer", rc);
	if (batch ? lens[0] != want || got : len != want)
		return traffic_fail(s, "pop into a short buffer: wrong length told", rc);
	return TRAFFIC_MOVED;
}

static enum traffic_result receive_pop(struct traffic_side *s)
{
	size_t len = s->t->slot_size;
	int rc;

	traffic_intend(s, 1);
	rc = nabd_pop(s->q, s->buf, &len);
	if (rc == NABD_EMPTY)
		return TRAFFIC_IDLE;
	if (rc != NABD_OK || !traffic_check(s->t, s->seq, s->buf, len))
		return traffic_fail(s, "nabd_pop", rc);
	traffic_done(s, 1);
	return TRAFFIC_MOVED;
}

static enum traffic_result receive_release(struct traffic_side *s)
{
	int rc;

	traffic_intend(s, 1);
	rc = nabd_release(s->q);
	if (rc != NABD_OK)
		return traffic_fail(s, "nabd_release", rc);
	traffic_done(s, 1);
	return TRAFFIC_MOVED;
}

/* Looked at twice, it must be the same message both times. */
static enum traffic_result receive_peek(struct traffic_side *s)
{
	const void *data = NULL;
	struct nabd_msg m;
	size_t len = 0;
	int rc = nabd_peek(s->q, &data, &len);

	if (rc == NABD_EMPTY)
		return TRAFFIC_IDLE;
	if (rc != NABD_OK || !traffic_check(s->t, s->seq, data, len))
		return traffic_fail(s, "nabd_peek", rc);
	if (traffic_random(&s->rng) % 4 == 0) {
		rc = nabd_peek_msg(s->q, &m);
		if (rc != NABD_OK || m.data != data || m.len != len || m.sequence != s->seq)
			return traffic_fail(s, "nabd_peek_msg after nabd_peek", rc);
	}
	return receive_release(s);
}

static enum traffic_result receive_peek_msg(struct traffic_side *s)
{
	struct nabd_msg m;
	int rc = nabd_peek_msg(s->q, &m);

	if (rc == NABD_EMPTY)
		return TRAFFIC_IDLE;
	if (rc != NABD_OK || !right_msg(s, s->seq, &m))
		return traffic_fail(s, "nabd_peek_msg", rc);
	return receive_release(s);
}

/* Look at several, give those, or fewer, or none of them back. */
static enum traffic_result receive_peek_batch(struct traffic_side *s)
{
	struct nabd_msg m[TRAFFIC_BATCH];
	size_t max = (size_t)(traffic_random(&s->rng) % TRAFFIC_BATCH + 1);
	size_t got = 0;
	size_t n;
	int rc = nabd_peek_batch(s->q, m, max, &got);

	if (rc == NABD_EMPTY && !got)
		return TRAFFIC_IDLE;
	if (rc != NABD_OK || !got || got > max)
		return traffic_fail(s, "nabd_peek_batch", rc);
	for (size_t i = 0; i < got; i++)
		if (!right_msg(s, s->seq + i, &m[i]))
			return traffic_fail(s, "nabd_peek_batch: wrong message", rc);
	n = traffic_random(&s->rng) % 4 ? got : (size_t)(traffic_random(&s->rng) % (got + 1));
	traffic_intend(s, n);
	rc = nabd_release_batch(s->q, n);
	if (rc != NABD_OK)
		return traffic_fail(s, "nabd_release_batch", rc);
	traffic_done(s, n);
	return TRAFFIC_MOVED;
}

static enum traffic_result receive_pop_batch(struct traffic_side *s)
{
	uint32_t lens[TRAFFIC_BATCH];
	size_t most = (size_t)TRAFFIC_BATCH * s->t->slot_size;
	size_t room = most - (size_t)(traffic_random(&s->rng) % (most - s->t->slot_size + 1u));
	size_t max = (size_t)(traffic_random(&s->rng) % TRAFFIC_BATCH + 1);
	size_t got = 0;
	size_t at = 0;
	int rc;

	traffic_intend(s, max);
	rc = nabd_pop_batch(s->q, s->buf, room, lens, max, &got);
	if (rc == NABD_EMPTY && !got)
		return TRAFFIC_IDLE;
	if (rc != NABD_OK || !got || got > max)
		return traffic_fail(s, "nabd_pop_batch", rc);
	for (size_t i = 0; i < got; i++) {
		if (lens[i] > room - at || !traffic_check(s->t, s->seq + i, s->buf + at, lens[i]))
			return traffic_fail(s, "nabd_pop_batch: wrong message", rc);
		at += lens[i];
	}
	traffic_done(s, got);
	return TRAFFIC_MOVED;
}

enum traffic_result traffic_receive(struct traffic_side *s)
{
	switch (traffic_random(&s->rng) % 16) {
	case 0:
		return receive_short(s);
	case 1:
	case 2:
	case 3:
		return receive_pop_batch(s);
	case 4:
	case 5:
	case 6:
		return receive_peek_batch(s);
	case 7:
	case 8:
	case 9:
		return receive_peek(s);
	case 10:
	case 11:
		return receive_peek_msg(s);
	default:
		return receive_pop(s);
	}
}
