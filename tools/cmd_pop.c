/* SPDX-License-Identifier: MIT */
/*
 * nabd pop: receive messages and write them to standard output. A message is released when
 * it is written: one that could not be stays in the queue.
 */
#include "config.h"

#include <getopt.h>

#include "frame.h"
#include "look.h"
#include "reader.h"

#define BATCH 64

enum { OPTION_KEEP = 256 };

static const struct tool_option options[] = {
	{ 'f', "framing", "HOW", "how to write messages: lines, length, raw (lines)" },
	{ 'n', "count", "N", "receive N messages (1); 0: until interrupted" },
	{ 'a', "all", NULL, "receive what is there now, without waiting" },
	{ 't', "timeout", "TIME", "wait so long for each message: 2, 20ms, 0 (for ever)" },
	{ 'g', "group", "N", "as a member of group N (1 to 16); 0: the default group" },
	{ OPTION_KEEP, "keep", NULL, "if the group is new, let it outlive this command" },
	{ 0, NULL, NULL, NULL },
};

struct receiver {
	struct reader r;
	enum frame_kind kind;
	uint64_t count, got, bytes; /* count 0: without end */
	int64_t timeout;
	bool all;
};

/* Write some messages; those that could not be written are not released. */
static int take(struct receiver *p, const struct nabd_msg *msgs, size_t n)
{
	int rc;

	for (size_t i = 0; i < n; i++) {
		frame_put(p->kind, msgs[i].data, msgs[i].len);
		p->bytes += msgs[i].len;
	}
	if (!tool_flush()) {
		reader_done(&p->r, 0);
		return TOOL_FAILED;
	}
	p->got += n;
	tool_progress("received", p->got, p->bytes);
	rc = reader_done(&p->r, n);
	return rc == NABD_OK ? TOOL_OK : tool_complain(p->r.name, rc);
}

static int receive(struct receiver *p)
{
	struct nabd_msg msgs[BATCH];
	int code = TOOL_OK;

	while (code == TOOL_OK && tool_stopped == 0 && (p->count == 0 || p->got < p->count)) {
		const uint64_t left = p->count == 0 ? BATCH : p->count - p->got;
		const uint64_t missed = p->r.missed;
		size_t n;
		const int rc = reader_wait(&p->r, msgs, left < BATCH ? (size_t)left : BATCH, &n,
					   p->all ? 0 : p->timeout);

		if (rc == NABD_OK)
			code = take(p, msgs, n);
		else if (rc == NABD_LAPPED)
			reader_say_missed(&p->r, missed);
		else if (rc == NABD_TIMEOUT && p->all)
			break;
		else if (rc != NABD_WOKEN)
			code = tool_complain(p->r.name, rc);
	}
	/* Why output failed, and whether that is a failure, tool_finish() knows. */
	return tool_flush() ? code : TOOL_OK;
}

/* The default group stays for ever, so it is not made by an oversight. */
static int refuse_default(const char *name)
{
	struct look look;
	nabd_t *q;
	int rc = tool_open(name, 0, 0, NABD_OBSERVE, &q);

	if (rc != TOOL_OK)
		return rc;
	rc = look_take(q, &look);
	nabd_close(q);
	if (rc != NABD_OK)
		return tool_complain(name, rc);
	if (look.group_count == 0 || look.groups[0].group == 0)
		return TOOL_OK;
	tool_say("%s: its readers are groups; say --group N, or --group 0 to begin a default "
		 "group, which stays", name);
	return TOOL_FAILED;
}

static int run(int argc, char **argv)
{
	struct receiver p = { .count = 1, .timeout = -1 };
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	unsigned group = 0;
	bool chosen = false;
	int key, rc = TOOL_OK;

	opts.flags = NABD_GROUP_EPHEMERAL;
	while ((key = tool_next_option(&tool_pop, argc, argv)) != -1) {
		if (key == 'f')
			p.kind = frame_parse(optarg);
		else if (key == 'n')
			p.count = tool_number("--count", optarg, 0, UINT64_MAX);
		else if (key == 't')
			p.timeout = tool_duration("--timeout", optarg);
		else if (key == OPTION_KEEP)
			opts.flags = 0;
		else if (key == 'a') {
			p.all = true;
			p.count = 0;
		} else if (key == 'g') {
			group = (unsigned)tool_number("--group", optarg, 0, NABD_MAX_GROUPS);
			chosen = true;
		}
	}
	tool_operands(&tool_pop, argc, 1, 1);
	if (!chosen)
		rc = refuse_default(argv[optind]);
	if (rc == TOOL_OK)
		rc = reader_open(&p.r, argv[optind], group, &opts);
	if (rc != TOOL_OK)
		return rc;
	rc = receive(&p);
	reader_close(&p.r);
	return rc;
}

const struct tool_command tool_pop = {
	"pop", "QUEUE", "receive messages and write them to standard output", options, false, run,
};
