/* SPDX-License-Identifier: MIT */
/*
 * The placement probe: how far apart the two CPUs are at this moment. For about
 * 2 ms a word goes out on one line and comes back on another; the median of
 * blocks of round trips, halved, is what one way costs. Each sample stands
 * between two probes.
 */
#include "bench.h"
#include "spin.h"

#define BLOCK   64u      /* round trips between two looks at the clock */
#define BLOCKS  512u
#define LENGTH  2000000u /* ns */
#define THE_END UINT64_MAX

static double probe_lead(struct board *board)
{
	static double block[BLOCKS];
	atomic_uint_fast64_t *out = &board->flag[0].word, *in = &board->flag[1].word;
	double ns = clock_ns_per_tick();
	uint64_t start = spin_ticks(), from = start, now, i, trip = 0;
	uint32_t n = 0;

	do {
		for (i = 0; i < BLOCK; i++) {
			spin_store(out, ++trip);
			spin_until(in, trip);
		}
		now = spin_ticks();
		block[n++] = (double)(now - from) * ns / (2.0 * BLOCK);
		from = now;
	} while (n < BLOCKS && (double)(now - start) * ns < LENGTH);
	spin_store(out, THE_END);
	return stats_median(block, n);
}

static void probe_follow(struct board *board)
{
	atomic_uint_fast64_t *in = &board->flag[0].word, *out = &board->flag[1].word;
	uint64_t trip = 1, seen;

	for (;;) {
		while ((seen = spin_load(in)) != trip) {
			if (seen == THE_END)
				return;
			spin_pause();
		}
		spin_store(out, trip++);
	}
}

/* Side A gets the ns one way, side B gets 0. */
double probe(struct seat *seat)
{
	double ns = 0;

	if (seat->side == SIDE_A) {
		spin_store(&seat->board->flag[0].word, 0);
		spin_store(&seat->board->flag[1].word, 0);
	}
	team_meet(seat);
	if (seat->side == SIDE_A)
		ns = probe_lead(seat->board);
	else
		probe_follow(seat->board);
	team_meet(seat);
	return ns;
}
