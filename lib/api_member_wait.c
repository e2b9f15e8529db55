/* SPDX-License-Identifier: MIT */
/* The doors: a member that waits for a message. Each tries its door of api_member.c. */
#include "api.h"

#include "handle.h"

NABD_API int nabd_consumer_peek_wait(nabd_consumer_t *c, const void **data, size_t *len,
				     int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &c->wait, NABD_EMPTY, timeout_ns);
	do
		rc = nabd_consumer_peek(c, data, len);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

NABD_API int nabd_consumer_peek_msg_wait(nabd_consumer_t *c, struct nabd_msg *msg,
					 int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &c->wait, NABD_EMPTY, timeout_ns);
	do
		rc = nabd_consumer_peek_msg(c, msg);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

NABD_API int nabd_consumer_pop_wait(nabd_consumer_t *c, void *buf, size_t *len, int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &c->wait, NABD_EMPTY, timeout_ns);
	do
		rc = nabd_consumer_pop(c, buf, len);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

NABD_API int nabd_consumer_peek_batch_wait(nabd_consumer_t *c, struct nabd_msg *msgs, size_t max,
					   size_t *got, int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_consumer_check(c);

	if (got != NULL)
		*got = 0;
	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &c->wait, NABD_EMPTY, timeout_ns);
	do
		rc = nabd_consumer_peek_batch(c, msgs, max, got);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}

NABD_API int nabd_consumer_pop_batch_wait(nabd_consumer_t *c, void *buf, size_t size,
					  uint32_t *lens, size_t max, size_t *got,
					  int64_t timeout_ns)
{
	struct nabdi_wait wait;
	int rc = nabdi_consumer_check(c);

	if (got != NULL)
		*got = 0;
	if (rc != NABD_OK)
		return rc;
	nabdi_wait_begin(&wait, &c->wait, NABD_EMPTY, timeout_ns);
	do
		rc = nabd_consumer_pop_batch(c, buf, size, lens, max, got);
	while (nabdi_wait_again(&wait, &rc));
	return rc;
}
