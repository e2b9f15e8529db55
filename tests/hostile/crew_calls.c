/* SPDX-License-Identifier: MIT */
/* crew_calls.c - the calls of a producer, of the default group's reader and of onlookers. */
#include <stdlib.h>
#include <string.h>

#include "../fault/fault.h"
#include "crew.h"
#include "crew_group.h"
#include "crew_wait.h"
#include "garbage.h"
#include "handle.h"

static uint32_t below(struct crew *crew, uint32_t n)
{
	return garbage_below(&crew->rng, n);
}

/* A side that is not there comes first; why it can't is the answer then. */
static int sender(struct crew *crew)
{
	return crew_open(&crew->tx, CREW_QUEUE, NABD_PRODUCER);
}

static int reader(struct crew *crew)
{
	return crew_open(&crew->rx, CREW_QUEUE, NABD_CONSUMER);
}

static nabd_t *onlooker(struct crew *crew)
{
	nabd_t *all[] = {crew->tx, crew->rx, crew->mx};
	nabd_t *q = all[below(crew, 3)];

	if (q != NULL)
		return q;
	EXPECT(crew_open(&crew->observer, CREW_QUEUE, NABD_OBSERVE), NABD_OK);
	return crew->observer;
}

/* -------------------------------------------------------------------- send -- */

static int push(struct crew *crew)
{
	static const uint8_t data[512];
	int rc = sender(crew);

	if (rc != NABD_OK)
		return rc;
	return nabd_push(crew->tx, data, below(crew, crew->tx->segment.geometry.slot_size + 2));
}

static void choose_lens(struct crew *crew, uint32_t *lens)
{
	const uint32_t most = crew->tx->segment.geometry.slot_size;

	for (unsigned i = 0; i < CREW_BATCH; i++)
		lens[i] = below(crew, 50) != 0 ? below(crew, most + 1) : most + 1;
}

static int push_batch(struct crew *crew)
{
	static const uint8_t data[CREW_BATCH * 512];
	uint32_t lens[CREW_BATCH];
	size_t sent = 0;
	int rc = sender(crew);

	if (rc != NABD_OK)
		return rc;
	choose_lens(crew, lens);
	rc = nabd_push_batch(crew->tx, data, lens, 1 + below(crew, CREW_BATCH), &sent);
	CHECK(sent <= CREW_BATCH && sent <= crew->tx->segment.geometry.slots);
	CHECK((sent != 0) == (rc == NABD_OK));
	return rc;
}

static int reserve(struct crew *crew)
{
	void *slot = NULL;
	size_t len;
	int rc = sender(crew);

	if (rc != NABD_OK)
		return rc;
	len = below(crew, crew->tx->segment.geometry.slot_size + 2);
	rc = nabd_reserve(crew->tx, len, &slot);
	if (rc == NABD_OK) {
		crew_within(crew->tx, slot, len);
		memset(slot, 1, len);
		crew->reserved = 1;
	}
	return rc;
}

static int reserve_batch(struct crew *crew)
{
	void *slots[CREW_BATCH];
	size_t len, got = 0;
	int rc = sender(crew);

	if (rc != NABD_OK)
		return rc;
	len = below(crew, crew->tx->segment.geometry.slot_size + 2);
	rc = nabd_reserve_batch(crew->tx, len, slots, 1 + below(crew, CREW_BATCH), &got);
	CHECK(got <= CREW_BATCH && got <= crew->tx->segment.geometry.slots);
	for (size_t i = 0; i < got; i++) {
		crew_within(crew->tx, slots[i], len);
		memset(slots[i], 2, len);
	}
	if (rc == NABD_OK)
		crew->reserved = got;
	return rc;
}

static int commit(struct crew *crew)
{
	int rc = sender(crew);

	return rc != NABD_OK ? rc : nabd_commit(crew->tx, below(crew, 16));
}

static int commit_batch(struct crew *crew)
{
	uint32_t lens[CREW_BATCH] = {0};
	int rc = sender(crew);

	return rc != NABD_OK ? rc
			     : nabd_commit_batch(crew->tx, lens,
						 below(crew, (uint32_t)crew->reserved + 1));
}

