/* SPDX-License-Identifier: MIT */
/* The doors: backpressure, and tries with longer and longer delays. */
#include "api.h"

#include "backoff.h"
#include "handle.h"

NABD_API int nabd_set_backpressure(nabd_t *q, const struct nabd_backpressure *bp)
{
	static const uint32_t sizes[] = {sizeof(*bp)}; /* 0.9.0 */
	struct nabd_backpressure checked = NABD_BACKPRESSURE_INIT;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (bp != NULL)
		rc = nabdi_api_read_opts(bp, &checked, sizes, sizeof(sizes) / sizeof(sizes[0]));
	if (rc != NABD_OK)
		return rc;
	return nabdi_producer_set_pressure(&q->tx, q, bp != NULL ? &checked : NULL);
}

NABD_API int nabd_is_pressured(nabd_t *q)
{
	int rc = nabdi_handle_check(q);

	return rc != NABD_OK ? rc : nabdi_producer_pressured(&q->tx);
}

NABD_API int nabd_backoff_begin(nabd_backoff_t *b, const struct nabd_backoff_opts *opts)
{
	static const uint32_t sizes[] = {sizeof(*opts)}; /* 0.9.0 */
	struct nabd_backoff_opts checked = NABD_BACKOFF_INIT;
	int rc = NABD_OK;

	if (b == NULL)
		return NABD_INVALID;
	if (opts != NULL)
		rc = nabdi_api_read_opts(opts, &checked, sizes, sizeof(sizes) / sizeof(sizes[0]));
	return rc == NABD_OK ? nabdi_backoff_begin(b, &checked) : rc;
}

NABD_API int nabd_backoff_wait(nabd_backoff_t *b)
{
	return b != NULL ? nabdi_backoff_wait(b) : NABD_INVALID;
}

NABD_API int nabd_push_backoff(nabd_t *q, const void *data, size_t len,
			       const struct nabd_backoff_opts *opts)
{
	nabd_backoff_t backoff;
	int rc = nabdi_handle_check(q);

	if (rc == NABD_OK)
		rc = nabd_backoff_begin(&backoff, opts);
	if (rc != NABD_OK)
		return rc;
	do
		rc = nabd_push(q, data, len);
	while (rc == NABD_FULL && nabdi_backoff_wait(&backoff) == NABD_OK);
	return rc;
}
