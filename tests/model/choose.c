/* SPDX-License-Identifier: MIT */
/*
 * Which executions are the same: two steps of different threads that can't tell
 * which of them was first need not be tried in both orders.
 *
 * A load names the store that it reads, so it can't tell whether a later store is
 * there already: only stores to one cell (and changes, which are stores) have an
 * order among themselves; and operations on one lock, and full fences; going to sleep on
 * a word, and waking; and a barrier, and whatever the thread does that it makes fence.
 *
 * Sleep sets: what was tried from one moment is not tried again from a later one
 * that differs in nothing that it could tell. Persistent sets: if what some
 * threads do next can't be told from whatever the others will do, those others may
 * wait. Who writes which cell, and up to which of its steps, is learned while
 * exploring; when something new is learned, the exploration begins again. That is
 * enough: a step that was wrongly thought never to come is still there after the
 * steps that were preferred to it, and would be seen then.
 */
#include <string.h>

#include "model.h"

#define BIT(thread) (1u << (thread))

bool model_learned, model_reduce = true, model_all_sleep;

/* Of each thread: the last of its steps, counted from 1, that did it; 0: none. */
struct last {
	uint16_t step[MODEL_THREADS];
};

static struct last writers[MODEL_CELLS], users[MODEL_LOCKS], fencers, barriers;
static struct last sleepers[MODEL_CELLS];
static unsigned steps_done[MODEL_THREADS];

void model_choose_forget(void)
{
	memset(writers, 0, sizeof(writers));
	memset(users, 0, sizeof(users));
	memset(&fencers, 0, sizeof(fencers));
	memset(&barriers, 0, sizeof(barriers));
	memset(sleepers, 0, sizeof(sleepers));
}

void model_choose_begin(void)
{
	memset(steps_done, 0, sizeof(steps_done));
}

static void learn(struct last *last, unsigned thread)
{
	if (last->step[thread] >= steps_done[thread])
		return;
	/* Rounded up: to learn less often. */
	last->step[thread] = (uint16_t)(steps_done[thread] | 7);
	model_learned = true;
}

/* Threads that may do it yet. */
static unsigned who_may(const struct last *last)
{
	unsigned who = 0;

	for (unsigned t = 1; t < MODEL_THREADS; t++)
		who |= last->step[t] > steps_done[t] ? BIT(t) : 0;
	return who;
}

static bool is_sleep(const struct model_op *op)
{
	return op->kind == MODEL_SLEEP || op->kind == MODEL_SLEPT || op->kind == MODEL_WAKE;
}

/* An exchange that fails counts too: it might have been the first. */
void model_choose_note(unsigned thread, const struct model_op *op)
{
	unsigned about;

	steps_done[thread]++;
	if (op->kind == MODEL_LOAD)
		return;
	about = model_locks_about(thread, op);
	if (op->kind == MODEL_STORE || op->kind == MODEL_RMW || op->kind == MODEL_CAS)
		learn(&writers[op->cell], thread);
	if (op->kind == MODEL_FENCE && op->order == MODEL_SEQ_CST)
		learn(&fencers, thread);
	if (op->kind == MODEL_BARRIER)
		learn(&barriers, thread);
	if (is_sleep(op))
		learn(&sleepers[op->cell], thread);
	for (unsigned i = 0; i < MODEL_LOCKS; i++)
		if ((about & (1u << i)) != 0)
			learn(&users[i], thread);
}

static unsigned locks_about(const struct model_step *s)
{
	return s->dies ? model_locks_held(s->thread)
		       : model_locks_about(s->thread, model_pending(s->thread));
}

static bool is_barrier(const struct model_step *s)
{
	return !s->dies && model_pending(s->thread)->kind == MODEL_BARRIER;
}

/* All full fences have an order; and the other thread's steps are before its fence or behind. */
static bool barrier_tells(const struct model_step *barrier, const struct model_step *other)
{
	const struct model_op *op = model_pending(other->thread);

	return barrier->store == other->thread || is_barrier(other) ||
	       (op->kind == MODEL_FENCE && op->order == MODEL_SEQ_CST);
}

/* Whether the order of two steps that are both possible now makes a difference. */
static bool dependent(const struct model_step *a, const struct model_step *b)
{
	const struct model_op *x = model_pending(a->thread), *y = model_pending(b->thread);

	if (a->thread == b->thread || (locks_about(a) & locks_about(b)) != 0)
		return true;
	if ((is_barrier(a) && barrier_tells(a, b)) || (is_barrier(b) && barrier_tells(b, a)))
		return true;
	if (is_barrier(a) || is_barrier(b))
		return false;
	if (a->dies || b->dies)
		return false;
	if (is_sleep(x) && is_sleep(y))
		return x->cell == y->cell;
	if (x->kind == MODEL_FENCE && y->kind == MODEL_FENCE)
		return x->order == MODEL_SEQ_CST && y->order == MODEL_SEQ_CST;
	return model_memory_writes(x, a->store) && model_memory_writes(y, b->store) &&
	       x->cell == y->cell;
}

