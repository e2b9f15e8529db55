/* SPDX-License-Identifier: MIT */
/* crew_group.c - the calls of members of groups: see crew.h. */
#include "crew_group.h"

#include <stdlib.h>

#include "../fault/fault.h"
#include "crew.h"
#include "garbage.h"
#include "handle.h"

static uint32_t below(struct crew *crew, uint32_t n)
{
	return garbage_below(&crew->rng, n);
}

static nabd_consumer_t *member(struct crew *crew)
{
	return crew->member[crew->who];
}

/* A copy of it, of a length that was looked at once: nothing but this process's own. */
static int take_letter(const struct nabd_msg *msg, void *arg)
{
	struct crew *crew = arg;
	static volatile uint8_t sum;

	CHECK(msg->len <= crew->mx->segment.geometry.slot_size);
	for (uint32_t at = 0; at < msg->len; at++)
		sum = (uint8_t)(sum + ((const uint8_t *)msg->data)[at]);
	return (int)below(crew, 2);
}

int crew_join(struct crew *crew)
{
	static const uint32_t starts[] = {0, NABD_JOIN_OLDEST, NABD_JOIN_NEWEST,
					  NABD_JOIN_SEQUENCE};
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	nabd_consumer_t **c = &crew->member[crew->who];
	int rc = crew_open(&crew->mx, CREW_QUEUE, NABD_CONSUMER);

	if (rc != NABD_OK || *c != NULL)
		return rc;
	opts.flags = starts[below(crew, 4)] | (below(crew, 3) == 0 ? NABD_GROUP_EPHEMERAL : 0);
	opts.sequence = garbage_random(&crew->rng) >> below(crew, 60);
	opts.max_lag = below(crew, 3) == 0 ? 1 + below(crew, 16) : 0;
	opts.max_stall_ms = below(crew, 3) == 0 ? 1 + below(crew, 20) : 0;
	opts.max_deliveries = below(crew, 2) == 0 ? 1 + below(crew, 3) : 0;
	if (below(crew, 2) == 0 &&
	    crew_open(&crew->letters, CREW_LETTERS, NABD_PRODUCER) == NABD_OK)
		opts.dead_letters = crew->letters;
	else
		opts.dead_letter = take_letter;
	opts.dead_letter_arg = crew;
	return nabd_consumer_join_opts(crew->mx, below(crew, CREW_GROUPS + 1), &opts, c);
}

int crew_close(struct crew *crew)
{
	int rc = NABD_OK;

	if (below(crew, 2) != 0)
		return rc;
	rc = nabd_consumer_close(member(crew));
	crew->member[crew->who] = NULL;
	return rc;
}

int crew_drop(struct crew *crew)
{
	int rc = crew_open(&crew->mx, CREW_QUEUE, NABD_CONSUMER);

	if (rc != NABD_OK || below(crew, 8) != 0)
		return rc;
	return nabd_group_drop(crew->mx, 1 + below(crew, CREW_GROUPS));
}

int crew_pop(struct crew *crew)
{
	size_t size = below(crew, 80), len = size;
	void *buf;
	int rc;

	if (member(crew) == NULL)
		return NABD_OK;
	buf = malloc(size + 1);
	CHECK(buf != NULL);
	rc = nabd_consumer_pop(member(crew), buf, &len);
	CHECK(len <= size || (rc == NABD_BUFFER && len <= crew->mx->segment.geometry.slot_size));
	crew->moved += rc == NABD_OK;
	free(buf);
	return rc;
}

int crew_pop_batch(struct crew *crew)
{
	uint32_t lens[CREW_BATCH];
	size_t size = 1 + below(crew, 512), got = 0, sum = 0;
	void *buf;
	int rc;

	if (member(crew) == NULL)
		return NABD_OK;
	buf = malloc(size);
	CHECK(buf != NULL);
	rc = nabd_consumer_pop_batch(member(crew), buf, size, lens, 1 + below(crew, CREW_BATCH),
				     &got);
	CHECK(got <= CREW_BATCH && (got != 0) == (rc == NABD_OK));
	for (size_t i = 0; i < got; i++)
		sum += lens[i];
	CHECK(sum <= size);
	crew->moved += got;
	free(buf);
	return rc;
}

int crew_peek(struct crew *crew)
{
	struct nabd_msg msg = {0};
	size_t len = 0;
	int rc;

	if (member(crew) == NULL)
		return NABD_OK;
	rc = nabd_consumer_peek(member(crew), &msg.data, &len);
	msg.len = (uint32_t)len;
	crew_read(crew->mx, &msg, rc == NABD_OK);
	return rc;
}

int crew_peek_msg(struct crew *crew)
{
	struct nabd_msg msg;
	int rc;

	if (member(crew) == NULL)
		return NABD_OK;
	rc = nabd_consumer_peek_msg(member(crew), &msg);
	crew_read(crew->mx, &msg, rc == NABD_OK);
	return rc;
}

int crew_peek_batch(struct crew *crew)
{
	struct nabd_msg msgs[CREW_BATCH];
	size_t got = 0;
	int rc;

	if (member(crew) == NULL)
		return NABD_OK;
	rc = nabd_consumer_peek_batch(member(crew), msgs, 1 + below(crew, CREW_BATCH), &got);
	CHECK(got <= CREW_BATCH && (got != 0) == (rc == NABD_OK));
	crew_read(crew->mx, msgs, got);
	return rc;
}

int crew_release(struct crew *crew)
{
	return member(crew) == NULL ? NABD_OK : nabd_consumer_release(member(crew));
}

int crew_release_batch(struct crew *crew)
{
	if (member(crew) == NULL)
		return NABD_OK;
	return nabd_consumer_release_batch(member(crew), below(crew, CREW_BATCH));
}

int crew_nack(struct crew *crew)
{
	return member(crew) == NULL ? NABD_OK : nabd_consumer_nack(member(crew));
}

int crew_seek(struct crew *crew)
{
	static const uint64_t targets[] = {0, 1, UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 56};
	const uint32_t which = below(crew, 10);
	uint64_t actual, target;

	if (member(crew) == NULL || below(crew, 4) != 0)
		return NABD_OK;
	target = which < 5 ? targets[which] : garbage_random(&crew->rng) >> 8 * which % 56;
	return nabd_consumer_seek(member(crew), target, &actual);
}

int crew_stats(struct crew *crew)
{
	struct nabd_consumer_stats stats = {.size = sizeof(stats)};

	return member(crew) == NULL ? NABD_OK : nabd_consumer_stats(member(crew), &stats);
}
