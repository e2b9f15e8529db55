/* SPDX-License-Identifier: MIT */
/* What the scenes share: the segment, a producer's and a reader's work, what was sent. */
#ifndef WORLD_H
#define WORLD_H

#include <nabd/nabd.h>

#include "consumer.h"
#include "model.h"
#include "producer.h"
#include "role.h"

#define WORLD_MOST 16 /* messages of one execution */

/* A message is its sequence and who sent it, so that none can be taken for another. */
static inline uint64_t world_message(unsigned sender, uint64_t sequence)
{
	return UINT64_C(0xabcd) << 48 | (uint64_t)sender << 32 | sequence;
}

struct world_log {
	uint64_t value[WORLD_MOST];
	unsigned count;
};

void world_log_add(struct world_log *log, uint64_t value);

/* Try so often to send so many; what was sent is logged. */
void world_send(struct nabdi_producer *p, unsigned sender, unsigned messages, unsigned tries,
		struct world_log *log);

/* Try so often to receive; each message must be the next, and from one of the senders. */
void world_receive(struct nabdi_consumer *c, unsigned tries, struct world_log *log);

/* All that was sent, in order, and nothing else; the log may hold more than was known as sent. */
void world_compare(const struct world_log *sent, const struct world_log *received);

#endif
