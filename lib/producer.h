/* SPDX-License-Identifier: MIT */
/*
 * The sending side of a handle: reserve a slot, fill it, commit. The hot calls
 * are here, to be inlined into the doors; the rare ones are in producer.c.
 *
 * The producer owns head. It keeps a limit, the first sequence that it may not
 * write yet, and looks at the groups only when head has come to it. A
 * reservation is private: a producer that dies with one leaves nothing behind.
 */
#ifndef NABD_PRODUCER_H
#define NABD_PRODUCER_H

#include <stdbool.h>

#include <nabd/nabd.h>

#include "bell.h"
#include "copy.h"
#include "group.h"
#include "pressure.h"
#include "ring.h"
#include "segment.h"

enum nabdi_sending {
	SEND_IDLE,
	SEND_RESERVED,
	SEND_BATCH,
	SEND_CALLBACK,
	SEND_NEVER,
	SEND_TIMED = 8 /* with one of the first three: messages have times, see producer_timed.c */
};

struct nabdi_producer {
	uint64_t open;         /* enum nabdi_sending, and above it bytes of each reserved slot */
	size_t reserved;       /* slots of a batch */
	uint64_t head;         /* sequence of the next message */
	uint64_t limit;        /* first sequence that may not be written yet */
	struct nabd_inline_ring ring;
	struct nabd_shm_producer *shm;
	/* rare */
	struct nabd_shm_consumers *consumers;
	struct nabdi_segment *segment;
	uint64_t floor; /* below it nobody holds a message; limit lies a lap above it at most */
	struct nabdi_watch watch;
	bool overwrite;     /* never wait: credit is had by taking a slot away from the readers */
	bool was_full;      /* the last look found no free slot */
	uint64_t full_ns;   /* since when */
	uint64_t probed_ns; /* when we last asked who of those that hold us is alive */
	struct nabdi_pressure pressure;
};

/* A side that may not send. */
void nabdi_producer_none(struct nabdi_producer *p);

/*
 * Go on where the last producer ended; the caller has the role. NABD_CORRUPT if
 * the positions contradict each other or the slots.
 */
int nabdi_producer_begin(struct nabdi_producer *p, struct nabdi_segment *segment);

/* Whether it would begin, were there no live producer: NABD_OK or NABD_CORRUPT. */
int nabdi_producer_check(const struct nabdi_segment *segment);

/* Why a call is refused in a state that is not the one it needs. */
int nabdi_producer_refuse(const struct nabdi_producer *p);

/* Credit is used up: look at the groups again. Free slots, or 0; wanted is 1 or more. */
uint64_t nabdi_producer_renew(struct nabdi_producer *p, uint64_t wanted);

/* Whether a group may hold us for some time only: then we must look in between. */
bool nabdi_producer_must_look(const struct nabdi_producer *p);

/* Whether a message could be sent: 1, 0, or why the call is refused. */
int nabdi_producer_waiting(struct nabdi_producer *p);

/* Set watermarks; or bp NULL for none. */
int nabdi_producer_set_pressure(struct nabdi_producer *p, nabd_t *q,
				const struct nabd_backpressure *bp);

/* Whether the queue is pressured: 1, 0, or why the call is refused. */
int nabdi_producer_pressured(struct nabdi_producer *p);

/* The same as the calls below, when credit is used up or the message is long. */
int nabdi_producer_push_slow(struct nabdi_producer *p, const void *data, size_t len);
int nabdi_producer_reserve_slow(struct nabdi_producer *p, size_t len, void **slot);

/* The message is shown, and somebody sleeps: what is left of a push, or of a commit. */
int nabdi_producer_wake(struct nabdi_producer *p, size_t len);

/* The calls below where messages have times; or why they are refused. */
int nabdi_producer_timed_push(struct nabdi_producer *p, const void *data, size_t len);
int nabdi_producer_timed_reserve(struct nabdi_producer *p, size_t len, void **slot);
int nabdi_producer_timed_commit(struct nabdi_producer *p, size_t len);
int nabdi_producer_timed_abort(struct nabdi_producer *p);
int nabdi_producer_timed_reserve_batch(struct nabdi_producer *p, size_t len, void **slots,
				       size_t n, size_t *got);
int nabdi_producer_timed_commit_batch(struct nabdi_producer *p, const uint32_t *lens, size_t n);
int nabdi_producer_timed_push_batch(struct nabdi_producer *p, const void *data,
				    const uint32_t *lens, size_t n, size_t *sent);

/* Free slots, as many as are wanted if it can be had. */
size_t nabdi_producer_free(struct nabdi_producer *p, size_t wanted);

