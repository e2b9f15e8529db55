/* SPDX-License-Identifier: MIT */
/*
 * nabd ls: which queues there are, one a line.
 */
#include "config.h"

#include <getopt.h>
#include <string.h>

#include "look.h"
#include "term.h"

static const struct tool_option options[] = {
	{ 'q', "quiet", NULL, "print names only" },
	{ 0, NULL, NULL, NULL },
};

static void add_row(struct term_table *table, const struct look_queue *queue)
{
	const struct look *look = &queue->look;
	const uint64_t date = tool_date();
	char a[TERM_TEXT], b[TERM_TEXT], bar[64];
	const unsigned lag = look->stats.slots > 0 ?
		(unsigned)(look->lag * 100 / look->stats.slots) : 0;

	term_cell(table, TERM_NAME, "%s", queue->name);
	if (queue->error != NABD_OK) {
		for (int i = 0; i < 8; i++)
			term_cell(table, TERM_DIM, "-");
		term_cell(table, TERM_BAD, "%s", nabd_strerror(queue->error));
		return;
	}
	term_bar(bar, 8, look->fill);
	term_cell(table, TERM_PLAIN, "%u", look->stats.slots);
	term_cell(table, TERM_PLAIN, "%s", term_bytes(a, look->stats.slot_size));
	term_cell(table, term_level(look->fill), "%s %3u%%", bar, look->fill);
	term_cell(table, look->lag > 0 ? term_level(lag) : TERM_DIM, "%s",
		  term_count(a, (double)look->lag));
	term_cell(table, TERM_PLAIN, "%s", term_count(b, (double)look->stats.head));
	term_cell(table, look->group_count > 0 ? TERM_PLAIN : TERM_DIM, "%u", look->group_count);
	term_cell(table, look->readers > 0 ? TERM_GOOD : TERM_DIM, "%u", look->readers);
	term_cell(table, TERM_DIM, "%s", date > look->stats.created_ns ?
		  term_span(a, date - look->stats.created_ns) : "-");
	term_cell(table, (look->stats.state & NABD_STATE_PRODUCER) != 0 ? TERM_GOOD : TERM_DIM,
		  "%s%s", (look->stats.state & NABD_STATE_PRODUCER) != 0 ? "sending" :
		  look_alive(look) ? "no producer" : "idle",
		  (look->stats.state & NABD_STATE_OVERWRITE) != 0 ? ", overwrites" : "");
}

static void print_table(const struct look_list *list)
{
	static const char *const heads[] = { "QUEUE", "SLOTS", "SLOT", "FILL", "LAG", "SENT",
					     "GROUPS", "READERS", "AGE", "STATE" };
	struct term_table *table = term_table_new(10, heads, "lrrlrrrrrl");

	for (size_t i = 0; i < list->count; i++)
		add_row(table, &list->queues[i]);
	term_table_print(table);
}

static void print_json(const struct look_list *list)
{
	json_t *queues = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(queues, look_json(&list->queues[i]));
	tool_print_json(json_pack("{s:s, s:s, s:o}", "command", "ls", "dir", look_dir(), "queues",
				  queues));
}

static int run(int argc, char **argv)
{
	struct look_list list;
	bool quiet = false;
	int key, rc;

	while ((key = tool_next_option(&tool_ls, argc, argv)) != -1) {
		if (key == 'q')
			quiet = true;
	}
	tool_operands(&tool_ls, argc, 0, -1);
	rc = optind < argc ? look_list_named(&list, argv + optind, argc - optind)
			   : look_list_open(&list);
	if (tool_settings.json) {
		print_json(&list);
	} else if (quiet) {
		for (size_t i = 0; i < list.count; i++)
			printf("%s\n", list.queues[i].name);
	} else if (list.count > 0) {
		print_table(&list);
	} else if (rc == TOOL_OK) {
		fprintf(stderr, "no queues in %s\n", look_dir());
	}
	look_list_close(&list);
	return rc;
}

const struct tool_command tool_ls = {
	"ls", "[QUEUE…]", "list queues: sizes, fill, lag, who is there", options, true, run,
};
