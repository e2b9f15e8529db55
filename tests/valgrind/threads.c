/* SPDX-License-Identifier: MIT */
/*
 * One handle, two threads: one sends, one receives, by every call that there is,
 * and a third looks on. Detectors go by addresses: only within one handle do sender
 * and receiver have the same ones. groups.c does it with groups.
 *
 * NABD_THREADS_MESSAGES says how many messages.
 */
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "payload.h"

#define SLOTS 8u
#define BATCH 5u

static nabd_t *queue;
static uint64_t messages;

static uint32_t fill(uint8_t *to, uint64_t sequence)
{
	uint32_t len = length(sequence, 0);

	for (uint32_t i = 0; i < len; i++)
		to[i] = (uint8_t)(sequence + i);
	return len;
}

static void check(const uint8_t *from, size_t len, uint64_t sequence)
{
	if (len != length(sequence, 0))
		fail("length", sequence, 1);
	for (size_t i = 0; i < len; i++)
		if (from[i] != (uint8_t)(sequence + i))
			fail("payload", sequence, 1);
}

static size_t at_most(uint64_t n, uint64_t sequence)
{
	uint64_t left = messages - sequence;

	return (size_t)(n < left ? n : left);
}

static int send_reserved(uint64_t *sequence, int abort_first)
{
	void *slot;
	int rc = nabd_reserve(queue, SIZE, &slot);

	if (rc != NABD_OK)
		return rc;
	if (abort_first) {
		fill(slot, *sequence + 1);
		rc = nabd_abort(queue);
		if (rc != NABD_OK)
			return rc;
		rc = nabd_reserve(queue, SIZE, &slot);
		if (rc != NABD_OK)
			return rc;
	}
	rc = nabd_commit(queue, fill(slot, *sequence));
	*sequence += rc == NABD_OK;
	return rc;
}

static int send_batch(uint64_t *sequence, uint64_t n)
{
	void *slots[BATCH];
	uint32_t lens[BATCH];
	size_t got;
	int rc = nabd_reserve_batch(queue, SIZE, slots, at_most(n, *sequence), &got);

	if (rc != NABD_OK)
		return rc;
	for (size_t i = 0; i < got; i++)
		lens[i] = fill(slots[i], *sequence + i);
	rc = nabd_commit_batch(queue, lens, got);
	*sequence += rc == NABD_OK ? got : 0;
	return rc;
}

static int push_batch(uint64_t *sequence, uint64_t n)
{
	uint8_t data[BATCH * SIZE];
	uint32_t lens[BATCH];
	size_t at = 0, sent;
	int rc;

	n = at_most(n, *sequence);
	for (size_t i = 0; i < n; i++) {
		lens[i] = fill(data + at, *sequence + i);
		at += lens[i];
	}
	rc = nabd_push_batch(queue, data, lens, (size_t)n, &sent);
	*sequence += sent;
	return rc;
}

static int push(uint64_t *sequence)
{
	uint8_t data[SIZE];
	int rc = nabd_push(queue, data, fill(data, *sequence));

	*sequence += rc == NABD_OK;
	return rc;
}

static void *sends(void *unused)
{
	uint64_t sequence = 0, step = 1;

	while (sequence < messages) {
		uint64_t chance = mix(step++);
		int rc;

		switch (chance % 4) {
		case 0:
			rc = push(&sequence);
			break;
		case 1:
			rc = send_reserved(&sequence, chance & 64);
			break;
		case 2:
			rc = send_batch(&sequence, 1 + chance / 256 % BATCH);
			break;
		default:
			rc = push_batch(&sequence, 1 + chance / 256 % BATCH);
			break;
		}
		if (rc == NABD_FULL)
			(void)sched_yield();
		else if (rc != NABD_OK)
			fail("sending", sequence, rc);
	}
	return unused;
}

