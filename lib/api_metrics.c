/* SPDX-License-Identifier: MIT */
/* The doors: metrics. */
#include "api.h"

#include "handle.h"
#include "metrics.h"

/* The first version of each struct: a shorter one is none. */
#define LEAST_QUEUE  (offsetof(struct nabd_metrics, created_ns) + 8)
#define LEAST_GROUP  (offsetof(struct nabd_group_metrics, progress_ns) + 8)
#define LEAST_MEMBER (offsetof(struct nabd_member_metrics, progress_ns) + 8)
#define LEAST_RATES  (offsetof(struct nabd_rates, lost) + 8)

NABD_API int nabd_metrics_get(nabd_t *q, struct nabd_metrics *metrics)
{
	struct nabd_metrics now = {0};
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (metrics == NULL || metrics->size < LEAST_QUEUE)
		return NABD_INVALID;
	rc = nabdi_metrics_queue(&q->segment, &now);
	return rc == NABD_OK ? nabdi_api_give(metrics, &now, sizeof(now)) : rc;
}

NABD_API int nabd_group_metrics_get(nabd_t *q, unsigned group, struct nabd_group_metrics *metrics)
{
	struct nabd_group_metrics now = {0};
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (metrics == NULL || metrics->size < LEAST_GROUP || group > NABD_MAX_GROUPS)
		return NABD_INVALID;
	rc = nabdi_metrics_group(&q->segment, group, &now);
	return rc == NABD_OK ? nabdi_api_give(metrics, &now, sizeof(now)) : rc;
}

NABD_API int nabd_member_metrics_get(nabd_t *q, unsigned group, unsigned member,
				     struct nabd_member_metrics *metrics)
{
	struct nabd_member_metrics now = {0};
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (metrics == NULL || metrics->size < LEAST_MEMBER || group < 1 ||
	    group > NABD_MAX_GROUPS || member >= NABD_MAX_MEMBERS)
		return NABD_INVALID;
	rc = nabdi_metrics_member(&q->segment, group, member, &now);
	return rc == NABD_OK ? nabdi_api_give(metrics, &now, sizeof(now)) : rc;
}

NABD_API int nabd_metrics_rates(const struct nabd_metrics *before,
				const struct nabd_metrics *after, struct nabd_rates *rates)
{
	struct nabd_rates now = {0};
	int rc;

	if (before == NULL || after == NULL || rates == NULL || before->size < LEAST_QUEUE ||
	    after->size < LEAST_QUEUE || rates->size < LEAST_RATES)
		return NABD_INVALID;
	rc = nabdi_metrics_rates(before, after, &now);
	return rc == NABD_OK ? nabdi_api_give(rates, &now, sizeof(now)) : rc;
}

NABD_API int nabd_metrics_format(nabd_t *q, unsigned format, char *buf, size_t size, size_t *len)
{
	struct nabdi_metrics *all;
	struct nabdi_text text;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (format > NABD_METRICS_PROMETHEUS || len == NULL || (buf == NULL && size != 0))
		return NABD_INVALID;
	all = nabdi_os_alloc(sizeof(*all), _Alignof(struct nabdi_metrics));
	if (all == NULL)
		return NABD_NOMEM;
	rc = nabdi_metrics_all(&q->segment, all);
	if (rc == NABD_OK) {
		nabdi_text_begin(&text, buf, size);
		nabdi_show(&text, format, q->name, all);
		rc = nabdi_text_end(&text, len);
	}
	nabdi_os_free(all);
	return rc;
}
