/* SPDX-License-Identifier: MIT */
/*
 * The messages that a producer sends, lying one behind the other in a piece of
 * memory that stays in its cache. Each begins with its sequence, written some
 * messages before it is sent: a wide load right after a narrow store to the
 * same bytes would wait for the store buffer, and we measure queues.
 */
#ifndef BENCH_POOL_H
#define BENCH_POOL_H

#include "peer.h"

#include <string.h>

struct pool {
	unsigned char *base;
	uint32_t size; /* of a message */
	uint64_t mask; /* messages in the pool, a power of two, less one */
	uint64_t ahead;
};

/* The place of the message of this sequence. */
static inline unsigned char *pool_at(const struct pool *pool, uint64_t sequence)
{
	return pool->base + (size_t)(sequence & pool->mask) * pool->size;
}

/* This message is sent: number the one that comes ahead messages later. */
static inline void pool_sent(const struct pool *pool, uint64_t sequence)
{
	uint64_t later = sequence + pool->ahead;

	memcpy(pool_at(pool, later), &later, sizeof(later));
}

/* In memory with room for two batches, and for POOL_SIZE bytes. */
static inline struct pool pool_of(unsigned char *base, uint32_t size, uint32_t batch)
{
	struct pool pool;
	uint64_t n = 2 * batch, i;

	while (2 * n * size <= POOL_SIZE)
		n *= 2;
	pool.base = base;
	pool.size = size;
	pool.mask = n - 1;
	pool.ahead = n / 2 < 2 * BATCH ? n / 2 : 2 * BATCH;
	for (i = 0; i < pool.ahead; i++)
		memcpy(pool_at(&pool, i), &i, sizeof(i));
	return pool;
}

/* How many lie one behind the other from this one on, up to a batch. */
static inline uint64_t pool_run(const struct pool *pool, uint64_t sequence)
{
	uint64_t run = pool->mask + 1 - (sequence & pool->mask);

	return run < BATCH ? run : BATCH;
}

/* What the message says of itself. */
static inline uint64_t pool_sequence(const void *data)
{
	uint64_t sequence;

	memcpy(&sequence, data, sizeof(sequence));
	return sequence;
}

/* 0 if the message is the one that was due, 1 if it is not. */
static inline uint64_t pool_wrong(const void *data, size_t len, uint32_t size, uint64_t due)
{
	return len != size || pool_sequence(data) != due;
}

#endif
