/* SPDX-License-Identifier: MIT */
/*
 * nabd clean: remove queues that nobody has open, and what the dead have left in others.
 * Says what it would do, and does it when told. A queue that is in use, or is opened
 * meanwhile, stays: the library sees to that.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "look.h"
#include "term.h"

#define MOST_TEXT 16384u

static const struct tool_option options[] = {
	{ 'y', "yes", NULL, "do it; without, it is only said" },
	{ 'D', "discard", NULL, "also queues that hold unread messages, or are damaged" },
	{ 0, NULL, NULL, NULL },
};

/* The names alone, to be freed with their array: the queues must not be open. */
static int find_names(char ***names, size_t *count)
{
	struct look_list list;
	int rc = look_list_open(&list);

	*names = NULL;
	*count = 0;
	if (rc != TOOL_OK)
		return rc;
	*names = calloc(list.count + 1, sizeof(**names));
	for (size_t i = 0; *names != NULL && i < list.count; i++) {
		(*names)[i] = strdup(list.queues[i].name);
		if ((*names)[i] == NULL)
			break;
		(*count)++;
	}
	rc = *names != NULL && *count == list.count ? TOOL_OK : tool_complain("", NABD_NOMEM);
	look_list_close(&list);
	return rc;
}

static void print_lines(char *text)
{
	char *rest = text;

	for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
		if (*line != '\0')
			printf("  %s\n", line);
}

static int clean(const char *name, unsigned flags)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	static char text[MOST_TEXT];
	size_t len;
	int rc;

	tool_fill_opts(&opts);
	text[0] = '\0';
	rc = nabd_recover(name, &opts, flags, text, sizeof(text), &len);
	printf("%s%s%s\n", term_style(TERM_NAME), name, term_style(TERM_PLAIN));
	print_lines(text);
	/* That it stays is what was to be found out. */
	if (rc == NABD_OK || rc == NABD_BUSY || rc == NABD_STATE || rc == NABD_BUFFER)
		return TOOL_OK;
	return tool_complain(name, rc);
}

static int run(int argc, char **argv)
{
	unsigned flags = NABD_RECOVER_REMOVE;
	char **found = NULL, **names;
	int key, rc, code = TOOL_OK;
	size_t count = 0;

	while ((key = tool_next_option(&tool_clean, argc, argv)) != -1) {
		if (key == 'y')
			flags |= NABD_RECOVER_DO;
		else if (key == 'D')
			flags |= NABD_RECOVER_DISCARD;
	}
	tool_operands(&tool_clean, argc, 0, -1);
	names = argv + optind;
	if (optind < argc)
		count = (size_t)(argc - optind);
	else
		code = find_names(&found, &count);
	if (found != NULL)
		names = found;
	for (size_t i = 0; i < count; i++) {
		rc = clean(names[i], flags);
		if (rc != TOOL_OK)
			code = rc;
	}
	for (size_t i = 0; found != NULL && i < count; i++)
		free(found[i]);
	free(found);
	return code;
}

const struct tool_command tool_clean = {
	"clean", "[QUEUE…]", "remove what nobody has open; says so first", options, false, run,
};
