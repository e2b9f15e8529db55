/* SPDX-License-Identifier: MIT */
/*
 * Waiting is trying again: a door makes its try, and asks here whether to make another.
 *
 *	nabdi_wait_begin(&wait, waiter, NABD_EMPTY, timeout_ns);
 *	do
 *		rc = …
 *	while (nabdi_wait_again(&wait, &rc));
 *
 * In between it spins, yields, marks the bell, and sleeps on it: in this order, so that
 * there is a try behind the mark. Whatever ends a wait, there is a last try behind it: no
 * message is left lying by one who was told of it.
 */
#ifndef NABD_WAIT_H
#define NABD_WAIT_H

#include <nabd/nabd.h>

#include "bell.h"
#include "member.h"
#include "producer.h"

/* One who may wait: a side of a handle, or a consumer. */
struct nabdi_waiter {
	struct nabd_wait_opts opts;
	struct nabdi_bell bell;
	const struct nabdi_segment *segment; /* NULL: it may not */
	const struct nabdi_producer *sender; /* NULL: it waits for messages */
	struct nabdi_member *member;         /* NULL: it is no member of a group */
	nabd_cell32 woken;                   /* 1: somebody has called nabd_wake() */
	uint64_t fenced_ns;                  /* since when it knows that others fence, or 0 */
	bool one_cpu;
	uint64_t asked_ns;                   /* when that was found out */
	struct nabdi_os_watch watch;         /* of its descriptor, once that was asked for */
};

enum nabdi_waiting { WAIT_TRIED, WAIT_SPIN, WAIT_YIELD, WAIT_MARK, WAIT_SLEEP };

/* One wait. */
struct nabdi_wait {
	struct nabdi_waiter *waiter;
	int vacant; /* what a try answers that is to be made again */
	int last;   /* not NABD_OK: what the wait answers if the last try is vacant */
	int64_t timeout_ns;
	enum nabdi_waiting phase;
	uint32_t bell;        /* what the bell was when it was marked */
	uint64_t began_ns;
	uint64_t yield_ns;    /* when it began to yield */
	uint64_t deadline_ns; /* UINT64_MAX: none */
	uint64_t sleep_ns;    /* how long the next sleep may be */
	uint64_t slept;       /* sleeps so far */
};

/* One who may not wait; one of the group, or, with a sender, that sender. */
void nabdi_waiter_none(struct nabdi_waiter *waiter);
void nabdi_waiter_begin(struct nabdi_waiter *waiter, const struct nabdi_segment *segment,
			unsigned group, const struct nabdi_producer *sender);
void nabdi_waiter_end(struct nabdi_waiter *waiter);

/* End its wait, or the next one. Safe in a signal handler. */
void nabdi_waiter_wake(struct nabdi_waiter *waiter);

/* Whether that was done since the last time of asking. */
bool nabdi_waiter_woken(struct nabdi_waiter *waiter);

/* How long a sleep is at most, in nanoseconds. */
uint64_t nabdi_waiter_slice(const struct nabdi_waiter *waiter);

/*
 * Mark the waiter's bell; sleepers with mark bell.sleeps, descriptors with bell.armed.
 * How long it may sleep then, in nanoseconds; *value receives what the bell is. A sender
 * that is patient is woken first when a good deal of slots are free, if that is soon.
 */
uint64_t nabdi_waiter_mark(struct nabdi_waiter *waiter, uint64_t mark, bool patient,
			   uint32_t *value);

static inline void nabdi_wait_begin(struct nabdi_wait *wait, struct nabdi_waiter *waiter,
				    int vacant, int64_t timeout_ns)
{
	wait->waiter = waiter;
	wait->vacant = vacant;
	wait->last = NABD_OK;
	wait->timeout_ns = timeout_ns;
	wait->phase = WAIT_TRIED;
}

/* The rest of nabdi_wait_again(), when the try was vacant. */
bool nabdi_wait_on(struct nabdi_wait *wait, int *rc);

/* Whether to try again; otherwise *rc is the answer of the wait. */
static inline bool nabdi_wait_again(struct nabdi_wait *wait, int *rc)
{
	return nabd_unlikely(*rc == wait->vacant) && nabdi_wait_on(wait, rc);
}

/* When a wait of so long that begins now is over; UINT64_MAX: never. */
uint64_t nabdi_wait_deadline(uint64_t now_ns, int64_t timeout_ns);

#endif
