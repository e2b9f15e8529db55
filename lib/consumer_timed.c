/* SPDX-License-Identifier: MIT */
/*
 * The receiving side of the default group where messages have times, whether the producer
 * waits or not. Its states are none that the hot calls of consumer.h serve, so that those
 * need not ask; here the call is made as if there were no times, with a clock at its end,
 * and what is released is counted before.
 */
#include "consumer.h"
#include "latency.h"

static unsigned plain_state(const struct nabdi_consumer *c)
{
	return c->state & ~(unsigned)RECEIVE_TIMED;
}

static bool is_idle(const struct nabdi_consumer *c)
{
	return plain_state(c) == RECEIVE_IDLE || plain_state(c) == RECEIVE_OVER;
}

/* As if there were no times, until end(). */
static void begin(struct nabdi_consumer *c)
{
	c->state = (enum nabdi_receiving)plain_state(c);
}

static int end(struct nabdi_consumer *c, int rc)
{
	c->state = (enum nabdi_receiving)((unsigned)c->state | RECEIVE_TIMED);
	return rc;
}

/*
 * The next n messages are about to be released. A time is read before the stamp is looked
 * at again (edge G): one that may be the next message's is not counted.
 */
static void count(struct nabdi_consumer *c, size_t n)
{
	for (uint64_t sequence = c->position; sequence != c->position + n; sequence++) {
		uint8_t *payload = nabdi_ring_payload(&c->ring, sequence);
		const uint64_t sent_ns = cell_load_relaxed(nabdi_ring_time(payload));

		if (!c->overwrite || nabdi_over_whole(&c->over, payload, sequence))
			nabdi_latency_add(c->latency, sent_ns, c->taken_ns);
	}
}

int nabdi_consumer_timed_peek(struct nabdi_consumer *c, const void **data, uint32_t *len)
{
	const bool again = !is_idle(c);
	int rc;

	if (plain_state(c) == RECEIVE_BATCH)
		return NABD_STATE;
	begin(c);
	rc = nabdi_consumer_peek(c, data, len);
	if (rc == NABD_OK && !again)
		c->taken_ns = nabdi_os_steady_ns();
	return end(c, rc);
}

int nabdi_consumer_timed_release(struct nabdi_consumer *c)
{
	if (c->state != (RECEIVE_TIMED | RECEIVE_PEEKED) &&
	    c->state != (RECEIVE_TIMED | RECEIVE_OVER_PEEKED))
		return nabdi_consumer_refuse(c);
	count(c, 1);
	begin(c);
	return end(c, nabdi_consumer_release(c));
}

int nabdi_consumer_timed_pop(struct nabdi_consumer *c, void *buf, size_t *len)
{
	uint8_t *payload;
	uint32_t have;
	int rc;

	if (!is_idle(c))
		return NABD_STATE;
	rc = nabdi_consumer_find(c, c->position, &payload, &have);
	if (rc == NABD_OK && have > *len) {
		*len = have;
		return NABD_BUFFER;
	}
	if (rc == NABD_OK && !nabdi_consumer_copy_out(c, buf, c->position, payload, have))
		rc = NABD_LAPPED;
	if (rc != NABD_OK)
		return rc == NABD_LAPPED ? nabdi_consumer_over_lapped(c) : rc;
	*len = have;
	c->taken_ns = nabdi_os_steady_ns();
	count(c, 1);
	return nabdi_consumer_advance(c, 1);
}

int nabdi_consumer_timed_peek_batch(struct nabdi_consumer *c, struct nabd_msg *msgs,
				    size_t max, size_t *got)
{
	int rc;

	if (!is_idle(c))
		return NABD_STATE;
	begin(c);
	rc = nabdi_consumer_peek_batch(c, msgs, max, got);
	if (rc == NABD_OK)
		c->taken_ns = nabdi_os_steady_ns(); /* they are given out together, now */
	return end(c, rc);
}

/* What is no batch: a single message may be let go unread, whether there are times or not. */
int nabdi_consumer_timed_release_batch(struct nabdi_consumer *c, size_t n)
{
	const unsigned plain = plain_state(c), times = c->state & RECEIVE_TIMED;

	if (n == 0 && (plain == RECEIVE_PEEKED || plain == RECEIVE_OVER_PEEKED)) {
		c->state = (enum nabdi_receiving)(times | nabdi_consumer_idle(c));
		return NABD_OK;
	}
	if (c->state != (RECEIVE_TIMED | RECEIVE_BATCH))
		return nabdi_consumer_refuse(c);
	if (n > c->peeked)
		return NABD_INVALID;
	count(c, n);
	begin(c);
	return end(c, nabdi_consumer_release_batch(c, n));
}

int nabdi_consumer_timed_pop_batch(struct nabdi_consumer *c, void *buf, size_t size,
				   uint32_t *lens, size_t max, size_t *got)
{
	int rc;

	if (!is_idle(c))
		return NABD_STATE;
	rc = nabdi_consumer_copy_batch(c, buf, size, lens, max, got);
	if (rc != NABD_OK)
		return rc == NABD_LAPPED ? nabdi_consumer_over_lapped(c) : rc;
	c->taken_ns = nabdi_os_steady_ns();
	count(c, *got);
	return nabdi_consumer_advance(c, *got);
}
