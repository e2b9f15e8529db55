/* SPDX-License-Identifier: MIT */
/*
 * nabd record: write the messages of one or more queues into a file, with the time at which
 * each was received. A message is released when it is written.
 */
#include "config.h"

#include <getopt.h>
#include <string.h>

#include "reader.h"
#include "tape.h"

#define BATCH 64
#define LOOK_NS 500000000 /* so often is looked whether the names are there */

enum { OPTION_FROM = 256, OPTION_ALONE, OPTION_FOR, OPTION_MAX_LAG };

static const struct tool_option options[] = {
	{ 'o', "output", "FILE", "where to; - is standard output. Needed" },
	{ 'f', "force", NULL, "overwrite the file if it is there" },
	{ 'n', "count", "N", "end after N messages" },
	{ 't', "timeout", "TIME", "end when none came for so long, with exit code 124" },
	{ OPTION_FOR, "for", "TIME", "end after this time" },
	{ OPTION_FROM, "from", "WHERE", "begin at the newest (default) or the oldest message" },
	{ OPTION_MAX_LAG, "max-lag", "N", "rather miss messages than be so many behind" },
	{ OPTION_ALONE, "alone", NULL, "even if nobody else reads the queue" },
	{ 0, NULL, NULL, NULL },
};

struct recorder {
	struct tape tape;
	struct reader readers[TAPE_MOST_QUEUES];
	struct nabd_join_opts join;
	uint32_t count;  /* of readers */
	uint64_t most, messages, bytes;
	uint64_t begun, end, last; /* tool_now(): start, when to end, newest message */
	int64_t timeout;
};

static void put_missed(struct recorder *r, uint32_t i, uint64_t before)
{
	const uint64_t n = r->readers[i].missed - before;
	const struct tape_block block = {
		.kind = TAPE_MISSED, .queue = i, .time = tool_now() - r->begun, .number = n,
	};

	if (n > 0)
		tape_put(&r->tape, &block);
	reader_say_missed(&r->readers[i], before);
}

/* What waits on one queue, but not without end: the others have their turn too. */
static int drain(struct recorder *r, uint32_t i, bool *any)
{
	struct reader *reader = &r->readers[i];
	struct nabd_msg msgs[BATCH];
	const uint64_t left = r->most - r->messages, missed = reader->missed;
	size_t n;
	int rc;

	if (reader->q == NULL || left == 0)
		return TOOL_OK;
	rc = reader_wait(reader, msgs, left < BATCH ? (size_t)left : BATCH, &n, 0);
	if (rc == NABD_TIMEOUT || rc == NABD_WOKEN || rc == NABD_UNLINKED)
		return TOOL_OK;
	*any = true;
	put_missed(r, i, missed);
	if (rc == NABD_EVICTED)
		return reader_join(reader, READER_FREE_GROUP, &r->join);
	if (rc == NABD_LAPPED)
		return TOOL_OK;
	if (rc != NABD_OK)
		return tool_complain(reader->name, rc);
	r->last = tool_now();
	for (size_t m = 0; m < n; m++) {
		const struct tape_block block = {
			.kind = TAPE_MESSAGE, .queue = i, .time = r->last - r->begun,
			.number = msgs[m].sequence, .data = msgs[m].data, .len = msgs[m].len,
			.flags = (msgs[m].flags & NABD_MSG_REDELIVERED) != 0,
		};

		tape_put(&r->tape, &block);
		r->bytes += msgs[m].len;
	}
	if (!tape_flush(&r->tape))
		return TOOL_FAILED;
	r->messages += n;
	tool_progress("recorded", r->messages, r->bytes);
	rc = reader_done(reader, n);
	return rc == NABD_OK || rc == NABD_EVICTED ? TOOL_OK : tool_complain(reader->name, rc);
}

/* Let go of queues whose name is gone. True while there are others. */
static bool any_left(struct recorder *r)
{
	bool any = false;

	for (uint32_t i = 0; i < r->count; i++) {
		struct nabd_stats stats = { .size = sizeof(stats) };

		if (r->readers[i].q == NULL)
			continue;
		if (nabd_stats(r->readers[i].q, &stats) == NABD_OK &&
		    (stats.state & NABD_STATE_UNLINKED) != 0) {
			tool_complain(r->readers[i].name, NABD_UNLINKED);
			reader_close(&r->readers[i]);
		} else {
			any = true;
		}
	}
	return any;
}

