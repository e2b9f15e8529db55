/* SPDX-License-Identifier: MIT */
/* look.c - commands that look: at a queue, a group, a member, and their metrics. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* A field of a struct that a case may ask for. */
struct field {
	const char *name;
	size_t offset, size;
};

#define F(type, name) { #name, offsetof(struct type, name), sizeof(((struct type *)0)->name) }

static const struct field stats_fields[] = {
	F(nabd_stats, state),	   F(nabd_stats, slots),	  F(nabd_stats, slot_size),
	F(nabd_stats, stride),	   F(nabd_stats, align),	  F(nabd_stats, head),
	F(nabd_stats, tail),	   F(nabd_stats, position),	  F(nabd_stats, bytes),
	F(nabd_stats, full_count), F(nabd_stats, producer_epoch), F(nabd_stats, created_ns),
	{ NULL, 0, 0 },
};

static const struct field consumer_fields[] = {
	F(nabd_consumer_stats, group),	      F(nabd_consumer_stats, state),
	F(nabd_consumer_stats, joined),	      F(nabd_consumer_stats, claimed),
	F(nabd_consumer_stats, redelivered),  F(nabd_consumer_stats, held),
	F(nabd_consumer_stats, nacked),	      F(nabd_consumer_stats, dead_letters),
	F(nabd_consumer_stats, lost),	      F(nabd_consumer_stats, gap),
	{ NULL, 0, 0 },
};

static const struct field group_fields[] = {
	F(nabd_group_info, group),	    F(nabd_group_info, state),
	F(nabd_group_info, members),	    F(nabd_group_info, holding),
	F(nabd_group_info, max_deliveries), F(nabd_group_info, max_stall_ms),
	F(nabd_group_info, max_lag),	    F(nabd_group_info, position),
	F(nabd_group_info, low),	    F(nabd_group_info, lag),
	F(nabd_group_info, made),	    { NULL, 0, 0 },
};

static const struct field member_fields[] = {
	F(nabd_member_info, group), F(nabd_member_info, member),     F(nabd_member_info, alive),
	F(nabd_member_info, first), F(nabd_member_info, held),	     F(nabd_member_info, deliveries),
	{ NULL, 0, 0 },
};

static const struct field metrics_fields[] = {
	F(nabd_metrics, state),		F(nabd_metrics, slots),
	F(nabd_metrics, fill),		F(nabd_metrics, fill_percent),
	F(nabd_metrics, high_fill),	F(nabd_metrics, head),
	F(nabd_metrics, tail),		F(nabd_metrics, bytes),
	F(nabd_metrics, full_count),	F(nabd_metrics, reader_wakes),
	F(nabd_metrics, producer_wakes), F(nabd_metrics, evictions),
	F(nabd_metrics, lost),		F(nabd_metrics, producer_epoch),
	F(nabd_metrics, progress_ns),	F(nabd_metrics, now_ns),
	F(nabd_metrics, created_ns),	{ NULL, 0, 0 },
};

static const struct field group_metrics_fields[] = {
	F(nabd_group_metrics, group),	     F(nabd_group_metrics, state),
	F(nabd_group_metrics, owner),	     F(nabd_group_metrics, members),
	F(nabd_group_metrics, holding),	     F(nabd_group_metrics, ended),
	F(nabd_group_metrics, made),	     F(nabd_group_metrics, position),
	F(nabd_group_metrics, low),	     F(nabd_group_metrics, lag),
	F(nabd_group_metrics, high_lag),     F(nabd_group_metrics, wakes),
	F(nabd_group_metrics, claimed),	     F(nabd_group_metrics, redelivered),
	F(nabd_group_metrics, nacked),	     F(nabd_group_metrics, dead_letters),
	F(nabd_group_metrics, lost),	     F(nabd_group_metrics, evictions),
	F(nabd_group_metrics, progress_ns),  { NULL, 0, 0 },
};

static const struct field member_metrics_fields[] = {
	F(nabd_member_metrics, group),	     F(nabd_member_metrics, member),
	F(nabd_member_metrics, alive),	     F(nabd_member_metrics, held),
	F(nabd_member_metrics, first),	     F(nabd_member_metrics, claimed),
	F(nabd_member_metrics, redelivered), F(nabd_member_metrics, nacked),
	F(nabd_member_metrics, dead_letters), F(nabd_member_metrics, progress_ns),
	{ NULL, 0, 0 },
};

