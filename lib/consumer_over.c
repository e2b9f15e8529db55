/* SPDX-License-Identifier: MIT */
/*
 * The receiving side of the default group in a queue whose producer does not wait. What
 * is read may be overwritten meanwhile: a copy is checked before it is given out, what
 * was read in place when it is released.
 */
#include "consumer.h"
#include "note.h"

int nabdi_consumer_over_look(const struct nabdi_consumer *c, uint64_t sequence, uint8_t **payload,
			     uint32_t *len)
{
	uint64_t stamp;

	*payload = nabdi_ring_payload(&c->ring, sequence);
	stamp = nabdi_ring_observe(*payload);
	*len = (uint32_t)stamp;
	if (nabd_likely(nabdi_ring_is(stamp, sequence) && !nabdi_over_unfinished(stamp)))
		return *len <= c->ring.slot_size ? NABD_OK : NABD_CORRUPT;
	return nabdi_over_missing(c->over.producer, &c->ring, stamp, sequence);
}

static int lose(struct nabdi_consumer *c, uint64_t messages, uint64_t whole)
{
	c->gap = messages;
	c->lost += messages;
	nabdi_note_shared(&nabdi_segment_consumers(c->segment)->group[0].lost, messages);
	(void)nabdi_consumer_advance(c, messages + whole);
	return NABD_LAPPED;
}

int nabdi_consumer_over_lapped(struct nabdi_consumer *c)
{
	return lose(c, nabdi_over_oldest(c->over.producer, c->position) - c->position, 0);
}

int nabdi_consumer_over_peek(struct nabdi_consumer *c, const void **data, uint32_t *len)
{
	uint8_t *payload;
	uint32_t have;
	int rc = nabdi_consumer_over_look(c, c->position, &payload, &have);

	if (rc != NABD_OK)
		return rc == NABD_LAPPED ? nabdi_consumer_over_lapped(c) : rc;
	c->state = RECEIVE_OVER_PEEKED;
	c->len = have;
	*data = payload;
	*len = have;
	return NABD_OK;
}

int nabdi_consumer_over_release(struct nabdi_consumer *c, size_t n)
{
	const uint64_t gone = nabdi_over_gone(&c->over, &c->ring, c->position, n);

	if (gone != 0)
		return lose(c, gone, n - gone);
	return n > 0 ? nabdi_consumer_advance(c, n) : NABD_OK;
}

int nabdi_consumer_over_pop(struct nabdi_consumer *c, void *buf, size_t *len)
{
	uint8_t *payload;
	uint32_t have;
	int rc = nabdi_consumer_over_look(c, c->position, &payload, &have);

	if (rc == NABD_OK && have > *len) {
		*len = have;
		return NABD_BUFFER;
	}
	if (rc == NABD_OK) {
		nabdi_copy_out_of_slot(buf, payload, have);
		rc = nabdi_over_whole(&c->over, payload, c->position) ? NABD_OK : NABD_LAPPED;
	}
	if (rc != NABD_OK)
		return rc == NABD_LAPPED ? nabdi_consumer_over_lapped(c) : rc;
	*len = have;
	return nabdi_consumer_advance(c, 1);
}

int nabdi_consumer_copy_batch(struct nabdi_consumer *c, void *buf, size_t size, uint32_t *lens,
			      size_t max, size_t *got)
{
	uint8_t *to = buf;
	size_t n;
	int rc = NABD_OK;

	for (n = 0; n < max && n <= c->ring.mask; n++) {
		uint8_t *payload;
		uint32_t len;

		rc = nabdi_consumer_find(c, c->position + n, &payload, &len);
		if (rc != NABD_OK)
			break;
		lens[n] = len;
		if (len > size)
			rc = NABD_BUFFER;
		else if (!nabdi_consumer_copy_out(c, to, c->position + n, payload, len))
			rc = NABD_LAPPED;
		if (rc != NABD_OK)
			break;
		to += len;
		size -= len;
	}
	*got = n;
	return n > 0 ? NABD_OK : rc;
}

int nabdi_consumer_over_pop_batch(struct nabdi_consumer *c, void *buf, size_t size,
				  uint32_t *lens, size_t max, size_t *got)
{
	int rc = nabdi_consumer_copy_batch(c, buf, size, lens, max, got);

	if (rc != NABD_OK)
		return rc == NABD_LAPPED ? nabdi_consumer_over_lapped(c) : rc;
	return nabdi_consumer_advance(c, *got);
}
