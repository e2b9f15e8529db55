/* SPDX-License-Identifier: MIT */
/*
 * group_read.c - the witness's members receive, and each message is entered: whether it
 * may come, how often it has, and whether it is whole and in order.
 */
#define _GNU_SOURCE

#include <string.h>

#include "group_world.h"

/* One that was paused while it sought the newest message may find that others are beyond. */
static bool rewinds(void)
{
	return group_plan.op->fate == FATE_REWINDS ||
	       (group_plan.op->fate == FATE_SKIPS && group_plan.paused);
}

/* Whether a victim may have claimed it without being the one that got it. */
static bool was_claimed(uint64_t seq)
{
	for (unsigned i = 0; i < group_told->victims; i++)
		if (group_told->of[i].position != UINT64_MAX &&
		    seq - group_told->of[i].position < group_told->of[i].wants)
			return true;
	return false;
}

/* A group made after another that vanished may get what is kept still. */
static bool may_vanish(void)
{
	return group_plan.op->join && group_plan.op->join->flags & NABD_GROUP_EPHEMERAL;
}

static void check_main(const struct group_seen *g, const struct nabd_msg *m)
{
	const bool again = (m->flags & NABD_MSG_REDELIVERED) != 0;

	CHECK(again || m->deliveries == 1);
	if (rewinds())
		return;
	if (group_told->released[m->sequence] && !(g->fresh && may_vanish()))
		FAIL("message %llu comes again, though it was released",
		     (unsigned long long)m->sequence);
	if (group_told->handed[m->sequence] && !g->given[m->sequence] && !g->fresh)
		CHECK(again && (m->deliveries > 1 || m->sequence != group_told->of[0].first));
	if (g->given[m->sequence] && !(again && was_claimed(m->sequence)))
		FAIL("message %llu comes twice", (unsigned long long)m->sequence);
	if (!again)
		CHECK(m->sequence >= g->last);
}

static void enter(struct group_world *w, unsigned group, const struct nabd_msg *m)
{
	struct group_seen *g = &w->g[group];

	/* Before there is a successor, nobody knows how far the victim has come. */
	CHECK(m->sequence < w->head + (w->p ? 0 : group_plan.sends));
	CHECK(traffic_check(&fault_traffic, m->sequence, m->data, m->len));
	if (m->sequence < g->may ||
	    (m->sequence < g->from && !rewinds()))
		FAIL("group %u: message %llu comes, which is before %llu", group,
		     (unsigned long long)m->sequence,
		     (unsigned long long)(g->may > g->from ? g->may : g->from));
	if (group == MAIN_GROUP)
		check_main(g, m);
	else if (m->flags || m->deliveries != 1 || g->given[m->sequence] || m->sequence < g->last)
		FAIL("group %u: message %llu comes again", group, (unsigned long long)m->sequence);
	g->given[m->sequence]++;
	if (!(m->flags & NABD_MSG_REDELIVERED))
		g->last = m->sequence + 1;
}

static struct nabd_consumer_stats stats_of(nabd_consumer_t *c)
{
	struct nabd_consumer_stats st = { .size = sizeof(st) };

	EXPECT(nabd_consumer_stats(c, &st), NABD_OK);
	return st;
}

/* What a member is told when its group has ended; what an evicted one lost is exact. */
static void learn_end(struct group_world *w, unsigned group, unsigned seat, int rc)
{
	const struct nabd_join_opts *join = group_plan.op->join;
	struct group_seen *g = &w->g[group];
	struct nabd_consumer_stats st = stats_of(g->c[seat]);

	CHECK(group == MAIN_GROUP && group_plan.op->fate == FATE_ENDS);
	CHECK(st.state == rc);
	if (join && (join->max_lag || join->max_stall_ms))
		CHECK(rc == NABD_EVICTED);
	else
		CHECK(rc == NABD_DROPPED);
	if (rc == NABD_EVICTED && g->gone && group_told->victims == 1 && !group_plan.paused &&
	    st.gap != group_plan.sent - group_told->of[0].position)
		FAIL("the group was evicted at %llu of %llu, and is told that it lost %llu",
		     (unsigned long long)group_told->of[0].position, (unsigned long long)group_plan.sent,
		     (unsigned long long)st.gap);
	EXPECT(nabd_consumer_close(g->c[seat]), NABD_OK);
	g->c[seat] = NULL;
}

/* The seat's next message. False: none. */
static bool receive(struct group_world *w, unsigned group, unsigned seat)
{
	nabd_consumer_t *c = w->g[group].c[seat];
	struct nabd_msg m;
	int rc = nabd_consumer_peek_msg(c, &m);

	if (rc == NABD_EMPTY || rc == NABD_LAPPED) {
		CHECK(rc == NABD_EMPTY || group_plan.op->overwrite);
		return rc == NABD_LAPPED;
	}
	if (rc == NABD_DROPPED || rc == NABD_EVICTED) {
		learn_end(w, group, seat, rc);
		return false;
	}
	EXPECT(rc, NABD_OK);
	enter(w, group, &m);
	EXPECT(nabd_consumer_release(c), NABD_OK);
	return true;
}

unsigned group_receive_all(struct group_world *w, unsigned group)
{
	unsigned n = 0;

	for (unsigned s = 0; s < SEATS; s++)
		while (w->g[group].c[s] && receive(w, group, s))
			n++;
	return n;
}

uint64_t group_lost(struct group_world *w, unsigned group)
{
	uint64_t lost = 0;

	for (unsigned s = 0; s < SEATS; s++)
		if (w->g[group].c[s])
			lost += stats_of(w->g[group].c[s]).lost;
	return lost;
}

void group_push(struct group_world *w)
{
	CHECK(w->head < group_told->most);
	fault_push(w->p, w->head++);
}