/* Death changes nothing but locks: dying before a load is dying before what comes after it. */
static bool may_die(unsigned thread)
{
	switch (model_pending(thread)->kind) {
	case MODEL_STORE:
	case MODEL_RMW:
	case MODEL_CAS:
	case MODEL_TRY:
	case MODEL_UNLOCK:
	case MODEL_WAKE:
		return (model_scene->mortal & BIT(thread)) != 0;
	default:
		return false;
	}
}

static unsigned add_steps(unsigned thread, struct model_step *steps)
{
	uint8_t stores[MODEL_STORES];
	unsigned n = model_memory_choices(thread, model_pending(thread), stores);

	if (n >= MODEL_CHOICES / MODEL_THREADS)
		model_fail("the model has too few choices");
	for (unsigned i = 0; i < n; i++)
		steps[i] = (struct model_step){(uint8_t)thread, false, stores[i]};
	if (may_die(thread))
		steps[n++] = (struct model_step){(uint8_t)thread, true, 0};
	return n;
}

/* Threads that may ever do something that this one's next step could tell. */
static unsigned rivals(unsigned thread)
{
	const struct model_op *op = model_pending(thread);
	unsigned who = who_may(&barriers), about = model_locks_about(thread, op);

	if (op->kind == MODEL_BARRIER)
		return ~0u;
	if (may_die(thread))
		about |= model_locks_held(thread);
	for (unsigned i = 0; i < MODEL_LOCKS; i++)
		if ((about & (1u << i)) != 0)
			who |= who_may(&users[i]);
	if (op->kind == MODEL_FENCE && op->order == MODEL_SEQ_CST)
		who |= who_may(&fencers);
	if (op->kind == MODEL_LOAD || op->kind == MODEL_STORE || op->kind == MODEL_RMW ||
	    op->kind == MODEL_CAS || op->kind == MODEL_SLEEP)
		who |= who_may(&writers[op->cell]);
	if (is_sleep(op))
		who |= who_may(&sleepers[op->cell]);
	return who;
}

/* The threads that must be tried together with this one. */
static unsigned together(unsigned thread)
{
	unsigned set = model_reduce ? BIT(thread) : ~0u, before;

	do {
		before = set;
		for (unsigned t = 1; t < MODEL_THREADS; t++)
			if ((before & BIT(t)) != 0)
				set |= rivals(t);
		for (unsigned t = 0; t < MODEL_THREADS; t++)
			if (!model_alive(t))
				set &= ~BIT(t);
	} while (set != before);
	return set;
}

static bool sleeps(const struct model_moment *moment, const struct model_step *step)
{
	for (unsigned i = 0; i < moment->asleeps; i++)
		if (memcmp(&moment->asleep[i], step, sizeof(*step)) == 0)
			return true;
	return false;
}

/* What is to be tried from here. The thread that ran last comes first: easier to read. */
void model_choose(struct model_moment *moment, unsigned last)
{
	struct model_step steps[MODEL_THREADS][MODEL_CHOICES];
	unsigned count[MODEL_THREADS] = {0}, set = 0, fewest = 0;

	for (unsigned t = 1; t < MODEL_THREADS; t++)
		if (model_alive(t))
			count[t] = add_steps(t, steps[t]);
	for (unsigned t = 1; t < MODEL_THREADS; t++) {
		unsigned candidate, n = 0;

		if (count[t] == 0)
			continue;
		candidate = together(t);
		for (unsigned u = 1; u < MODEL_THREADS; u++)
			n += (candidate & BIT(u)) != 0 ? count[u] : 0;
		if (fewest == 0 || n < fewest || (n == fewest && t == last)) {
			fewest = n;
			set = candidate;
		}
	}
	for (unsigned t = 1; fewest == 0 && t < MODEL_THREADS; t++) {
		if (!model_alive(t))
			continue;
		if ((model_scene->may_sleep & BIT(t)) == 0 || !model_asleep(t))
			model_fail("thread %u %s for ever", t, model_asleep(t) ? "sleeps" : "waits");
		model_all_sleep = true;
	}
	moment->steps = moment->at = 0;
	for (unsigned i = 0; i < MODEL_THREADS; i++) {
		const unsigned t = (last + i) % MODEL_THREADS;

		for (unsigned k = 0; (set & BIT(t)) != 0 && k < count[t]; k++)
			if (!sleeps(moment, &steps[t][k]))
				moment->step[moment->steps++] = steps[t][k];
	}
}

/* What sleeps after the step that is being tried: called before it is done. */
void model_choose_next(const struct model_moment *moment, struct model_moment *next)
{
	const struct model_step *now = &moment->step[moment->at];

	next->asleeps = 0;
	if (!model_reduce)
		return;
	for (unsigned i = 0; i < moment->asleeps; i++)
		if (!dependent(now, &moment->asleep[i]))
			next->asleep[next->asleeps++] = moment->asleep[i];
	for (unsigned i = 0; i < moment->at; i++)
		if (!dependent(now, &moment->step[i]) && next->asleeps < MODEL_CHOICES)
			next->asleep[next->asleeps++] = moment->step[i];
}
