/* SPDX-License-Identifier: MIT */
/*
 * The table on stdout: one block for each placement that was met, each figure
 * with the floor of the same placement beside it.
 */
#include "bench.h"

#include <nabd/nabd.h>
#include <stdio.h>
#include <string.h>

#define ENOUGH 3u /* samples below which a ratio is not told */

/* One row in one placement: of the default group, or of so many groups and members. */
static const struct cell *find_of(const struct findings *f, enum place place, const char *name,
				  enum kind kind, uint32_t size, uint32_t groups,
				  uint32_t members)
{
	uint32_t i;

	for (i = 0; i < f->rows->n; i++) {
		const struct row *row = &f->rows->row[i];

		if (row->kind == kind && row->size == size && !strcmp(row->name, name) &&
		    row->groups == groups && row->members == members &&
		    (row->slots == 0 || row->slots == rows_slots(size) || row->slots == 16))
			return &f->cell[i][place];
	}
	return NULL;
}

static const struct cell *find(const struct findings *f, enum place place, const char *name,
			       enum kind kind, uint32_t size)
{
	return find_of(f, place, name, kind, size, 0, 0);
}

static double median_of(const struct cell *cell)
{
	double v[3];

	return cell && findings_sum(cell, 0, v) ? v[0] : 0;
}

/* "12.1  (10.3 - 12.3)", and the same in the heads of the columns. */
static void print_spread(const double v[3])
{
	char text[40];

	snprintf(text, sizeof(text), "(%.1f - %.1f)", v[1], v[2]);
	printf("%9.1f  %-19s", v[0], text);
}

static void print_multiple(double ns, double floor_ns, uint32_t n)
{
	if (floor_ns > 0)
		printf(" %8.2f %4u\n", ns / floor_ns, (unsigned)n);
	else
		printf(" %8s %4u\n", "-", (unsigned)n);
}

/* Slots, and groups x members beside the default group, or processes beside the two. */
static void print_queue(const struct row *row)
{
	char groups[24] = "";

	if (row->groups)
		snprintf(groups, sizeof(groups), "%ux%u", (unsigned)row->groups,
			 (unsigned)row->members);
	else if (row->others)
		snprintf(groups, sizeof(groups), "+%u", (unsigned)row->others);
	if (row->slots)
		printf("%8u%6s", (unsigned)row->slots, groups);
	else
		printf("%14s", groups);
}

static void print_rates(const struct findings *f, enum place place)
{
	double floor_ns = median_of(find(f, place, NAME_STREAM, KIND_RATE, 64)), v[3];
	uint32_t i;
	int any = 0;

	for (i = 0; i < f->rows->n; i++) {
		const struct row *row = &f->rows->row[i];
		const struct cell *cell = &f->cell[i][place];

		if (row->kind != KIND_RATE || !findings_sum(cell, 0, v))
			continue;
		if (!any++)
			printf("\n%-29s%6s%8s%6s%9s  %-19s %8s %7s %8s %4s\n", "throughput",
			       "bytes", "slots", "group", "ns/msg", "(min - max)", "M msg/s",
			       "GB/s", "x line", "n");
		printf("%-29s%6u", row->name, (unsigned)row->size);
		print_queue(row);
		print_spread(v);
		printf(" %8.2f %7.2f", 1e3 / v[0], row->size / v[0]);
		print_multiple(v[0], floor_ns, cell->n);
	}
}

static void print_times_of(const struct findings *f, enum place place, enum kind kind)
{
	double floor_ns = median_of(find(f, place, NAME_TRIP, KIND_ONE_WAY, 8));
	const char *head = kind == KIND_PACED ? "one way, paced, ns" : "one way, ns";
	double v[VALUES][3];
	uint32_t i, k;
	int any = 0;

	for (i = 0; i < f->rows->n; i++) {
		const struct row *row = &f->rows->row[i];
		const struct cell *cell = &f->cell[i][place];

		if (row->kind != kind || !findings_sum(cell, 0, v[0]))
			continue;
		for (k = 1; k < VALUES; k++)
			findings_sum(cell, k, v[k]);
		if (!any++)
			printf("\n%-29s%6s%12s%9s  %-19s %8s %7s %8s %4s\n", head, "bytes",
			       kind == KIND_PACED ? "every ns" : "", "p50", "(min - max)", "p99",
			       "p99.9", "x trip", "n");
		printf("%-29s%6u", row->name, (unsigned)row->size);
		if (row->interval_ns)
			printf("%12u", (unsigned)row->interval_ns);
		else
			printf("%12s", "");
		print_spread(v[0]);
		printf(" %8.0f %7.0f", v[1][0], v[2][0]);
		print_multiple(v[0][0], floor_ns, cell->n);
	}
}

