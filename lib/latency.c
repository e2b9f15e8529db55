/* SPDX-License-Identifier: MIT */
/* Histograms of ages: counting, summing up, and what they say. */
#include "latency.h"

#include "note.h"
#include "over.h"

_Static_assert(NABD_LATENCY_BUCKETS == NABD_SHM_BUCKETS, "told as they are kept");

struct nabd_shm_latency *nabdi_latency_of(const struct nabdi_segment *segment, unsigned group,
					  unsigned member)
{
	struct nabd_shm_latency *first = (struct nabd_shm_latency *)(void *)
		(segment->base + segment->geometry.consumer_off + sizeof(struct nabd_shm_consumers));

	return first + (group == 0 ? 0 : 1 + (group - 1) * NABD_SHM_MEMBERS + member);
}

void nabdi_latency_add(struct nabd_shm_latency *latency, uint64_t sent_ns, uint64_t taken_ns)
{
	const uint64_t age = taken_ns - sent_ns;

	/* No time, or one of the future: another clock, or scribbled over. */
	if (sent_ns == 0 || taken_ns < sent_ns) {
		nabdi_note_own(&latency->unmeasured, 1);
		return;
	}
	nabdi_note_own(&latency->bucket[nabdi_latency_bucket(age)], 1);
	nabdi_note_own(&latency->sum_ns, age);
	nabdi_note_most(&latency->max_ns, age);
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	return a + b >= a ? a + b : UINT64_MAX; /* scribbled over */
}

static void add(const struct nabd_shm_latency *shm, struct nabd_latency *latency)
{
	const uint64_t max = cell_load_relaxed(&shm->max_ns);

	for (unsigned i = 0; i < NABD_SHM_BUCKETS; i++) {
		const uint64_t n = cell_load_relaxed(&shm->bucket[i]);

		latency->bucket[i] = plus(latency->bucket[i], n);
		latency->count = plus(latency->count, n);
	}
	latency->sum_ns += cell_load_relaxed(&shm->sum_ns); /* wraps as it does there */
	latency->unmeasured = plus(latency->unmeasured, cell_load_relaxed(&shm->unmeasured));
	if (max > latency->max_ns)
		latency->max_ns = max;
}

void nabdi_latency_sum(const struct nabdi_segment *segment, unsigned group, unsigned member,
		       struct nabd_latency *latency)
{
	const bool all = group == NABD_LATENCY_ALL;

	for (unsigned g = all ? 0 : group; g <= (all ? NABD_MAX_GROUPS : group); g++)
		for (unsigned m = 0; m < (g == 0 ? 1 : NABD_SHM_MEMBERS); m++)
			if (member == NABD_LATENCY_ALL || member == m)
				add(nabdi_latency_of(segment, g, m), latency);
}

int nabdi_latency_sent(const struct nabdi_segment *segment, const struct nabd_msg *msg,
		       uint64_t *sent_ns)
{
	const struct nabd_inline_ring ring = nabdi_ring_of(segment->base, &segment->geometry);
	uint8_t *payload = nabdi_ring_payload(&ring, msg->sequence);
	uint64_t stamp, time;

	if (msg->data != payload)
		return NABD_INVALID;
	stamp = nabdi_ring_observe(payload);
	time = cell_load_relaxed(nabdi_ring_time(payload));
	cell_fence_acquire(); /* edge G */
	if (!nabdi_ring_is(stamp, msg->sequence) || nabdi_over_unfinished(stamp) ||
	    cell_load_relaxed(nabdi_ring_stamp(payload)) != stamp ||
	    nabdi_over_passed(nabdi_segment_producer(segment), msg->sequence))
		return NABD_LAPPED;
	*sent_ns = time;
	return NABD_OK;
}

/* The highest age in between: exact if there was none so high before, else its bucket's end. */
static uint64_t highest(const struct nabd_latency *before, const struct nabd_latency *after,
			const struct nabd_latency *since)
{
	unsigned i = NABD_SHM_BUCKETS;

	if (after->max_ns > before->max_ns)
		return after->max_ns;
	while (i > 0 && since->bucket[i - 1] == 0)
		i--;
	if (i == 0)
		return 0;
	return i < NABD_SHM_BUCKETS && nabdi_latency_low(i) - 1 < after->max_ns
		       ? nabdi_latency_low(i) - 1
		       : after->max_ns;
}

