/* SPDX-License-Identifier: MIT */
/* The doors: how old messages are when they are received. */
#include "api.h"

#include "handle.h"
#include "latency.h"

/* The first version of each struct: a shorter one is none. */
#define LEAST_LATENCY (offsetof(struct nabd_latency, bucket) + 8 * NABD_SHM_BUCKETS)
#define LEAST_SUMMARY (offsetof(struct nabd_latency_summary, max_ns) + 8)

static bool is_reader(unsigned group, unsigned member)
{
	if (member == NABD_LATENCY_ALL)
		return group <= NABD_MAX_GROUPS || group == NABD_LATENCY_ALL;
	return group >= 1 && group <= NABD_MAX_GROUPS && member < NABD_MAX_MEMBERS;
}

NABD_API int nabd_latency_get(nabd_t *q, unsigned group, unsigned member,
			      struct nabd_latency *latency)
{
	struct nabd_latency now = {0};
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (latency == NULL || latency->size < LEAST_LATENCY || !is_reader(group, member))
		return NABD_INVALID;
	if (!q->segment.geometry.times)
		return NABD_NOTFOUND;
	nabdi_latency_sum(&q->segment, group, member, &now);
	now.created_ns = q->segment.created_ns;
	now.now_ns = nabdi_os_steady_ns();
	return nabdi_api_give(latency, &now, sizeof(now));
}

NABD_API int nabd_latency_since(const struct nabd_latency *before,
				const struct nabd_latency *after, struct nabd_latency *since)
{
	struct nabd_latency now;
	int rc;

	if (before == NULL || after == NULL || since == NULL || before->size < LEAST_LATENCY ||
	    after->size < LEAST_LATENCY || since->size < LEAST_LATENCY)
		return NABD_INVALID;
	rc = nabdi_latency_since(before, after, &now);
	return rc == NABD_OK ? nabdi_api_give(since, &now, sizeof(now)) : rc;
}

NABD_API int nabd_latency_summary(const struct nabd_latency *latency,
				  struct nabd_latency_summary *summary)
{
	struct nabd_latency_summary now;

	if (latency == NULL || summary == NULL || latency->size < LEAST_LATENCY ||
	    summary->size < LEAST_SUMMARY)
		return NABD_INVALID;
	nabdi_latency_summary(latency, &now);
	return nabdi_api_give(summary, &now, sizeof(now));
}

NABD_API int nabd_message_time(nabd_t *q, const struct nabd_msg *msg, uint64_t *sent_ns)
{
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (msg == NULL || sent_ns == NULL)
		return NABD_INVALID;
	if (!q->segment.geometry.times)
		return NABD_NOTFOUND;
	return nabdi_latency_sent(&q->segment, msg, sent_ns);
}
