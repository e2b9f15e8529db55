/* SPDX-License-Identifier: MIT */
/*
 * Metrics as text: for people, as JSON, and as Prometheus scrapes it (text format 0.0.4).
 * One table for each kind of thing says how a field is called in each of them.
 */
#include <string.h>

#include "metrics.h"

/*
 * NUMBER and NUMBER32 go up and down, COUNT only up. FLAG is a bit of a 32-bit word; EQUALS
 * whether that word has a value. TIME is shown as how long ago that was. SHARE is that of
 * the slots that a 32-bit number is.
 */
enum kind { NUMBER, NUMBER32, COUNT, FLAG, EQUALS, TIME, SHARE };

struct field {
	const char *key;    /* in JSON and text; NULL: not there */
	const char *family; /* behind nabd_queue_ and the others; NULL: not there */
	const char *help;
	enum kind kind;
	uint32_t offset;
	uint32_t value; /* of FLAG and EQUALS */
};

#define AT(field) (uint32_t)offsetof(struct nabd_metrics, field)
static const struct field queue_fields[] = {
	{"producer_alive", "producer_alive", "Whether a live producer holds the queue.", FLAG,
	 AT(state), NABD_STATE_PRODUCER},
	{"reader_alive", "reader_alive", "Whether a live handle reads the default group.", FLAG,
	 AT(state), NABD_STATE_CONSUMER},
	{"unlinked", "unlinked", "Whether the name of the queue is gone.", FLAG, AT(state),
	 NABD_STATE_UNLINKED},
	{"overwrite", "overwrite", "Whether the producer overwrites instead of waiting.", FLAG,
	 AT(state), NABD_STATE_OVERWRITE},
	{"timestamps", "timestamps", "Whether messages have times.", FLAG, AT(state),
	 NABD_STATE_TIMESTAMPS},
	{"full", "full", "Whether no slot is free.", FLAG, AT(state), NABD_STATE_FULL},
	{"pressured", "pressured", "Whether the fill is above the watermark of the producer.", FLAG,
	 AT(state), NABD_STATE_PRESSURED},
	{"slots", "slots", "Slots of the queue.", NUMBER32, AT(slots), 0},
	{"fill", "fill_slots", "Slots in use by the slowest group.", NUMBER32, AT(fill), 0},
	{NULL, "fill_ratio", "Share of the slots in use by the slowest group.", SHARE, AT(fill), 0},
	{"fill_percent", NULL, NULL, NUMBER32, AT(fill_percent), 0},
	{"high_fill", "high_fill_slots", "Most slots in use that the producer has seen.", NUMBER32,
	 AT(high_fill), 0},
	{"head", "messages_total", "Messages sent.", COUNT, AT(head), 0},
	{"tail", "tail", "Sequence of the oldest message that a group holds.", NUMBER, AT(tail), 0},
	{"bytes", "payload_bytes_total", "Payload bytes sent.", COUNT, AT(bytes), 0},
	{"full_count", "full_total", "Times that the queue became full for the producer.", COUNT,
	 AT(full_count), 0},
	{"reader_wakes", "reader_wakes_total", "Readers woken from a wait.", COUNT,
	 AT(reader_wakes), 0},
	{"producer_wakes", "producer_wakes_total", "Times that the producer was woken.", COUNT,
	 AT(producer_wakes), 0},
	{"evictions", "evictions_total", "Groups evicted, or gone with their members.", COUNT,
	 AT(evictions), 0},
	{"lost", "lost_messages_total", "Messages that a group did not get.", COUNT, AT(lost), 0},
	{"producer_epoch", "producers_total", "Producers that the queue has had.", COUNT,
	 AT(producer_epoch), 0},
	{"progress_ns", "progress_age_seconds", "Time since the producer last found free slots.",
	 TIME, AT(progress_ns), 0},
};
#undef AT

