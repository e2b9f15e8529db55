/* SPDX-License-Identifier: MIT */
/* The receiving calls, of a consumer or, without one, of a handle. */
#ifndef NABDPY_BOTH_H
#define NABDPY_BOTH_H

#include "nabdpy.h"

static inline int both_peek(Handle *h, const void **data, size_t *len)
{
	return h->c ? nabd_consumer_peek(h->c, data, len) : nabd_peek(h->q, data, len);
}

static inline int both_peek_msg(Handle *h, struct nabd_msg *msg)
{
	return h->c ? nabd_consumer_peek_msg(h->c, msg) : nabd_peek_msg(h->q, msg);
}

static inline int both_release(Handle *h)
{
	return h->c ? nabd_consumer_release(h->c) : nabd_release(h->q);
}

static inline int both_pop(Handle *h, void *buf, size_t *len)
{
	return h->c ? nabd_consumer_pop(h->c, buf, len) : nabd_pop(h->q, buf, len);
}

static inline int both_peek_batch(Handle *h, struct nabd_msg *msgs, size_t max, size_t *got)
{
	return h->c ? nabd_consumer_peek_batch(h->c, msgs, max, got) :
		      nabd_peek_batch(h->q, msgs, max, got);
}

static inline int both_release_batch(Handle *h, size_t n)
{
	return h->c ? nabd_consumer_release_batch(h->c, n) : nabd_release_batch(h->q, n);
}

static inline int both_pop_batch(Handle *h, void *buf, size_t size, uint32_t *lens, size_t max,
				size_t *got)
{
	return h->c ? nabd_consumer_pop_batch(h->c, buf, size, lens, max, got) :
		      nabd_pop_batch(h->q, buf, size, lens, max, got);
}

static inline int both_fd(Handle *h)
{
	return h->c ? nabd_consumer_fd(h->c) : nabd_fd(h->q);
}

static inline int both_arm(Handle *h)
{
	return h->c ? nabd_consumer_arm(h->c) : nabd_arm(h->q);
}

static inline int both_wake(Handle *h)
{
	return h->c ? nabd_consumer_wake(h->c) : nabd_wake(h->q);
}

static inline int both_set_wait(Handle *h, const struct nabd_wait_opts *opts)
{
	return h->c ? nabd_consumer_set_wait(h->c, opts) : nabd_set_wait(h->q, opts);
}

static inline int both_peek_wait(Handle *h, const void **data, size_t *len, int64_t ns)
{
	return h->c ? nabd_consumer_peek_wait(h->c, data, len, ns) :
		      nabd_peek_wait(h->q, data, len, ns);
}

static inline int both_peek_msg_wait(Handle *h, struct nabd_msg *msg, int64_t ns)
{
	return h->c ? nabd_consumer_peek_msg_wait(h->c, msg, ns) :
		      nabd_peek_msg_wait(h->q, msg, ns);
}

static inline int both_pop_wait(Handle *h, void *buf, size_t *len, int64_t ns)
{
	return h->c ? nabd_consumer_pop_wait(h->c, buf, len, ns) :
		      nabd_pop_wait(h->q, buf, len, ns);
}

static inline int both_peek_batch_wait(Handle *h, struct nabd_msg *msgs, size_t max,
				size_t *got, int64_t ns)
{
	return h->c ? nabd_consumer_peek_batch_wait(h->c, msgs, max, got, ns) :
		      nabd_peek_batch_wait(h->q, msgs, max, got, ns);
}

static inline int both_pop_batch_wait(Handle *h, void *buf, size_t size, uint32_t *lens,
				size_t max, size_t *got, int64_t ns)
{
	return h->c ? nabd_consumer_pop_batch_wait(h->c, buf, size, lens, max, got, ns) :
		      nabd_pop_batch_wait(h->q, buf, size, lens, max, got, ns);
}

#endif
