/* SPDX-License-Identifier: MIT */
/* Waiting for one of several: look at all, arm all, poll their descriptors. */
#include "ready.h"

static struct nabdi_party party_of(const struct nabd_wait_item *item)
{
	return item->q != NULL ? nabdi_party_of_handle(item->q)
			       : nabdi_party_of_consumer(item->consumer);
}

/* Ask each of them; how many are to be served. */
static int ask(struct nabd_wait_item *items, size_t n, int (*what)(const struct nabdi_party *))
{
	int serve = 0;

	for (size_t i = 0; i < n; i++) {
		const struct nabdi_party party = party_of(&items[i]);

		items[i].result = what(&party);
		serve += items[i].result != 0;
	}
	return serve;
}

static int ready_or_woken(const struct nabdi_party *party)
{
	const int rc = nabdi_party_ready(party);

	return rc == 0 && nabdi_waiter_woken(party->waiter) ? NABD_WOKEN : rc;
}

int nabdi_wait_any(struct nabd_wait_item *items, size_t n, int64_t timeout_ns)
{
	const uint64_t began = nabdi_os_steady_ns();
	const uint64_t deadline = nabdi_wait_deadline(began, timeout_ns);
	int fds[NABD_WAIT_ANY_MAX];
	int rc = ask(items, n, ready_or_woken);

	for (uint64_t now = began; rc == 0; now = nabdi_os_steady_ns()) {
		if (now >= deadline)
			return NABD_TIMEOUT;
		rc = ask(items, n, nabdi_party_arm);
		if (rc != 0)
			break;
		for (size_t i = 0; i < n; i++) {
			const struct nabdi_party party = party_of(&items[i]);

			fds[i] = party.waiter->watch.fd;
		}
		rc = nabdi_os_poll(fds, n, deadline - now);
		if (rc == NABD_OK)
			rc = ask(items, n, ready_or_woken);
	}
	return rc;
}