/* Until something comes, or it is time to look around. */
static void wait_for_any(struct recorder *r)
{
	struct nabd_wait_item items[TAPE_MOST_QUEUES] = { 0 };
	uint64_t now = tool_now(), until = now + LOOK_NS;
	size_t n = 0;

	if (until > r->end)
		until = r->end;
	if (r->timeout >= 0 && until > r->last + (uint64_t)r->timeout)
		until = r->last + (uint64_t)r->timeout;
	for (uint32_t i = 0; i < r->count; i++)
		if (r->readers[i].q != NULL)
			items[n++].consumer = r->readers[i].c;
	if (n > 0 && until > now)
		nabd_wait_any(items, n, (int64_t)(until - now));
}

static int record(struct recorder *r)
{
	while (tool_stopped == 0 && r->messages < r->most) {
		const uint64_t now = tool_now();
		bool any = false;

		for (uint32_t i = 0; i < r->count; i++) {
			const int code = drain(r, i, &any);

			if (code != TOOL_OK)
				return code;
		}
		if (now >= r->end)
			break;
		if (any)
			continue;
		if (r->timeout >= 0 && now - r->last >= (uint64_t)r->timeout)
			return TOOL_LATE;
		if (!any_left(r))
			return TOOL_GONE;
		wait_for_any(r);
	}
	return TOOL_OK;
}

static int begin(struct recorder *r, char **names, bool alone)
{
	int rc = TOOL_OK;

	for (uint32_t i = 0; i < r->count && rc == TOOL_OK; i++) {
		rc = reader_begin(names[i], alone);
		if (rc == TOOL_OK)
			rc = reader_open(&r->readers[i], names[i], READER_FREE_GROUP, &r->join);
	}
	r->begun = r->last = tool_now();
	return rc;
}

static void put_queues(struct recorder *r, char **names)
{
	for (uint32_t i = 0; i < r->count; i++) {
		const char *name = names[i] + (*names[i] == '/');
		const struct tape_block block = {
			.kind = TAPE_QUEUE, .queue = i, .slots = r->readers[i].slots,
			.slot_size = r->readers[i].slot_size, .flags = r->readers[i].overwrite,
			.data = name, .len = (uint32_t)strlen(name),
		};

		tape_put(&r->tape, &block);
	}
}

static void take_option(struct recorder *r, int key, bool *alone)
{
	if (key == 'n')
		r->most = tool_number("--count", optarg, 0, UINT64_MAX);
	else if (key == 't')
		r->timeout = tool_duration("--timeout", optarg);
	else if (key == OPTION_FOR)
		r->end = tool_now() + (uint64_t)tool_duration("--for", optarg);
	else if (key == OPTION_FROM)
		r->join.flags = reader_start(optarg) | NABD_GROUP_EPHEMERAL;
	else if (key == OPTION_MAX_LAG)
		r->join.max_lag = tool_number("--max-lag", optarg, 1, UINT64_MAX);
	else if (key == OPTION_ALONE)
		*alone = true;
}

static int run(int argc, char **argv)
{
	static struct recorder r = {
		.join = NABD_JOIN_OPTS_INIT, .most = UINT64_MAX, .end = UINT64_MAX, .timeout = -1,
	};
	const char *output = NULL;
	bool force = false, alone = false;
	int key, rc;

	r.join.flags = NABD_JOIN_NEWEST | NABD_GROUP_EPHEMERAL;
	while ((key = tool_next_option(&tool_record, argc, argv)) != -1) {
		if (key == 'o')
			output = optarg;
		else if (key == 'f')
			force = true;
		else
			take_option(&r, key, &alone);
	}
	tool_operands(&tool_record, argc, 1, (int)TAPE_MOST_QUEUES);
	if (output == NULL)
		tool_usage("it needs --output=FILE");
	r.count = (uint32_t)(argc - optind);
	rc = begin(&r, argv + optind, alone);
	if (rc == TOOL_OK)
		rc = tape_create(&r.tape, output, force);
	if (rc == TOOL_OK) {
		struct tape_block end = { .kind = TAPE_END };

		put_queues(&r, argv + optind);
		rc = tape_flush(&r.tape) ? record(&r) : TOOL_FAILED;
		end.time = tool_now() - r.begun;
		end.number = r.messages;
		tape_put(&r.tape, &end);
		if (rc != TOOL_FAILED && !tape_flush(&r.tape))
			rc = TOOL_FAILED;
	}
	for (uint32_t i = 0; i < r.count; i++)
		reader_close(&r.readers[i]);
	if (!tape_close(&r.tape) && rc == TOOL_OK)
		rc = TOOL_FAILED;
	if (r.tape.closed)
		rc = TOOL_OK;
	tool_stopped = 0; /* that is how it ends */
	return rc;
}

const struct tool_command tool_record = {
	"record", "QUEUE…", "record the messages of queues in a file", options, false, run,
};
