/* SPDX-License-Identifier: MIT */
/* Ready or not, and the descriptor. */
#include "ready.h"

struct nabdi_party nabdi_party_of_handle(nabd_t *q)
{
	const bool receives = (q->flags & NABD_CONSUMER) != 0;

	return (struct nabdi_party){.q = q, .waiter = receives ? &q->rx_wait : &q->tx_wait};
}

struct nabdi_party nabdi_party_of_consumer(nabd_consumer_t *c)
{
	return (struct nabdi_party){.consumer = c, .waiter = &c->wait};
}

/* A message that is found is claimed, so that nobody else is given it meanwhile. */
static int member_ready(struct nabdi_member *m)
{
	struct nabd_msg msg;
	int rc;

	if (m->state == MEMBER_ENDED)
		return m->ended;
	if (nabdi_member_state(m) != MEMBER_IDLE)
		return NABD_STATE;
	rc = nabdi_member_fetch(m, 1);
	if (rc == NABD_OK)
		rc = nabdi_member_message(m, 0, &msg);
	return rc == NABD_OK ? 1 : rc == NABD_EMPTY ? 0 : rc;
}

int nabdi_party_ready(const struct nabdi_party *party)
{
	if (party->consumer != NULL)
		return member_ready(&party->consumer->m);
	if (party->waiter == &party->q->rx_wait)
		return nabdi_consumer_waiting(&party->q->rx);
	return nabdi_producer_waiting(&party->q->tx);
}

int nabdi_party_fd(const struct nabdi_party *party)
{
	struct nabdi_waiter *waiter = party->waiter;
	int rc;

	if (waiter->watch.fd >= 0)
		return waiter->watch.fd;
	if (!nabdi_segment_own(waiter->segment))
		return NABD_SYSTEM;
	rc = nabdi_os_watch_begin(waiter->segment->fd, nabdi_bell_news(&waiter->bell),
				  &waiter->watch);
	return rc == NABD_OK ? waiter->watch.fd : rc;
}

/*
 * The descriptor is cleared before the mark, and the mark made before the look: whatever
 * is told later than the look makes it readable.
 */
int nabdi_party_arm(const struct nabdi_party *party)
{
	struct nabdi_waiter *waiter = party->waiter;
	uint64_t longest;
	uint32_t value;
	int rc = nabdi_party_ready(party);

	if (rc != 0)
		return rc;
	if (nabdi_waiter_woken(waiter))
		return NABD_WOKEN;
	rc = nabdi_party_fd(party);
	if (rc < 0)
		return rc;
	rc = nabdi_os_watch_arm(&waiter->watch, nabdi_waiter_slice(waiter));
	if (rc != NABD_OK)
		return rc;
	longest = nabdi_waiter_mark(waiter, waiter->bell.armed, false, &value);
	if (longest < nabdi_waiter_slice(waiter))
		rc = nabdi_os_watch_arm(&waiter->watch, longest);
	if (rc != NABD_OK)
		return rc;
	/* One who called nabd_wake() before the mark has told nobody. */
	if (nabdi_waiter_woken(waiter))
		return NABD_WOKEN;
	return nabdi_party_ready(party);
}
