/* SPDX-License-Identifier: MIT */
/*
 * group_judge.c - the witness succeeds the dead, reads all that is there, has the
 * groups go on, and says whether every message of every group is accounted for.
 */
#define _GNU_SOURCE

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "group_world.h"

#define LOOK_MS 21u      /* go by each time that the clock is read: members look each time */
#define DRAIN_ROUNDS 50u

void (*group_meanwhile)(struct group_world *w);

static bool look(struct group_world *w, unsigned group, struct nabd_group_info *info)
{
	int rc;

	*info = (struct nabd_group_info){ .size = sizeof(*info) };
	rc = nabd_group_look(w->q, group, info);
	if (rc != NABD_NOTFOUND)
		EXPECT(rc, NABD_OK);
	return rc == NABD_OK;
}

/* ----------------------------------------------------------------- taking seats */

/* Whether what the group has not read is let go when it ends. */
static bool is_let_go(void)
{
	const struct nabd_join_opts *join = group_plan.op->join;

	return join && (join->flags & NABD_GROUP_EPHEMERAL || join->max_lag || join->max_stall_ms);
}

/*
 * Where a group begins that is made now, or was by the victim: behind what was sent
 * then, unless it is the first one, or asks for something else. The first one may find
 * what was done before: it gets what the queue still keeps.
 */
static void expect_start(struct group_world *w, struct group_seen *g)
{
	const struct nabd_join_opts *join = group_plan.op->join;
	const uint32_t flags = join ? join->flags : 0;
	const bool first = w->groups == 1 && !(flags & NABD_JOIN_NEWEST);

	uint64_t unread = g->must, kept;

	while (g->given[unread])
		unread++;
	/* The others have gone on, while a victim was paused that had not made it yet. */
	EXPECT(nabd_min_tail(w->q, &kept), NABD_OK);
	if (group_plan.paused && unread < kept)
		unread = kept;
	memset(g->given, 0, group_told->most);
	g->last = g->from = g->may = 0;
	g->fresh = true;
	if (flags & NABD_JOIN_SEQUENCE) {
		g->may = group_plan.base ? 0 : join->sequence;
		g->must = unread > g->may ? unread : g->may;
	} else if (flags & NABD_JOIN_OLDEST || (first && !is_let_go())) {
		g->must = unread;
	} else {
		g->may = first ? 0 : group_plan.sent;
		g->must = first && g->gone && group_told->victims == 1 ? group_plan.sent : w->head;
	}
}

int group_sit_down(struct group_world *w, unsigned group, unsigned seat)
{
	struct group_seen *g = &w->g[group];
	struct nabd_group_info info;
	bool there = look(w, group, &info);

	/* An ephemeral one that its members left in death is made anew. */
	if (group == MAIN_GROUP &&
	    (!there || (group_plan.op->fate == FATE_STARTS && !g->c[1]) ||
	     (info.state & NABD_GROUP_STATE_EPHEMERAL && !info.members)))
		expect_start(w, g);
	return group_join(w, group, &g->c[seat]);
}

static void sit_all(struct group_world *w)
{
	for (unsigned g = 1; g <= w->groups; g++)
		if (!w->g[g].c[0] && !w->g[g].c[1])
			EXPECT(group_sit_down(w, g, 0), NABD_OK);
}

/* ---------------------------------------------------------------- what was left */

static void succeed(struct group_world *w)
{
	struct nabd_stats st = { .size = sizeof(st) };
	struct nabd_group_info info;
	bool there = look(w, MAIN_GROUP, &info);

	w->g[MAIN_GROUP].gone = !there;
	if (!there && group_plan.op->before == GROUP_THERE)
		CHECK(group_plan.op->fate == FATE_ENDS);
	w->p = fault_take_over(KILL_QUEUE, NABD_PRODUCER);
	EXPECT(nabd_stats(w->p, &st), NABD_OK);
	if (st.head < w->head || st.head > w->head + group_plan.sends)
		FAIL("head is %llu, and %llu to %llu were sent", (unsigned long long)st.head,
		     (unsigned long long)w->head, (unsigned long long)w->head + group_plan.sends);
	w->head = st.head;
	/* Who asked for any group may have got another, if it was paused. */
	for (unsigned g = w->groups + 1; group_plan.paused && g <= NABD_MAX_GROUPS; g++)
		(void)nabd_group_drop(w->p, g);
}

