/* SPDX-License-Identifier: MIT */
/*
 * Latencies as text, in the formats of show.c. For Prometheus as a histogram, which unlike
 * percentiles can be summed over queues and machines: a bucket for each power of two from
 * 128 ns to 69 s, whose bounds are bounds of ours, so that nothing is estimated.
 */
#include "latency.h"
#include "metrics.h"

#define FIRST_POWER 7u
#define LAST_POWER  36u
#define SECOND      UINT64_C(1000000000)

static void add(struct nabdi_text *text, uint64_t number)
{
	nabdi_text_add(text, " %llu\n", (unsigned long long)number);
}

static void name(struct nabdi_text *text, const char *what, const char *queue, unsigned group)
{
	nabdi_text_add(text, "nabd_group_latency_seconds%s{queue=", what);
	nabdi_text_quoted(text, queue);
	nabdi_text_add(text, ",group=\"%u\"", group);
}

/* Messages of a group below each bound, which counts itself in: so it is a nanosecond less. */
static void histogram(struct nabdi_text *text, const char *queue, unsigned group,
		      const struct nabd_latency *latency)
{
	uint64_t seen = 0;
	unsigned bucket = 0;

	for (unsigned power = FIRST_POWER; power <= LAST_POWER; power++) {
		for (; nabdi_latency_low(bucket) < UINT64_C(1) << power; bucket++)
			seen += latency->bucket[bucket];
		name(text, "_bucket", queue, group);
		nabdi_text_add(text, ",le=\"");
		nabdi_text_fraction(text, (UINT64_C(1) << power) - 1, SECOND, 9);
		nabdi_text_add(text, "\"}");
		add(text, seen);
	}
	for (; bucket < NABD_SHM_BUCKETS; bucket++)
		seen += latency->bucket[bucket];
	name(text, "_bucket", queue, group);
	nabdi_text_add(text, ",le=\"+Inf\"}");
	add(text, seen);
	name(text, "_sum", queue, group);
	nabdi_text_add(text, "} ");
	nabdi_text_fraction(text, latency->sum_ns, SECOND, 9);
	nabdi_text_add(text, "\n");
	name(text, "_count", queue, group);
	nabdi_text_add(text, "}");
	add(text, seen); /* the same as of the last bucket, also if it was scribbled over */
}

void nabdi_show_latency_prometheus(struct nabdi_text *text, const char *queue,
				   const struct nabdi_metrics *all)
{
	bool begun = false;

	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		if (all->latency[g].size == 0)
			continue;
		if (!begun)
			nabdi_text_add(text, "# HELP nabd_group_latency_seconds Time from the "
					     "sending of a message to its receipt.\n"
					     "# TYPE nabd_group_latency_seconds histogram\n");
		begun = true;
		histogram(text, queue, g, &all->latency[g]);
	}
	begun = false;
	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		if (all->latency[g].size == 0)
			continue;
		if (!begun)
			nabdi_text_add(text, "# HELP nabd_group_unmeasured_messages_total Messages "
					     "whose time was none or of the future.\n"
					     "# TYPE nabd_group_unmeasured_messages_total counter\n");
		begun = true;
		nabdi_text_add(text, "nabd_group_unmeasured_messages_total{queue=");
		nabdi_text_quoted(text, queue);
		nabdi_text_add(text, ",group=\"%u\"}", g);
		add(text, all->latency[g].unmeasured);
	}
}

static const char *const keys[] = {
	"count", "unmeasured", "mean_ns", "min_ns", "p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "max_ns",
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

static void numbers_of(const struct nabd_latency *latency, uint64_t numbers[KEYS])
{
	struct nabd_latency_summary s;

	nabdi_latency_summary(latency, &s);
	numbers[0] = s.count;
	numbers[1] = s.unmeasured;
	numbers[2] = s.mean_ns;
	numbers[3] = s.min_ns;
	numbers[4] = s.p50_ns;
	numbers[5] = s.p90_ns;
	numbers[6] = s.p99_ns;
	numbers[7] = s.p99_9_ns;
	numbers[8] = s.max_ns;
}

void nabdi_show_latency_json(struct nabdi_text *text, const struct nabd_latency *latency)
{
	uint64_t numbers[KEYS];

	if (latency->size == 0)
		return;
	numbers_of(latency, numbers);
	nabdi_text_add(text, ",\"latency\":{");
	for (unsigned i = 0; i < KEYS; i++)
		nabdi_text_add(text, "%s\"%s\":%llu", i > 0 ? "," : "", keys[i],
			       (unsigned long long)numbers[i]);
	nabdi_text_add(text, "}");
}

void nabdi_show_latency_text(struct nabdi_text *text, const struct nabd_latency *latency)
{
	uint64_t numbers[KEYS];

	if (latency->size == 0)
		return;
	numbers_of(latency, numbers);
	nabdi_text_add(text, "  latency\n");
	for (unsigned i = 0; i < KEYS; i++)
		nabdi_text_add(text, "    %-14s%llu\n", keys[i], (unsigned long long)numbers[i]);
}
