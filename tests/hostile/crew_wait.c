/* SPDX-License-Identifier: MIT */
/*
 * crew_wait.c - calls that wait, for some microseconds only, and what goes with them: see
 * crew.h. A peer may call anybody off his sleep or leave him there; he must come back.
 */
#include "crew_wait.h"

#include <stdlib.h>

#include "../fault/fault.h"
#include "crew.h"
#include "garbage.h"
#include "handle.h"

static uint32_t below(struct crew *crew, uint32_t n)
{
	return garbage_below(&crew->rng, n);
}

static int64_t timeout(struct crew *crew)
{
	return below(crew, 3) == 0 ? 0 : 1000 * (int64_t)below(crew, 30);
}

int crew_set_wait(struct crew *crew)
{
	static const struct nabd_wait_opts ways[] = {NABD_WAIT_BALANCED, NABD_WAIT_LATENCY,
						     NABD_WAIT_POWER};
	nabd_consumer_t *member = crew->member[crew->who];
	const struct nabd_wait_opts *way = &ways[below(crew, 3)];

	if (crew->tx != NULL)
		EXPECT(nabd_set_wait(crew->tx, way), NABD_OK);
	if (crew->rx != NULL)
		EXPECT(nabd_set_wait(crew->rx, way), NABD_OK);
	return member != NULL ? nabd_consumer_set_wait(member, way) : NABD_OK;
}

int crew_wake(struct crew *crew)
{
	nabd_consumer_t *member = crew->member[crew->who];

	if (crew->tx != NULL && below(crew, 2) == 0)
		EXPECT(nabd_wake(crew->tx), NABD_OK);
	if (crew->rx != NULL && below(crew, 2) == 0)
		EXPECT(nabd_wake(crew->rx), NABD_OK);
	return member != NULL ? nabd_consumer_wake(member) : NABD_OK;
}

int crew_push_wait(struct crew *crew)
{
	static const uint8_t data[CREW_BATCH * 512];
	uint32_t lens[CREW_BATCH];
	const size_t n = 1 + below(crew, CREW_BATCH);
	size_t sent = 0;
	int rc = crew_open(&crew->tx, CREW_QUEUE, NABD_PRODUCER);

	if (rc != NABD_OK)
		return rc;
	for (size_t i = 0; i < n; i++)
		lens[i] = below(crew, crew->tx->segment.geometry.slot_size + 1);
	if (below(crew, 2) == 0)
		return nabd_push_wait(crew->tx, data, lens[0], timeout(crew));
	rc = nabd_push_batch_wait(crew->tx, data, lens, n, &sent, timeout(crew));
	CHECK(sent <= n && (rc != NABD_OK || sent == n));
	return rc;
}

/* Pressured or not, and told of it: what the groups are said to hold bounds nothing else. */
static void on_pressure(nabd_t *q, void *arg)
{
	struct crew *crew = arg;

	CHECK(q == crew->tx);
	EXPECT(nabd_push(q, "", 0), NABD_STATE);
}

int crew_pressure(struct crew *crew)
{
	struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT;
	int rc = crew_open(&crew->tx, CREW_QUEUE, NABD_PRODUCER);

	if (rc != NABD_OK)
		return rc;
	bp.high = 1 + below(crew, 100);
	bp.low = below(crew, bp.high);
	bp.on_high = bp.on_low = bp.on_full = on_pressure;
	bp.arg = crew;
	rc = nabd_set_backpressure(crew->tx, below(crew, 4) != 0 ? &bp : NULL);
	CHECK((rc == NABD_INVALID) == (crew->overwrite && rc != NABD_OK));
	if (rc != NABD_OK)
		return rc;
	rc = nabd_is_pressured(crew->tx);
	return rc == 1 ? NABD_OK : rc;
}

int crew_pop_wait(struct crew *crew)
{
	uint8_t buf[80];
	size_t len = below(crew, sizeof(buf) + 1);
	const size_t size = len;
	int rc = crew_open(&crew->rx, CREW_QUEUE, NABD_CONSUMER);

	if (rc != NABD_OK)
		return rc;
	rc = nabd_pop_wait(crew->rx, buf, &len, timeout(crew));
	CHECK(len <= size || (rc == NABD_BUFFER && len <= crew->rx->segment.geometry.slot_size));
	crew->moved += rc == NABD_OK;
	return rc;
}

int crew_member_wait(struct crew *crew)
{
	nabd_consumer_t *member = crew->member[crew->who];
	struct nabd_msg msg;
	int rc;

	if (member == NULL)
		return NABD_OK;
	rc = nabd_consumer_peek_msg_wait(member, &msg, timeout(crew));
	crew_read(crew->mx, &msg, rc == NABD_OK);
	return rc;
}

/* Whoever is there; each result must be one of nabd_arm(). */
int crew_wait_any(struct crew *crew)
{
	static const uint32_t good = 1u << -NABD_OK | 1u << -NABD_LAPPED | 1u << -NABD_WOKEN |
				     1u << -NABD_STATE | 1u << -NABD_BUSY | 1u << -NABD_CORRUPT |
				     1u << -NABD_DROPPED | 1u << -NABD_EVICTED;
	struct nabd_wait_item items[3] = {{.q = NULL}};
	size_t n = 0;
	int rc, serve = 0;

	if (crew->tx != NULL)
		items[n++].q = crew->tx;
	if (crew->rx != NULL)
		items[n++].q = crew->rx;
	if (crew->member[crew->who] != NULL)
		items[n++].consumer = crew->member[crew->who];
	if (n == 0)
		return NABD_OK;
	rc = nabd_wait_any(items, n, timeout(crew));
	for (size_t i = 0; i < n; i++) {
		serve += items[i].result != 0;
		CHECK(items[i].result == 1 ||
		      (items[i].result <= 0 && items[i].result > -32 &&
		       (good >> -items[i].result & 1) != 0));
	}
	CHECK(rc == serve || (rc == NABD_TIMEOUT && serve == 0));
	return rc > 0 ? NABD_OK : rc;
}