static int abort_it(struct crew *crew)
{
	int rc = sender(crew);

	return rc != NABD_OK ? rc : nabd_abort(crew->tx);
}

/* As a restarted producer comes: what is there must make sense, or it is refused. */
static int producer_again(struct crew *crew)
{
	if (crew->tx != NULL && below(crew, 8) == 0) {
		EXPECT(nabd_close(crew->tx), NABD_OK);
		crew->tx = NULL;
	}
	return sender(crew);
}

/* ----------------------------------------------------------------- receive -- */

static int pop(struct crew *crew)
{
	size_t size = below(crew, 80), len = size;
	void *buf = malloc(size + 1);
	int rc = reader(crew);

	CHECK(buf != NULL);
	if (rc == NABD_OK)
		rc = nabd_pop(crew->rx, buf, &len);
	CHECK(len <= size || (rc == NABD_BUFFER && len <= crew->rx->segment.geometry.slot_size));
	crew->moved += rc == NABD_OK;
	free(buf);
	return rc;
}

static int pop_batch(struct crew *crew)
{
	uint32_t lens[CREW_BATCH];
	size_t size = 1 + below(crew, 512), got = 0, sum = 0;
	void *buf = malloc(size);
	int rc = reader(crew);

	CHECK(buf != NULL);
	if (rc == NABD_OK)
		rc = nabd_pop_batch(crew->rx, buf, size, lens, 1 + below(crew, CREW_BATCH), &got);
	CHECK(got <= CREW_BATCH && (got != 0) == (rc == NABD_OK));
	for (size_t i = 0; i < got; i++)
		sum += lens[i];
	CHECK(sum <= size);
	crew->moved += got;
	free(buf);
	return rc;
}

static int peek(struct crew *crew)
{
	struct nabd_msg msg = {0};
	size_t len = 0;
	int rc = reader(crew);

	if (rc == NABD_OK)
		rc = nabd_peek(crew->rx, &msg.data, &len);
	msg.len = (uint32_t)len;
	crew_read(crew->rx, &msg, rc == NABD_OK);
	return rc;
}

static int peek_msg(struct crew *crew)
{
	struct nabd_msg msg;
	int rc = reader(crew);

	if (rc == NABD_OK)
		rc = nabd_peek_msg(crew->rx, &msg);
	crew_read(crew->rx, &msg, rc == NABD_OK);
	return rc;
}

static int peek_batch(struct crew *crew)
{
	struct nabd_msg msgs[CREW_BATCH];
	size_t got = 0;
	int rc = reader(crew);

	if (rc == NABD_OK)
		rc = nabd_peek_batch(crew->rx, msgs, 1 + below(crew, CREW_BATCH), &got);
	CHECK(got <= CREW_BATCH && (got != 0) == (rc == NABD_OK));
	crew_read(crew->rx, msgs, got);
	return rc;
}

static int release(struct crew *crew)
{
	int rc = reader(crew);

	return rc != NABD_OK ? rc : nabd_release(crew->rx);
}

static int release_batch(struct crew *crew)
{
	int rc = reader(crew);

	return rc != NABD_OK ? rc : nabd_release_batch(crew->rx, below(crew, CREW_BATCH));
}

static int reader_again(struct crew *crew)
{
	if (crew->rx != NULL && below(crew, 8) == 0) {
		EXPECT(nabd_close(crew->rx), NABD_OK);
		crew->rx = NULL;
	}
	return reader(crew);
}

/* -------------------------------------------------------------------- look -- */