static int peek(uint64_t *sequence, int whole)
{
	struct nabd_msg msg = {.sequence = *sequence};
	size_t len = 0;
	int rc = whole ? nabd_peek_msg(queue, &msg) : nabd_peek(queue, &msg.data, &len);

	if (rc != NABD_OK)
		return rc;
	check(msg.data, whole ? msg.len : len, *sequence);
	if (msg.sequence != *sequence)
		fail("sequence", *sequence, 1);
	rc = nabd_release(queue);
	*sequence += rc == NABD_OK;
	return rc;
}

static int peek_batch(uint64_t *sequence, uint64_t n, uint64_t chance)
{
	struct nabd_msg msgs[BATCH];
	size_t got, give;
	int rc = nabd_peek_batch(queue, msgs, (size_t)n, &got);

	if (rc != NABD_OK)
		return rc;
	for (size_t i = 0; i < got; i++) {
		check(msgs[i].data, msgs[i].len, *sequence + i);
		if (msgs[i].sequence != *sequence + i)
			fail("sequence of a batch", *sequence + i, 1);
	}
	give = chance & 64 ? got : (size_t)(chance % (got + 1)); /* the others come again */
	rc = nabd_release_batch(queue, give);
	*sequence += rc == NABD_OK ? give : 0;
	return rc;
}

static int pop_batch(uint64_t *sequence, uint64_t n)
{
	uint8_t data[BATCH * SIZE];
	uint32_t lens[BATCH];
	size_t at = 0, got;
	int rc = nabd_pop_batch(queue, data, sizeof(data), lens, (size_t)n, &got);

	for (size_t i = 0; i < got; i++) {
		check(data + at, lens[i], *sequence + i);
		at += lens[i];
	}
	*sequence += got;
	return rc;
}

static int pop(uint64_t *sequence)
{
	uint8_t data[SIZE];
	size_t len = sizeof(data);
	int rc = nabd_pop(queue, data, &len);

	if (rc != NABD_OK)
		return rc;
	check(data, len, *sequence);
	*sequence += 1;
	return rc;
}

static void *receives(void *unused)
{
	uint64_t sequence = 0, step = 77;

	while (sequence < messages) {
		uint64_t chance = mix(step++);
		int rc;

		switch (chance % 4) {
		case 0:
			rc = pop(&sequence);
			break;
		case 1:
			rc = peek(&sequence, chance & 64);
			break;
		case 2:
			rc = peek_batch(&sequence, 1 + chance / 256 % BATCH, chance / 8);
			break;
		default:
			rc = pop_batch(&sequence, 1 + chance / 256 % BATCH);
			break;
		}
		if (rc == NABD_EMPTY)
			(void)sched_yield();
		else if (rc != NABD_OK)
			fail("receiving", sequence, rc);
	}
	return unused;
}

/* Any thread may look, at any time. */
static void look(void)
{
	struct nabd_stats stats = {.size = sizeof(stats)};
	int rc = nabd_stats(queue, &stats);

	if (rc != NABD_OK || nabd_empty(queue) < 0 || nabd_full(queue) < 0)
		fail("looking", 0, rc);
	if (stats.head - stats.tail > SLOTS || (unsigned)nabd_fill_level(queue) > 100)
		fail("looking: more than there is", stats.head, 1);
}

int main(void)
{
	char name[64];
	pthread_t sender = 0, receiver = 0;
	int rc;

	messages = messages_wanted(200000);
	(void)snprintf(name, sizeof(name), "nabd-threads-%ld", (long)getpid());
	rc = nabd_open_opts(name, SLOTS, SIZE,
			    NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER, NULL, &queue);
	if (rc != NABD_OK || nabd_unlink(name) != NABD_OK)
		fail("nabd_open_opts", 0, rc);
	if (pthread_create(&sender, NULL, sends, NULL) != 0 ||
	    pthread_create(&receiver, NULL, receives, NULL) != 0)
		fail("pthread_create", 0, 1);
	while (pthread_tryjoin_np(receiver, NULL) != 0) {
		look();
		(void)usleep(1000);
	}
	(void)pthread_join(sender, NULL);
	if (nabd_empty(queue) != 1)
		fail("the end", messages, 1);
	return nabd_close(queue) == NABD_OK ? 0 : 1;
}
