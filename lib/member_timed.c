/* SPDX-License-Identifier: MIT */
/*
 * What a member does where messages have times. Its states are none that the doors of
 * api_member.c serve, so that they need not ask; they come here with what they refuse.
 *
 * What is counted goes to the histogram of our own line, whose lock we have, also where it
 * was a dead member that held the message first.
 */
#include "latency.h"
#include "member.h"

int nabdi_member_refuse(const struct nabdi_member *m)
{
	return m->state == MEMBER_ENDED ? m->ended : NABD_STATE;
}

static bool in(const struct nabdi_member *m, enum nabdi_membership plain)
{
	return m->state == (MEMBER_TIMED | plain);
}

static void set(struct nabdi_member *m, enum nabdi_membership plain)
{
	m->state = (enum nabdi_membership)(MEMBER_TIMED | plain);
}

static struct nabd_shm_latency *latency_of(const struct nabdi_member *m)
{
	const struct nabd_shm_member *first = m->claims.consumers->member[m->group - 1];

	return nabdi_latency_of(m->segment, m->group, (unsigned)(m->own->shm - first));
}

/*
 * n messages are released. A time is read before it is made sure that it is not the next
 * message's: by the stamp where the producer does not wait (edge G), by the group being
 * there (edge H).
 */
static void count(struct nabdi_member *m, uint64_t first, size_t n)
{
	struct nabd_shm_latency *latency = latency_of(m);

	for (uint64_t sequence = first; sequence != first + n; sequence++) {
		uint8_t *payload = nabdi_ring_payload(&m->claims.ring, sequence);
		const uint64_t sent_ns = cell_load_relaxed(nabdi_ring_time(payload));

		cell_fence_acquire(); /* edge H */
		if (!nabdi_claim_open(&m->claims))
			return;
		if (!m->claims.overwrite || nabdi_over_whole(&m->over, payload, sequence))
			nabdi_latency_add(latency, sent_ns, m->taken_ns);
	}
}

/*
 * Of copies none is given out unless all are whole: those that come again are not counted
 * yet. A slot that the producer does not wait for is not ours before the release either.
 */
static int done_copies(struct nabdi_member *m, size_t n)
{
	const uint64_t first = m->line->begin;
	int rc;

	if (!m->claims.overwrite) {
		count(m, first, n);
		return nabdi_member_done(m, n);
	}
	rc = nabdi_member_done_copies(m, n);
	if (rc == NABD_OK)
		count(m, first, n);
	return rc;
}

int nabdi_member_timed_peek(struct nabdi_member *m, struct nabd_msg *msg)
{
	const bool again = in(m, MEMBER_PEEKED);
	int rc;

	if (!again && !in(m, MEMBER_IDLE))
		return nabdi_member_refuse(m);
	set(m, MEMBER_IDLE);
	rc = again ? nabdi_member_fetch_again(m) : nabdi_member_fetch(m, 1);
	if (rc == NABD_OK)
		rc = nabdi_member_message(m, 0, msg);
	if (rc != NABD_OK)
		return rc;
	nabdi_claim_hand_out(m->line, 1);
	set(m, MEMBER_PEEKED);
	if (!again)
		m->taken_ns = nabdi_os_steady_ns();
	return NABD_OK;
}

int nabdi_member_timed_release(struct nabdi_member *m)
{
	if (!in(m, MEMBER_PEEKED))
		return nabdi_member_refuse(m);
	set(m, MEMBER_IDLE);
	count(m, m->line->begin, 1);
	return nabdi_member_done(m, 1);
}

int nabdi_member_timed_pop(struct nabdi_member *m, void *buf, size_t *len)
{
	struct nabd_msg msg;
	int rc;

	if (!in(m, MEMBER_IDLE))
		return nabdi_member_refuse(m);
	rc = nabdi_member_fetch(m, 1);
	if (rc == NABD_OK)
		rc = nabdi_member_message(m, 0, &msg);
	if (rc != NABD_OK)
		return rc;
	if (msg.len > *len) {
		*len = msg.len;
		return NABD_BUFFER;
	}
	nabdi_member_copy_out(m, buf, &msg);
	m->taken_ns = nabdi_os_steady_ns();
	rc = done_copies(m, 1);
	if (rc == NABD_OK)
		*len = msg.len;
	return rc;
}

int nabdi_member_timed_peek_batch(struct nabdi_member *m, struct nabd_msg *msgs, size_t max,
				  size_t *got)
{
	size_t n = 0;
	int rc;

	if (!in(m, MEMBER_IDLE))
		return nabdi_member_refuse(m);
	rc = nabdi_member_fetch(m, max);
	for (; rc == NABD_OK && n < max && n < m->line->end - m->line->begin; n++) {
		rc = nabdi_member_message(m, n, &msgs[n]);
		if (rc != NABD_OK)
			break;
	}
	if (n == 0 || m->state == MEMBER_ENDED)
		return rc;
	nabdi_claim_hand_out(m->line, n);
	set(m, MEMBER_BATCH);
	m->peeked = n;
	m->taken_ns = nabdi_os_steady_ns(); /* they are given out together, now */
	*got = n;
	return NABD_OK;
}

/* What is no batch: a single message may be let go unread, whether there are times or not. */
int nabdi_member_timed_release_batch(struct nabdi_member *m, size_t n)
{
	if (n == 0 && nabdi_member_state(m) == MEMBER_PEEKED) {
		m->state = nabdi_member_idle(m);
		return NABD_OK;
	}
	if (!in(m, MEMBER_BATCH))
		return nabdi_member_refuse(m);
	if (n > m->peeked)
		return NABD_INVALID;
	set(m, MEMBER_IDLE);
	if (n == 0)
		return NABD_OK;
	count(m, m->line->begin, n);
	return nabdi_member_done(m, n);
}

int nabdi_member_timed_pop_batch(struct nabdi_member *m, void *buf, size_t size, uint32_t *lens,
				 size_t max, size_t *got)
{
	uint8_t *to = buf;
	size_t n = 0;
	int rc;

	if (!in(m, MEMBER_IDLE))
		return nabdi_member_refuse(m);
	rc = nabdi_member_fetch(m, max);
	for (; rc == NABD_OK && n < max && n < m->line->end - m->line->begin; n++) {
		struct nabd_msg msg;

		rc = nabdi_member_message(m, n, &msg);
		if (rc != NABD_OK)
			break;
		lens[n] = msg.len;
		if (msg.len > size) {
			rc = NABD_BUFFER;
			break;
		}
		nabdi_member_copy_out(m, to, &msg);
		to += msg.len;
		size -= msg.len;
	}
	if (n == 0 || m->state == MEMBER_ENDED)
		return rc;
	m->taken_ns = nabdi_os_steady_ns();
	rc = done_copies(m, n);
	if (rc == NABD_OK)
		*got = n;
	return rc;
}
