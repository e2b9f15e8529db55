/* SPDX-License-Identifier: MIT */
/*
 * The sending side where messages have times. The hot calls of producer.h take its state for
 * one that they can't serve, and come here: so they need not ask whether there are times.
 *
 * A time is that of the moment before the message is published. In a batch several messages
 * get the same one, which then is too early by the time that publishing and copying the ones
 * before takes: 16 messages and 4 KiB at most. So no age is ever told too low.
 */
#include "latency.h"
#include "producer.h"

/* As if there were no times, until end(). */
static void begin(struct nabdi_producer *p)
{
	p->open &= ~(uint64_t)SEND_TIMED;
}

static int end(struct nabdi_producer *p, int rc)
{
	p->open |= SEND_TIMED;
	return rc;
}

static bool is_idle(const struct nabdi_producer *p)
{
	return nabdi_producer_state(p) == (SEND_TIMED | SEND_IDLE);
}

static void set_time(uint8_t *payload, uint64_t ns)
{
	cell_store_relaxed(nabdi_ring_time(payload), ns);
}

/* The clock of a batch: read anew for message i if it may be too old for it. */
struct batch_clock {
	uint64_t ns;
	uint64_t bytes; /* copied when it was read */
};

static uint64_t send_ns(struct batch_clock *clock, size_t i, uint64_t bytes)
{
	if (i % NABDI_LATENCY_MESSAGES == 0 || bytes - clock->bytes >= NABDI_LATENCY_BYTES) {
		clock->ns = nabdi_os_steady_ns();
		clock->bytes = bytes;
	}
	return clock->ns;
}

int nabdi_producer_timed_reserve(struct nabdi_producer *p, size_t len, void **slot)
{
	if (!is_idle(p))
		return nabdi_producer_refuse(p);
	begin(p);
	return end(p, nabdi_producer_reserve(p, len, slot));
}

int nabdi_producer_timed_commit(struct nabdi_producer *p, size_t len)
{
	if (nabdi_producer_state(p) != (SEND_TIMED | SEND_RESERVED))
		return nabdi_producer_refuse(p);
	if (len > nabdi_producer_reserved(p))
		return NABD_TOOBIG;
	set_time(nabdi_ring_payload(&p->ring, p->head), nabdi_os_steady_ns());
	begin(p);
	return end(p, nabdi_producer_commit(p, len));
}

int nabdi_producer_timed_abort(struct nabdi_producer *p)
{
	const enum nabdi_sending state = nabdi_producer_state(p);

	if (state != (SEND_TIMED | SEND_RESERVED) && state != (SEND_TIMED | SEND_BATCH))
		return nabdi_producer_refuse(p);
	begin(p);
	return end(p, nabdi_producer_abort(p));
}

int nabdi_producer_timed_push(struct nabdi_producer *p, const void *data, size_t len)
{
	uint8_t *payload;

	if (!is_idle(p))
		return nabdi_producer_refuse(p);
	if (len > p->ring.slot_size)
		return NABD_TOOBIG;
	if (p->head == p->limit && nabdi_producer_renew(p, 1) == 0)
		return NABD_FULL;
	payload = nabdi_ring_payload(&p->ring, p->head);
	nabdi_producer_copy_in(p, payload, data, len);
	set_time(payload, nabdi_os_steady_ns());
	nabdi_ring_publish(payload, p->head, (uint32_t)len);
	return nabdi_producer_advance(p, 1, len);
}

int nabdi_producer_timed_reserve_batch(struct nabdi_producer *p, size_t len, void **slots,
				       size_t n, size_t *got)
{
	if (!is_idle(p))
		return nabdi_producer_refuse(p);
	begin(p);
	return end(p, nabdi_producer_reserve_batch(p, len, slots, n, got));
}

int nabdi_producer_timed_commit_batch(struct nabdi_producer *p, const uint32_t *lens, size_t n)
{
	struct batch_clock clock = {0};
	uint64_t bytes = 0;

	if (nabdi_producer_state(p) != (SEND_TIMED | SEND_BATCH))
		return nabdi_producer_refuse(p);
	if (n > p->reserved)
		return NABD_TOOBIG;
	for (size_t i = 0; i < n; i++)
		if (lens[i] > nabdi_producer_reserved(p))
			return NABD_TOOBIG;
	for (size_t i = 0; i < n; i++) {
		uint8_t *payload = nabdi_ring_payload(&p->ring, p->head + i);

		set_time(payload, send_ns(&clock, i, 0)); /* nothing is copied */
		nabdi_ring_publish(payload, p->head + i, lens[i]);
		bytes += lens[i];
	}
	p->open = nabdi_producer_open(SEND_TIMED, 0);
	nabdi_producer_give_up(p, p->head + n);
	return n > 0 ? nabdi_producer_advance(p, n, bytes) : NABD_OK;
}

int nabdi_producer_timed_push_batch(struct nabdi_producer *p, const void *data,
				    const uint32_t *lens, size_t n, size_t *sent)
{
	struct batch_clock clock = {0};
	const uint8_t *from = data;
	uint64_t bytes = 0;

	if (!is_idle(p))
		return nabdi_producer_refuse(p);
	for (size_t i = 0; i < n; i++)
		if (lens[i] > p->ring.slot_size)
			return NABD_TOOBIG;
	n = nabdi_producer_free(p, n);
	if (n == 0)
		return NABD_FULL;
	for (size_t i = 0; i < n; i++) {
		uint8_t *payload = nabdi_ring_payload(&p->ring, p->head + i);

		nabdi_producer_copy_in(p, payload, from, lens[i]);
		from += lens[i];
		bytes += lens[i];
		set_time(payload, send_ns(&clock, i, bytes));
		nabdi_ring_publish(payload, p->head + i, lens[i]);
	}
	*sent = n;
	return nabdi_producer_advance(p, n, bytes);
}
