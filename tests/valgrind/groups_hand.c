/* SPDX-License-Identifier: MIT */
/* A thread that receives in a group, by every call that there is. */
#include <sched.h>
#include <string.h>

#include "groups.h"

#define LEAST 8u /* bytes: a message begins with its sequence, as a pop does not tell it */

uint32_t message_fill(uint8_t *to, uint64_t sequence)
{
	const uint32_t len = length(sequence, LEAST);

	memcpy(to, &sequence, LEAST);
	for (uint32_t i = LEAST; i < len; i++)
		to[i] = (uint8_t)(sequence + i);
	return len;
}

/* Reads all of it; returns its sequence. */
static uint64_t message_check(const void *data, size_t len)
{
	const uint8_t *from = data;
	uint64_t sequence;

	if (len < LEAST)
		fail("length", 0, 1);
	memcpy(&sequence, from, LEAST);
	if (len != length(sequence, LEAST))
		fail("length", sequence, 1);
	for (size_t i = LEAST; i < len; i++)
		if (from[i] != (uint8_t)(sequence + i))
			fail("payload", sequence, 1);
	return sequence;
}

static uint64_t chance(struct hand *h, uint64_t of)
{
	return mix(h->chance++) % of;
}

static void note(struct hand *h, uint64_t sequence)
{
	if (sequence >= h->messages)
		fail("a message that was not sent", sequence, 1);
	h->done[sequence]++;
}

static void join(struct hand *h)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	int rc;

	if (h->part.ways & HAND_BLIND) {
		opts.flags = NABD_GROUP_EPHEMERAL;
		opts.max_lag = h->scene->slots / 2;
	}
	do /* another may be in the middle of joining, and under a detector that takes long */
		rc = nabd_consumer_join_opts(h->queue, h->part.group, &opts, &h->c);
	while (rc == NABD_BUSY);
	if (rc != NABD_OK)
		fail("nabd_consumer_join_opts", 0, rc);
}

static void leave(struct hand *h)
{
	struct nabd_consumer_stats stats = {.size = sizeof(stats)};
	int rc = nabd_consumer_stats(h->c, &stats);

	h->lost += stats.lost;
	if (rc == NABD_OK)
		rc = nabd_consumer_close(h->c);
	if (rc != NABD_OK)
		fail("nabd_consumer_close", 0, rc);
}

/* In place. The messages of a group that may end are overwritten while they are held. */
static void look_at(struct hand *h, const struct nabd_msg *msg)
{
	if (!(h->part.ways & HAND_BLIND) && message_check(msg->data, msg->len) != msg->sequence)
		fail("sequence", msg->sequence, 1);
}

static int give_back(struct hand *h, const struct nabd_msg *msgs, size_t n)
{
	int rc;

	if ((h->part.ways & (HAND_LEAVES | HAND_ENDS)) && chance(h, 16) == 0) {
		leave(h);
		h->gone = (h->part.ways & HAND_ENDS) != 0;
		if (!h->gone)
			join(h);
		return NABD_OK;
	}
	if ((h->part.ways & HAND_NACKS) && chance(h, 8) == 0)
		return nabd_consumer_nack(h->c);
	if (n == 0) {
		n = 1;
		rc = nabd_consumer_release(h->c);
	} else {
		n = (size_t)chance(h, n + 1); /* the others come again */
		rc = nabd_consumer_release_batch(h->c, n);
	}
	for (size_t i = 0; rc == NABD_OK && i < n; i++)
		note(h, msgs[i].sequence);
	return rc;
}

static int peek(struct hand *h)
{
	struct nabd_msg msg;
	const void *data = NULL;
	size_t len = 0;
	int rc = nabd_consumer_peek_msg(h->c, &msg);

	if (rc == NABD_OK && chance(h, 2) == 0) {
		rc = nabd_consumer_peek(h->c, &data, &len);
		if (rc == NABD_OK && (data != msg.data || len != msg.len))
			fail("another message at the second peek", msg.sequence, 1);
	}
	if (rc != NABD_OK)
		return rc;
	look_at(h, &msg);
	return give_back(h, &msg, 0);
}

static int peek_batch(struct hand *h)
{
	struct nabd_msg msgs[BATCH];
	size_t got;
	int rc = nabd_consumer_peek_batch(h->c, msgs, (size_t)(1 + chance(h, BATCH)), &got);

	if (rc != NABD_OK)
		return rc;
	for (size_t i = 0; i < got; i++)
		look_at(h, &msgs[i]);
	return give_back(h, msgs, got);
}

