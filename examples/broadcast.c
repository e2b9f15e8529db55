/* SPDX-License-Identifier: MIT */
/*
 * broadcast.c - several groups, each of which gets every message.
 *
 *	broadcast [QUEUE [COUNT]]
 *
 * Sends COUNT measurements (24) to three groups of one consumer each, of three kinds:
 * the archive is durable and must not miss any; the screen is ephemeral, gone with its
 * last consumer; the laggard reads one and then nothing, and may not hold the others
 * back for more than 8 messages: it is evicted, and told how many it missed.
 *
 * All is done by one process here, to be easy to follow. Each consumer, and the
 * producer, may as well be a process of its own.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <nabd/nabd.h>

#define SLOTS   16u
#define MAX_LAG 8u
#define READERS 3

struct reader {
	const char *name;
	nabd_consumer_t *c;
	unsigned long received;
	uint64_t first, last;
};

static int join(nabd_t *q, struct reader *r, uint32_t flags, uint64_t max_lag)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;

	opts.flags = flags;
	opts.max_lag = max_lag;
	return nabd_consumer_join_opts(q, 0, &opts, &r->c); /* 0: any free number */
}

/* Take up to max messages, as many as there are. */
static int read_some(struct reader *r, unsigned long max)
{
	struct nabd_msg msg;
	int err = NABD_OK;

	for (unsigned long n = 0; n < max && err == NABD_OK; n++) {
		err = nabd_consumer_peek_msg(r->c, &msg);
		if (err != NABD_OK)
			break;
		if (r->received++ == 0)
			r->first = msg.sequence;
		r->last = msg.sequence;
		err = nabd_consumer_release(r->c);
	}
	return err == NABD_EMPTY ? NABD_OK : err;
}

static void show_groups(nabd_t *q)
{
	struct nabd_group_info info = { .size = sizeof(info) };

	for (unsigned g = 0; g <= NABD_MAX_GROUPS; g++) {
		if (nabd_group_look(q, g, &info) != NABD_OK)
			continue;
		printf("group %u: %u member, lag %llu%s%s\n", g, info.members,
		       (unsigned long long)info.lag,
		       info.state & NABD_GROUP_STATE_EPHEMERAL ? ", ephemeral" : "",
		       info.max_lag != 0 ? ", evictable" : "");
	}
}

static void show_reader(const struct reader *r)
{
	printf("%s: %lu messages, from %llu to %llu\n", r->name, r->received,
	       (unsigned long long)r->first, (unsigned long long)r->last);
}

/* What a consumer does that is told NABD_EVICTED: see what it missed, and come again. */
static int come_back(nabd_t *q, struct reader *r)
{
	struct nabd_consumer_stats stats = { .size = sizeof(stats) };
	int err = nabd_consumer_stats(r->c, &stats);

	if (err != NABD_OK)
		return err;
	printf("%s: evicted, %llu messages missed\n", r->name, (unsigned long long)stats.gap);
	nabd_consumer_close(r->c);
	r->c = NULL;
	return join(q, r, 0, MAX_LAG);
}

/* Send everything; the first two read along, the third only once. */
static int run(nabd_t *q, struct reader *r, long count)
{
	int err = NABD_OK;

	for (long i = 0; i < count && err == NABD_OK; i++) {
		err = nabd_push(q, &i, sizeof(i));
		if (err == NABD_OK)
			err = read_some(&r[0], 1);
		if (err == NABD_OK)
			err = read_some(&r[1], 1);
		if (err == NABD_OK && i == 0)
			err = read_some(&r[2], 1);
	}
	if (err != NABD_OK)
		return err;
	show_groups(q);
	for (unsigned i = 0; i < READERS; i++)
		show_reader(&r[i]);
	err = read_some(&r[2], SLOTS);
	return err == NABD_EVICTED ? come_back(q, &r[2]) : err;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/broadcast";
	long count = argc > 2 ? strtol(argv[2], NULL, 10) : 24;
	struct reader r[READERS] = {
		{ .name = "archive" }, { .name = "screen" }, { .name = "laggard" },
	};
	nabd_t *q = NULL;
	int err;

	if (argc > 3 || count < 1) {
		fprintf(stderr, "usage: %s [QUEUE [COUNT]]\n", argv[0]);
		return 2;
	}
	err = nabd_open_opts(name, SLOTS, sizeof(count),
			     NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER, NULL, &q);
	if (err == NABD_OK) {
		err = join(q, &r[0], 0, 0);
		if (err == NABD_OK)
			err = join(q, &r[1], NABD_GROUP_EPHEMERAL, 0);
		if (err == NABD_OK)
			err = join(q, &r[2], 0, MAX_LAG);
		if (err == NABD_OK)
			err = run(q, r, count);
		for (unsigned i = 0; i < READERS; i++)
			nabd_consumer_close(r[i].c);
		nabd_close(q); /* after its consumers */
		nabd_unlink(name);
	}
	if (err != NABD_OK)
		fprintf(stderr, "%s: %s: %s\n", argv[0], name, nabd_strerror(err));
	return err == NABD_OK ? 0 : 1;
}
