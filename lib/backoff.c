/* SPDX-License-Identifier: MIT */
/* Delays between tries. */
#include "backoff.h"
#include "os.h"

int nabdi_backoff_begin(nabd_backoff_t *b, const struct nabd_backoff_opts *opts)
{
	if (opts->base_ns == 0 || opts->cap_ns < opts->base_ns)
		return NABD_INVALID;
	*b = (nabd_backoff_t){
		.retries = opts->retries,
		.delay_ns = opts->base_ns,
		.cap_ns = opts->cap_ns,
		/* Never 0, and another for each loop: those who collide shall not do it again. */
		.chance = (nabdi_os_steady_ns() ^ (uintptr_t)b) | 1,
	};
	return NABD_OK;
}

/* xorshift64: good enough to part those who try at the same time. */
static uint64_t chance(nabd_backoff_t *b)
{
	b->chance ^= b->chance << 13;
	b->chance ^= b->chance >> 7;
	b->chance ^= b->chance << 17;
	return b->chance;
}

int nabdi_backoff_wait(nabd_backoff_t *b)
{
	const uint64_t half = b->delay_ns / 2;

	if (b->chance == 0 || b->delay_ns == 0 || b->delay_ns > b->cap_ns)
		return NABD_INVALID;
	if (b->tried >= b->retries && b->retries != UINT32_MAX)
		return NABD_TIMEOUT;
	if (b->retries != UINT32_MAX)
		b->tried++;
	nabdi_os_sleep_ns(b->delay_ns - half + chance(b) % (half + 1));
	b->delay_ns = b->delay_ns <= b->cap_ns / 2 ? b->delay_ns * 2 : b->cap_ns;
	return NABD_OK;
}
