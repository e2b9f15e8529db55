/* SPDX-License-Identifier: MIT */
/* The doors: the sending side. */
#include "api.h"

#include "handle.h"

NABD_API int nabd_reserve(nabd_t *q, size_t len, void **slot)
{
	int rc = nabdi_handle_check(q);

	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	if (nabd_unlikely(slot == NULL))
		return NABD_INVALID;
	return nabdi_producer_reserve(&q->tx, len, slot);
}

NABD_API int nabd_commit(nabd_t *q, size_t len)
{
	int rc = nabdi_handle_check(q);

	return nabd_unlikely(rc != NABD_OK) ? rc : nabdi_producer_commit(&q->tx, len);
}

NABD_API int nabd_abort(nabd_t *q)
{
	int rc = nabdi_handle_check(q);

	return nabd_unlikely(rc != NABD_OK) ? rc : nabdi_producer_abort(&q->tx);
}

NABD_API int nabd_push(nabd_t *q, const void *data, size_t len)
{
	int rc = nabdi_handle_check(q);

	if (nabd_unlikely(rc != NABD_OK))
		return rc;
	if (nabd_unlikely(data == NULL && len != 0))
		return NABD_INVALID;
	return nabdi_producer_push(&q->tx, data, len);
}

NABD_API int nabd_reserve_batch(nabd_t *q, size_t len, void **slots, size_t n, size_t *got)
{
	int rc = nabdi_handle_check(q);

	if (got != NULL)
		*got = 0;
	if (rc != NABD_OK)
		return rc;
	if (slots == NULL || got == NULL || n == 0)
		return NABD_INVALID;
	return nabdi_producer_reserve_batch(&q->tx, len, slots, n, got);
}

NABD_API int nabd_commit_batch(nabd_t *q, const uint32_t *lens, size_t n)
{
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (lens == NULL && n != 0)
		return NABD_INVALID;
	return nabdi_producer_commit_batch(&q->tx, lens, n);
}

NABD_API int nabd_push_batch(nabd_t *q, const void *data, const uint32_t *lens, size_t n,
			     size_t *sent)
{
	int rc = nabdi_handle_check(q);

	if (sent != NULL)
		*sent = 0;
	if (rc != NABD_OK)
		return rc;
	if (data == NULL || lens == NULL || sent == NULL || n == 0)
		return NABD_INVALID;
	return nabdi_producer_push_batch(&q->tx, data, lens, n, sent);
}
