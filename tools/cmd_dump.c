/* SPDX-License-Identifier: MIT */
/*
 * nabd dump: show what a queue keeps. For the time of copying it is a member of a group of
 * its own, which releases nothing; printing, which may take long, comes after that.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "look.h"
#include "reader.h"
#include "show.h"

#define MOST_MESSAGES (1u << 20) /* in one dump */
#define TRIES 3

static const struct tool_option options[] = {
	{ 'n', "count", "N", "show the newest N messages only" },
	{ 'x', "hex", NULL, "show all messages in hexadecimal" },
	{ 'T', "text", NULL, "show all messages as text" },
	{ 0, NULL, NULL, NULL },
};

struct copies {
	struct nabd_msg *msgs;
	size_t count;
};

static void drop_copies(struct copies *c)
{
	for (size_t i = 0; i < c->count; i++)
		free((void *)(uintptr_t)c->msgs[i].data);
	free(c->msgs);
	memset(c, 0, sizeof(*c));
}

static bool copy_message(struct nabd_msg *msg)
{
	void *copy = malloc(msg->len > 0 ? msg->len : 1);

	if (copy != NULL && msg->len > 0)
		memcpy(copy, msg->data, msg->len);
	msg->data = copy;
	return copy != NULL;
}

/* In place, all at once, and given back unreleased. */
static int copy_held(struct reader *r, struct copies *c, size_t room, uint64_t wanted)
{
	const void *data;
	size_t n = 0, skip;
	int rc = reader_wait(r, c->msgs, room, &n, 0);

	if (rc != NABD_OK)
		return rc == NABD_TIMEOUT ? NABD_OK : rc;
	skip = n > wanted ? n - (size_t)wanted : 0;
	memmove(c->msgs, c->msgs + skip, (n - skip) * sizeof(*c->msgs));
	for (; c->count < n - skip; c->count++)
		if (!copy_message(&c->msgs[c->count]))
			return NABD_NOMEM;
	reader_done(r, 0);
	/* Had it been evicted meanwhile, the copies might be torn. */
	rc = nabd_consumer_peek(r->c, &data, NULL);
	return rc == NABD_EVICTED ? rc : NABD_OK;
}

/* From a queue that overwrites: one after the other, up to what was the newest. */
static int copy_passing(struct reader *r, struct copies *c, size_t room, uint64_t wanted,
			uint64_t head)
{
	struct nabd_msg msg;
	size_t n;
	int rc;

	while (c->count < room) {
		rc = reader_wait(r, &msg, 1, &n, 0);
		if (rc == NABD_LAPPED)
			continue;
		if (rc != NABD_OK || msg.sequence >= head)
			return rc == NABD_TIMEOUT ? NABD_OK : rc;
		if (head - msg.sequence > wanted)
			continue;
		if (!copy_message(&msg))
			return NABD_NOMEM;
		c->msgs[c->count++] = msg;
	}
	return NABD_OK;
}

static int copy_all(const char *name, struct copies *c, uint64_t wanted)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	struct reader r;
	struct look look;
	nabd_t *q;
	size_t room;
	int rc = tool_open(name, 0, 0, NABD_OBSERVE, &q);

	if (rc != TOOL_OK)
		return rc;
	rc = look_take(q, &look);
	nabd_close(q);
	if (rc != NABD_OK)
		return tool_complain(name, rc);
	room = look.stats.slots < MOST_MESSAGES ? look.stats.slots : MOST_MESSAGES;
	c->msgs = calloc(room, sizeof(*c->msgs));
	if (c->msgs == NULL)
		return tool_complain(name, NABD_NOMEM);
	opts.flags = NABD_JOIN_OLDEST | NABD_GROUP_EPHEMERAL;
	/* Where others read, never in the producer's way; where none does, an eviction would
	 * let go what is kept for the first. */
	opts.max_stall_ms = look.group_count > 0 ? 100 : 0;
	rc = reader_open(&r, name, READER_FREE_GROUP, &opts);
	if (rc != TOOL_OK)
		return rc;
	rc = r.overwrite ? copy_passing(&r, c, room, wanted, look.stats.head)
			 : copy_held(&r, c, room, wanted);
	reader_close(&r);
	return rc == NABD_EVICTED ? -1 : rc == NABD_OK ? TOOL_OK : tool_complain(name, rc);
}

static int run(int argc, char **argv)
{
	struct copies c = { NULL, 0 };
	enum show_kind kind = SHOW_AUTO;
	uint64_t wanted = UINT64_MAX;
	int key, rc = -1;

	while ((key = tool_next_option(&tool_dump, argc, argv)) != -1) {
		if (key == 'n')
			wanted = tool_number("--count", optarg, 0, UINT64_MAX);
		else if (key == 'x')
			kind = SHOW_HEX;
		else if (key == 'T')
			kind = SHOW_TEXT;
	}
	tool_operands(&tool_dump, argc, 1, 1);
	for (int i = 0; i < TRIES && rc == -1; i++) {
		drop_copies(&c);
		rc = copy_all(argv[optind], &c, wanted);
	}
	if (rc == -1)
		rc = tool_complain(argv[optind], NABD_EVICTED);
	for (size_t i = 0; rc == TOOL_OK && i < c.count && tool_stopped == 0; i++) {
		show_message("dump", argv[optind], kind, &c.msgs[i]);
		if (i % 256 == 0 && !tool_flush())
			break;
	}
	drop_copies(&c);
	return rc;
}

const struct tool_command tool_dump = {
	"dump", "QUEUE", "show the messages that a queue keeps, consuming none", options, true, run,
};
