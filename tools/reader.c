/* SPDX-License-Identifier: MIT */
/*
 * Receiving; see reader.h.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "look.h"
#include "reader.h"

int reader_begin(const char *name, bool alone)
{
	struct look look;
	nabd_t *q;
	int rc = tool_open(name, 0, 0, NABD_OBSERVE, &q);

	if (rc != TOOL_OK)
		return rc;
	rc = look_take(q, &look);
	nabd_close(q);
	if (rc != NABD_OK)
		return tool_complain(name, rc);
	if (alone || look.group_count > 0 || (look.stats.state & NABD_STATE_OVERWRITE) != 0)
		return TOOL_OK;
	tool_say("%s: nobody reads it yet, and the first who does would miss what passes here "
		 "(--alone does it all the same; nabd dump does no harm)", name);
	return TOOL_FAILED;
}

int reader_join(struct reader *r, unsigned group, const struct nabd_join_opts *opts)
{
	int rc;

	if (r->c != NULL) {
		tool_forget(r->c);
		nabd_consumer_close(r->c);
		r->c = NULL;
	}
	rc = nabd_consumer_join_opts(r->q, group == READER_FREE_GROUP ? 0 : group, opts, &r->c);
	if (rc != NABD_OK)
		return tool_complain(r->name, rc);
	tool_wake_consumer(r->c);
	return TOOL_OK;
}

int reader_open(struct reader *r, const char *name, unsigned group,
		const struct nabd_join_opts *opts)
{
	struct nabd_wait_opts wait = NABD_WAIT_BALANCED;
	struct nabd_stats stats = { .size = sizeof(stats) };
	int rc;

	memset(r, 0, sizeof(*r));
	r->name = name;
	rc = tool_open(name, 0, 0, NABD_CONSUMER, &r->q);
	if (rc != TOOL_OK)
		return rc;
	wait.flags = NABD_WAIT_UNLINK; /* a queue without a name gets nothing any more */
	nabd_set_wait(r->q, &wait);
	rc = nabd_stats(r->q, &stats);
	r->slots = stats.slots;
	r->slot_size = stats.slot_size;
	r->overwrite = (stats.state & NABD_STATE_OVERWRITE) != 0;
	if (rc == NABD_OK && r->overwrite) {
		r->copy = malloc(r->slot_size > 0 ? r->slot_size : 1);
		rc = r->copy != NULL ? NABD_OK : NABD_NOMEM;
	}
	if (rc != NABD_OK)
		rc = tool_complain(name, rc);
	else if (group != 0)
		rc = reader_join(r, group, opts);
	else
		tool_wake_handle(r->q);
	if (rc != TOOL_OK)
		reader_close(r);
	return rc;
}

void reader_close(struct reader *r)
{
	if (r->c != NULL) {
		tool_forget(r->c);
		nabd_consumer_close(r->c);
	}
	if (r->q != NULL) {
		tool_forget(r->q);
		nabd_close(r->q);
	}
	free(r->copy);
	memset(r, 0, sizeof(*r));
}

static void count_missed(struct reader *r)
{
	struct nabd_consumer_stats stats = { .size = sizeof(stats) };
	uint64_t gap = 0;

	if (r->c == NULL && nabd_lost(r->q, &gap, NULL) == NABD_OK)
		r->missed += gap;
	else if (r->c != NULL && nabd_consumer_stats(r->c, &stats) == NABD_OK)
		r->missed += stats.gap + (stats.state == NABD_EVICTED ? stats.held : 0);
}

/* What is released before it was overwritten was copied whole. */
static int receive_copy(struct reader *r, struct nabd_msg *msg, int64_t timeout_ns)
{
	int rc = r->c != NULL ? nabd_consumer_peek_msg_wait(r->c, msg, timeout_ns)
			      : nabd_peek_msg_wait(r->q, msg, timeout_ns);

	if (rc != NABD_OK)
		return rc;
	if (msg->len > r->slot_size)
		return NABD_CORRUPT;
	if (msg->len > 0)
		memcpy(r->copy, msg->data, msg->len);
	msg->data = r->copy;
	return r->c != NULL ? nabd_consumer_release(r->c) : nabd_release(r->q);
}

int reader_wait(struct reader *r, struct nabd_msg *msgs, size_t max, size_t *got,
		int64_t timeout_ns)
{
	int rc;

	*got = 0;
	if (r->overwrite) {
		rc = receive_copy(r, msgs, timeout_ns);
		*got = rc == NABD_OK;
	} else if (r->c != NULL) {
		rc = nabd_consumer_peek_batch_wait(r->c, msgs, max, got, timeout_ns);
	} else {
		rc = nabd_peek_batch_wait(r->q, msgs, max, got, timeout_ns);
	}
	if (rc == NABD_LAPPED || rc == NABD_EVICTED)
		count_missed(r);
	return rc;
}

int reader_done(struct reader *r, size_t n)
{
	int rc;

	if (r->overwrite)
		return NABD_OK;
	rc = r->c != NULL ? nabd_consumer_release_batch(r->c, n) : nabd_release_batch(r->q, n);
	if (rc == NABD_EVICTED)
		count_missed(r);
	return rc;
}

void reader_say_missed(const struct reader *r, uint64_t before)
{
	if (r->missed > before)
		tool_say("%s: %llu messages were overwritten before they were read", r->name,
			 (unsigned long long)(r->missed - before));
}

unsigned reader_start(const char *text)
{
	if (strcmp(text, "oldest") == 0)
		return NABD_JOIN_OLDEST;
	if (strcmp(text, "newest") == 0)
		return NABD_JOIN_NEWEST;
	tool_usage("--from: neither oldest nor newest: %s", text);
}
