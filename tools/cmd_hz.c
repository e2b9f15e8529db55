/* SPDX-License-Identifier: MIT */
/*
 * nabd hz: how fast messages pass: a line each interval.
 */
#include "config.h"

#include <getopt.h>

#include "look.h"
#include "term.h"

static const struct tool_option options[] = {
	{ 'i', "interval", "TIME", "from one line to the next: 1, 200ms (1s)" },
	{ 'n', "count", "N", "end after N lines a queue" },
	{ 0, NULL, NULL, NULL },
};

static void print_rate(const struct look_queue *queue, const struct look_rate *rate)
{
	const unsigned lag = (unsigned)(queue->look.lag * 100 / queue->look.stats.slots);
	char a[TERM_TEXT], b[TERM_TEXT], c[TERM_TEXT], bar[64];

	if (tool_settings.json) {
		tool_print_json(json_pack(
			"{s:s, s:s, s:I, s:f, s:f, s:f, s:I, s:I}", "command", "hz", "queue",
			queue->name, "time_ns", (json_int_t)tool_date(), "messages_per_second",
			rate->messages, "bytes_per_second", rate->bytes, "full_per_second",
			rate->full, "lag", (json_int_t)queue->look.lag, "fill_percent",
			(json_int_t)queue->look.fill));
		return;
	}
	term_bar(bar, 8, queue->look.fill);
	printf("%s%-20s%s %9s/s %11s/s  lag %s%7s%s  %s%s%s %3u%%\n", term_style(TERM_NAME),
	       queue->name, term_style(TERM_PLAIN), term_count(a, rate->messages),
	       term_bytes(b, rate->bytes), term_style(term_level(lag)),
	       term_count(c, (double)queue->look.lag), term_style(TERM_PLAIN),
	       term_style(term_level(queue->look.fill)), bar, term_style(TERM_PLAIN),
	       queue->look.fill);
}

/* How many of the queues still have their name. */
static size_t measure(struct look_list *list)
{
	size_t there = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct look_queue *queue = &list->queues[i];
		const struct look before = queue->look;
		struct look_rate rate;

		if (queue->error != NABD_OK)
			continue;
		queue->error = look_take(queue->q, &queue->look);
		if (queue->error == NABD_OK && (queue->look.stats.state & NABD_STATE_UNLINKED) != 0)
			queue->error = NABD_UNLINKED;
		if (queue->error != NABD_OK) {
			tool_complain(queue->name, queue->error);
			continue;
		}
		there++;
		rate = look_rate(&before, &queue->look);
		print_rate(queue, &rate);
	}
	return there;
}

static int run(int argc, char **argv)
{
	struct look_list list;
	uint64_t count = UINT64_MAX, interval = 1000000000, next;
	int key, rc;

	while ((key = tool_next_option(&tool_hz, argc, argv)) != -1) {
		if (key == 'i')
			interval = (uint64_t)tool_duration("--interval", optarg);
		else if (key == 'n')
			count = tool_number("--count", optarg, 1, UINT64_MAX);
	}
	tool_operands(&tool_hz, argc, 1, -1);
	if (interval < 1000000)
		tool_usage("--interval: less than 1ms");
	rc = look_list_named(&list, argv + optind, argc - optind);
	next = tool_now();
	while (rc == TOOL_OK && count-- > 0) {
		next += interval;
		if (!tool_sleep_until(next))
			break;
		if (measure(&list) == 0)
			rc = TOOL_GONE;
		if (!tool_flush())
			break;
	}
	look_list_close(&list);
	tool_stopped = 0; /* that is how it ends */
	return rc;
}

const struct tool_command tool_hz = {
	"hz", "QUEUE…", "show rates: messages, bytes, lag", options, true, run,
};
