/* SPDX-License-Identifier: MIT */
/*
 * nabd stat: all that can be seen of a queue without disturbing it.
 */
#include "config.h"

#include <getopt.h>
#include <pwd.h>
#include <time.h>

#include "look.h"
#include "term.h"

static const struct tool_option options[] = {
	{ 'm', "memory", NULL, "also huge pages, and what is swapped out (maps all of it)" },
	{ 0, NULL, NULL, NULL },
};

static void line(const char *what)
{
	printf("  %s%-10s%s ", term_style(TERM_DIM), what, term_style(TERM_PLAIN));
}

static void print_made(const struct look_queue *queue)
{
	const time_t made = (time_t)(queue->look.stats.created_ns / 1000000000);
	const struct passwd *user = getpwuid(queue->owner);
	struct tm tm;
	char date[40] = "?";

	if (localtime_r(&made, &tm) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
	line("made");
	if (user != NULL)
		printf("%s by %s", date, user->pw_name);
	else
		printf("%s by uid %u", date, (unsigned)queue->owner);
	printf(", mode %04o\n", queue->mode & 0777);
}

static void print_summary(const struct look_queue *queue)
{
	const struct nabd_stats *stats = &queue->look.stats;
	const bool sending = (stats->state & NABD_STATE_PRODUCER) != 0;
	char a[TERM_TEXT], bar[128];

	printf("%s%s%s%s%s\n", term_style(TERM_NAME), queue->name, term_style(TERM_PLAIN),
	       (stats->state & NABD_STATE_OVERWRITE) != 0 ? "  (overwrites the oldest)" : "",
	       (stats->state & NABD_STATE_TIMESTAMPS) != 0 ? "  (messages have times)" : "");
	line("size");
	printf("%u slots of %s", stats->slots, term_bytes(a, stats->slot_size));
	printf(", %s in all, payloads aligned to %u\n", term_bytes(a, (double)queue->bytes),
	       stats->align);
	print_made(queue);
	line("producer");
	printf("%s%s%s, %llu so far\n", term_style(sending ? TERM_GOOD : TERM_WARN),
	       sending ? "alive" : "none", term_style(TERM_PLAIN),
	       (unsigned long long)stats->producer_epoch);
	term_bar(bar, 20, queue->look.fill);
	line("fill");
	printf("%s%s %u%%%s", term_style(term_level(queue->look.fill)), bar, queue->look.fill,
	       term_style(TERM_PLAIN));
	printf(", became full %llu times\n", (unsigned long long)stats->full_count);
	line("sent");
	printf("%llu messages, %s\n", (unsigned long long)stats->head,
	       term_bytes(a, (double)stats->bytes));
	line("held");
	printf("%llu messages, from %llu on%s\n", (unsigned long long)(stats->head - stats->tail),
	       (unsigned long long)stats->tail,
	       queue->look.group_count == 0 ? ", for the first group to come" : "");
}

/*
 * Of the queue, not of a process: all of it is mapped by a handle of its own, which brings
 * nothing in from swap that was not asked for before it is counted.
 */
static int memory_of(const struct look_queue *queue, struct nabd_memory *memory)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	nabd_t *q;
	int rc;

	memory->size = sizeof(*memory);
	rc = nabd_memory_get(queue->q, memory);
	if (rc == NABD_OK) {
		const uint64_t swapped = memory->swapped;

		tool_fill_opts(&opts);
		opts.flags |= NABD_PREFAULT;
		rc = nabd_open_opts(queue->name, 0, 0, NABD_OBSERVE, &opts, &q);
		if (rc == NABD_OK) {
			rc = nabd_memory_get(q, memory);
			nabd_close(q);
		}
		memory->swapped = swapped;
	}
	return rc;
}

static void print_memory(const struct look_queue *queue)
{
	struct nabd_memory memory;
	char huge[TERM_TEXT], swapped[TERM_TEXT];
	const int rc = memory_of(queue, &memory);

	line("memory");
	if (rc != NABD_OK)
		printf("%s\n", nabd_strerror(rc));
	else
		printf("%s in huge pages, %s swapped out\n", term_bytes(huge, (double)memory.huge),
		       term_bytes(swapped, (double)memory.swapped));
}