int nabdi_producer_reserve_batch(struct nabdi_producer *p, size_t len, void **slots, size_t n,
				 size_t *got);
int nabdi_producer_commit_batch(struct nabdi_producer *p, const uint32_t *lens, size_t n);
int nabdi_producer_push_batch(struct nabdi_producer *p, const void *data, const uint32_t *lens,
			      size_t n, size_t *sent);

/* State and length are one word: one store to open a reservation, one to close it. */
static inline uint64_t nabdi_producer_open(enum nabdi_sending state, size_t len)
{
	return (uint64_t)len << 32 | state;
}

static inline enum nabdi_sending nabdi_producer_state(const struct nabdi_producer *p)
{
	return (enum nabdi_sending)(uint32_t)p->open;
}

static inline uint32_t nabdi_producer_reserved(const struct nabdi_producer *p)
{
	return (uint32_t)(p->open >> 32);
}

/* Copy into a slot that somebody may be reading, or that nobody can. */
static inline void nabdi_producer_copy_in(const struct nabdi_producer *p, uint8_t *payload,
					  const void *data, size_t len)
{
	if (p->overwrite)
		nabdi_copy_into_slot(payload, data, len);
	else
		nabdi_copy(payload, data, payload, len);
}

/*
 * What was reserved above head and not sent is credit no more: a batch may have gone beyond
 * a watermark; and a slot that was taken away from readers is copied into in another way
 * (above), where credit is had anew.
 */
static inline void nabdi_producer_give_up(struct nabdi_producer *p, uint64_t head)
{
	if (nabd_unlikely(p->pressure.on || p->overwrite))
		p->limit = head;
}

/*
 * Messages were published: tell observers and a successor how far this producer is, and
 * wake who sleeps. The count of bytes is only told, never acted upon, so it needs no
 * private copy.
 */
static inline int nabdi_producer_advance(struct nabdi_producer *p, uint64_t messages,
					 uint64_t bytes)
{
	struct nabd_shm_producer *shm = p->shm;
	const uint64_t head = p->head + messages;

	p->head = head;
	cell_store_release_pair(&shm->head, head, &shm->bytes,
				cell_load_relaxed(&shm->bytes) + bytes); /* edge D */
	return nabdi_bell_messages(p->consumers, p->segment, messages);
}

/* The calls below are made of the steps that programs have: inline.h. */
static inline struct nabd_inline_sender *nabdi_producer_side(struct nabdi_producer *p)
{
	return (struct nabd_inline_sender *)(void *)p;
}

static inline int nabdi_producer_reserve(struct nabdi_producer *p, size_t len, void **slot)
{
	switch (nabd_inline_open(nabdi_producer_side(p), len, slot)) {
	case NABD_INLINE_DONE:
		return NABD_OK;
	case NABD_INLINE_STATE:
		return nabdi_producer_timed_reserve(p, len, slot);
	case NABD_INLINE_TOOBIG:
		return NABD_TOOBIG;
	default:
		return nabdi_producer_reserve_slow(p, len, slot);
	}
}

static inline int nabdi_producer_commit(struct nabdi_producer *p, size_t len)
{
	switch (nabd_inline_end(nabdi_producer_side(p), len)) {
	case NABD_INLINE_DONE:
		return NABD_OK;
	case NABD_INLINE_STATE:
		return nabdi_producer_timed_commit(p, len);
	case NABD_INLINE_TOOBIG:
		return NABD_TOOBIG;
	default:
		return nabdi_producer_wake(p, len);
	}
}

static inline int nabdi_producer_abort(struct nabdi_producer *p)
{
	const enum nabdi_sending state = nabdi_producer_state(p);

	if (nabd_unlikely(state != SEND_RESERVED && state != SEND_BATCH))
		return nabdi_producer_timed_abort(p);
	p->open = nabdi_producer_open(SEND_IDLE, 0);
	nabdi_producer_give_up(p, p->head);
	return NABD_OK;
}

/* What is rare, or long, is called in the last step only: so the rest needs no stack. */
static inline int nabdi_producer_push(struct nabdi_producer *p, const void *data, size_t len)
{
	switch (nabd_inline_send(nabdi_producer_side(p), data, len)) {
	case NABD_INLINE_DONE:
		return NABD_OK;
	case NABD_INLINE_WAKE:
		return nabdi_producer_wake(p, len);
	case NABD_INLINE_STATE:
		return nabdi_producer_timed_push(p, data, len);
	case NABD_INLINE_TOOBIG:
		return NABD_TOOBIG;
	default:
		return nabdi_producer_push_slow(p, data, len);
	}
}

#endif
