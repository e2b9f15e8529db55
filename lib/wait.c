/* SPDX-License-Identifier: MIT */
/* Waiting: spin, yield, mark, sleep, and what ends it. */
#include "probe.h"
#include "role.h"
#include "wait.h"

#define SENDER_SLICE_NS UINT64_C(10000000) /* so often a producer asks who of the groups lives */
#define PATIENT_NS      UINT64_C(1000000)  /* so long it wants more than a single slot */
#define UNSURE_NS       UINT64_C(1000000)  /* a store is seen by all long before */
#define ASK_EVERY_NS    UINT64_C(100000000) /* about the CPUs */

void nabdi_waiter_none(struct nabdi_waiter *waiter)
{
	*waiter = (struct nabdi_waiter){.watch = NABDI_OS_WATCH_NONE};
}

void nabdi_waiter_begin(struct nabdi_waiter *waiter, const struct nabdi_segment *segment,
			unsigned group, const struct nabdi_producer *sender)
{
	nabdi_waiter_none(waiter);
	waiter->opts = (struct nabd_wait_opts)NABD_WAIT_BALANCED;
	waiter->segment = segment;
	waiter->sender = sender;
	waiter->bell = nabdi_bell_of(segment, sender != NULL ? NABDI_BELL_SENDER : group);
}

void nabdi_waiter_end(struct nabdi_waiter *waiter)
{
	nabdi_os_watch_end(&waiter->watch);
}

void nabdi_waiter_wake(struct nabdi_waiter *waiter)
{
	if (waiter->segment == NULL)
		return;
	(void)cell32_compare_exchange(&waiter->woken, 0, 1);
	nabdi_bell_ring(waiter->segment, waiter->bell.whose);
}

bool nabdi_waiter_woken(struct nabdi_waiter *waiter)
{
	return cell32_load_relaxed(&waiter->woken) != 0 &&
	       cell32_compare_exchange(&waiter->woken, 1, 0) == 1;
}

/*
 * A sender that was woken for each single slot would change places with its reader at
 * each message when both share a CPU: at first it wants a quarter of the ring.
 */
static uint64_t slots_wanted(const struct nabdi_waiter *waiter, bool patient)
{
	const uint64_t quarter = ((uint64_t)waiter->sender->ring.mask + 1) / 4;

	return patient && quarter > 1 ? quarter : 1;
}

uint64_t nabdi_waiter_slice(const struct nabdi_waiter *waiter)
{
	if (waiter->opts.slice_ns != 0)
		return waiter->opts.slice_ns;
	return waiter->sender != NULL ? SENDER_SLICE_NS : NABD_WAIT_SLICE_NS;
}

uint64_t nabdi_waiter_mark(struct nabdi_waiter *waiter, uint64_t mark, bool patient,
			   uint32_t *value)
{
	uint64_t longest = nabdi_waiter_slice(waiter);

	/* The try behind the mark sees all there is: also what others have just left lying. */
	if (waiter->member != NULL)
		waiter->member->looked_ns = 0;
	if (waiter->sender != NULL) {
		/* There is one wish for both: a descriptor that is armed is to tell of any slot. */
		const bool armed = (cell_load_relaxed(waiter->bell.marks) & waiter->bell.armed) != 0;
		const uint64_t slots = slots_wanted(waiter, patient && !armed);

		cell_store_release(&nabdi_segment_consumers(waiter->segment)->waits.wanted,
				   waiter->sender->floor + slots);
		if (longest > SENDER_SLICE_NS && nabdi_producer_must_look(waiter->sender))
			longest = SENDER_SLICE_NS;
		if (slots > 1 && longest > PATIENT_NS)
			longest = PATIENT_NS;
	}
	if (!nabdi_bell_mark(&waiter->bell, mark, value)) {
		const uint64_t now = nabdi_os_steady_ns();

		if (!nabdi_bell_fenced(&waiter->bell))
			waiter->fenced_ns = 0;
		else if (waiter->fenced_ns == 0)
			waiter->fenced_ns = now;
		/* Not once only: the first sleep may be cut short, or not come to pass. */
		if ((waiter->fenced_ns == 0 || now - waiter->fenced_ns < UNSURE_NS) &&
		    longest > UNSURE_NS)
			longest = UNSURE_NS;
	}
	return longest;
}

