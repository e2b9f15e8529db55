/* SPDX-License-Identifier: MIT */
/*
 * What an onlooker can count: of the queue, its groups, their members. Reads words that
 * others keep, and asks for locks; changes nothing. Whatever the words say, the answer
 * makes sense of it: they may have been scribbled over.
 */
#ifndef NABD_METRICS_H
#define NABD_METRICS_H

#include <nabd/nabd.h>

#include "segment.h"
#include "text.h"

/* All but the size. A group or member that never was is NABD_NOTFOUND. */
int nabdi_metrics_queue(const struct nabdi_segment *segment, struct nabd_metrics *metrics);
int nabdi_metrics_group(const struct nabdi_segment *segment, unsigned group,
			struct nabd_group_metrics *metrics);
int nabdi_metrics_member(const struct nabdi_segment *segment, unsigned group, unsigned member,
			 struct nabd_member_metrics *metrics);

/* What has happened in between; NABD_INVALID if they are not of one queue, in this order. */
int nabdi_metrics_rates(const struct nabd_metrics *before, const struct nabd_metrics *after,
			struct nabd_rates *rates);

/* All of them, of one moment or nearly so. */
struct nabdi_metrics {
	struct nabd_metrics queue;
	struct nabd_group_metrics group[NABD_SHM_GROUPS]; /* size 0: there is none */
	struct nabd_member_metrics member[NABD_SHM_GROUPS][NABD_SHM_MEMBERS];
	struct nabd_latency latency[NABD_SHM_GROUPS]; /* size 0: no such group, or no times */
};

int nabdi_metrics_all(const struct nabdi_segment *segment, struct nabdi_metrics *all);

/* show.c: the same as text, in one of the formats of nabd_metrics_format(). */
void nabdi_show(struct nabdi_text *text, unsigned format, const char *queue,
		const struct nabdi_metrics *all);

/* show_latency.c: what it says of latencies, of all groups or one; nothing if there are none. */
void nabdi_show_latency_prometheus(struct nabdi_text *text, const char *queue,
				   const struct nabdi_metrics *all);
void nabdi_show_latency_json(struct nabdi_text *text, const struct nabd_latency *latency);
void nabdi_show_latency_text(struct nabdi_text *text, const struct nabd_latency *latency);

#endif
