/* SPDX-License-Identifier: MIT */
/*
 * nabd tail: show messages as they come. It joins with a group of its own, that goes with
 * it and is evicted rather than hold the producer back; what it then misses, it says.
 */
#include "config.h"

#include <getopt.h>

#include "look.h"
#include "reader.h"
#include "show.h"

#define BATCH 64

enum { OPTION_FROM = 256, OPTION_ALONE };

static const struct tool_option options[] = {
	{ 'n', "count", "N", "end after N messages" },
	{ 't', "timeout", "TIME", "end when none came for so long: 2, 1.5s, 20ms" },
	{ 'x', "hex", NULL, "show all messages in hexadecimal" },
	{ 'T', "text", NULL, "show all messages as text" },
	{ OPTION_FROM, "from", "WHERE", "begin at the newest (default) or the oldest message" },
	{ OPTION_ALONE, "alone", NULL, "even if nobody else reads the queue" },
	{ 0, NULL, NULL, NULL },
};

struct follower {
	struct reader r;
	enum show_kind kind;
	uint64_t count, shown;
	int64_t timeout;
};

static int show(struct follower *f, const struct nabd_msg *msgs, size_t n)
{
	const uint64_t missed = f->r.missed;
	int rc;

	for (size_t i = 0; i < n; i++)
		show_message("tail", f->r.name, f->kind, &msgs[i]);
	f->shown += n;
	if (!tool_flush())
		return TOOL_FAILED;
	rc = reader_done(&f->r, n);
	reader_say_missed(&f->r, missed);
	return rc == NABD_OK || rc == NABD_EVICTED ? TOOL_OK : tool_complain(f->r.name, rc);
}

static int follow(struct follower *f, struct nabd_join_opts *opts)
{
	struct nabd_msg msgs[BATCH];
	int code = TOOL_OK;

	while (code == TOOL_OK && tool_stopped == 0 && f->shown < f->count) {
		const uint64_t left = f->count - f->shown, missed = f->r.missed;
		size_t n;
		const int rc = reader_wait(&f->r, msgs, left < BATCH ? (size_t)left : BATCH, &n,
					   f->timeout);

		if (rc == NABD_OK) {
			code = show(f, msgs, n);
		} else if (rc == NABD_LAPPED || rc == NABD_EVICTED) {
			reader_say_missed(&f->r, missed);
			opts->flags = NABD_JOIN_NEWEST | NABD_GROUP_EPHEMERAL;
			if (rc == NABD_EVICTED)
				code = reader_join(&f->r, READER_FREE_GROUP, opts);
		} else if (rc != NABD_WOKEN) {
			code = tool_complain(f->r.name, rc);
		}
	}
	return tool_flush() ? code : TOOL_OK;
}

static int run(int argc, char **argv)
{
	struct follower f = { .count = UINT64_MAX, .timeout = -1 };
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	bool alone = false;
	unsigned start = NABD_JOIN_NEWEST;
	int key, rc;

	while ((key = tool_next_option(&tool_tail, argc, argv)) != -1) {
		if (key == 'n')
			f.count = tool_number("--count", optarg, 0, UINT64_MAX);
		else if (key == 't')
			f.timeout = tool_duration("--timeout", optarg);
		else if (key == 'x')
			f.kind = SHOW_HEX;
		else if (key == 'T')
			f.kind = SHOW_TEXT;
		else if (key == OPTION_FROM)
			start = reader_start(optarg);
		else if (key == OPTION_ALONE)
			alone = true;
	}
	tool_operands(&tool_tail, argc, 1, 1);
	rc = reader_begin(argv[optind], alone);
	if (rc != TOOL_OK)
		return rc;
	opts.flags = start | NABD_GROUP_EPHEMERAL;
	opts.max_lag = UINT64_MAX; /* as many as there are slots */
	opts.max_stall_ms = 1;
	rc = reader_open(&f.r, argv[optind], READER_FREE_GROUP, &opts);
	if (rc != TOOL_OK)
		return rc;
	rc = follow(&f, &opts);
	reader_close(&f.r);
	tool_stopped = 0; /* that is how it ends */
	return rc;
}

const struct tool_command tool_tail = {
	"tail", "QUEUE", "show messages as they come, consuming none", options, true, run,
};