static const struct field checkpoint_fields[] = {
	F(nabd_checkpoint, group), F(nabd_checkpoint, sequence), F(nabd_checkpoint, head),
	F(nabd_checkpoint, saved_ns), F(nabd_checkpoint, saves), { NULL, 0, 0 },
};

static const struct field summary_fields[] = {
	F(nabd_latency_summary, count),	   F(nabd_latency_summary, unmeasured),
	F(nabd_latency_summary, mean_ns),  F(nabd_latency_summary, min_ns),
	F(nabd_latency_summary, p50_ns),   F(nabd_latency_summary, p90_ns),
	F(nabd_latency_summary, p99_ns),   F(nabd_latency_summary, p99_9_ns),
	F(nabd_latency_summary, max_ns),   { NULL, 0, 0 },
};

/* Errors are negative, and no other number of 32 bits is as large. */
static int64_t field_of(const struct field *fields, const void *from, const char *name)
{
	int32_t narrow;
	int64_t wide;

	for (; fields->name != NULL && strcmp(fields->name, name) != 0; fields++)
		;
	if (fields->name == NULL)
		fail("no such field", name);
	if (fields->size == sizeof(narrow)) {
		memcpy(&narrow, (const char *)from + fields->offset, sizeof(narrow));
		return narrow;
	}
	memcpy(&wide, (const char *)from + fields->offset, sizeof(wide));
	return wide;
}

static void print_field(const struct field *fields, const void *from, const char *name)
{
	printf(" %s=%" PRId64, name, field_of(fields, from, name));
}

/* The fields that the line asks for from its word first on, after NABD_OK. */
static void say_fields(int err, const struct field *fields, const void *from, struct line *line,
		       int first)
{
	int i;

	if (begin(err))
		for (i = first; i < line->words; i++)
			print_field(fields, from, line->word[i]);
	end();
}

static void run_stats(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	struct nabd_consumer_stats consumer = { .size = sizeof(consumer) };
	struct nabd_stats stats = { .size = sizeof(stats) };

	if (v->is_consumer)
		say_fields(nabd_consumer_stats(v->c, &consumer), consumer_fields, &consumer, line, 2);
	else
		say_fields(nabd_stats(v->q, &stats), stats_fields, &stats, line, 2);
}

static void run_group(struct line *line)
{
	struct nabd_group_info info = { .size = sizeof(info) };
	nabd_t *q = handle_find(line->word[1]);

	say_fields(nabd_group_look(q, (unsigned)number(line->word[2]), &info), group_fields, &info,
		   line, 3);
}

static void run_member(struct line *line)
{
	struct nabd_member_info info = { .size = sizeof(info) };
	nabd_t *q = handle_find(line->word[1]);

	say_fields(nabd_member_look(q, (unsigned)number(line->word[2]),
				    (unsigned)number(line->word[3]), &info),
		   member_fields, &info, line, 4);
}

static void run_metrics(struct line *line)
{
	struct nabd_metrics metrics = { .size = sizeof(metrics) };
	nabd_t *q = handle_find(line->word[1]);

	say_fields(nabd_metrics_get(q, &metrics), metrics_fields, &metrics, line, 2);
}

static void run_group_metrics(struct line *line)
{
	struct nabd_group_metrics metrics = { .size = sizeof(metrics) };
	nabd_t *q = handle_find(line->word[1]);

	say_fields(nabd_group_metrics_get(q, (unsigned)number(line->word[2]), &metrics),
		   group_metrics_fields, &metrics, line, 3);
}

static void run_member_metrics(struct line *line)
{
	struct nabd_member_metrics metrics = { .size = sizeof(metrics) };
	nabd_t *q = handle_find(line->word[1]);

	say_fields(nabd_member_metrics_get(q, (unsigned)number(line->word[2]),
					   (unsigned)number(line->word[3]), &metrics),
		   member_metrics_fields, &metrics, line, 4);
}

static void run_snapshot(struct line *line)
{
	nabd_t *q = handle_find(line->word[2]);
	struct var *v = var_new(line->word[1]);

	v->look.size = sizeof(v->look);
	say(nabd_metrics_get(q, &v->look));
}

static double rate(const struct nabd_rates *rates, const char *name)
{
	const struct {
		const char *name;
		double rate;
	} all[] = {
		{ "seconds", rates->seconds },
		{ "messages", rates->messages },
		{ "bytes", rates->bytes },
		{ "released", rates->released },
		{ "full", rates->full },
		{ "reader_wakes", rates->reader_wakes },
		{ "producer_wakes", rates->producer_wakes },
		{ "lost", rates->lost },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i].name, name) == 0)
			return all[i].rate;
	fail("no such field", name);
}