uint64_t nabdi_wait_deadline(uint64_t now_ns, int64_t timeout_ns)
{
	return timeout_ns < 0 ? UINT64_MAX : now_ns + (uint64_t)timeout_ns;
}

static bool one_cpu(struct nabdi_waiter *waiter, uint64_t now)
{
	if (waiter->asked_ns == 0 || now - waiter->asked_ns > ASK_EVERY_NS) {
		waiter->one_cpu = nabdi_os_one_cpu();
		waiter->asked_ns = now;
	}
	return waiter->one_cpu;
}

/* Why a wait shall end that would sleep, as its waiter wants to be told. */
static int reason(const struct nabdi_waiter *waiter)
{
	struct nabdi_os_file file;
	bool alive;

	if ((waiter->opts.flags & NABD_WAIT_UNLINK) != 0 && nabdi_segment_own(waiter->segment) &&
	    nabdi_os_look(waiter->segment->fd, &file) == NABD_OK && file.links == 0)
		return NABD_UNLINKED;
	if ((waiter->opts.flags & NABD_WAIT_PRODUCER) != 0 && waiter->sender == NULL &&
	    nabdi_role_producer_alive(waiter->segment, &alive) == NABD_OK && !alive)
		return NABD_NOPRODUCER;
	return NABD_OK;
}

/* The bell is marked and the try behind that was vacant. */
static void sleep_once(struct nabdi_wait *wait, uint64_t now)
{
	uint64_t ns = wait->deadline_ns - now;

	wait->last = reason(wait->waiter);
	if (wait->last != NABD_OK)
		return;
	if (ns > wait->sleep_ns)
		ns = wait->sleep_ns;
	nabd_probe3(wait_begin, wait->waiter->segment->file.inode, wait->waiter->bell.whose, ns);
	nabdi_os_sleep_on(wait->waiter->bell.word, wait->bell, ns);
	nabd_probe2(wait_end, wait->waiter->segment->file.inode, wait->waiter->bell.whose);
	wait->slept++;
}

/* What is next, when neither deadline nor anything else has ended the wait. */
static void go_on(struct nabdi_wait *wait, uint64_t now)
{
	struct nabdi_waiter *waiter = wait->waiter;
	const struct nabd_wait_opts *opts = &waiter->opts;
	const uint64_t waited = now - wait->began_ns;

	switch (wait->phase) {
	case WAIT_TRIED:
		wait->phase = WAIT_SPIN;
		/* fall through */
	case WAIT_SPIN:
		if (waited < opts->spin_ns && !one_cpu(waiter, now)) {
			nabdi_os_pause();
			return;
		}
		wait->phase = WAIT_YIELD;
		wait->yield_ns = now;
		/* fall through */
	case WAIT_YIELD:
		if (now - wait->yield_ns < opts->yield_ns) {
			nabdi_os_yield();
			return;
		}
		/* fall through */
	case WAIT_MARK:
		wait->sleep_ns = nabdi_waiter_mark(waiter, waiter->bell.sleeps, wait->slept == 0,
						   &wait->bell);
		wait->phase = WAIT_SLEEP;
		return;
	case WAIT_SLEEP:
		sleep_once(wait, now);
		wait->phase = WAIT_MARK;
	}
}

bool nabdi_wait_on(struct nabdi_wait *wait, int *rc)
{
	uint64_t now;

	if (wait->last == NABD_OK && wait->timeout_ns == 0)
		wait->last = nabdi_waiter_woken(wait->waiter) ? NABD_WOKEN : NABD_TIMEOUT;
	if (wait->last != NABD_OK) {
		*rc = wait->last;
		return false;
	}
	now = nabdi_os_steady_ns();
	if (wait->phase == WAIT_TRIED) {
		wait->began_ns = now;
		wait->deadline_ns = nabdi_wait_deadline(now, wait->timeout_ns);
		wait->slept = 0;
	}
	if (nabdi_waiter_woken(wait->waiter))
		wait->last = NABD_WOKEN;
	else if (now >= wait->deadline_ns)
		wait->last = NABD_TIMEOUT;
	else
		go_on(wait, now);
	return true;
}
