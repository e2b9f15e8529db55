/* SPDX-License-Identifier: MIT */
/*
 * What cgo is to call: the library's calls with their results by value, so that no Go
 * variable's address is passed, which would put it on the heap; one for a handle and a
 * member, and one for those that wait and those that do not.
 */
#ifndef NABDGO_HELPERS_H
#define NABDGO_HELPERS_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <nabd/nabd.h>

#if NABD_VERSION_NUMBER < 900
#error "libnabd 0.9.0 or later is needed"
#endif

#define NABDGO_NOW (-1) /* as a timeout: do not wait, and answer as those do that do not */

typedef struct {
	int32_t rc;  /* what the call answered */
	int32_t err; /* errno after NABD_SYSTEM */
	uint64_t n;  /* a length, or how many */
} nabdgo_result;

static inline nabdgo_result nabdgo_answer(int rc, uint64_t n)
{
	const nabdgo_result result = {rc, rc == NABD_SYSTEM ? errno : 0, n};

	return result;
}

/*
 * In the calls that are made for each message pointers are numbers: a pointer to a type whose
 * content Go does not know is put on the heap each time by cgo's check of pointers, and of
 * any pointer it looks up what lies there.
 */

/* ------------------------------------------------------------------ send -- */

static inline nabdgo_result nabdgo_push(uintptr_t handle, uintptr_t message, size_t len, int64_t ns)
{
	nabd_t *const q = (nabd_t *)handle;
	const void *const data = (const void *)message;

	return nabdgo_answer(ns < 0 ? nabd_push(q, data, len) : nabd_push_wait(q, data, len, ns), 0);
}

static inline nabdgo_result nabdgo_push_batch(uintptr_t handle, uintptr_t messages,
					      uintptr_t lengths, size_t n, int64_t ns)
{
	nabd_t *const q = (nabd_t *)handle;
	const void *const data = (const void *)messages;
	const uint32_t *const lens = (const uint32_t *)lengths;
	size_t sent = 0;
	const int rc = ns < 0 ? nabd_push_batch(q, data, lens, n, &sent)
			      : nabd_push_batch_wait(q, data, lens, n, &sent, ns);

	return nabdgo_answer(rc, sent);
}

/* out is memory of C. */
static inline nabdgo_result nabdgo_reserve(uintptr_t handle, size_t len, uintptr_t out, int64_t ns)
{
	nabd_t *const q = (nabd_t *)handle;
	void **const slots = (void **)out;

	return nabdgo_answer(
		ns < 0 ? nabd_reserve(q, len, slots) : nabd_reserve_wait(q, len, slots, ns), 0);
}

static inline nabdgo_result nabdgo_reserve_batch(uintptr_t handle, size_t len, uintptr_t out,
						 size_t n, int64_t ns)
{
	nabd_t *const q = (nabd_t *)handle;
	void **const slots = (void **)out;
	size_t got = 0;
	const int rc = ns < 0 ? nabd_reserve_batch(q, len, slots, n, &got)
			      : nabd_reserve_batch_wait(q, len, slots, n, &got, ns);

	return nabdgo_answer(rc, got);
}

static inline int nabdgo_commit(uintptr_t handle, size_t len)
{
	return nabd_commit((nabd_t *)handle, len);
}

static inline int nabdgo_commit_batch(uintptr_t handle, uintptr_t lengths, size_t n)
{
	return nabd_commit_batch((nabd_t *)handle, (const uint32_t *)lengths, n);
}

/* --------------------------------------------------------------- receive -- */

static inline nabdgo_result nabdgo_pop(uintptr_t handle, uintptr_t member, uintptr_t to,
				       size_t size, int64_t ns)
{
	nabd_t *const q = (nabd_t *)handle;
	nabd_consumer_t *const c = (nabd_consumer_t *)member;
	void *const buf = (void *)to;
	size_t len = size;
	int rc;

	if (c != NULL)
		rc = ns < 0 ? nabd_consumer_pop(c, buf, &len)
			    : nabd_consumer_pop_wait(c, buf, &len, ns);
	else
		rc = ns < 0 ? nabd_pop(q, buf, &len) : nabd_pop_wait(q, buf, &len, ns);
	return nabdgo_answer(rc, len);
}

static inline nabdgo_result nabdgo_pop_batch(uintptr_t handle, uintptr_t member, uintptr_t to,
					     size_t size, uintptr_t lengths, size_t max,
					     int64_t ns)
{
	nabd_t *const q = (nabd_t *)handle;
	nabd_consumer_t *const c = (nabd_consumer_t *)member;
	void *const buf = (void *)to;
	uint32_t *const lens = (uint32_t *)lengths;
	size_t got = 0;
	int rc;

	if (c != NULL)
		rc = ns < 0 ? nabd_consumer_pop_batch(c, buf, size, lens, max, &got)
			    : nabd_consumer_pop_batch_wait(c, buf, size, lens, max, &got, ns);
	else
		rc = ns < 0 ? nabd_pop_batch(q, buf, size, lens, max, &got)
			    : nabd_pop_batch_wait(q, buf, size, lens, max, &got, ns);
	return nabdgo_answer(rc, got);
}