#define AT(field) (uint32_t)offsetof(struct nabd_group_metrics, field)
static const struct field group_fields[] = {
	{"open", "open", "Whether the group is there.", EQUALS, AT(ended), NABD_OK},
	{"ephemeral", "ephemeral", "Whether the group vanishes with its last live member.", FLAG,
	 AT(state), NABD_GROUP_STATE_EPHEMERAL},
	{"alive", "alive", "Whether the group has a live member, or reader.", EQUALS, AT(owner),
	 NABD_GROUP_OWNER_ALIVE},
	{"orphaned", "orphaned", "Whether messages wait and no member lives.", EQUALS, AT(owner),
	 NABD_GROUP_OWNER_DEAD},
	{"slowest", "slowest", "Whether no group is further behind.", FLAG, AT(state),
	 NABD_GROUP_STATE_HOLDS},
	{"live_members", "members", "Live members, or readers.", NUMBER32, AT(members), 0},
	{"holding", "holding_members", "Members, dead or alive, that hold messages.", NUMBER32,
	 AT(holding), 0},
	{"made", "made_total", "How often a group of this id was made.", COUNT, AT(made), 0},
	{"position", "position", "Sequence of the next message to be given out.", NUMBER,
	 AT(position), 0},
	{"low", "low", "Sequence of the oldest message that is not released.", NUMBER, AT(low), 0},
	{"lag", "lag_messages", "Messages from there to the newest.", NUMBER, AT(lag), 0},
	{"high_lag", "high_lag_messages", "Longest lag that the producer has seen.", NUMBER,
	 AT(high_lag), 0},
	{"wakes", "wakes_total", "Members woken from a wait.", COUNT, AT(wakes), 0},
	{"claimed", "claimed_messages_total", "Messages claimed by members.", COUNT, AT(claimed), 0},
	{"redelivered", "redelivered_messages_total", "Messages taken over from another member.",
	 COUNT, AT(redelivered), 0},
	{"nacked", "nacked_messages_total", "Messages given back.", COUNT, AT(nacked), 0},
	{"dead_letters", "dead_letters_total", "Messages delivered too often, and buried.", COUNT,
	 AT(dead_letters), 0},
	{"lost", "lost_messages_total", "Messages that the group did not get.", COUNT, AT(lost), 0},
	{"evictions", "evictions_total", "How often the group was evicted, or vanished.", COUNT,
	 AT(evictions), 0},
	{"progress_ns", "progress_age_seconds", "Time since it was last seen to go on.", TIME,
	 AT(progress_ns), 0},
};
#undef AT

#define AT(field) (uint32_t)offsetof(struct nabd_member_metrics, field)
static const struct field member_fields[] = {
	{"alive", "alive", "Whether the member lives.", EQUALS, AT(alive), 1},
	{"held", "held_messages", "Messages that the member holds.", NUMBER, AT(held), 0},
	{"first", NULL, NULL, NUMBER, AT(first), 0},
	{"claimed", "claimed_messages_total", "Messages that it claimed.", COUNT, AT(claimed), 0},
	{"redelivered", "redelivered_messages_total", "Messages that it took over.", COUNT,
	 AT(redelivered), 0},
	{"nacked", "nacked_messages_total", "Messages that it gave back.", COUNT, AT(nacked), 0},
	{"dead_letters", "dead_letters_total", "Messages that it buried.", COUNT,
	 AT(dead_letters), 0},
	{"progress_ns", "progress_age_seconds", "Time since its last claim.", TIME,
	 AT(progress_ns), 0},
};
#undef AT

#define FIELDS(array) (sizeof(array) / sizeof((array)[0]))

static uint32_t word32(const struct field *field, const void *record)
{
	uint32_t word;

	memcpy(&word, (const uint8_t *)record + field->offset, sizeof(word));
	return word;
}

static uint64_t number_of(const struct field *field, const void *record)
{
	uint64_t word;

	switch (field->kind) {
	case FLAG:
		return (word32(field, record) & field->value) != 0;
	case EQUALS:
		return word32(field, record) == field->value;
	case NUMBER32:
	case SHARE:
		return word32(field, record);
	case NUMBER:
	case COUNT:
	case TIME:
		break;
	}
	memcpy(&word, (const uint8_t *)record + field->offset, sizeof(word));
	return word;
}

