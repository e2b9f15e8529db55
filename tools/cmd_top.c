/* SPDX-License-Identifier: MIT */
/*
 * nabd top: all queues at a glance, again and again; with --batch as text or JSON.
 */
#include "config.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "term.h"
#include "top.h"

static const struct tool_option options[] = {
	{ 'b', "batch", NULL, "print tables instead of showing a screen" },
	{ 'i', "interval", "TIME", "from one look to the next: 1, 200ms (1s)" },
	{ 'n', "count", "N", "end after N looks" },
	{ 's', "sort", "BY", "lag, rate or name (lag)" },
	{ 0, NULL, NULL, NULL },
};

static enum top_order parse_order(const char *text)
{
	static const char *const names[] = { "lag", "rate", "name" };

	for (unsigned i = 0; i < TOP_ORDERS; i++)
		if (strcmp(text, names[i]) == 0)
			return (enum top_order)i;
	tool_usage("--sort: not lag, rate or name: %s", text);
}

static void print_json(const struct top *top)
{
	json_t *queues = json_array();

	for (size_t i = 0; i < top->count; i++) {
		const struct top_row *row = &top->rows[i];
		json_t *it = look_json(&row->queue);

		json_object_set_new(it, "messages_per_second", json_real(row->rate.messages));
		json_object_set_new(it, "bytes_per_second", json_real(row->rate.bytes));
		if (row->timed)
			json_object_set_new(it, "latency", look_summary_json(&row->latency));
		json_array_append_new(queues, it);
	}
	tool_print_json(json_pack("{s:s, s:I, s:s, s:o}", "command", "top", "time_ns",
				  (json_int_t)tool_date(), "dir", look_dir(), "queues", queues));
}

static void print_table(const struct top *top)
{
	static const char *const heads[] = { "QUEUE", "FILL", "LAG", "MSG/S", "BYTES/S", "P99",
					     "GROUPS", "READERS", "PRODUCER" };
	struct term_table *table = term_table_new(9, heads, "lrrrrrrrl");
	char text[TERM_TEXT];

	for (size_t i = 0; i < top->count; i++) {
		const struct top_row *row = &top->rows[i];
		const struct look *look = &row->queue.look;

		if (row->queue.error != NABD_OK)
			continue;
		term_cell(table, TERM_NAME, "%s", row->queue.name);
		term_cell(table, term_level(look->fill), "%u%%", look->fill);
		term_cell(table, TERM_PLAIN, "%llu", (unsigned long long)look->lag);
		term_cell(table, TERM_PLAIN, "%s", term_count(text, row->rate.messages));
		term_cell(table, TERM_PLAIN, "%s", term_bytes(text, row->rate.bytes));
		term_cell(table, TERM_PLAIN, "%s", row->latency.count > 0 ?
			  term_span(text, row->latency.p99_ns) : "-");
		term_cell(table, TERM_PLAIN, "%u", look->group_count);
		term_cell(table, TERM_PLAIN, "%u", look->readers);
		term_cell(table, TERM_PLAIN, "%s",
			  (look->stats.state & NABD_STATE_PRODUCER) != 0 ? "alive" : "none");
	}
	term_table_print(table);
}

static int batch(struct top *top, uint64_t interval, uint64_t count)
{
	uint64_t next = tool_now();
	int rc = TOOL_OK;

	for (uint64_t i = 0; i < count && rc == TOOL_OK; i++) {
		next += interval;
		if (!tool_sleep_until(next))
			break;
		rc = top_update(top);
		if (tool_settings.json)
			print_json(top);
		else {
			if (i > 0)
				putchar('\n');
			print_table(top);
		}
		if (!tool_flush())
			break;
	}
	return rc;
}

static int run(int argc, char **argv)
{
	struct top top = { .order = TOP_BY_LAG };
	uint64_t interval = 1000000000, count = UINT64_MAX;
	bool in_batch = false;
	int key, rc;

	while ((key = tool_next_option(&tool_top, argc, argv)) != -1) {
		if (key == 'b')
			in_batch = true;
		else if (key == 'i')
			interval = (uint64_t)tool_duration("--interval", optarg);
		else if (key == 'n')
			count = tool_number("--count", optarg, 1, UINT64_MAX);
		else if (key == 's')
			top.order = parse_order(optarg);
	}
	if (interval < 1000000)
		tool_usage("--interval: less than 1ms");
	in_batch = in_batch || tool_settings.json;
	if (!in_batch && (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)))
		tool_usage("no terminal: use --batch");
	top.only = argv + optind;
	top.only_count = argc - optind;
	rc = top_update(&top);
	if (rc == TOOL_OK)
		rc = in_batch ? batch(&top, interval, count) : top_screen(&top, interval, count);
	top_free(&top);
	tool_stopped = 0; /* that is how it ends */
	return rc;
}

const struct tool_command tool_top = {
	"top", "[QUEUE…]", "all queues at a glance, the slowest first", options, true, run,
};
