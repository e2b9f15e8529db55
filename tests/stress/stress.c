/* SPDX-License-Identifier: MIT */
/*
 * stress.c - random traffic through queues of every capacity from 1 to 65536
 * slots, every call mixed with every other, each message's order, length and
 * bytes verified.
 *
 * Without options, what "make check" runs. With --role, one side of a transfer
 * with another program of this name (32 and 64 bits, emulated processors).
 */
#define _GNU_SOURCE

#include "run.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef DEFAULT_MESSAGES /* tests/inline has fewer */
#define DEFAULT_MESSAGES UINT64_C(11000000)
#endif
#define CAPACITIES 17u                     /* 1, 2, 4, … 65536 */
#define MOST_BYTES ((uint64_t)64 << 20)    /* of one queue's slots */
#define OPEN_TRIES 60000                   /* of a consumer that came first, 1 ms each */

struct options {
	const char *mode; /* NULL: all of them */
	const char *role;
	const char *name;
	const char *dir;
	uint64_t messages;
	uint64_t seed;
	size_t slots; /* 0: all capacities */
	uint32_t slot_size;
	uint32_t align;
};

static const struct mode {
	const char *name;
	int (*run)(const struct run *r);
	unsigned share; /* one n-th of the messages, on top of what "processes" sends */
} modes[] = {
	{ "processes", run_processes, 1 },
	{ "restarts", run_restarts, 16 },
	{ "threads", run_threads, 16 },
};

static const uint32_t sizes[] = { 1, 7, 8, 12, 20, 56, 64, 100, 256, 1000, 4096, 65536 };
static const uint32_t aligns[] = { 0, 8, 16, 64, 256, 4096 };

static void usage(FILE *to)
{
	fputs("usage: stress [--mode processes|restarts|threads] [--messages N] [--seed N]\n"
	      "              [--slots N] [--slot-size N] [--align N] [--dir DIR]\n"
	      "       stress --role producer|consumer|observer --name NAME [options as above]\n",
	      to);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t n;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || end == text || *end) {
		fprintf(stderr, "stress: not a number: %s\n", text);
		exit(2);
	}
	return n;
}

static void parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "mode", 1, NULL, 'm' },  { "messages", 1, NULL, 'n' },  { "seed", 1, NULL, 's' },
		{ "slots", 1, NULL, 'c' }, { "slot-size", 1, NULL, 'z' }, { "align", 1, NULL, 'a' },
		{ "dir", 1, NULL, 'd' },   { "role", 1, NULL, 'r' },      { "name", 1, NULL, 'q' },
		{ "help", 0, NULL, 'h' },  { NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'm': o->mode = optarg; break;
		case 'r': o->role = optarg; break;
		case 'q': o->name = optarg; break;
		case 'd': o->dir = optarg; break;
		case 'n': o->messages = number(optarg); break;
		case 's': o->seed = number(optarg); break;
		case 'c': o->slots = (size_t)number(optarg); break;
		case 'z': o->slot_size = (uint32_t)number(optarg); break;
		case 'a': o->align = (uint32_t)number(optarg); break;
		case 'h': usage(stdout); exit(0);
		default: usage(stderr); exit(2);
		}
	}
	if (optind != argc) {
		usage(stderr);
		exit(2);
	}
}

/* Fewer messages where each is a hand-over or is long. */
static uint64_t weight(size_t slots, uint32_t slot_size)
{
	uint64_t w = slots < 4 ? slots : 4;

	return w * (slot_size > 4096 ? 1 : slot_size > 256 ? 4 : 8);
}

/* The queue of the i-th capacity, of a size and an alignment taken by chance. */
static struct run pick(const struct options *o, size_t slots, uint64_t *rng)
{
	struct run r = { .name = o->name, .dir = o->dir, .slots = o->slots ? o->slots : slots };

	r.traffic.seed = traffic_random(rng);
	do {
		r.traffic.slot_size = sizes[traffic_random(rng) % (sizeof(sizes) / sizeof(*sizes))];
		r.traffic.align = aligns[traffic_random(rng) % (sizeof(aligns) / sizeof(*aligns))];
		if (o->slot_size)
			r.traffic.slot_size = o->slot_size;
		if (o->align)
			r.traffic.align = o->align;
	} while (!(o->slot_size && o->align) &&
		 r.slots * (uint64_t)(r.traffic.slot_size + 8 + r.traffic.align) > MOST_BYTES);
	return r;
}