static int look(struct crew *crew)
{
	nabd_t *q = onlooker(crew);
	struct nabd_stats stats = {.size = sizeof(stats)};
	uint64_t tail;
	int rc = nabd_fill_level(q);

	CHECK(rc >= 0 && rc <= 100);
	rc = nabd_empty(q);
	CHECK(rc == 0 || rc == 1);
	rc = nabd_full(q);
	CHECK(rc == 0 || rc == 1);
	EXPECT(nabd_min_tail(q, &tail), NABD_OK);
	EXPECT(nabd_stats(q, &stats), NABD_OK);
	CHECK(stats.slots == q->segment.geometry.slots);
	CHECK(stats.head - stats.tail <= stats.slots);
	CHECK(stats.head - stats.position <= stats.slots);
	return NABD_OK;
}

static int look_at_group(struct crew *crew)
{
	struct nabd_group_info info = {.size = sizeof(info)};
	int rc = nabd_group_look(onlooker(crew), below(crew, CREW_GROUPS + 1), &info);

	CHECK(rc != NABD_OK || info.members <= NABD_MAX_MEMBERS);
	CHECK(rc != NABD_OK || info.holding <= NABD_MAX_MEMBERS);
	return rc;
}

static int look_at_member(struct crew *crew)
{
	nabd_t *q = onlooker(crew);
	struct nabd_member_info info = {.size = sizeof(info)};
	const unsigned group = 1 + below(crew, CREW_GROUPS);
	int rc = nabd_member_look(q, group, below(crew, CREW_MEMBERS), &info);

	CHECK(rc != NABD_OK || info.held <= q->segment.geometry.slots);
	return rc;
}

/* ------------------------------------------------------------------- which -- */

#define M(code) (UINT32_C(1) << -(code))
#define SENDS   (M(NABD_OK) | M(NABD_STATE) | M(NABD_BUSY) | M(NABD_CORRUPT)) /* also to open */
#define FILLS   (SENDS | M(NABD_FULL) | M(NABD_TOOBIG))
#define TAKES   (SENDS | M(NABD_EMPTY) | M(NABD_LAPPED))
#define GIVES   (SENDS | M(NABD_LAPPED))
#define MEMBERS (M(NABD_OK) | M(NABD_STATE) | M(NABD_DROPPED) | M(NABD_EVICTED))
#define SERVES  (MEMBERS | M(NABD_EMPTY) | M(NABD_LAPPED) | M(NABD_CORRUPT))
#define WAITS   (M(NABD_TIMEOUT) | M(NABD_WOKEN)) /* instead of NABD_EMPTY or NABD_FULL */
#define JOINS   (M(NABD_OK) | M(NABD_BUSY) | M(NABD_CORRUPT))

/*
 * Steps. Look: once over all groups, members and slots. Try: an exchange that somebody
 * spoils each time is given up after 2^16 of them, each with as much as a look at the
 * slots before it. A producer may end each group that way, a join may try 64 times, a
 * wait as often as its microseconds allow.
 */
#define LOOK (UINT64_C(1) << 12)
#define TRY  (UINT64_C(1) << 23)
#define WAIT (UINT64_C(1) << 26)
#define JOIN (UINT64_C(1) << 28)