/* The sum may have gone once round meanwhile, which is right: its difference has not. */
int nabdi_latency_since(const struct nabd_latency *before, const struct nabd_latency *after,
			struct nabd_latency *since)
{
	if (after->created_ns != before->created_ns || after->now_ns < before->now_ns ||
	    after->unmeasured < before->unmeasured || after->max_ns < before->max_ns)
		return NABD_INVALID;
	*since = (struct nabd_latency){
		.created_ns = after->created_ns,
		.now_ns = after->now_ns,
		.unmeasured = after->unmeasured - before->unmeasured,
		.sum_ns = after->sum_ns - before->sum_ns,
	};
	for (unsigned i = 0; i < NABD_SHM_BUCKETS; i++) {
		if (after->bucket[i] < before->bucket[i])
			return NABD_INVALID;
		since->bucket[i] = after->bucket[i] - before->bucket[i];
		since->count = plus(since->count, since->bucket[i]);
	}
	since->max_ns = highest(before, after, since);
	return NABD_OK;
}

/* The middle of a bucket, as far as there is something so old; the last has no end. */
static uint64_t age_of(const struct nabd_latency *latency, unsigned bucket)
{
	const uint64_t low = nabdi_latency_low(bucket);
	const uint64_t middle = low + (nabdi_latency_low(bucket + 1) - 1 - low) / 2;

	if (bucket == NABD_SHM_BUCKETS - 1)
		return latency->max_ns > low ? latency->max_ns : low;
	return middle < latency->max_ns || latency->max_ns < low ? middle : latency->max_ns;
}

#define HALF_A_WORD 9223372036854775808.0 /* 2^63 */

/*
 * Ages add up by as many seconds a second as messages wait: where those are a million, a word
 * is full in five hours. Then the sum says nothing any more, but the buckets do.
 */
static uint64_t mean(const struct nabd_latency *latency, uint64_t count)
{
	double all = 0; /* wrong by a sixteenth at most */

	if (count == 0)
		return 0;
	for (unsigned i = 0; i < NABD_SHM_BUCKETS; i++)
		all += (double)latency->bucket[i] * (double)age_of(latency, i);
	if (all < HALF_A_WORD)
		return latency->sum_ns / count;
	all /= (double)count;
	return all < 2 * HALF_A_WORD ? (uint64_t)all : UINT64_MAX; /* scribbled over */
}

/* The age that so many of a thousand messages do not exceed. */
static uint64_t quantile(const struct nabd_latency *latency, uint64_t count, uint64_t per_mille)
{
	const uint64_t rank = count / 1000 * per_mille + (count % 1000 * per_mille + 999) / 1000;
	uint64_t seen = 0;

	for (unsigned i = 0; i < NABD_SHM_BUCKETS; i++) {
		seen = plus(seen, latency->bucket[i]);
		if (seen != 0 && seen >= rank)
			return age_of(latency, i);
	}
	return 0;
}

void nabdi_latency_summary(const struct nabd_latency *latency, struct nabd_latency_summary *summary)
{
	uint64_t count = 0;
	unsigned lowest = NABD_SHM_BUCKETS;

	for (unsigned i = 0; i < NABD_SHM_BUCKETS; i++) {
		if (latency->bucket[i] != 0 && lowest == NABD_SHM_BUCKETS)
			lowest = i;
		count = plus(count, latency->bucket[i]);
	}
	*summary = (struct nabd_latency_summary){
		.count = count,
		.unmeasured = latency->unmeasured,
		.mean_ns = mean(latency, count),
		.min_ns = count != 0 ? age_of(latency, lowest) : 0,
		.p50_ns = quantile(latency, count, 500),
		.p90_ns = quantile(latency, count, 900),
		.p99_ns = quantile(latency, count, 990),
		.p99_9_ns = quantile(latency, count, 999),
		.max_ns = count != 0 ? latency->max_ns : 0,
	};
}