static int run_one(const struct mode *m, struct run *r)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	int rc;

	printf("%s: %zu slots of %" PRIu32 " bytes, align %" PRIu32 ", %" PRIu64 " messages\n",
	       m->name, r->slots, r->traffic.slot_size, r->traffic.align, r->messages);
	fflush(stdout);
	rc = m->run(r);
	opts.dir = r->dir;
	if (nabd_unlink_opts(r->name, &opts) != NABD_OK)
		rc = -1;
	return rc;
}

static int run_mode(const struct mode *m, const struct options *o)
{
	struct run runs[CAPACITIES];
	uint64_t rng = o->seed;
	uint64_t weights = 0;
	size_t n = o->slots ? 1 : CAPACITIES;

	for (size_t i = 0; i < n; i++) {
		runs[i] = pick(o, (size_t)1 << i, &rng);
		weights += weight(runs[i].slots, runs[i].traffic.slot_size);
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t w = weight(runs[i].slots, runs[i].traffic.slot_size);

		runs[i].messages = o->messages / weights * w / (o->mode ? 1 : m->share) + 1;
		if (run_one(m, &runs[i]) != 0)
			return -1;
	}
	return 0;
}

static const char *own_name;

/* Told to end, as by a time limit of make's: the queue does not stay. */
static void told_to_end(int number)
{
	nabd_unlink(own_name);
	signal(number, SIG_DFL);
	raise(number);
}

static int run_modes(struct options *o)
{
	static char name[64];
	int ran = 0;

	if (!o->name) {
		snprintf(name, sizeof(name), "nabd-stress-%ld", (long)getpid());
		o->name = name;
		own_name = name;
		signal(SIGTERM, told_to_end);
		signal(SIGINT, told_to_end);
		signal(SIGHUP, told_to_end);
	}
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (o->mode && strcmp(o->mode, modes[i].name) != 0)
			continue;
		if (run_mode(&modes[i], o) != 0) {
			fprintf(stderr, "FAILED: stress --mode %s --messages %" PRIu64 " --seed %" PRIu64
				"\n", modes[i].name, o->messages, o->seed);
			return 1;
		}
		ran++;
	}
	if (!ran)
		usage(stderr);
	return ran ? 0 : 2;
}

/* Look on, through a read-only mapping, until all of it has gone by. */
static int observe(nabd_t *q, uint64_t messages)
{
	struct nabd_stats st = { .size = sizeof(st) };
	uint64_t head = 0, position = 0;

	do {
		int rc = nabd_stats(q, &st);

		if (rc != NABD_OK)
			return run_say("nabd_stats", rc);
		if (st.head < head)
			return run_say("the observer sees head go back", rc);
		if (st.position < position)
			return run_say("the observer sees the position go back", rc);
		rc = nabd_fill_level(q);
		if (rc < 0)
			return run_say("nabd_fill_level", rc);
		head = st.head;
		position = st.position;
		usleep(1000);
	} while (position < messages);
	return 0;
}

/* One side; the producer makes the queue, the others wait for it. */
static int run_role(const struct options *o)
{
	struct run r = { .name = o->name, .dir = o->dir, .slots = o->slots,
			 .messages = o->messages };
	unsigned flags = !strcmp(o->role, "producer") ? NABD_PRODUCER | NABD_CREATE
		       : !strcmp(o->role, "consumer") ? NABD_CONSUMER : NABD_OBSERVE;
	uint64_t at = 0;
	nabd_t *q;
	int rc;

	r.traffic = (struct traffic){ o->seed, o->slot_size, o->align };
	for (int tries = 0;; tries++) {
		rc = run_open(&r, flags, &q);
		if (rc != NABD_NOTFOUND || tries == OPEN_TRIES)
			break;
		usleep(1000);
	}
	if (rc != NABD_OK)
		return run_say("nabd_open_opts", rc);
	rc = flags & NABD_OBSERVE ? observe(q, o->messages)
				  : run_side(&r, q, flags, &at, o->messages);
	nabd_close(q);
	if (rc == 0)
		printf("%zu-bit %s: %" PRIu64 " messages, seed %" PRIu64 ": ok\n",
		       8 * sizeof(void *), o->role, o->messages, o->seed);
	return rc == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct options o = { .messages = DEFAULT_MESSAGES };
	const char *env = getenv("NABD_STRESS_MESSAGES");

	o.seed = (uint64_t)time(NULL) * 1000003u ^ (uint64_t)getpid();
	if (env && *env)
		o.messages = number(env);
	parse(argc, argv, &o);
	if (o.role) {
		if (!o.name || !o.slots || !o.slot_size) {
			usage(stderr);
			return 2;
		}
		return run_role(&o);
	}
	printf("stress: %" PRIu64 " messages, seed %" PRIu64 "\n", o.messages, o.seed);
	return run_modes(&o);
}
