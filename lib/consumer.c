/* SPDX-License-Identifier: MIT */
/* The receiving side: joining, leaving, what is wrong, batches. */
#include "consumer.h"

#include "group.h"
#include "latency.h"

#define DEFAULT_GROUP 0u

void nabdi_consumer_none(struct nabdi_consumer *c)
{
	c->state = RECEIVE_NEVER;
	c->role = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
}

void nabdi_consumer_begin(struct nabdi_consumer *c, const struct nabdi_segment *segment)
{
	nabdi_consumer_none(c);
	c->ring = nabdi_ring_of(segment->base, &segment->geometry);
	c->segment = segment;
	c->consumers = nabdi_segment_consumers(segment);
	c->published = &nabdi_segment_consumers(segment)->group[DEFAULT_GROUP].position;
	c->overwrite = segment->geometry.overwrite;
	c->over.producer = nabdi_segment_producer(segment);
	c->latency = segment->geometry.times ? nabdi_latency_of(segment, DEFAULT_GROUP, 0) : NULL;
	c->state = RECEIVE_UNJOINED;
}

void nabdi_consumer_end(struct nabdi_consumer *c, bool forked)
{
	nabdi_role_leave(&c->role, forked);
}

static int join(struct nabdi_consumer *c)
{
	static const struct nabdi_start start = {0};
	int rc = nabdi_role_group(c->segment, DEFAULT_GROUP, &c->role);

	/* Receiving calls know one error of the kernel's; errno tells them apart. */
	if (rc != NABD_OK)
		return rc == NABD_BUSY ? NABD_BUSY : NABD_SYSTEM;
	rc = nabdi_group_join(nabdi_segment_consumers(c->segment),
			      nabdi_segment_producer(c->segment), DEFAULT_GROUP, 0, &start,
			      nabdi_group_lap(&c->segment->geometry), &c->position);
	if (rc != NABD_OK) {
		nabdi_role_leave(&c->role, false);
		return rc;
	}
	c->state = nabdi_consumer_idle(c);
	if (c->latency == NULL)
		return NABD_OK;
	c->state = (enum nabdi_receiving)((unsigned)c->state | RECEIVE_TIMED);
	return NABDI_TIMED;
}

/* Not inlined, so that those who are ready pay nothing for it. */
static __attribute__((noinline)) int not_ready(struct nabdi_consumer *c)
{
	switch (c->state) {
	case RECEIVE_UNJOINED:
		return join(c);
	case RECEIVE_NEVER:
		return NABD_ROLE;
	case RECEIVE_PEEKED:
	case RECEIVE_OVER_PEEKED:
	case RECEIVE_BATCH:
		return NABD_STATE;
	default:
		break;
	}
	return NABDI_TIMED;
}

int nabdi_consumer_ready(struct nabdi_consumer *c)
{
	if (nabd_likely(c->state == RECEIVE_IDLE || c->state == RECEIVE_OVER))
		return NABD_OK;
	return not_ready(c);
}

int nabdi_consumer_vacant(const struct nabdi_consumer *c, uint64_t stamp)
{
	return nabdi_ring_awaits(&c->ring, stamp, c->position) ? NABD_EMPTY : NABD_CORRUPT;
}

int nabdi_consumer_refuse(const struct nabdi_consumer *c)
{
	return c->state == RECEIVE_NEVER ? NABD_ROLE : NABD_STATE;
}

int nabdi_consumer_waiting(struct nabdi_consumer *c)
{
	uint8_t *payload;
	uint32_t len;
	int rc = nabdi_consumer_ready(c);

	if (rc == NABDI_TIMED)
		rc = c->state == (RECEIVE_TIMED | RECEIVE_IDLE) ||
				     c->state == (RECEIVE_TIMED | RECEIVE_OVER)
			     ? NABD_OK
			     : NABD_STATE;
	if (rc == NABD_OK)
		rc = nabdi_consumer_find(c, c->position, &payload, &len);
	if (rc == NABD_LAPPED)
		return nabdi_consumer_over_lapped(c);
	return rc == NABD_OK ? 1 : rc == NABD_EMPTY ? 0 : rc;
}

