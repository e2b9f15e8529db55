/* SPDX-License-Identifier: MIT */
/*
 * nabd push: send messages, from the command line or from standard input.
 */
#include "config.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "tool.h"

static const struct tool_option options[] = {
	{ 'f', "framing", "HOW", "what in the input is a message: lines, length, raw (lines)" },
	{ 'n', "count", "N", "send at most N messages" },
	{ 't', "timeout", "TIME", "wait so long for a free slot: 2, 1.5s, 20ms, 0 (for ever)" },
	{ 0, NULL, NULL, NULL },
};

struct sender {
	const char *name;
	nabd_t *q;
	int64_t timeout;
	uint64_t sent, bytes;
};

static int send_one(struct sender *s, const void *data, size_t len)
{
	int rc;

	do {
		rc = nabd_push_wait(s->q, data, len, s->timeout);
	} while (rc == NABD_WOKEN && tool_stopped == 0);
	if (rc == NABD_OK) {
		s->sent++;
		s->bytes += len;
		tool_progress("sent", s->sent, s->bytes);
		return TOOL_OK;
	}
	if (rc == NABD_WOKEN)
		return TOOL_FAILED; /* by a signal, which main() answers for */
	return tool_complain(s->name, rc);
}

static int send_operands(struct sender *s, char **messages, int n)
{
	int rc = TOOL_OK;

	for (int i = 0; i < n && rc == TOOL_OK && tool_stopped == 0; i++)
		rc = send_one(s, messages[i], strlen(messages[i]));
	return rc;
}

static int send_input(struct sender *s, enum frame_kind kind, uint64_t count, size_t most)
{
	struct frame_reader f;
	const char *data;
	size_t len;
	int rc = TOOL_OK;

	if (!frame_open(&f, STDIN_FILENO, kind, most))
		return tool_complain(s->name, NABD_NOMEM);
	while (s->sent < count && rc == TOOL_OK && tool_stopped == 0) {
		const int there = frame_next(&f, &data, &len);

		if (there == 0)
			break;
		rc = there > 0 ? send_one(s, data, len) : TOOL_FAILED;
	}
	frame_close(&f);
	return rc;
}

static int run(int argc, char **argv)
{
	struct sender s = { .timeout = -1 };
	struct nabd_wait_opts wait = NABD_WAIT_BALANCED;
	struct nabd_stats stats = { .size = sizeof(stats) };
	enum frame_kind kind = FRAME_LINES;
	uint64_t count = UINT64_MAX;
	int key, rc;

	while ((key = tool_next_option(&tool_push, argc, argv)) != -1) {
		if (key == 'f')
			kind = frame_parse(optarg);
		else if (key == 'n')
			count = tool_number("--count", optarg, 0, UINT64_MAX);
		else if (key == 't')
			s.timeout = tool_duration("--timeout", optarg);
	}
	tool_operands(&tool_push, argc, 1, -1);
	s.name = argv[optind];
	rc = tool_open(s.name, 0, 0, NABD_PRODUCER, &s.q);
	if (rc != TOOL_OK)
		return rc;
	wait.flags = NABD_WAIT_UNLINK; /* nobody new can find it to make room */
	nabd_set_wait(s.q, &wait);
	tool_wake_handle(s.q);
	nabd_stats(s.q, &stats);
	rc = optind + 1 < argc ? send_operands(&s, argv + optind + 1, argc - optind - 1)
			       : send_input(&s, kind, count, stats.slot_size);
	tool_forget(s.q);
	nabd_close(s.q);
	return rc;
}

const struct tool_command tool_push = {
	"push", "QUEUE [MESSAGE…]", "send messages, by default the lines of standard input",
	options, false, run,
};
