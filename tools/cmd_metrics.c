/* SPDX-License-Identifier: MIT */
/*
 * nabd metrics: all numbers of a queue, its groups and members, as the library writes them.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define TRIES 8 /* so often may the text grow while it is made */

static const struct tool_option options[] = {
	{ 'f', "format", "FORMAT", "text, json or prometheus (text)" },
	{ 0, NULL, NULL, NULL },
};

static unsigned format_of(const char *name)
{
	static const char *const names[] = {
		[NABD_METRICS_TEXT] = "text",
		[NABD_METRICS_JSON] = "json",
		[NABD_METRICS_PROMETHEUS] = "prometheus",
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	tool_usage("--format: there is no format %s", name);
}

/* The text, to be freed; NULL with *rc otherwise. */
static char *make_text(nabd_t *q, unsigned format, int *rc)
{
	size_t size = 4096, len;
	char *text = NULL;

	for (int i = 0; i < TRIES; i++) {
		char *larger = realloc(text, size);

		*rc = NABD_NOMEM;
		if (larger == NULL)
			break;
		text = larger;
		*rc = nabd_metrics_format(q, format, text, size, &len);
		if (*rc == NABD_OK)
			return text;
		if (*rc != NABD_BUFFER)
			break;
		size = 2 * len;
	}
	free(text);
	return NULL;
}

static int run(int argc, char **argv)
{
	unsigned format = NABD_METRICS_TEXT;
	nabd_t *q;
	char *text;
	int key, rc;

	while ((key = tool_next_option(&tool_metrics, argc, argv)) != -1)
		if (key == 'f')
			format = format_of(optarg);
	tool_operands(&tool_metrics, argc, 1, 1);
	rc = tool_open(argv[optind], 0, 0, NABD_OBSERVE, &q);
	if (rc != TOOL_OK)
		return rc;
	text = make_text(q, format, &rc);
	nabd_close(q);
	if (text == NULL)
		return tool_complain(argv[optind], rc);
	fputs(text, stdout);
	free(text);
	return TOOL_OK;
}

const struct tool_command tool_metrics = {
	"metrics", "QUEUE", "show all numbers, also as JSON or for Prometheus", options, false, run,
};
