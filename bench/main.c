/* SPDX-License-Identifier: MIT */
/*
 * The bench of libnabd: options, the table of rows, and the schedule. Rows are
 * taken in turn, round after round in a new order, so that what changes on the
 * machine meanwhile meets all of them alike.
 */
#include "bench.h"
#include "spin.h"

#include <getopt.h>
#include <nabd/nabd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WARM_UP 8192u /* messages of a row's first sample, which is thrown away */
#define WARM_BYTES 67108864u /* or so many bytes of long ones */
#define WARM_SIZE (WARM_BYTES / WARM_UP)
#define AGREE   1.25  /* two probes of one sample may differ by so much */

struct options {
	uint32_t rounds;
	double seconds; /* 0: count rounds */
	double sample_ns;
	double busy;
	double rest_ms;
	double border[2];
	int cpus[SIDES];
	const char *json;
	const char *peers;
	const char *only[16];
	uint32_t onlys;
	bool list;
	bool growth;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void usage(FILE *out)
{
	fputs("usage: nabd-bench [options]\n"
	      "  --rounds N       samples of each row (20)\n"
	      "  --seconds S      as many rounds as fit in S seconds\n"
	      "  --quick          6 rounds of short samples\n"
	      "  --sample MS      length of a sample (20); short ones suit a busy machine\n"
	      "  --busy X         drop samples in which a side had its CPU for less than X of the\n"
	      "                   time (0.9); a machine that is never quiet needs less\n"
	      "  --rest MS        both sides sleep so long after each sample (0), for those who run\n"
	      "                   this with real-time priority beside others: chrt -f 1 nabd-bench\n"
	      "  --only WORD      only rows whose title holds WORD, and the floors that ratios\n"
	      "                   need; may be given several times\n"
	      "  --growth         other rows: what grows with groups, members, ring, message\n"
	      "                   and processes\n"
	      "  --list           print the rows' titles and end\n"
	      "  --json FILE      also write every kept sample to FILE\n"
	      "  --peers FOLDER   measure the modules in it too (peers/build.sh makes them)\n"
	      "  --cpus A,B       run on these two CPUs (the first two allowed)\n"
	      "  --borders S,N    ns of the probe: below S is placement S, below N is N, else F\n"
	      "  --help           this text\n", out);
}

static bool two_numbers(const char *text, double out[2])
{
	char rest;

	return sscanf(text, "%lf,%lf%c", &out[0], &out[1], &rest) == 2;
}

static bool number(const char *text, double least, double *out)
{
	char rest;

	return sscanf(text, "%lf%c", out, &rest) == 1 && *out >= least;
}

static bool option(struct options *o, int c)
{
	double v[2];

	switch (c) {
	case 'r':
		if (!number(optarg, 1, v))
			return false;
		o->rounds = (uint32_t)v[0];
		return true;
	case 's':
		return number(optarg, 0.1, &o->seconds);
	case 'q':
		o->rounds = 6;
		o->sample_ns = 5e6;
		return true;
	case 'm':
		if (!number(optarg, 0.1, v))
			return false;
		o->sample_ns = v[0] * 1e6;
		return true;
	case 'u':
		return number(optarg, 0, &o->busy) && o->busy <= 1;
	case 'e':
		return number(optarg, 0, &o->rest_ms) && o->rest_ms <= 10000;
	case 'o':
		if (o->onlys == sizeof(o->only) / sizeof(*o->only))
			return false;
		o->only[o->onlys++] = optarg;
		return true;
	case 'g':
		o->growth = true;
		return true;
	case 'l':
		o->list = true;
		return true;
	case 'j':
		o->json = optarg;
		return true;
	case 'p':
		o->peers = optarg;
		return true;
	case 'c':
		if (!two_numbers(optarg, v) || v[0] < 0 || v[1] < 0)
			return false;
		o->cpus[SIDE_A] = (int)v[0];
		o->cpus[SIDE_B] = (int)v[1];
		return true;
	case 'b':
		return two_numbers(optarg, o->border) && o->border[0] <= o->border[1];
	default:
		return false;
	}
}

static void options_parse(struct options *o, int argc, char **argv)
{
	static const struct option table[] = {
		{ "rounds", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 's' },
		{ "quick", no_argument, NULL, 'q' },
		{ "sample", required_argument, NULL, 'm' },
		{ "busy", required_argument, NULL, 'u' },
		{ "rest", required_argument, NULL, 'e' },
		{ "only", required_argument, NULL, 'o' },
		{ "growth", no_argument, NULL, 'g' },
		{ "list", no_argument, NULL, 'l' },
		{ "json", required_argument, NULL, 'j' },
		{ "peers", required_argument, NULL, 'p' },
		{ "cpus", required_argument, NULL, 'c' },
		{ "borders", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (c == 'h') {
			usage(stdout);
			exit(0);
		}
		if (!option(o, c)) {
			if (c != '?')
				fprintf(stderr, "nabd-bench: not a value: %s\n", optarg);
			usage(stderr);
			exit(2);
		}
	}
	if (optind < argc) {
		usage(stderr);
		exit(2);
	}
}

static bool asked_for(const struct options *o, const char *text)
{
	uint32_t i;

	for (i = 0; i < o->onlys; i++) {
		if (strstr(text, o->only[i]))
			return true;
	}
	return !o->onlys;
}

/* Which rows are measured at all. */
static uint32_t choose(const struct rows *rows, const struct options *o, int cpus, uint32_t *chosen)
{
	uint32_t i, n = 0;
	char text[128];

	for (i = 0; i < rows->n; i++) {
		const struct row *row = &rows->row[i];

		rows_title(row, text);
		if (cpus < 2 && row->flags & (ROW_SPINS | ROW_SLEEPS) && !(row->flags & ROW_ONE_CPU))
			continue;
		if (!(row->flags & ROW_IS_REF) && !asked_for(o, text))
			continue;
		if (o->list)
			puts(text);
		chosen[n++] = i;
	}
	return n;
}

static void shuffle(uint32_t *v, uint32_t n)
{
	static uint64_t x = 1;
	uint32_t i, j, t;

	for (i = n; i > 1; i--) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		j = (uint32_t)(x >> 33) % i;
		t = v[i - 1];
		v[i - 1] = v[j];
		v[j] = t;
	}
}

/* So many messages that the sample takes about as long as it should. */
static uint64_t count_for(const struct row *row, const struct options *o, double ns)
{
	double want = o->sample_ns, count;
	double each = row->kind == KIND_ONE_WAY ? 2 * ns : row->interval_ns ? row->interval_ns : ns;

	if (row->flags & ROW_SLEEPS)
		want *= 4;
	count = each > 0 ? want / each : WARM_UP;
	if (count < 4.0 * CHUNKS)
		count = 4.0 * CHUNKS;
	if (row->kind != KIND_RATE && count > MAX_RTTS)
		count = MAX_RTTS;
	return (uint64_t)count;
}

static void keep(struct findings *f, struct seat *seat, uint32_t index, const double probes[2],
		 int disturbed)
{
	struct sample probe_sample = { { (probes[0] + probes[1]) / 2, 0, 0 } };
	enum place place = PLACE_ONE;

	if (disturbed) {
		f->disturbed++;
		return;
	}
	if (f->rows->row[index].flags & ROW_SPINS) {
		double more = probes[0] > probes[1] ? probes[0] : probes[1];
		double less = probes[0] > probes[1] ? probes[1] : probes[0];

		place = findings_place(f, probes[0]);
		if (place != findings_place(f, probes[1]) || more > AGREE * less) {
			f->moved++;
			return;
		}
		findings_add(&f->probes[place], &probe_sample);
	}
	findings_add(&f->cell[index][place], &seat->board->sample);
}

static void measure(struct findings *f, struct seat *seat, const struct options *o,
		    uint32_t *chosen, uint32_t n)
{
	double *last = calloc(f->rows->n, sizeof(*last)), probes[2] = { 0, 0 };
	uint64_t start = spin_ticks();
	uint32_t i;

	if (!last)
		team_fail("memory", "none left");
	/* Round 0 only warms up and tells how fast each row is. */
	for (f->rounds = 0; !interrupted; f->rounds++) {
		double seconds = (double)(spin_ticks() - start) * clock_ns_per_tick() * 1e-9;

		if (o->seconds > 0 ? f->rounds && seconds >= o->seconds : f->rounds > o->rounds)
			break;
		shuffle(chosen, n);
		for (i = 0; i < n && !interrupted; i++) {
			const struct row *row = &f->rows->row[chosen[i]];
			uint64_t count = row->size > WARM_SIZE ? WARM_BYTES / row->size : WARM_UP;
			int r;

			if (f->rounds)
				count = count_for(row, o, last[chosen[i]]);
			else if (row->flags & ROW_SLEEPS)
				count = WARM_UP / 16;
			r = sample_take(seat, chosen[i], row, count, probes);
			last[chosen[i]] = seat->board->sample.ns[0];
			if (f->rounds)
				keep(f, seat, chosen[i], probes, r);
		}
	}
	f->rounds -= f->rounds > 0;
	free(last);
}

static int lead(struct findings *f, struct seat *seat, const struct options *o, uint32_t *chosen,
		uint32_t n)
{
	struct sigaction sa;
	double probes[2];

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_interrupt;
	sa.sa_flags = (int)(SA_RESTART | SA_RESETHAND);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	measure(f, seat, o, chosen, n);
	signal(SIGCHLD, SIG_DFL);
	sample_take(seat, ORDER_QUIT, NULL, 0, probes);
	alarm(0);
	team_leave();
	f->bad = seat->board->bad[SIDE_A] + seat->board->bad[SIDE_B];
	report_print(f);
	if (o->json && json_write(f, o->json))
		return 1;
	if (f->bad) {
		fprintf(stderr, "nabd-bench: %llu messages were wrong\n",
			(unsigned long long)f->bad);
		return 1;
	}
	return interrupted ? 130 : 0;
}

static void all_rows(struct rows *rows, const struct options *o)
{
	floor_rows(rows);
	if (o->growth) {
		ring_growth(rows);
		groups_growth(rows);
		return;
	}
	floor_long_rows(rows);
	ring_rows(rows);
	inline_rows(rows);
	groups_rows(rows);
	over_rows(rows);
	pingpong_rows(rows);
	paced_rows(rows);
	sleep_rows(rows);
	peers_rows(rows);
	modules_rows(rows, o->peers);
}

int main(int argc, char **argv)
{
	static struct rows rows;
	static struct seat seat;
	struct options o = { .rounds = 20, .sample_ns = 20e6, .busy = 0.9,
			     .border = { 38, 110 }, .cpus = { -1, -1 } };
	struct findings f = { .rows = &rows };
	uint32_t chosen[sizeof(rows.row) / sizeof(*rows.row)], n;
	int cpus;

	options_parse(&o, argc, argv);
	clock_calibrate();
	all_rows(&rows, &o);
	cpus = team_cpus(o.cpus);
	n = choose(&rows, &o, cpus, chosen);
	if (o.list)
		return 0;
	if (cpus < 2)
		puts("One CPU only: what polls is left out (it would burn whole time slices).");
	f.cell = calloc(rows.n, sizeof(*f.cell));
	if (!f.cell)
		team_fail("memory", "none left");
	memcpy(f.border, o.border, sizeof(f.border));
	memcpy(f.cpus, o.cpus, sizeof(f.cpus));
	seat.board = team_board();
	seat.busy = o.busy;
	seat.rest_us = (uint32_t)(o.rest_ms * 1000);
	team_start(o.cpus, &seat);
	team_seat(&seat);
	if (seat.side == SIDE_B) {
		sample_serve(&seat, rows.row);
		return 0;
	}
	return lead(&f, &seat, &o, chosen, n);
}
