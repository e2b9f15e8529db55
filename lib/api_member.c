/* SPDX-License-Identifier: MIT */
/* The doors: what a member of a consumer group does. */
#include "api.h"

#include <string.h>

#include "handle.h"

/* Rare, and not inlined: each quick call would pay for its stack. */
#define SLOW __attribute__((noinline))

static SLOW int peek(nabd_consumer_t *c, struct nabd_msg *msg)
{
	struct nabdi_member *m = &c->m;
	const enum nabdi_membership was = m->state;
	int rc;

	if (nabd_unlikely(was != MEMBER_IDLE && was != MEMBER_PEEKED))
		return nabdi_member_timed_peek(m, msg);
	m->state = MEMBER_IDLE;
	rc = nabd_likely(was == MEMBER_IDLE) ? nabdi_member_fetch(m, 1)
					     : nabdi_member_fetch_again(m);
	if (rc == NABD_OK)
		rc = nabdi_member_message(m, 0, msg);
	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	nabdi_claim_hand_out(m->line, 1);
	m->state = MEMBER_PEEKED;
	return NABD_OK;
}

static SLOW int peek_slow(nabd_consumer_t *c, const void **data, size_t *len)
{
	struct nabd_msg msg;
	int rc = peek(c, &msg);

	if (rc != NABD_OK)
		return rc;
	*data = msg.data;
	if (len != NULL)
		*len = msg.len;
	return NABD_OK;
}

NABD_API int nabd_consumer_peek(nabd_consumer_t *c, const void **data, size_t *len)
{
	uint8_t *payload;
	uint32_t have;
	int rc = nabdi_consumer_check(c);

	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	if (nabd_unlikely(data == NULL))
		return NABD_INVALID;
	if (nabd_unlikely(!nabdi_member_next(&c->m, &payload, &have)))
		return peek_slow(c, data, len);
	nabdi_claim_hand_out(c->m.own, 1);
	c->m.state = MEMBER_PEEKED;
	*data = payload;
	if (len != NULL)
		*len = have;
	return NABD_OK;
}

NABD_API int nabd_consumer_peek_msg(nabd_consumer_t *c, struct nabd_msg *msg)
{
	int rc = nabdi_consumer_check(c);

	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	return nabd_unlikely(msg == NULL) ? NABD_INVALID : peek(c, msg);
}

NABD_API int nabd_consumer_release(nabd_consumer_t *c)
{
	int rc = nabdi_consumer_check(c);

	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	if (nabd_unlikely(c->m.state != MEMBER_PEEKED))
		return nabdi_member_timed_release(&c->m);
	c->m.state = MEMBER_IDLE;
	return nabdi_member_done(&c->m, 1);
}

static SLOW int pop_slow(nabd_consumer_t *c, void *buf, size_t *len)
{
	struct nabd_msg msg;
	int rc;

	if (nabd_unlikely(c->m.state != MEMBER_IDLE))
		return nabdi_member_timed_pop(&c->m, buf, len);
	rc = nabdi_member_fetch(&c->m, 1);
	if (rc == NABD_OK)
		rc = nabdi_member_message(&c->m, 0, &msg);
	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	if (nabd_unlikely(msg.len > *len)) {
		*len = msg.len;
		return NABD_BUFFER;
	}
	nabdi_member_copy_out(&c->m, buf, &msg);
	rc = nabdi_member_done(&c->m, 1);
	if (nabd_likely(rc == NABD_OK))
		*len = msg.len;
	return rc;
}

/* A copy is delivered when it is returned, and then it is released: nothing to hand out. */
NABD_API int nabd_consumer_pop(nabd_consumer_t *c, void *buf, size_t *len)
{
	uint8_t *payload;
	uint32_t have;
	int rc = nabdi_consumer_check(c);

	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	if (nabd_unlikely(len == NULL || (buf == NULL && *len != 0)))
		return NABD_INVALID;
	if (nabd_unlikely(!nabdi_member_next(&c->m, &payload, &have) || have > *len ||
			  have > NABD_INLINE_COPY))
		return pop_slow(c, buf, len);
	nabd_inline_copy(buf, payload, payload, have);
	rc = nabdi_member_done_next(&c->m);
	if (nabd_likely(rc == NABD_OK))
		*len = have;
	return rc;
}