/* The clock stands, so that nobody looks for the dead; the ring goes round, as far as it can. */
static void go_round(struct group_world *w)
{
	for (uint64_t i = 0; i < group_plan.slots * 3 / 2; i++) {
		int rc;
		void *slot;

		for (unsigned g = 1; g <= w->groups; g++)
			group_receive_all(w, g);
		rc = nabd_reserve(w->p, 1, &slot);
		if (rc == NABD_FULL)
			return;
		EXPECT(rc, NABD_OK);
		EXPECT(nabd_abort(w->p), NABD_OK);
		group_push(w);
	}
}

/* The first group that has something to do, or 0. */
static unsigned find_undone(struct group_world *w, struct nabd_group_info *info)
{
	for (unsigned g = 1; g <= w->groups; g++)
		if (!look(w, g, info) || info->lag || info->holding)
			return g;
	return 0;
}

static void drain(struct group_world *w)
{
	struct nabd_group_info info;
	unsigned undone = 0;

	for (unsigned i = 0; i < DRAIN_ROUNDS; i++) {
		sit_all(w);
		for (unsigned g = 1; g <= w->groups; g++)
			group_receive_all(w, g);
		undone = find_undone(w, &info);
		if (!undone)
			return;
	}
	FAIL("group %u: %u hold something, lag %llu of %llu, and nobody gets it", undone, info.holding,
	     (unsigned long long)info.lag, (unsigned long long)w->head);
}

/* ----------------------------------------------------------------------- going on */

static void receive_each(struct group_world *w, uint64_t n)
{
	for (unsigned g = 1; g <= w->groups; g++)
		CHECK(group_receive_all(w, g) == n);
}

static void go_on(struct group_world *w)
{
	const struct nabd_join_opts *join = group_plan.op->join;

	for (uint64_t i = 0; i < group_plan.slots * 3 / 2; i++) {
		group_push(w);
		receive_each(w, 1);
	}
	if (join && join->max_lag) /* it would be evicted again */
		return;
	for (uint64_t i = 0; i < group_plan.slots; i++)
		group_push(w);
	if (!group_plan.op->overwrite) {
		EXPECT(nabd_push(w->p, "", 1), NABD_FULL);
		EXPECT(nabd_full(w->p), 1);
	}
	receive_each(w, group_plan.slots);
}

/* ------------------------------------------------------------------- the account */

static bool is_in_reach(uint64_t seq, unsigned victim)
{
	return group_plan.paused ||
	       seq - group_told->of[victim].first < group_told->of[victim].takes;
}

/* Whether it lies whole where a victim copies to. Who was paused says not which those are. */
static bool is_copied(uint64_t seq, unsigned victim, size_t *at)
{
	if (!group_plan.paused) {
		if (!is_in_reach(seq, victim))
			return false;
		*at = 0;
		for (uint64_t i = group_told->of[victim].first; i < seq; i++)
			*at += traffic_len(&fault_traffic, i);
	}
	if (!traffic_check(&fault_traffic, seq, group_told->of[victim].got + *at,
			   traffic_len(&fault_traffic, seq)))
		return false;
	*at += traffic_len(&fault_traffic, seq);
	return true;
}

/*
 * A message that did not come to us was a victim's, which may have released it: it was
 * shown to it, or copied.
 */
static bool victim_has(uint64_t seq, size_t at[GROUP_VICTIMS])
{
	if (group_told->released[seq])
		return true;
	for (unsigned i = 0; group_told->handed[seq] && i < group_told->victims; i++)
		if (group_told->of[i].takes && is_in_reach(seq, i))
			return true;
	/* Where it may also have been overwritten, there is nothing to compare. */
	for (unsigned i = 0; i < group_told->victims; i++)
		if (group_told->of[i].copies &&
		    (group_plan.op->overwrite ? is_in_reach(seq, i) : is_copied(seq, i, &at[i])))
			return true;
	return false;
}