/* A time of the future was scribbled over. */
static uint64_t age_of(uint64_t then, uint64_t now)
{
	return then <= now ? now - then : 0;
}

static void add_number(struct nabdi_text *text, uint64_t number)
{
	nabdi_text_add(text, "%llu", (unsigned long long)number);
}

/* ------------------------------------------------------------------ Prometheus */

static void sample_value(struct nabdi_text *text, const struct field *field, const void *record,
			 const struct nabd_metrics *queue)
{
	const uint64_t number = number_of(field, record);

	if (field->kind == TIME)
		nabdi_text_fraction(text, age_of(number, queue->now_ns), 1000000000u, 9);
	else if (field->kind == SHARE)
		nabdi_text_fraction(text, number, queue->slots, 6);
	else
		add_number(text, number);
	nabdi_text_add(text, "\n");
}

/* Whether there is something to tell: a time that was never noted is no sample. */
static bool has_sample(const struct field *field, uint32_t size, const void *record)
{
	return size != 0 && (field->kind != TIME || number_of(field, record) != 0);
}

struct scrape {
	struct nabdi_text *text;
	const char *queue;
	const struct nabdi_metrics *all;
	const char *scope; /* queue, group or member */
	bool begun;        /* this family has its HELP and TYPE */
};

static void sample(struct scrape *s, const struct field *field, const void *record, int group,
		   int member)
{
	struct nabdi_text *text = s->text;

	if (!s->begun) {
		nabdi_text_add(text, "# HELP nabd_%s_%s %s\n", s->scope, field->family, field->help);
		nabdi_text_add(text, "# TYPE nabd_%s_%s %s\n", s->scope, field->family,
			       field->kind == COUNT ? "counter" : "gauge");
		s->begun = true;
	}
	nabdi_text_add(text, "nabd_%s_%s{queue=", s->scope, field->family);
	nabdi_text_quoted(text, s->queue);
	if (group >= 0)
		nabdi_text_add(text, ",group=\"%d\"", group);
	if (member >= 0)
		nabdi_text_add(text, ",member=\"%d\"", member);
	nabdi_text_add(text, "} ");
	sample_value(text, field, record, &s->all->queue);
}

static void scrape_group(struct scrape *s, const struct field *field)
{
	s->begun = false;
	for (unsigned g = 0; g < NABD_SHM_GROUPS && field->family != NULL; g++)
		if (has_sample(field, s->all->group[g].size, &s->all->group[g]))
			sample(s, field, &s->all->group[g], (int)g, -1);
}

static void scrape_member(struct scrape *s, const struct field *field)
{
	s->begun = false;
	for (unsigned g = 1; g < NABD_SHM_GROUPS && field->family != NULL; g++)
		for (unsigned m = 0; m < NABD_SHM_MEMBERS; m++)
			if (has_sample(field, s->all->member[g][m].size, &s->all->member[g][m]))
				sample(s, field, &s->all->member[g][m], (int)g, (int)m);
}

static void show_prometheus(struct nabdi_text *text, const char *queue,
			    const struct nabdi_metrics *all)
{
	struct scrape s = {.text = text, .queue = queue, .all = all, .scope = "queue"};

	for (size_t i = 0; i < FIELDS(queue_fields); i++) {
		s.begun = false;
		if (queue_fields[i].family != NULL && has_sample(&queue_fields[i], 1, &all->queue))
			sample(&s, &queue_fields[i], &all->queue, -1, -1);
	}
	s.scope = "group";
	for (size_t i = 0; i < FIELDS(group_fields); i++)
		scrape_group(&s, &group_fields[i]);
	nabdi_show_latency_prometheus(text, queue, all);
	s.scope = "member";
	for (size_t i = 0; i < FIELDS(member_fields); i++)
		scrape_member(&s, &member_fields[i]);
}

/* ------------------------------------------------------------------------ JSON */

/* Times are numbers here, by the same clock as now_ns; 0: never. */
static void json_fields(struct nabdi_text *text, const struct field *fields, size_t n,
			const void *record)
{
	for (size_t i = 0; i < n; i++) {
		if (fields[i].key == NULL)
			continue;
		nabdi_text_add(text, ",\"%s\":", fields[i].key);
		if (fields[i].kind == FLAG || fields[i].kind == EQUALS)
			nabdi_text_add(text, "%s",
				       number_of(&fields[i], record) != 0 ? "true" : "false");
		else
			add_number(text, number_of(&fields[i], record));
	}
}