const struct crew_call crew_calls[] = {
	{"nabd_push", push, FILLS, CREW_PRODUCER, TRY},
	{"nabd_push", push, FILLS, CREW_PRODUCER, TRY},
	{"nabd_push_batch", push_batch, FILLS, CREW_PRODUCER, TRY},
	{"nabd_reserve", reserve, FILLS, CREW_PRODUCER, TRY},
	{"nabd_reserve_batch", reserve_batch, FILLS, CREW_PRODUCER, TRY},
	{"nabd_commit", commit, SENDS | M(NABD_TOOBIG), CREW_PRODUCER, LOOK},
	{"nabd_commit_batch", commit_batch, SENDS | M(NABD_TOOBIG), CREW_PRODUCER, LOOK},
	{"nabd_abort", abort_it, SENDS, CREW_PRODUCER, LOOK},
	{"nabd_open (producer)", producer_again, SENDS, CREW_PRODUCER, LOOK},
	{"nabd_pop", pop, TAKES | M(NABD_BUFFER), CREW_READER, TRY},
	{"nabd_pop_batch", pop_batch, TAKES | M(NABD_BUFFER), CREW_READER, TRY},
	{"nabd_peek", peek, TAKES, CREW_READER, TRY},
	{"nabd_peek_msg", peek_msg, TAKES, CREW_READER, TRY},
	{"nabd_peek_batch", peek_batch, TAKES, CREW_READER, TRY},
	{"nabd_release", release, GIVES, CREW_READER, LOOK},
	{"nabd_release_batch", release_batch, GIVES | M(NABD_INVALID), CREW_READER, LOOK},
	{"nabd_open (consumer)", reader_again, SENDS, CREW_READER, LOOK},
	{"looking", look, M(NABD_OK), CREW_ONLOOKER, 8 * LOOK},
	{"nabd_group_look", look_at_group, M(NABD_OK) | M(NABD_NOTFOUND), CREW_ONLOOKER, LOOK},
	{"nabd_member_look", look_at_member, M(NABD_OK) | M(NABD_NOTFOUND), CREW_ONLOOKER, LOOK},
	{"nabd_group_drop", crew_drop, M(NABD_OK) | M(NABD_NOTFOUND), CREW_MEMBER, TRY},
	{"nabd_consumer_join", crew_join, JOINS, CREW_MEMBER, JOIN},
	{"nabd_consumer_join", crew_join, JOINS, CREW_MEMBER, JOIN},
	{"nabd_consumer_close", crew_close, M(NABD_OK), CREW_MEMBER, TRY},
	{"nabd_consumer_pop", crew_pop, SERVES | M(NABD_BUFFER), CREW_MEMBER, TRY},
	{"nabd_consumer_pop", crew_pop, SERVES | M(NABD_BUFFER), CREW_MEMBER, TRY},
	{"nabd_consumer_pop_batch", crew_pop_batch, SERVES | M(NABD_BUFFER), CREW_MEMBER, TRY},
	{"nabd_consumer_peek", crew_peek, SERVES, CREW_MEMBER, TRY},
	{"nabd_consumer_peek_msg", crew_peek_msg, SERVES, CREW_MEMBER, TRY},
	{"nabd_consumer_peek_batch", crew_peek_batch, SERVES, CREW_MEMBER, TRY},
	{"nabd_consumer_release", crew_release, MEMBERS | M(NABD_LAPPED), CREW_MEMBER, LOOK},
	{"nabd_consumer_release", crew_release, MEMBERS | M(NABD_LAPPED), CREW_MEMBER, LOOK},
	{"nabd_consumer_release_batch", crew_release_batch,
	 MEMBERS | M(NABD_LAPPED) | M(NABD_INVALID), CREW_MEMBER, LOOK},
	{"nabd_consumer_nack", crew_nack, MEMBERS, CREW_MEMBER, LOOK},
	{"nabd_consumer_seek", crew_seek, MEMBERS, CREW_MEMBER, TRY},
	{"nabd_consumer_stats", crew_stats, M(NABD_OK), CREW_MEMBER, LOOK},
	{"nabd_push_wait", crew_push_wait, SENDS | WAITS, CREW_PRODUCER, WAIT},
	{"nabd_set_backpressure", crew_pressure, SENDS | M(NABD_INVALID), CREW_PRODUCER, WAIT},
	{"nabd_pop_wait", crew_pop_wait, SENDS | WAITS | M(NABD_LAPPED) | M(NABD_BUFFER),
	 CREW_READER, WAIT},
	{"nabd_consumer_peek_msg_wait", crew_member_wait,
	 MEMBERS | WAITS | M(NABD_LAPPED) | M(NABD_CORRUPT), CREW_MEMBER, WAIT},
	{"nabd_wait_any", crew_wait_any, M(NABD_OK) | M(NABD_TIMEOUT), CREW_ALL, WAIT},
	{"nabd_set_wait", crew_set_wait, M(NABD_OK), CREW_ALL, LOOK},
	{"nabd_wake", crew_wake, M(NABD_OK), CREW_ALL, LOOK},
};
const size_t crew_calls_number = sizeof(crew_calls) / sizeof(crew_calls[0]);
