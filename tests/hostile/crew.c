/* SPDX-License-Identifier: MIT */
/* crew.c - those who are at work: see crew.h. */
#include "crew.h"

#include "../fault/fault.h"
#include "garbage.h"
#include "handle.h"

void crew_within(const nabd_t *q, const void *data, size_t len)
{
	const struct nabdi_geometry *g = &q->segment.geometry;
	const uint8_t *first = q->segment.base + g->slots_off + g->lead;
	const size_t offset = (size_t)((const uint8_t *)data - first);

	if ((const uint8_t *)data < first || offset % g->stride != 0 ||
	    offset / g->stride >= g->slots || len > g->slot_size)
		FAIL("handed out: %zu bytes at %td of the slots", len,
		     (const uint8_t *)data - first);
}

void crew_read(const nabd_t *q, const struct nabd_msg *msgs, size_t n)
{
	static volatile uint8_t sum;

	for (size_t i = 0; i < n; i++) {
		const uint8_t *byte = msgs[i].data;

		crew_within(q, byte, msgs[i].len);
		for (uint32_t at = 0; at < msgs[i].len; at++)
			sum = (uint8_t)(sum + byte[at]);
	}
}

int crew_open(nabd_t **q, const char *name, unsigned flags)
{
	return *q != NULL ? NABD_OK : fault_open(name, 0, 0, flags, q);
}

void crew_begin(struct crew *crew, unsigned sides, uint64_t seed)
{
	*crew = (struct crew){.rng = seed | 1, .sides = sides};
}

static bool is_documented(const struct crew *crew, const struct crew_call *call, int code)
{
	if (code > 0 || code < -31)
		return false;
	if (code == NABD_LAPPED && !crew->overwrite)
		return false; /* nobody is ever lapped where the producer waits */
	return (call->codes >> -code & 1) != 0;
}

void crew_act(struct crew *crew)
{
	const struct crew_call *call;
	int code;

	do {
		call = &crew_calls[garbage_below(&crew->rng, (uint32_t)crew_calls_number)];
	} while ((call->side & crew->sides) == 0);
	crew->who = garbage_below(&crew->rng, CREW_MEMBERS);
	if (crew->before != NULL)
		crew->before(call);
	code = call->run(crew);
	crew->calls++;
	if (!is_documented(crew, call, code))
		FAIL("%s: %s (%d)", call->name, fault_error(code), code);
}

static void close_one(nabd_t **q)
{
	if (*q != NULL)
		EXPECT(nabd_close(*q), NABD_OK);
	*q = NULL;
}

void crew_end(struct crew *crew)
{
	for (unsigned i = 0; i < CREW_MEMBERS; i++) {
		EXPECT(nabd_consumer_close(crew->member[i]), NABD_OK);
		crew->member[i] = NULL;
	}
	close_one(&crew->tx);
	close_one(&crew->rx);
	close_one(&crew->mx);
	close_one(&crew->observer);
	close_one(&crew->letters);
}