static struct nabd_latency_summary latency_of(const struct look_queue *queue, unsigned i)
{
	struct nabd_latency_summary summary = { .size = sizeof(summary) };
	struct nabd_latency latency;

	look_latency(queue->q, queue->look.groups[i].group, &latency);
	nabd_latency_summary(&latency, &summary); /* nothing, if there are none */
	return summary;
}

static const char *limits(char *text, size_t size, const struct nabd_group_info *group)
{
	int n = 0;

	text[0] = '\0';
	if (group->max_lag > 0)
		n = snprintf(text, size, "lag %llu ", (unsigned long long)group->max_lag);
	if (group->max_stall_ms > 0)
		n += snprintf(text + n, size - (size_t)n, "stall %u ms ", group->max_stall_ms);
	if (group->max_deliveries > 0)
		n += snprintf(text + n, size - (size_t)n, "deliveries %u ", group->max_deliveries);
	if (n > 0)
		text[n - 1] = '\0';
	return n > 0 ? text : "-";
}

static void print_groups(const struct look *look)
{
	static const char *const heads[] = { "GROUP", "KIND", "MEMBERS", "LAG", "OLDEST", "NEXT",
					     "LIMITS", "" };
	struct term_table *table;
	char text[96];

	if (look->group_count == 0)
		return;
	putchar('\n');
	table = term_table_new(8, heads, "rlrrrrll");
	for (unsigned i = 0; i < look->group_count; i++) {
		const struct nabd_group_info *group = &look->groups[i];
		const bool holds = (group->state & NABD_GROUP_STATE_HOLDS) != 0 && group->lag > 0 &&
				   (look->stats.state & NABD_STATE_OVERWRITE) == 0;

		term_cell(table, TERM_NAME, "%u", group->group);
		term_cell(table, TERM_PLAIN, "%s", group->group == 0 ? "default" :
			  (group->state & NABD_GROUP_STATE_EPHEMERAL) != 0 ? "ephemeral" :
			  group->max_lag > 0 || group->max_stall_ms > 0 ? "evictable" : "durable");
		term_cell(table, group->members > 0 ? TERM_GOOD : TERM_WARN, "%u", group->members);
		term_cell(table, group->lag == 0 ? TERM_DIM :
			  term_level((unsigned)(group->lag * 100 / look->stats.slots)), "%llu",
			  (unsigned long long)group->lag);
		term_cell(table, TERM_PLAIN, "%llu", (unsigned long long)group->low);
		term_cell(table, TERM_PLAIN, "%llu", (unsigned long long)group->position);
		term_cell(table, TERM_PLAIN, "%s", limits(text, sizeof(text), group));
		term_cell(table, holds && group->members == 0 ? TERM_BAD : TERM_DIM, "%s",
			  !holds ? "" : group->members == 0 ? "holds the producer, nobody reads"
							    : "the slowest");
	}
	term_table_print(table);
}

/* How old messages were when each group received them, since the queue was made. */
static void print_latencies(const struct look_queue *queue)
{
	static const char *const heads[] = { "GROUP", "RECEIVED", "P50", "P90", "P99", "P99.9",
					     "LONGEST" };
	struct term_table *table;
	char text[TERM_TEXT];

	if (queue->look.latency.size == 0 || queue->look.group_count == 0)
		return;
	putchar('\n');
	table = term_table_new(7, heads, "rrrrrrr");
	for (unsigned i = 0; i < queue->look.group_count; i++) {
		struct nabd_latency_summary s = latency_of(queue, i);
		const uint64_t ages[] = { s.p50_ns, s.p90_ns, s.p99_ns, s.p99_9_ns, s.max_ns };

		term_cell(table, TERM_NAME, "%u", queue->look.groups[i].group);
		term_cell(table, TERM_PLAIN, "%llu", (unsigned long long)s.count);
		for (unsigned age = 0; age < 5; age++)
			term_cell(table, TERM_PLAIN, "%s",
				  s.count > 0 ? term_span(text, ages[age]) : "-");
	}
	term_table_print(table);
}