/* out is memory of C. */
static inline nabdgo_result nabdgo_peek(uintptr_t handle, uintptr_t member, uintptr_t out,
					size_t max, int64_t ns)
{
	nabd_t *const q = (nabd_t *)handle;
	nabd_consumer_t *const c = (nabd_consumer_t *)member;
	struct nabd_msg *const msgs = (struct nabd_msg *)out;
	size_t got = 0;
	int rc;

	if (c != NULL)
		rc = ns < 0 ? nabd_consumer_peek_batch(c, msgs, max, &got)
			    : nabd_consumer_peek_batch_wait(c, msgs, max, &got, ns);
	else
		rc = ns < 0 ? nabd_peek_batch(q, msgs, max, &got)
			    : nabd_peek_batch_wait(q, msgs, max, &got, ns);
	return nabdgo_answer(rc, got);
}

static inline nabdgo_result nabdgo_release(uintptr_t handle, uintptr_t member, size_t n)
{
	nabd_t *const q = (nabd_t *)handle;
	nabd_consumer_t *const c = (nabd_consumer_t *)member;

	return nabdgo_answer(
		c != NULL ? nabd_consumer_release_batch(c, n) : nabd_release_batch(q, n), 0);
}

static inline nabdgo_result nabdgo_nack(nabd_consumer_t *c)
{
	return nabdgo_answer(nabd_consumer_nack(c), 0);
}

/* ------------------------------------------------------------------ wait -- */

static inline nabdgo_result nabdgo_arm(nabd_t *q, nabd_consumer_t *c)
{
	return nabdgo_answer(c != NULL ? nabd_consumer_arm(c) : nabd_arm(q), 0);
}

static inline nabdgo_result nabdgo_fd(nabd_t *q, nabd_consumer_t *c)
{
	return nabdgo_answer(c != NULL ? nabd_consumer_fd(c) : nabd_fd(q), 0);
}

static inline nabdgo_result nabdgo_set_wait(nabd_t *q, nabd_consumer_t *c, uint32_t flags,
					    uint64_t spin, uint64_t yield, uint64_t slice)
{
	struct nabd_wait_opts opts = NABD_WAIT_BALANCED;

	opts.flags = flags;
	opts.spin_ns = spin;
	opts.yield_ns = yield;
	opts.slice_ns = slice;
	return nabdgo_answer(
		c != NULL ? nabd_consumer_set_wait(c, &opts) : nabd_set_wait(q, &opts), 0);
}

/* ---------------------------------------------------------- backpressure -- */

#define NABDGO_EVENTS 16

/*
 * What the callbacks leave for Go, which calls the program's functions when the sending
 * call is over: so nothing of Go runs below the library. What comes when it is full is
 * of no interest any more: one call has no more than a few.
 */
struct nabdgo_events {
	uint32_t n;
	uint8_t what[NABDGO_EVENTS]; /* 'h', 'l' or 'f' */
};

static inline void nabdgo_note(struct nabdgo_events *events, uint8_t what)
{
	if (events->n < NABDGO_EVENTS)
		events->what[events->n++] = what;
}

static inline void nabdgo_on_high(nabd_t *q, void *arg)
{
	(void)q;
	nabdgo_note(arg, 'h');
}

static inline void nabdgo_on_low(nabd_t *q, void *arg)
{
	(void)q;
	nabdgo_note(arg, 'l');
}

static inline void nabdgo_on_full(nabd_t *q, void *arg)
{
	(void)q;
	nabdgo_note(arg, 'f');
}

static inline int nabdgo_set_backpressure(nabd_t *q, struct nabdgo_events *events, uint32_t high,
					  uint32_t low)
{
	struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT;

	bp.high = high;
	bp.low = low;
	bp.on_high = nabdgo_on_high;
	bp.on_low = nabdgo_on_low;
	bp.on_full = nabdgo_on_full;
	bp.arg = events;
	return nabd_set_backpressure(q, &bp);
}

/* ---------------------------------------------------------------- groups -- */

/* In deadletter.c: calls Go. */
int nabdgo_dead_letter(const struct nabd_msg *msg, void *arg);

static inline nabdgo_result nabdgo_join(nabd_t *q, unsigned group, struct nabd_join_opts opts,
					uintptr_t dead_letter, nabd_consumer_t **out)
{
	if (dead_letter != 0) {
		opts.dead_letter = nabdgo_dead_letter;
		opts.dead_letter_arg = (void *)dead_letter;
	}
	return nabdgo_answer(nabd_consumer_join_opts(q, group, &opts, out), 0);
}

#endif
