/* SPDX-License-Identifier: MIT */
/* The doors: sending, and waiting for a free slot. Each tries its door of api_send.c. */
#include "api.h"

#include "handle.h"

NABD_API int nabd_reserve_wait(nabd_t *q, size_t len, void **slot, int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &q->tx_wait, NABD_FULL, timeout_ns);
	do
		rc = nabd_reserve(q, len, slot);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

NABD_API int nabd_push_wait(nabd_t *q, const void *data, size_t len, int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &q->tx_wait, NABD_FULL, timeout_ns);
	do
		rc = nabd_push(q, data, len);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

NABD_API int nabd_reserve_batch_wait(nabd_t *q, size_t len, void **slots, size_t n, size_t *got,
				     int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_handle_check(q);

	if (got != NULL)
		*got = 0;
	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &q->tx_wait, NABD_FULL, timeout_ns);
	do
		rc = nabd_reserve_batch(q, len, slots, n, got);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

/* Send what there is room for. NABD_FULL if that is not all. */
static int push_some(nabd_t *q, const uint8_t **data, const uint32_t *lens, size_t n, size_t *sent)
{
	int rc = NABD_OK;

	while (rc == NABD_OK && *sent < n) {
		size_t some;

		rc = nabd_push_batch(q, *data, lens + *sent, n - *sent, &some);
		for (; some > 0; some--)
			*data += lens[(*sent)++];
	}
	return rc;
}

NABD_API int nabd_push_batch_wait(nabd_t *q, const void *data, const uint32_t *lens, size_t n,
				  size_t *sent, int64_t timeout_ns)
{
	const uint8_t *next = data;
	struct nabdi_wait wait;
	int rc = nabdi_handle_check(q);

	if (sent != NULL)
		*sent = 0;
	if (rc != NABD_OK)
		return rc;
	if (data == NULL || lens == NULL || sent == NULL || n == 0)
		return NABD_INVALID;
	nabdi_wait_begin(&wait, &q->tx_wait, NABD_FULL, timeout_ns);
	do {
		const size_t before = *sent;

		rc = push_some(q, &next, lens, n, sent);
		if (*sent != before)
			wait.slept = 0; /* as good as a new wait: patient again */
	} while (nabdi_wait_again(&wait, &rc));
	return rc;
}