int nabdi_consumer_peek_batch(struct nabdi_consumer *c, struct nabd_msg *msgs, size_t max,
			      size_t *got)
{
	size_t n;
	int rc = nabdi_consumer_ready(c);

	if (rc != NABD_OK)
		return rc == NABDI_TIMED ? nabdi_consumer_timed_peek_batch(c, msgs, max, got) : rc;
	for (n = 0; n < max && n <= c->ring.mask; n++) {
		uint64_t sequence = c->position + n;
		uint8_t *payload;
		uint32_t len;

		rc = nabdi_consumer_find(c, sequence, &payload, &len);
		if (rc != NABD_OK)
			break;
		msgs[n] = (struct nabd_msg){
			.data = payload, .sequence = sequence, .len = len, .deliveries = 1};
	}
	if (n == 0)
		return rc == NABD_LAPPED ? nabdi_consumer_over_lapped(c) : rc;
	c->state = RECEIVE_BATCH;
	c->peeked = n;
	*got = n;
	return NABD_OK;
}

int nabdi_consumer_release_batch(struct nabdi_consumer *c, size_t n)
{
	if (c->state != RECEIVE_BATCH)
		return nabdi_consumer_timed_release_batch(c, n);
	if (n > c->peeked)
		return NABD_INVALID;
	c->state = nabdi_consumer_idle(c);
	if (c->overwrite)
		return nabdi_consumer_over_release(c, n);
	return n > 0 ? nabdi_consumer_advance(c, n) : NABD_OK;
}

int nabdi_consumer_pop_batch(struct nabdi_consumer *c, void *buf, size_t size, uint32_t *lens,
			     size_t max, size_t *got)
{
	struct nabd_inline_ring ring; /* these two here: no store to buf or lens can change them */
	uint64_t position;
	uint8_t *to = buf;
	size_t n;
	int rc = nabdi_consumer_ready(c);

	if (rc != NABD_OK)
		return rc == NABDI_TIMED
			       ? nabdi_consumer_timed_pop_batch(c, buf, size, lens, max, got)
			       : rc;
	if (c->overwrite)
		return nabdi_consumer_over_pop_batch(c, buf, size, lens, max, got);
	ring = c->ring; /* joining may have been the first step */
	position = c->position;
	if (max > ring.mask)
		max = (size_t)ring.mask + 1;
	for (n = 0; n < max; n++) {
		uint8_t *payload = nabdi_ring_payload(&ring, position + n);
		const uint64_t stamp = nabdi_ring_observe(payload);
		const uint32_t len = (uint32_t)stamp;

		if (!nabdi_ring_is(stamp, position + n)) {
			rc = nabdi_consumer_vacant(c, stamp);
			break;
		}
		if (len > ring.slot_size) {
			rc = NABD_CORRUPT;
			break;
		}
		lens[n] = len;
		if (len > size) {
			rc = NABD_BUFFER;
			break;
		}
		nabdi_copy(to, payload, payload, len);
		to += len;
		size -= len;
	}
	if (n == 0)
		return rc;
	*got = n;
	return nabdi_consumer_advance(c, n);
}

int nabdi_consumer_peek_slow(struct nabdi_consumer *c, const void **data, uint32_t *len)
{
	int rc;

	if (c->state == RECEIVE_PEEKED) {
		*data = nabdi_ring_payload(&c->ring, c->position);
		*len = c->len;
		return NABD_OK;
	}
	if (c->state == RECEIVE_OVER_PEEKED)
		c->state = RECEIVE_OVER; /* it may be gone by now */
	rc = nabdi_consumer_ready(c);
	if (rc != NABD_OK)
		return rc == NABDI_TIMED ? nabdi_consumer_timed_peek(c, data, len) : rc;
	return c->overwrite ? nabdi_consumer_over_peek(c, data, len)
			    : nabdi_consumer_peek(c, data, len);
}

int nabdi_consumer_release_slow(struct nabdi_consumer *c)
{
	if (c->state != RECEIVE_OVER_PEEKED)
		return nabdi_consumer_timed_release(c);
	c->state = RECEIVE_OVER;
	return nabdi_consumer_over_release(c, 1);
}

int nabdi_consumer_pop_slow(struct nabdi_consumer *c, void *buf, size_t *len)
{
	int rc = nabdi_consumer_ready(c);

	if (rc != NABD_OK)
		return rc == NABDI_TIMED ? nabdi_consumer_timed_pop(c, buf, len) : rc;
	return c->overwrite ? nabdi_consumer_over_pop(c, buf, len) : nabdi_consumer_pop(c, buf, len);
}

int nabdi_consumer_pop_long(struct nabdi_consumer *c, void *buf, size_t *len, uint32_t have)
{
	*len = have;
	memcpy(buf, nabdi_ring_payload(&c->ring, c->position), have);
	return nabdi_consumer_advance(c, 1);
}

int nabdi_consumer_wake(struct nabdi_consumer *c)
{
	c->state = RECEIVE_IDLE;
	return nabdi_consumer_advance(c, 1);
}