static bool was_skipped(uint64_t seq)
{
	return group_plan.op->fate == FATE_SKIPS && seq >= group_told->of[0].first &&
	       seq < group_plan.sent;
}

/*
 * Of an overwriting queue: as many did not come as are told lost; but what a victim took,
 * and what it had passed over when it died, is told to nobody.
 */
static void check_overwritten(struct group_world *w, unsigned group, uint64_t missing,
			      uint64_t had)
{
	const uint64_t lost = group_lost(w, group);
	const uint64_t sent = group_plan.sent + group_plan.sends - group_plan.base;
	uint64_t passed = sent > group_plan.slots ? sent - group_plan.slots : 0;

	if (passed < group_told->lost)
		passed = group_told->lost;
	if (group != MAIN_GROUP || !(group_plan.op->member || group_told->victims > 1))
		passed = 0;
	if (missing < lost || missing > lost + passed + had)
		FAIL("group %u: %llu messages did not come, %llu are told lost", group,
		     (unsigned long long)missing, (unsigned long long)lost);
}

static void account(struct group_world *w, unsigned group)
{
	size_t at[GROUP_VICTIMS] = { 0 };
	const struct group_seen *g = &w->g[group];
	uint64_t missing = 0, had = 0;

	for (uint64_t seq = g->must; seq < w->head; seq++) {
		if (g->given[seq])
			continue;
		missing++;
		if (group == MAIN_GROUP && (victim_has(seq, at) || was_skipped(seq)))
			had++;
		else if (!group_plan.op->overwrite)
			FAIL("group %u: message %llu is lost", group, (unsigned long long)seq);
	}
	if (group_plan.op->overwrite)
		check_overwritten(w, group, missing, had);
}

static void end(struct group_world *w)
{
	struct nabd_group_info info;
	bool fleeting;

	for (unsigned g = 1; g <= w->groups; g++) {
		account(w, g);
		CHECK(look(w, g, &info) && info.holding == 0 && info.lag == 0);
		CHECK(info.members == 1u + (w->g[g].c[0] && w->g[g].c[1]));
		fleeting = info.state & NABD_GROUP_STATE_EPHEMERAL;
		for (unsigned s = 0; s < SEATS; s++)
			EXPECT(nabd_consumer_close(w->g[g].c[s]), NABD_OK);
		CHECK(look(w, g, &info) == !fleeting);
	}
	EXPECT(nabd_close(w->p), NABD_OK);
	EXPECT(nabd_close(w->q), NABD_OK);
	EXPECT(fault_unlink(KILL_QUEUE), NABD_OK);
	if (strcmp(fault_list(), "") != 0)
		FAIL("left behind: %s", fault_list());
}

static void witness(void *unused)
{
	struct group_world w;

	(void)unused;
	group_set_scene(&w);
	raise(SIGSTOP);
	if (group_plan.paused) {
		group_meanwhile(&w);
		raise(SIGSTOP);
	}
	succeed(&w);
	if (group_plan.joins)
		EXPECT(group_sit_down(&w, MAIN_GROUP, 1), NABD_OK);
	if (group_plan.late)
		go_round(&w);
	step_clock_run(LOOK_MS);
	drain(&w);
	go_on(&w);
	end(&w);
}

static void await_stop(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP)
		FAIL("the witness has ended too early");
}

pid_t group_witness(void)
{
	pid_t pid = fault_start_child(witness, NULL);

	await_stop(pid);
	return pid;
}

void group_continue(pid_t pid)
{
	CHECK(kill(pid, SIGCONT) == 0);
	await_stop(pid);
}

bool group_judge(pid_t pid)
{
	CHECK(kill(pid, SIGCONT) == 0);
	return fault_await(pid);
}
