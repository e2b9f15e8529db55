/* SPDX-License-Identifier: MIT */
/*
 * nabd create: make a queue.
 */
#include "config.h"

#include <getopt.h>
#include <grp.h>
#include <stdlib.h>

#include "term.h"
#include "tool.h"

static const struct tool_option options[] = {
	{ 's', "slots", "N", "number of slots, rounded up to a power of two (1024)" },
	{ 'S', "slot-size", "SIZE", "longest message in bytes: 64, 4K, 1M (4096)" },
	{ 'a', "align", "SIZE", "payloads start at multiples of it: 8 to 4096" },
	{ 'm', "mode", "OCTAL", "permissions (0600)" },
	{ 'G', "owner-group", "GROUP", "give it to a group of users, by name or number" },
	{ 'o', "overwrite", NULL, "the producer never waits: the oldest message gives way" },
	{ 't', "timestamps", NULL, "messages have times, readers tell how old they get them" },
	{ 'i', "if-missing", NULL, "it is no error if the queue is there" },
	{ 'p', "prefault", NULL, "have the kernel find all its memory now" },
	{ 'H', "huge-pages", NULL, "have the kernel make huge pages of it; says if it did not" },
	{ 0, NULL, NULL, NULL },
};

static uint32_t parse_mode(const char *text)
{
	char *end;
	const unsigned long mode = strtoul(text, &end, 8);

	if (*text < '0' || *text > '7' || *end != '\0' || mode > 0777 || mode == 0)
		tool_usage("--mode: not an octal number up to 0777: %s", text);
	return (uint32_t)mode;
}

static uint32_t parse_owner_group(const char *text)
{
	const struct group *group = getgrnam(text);

	if (group != NULL)
		return (uint32_t)group->gr_gid;
	if (*text < '0' || *text > '9')
		tool_usage("--owner-group: no such group: %s", text);
	return (uint32_t)tool_number("--owner-group", text, 0, UINT32_MAX - 1);
}

/* A wish that the kernel may not meet, so that it is no error; but not for nothing either. */
static void tell_huge(const char *queue, nabd_t *q)
{
	struct nabd_memory memory = { .size = sizeof(memory) };
	char huge[TERM_TEXT], all[TERM_TEXT];

	if (nabd_memory_get(q, &memory) == NABD_OK && memory.huge < memory.bytes / 2)
		tool_say("%s: %s of %s are in huge pages: see nabd doctor", queue,
			 term_bytes(huge, (double)memory.huge),
			 term_bytes(all, (double)memory.bytes));
}

static int run(int argc, char **argv)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	size_t slots = 0, slot_size = 0;
	unsigned flags = NABD_CREATE | NABD_EXCL;
	nabd_t *q;
	int key, rc;

	while ((key = tool_next_option(&tool_create, argc, argv)) != -1) {
		if (key == 's')
			slots = (size_t)tool_number("--slots", optarg, 1, NABD_MAX_SLOTS);
		else if (key == 'S')
			slot_size = (size_t)tool_size("--slot-size", optarg, NABD_MAX_SLOT_SIZE);
		else if (key == 'a')
			opts.align = (uint32_t)tool_size("--align", optarg, NABD_MAX_ALIGN);
		else if (key == 'm')
			opts.mode = parse_mode(optarg);
		else if (key == 'o')
			flags |= NABD_OVERWRITE;
		else if (key == 't')
			flags |= NABD_TIMESTAMPS;
		else if (key == 'i')
			flags &= ~NABD_EXCL;
		else if (key == 'p')
			opts.flags |= NABD_PREFAULT;
		else if (key == 'H')
			opts.flags |= NABD_HUGE_PAGES | NABD_PREFAULT;
		else if (key == 'G') {
			opts.flags |= NABD_SET_GROUP;
			opts.group = parse_owner_group(optarg);
		}
	}
	tool_operands(&tool_create, argc, 1, 1);
	if (opts.align != 0 && (opts.align < 8 || (opts.align & (opts.align - 1)) != 0))
		tool_usage("--align: not a power of two from 8 to 4096: %u", opts.align);
	tool_fill_opts(&opts);
	rc = nabd_open_opts(argv[optind], slots, slot_size, flags, &opts, &q);
	if (rc != NABD_OK)
		return tool_complain(argv[optind], rc);
	if ((opts.flags & NABD_HUGE_PAGES) != 0)
		tell_huge(argv[optind], q);
	nabd_close(q);
	return TOOL_OK;
}

const struct tool_command tool_create = {
	"create", "QUEUE", "make a queue", options, false, run,
};
