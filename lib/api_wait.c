/* SPDX-License-Identifier: MIT */
/* The doors: how to wait, being woken, and waiting for several things at once. */
#include "api.h"

#include "ready.h"

#define KNOWN_FLAGS (NABD_WAIT_UNLINK | NABD_WAIT_PRODUCER)

static int read_opts(const struct nabd_wait_opts *opts, struct nabd_wait_opts *checked)
{
	static const uint32_t sizes[] = {sizeof(*checked)}; /* 0.9.0 */
	int rc = NABD_OK;

	*checked = (struct nabd_wait_opts)NABD_WAIT_BALANCED;
	if (opts != NULL)
		rc = nabdi_api_read_opts(opts, checked, sizes, sizeof(sizes) / sizeof(sizes[0]));
	return rc == NABD_OK && (checked->flags & ~KNOWN_FLAGS) != 0 ? NABD_INVALID : rc;
}

/* Handles that only look have neither side, and nothing to wait for. */
static int check_waiter(const nabd_t *q)
{
	const int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	return (q->flags & (NABD_PRODUCER | NABD_CONSUMER)) != 0 ? NABD_OK : NABD_ROLE;
}

NABD_API int nabd_set_wait(nabd_t *q, const struct nabd_wait_opts *opts)
{
	struct nabd_wait_opts checked;
	int rc = check_waiter(q);

	if (rc == NABD_OK)
		rc = read_opts(opts, &checked);
	if (rc == NABD_OK)
		q->rx_wait.opts = q->tx_wait.opts = checked;
	return rc;
}

NABD_API int nabd_consumer_set_wait(nabd_consumer_t *c, const struct nabd_wait_opts *opts)
{
	struct nabd_wait_opts checked;
	int rc = nabdi_consumer_check(c);

	if (rc == NABD_OK)
		rc = read_opts(opts, &checked);
	if (rc == NABD_OK)
		c->wait.opts = checked;
	return rc;
}

NABD_API int nabd_wake(nabd_t *q)
{
	int rc = check_waiter(q);

	if (rc != NABD_OK)
		return rc;
	nabdi_waiter_wake(&q->rx_wait);
	nabdi_waiter_wake(&q->tx_wait);
	return NABD_OK;
}

NABD_API int nabd_consumer_wake(nabd_consumer_t *c)
{
	int rc = nabdi_consumer_check(c);

	if (rc == NABD_OK)
		nabdi_waiter_wake(&c->wait);
	return rc;
}

NABD_API int nabd_fd(nabd_t *q)
{
	struct nabdi_party party;
	int rc = check_waiter(q);

	if (rc != NABD_OK)
		return rc;
	party = nabdi_party_of_handle(q);
	return nabdi_party_fd(&party);
}

NABD_API int nabd_consumer_fd(nabd_consumer_t *c)
{
	struct nabdi_party party;
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	party = nabdi_party_of_consumer(c);
	return nabdi_party_fd(&party);
}

NABD_API int nabd_arm(nabd_t *q)
{
	struct nabdi_party party;
	int rc = check_waiter(q);

	if (rc != NABD_OK)
		return rc;
	party = nabdi_party_of_handle(q);
	return nabdi_party_arm(&party);
}

NABD_API int nabd_consumer_arm(nabd_consumer_t *c)
{
	struct nabdi_party party;
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	party = nabdi_party_of_consumer(c);
	return nabdi_party_arm(&party);
}

/* What is wrong with an item itself is its result, and one that is to be served. */
static int check_item(const struct nabd_wait_item *item)
{
	return item->q != NULL ? check_waiter(item->q) : nabdi_consumer_check(item->consumer);
}

NABD_API int nabd_wait_any(struct nabd_wait_item *items, size_t n, int64_t timeout_ns)
{
	bool odd = false;
	int broken = 0;

	if (items == NULL || n == 0 || n > NABD_WAIT_ANY_MAX)
		return NABD_INVALID;
	for (size_t i = 0; i < n; i++) {
		items[i].result = 0;
		odd |= (items[i].q != NULL) == (items[i].consumer != NULL) || items[i].reserved != 0;
	}
	if (odd)
		return NABD_INVALID;
	for (size_t i = 0; i < n; i++) {
		items[i].result = check_item(&items[i]);
		broken += items[i].result != NABD_OK;
	}
	return broken > 0 ? broken : nabdi_wait_any(items, n, timeout_ns);
}