NABD_API int nabd_consumer_peek_batch(nabd_consumer_t *c, struct nabd_msg *msgs, size_t max,
				      size_t *got)
{
	size_t n = 0, held;
	int rc = nabdi_consumer_check(c);

	if (got != NULL)
		*got = 0;
	if (rc != NABD_OK)
		return rc;
	if (msgs == NULL || got == NULL || max == 0)
		return NABD_INVALID;
	if (c->m.state != MEMBER_IDLE)
		return nabdi_member_timed_peek_batch(&c->m, msgs, max, got);
	rc = nabdi_member_fetch(&c->m, max);
	if (rc != NABD_OK)
		return rc;
	held = (size_t)(c->m.line->end - c->m.line->begin);
	while (rc == NABD_OK && n < max && n < held) {
		rc = nabdi_member_message(&c->m, n, &msgs[n]);
		n += rc == NABD_OK;
	}
	if (n == 0 || c->m.state == MEMBER_ENDED)
		return rc;
	nabdi_claim_hand_out(c->m.line, n);
	c->m.state = MEMBER_BATCH;
	c->m.peeked = n;
	*got = n;
	return NABD_OK;
}

NABD_API int nabd_consumer_release_batch(nabd_consumer_t *c, size_t n)
{
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	if (c->m.state != MEMBER_BATCH)
		return nabdi_member_timed_release_batch(&c->m, n);
	if (n > c->m.peeked)
		return NABD_INVALID;
	c->m.state = MEMBER_IDLE;
	return n > 0 ? nabdi_member_done(&c->m, n) : NABD_OK;
}

NABD_API int nabd_consumer_pop_batch(nabd_consumer_t *c, void *buf, size_t size, uint32_t *lens,
				     size_t max, size_t *got)
{
	uint8_t *to = buf;
	size_t n = 0, held;
	int rc = nabdi_consumer_check(c);

	if (got != NULL)
		*got = 0;
	if (rc != NABD_OK)
		return rc;
	if (buf == NULL || lens == NULL || got == NULL || max == 0)
		return NABD_INVALID;
	if (c->m.state != MEMBER_IDLE)
		return nabdi_member_timed_pop_batch(&c->m, buf, size, lens, max, got);
	rc = nabdi_member_fetch(&c->m, max);
	if (rc != NABD_OK)
		return rc;
	held = (size_t)(c->m.line->end - c->m.line->begin);
	for (; n < max && n < held; n++) {
		struct nabd_msg msg;

		rc = nabdi_member_message(&c->m, n, &msg);
		if (rc != NABD_OK)
			break;
		lens[n] = msg.len;
		if (msg.len > size) {
			rc = NABD_BUFFER;
			break;
		}
		nabdi_member_copy_out(&c->m, to, &msg);
		to += msg.len;
		size -= msg.len;
	}
	if (n == 0 || c->m.state == MEMBER_ENDED)
		return rc;
	rc = nabd_unlikely(c->m.claims.overwrite) ? nabdi_member_done_copies(&c->m, n)
						  : nabdi_member_done(&c->m, n);
	if (rc == NABD_OK)
		*got = n;
	return rc;
}

NABD_API int nabd_consumer_nack(nabd_consumer_t *c)
{
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	if (nabdi_member_state(&c->m) != MEMBER_PEEKED && nabdi_member_state(&c->m) != MEMBER_BATCH)
		return nabdi_member_refuse(&c->m);
	rc = nabdi_member_nack(&c->m);
	/* One error of the kernel's; errno tells them apart. */
	return rc == NABD_NOMEM || rc == NABD_ACCESS ? NABD_SYSTEM : rc;
}

NABD_API int nabd_consumer_seek(nabd_consumer_t *c, uint64_t sequence, uint64_t *actual)
{
	uint64_t reached;
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	if (nabdi_member_state(&c->m) != MEMBER_IDLE)
		return nabdi_member_refuse(&c->m);
	rc = nabdi_member_seek(&c->m, sequence, &reached);
	if (rc == NABD_OK && actual != NULL)
		*actual = reached;
	return rc;
}

NABD_API int nabd_consumer_stats(nabd_consumer_t *c, struct nabd_consumer_stats *stats)
{
	const size_t least = offsetof(struct nabd_consumer_stats, gap);
	struct nabd_consumer_stats now = {0};
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	if (stats == NULL || stats->size < least)
		return NABD_INVALID;
	nabdi_member_stats(&c->m, &now);
	now.size = stats->size < sizeof(now) ? stats->size : (uint32_t)sizeof(now);
	memcpy(stats, &now, now.size);
	return NABD_OK;
}
