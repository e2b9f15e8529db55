/* SPDX-License-Identifier: MIT */
/*
 * soak_account.c - for each group, of each message of the last while, how often it was
 * given to a member. An entry is one word: no death is in the middle of it.
 */
#include <inttypes.h>

#include "soak.h"

#define COUNT_BITS 16
#define COUNT_MASK ((UINT64_C(1) << COUNT_BITS) - 1)

static _Atomic uint64_t *entry_of(unsigned group, uint64_t seq)
{
	return &soak->group[group - 1].entry[seq % SOAK_WINDOW];
}

void soak_enter(unsigned group, const struct nabd_msg *m)
{
	_Atomic uint64_t *entry = entry_of(group, m->sequence);
	const uint64_t first = (m->sequence + 1) << COUNT_BITS;
	uint64_t was = atomic_load(entry), is;

	CHECK(traffic_check(&soak->traffic, m->sequence, m->data, m->len));
	do {
		/* That of a later message says that this one was accounted for. */
		is = was < first ? first + 1 : (was & ~COUNT_MASK) == first ? was + 1 : was;
		if (is != first + 1 && !(m->flags & NABD_MSG_REDELIVERED))
			FAIL("group %u: message %" PRIu64 " comes again, and does not say so", group,
			     m->sequence);
		CHECK((is & COUNT_MASK) != COUNT_MASK);
	} while (!atomic_compare_exchange_weak(entry, &was, is));
	if (is != first + 1)
		atomic_fetch_add(&soak->group[group - 1].again, 1);
}

void soak_sweep(unsigned group, uint64_t low)
{
	struct soak_group *g = &soak->group[group - 1];
	uint64_t seq = atomic_load(&g->swept);

	for (; seq < low; seq++)
		if (atomic_load(entry_of(group, seq)) >> COUNT_BITS != seq + 1)
			FAIL("group %u: message %" PRIu64 " is lost", group, seq);
	atomic_store(&g->swept, seq);
}

void soak_check_again(unsigned group)
{
	struct soak_group *g = &soak->group[group - 1];
	uint64_t most = g->deaths * SOAK_ALONE + atomic_load(&g->nacked);

	if (atomic_load(&g->again) > most)
		FAIL("group %u: %" PRIu64 " messages came again, of %" PRIu64 " that may", group,
		     atomic_load(&g->again), most);
}
