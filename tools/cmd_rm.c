/* SPDX-License-Identifier: MIT */
/*
 * nabd rm: remove queues, or one group of a queue.
 */
#include "config.h"

#include <getopt.h>

#include "tool.h"

static const struct tool_option options[] = {
	{ 'f', "force", NULL, "it is no error if the queue or group is not there" },
	{ 'g', "group", "N", "remove group N (1 to 16) of the queue, not the queue" },
	{ 0, NULL, NULL, NULL },
};

static int drop_group(const char *name, unsigned group, bool force)
{
	nabd_t *q;
	int rc = tool_open(name, 0, 0, NABD_CONSUMER, &q);

	if (rc != TOOL_OK)
		return rc;
	rc = nabd_group_drop(q, group);
	nabd_close(q);
	if (rc == NABD_OK || (rc == NABD_NOTFOUND && force))
		return TOOL_OK;
	if (rc != NABD_NOTFOUND)
		return tool_complain(name, rc);
	tool_say("%s: there is no group %u", name, group);
	return TOOL_GONE;
}

static int run(int argc, char **argv)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	unsigned group = 0;
	bool force = false;
	int key, code = TOOL_OK;

	while ((key = tool_next_option(&tool_rm, argc, argv)) != -1) {
		if (key == 'f')
			force = true;
		else if (key == 'g')
			group = (unsigned)tool_number("--group", optarg, 1, NABD_MAX_GROUPS);
	}
	tool_operands(&tool_rm, argc, 1, -1);
	tool_fill_opts(&opts);
	/* All of them, whatever befalls one; the last failure is the answer. */
	for (int i = optind; i < argc; i++) {
		int rc;

		if (group != 0) {
			rc = drop_group(argv[i], group, force);
		} else {
			rc = nabd_unlink_opts(argv[i], &opts);
			if (rc == NABD_NOTFOUND && force)
				rc = NABD_OK;
			rc = rc == NABD_OK ? TOOL_OK : tool_complain(argv[i], rc);
		}
		if (rc != TOOL_OK)
			code = rc;
	}
	return code;
}

const struct tool_command tool_rm = {
	"rm", "QUEUE…", "remove queues, or a group", options, false, run,
};