static json_t *members_json(nabd_t *q, unsigned group)
{
	json_t *members = json_array();

	for (unsigned i = 0; group > 0 && i < NABD_MAX_MEMBERS; i++) {
		struct nabd_member_info info = { .size = sizeof(info) };

		if (nabd_member_look(q, group, i, &info) == NABD_OK)
			json_array_append_new(members, json_pack(
				"{s:I, s:b, s:I, s:I, s:I}", "member", (json_int_t)info.member,
				"alive", info.alive != 0, "first", (json_int_t)info.first,
				"held", (json_int_t)info.held, "deliveries",
				(json_int_t)info.deliveries));
	}
	return members;
}

static void print_members(const struct look_queue *queue)
{
	static const char *const heads[] = { "GROUP", "MEMBER", "HOLDS", "FROM", "" };
	struct term_table *table = term_table_new(5, heads, "rrrrl");
	bool any = false;

	for (unsigned i = 0; i < queue->look.group_count; i++) {
		const unsigned group = queue->look.groups[i].group;

		for (unsigned member = 0; group > 0 && member < NABD_MAX_MEMBERS; member++) {
			struct nabd_member_info info = { .size = sizeof(info) };

			if (nabd_member_look(queue->q, group, member, &info) != NABD_OK)
				continue;
			if (!any)
				putchar('\n');
			any = true;
			term_cell(table, TERM_NAME, "%u", group);
			term_cell(table, TERM_PLAIN, "%u", member);
			term_cell(table, TERM_PLAIN, "%llu", (unsigned long long)info.held);
			term_cell(table, TERM_PLAIN, "%llu", (unsigned long long)info.first);
			term_cell(table, info.alive ? TERM_GOOD : TERM_BAD, "%s", info.alive ?
				  "alive" : "dead: what it holds waits for another member");
		}
	}
	if (any)
		term_table_print(table);
	else
		term_table_drop(table);
}

static void print_json(const struct look_list *list, bool with_memory)
{
	json_t *queues = json_array();
	struct nabd_memory memory;

	for (size_t i = 0; i < list->count; i++) {
		const struct look_queue *queue = &list->queues[i];
		json_t *it = look_json(queue), *groups = json_object_get(it, "groups");

		for (unsigned g = 0; g < queue->look.group_count; g++) {
			const struct nabd_latency_summary summary = latency_of(queue, g);
			json_t *group = json_array_get(groups, g);

			json_object_set_new(group, "member_list",
					    members_json(queue->q, queue->look.groups[g].group));
			if (queue->look.latency.size != 0)
				json_object_set_new(group, "latency", look_summary_json(&summary));
		}
		if (with_memory && memory_of(queue, &memory) == NABD_OK)
			json_object_set_new(it, "memory", json_pack(
				"{s:I, s:I, s:I}", "bytes", (json_int_t)memory.bytes,
				"huge", (json_int_t)memory.huge, "swapped",
				(json_int_t)memory.swapped));
		json_array_append_new(queues, it);
	}
	tool_print_json(json_pack("{s:s, s:s, s:o}", "command", "stat", "dir", look_dir(),
				  "queues", queues));
}

static int run(int argc, char **argv)
{
	struct look_list list;
	bool memory = false;
	int rc;

	while (tool_next_option(&tool_stat, argc, argv) != -1)
		memory = true;
	tool_operands(&tool_stat, argc, 1, -1);
	rc = look_list_named(&list, argv + optind, argc - optind);
	if (tool_settings.json) {
		print_json(&list, memory);
	} else {
		for (size_t i = 0; i < list.count; i++) {
			if (i > 0)
				putchar('\n');
			print_summary(&list.queues[i]);
			if (memory)
				print_memory(&list.queues[i]);
			print_groups(&list.queues[i].look);
			print_latencies(&list.queues[i]);
			print_members(&list.queues[i]);
		}
	}
	look_list_close(&list);
	return rc;
}

const struct tool_command tool_stat = {
	"stat", "QUEUE…", "show all that can be seen of a queue", options, true, run,
};
