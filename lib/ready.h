/* SPDX-License-Identifier: MIT */
/*
 * Whether a side has something to do, and the descriptor that tells when it has: for
 * those who wait for several things at once.
 */
#ifndef NABD_READY_H
#define NABD_READY_H

#include "handle.h"

/* One of those who may wait: of a handle that receives its messages, else its free slots. */
struct nabdi_party {
	nabd_t *q;                 /* or NULL */
	nabd_consumer_t *consumer; /* or NULL */
	struct nabdi_waiter *waiter;
};

struct nabdi_party nabdi_party_of_handle(nabd_t *q);
struct nabdi_party nabdi_party_of_consumer(nabd_consumer_t *c);

/* Whether a call would not have to wait: 1, 0, or the error that it would answer. */
int nabdi_party_ready(const struct nabdi_party *party);

/* Its descriptor, made if there is none yet; or an error. */
int nabdi_party_fd(const struct nabdi_party *party);

/* Let it tell, unless the party is ready: 0; or 1, or an error. */
int nabdi_party_arm(const struct nabdi_party *party);

/* For nabd_wait_any(), whose arguments are checked. */
int nabdi_wait_any(struct nabd_wait_item *items, size_t n, int64_t timeout_ns);

#endif
