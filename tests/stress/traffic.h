/* SPDX-License-Identifier: MIT */
/*
 * traffic.h - the messages of the stress and crash tests, and one random step
 * of sending or of receiving them.
 *
 * The length and the bytes of a message follow from (seed, sequence) alone, so
 * that any process can go on where another one ended or was killed, and any
 * process can tell whether what it got is whole and in its place.
 */
#ifndef NABD_TEST_TRAFFIC_H
#define NABD_TEST_TRAFFIC_H

#include <stdatomic.h>
#include <stdint.h>

#include <nabd/nabd.h>

/** Most messages of one batch call. */
#define TRAFFIC_BATCH 32u

struct traffic {
	uint64_t seed;
	uint32_t slot_size;
	uint32_t align;
};

/**
 * What one side has done, in memory that outlives it: it raises @intent before
 * the call that takes effect, and @done after it. Killed in between, its effect
 * lies somewhere from done to intent.
 */
struct traffic_ledger {
	_Atomic uint64_t intent;
	_Atomic uint64_t done;
};

struct traffic_side {
	const struct traffic *t;
	nabd_t *q;
	uint64_t seq; /* of the next message */
	uint64_t end; /* stop before this one */
	uint64_t rng;
	uint64_t idle;                 /* steps since anything moved */
	uint64_t idle_since;           /* seconds, CLOCK_MONOTONIC */
	struct traffic_ledger *ledger; /* or NULL */
	unsigned char *buf;            /* TRAFFIC_BATCH messages of slot_size bytes */
};

enum traffic_result { TRAFFIC_FAILED = -1, TRAFFIC_IDLE = 0, TRAFFIC_MOVED = 1 };

uint64_t traffic_random(uint64_t *state);
uint32_t traffic_len(const struct traffic *t, uint64_t seq);
uint32_t traffic_fill(const struct traffic *t, uint64_t seq, void *to);
int traffic_check(const struct traffic *t, uint64_t seq, const void *data, size_t len);

int traffic_side_init(struct traffic_side *s, const struct traffic *t, nabd_t *q, uint64_t rng);
void traffic_side_free(struct traffic_side *s);
enum traffic_result traffic_send(struct traffic_side *s);
enum traffic_result traffic_receive(struct traffic_side *s);
int traffic_wait(struct traffic_side *s);

/* For the two halves of the implementation. */
enum traffic_result traffic_fail(const struct traffic_side *s, const char *what, int rc);
void traffic_intend(struct traffic_side *s, uint64_t n);
void traffic_done(struct traffic_side *s, uint64_t n);

#endif
