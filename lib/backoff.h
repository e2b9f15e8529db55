/* SPDX-License-Identifier: MIT */
/* Delays between tries: each twice as long as the one before, up to a cap, with jitter. */
#ifndef NABD_BACKOFF_H
#define NABD_BACKOFF_H

#include <nabd/nabd.h>

/* NABD_INVALID if a delay is out of its range. */
int nabdi_backoff_begin(nabd_backoff_t *b, const struct nabd_backoff_opts *opts);

/* Wait for the next delay; NABD_TIMEOUT if there is none left, NABD_INVALID for what is none. */
int nabdi_backoff_wait(nabd_backoff_t *b);

#endif
