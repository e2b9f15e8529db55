/* SPDX-License-Identifier: MIT */
/*
 * Receiving, as pop, tail, dump and record do it: for the default group by the handle, or
 * as a member of another; in place, but from a queue that overwrites by copies, as only
 * those are whole.
 */
#ifndef NABD_TOOL_READER_H
#define NABD_TOOL_READER_H

#include "tool.h"

#define READER_FREE_GROUP 17u /* instead of a number: a group of its own */

struct reader {
	const char *name;
	nabd_t *q;
	nabd_consumer_t *c; /* NULL: the default group's reader */
	uint32_t slots, slot_size;
	bool overwrite;
	void *copy;         /* of the message, if the queue overwrites */
	uint64_t missed;    /* messages overwritten unread, or lost by eviction */
};

/* Whether a group of one's own does no harm: without any other, what its messages are kept
 * for is the first group to come, which would miss what this one has read. Complains. */
int reader_begin(const char *name, bool alone);
/* Open the queue and, unless group is 0, join with opts. Complains; answers an exit code. */
int reader_open(struct reader *r, const char *name, unsigned group,
		const struct nabd_join_opts *opts);
/* Join once more, after NABD_EVICTED. */
int reader_join(struct reader *r, unsigned group, const struct nabd_join_opts *opts);
void reader_close(struct reader *r);

/* Wait for 1 to max messages. An error of the library; after NABD_LAPPED and NABD_EVICTED
 * r->missed has grown by what is lost. */
int reader_wait(struct reader *r, struct nabd_msg *msgs, size_t max, size_t *got,
		int64_t timeout_ns);
/* The first n of them are done; those behind come again. */
int reader_done(struct reader *r, size_t n);
/* "3 messages were overwritten unread", on standard error, for what came to r->missed. */
void reader_say_missed(const struct reader *r, uint64_t before);

/* Options that begin a group at its newest or oldest message: "newest", "oldest". */
unsigned reader_start(const char *text);

#endif