static int enough(const struct cell *a, const struct cell *b)
{
	return a && b && a->n >= ENOUGH && b->n >= ENOUGH;
}

/* Ours over a floor; both medians of one placement. most 0: no aim is set. */
static void print_over(const struct cell *ours, const struct cell *floor, double most,
		       const char *text)
{
	double ratio;

	if (!enough(ours, floor))
		return;
	ratio = median_of(ours) / median_of(floor);
	printf("  %-62s %6.2f", text, ratio);
	if (most > 0)
		printf("  (aim: at most %.2f%s)", most, ratio <= most ? "" : "; MISSED");
	putchar('\n');
}

/* How many times faster than a peer, which sleeps and so has no placement. */
static void print_times(const struct findings *f, const struct cell *ours, const char *peer,
			enum kind kind, const char *text)
{
	const struct cell *theirs = find(f, PLACE_ONE, peer, kind, 64);

	if (enough(ours, theirs))
		printf("  %-62s %6.1f\n", text, median_of(theirs) / median_of(ours));
}

/* The library's calls beside those compiled into the program. */
static void print_inline(const struct findings *f, enum place p)
{
	static const char *const name[][2] = { { NAME_PUSH, NAME_PUSH_INLINE },
					       { NAME_PLACE, NAME_PLACE_INLINE },
					       { NAME_BOTH, NAME_BOTH_INLINE },
					       { NAME_BOTH_PLACE, NAME_BOTH_PLACE_INLINE } };
	static const uint32_t size[] = { 8, 56, 64, 256 };
	char text[80];

	for (size_t n = 0; n < sizeof(name) / sizeof(*name); n++)
		for (size_t s = 0; s < sizeof(size) / sizeof(*size); s++) {
			snprintf(text, sizeof(text), "library / %s, %u bytes", name[n][1],
				 (unsigned)size[s]);
			print_over(find(f, p, name[n][0], KIND_RATE, size[s]),
				   find(f, p, name[n][1], KIND_RATE, size[s]), 1.3, text);
		}
}

/* A group of one member beside the default group, by each way to receive. */
static void print_groups(const struct findings *f, enum place p)
{
	static const char *const name[] = { NAME_PUSH, NAME_PLACE, NAME_BATCH, NAME_BOTH };
	static const uint32_t size[] = { 8, 64 };
	char text[80];
	size_t n, s;

	for (n = 0; n < sizeof(name) / sizeof(*name); n++) {
		for (s = 0; s < sizeof(size) / sizeof(*size); s++) {
			snprintf(text, sizeof(text), "group of one / default: %s, %u bytes",
				 name[n], (unsigned)size[s]);
			print_over(find_of(f, p, name[n], KIND_RATE, size[s], 1, 1),
				   find(f, p, name[n], KIND_RATE, size[s]), 1.25, text);
		}
	}
	print_over(find_of(f, p, NAME_KEEP, KIND_RATE, 64, 16, 1),
		   find_of(f, p, NAME_KEEP, KIND_RATE, 64, 1, 1), 1.3,
		   "push beside 16 groups that keep up / beside one, 64 bytes");
	print_over(find_of(f, p, NAME_DRAIN, KIND_RATE, 64, 1, 2),
		   find_of(f, p, NAME_DRAIN, KIND_RATE, 64, 1, 1), 0,
		   "two members on two CPUs / one member, 64 bytes");
	print_over(find(f, p, NAME_BOTH_OVER, KIND_RATE, 64),
		   find(f, p, NAME_BOTH, KIND_RATE, 64), 0,
		   "push + pop of an overwrite queue / of another, 64 bytes");
}

