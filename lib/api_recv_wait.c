/* SPDX-License-Identifier: MIT */
/* The doors: receiving, and waiting for a message. Each tries its door of api_recv.c. */
#include "api.h"

#include "handle.h"

NABD_API int nabd_peek_wait(nabd_t *q, const void **data, size_t *len, int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &q->rx_wait, NABD_EMPTY, timeout_ns);
	do
		rc = nabd_peek(q, data, len);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

NABD_API int nabd_peek_msg_wait(nabd_t *q, struct nabd_msg *msg, int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &q->rx_wait, NABD_EMPTY, timeout_ns);
	do
		rc = nabd_peek_msg(q, msg);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

NABD_API int nabd_pop_wait(nabd_t *q, void *buf, size_t *len, int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &q->rx_wait, NABD_EMPTY, timeout_ns);
	do
		rc = nabd_pop(q, buf, len);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

NABD_API int nabd_peek_batch_wait(nabd_t *q, struct nabd_msg *msgs, size_t max, size_t *got,
				  int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_handle_check(q);

	if (got != NULL)
		*got = 0;
	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &q->rx_wait, NABD_EMPTY, timeout_ns);
	do
		rc = nabd_peek_batch(q, msgs, max, got);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

NABD_API int nabd_pop_batch_wait(nabd_t *q, void *buf, size_t size, uint32_t *lens, size_t max,
				 size_t *got, int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_handle_check(q);

	if (got != NULL)
		*got = 0;
	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &q->rx_wait, NABD_EMPTY, timeout_ns);
	do
		rc = nabd_pop_batch(q, buf, size, lens, max, got);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}
