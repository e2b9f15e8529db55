/* SPDX-License-Identifier: MIT */
/* The doors: the receiving side. */
#include "api.h"

#include "handle.h"

/*
 * The length goes where the side keeps it: a variable whose address is given away would cost
 * a guard of the stack with each message, a fifth of the call.
 */
NABD_API int nabd_peek(nabd_t *q, const void **data, size_t *len)
{
	int rc = nabdi_handle_check(q);

	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	if (nabd_unlikely(data == NULL))
		return NABD_INVALID;
	rc = nabdi_consumer_peek(&q->rx, data, &q->rx.len);
	if (rc == NABD_OK && len != NULL)
		*len = q->rx.len;
	return rc;
}

/*
 * Each member is stored by itself: a struct that is copied would be read in halves right
 * after it was written in smaller parts, which waits for the stores, 14 ns.
 */
NABD_API int nabd_peek_msg(nabd_t *q, struct nabd_msg *msg)
{
	const void *data;
	uint32_t len;
	int rc = nabdi_handle_check(q);

	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	if (nabd_unlikely(msg == NULL))
		return NABD_INVALID;
	rc = nabdi_consumer_peek(&q->rx, &data, &len);
	if (rc != NABD_OK)
		return rc;
	msg->data = data;
	msg->sequence = q->rx.position;
	msg->len = len;
	msg->flags = 0;
	msg->deliveries = 1;
	msg->reserved = 0;
	return NABD_OK;
}

NABD_API int nabd_release(nabd_t *q)
{
	int rc = nabdi_handle_check(q);

	return nabd_unlikely(rc != NABD_OK) ? rc : nabdi_consumer_release(&q->rx);
}

NABD_API int nabd_pop(nabd_t *q, void *buf, size_t *len)
{
	int rc = nabdi_handle_check(q);

	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	if (nabd_unlikely(len == NULL || (buf == NULL && *len != 0)))
		return NABD_INVALID;
	return nabdi_consumer_pop(&q->rx, buf, len);
}

NABD_API int nabd_peek_batch(nabd_t *q, struct nabd_msg *msgs, size_t max, size_t *got)
{
	int rc = nabdi_handle_check(q);

	if (got != NULL)
		*got = 0;
	if (rc != NABD_OK)
		return rc;
	if (msgs == NULL || got == NULL || max == 0)
		return NABD_INVALID;
	return nabdi_consumer_peek_batch(&q->rx, msgs, max, got);
}

NABD_API int nabd_release_batch(nabd_t *q, size_t n)
{
	int rc = nabdi_handle_check(q);

	return rc != NABD_OK ? rc : nabdi_consumer_release_batch(&q->rx, n);
}

NABD_API int nabd_lost(nabd_t *q, uint64_t *gap, uint64_t *total)
{
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if ((q->flags & NABD_CONSUMER) == 0)
		return NABD_ROLE;
	if (gap != NULL)
		*gap = q->rx.gap;
	if (total != NULL)
		*total = q->rx.lost;
	return NABD_OK;
}

NABD_API int nabd_pop_batch(nabd_t *q, void *buf, size_t size, uint32_t *lens, size_t max,
			    size_t *got)
{
	int rc = nabdi_handle_check(q);

	if (got != NULL)
		*got = 0;
	if (rc != NABD_OK)
		return rc;
	if (buf == NULL || lens == NULL || got == NULL || max == 0)
		return NABD_INVALID;
	return nabdi_consumer_pop_batch(&q->rx, buf, size, lens, max, got);
}
