/* SPDX-License-Identifier: MIT */
/*
 * traffic.c - what a message holds and how it is checked: its sequence in
 * front, bytes that follow from (seed, sequence, length), and behind them a
 * CRC-32C over all of it that starts from those three, so that neither a torn
 * message nor a whole one in the wrong place passes.
 */
#define _GNU_SOURCE

#include "traffic.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEQUENCE_BYTES 8u
#define CRC_BYTES 4u
#define STUCK_SECONDS 300u /* a bound on a hang, not a measurement */

static uint32_t crc_table[8][256];

/* Before main(), and so before any thread. */
__attribute__((constructor)) static void crc_init(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ 0x82f63b78u : c >> 1;
		crc_table[0][i] = c;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int k = 1; k < 8; k++)
			crc_table[k][i] = crc_table[k - 1][i] >> 8 ^
					  crc_table[0][crc_table[k - 1][i] & 255];
}

static uint32_t load32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void store32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint32_t crc32c(uint32_t crc, const unsigned char *p, size_t n)
{
	crc = ~crc;
	for (; n >= 8; n -= 8, p += 8) {
		uint32_t a = crc ^ load32(p);
		uint32_t b = load32(p + 4);

		crc = crc_table[7][a & 255] ^ crc_table[6][a >> 8 & 255] ^
		      crc_table[5][a >> 16 & 255] ^ crc_table[4][a >> 24] ^
		      crc_table[3][b & 255] ^ crc_table[2][b >> 8 & 255] ^
		      crc_table[1][b >> 16 & 255] ^ crc_table[0][b >> 24];
	}
	while (n--)
		crc = crc >> 8 ^ crc_table[0][(crc ^ *p++) & 255];
	return ~crc;
}

/* splitmix64: by Sebastiano Vigna, public domain. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

uint64_t traffic_random(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15u;
	return mix(*state);
}

static uint64_t key_of(const struct traffic *t, uint64_t seq, size_t len)
{
	return mix(t->seed ^ mix(seq ^ mix(len)));
}

/* Mostly short ones, and enough of the longest and of none at all. */
uint32_t traffic_len(const struct traffic *t, uint64_t seq)
{
	uint64_t h = mix(t->seed + mix(seq));
	uint32_t most = t->slot_size;

	switch (h & 15) {
	case 0:
		return 0;
	case 1:
		return most;
	case 2:
	case 3:
		break;
	default:
		if (most > 64)
			most = 64;
	}
	return (uint32_t)((h >> 8) % (most + 1u));
}

/* Messages too short for sequence and CRC are bytes that follow from the key. */
static unsigned char short_byte(uint64_t key, size_t i)
{
	return (unsigned char)(key >> 8 * (i & 7) ^ i);
}

uint32_t traffic_fill(const struct traffic *t, uint64_t seq, void *to)
{
	uint32_t len = traffic_len(t, seq);
	uint64_t key = key_of(t, seq, len);
	unsigned char *p = to;
	size_t i;

	if (len < SEQUENCE_BYTES + CRC_BYTES) {
		for (i = 0; i < len; i++)
			p[i] = short_byte(key, i);
		return len;
	}
	memcpy(p, &seq, SEQUENCE_BYTES);
	for (i = SEQUENCE_BYTES; i + 8 <= len - CRC_BYTES; i += 8) {
		uint64_t x = (key + i) * 0xd6e8feb86659fd93u;

		x ^= x >> 32;
		memcpy(p + i, &x, 8);
	}
	for (; i < len - CRC_BYTES; i++)
		p[i] = short_byte(key, i);
	store32(p + i, crc32c((uint32_t)key, p, i));
	return len;
}

/** Whether @data is message @seq, whole; says on stderr what is wrong with it. */
int traffic_check(const struct traffic *t, uint64_t seq, const void *data, size_t len)
{
	uint32_t want = traffic_len(t, seq);
	uint64_t key = key_of(t, seq, want);
	const unsigned char *p = data;
	uint64_t got;

	if (len != want) {
		fprintf(stderr, "message %" PRIu64 ": length %zu, expected %" PRIu32 "\n", seq, len,
			want);
		return 0;
	}
	if (len < SEQUENCE_BYTES + CRC_BYTES) {
		for (size_t i = 0; i < len; i++) {
			if (p[i] != short_byte(key, i)) {
				fprintf(stderr, "message %" PRIu64 ": byte %zu is wrong\n", seq, i);
				return 0;
			}
		}
		return 1;
	}
	memcpy(&got, p, SEQUENCE_BYTES);
	if (got != seq) {
		fprintf(stderr, "message %" PRIu64 ": carries sequence %" PRIu64 "\n", seq, got);
		return 0;
	}
	if (load32(p + len - CRC_BYTES) != crc32c((uint32_t)key, p, len - CRC_BYTES)) {
		fprintf(stderr, "message %" PRIu64 ": wrong CRC over %zu bytes\n", seq, len);
		return 0;
	}
	return 1;
}

int traffic_side_init(struct traffic_side *s, const struct traffic *t, nabd_t *q, uint64_t rng)
{
	memset(s, 0, sizeof(*s));
	s->t = t;
	s->q = q;
	s->end = UINT64_MAX;
	s->rng = mix(rng);
	s->buf = malloc((size_t)TRAFFIC_BATCH * t->slot_size + 1);
	return s->buf ? 0 : -1;
}

void traffic_side_free(struct traffic_side *s)
{
	free(s->buf);
	s->buf = NULL;
}

enum traffic_result traffic_fail(const struct traffic_side *s, const char *what, int rc)
{
	const char *name = nabd_error_name(rc);

	fprintf(stderr, "at message %" PRIu64 ": %s: %s (%d)\n", s->seq, what, name ? name : "?",
		rc);
	return TRAFFIC_FAILED;
}

void traffic_intend(struct traffic_side *s, uint64_t n)
{
	if (s->ledger)
		atomic_store_explicit(&s->ledger->intent, s->seq + n, memory_order_relaxed);
}

void traffic_done(struct traffic_side *s, uint64_t n)
{
	s->seq += n;
	s->idle = 0;
	if (s->ledger)
		atomic_store_explicit(&s->ledger->done, s->seq, memory_order_relaxed);
}

/**
 * Let the peer run after an idle step: it may share our CPU, or not run at all.
 * @return 0, or -1 when nothing has moved for so long that something is lost
 */
int traffic_wait(struct traffic_side *s)
{
	struct timespec now;

	sched_yield();
	if (s->idle++ & 0xfff)
		return 0;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (s->idle == 1)
		s->idle_since = (uint64_t)now.tv_sec;
	if ((uint64_t)now.tv_sec - s->idle_since < STUCK_SECONDS)
		return 0;
	fprintf(stderr, "stuck at message %" PRIu64 "\n", s->seq);
	return -1;
}
