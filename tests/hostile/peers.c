/* SPDX-License-Identifier: MIT */
/*
 * peers.c - a hostile peer that writes as fast as it can, while others work, each in a
 * process of its own; now and then one of them is killed and another takes its place.
 */
#define _GNU_SOURCE

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "../fault/fault.h"
#include "crew.h"
#include "guard.h"
#include "hostile.h"

#define WORKERS 4u
#define DEATHS  20u    /* of a round */
#define LIFE    20000u /* microseconds from death to death, at most */
#define REST    3000u  /* microseconds between bursts of garbage, at most */

struct shared {
	_Atomic int stop;
	_Atomic uint64_t written;
	_Atomic uint64_t calls;
	_Atomic uint64_t moved;
};

struct job {
	const struct hostile_round *round;
	unsigned sides;
	uint64_t seed;
};

static struct shared *shared;

static void work(void *arg)
{
	const struct job *job = arg;
	const unsigned descriptors = hostile_descriptors();
	struct crew crew;

	crew_begin(&crew, job->sides, job->seed);
	crew.overwrite = job->round->overwrite;
	while (!atomic_load(&shared->stop)) {
		crew_act(&crew);
		atomic_fetch_add_explicit(&shared->calls, 1, memory_order_relaxed);
		atomic_fetch_add_explicit(&shared->moved, crew.moved, memory_order_relaxed);
		crew.moved = 0;
	}
	crew_end(&crew);
	CHECK(guard_mapped() == 0);
	CHECK(hostile_descriptors() == descriptors);
}

/* In bursts, of one kind each; in between the others get somewhere. */
static void scribble(void *arg)
{
	const struct job *job = arg;
	struct garbage g;

	hostile_peer(job->round, &g);
	for (;;) {
		const uint32_t burst = 1u << garbage_below(&g.rng, 16);

		garbage_focus(&g);
		for (uint32_t i = 0; i < burst; i++)
			garbage_write(&g);
		atomic_fetch_add_explicit(&shared->written, burst, memory_order_relaxed);
		if (garbage_below(&g.rng, 4) == 0)
			garbage_mend(&g);
		if (garbage_below(&g.rng, 2) == 0)
			usleep(garbage_below(&g.rng, REST));
	}
}

static void play(const struct hostile_round *r)
{
	static const unsigned sides[WORKERS] = {CREW_PRODUCER, CREW_READER | CREW_ONLOOKER,
						CREW_MEMBER, CREW_MEMBER | CREW_ONLOOKER};
	struct job jobs[WORKERS], hostile = {.round = r};
	uint64_t rng = r->seed | 1;
	pid_t pids[WORKERS], peer;

	shared = fault_shared(sizeof(*shared));
	for (unsigned i = 0; i < WORKERS; i++) {
		jobs[i] = (struct job){r, sides[i], garbage_random(&rng)};
		pids[i] = fault_start_child(work, &jobs[i]);
	}
	peer = fault_start_child(scribble, &hostile);
	for (unsigned i = 0; i < DEATHS; i++) {
		const uint32_t who = garbage_below(&rng, WORKERS);

		usleep(garbage_below(&rng, LIFE));
		fault_kill(pids[who]);
		jobs[who].seed = garbage_random(&rng);
		pids[who] = fault_start_child(work, &jobs[who]);
	}
	atomic_store(&shared->stop, 1);
	for (unsigned i = 0; i < WORKERS; i++)
		fault_await_child(pids[i]);
	fault_kill(peer);
	hostile_sums->calls += atomic_load(&shared->calls);
	hostile_sums->moved += atomic_load(&shared->moved);
	hostile_sums->written += atomic_load(&shared->written);
}

int main(void)
{
	return hostile_run("hostile-peers", play);
}