/* The fastest peer that polls, of those that do the same thing with the same size. */
static const struct row *fastest(const struct findings *f, enum place p, const struct row *like,
				 double *ns)
{
	const struct row *best = NULL;

	for (uint32_t i = 0; i < f->rows->n; i++) {
		const struct row *row = &f->rows->row[i];
		const struct cell *cell = &f->cell[i][p];

		if (row->part != PART_PEER || row->kind != like->kind || row->size != like->size ||
		    row->slots != like->slots || row->interval_ns != like->interval_ns ||
		    cell->n < ENOUGH)
			continue;
		if (best == NULL || median_of(cell) < *ns) {
			best = row;
			*ns = median_of(cell);
		}
	}
	return best;
}

/* Single messages, and batches of them, beside the fastest peer. */
static void print_peers(const struct findings *f, enum place p)
{
	static const char *const kind[] = { "throughput", "one way", "paced" };
	char text[120], pace[24];
	double ns = 0;
	int any = 0;

	for (uint32_t i = 0; i < f->rows->n; i++) {
		const struct row *row = &f->rows->row[i], *peer;
		const struct cell *cell = &f->cell[i][p];

		/* They copy: so must we. */
		if (row->part != PART_NABD || row->groups || row->queue_flags || cell->n < ENOUGH ||
		    (strcmp(row->name, NAME_PUSH) && strcmp(row->name, NAME_BATCH) &&
		     strcmp(row->name, NAME_ALIGNED)))
			continue;
		peer = fastest(f, p, row, &ns);
		if (peer == NULL)
			continue;
		if (!any++)
			puts("time over that of the fastest peer");
		pace[0] = '\0';
		if (row->interval_ns)
			snprintf(pace, sizeof(pace), " every %u ns", (unsigned)row->interval_ns);
		snprintf(text, sizeof(text), "%s, %u bytes, %s%s / %s", row->name,
			 (unsigned)row->size, kind[row->kind], pace, peer->name);
		printf("  %-78s %6.2f%s\n", text, median_of(cell) / ns,
		       median_of(cell) <= ns ? "" : "  SLOWER");
	}
}

/* Long messages, beside the copies and the touches that nobody can leave out. */
static void print_long(const struct findings *f, enum place p)
{
	static const uint32_t size[] = { 4096, 65536, MAX_SIZE };
	char text[80];

	for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++) {
		const double most = size[i] == MAX_SIZE ? 1.1 : 0;

		snprintf(text, sizeof(text), "push and pop, %u bytes / copy in, copy out",
			 (unsigned)size[i]);
		print_over(find(f, p, NAME_PUSH, KIND_RATE, size[i]),
			   find(f, p, NAME_COPIES, KIND_RATE, size[i]), most, text);
		snprintf(text, sizeof(text), "reserve and peek, %u bytes / written and read in place",
			 (unsigned)size[i]);
		print_over(find(f, p, NAME_PLACE, KIND_RATE, size[i]),
			   find(f, p, NAME_TOUCHED, KIND_RATE, size[i]), most, text);
	}
}

/* What sleeps, beside a pipe that does: both processes on two CPUs, or on one. */
static void print_sleepers(const struct findings *f)
{
	static const struct {
		const char *name, *pipe, *futex, *text;
		double least; /* times as fast as the pipe; 0: no aim is set */
	} way[] = {
		{ NAME_BALANCED_ONE, NAME_PIPE_ONE, NAME_FUTEX_ONE, "balanced, one CPU", 10 },
		{ NAME_BALANCED, NAME_PIPE, NAME_FUTEX, "balanced, two CPUs", 0 },
		{ NAME_POWER_ONE, NAME_PIPE_ONE, NAME_FUTEX_ONE, "power, one CPU", 0 },
		{ NAME_POWER, NAME_PIPE, NAME_FUTEX, "power, two CPUs", 0 },
	};
	const enum place p = PLACE_ONE;
	char text[80];
	size_t i;

	for (i = 0; i < sizeof(way) / sizeof(*way); i++) {
		const double least = way[i].least;

		snprintf(text, sizeof(text), "wait / pipe, throughput: %s", way[i].text);
		print_over(find(f, p, way[i].name, KIND_RATE, 64),
			   find(f, p, way[i].pipe, KIND_RATE, 64), least > 0 ? 1 / least : 0,
			   text);
		snprintf(text, sizeof(text), "wait / pipe, one way: %s", way[i].text);
		print_over(find(f, p, way[i].name, KIND_ONE_WAY, 64),
			   find(f, p, way[i].pipe, KIND_ONE_WAY, 64), least > 0 ? 1 : 0, text);
		snprintf(text, sizeof(text), "wait / futex, one way: %s", way[i].text);
		print_over(find(f, p, way[i].name, KIND_ONE_WAY, 64),
			   find(f, p, way[i].futex, KIND_ONE_WAY, 4), 0, text);
	}
}

