/* SPDX-License-Identifier: MIT */
/*
 * The receiving end of a queue: the reader of the default group, or a member of another.
 * Which of the two is known when a loop is compiled, so that a row pays for its own kind
 * alone.
 */
#ifndef BENCH_END_H
#define BENCH_END_H

#include "bench.h"

#include <nabd/nabd.h>
#include <stdbool.h>

#define INLINE static inline __attribute__((always_inline))

struct end {
	bool member;
	nabd_t *q;
	nabd_consumer_t *c;
};

INLINE struct end end_of(const struct seat *seat, bool member)
{
	return (struct end){ member, seat->queue[0], seat->consumer[0] };
}

INLINE int end_pop(struct end e, void *buf, size_t *len)
{
	return e.member ? nabd_consumer_pop(e.c, buf, len) : nabd_pop(e.q, buf, len);
}

INLINE int end_peek(struct end e, const void **data, size_t *len)
{
	return e.member ? nabd_consumer_peek(e.c, data, len) : nabd_peek(e.q, data, len);
}

INLINE int end_release(struct end e)
{
	return e.member ? nabd_consumer_release(e.c) : nabd_release(e.q);
}

INLINE int end_pop_batch(struct end e, void *buf, uint32_t *lens, size_t *got)
{
	const size_t size = (size_t)BATCH * BATCH_SIZE;

	return e.member ? nabd_consumer_pop_batch(e.c, buf, size, lens, BATCH, got)
			: nabd_pop_batch(e.q, buf, size, lens, BATCH, got);
}

INLINE int end_peek_batch(struct end e, struct nabd_msg *msgs, size_t *got)
{
	return e.member ? nabd_consumer_peek_batch(e.c, msgs, BATCH, got)
			: nabd_peek_batch(e.q, msgs, BATCH, got);
}

INLINE int end_release_batch(struct end e, size_t n)
{
	return e.member ? nabd_consumer_release_batch(e.c, n) : nabd_release_batch(e.q, n);
}

#endif