static void json_members(struct nabdi_text *text, const struct nabd_member_metrics *members)
{
	const char *comma = "";

	for (unsigned m = 0; m < NABD_SHM_MEMBERS; m++) {
		if (members[m].size == 0)
			continue;
		nabdi_text_add(text, "%s{\"member\":%u", comma, m);
		json_fields(text, member_fields, FIELDS(member_fields), &members[m]);
		nabdi_text_add(text, "}");
		comma = ",";
	}
}

static void show_json(struct nabdi_text *text, const char *queue, const struct nabdi_metrics *all)
{
	const char *comma = "";

	nabdi_text_add(text, "{\"queue\":");
	nabdi_text_quoted(text, queue);
	nabdi_text_add(text, ",\"created_ns\":%llu,\"now_ns\":%llu",
		       (unsigned long long)all->queue.created_ns,
		       (unsigned long long)all->queue.now_ns);
	json_fields(text, queue_fields, FIELDS(queue_fields), &all->queue);
	nabdi_text_add(text, ",\"groups\":[");
	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		if (all->group[g].size == 0)
			continue;
		nabdi_text_add(text, "%s{\"group\":%u", comma, g);
		json_fields(text, group_fields, FIELDS(group_fields), &all->group[g]);
		nabdi_show_latency_json(text, &all->latency[g]);
		nabdi_text_add(text, ",\"members\":[");
		json_members(text, all->member[g]);
		nabdi_text_add(text, "]}");
		comma = ",";
	}
	nabdi_text_add(text, "]}\n");
}

/* ------------------------------------------------------------------ for people */

static void text_fields(struct nabdi_text *text, const struct field *fields, size_t n,
			const void *record, uint64_t now, const char *indent)
{
	for (size_t i = 0; i < n; i++) {
		const uint64_t number = number_of(&fields[i], record);

		if (fields[i].key == NULL)
			continue;
		if (fields[i].kind == TIME) {
			nabdi_text_add(text, "%slast progress   ", indent);
			if (number != 0)
				nabdi_text_fraction(text, age_of(number, now), 1000000000u, 3);
			nabdi_text_add(text, "%s\n", number != 0 ? " s ago" : "never");
			continue;
		}
		nabdi_text_add(text, "%s%-16s", indent, fields[i].key);
		if (fields[i].kind == FLAG || fields[i].kind == EQUALS)
			nabdi_text_add(text, "%s\n", number != 0 ? "yes" : "no");
		else
			nabdi_text_add(text, "%llu\n", (unsigned long long)number);
	}
}

static void show_text(struct nabdi_text *text, const char *queue, const struct nabdi_metrics *all)
{
	const uint64_t now = all->queue.now_ns;

	nabdi_text_add(text, "queue %s\n", queue);
	text_fields(text, queue_fields, FIELDS(queue_fields), &all->queue, now, "  ");
	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		if (all->group[g].size == 0)
			continue;
		nabdi_text_add(text, "group %u\n", g);
		text_fields(text, group_fields, FIELDS(group_fields), &all->group[g], now, "  ");
		nabdi_show_latency_text(text, &all->latency[g]);
		for (unsigned m = 0; g != 0 && m < NABD_SHM_MEMBERS; m++) {
			if (all->member[g][m].size == 0)
				continue;
			nabdi_text_add(text, "  member %u\n", m);
			text_fields(text, member_fields, FIELDS(member_fields), &all->member[g][m],
				    now, "    ");
		}
	}
}

void nabdi_show(struct nabdi_text *text, unsigned format, const char *queue,
		const struct nabdi_metrics *all)
{
	if (format == NABD_METRICS_PROMETHEUS)
		show_prometheus(text, queue, all);
	else if (format == NABD_METRICS_JSON)
		show_json(text, queue, all);
	else
		show_text(text, queue, all);
}
