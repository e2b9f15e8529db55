/* SPDX-License-Identifier: MIT */
/*
 * steps.c - a hostile peer that comes in before any access to a shared word of any call:
 * one thread plays it and all the others, so that a round follows from its seed alone.
 * The steps of each call are counted: none may go on for ever, however it is provoked.
 */
#include <inttypes.h>

#include "../fault/fault.h"
#include "crew.h"
#include "guard.h"
#include "hooked.h"
#include "hostile.h"

#define STRETCHES 120u /* of a round, each with another kind of peer */
#define ACTS      150u /* of a stretch */

static struct garbage garbage;
static struct crew crew;
static const struct crew_call *call; /* NULL: none is being made */
static uint64_t steps;
static uint64_t rate; /* one step in so many has garbage before it; 0: none has */

void hostile_step(void)
{
	if (call == NULL)
		return;
	if (++steps > call->most)
		FAIL("%s does not end: %" PRIu64 " steps", call->name, steps);
	if (rate == 0 || garbage_random(&garbage.rng) % rate != 0)
		return;
	garbage_write(&garbage);
	hostile_sums->written++;
}

static void before(const struct crew_call *next)
{
	if (steps > hostile_sums->most)
		hostile_sums->most = steps;
	call = next;
	steps = 0;
}

/* Often, seldom, or not at all for a while; one word in particular, or any. */
static void change_manners(void)
{
	static const uint64_t rates[] = {0, 0, 1, 2, 5, 20, 100, 500, 3000};

	rate = rates[garbage_below(&garbage.rng, sizeof(rates) / sizeof(rates[0]))];
	garbage_focus(&garbage);
	if (garbage_below(&garbage.rng, 3) == 0)
		garbage_mend(&garbage);
}

static void play(const struct hostile_round *r)
{
	unsigned descriptors, mapped;

	hostile_peer(r, &garbage);
	descriptors = hostile_descriptors();
	mapped = guard_mapped();
	crew_begin(&crew, CREW_ALL, garbage_random(&garbage.rng));
	crew.overwrite = r->overwrite;
	crew.before = before;
	for (unsigned i = 0; i < STRETCHES; i++) {
		for (unsigned n = 0; n < ACTS; n++)
			crew_act(&crew);
		call = NULL;
		change_manners();
	}
	crew_end(&crew);
	CHECK(guard_mapped() == mapped);
	CHECK(hostile_descriptors() == descriptors);
	hostile_sums->calls += crew.calls;
	hostile_sums->moved += crew.moved;
}

int main(void)
{
	return hostile_run("hostile-steps", play);
}