static int pop(struct hand *h)
{
	uint8_t data[SIZE];
	size_t len = sizeof(data);
	int rc = h->c != NULL ? nabd_consumer_pop(h->c, data, &len)
			      : nabd_pop(h->queue, data, &len);

	if (rc == NABD_OK) {
		h->due = message_check(data, len);
		note(h, h->due);
	}
	return rc;
}

static int pop_batch(struct hand *h)
{
	const size_t n = (size_t)(1 + chance(h, BATCH));
	uint8_t data[BATCH * SIZE];
	uint32_t lens[BATCH];
	size_t at = 0, got;
	int rc = h->c != NULL ? nabd_consumer_pop_batch(h->c, data, sizeof(data), lens, n, &got)
			      : nabd_pop_batch(h->queue, data, sizeof(data), lens, n, &got);

	for (size_t i = 0; i < got; i++) {
		h->due = message_check(data + at, lens[i]);
		note(h, h->due);
		at += lens[i];
	}
	return rc;
}

static int seek(struct hand *h)
{
	static const uint64_t ends[] = {0, UINT64_MAX};
	struct nabd_consumer_stats stats = {.size = sizeof(stats)};
	uint64_t target, actual;
	int rc = nabd_consumer_stats(h->c, &stats);

	if (rc != NABD_OK)
		return rc;
	target = chance(h, 4) == 0 ? ends[chance(h, 2)] : stats.joined + chance(h, h->messages);
	return nabd_consumer_seek(h->c, target, &actual);
}

static int step(struct hand *h)
{
	const unsigned ways = h->part.ways;

	if (h->c == NULL || (ways & HAND_COPIES))
		return chance(h, 2) == 0 ? pop(h) : pop_batch(h);
	if ((ways & HAND_SEEKS) && chance(h, 16) == 0)
		return seek(h);
	if (ways & HAND_BLIND)
		return chance(h, 2) == 0 ? peek(h) : peek_batch(h);
	switch (chance(h, 4)) {
	case 0:
		return pop(h);
	case 1:
		return pop_batch(h);
	case 2:
		return peek(h);
	default:
		return peek_batch(h);
	}
}

bool scene_is_over(const struct scene *scene, nabd_t *queue, unsigned group, uint64_t messages)
{
	struct nabd_group_info info = {.size = sizeof(info)};
	int rc = nabd_group_look(queue, group, &info);

	if (rc != NABD_OK)
		fail("nabd_group_look", group, rc);
	return (scene->over == OVER_GIVEN ? info.position : info.low) == messages;
}

static void go_on(struct hand *h, int rc)
{
	switch (rc) {
	case NABD_EMPTY:
		(void)sched_yield();
		return;
	case NABD_LAPPED:
		if (h->part.ways & HAND_COPIES)
			return;
		break;
	case NABD_DROPPED:
	case NABD_EVICTED:
		if (!(h->part.ways & HAND_BLIND))
			break;
		h->ended++;
		leave(h);
		join(h);
		return;
	default:
		break;
	}
	fail(h->scene->name, h->part.group, rc);
}

void *hand_works(void *hand)
{
	struct hand *h = hand;
	/* A group that is moved, or ends, is never done: the first one tells. */
	const unsigned group = h->part.ways & (HAND_BLIND | HAND_SEEKS) ? 1 : h->part.group;
	const bool never_empty = (h->part.ways & HAND_SEEKS) != 0;

	for (uint64_t i = 0;; i++) {
		const int rc = step(h);

		if (h->gone)
			return NULL;
		if (rc != NABD_OK)
			go_on(h, rc);
		if ((rc == NABD_EMPTY || (never_empty && i % 64 == 0)) &&
		    scene_is_over(h->scene, h->queue, group, h->messages))
			return NULL;
	}
}

void hand_begin(struct hand *h)
{
	const void *data;
	int rc;

	if (h->part.group != 0) {
		join(h);
		return;
	}
	rc = nabd_peek(h->queue, &data, NULL);
	if (rc != NABD_EMPTY)
		fail("the first peek", 0, rc);
}

void hand_end(struct hand *h)
{
	uint64_t lost = 0;

	if (h->part.group != 0 && !h->gone)
		leave(h);
	else if (h->part.group == 0 && nabd_lost(h->queue, NULL, &lost) != NABD_OK)
		fail("nabd_lost", 0, 1);
	h->lost += lost;
}