static void print_ratios(const struct findings *f, enum place p)
{
	const struct cell *line = find(f, p, NAME_STREAM, KIND_RATE, 64);
	const struct cell *trip = find(f, p, NAME_TRIP, KIND_ONE_WAY, 8);
	const struct cell *rate8 = find(f, p, NAME_PUSH, KIND_RATE, 8);
	const struct cell *rate64 = find(f, p, NAME_PUSH, KIND_RATE, 64);
	const struct cell *batch8 = find(f, p, NAME_BATCH, KIND_RATE, 8);
	const struct cell *batch64 = find(f, p, NAME_BATCH, KIND_RATE, 64);
	const struct cell *way8 = find(f, p, NAME_PUSH, KIND_ONE_WAY, 8);
	const struct cell *way56 = find(f, p, NAME_PUSH, KIND_ONE_WAY, 56);
	const struct cell *way64 = find(f, p, NAME_PUSH, KIND_ONE_WAY, 64);

	if (!enough(line, line))
		return;
	puts("\ntime over time");
	print_over(way8, trip, 1.35, "one way, 8 bytes / ping-pong with a line each way");
	print_over(way56, trip, 1.35, "one way, 56 bytes / ping-pong with a line each way");
	print_over(way64, trip, 0, "one way, 64 bytes / ping-pong with a line each way");
	print_over(rate64, line, 1.2, "push and pop, 64 bytes / stream of lines, 7x8 + flag");
	print_over(rate8, line, 0.6, "push and pop, 8 bytes / stream of lines, 7x8 + flag");
	print_over(batch64, line, 1.0,
		   "push_batch and pop_batch, 64 bytes / stream of lines, 7x8 + flag");
	print_over(batch64, rate64, 0, "push_batch and pop_batch, 64 bytes / push and pop");
	print_over(batch8, rate8, 0, "push_batch and pop_batch, 8 bytes / push and pop");
	print_long(f, p);
	print_groups(f, p);
	print_inline(f, p);
	print_peers(f, p);
	puts("times faster");
	print_times(f, rate64, NAME_PIPE, KIND_RATE, "64 bytes, throughput: than a pipe");
	print_times(f, rate64, NAME_SOCKET, KIND_RATE, "64 bytes, throughput: than a socket");
	print_times(f, way64, NAME_PIPE, KIND_ONE_WAY, "64 bytes, one way: than a pipe");
	print_times(f, way64, NAME_SOCKET, KIND_ONE_WAY, "64 bytes, one way: than a socket");
}

void report_print(const struct findings *f)
{
	double v[3];
	int place;

	printf("libnabd %s, CPUs %d and %d, time by %s, %u rounds\n", nabd_version(),
	       f->cpus[SIDE_A], f->cpus[SIDE_B], clock_name(), (unsigned)f->rounds);
	printf("placement by the probe: S < %.0f ns <= N < %.0f ns <= F\n", f->border[0],
	       f->border[1]);
	printf("samples dropped: %u because the CPUs moved, %u because a CPU was taken away\n",
	       (unsigned)f->moved, (unsigned)f->disturbed);
	printf("wrong messages: %llu\n", (unsigned long long)f->bad);
	for (place = 0; place < PLACES; place++) {
		if (place == PLACE_ONE)
			printf("\n==== calls of one process, and peers that sleep: no probe ====\n");
		else if (findings_sum(&f->probes[place], 0, v))
			printf("\n==== placement %s: probe %.1f ns (%.1f - %.1f), %u samples ====\n",
			       findings_place_name((enum place)place), v[0], v[1], v[2],
			       (unsigned)f->probes[place].n);
		else
			continue;
		print_rates(f, (enum place)place);
		print_times_of(f, (enum place)place, KIND_ONE_WAY);
		print_times_of(f, (enum place)place, KIND_PACED);
		if (place != PLACE_ONE) {
			print_ratios(f, (enum place)place);
		} else {
			print_groups(f, PLACE_ONE);
			print_inline(f, PLACE_ONE);
			print_sleepers(f);
		}
	}
}
