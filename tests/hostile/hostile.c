/* SPDX-License-Identifier: MIT */
/* hostile.c - rounds, seeds and queues: see hostile.h. */
#define _GNU_SOURCE

#include "hostile.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../fault/fault.h"
#include "crew.h"

#define SECONDS 8u

static void (*one_round)(const struct hostile_round *r);
struct hostile_sums *hostile_sums;

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text != NULL && *text != '\0' ? strtoull(text, NULL, 0) : otherwise;
}

static uint64_t seconds(void)
{
	struct timespec now;

	CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec;
}

/* Everything that a round does follows from its seed. */
static struct hostile_round round_of(uint64_t seed)
{
	static const uint32_t sizes[] = {8, 24, 64, 300};
	uint64_t rng = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	struct hostile_round r = {.seed = seed};

	(void)garbage_random(&rng);
	r.regions = 1 + (unsigned)(seed % 3);
	r.slots = 1u << (1 + garbage_below(&rng, 5));
	r.slot_size = sizes[garbage_below(&rng, 4)];
	r.overwrite = garbage_below(&rng, 3) == 0;
	r.times = garbage_below(&rng, 3) == 0;
	return r;
}

static void make_queue(const char *name, const struct hostile_round *r, bool overwrite)
{
	const unsigned flags = (overwrite ? NABD_OVERWRITE : 0) | (r->times ? NABD_TIMESTAMPS : 0);
	nabd_t *q;

	EXPECT(fault_open(name, r->slots, r->slot_size, NABD_CREATE | NABD_EXCL | flags, &q),
	       NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
}

static void run_round(void *arg)
{
	const struct hostile_round *r = arg;

	make_queue(CREW_QUEUE, r, r->overwrite);
	make_queue(CREW_LETTERS, r, true); /* never full */
	one_round(r);
}

void hostile_peer(const struct hostile_round *r, struct garbage *g)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", fault_dir(), CREW_QUEUE);
	garbage_open(g, path, r->regions, r->seed * UINT64_C(0x9e3779b97f4a7c15) + 1);
}

unsigned hostile_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	CHECK(d != NULL);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

int hostile_run(const char *test, void (*round)(const struct hostile_round *r))
{
	const uint64_t first = number("HOSTILE_SEED", (uint64_t)time(NULL) % 1000000 * 1000);
	const uint64_t rounds = number("HOSTILE_ROUNDS", UINT64_MAX);
	const uint64_t until = seconds() + number("HOSTILE_SECONDS", SECONDS);
	uint64_t n = 0;

	fault_begin(test);
	hostile_sums = fault_shared(sizeof(*hostile_sums));
	one_round = round;
	printf("HOSTILE_SEED=%" PRIu64 "\n", first);
	while (n < rounds && (n < 3 || seconds() < until)) {
		struct hostile_round r = round_of(first + n);

		if (!fault_await(fault_start_child(run_round, &r)))
			FAIL("again: HOSTILE_SEED=%" PRIu64 " HOSTILE_ROUNDS=1 (%" PRIu32
			     " slots of %" PRIu32 " bytes, regions %u%s)",
			     r.seed, r.slots, r.slot_size, r.regions,
			     r.overwrite ? ", overwritten" : "");
		fault_clear();
		n++;
	}
	printf("%" PRIu64 " rounds: %" PRIu64 " calls, %" PRIu64 " messages, %" PRIu64
	       " words of garbage, at most %" PRIu64 " steps a call\n",
	       n, hostile_sums->calls, hostile_sums->moved, hostile_sums->written,
	       hostile_sums->most);
	/* Or nothing was tried. */
	CHECK(hostile_sums->calls > 0 && hostile_sums->moved > 0 && hostile_sums->written > 0);
	return 0;
}