/* Whether it is more than 0: how much depends on the clock. */
static void run_rates(struct line *line)
{
	struct nabd_rates rates = { .size = sizeof(rates) };
	int i, err = nabd_metrics_rates(&var_find(line->word[1])->look,
					&var_find(line->word[2])->look, &rates);

	if (begin(err))
		for (i = 3; i < line->words; i++)
			printf(" %s=%s", line->word[i], rate(&rates, line->word[i]) > 0 ? "+" : "0");
	end();
}

static unsigned number_or_all(const char *word)
{
	return strcmp(word, "all") == 0 ? NABD_LATENCY_ALL : (unsigned)number(word);
}

static void run_latency(struct line *line)
{
	nabd_t *q = handle_find(line->word[2]);
	struct nabd_latency *ages = &var_new(line->word[1])->ages;

	ages->size = sizeof(*ages);
	say(nabd_latency_get(q, number_or_all(line->word[3]), number_or_all(line->word[4]), ages));
}

static void run_latency_since(struct line *line)
{
	const struct nabd_latency *before = &var_find(line->word[2])->ages;
	const struct nabd_latency *after = &var_find(line->word[3])->ages;
	struct nabd_latency since = { .size = sizeof(since) };
	int err = nabd_latency_since(before, after, &since);

	if (err == NABD_OK)
		var_new(line->word[1])->ages = since;
	say(err);
}

/* Of an age, whether it is more than 0: how much depends on the clock. */
static void run_latency_summary(struct line *line)
{
	struct nabd_latency_summary summary = { .size = sizeof(summary) };
	int i, err = nabd_latency_summary(&var_find(line->word[1])->ages, &summary);

	if (!begin(err)) {
		end();
		return;
	}
	for (i = 2; i < line->words; i++) {
		const char *name = line->word[i];

		if (strstr(name, "_ns") == NULL)
			print_field(summary_fields, &summary, name);
		else
			printf(" %s=%s", name,
			       field_of(summary_fields, &summary, name) > 0 ? "+" : "0");
	}
	end();
}

static void run_format(struct line *line)
{
	static const char *const names[] = { "text", "json", "prometheus" };
	static char text[65536];
	unsigned format;
	size_t len;

	for (format = 0; format < 3 && strcmp(names[format], line->word[2]) != 0; format++)
		;
	if (begin(nabd_metrics_format(handle_find(line->word[1]), format, text, sizeof(text), &len)))
		printf(" %c", text[0]);
	end();
}

static void run_empty(struct line *line)
{
	say_answer(nabd_empty(handle_find(line->word[1])));
}

static void run_full(struct line *line)
{
	say_answer(nabd_full(handle_find(line->word[1])));
}

static void run_fill(struct line *line)
{
	say_answer(nabd_fill_level(handle_find(line->word[1])));
}

static void run_min_tail(struct line *line)
{
	uint64_t sequence = 0;
	int err = nabd_min_tail(handle_find(line->word[1]), &sequence);

	say_number(err, (int64_t)sequence);
}

static void run_checkpoint_load(struct line *line)
{
	struct nabd_checkpoint checkpoint = { .size = sizeof(checkpoint) };

	say_fields(nabd_checkpoint_load(line->word[1], &checkpoint), checkpoint_fields, &checkpoint,
		   line, 2);
}

const struct command look_commands[] = {
	{ "stats", 2, MAX_WORDS, run_stats },
	{ "group", 3, MAX_WORDS, run_group },
	{ "member", 4, MAX_WORDS, run_member },
	{ "metrics", 2, MAX_WORDS, run_metrics },
	{ "group_metrics", 3, MAX_WORDS, run_group_metrics },
	{ "member_metrics", 4, MAX_WORDS, run_member_metrics },
	{ "snapshot", 2, 2, run_snapshot },
	{ "rates", 3, MAX_WORDS, run_rates },
	{ "latency", 4, 4, run_latency },
	{ "latency_since", 3, 3, run_latency_since },
	{ "latency_summary", 1, MAX_WORDS, run_latency_summary },
	{ "format", 2, 2, run_format },
	{ "empty", 1, 1, run_empty },
	{ "full", 1, 1, run_full },
	{ "fill", 1, 1, run_fill },
	{ "min_tail", 1, 1, run_min_tail },
	{ "checkpoint_load", 2, MAX_WORDS, run_checkpoint_load },
	{ NULL, 0, 0, NULL },
};
