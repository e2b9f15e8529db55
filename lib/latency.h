/* SPDX-License-Identifier: MIT */
/*
 * How old messages are when they are taken, in queues whose messages have times: histograms
 * in the segment, one of each reader, which nobody else writes to.
 *
 * The buckets grow with the ages: one each for 0 to 15 ns, from there on eight for each
 * power of two, up to 2^44 ns, which are five hours; the last one has all that is older. An
 * age that is told from the middle of its bucket is wrong by a sixteenth at most.
 *
 * A message is counted once by each group, by who releases it and before it does: as long
 * as its slot, and so its time, can't be the next message's; or, where the producer does not
 * wait, was seen not to be. Its age is the one at which it was handed out. A death between
 * the two counts it twice, of which the other way round would make never.
 */
#ifndef NABD_LATENCY_H
#define NABD_LATENCY_H

#include <nabd/nabd.h>

#include "ring.h"
#include "segment.h"

/* One clock for so many messages, or bytes copied, of a batch that is sent: see send_ns(). */
#define NABDI_LATENCY_MESSAGES 16u
#define NABDI_LATENCY_BYTES    4096u

static inline unsigned nabdi_latency_bucket(uint64_t ns)
{
	unsigned power, bucket;

	if (ns < 8)
		return (unsigned)ns;
	power = 63u - (unsigned)__builtin_clzll(ns);
	bucket = (power - 2) * 8 + (unsigned)(ns >> (power - 3) & 7);
	return bucket < NABD_SHM_BUCKETS ? bucket : NABD_SHM_BUCKETS - 1;
}

/* The lowest age of a bucket; of the one behind the last, where that would end. */
static inline uint64_t nabdi_latency_low(unsigned bucket)
{
	return bucket < 8 ? bucket : (UINT64_C(8) + bucket % 8) << (bucket / 8 - 1);
}

/* The histogram of the reader of the default group (0, 0), or of a member. */
struct nabd_shm_latency *nabdi_latency_of(const struct nabdi_segment *segment, unsigned group,
					  unsigned member);

/* One message more, sent and taken at these times. What can't be is only counted. */
void nabdi_latency_add(struct nabd_shm_latency *latency, uint64_t sent_ns, uint64_t taken_ns);

/* Add what the readers of a group, or of all, have counted: all but size and times. */
void nabdi_latency_sum(const struct nabdi_segment *segment, unsigned group, unsigned member,
		       struct nabd_latency *latency);

/* When a message in place was sent. NABD_INVALID if it is not; NABD_LAPPED if it is gone. */
int nabdi_latency_sent(const struct nabdi_segment *segment, const struct nabd_msg *msg,
		       uint64_t *sent_ns);

/* What after has more than before; NABD_INVALID if it has less of something. */
int nabdi_latency_since(const struct nabd_latency *before, const struct nabd_latency *after,
			struct nabd_latency *since);

/* All but the size. */
void nabdi_latency_summary(const struct nabd_latency *latency,
			   struct nabd_latency_summary *summary);

#endif
