/* SPDX-License-Identifier: MIT */
/*
 * How old messages are when they are received, where a queue's messages have times.
 */
#include "config.h"

#include <string.h>

#include "look.h"

void look_latency(nabd_t *q, unsigned group, struct nabd_latency *latency)
{
	memset(latency, 0, sizeof(*latency));
	latency->size = sizeof(*latency);
	/* One without times has told of none: that is no error. */
	if (nabd_latency_get(q, group, NABD_LATENCY_ALL, latency) != NABD_OK)
		latency->size = 0;
}

bool look_latency_since(const struct look *from, const struct look *to,
			struct nabd_latency_summary *summary)
{
	struct nabd_latency since = { .size = sizeof(since) };

	memset(summary, 0, sizeof(*summary));
	summary->size = sizeof(*summary);
	/* A queue made anew under the name has another time of making. */
	return from->latency.size != 0 && to->latency.size != 0 &&
	       nabd_latency_since(&from->latency, &to->latency, &since) == NABD_OK &&
	       nabd_latency_summary(&since, summary) == NABD_OK;
}

json_t *look_summary_json(const struct nabd_latency_summary *summary)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "count", (json_int_t)summary->count,
			 "unmeasured", (json_int_t)summary->unmeasured,
			 "mean_ns", (json_int_t)summary->mean_ns,
			 "min_ns", (json_int_t)summary->min_ns,
			 "p50_ns", (json_int_t)summary->p50_ns,
			 "p90_ns", (json_int_t)summary->p90_ns,
			 "p99_ns", (json_int_t)summary->p99_ns,
			 "p99_9_ns", (json_int_t)summary->p99_9_ns,
			 "max_ns", (json_int_t)summary->max_ns);
}
