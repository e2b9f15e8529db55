/* SPDX-License-Identifier: MIT */
/*
 * One sample: probe, open, work, close, probe, on both sides in step; and the
 * chunks and round trips that a row's work notes down meanwhile.
 */
#include "bench.h"
#include "spin.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LONGEST 60u /* seconds after which a sample hangs */

void sample_begin(struct seat *seat)
{
	seat->marks = 0;
	sample_mark(seat, 0);
}

/* done messages are through: call it CHUNKS times after sample_begin(). */
void sample_mark(struct seat *seat, uint64_t done)
{
	if (seat->marks > CHUNKS)
		return;
	seat->marked[seat->marks] = done;
	seat->mark[seat->marks++] = spin_ticks();
}

/* The chunks 1 to CHUNKS end before this message. */
uint64_t sample_end(const struct seat *seat, uint64_t chunk)
{
	return seat->count * chunk / CHUNKS;
}

/* A chunk whose time was taken apart from what lay between; CHUNKS at most. */
void sample_chunk(struct seat *seat, uint64_t ticks, uint64_t messages)
{
	if (messages && seat->chunks < CHUNKS)
		seat->chunk[seat->chunks++] =
			(double)ticks * clock_ns_per_tick() / (double)messages;
}

/* The median chunk: a gap in which the host took a CPU away spoils one chunk only. */
void sample_chunks(struct seat *seat)
{
	memset(&seat->board->sample, 0, sizeof(seat->board->sample));
	seat->board->sample.ns[0] = stats_median(seat->chunk, seat->chunks);
}

/*
 * On one CPU a chunk is received at one go, and sent while none is: only the whole of a
 * sample has both in it.
 */
void sample_rate(struct seat *seat)
{
	uint32_t i;

	seat->chunks = 0;
	if (seat->whole && seat->marks > 1) {
		seat->mark[1] = seat->mark[seat->marks - 1];
		seat->marked[1] = seat->marked[seat->marks - 1];
		seat->marks = 2;
	}
	for (i = 1; i < seat->marks; i++)
		sample_chunk(seat, seat->mark[i] - seat->mark[i - 1],
			     seat->marked[i] - seat->marked[i - 1]);
	sample_chunks(seat);
}

static int u32_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Of so many ways that each of the times took. */
void sample_latency(struct seat *seat, uint32_t ways)
{
	static const double q[VALUES] = { 0.5, 0.99, 0.999 };
	size_t n = seat->count;
	uint32_t i;

	qsort(seat->rtt, n, sizeof(*seat->rtt), u32_cmp);
	for (i = 0; i < VALUES; i++)
		seat->board->sample.ns[i] =
			stats_quantile(seat->rtt, n, q[i]) * clock_ns_per_tick() / ways;
}

static double seconds_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void work(struct seat *seat, const struct row *row)
{
	double cpu, wall;

	seat->count = seat->board->count;
	seat->bad = 0;
	team_meet(seat);
	cpu = seconds_of(CLOCK_THREAD_CPUTIME_ID);
	wall = seconds_of(CLOCK_MONOTONIC);
	if (row->work[seat->side])
		row->work[seat->side](seat, row);
	wall = seconds_of(CLOCK_MONOTONIC) - wall;
	cpu = seconds_of(CLOCK_THREAD_CPUTIME_ID) - cpu;
	seat->board->busy[seat->side] = wall > 0 ? cpu / wall : 1;
	seat->board->bad[seat->side] += seat->bad;
	team_meet(seat);
}

/*
 * A ends only after the open: what it makes has a name until B has it too, and
 * a signal must not fall in between.
 */
static void open_both(struct seat *seat, const struct row *row)
{
	sigset_t all, before;

	if (!row->open) {
		team_meet(seat);
		return;
	}
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	row->open(seat, row);
	sigprocmask(SIG_SETMASK, &before, NULL);
	team_meet(seat);
}

static void both(struct seat *seat, const struct row *row, double probes[2])
{
	int spins = row->flags & ROW_SPINS, shared = row->flags & ROW_ONE_CPU;

	seat->whole = shared;
	if (shared)
		team_share(seat, 1);
	open_both(seat, row);
	probes[0] = spins ? probe(seat) : 0;
	work(seat, row);
	probes[1] = spins ? probe(seat) : 0;
	if (row->close)
		row->close(seat, row);
	if (shared)
		team_share(seat, 0);
	if (seat->rest_us)
		(void)usleep(seat->rest_us);
}

/* Side A: take a sample of so many messages; the result is on the board. */
int sample_take(struct seat *seat, uint64_t index, const struct row *row, uint64_t count,
		double probes[2])
{
	uint32_t i;

	seat->board->row = index;
	seat->board->count = count;
	alarm(LONGEST);
	team_meet(seat);
	if (index == ORDER_QUIT)
		return 0;
	both(seat, row, probes);
	alarm(0);
	/* A side that was off its CPU for much of the time measured others' work. */
	for (i = 0; i < SIDES; i++) {
		if ((row->flags & ROW_SPINS) && seat->board->busy[i] < seat->busy)
			return -1;
	}
	return 0;
}

/* Side B: do what A orders until it says quit. */
void sample_serve(struct seat *seat, const struct row *rows)
{
	double probes[2];

	for (;;) {
		team_meet(seat);
		if (seat->board->row == ORDER_QUIT)
			return;
		both(seat, &rows[seat->board->row], probes);
	}
}
