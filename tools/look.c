/* SPDX-License-Identifier: MIT */
/*
 * One look at a queue, by the calls that disturb nobody; and the same as JSON.
 */
#include "config.h"

#include <string.h>

#include "look.h"

int look_take(nabd_t *q, struct look *look)
{
	int rc;

	memset(look, 0, sizeof(*look));
	look->when = tool_now();
	look->stats.size = sizeof(look->stats);
	rc = nabd_stats(q, &look->stats);
	if (rc != NABD_OK)
		return rc;
	for (unsigned i = 0; i < LOOK_GROUPS; i++) {
		struct nabd_group_info *group = &look->groups[look->group_count];

		group->size = sizeof(*group);
		rc = nabd_group_look(q, i, group);
		if (rc == NABD_NOTFOUND)
			continue;
		if (rc != NABD_OK)
			return rc;
		look->group_count++;
		look->readers += group->members;
		if (group->lag > look->lag)
			look->lag = group->lag;
	}
	/* Where nobody reads, all that is kept waits for the first who does. */
	if (look->group_count == 0 && look->stats.head > look->stats.tail)
		look->lag = look->stats.head - look->stats.tail;
	rc = nabd_fill_level(q);
	if (rc < 0)
		return rc;
	look->fill = (unsigned)rc;
	look_latency(q, NABD_LATENCY_ALL, &look->latency);
	return NABD_OK;
}

bool look_alive(const struct look *look)
{
	return (look->stats.state & (NABD_STATE_PRODUCER | NABD_STATE_CONSUMER)) != 0 ||
	       look->readers > 0;
}

struct look_rate look_rate(const struct look *from, const struct look *to)
{
	struct look_rate rate = { 0, 0, 0 };
	const double seconds = (double)(to->when - from->when) / 1e9;

	/* A queue made anew under the name counts from 0 again. */
	if (seconds <= 0 || to->stats.head < from->stats.head ||
	    memcmp(to->stats.incarnation, from->stats.incarnation, 16) != 0)
		return rate;
	rate.messages = (double)(to->stats.head - from->stats.head) / seconds;
	rate.bytes = (double)(to->stats.bytes - from->stats.bytes) / seconds;
	rate.full = (double)(to->stats.full_count - from->stats.full_count) / seconds;
	return rate;
}

json_t *look_group_json(const struct nabd_group_info *group)
{
	return json_pack(
		"{s:I, s:I, s:I, s:b, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
		"group", (json_int_t)group->group,
		"members", (json_int_t)group->members,
		"holding", (json_int_t)group->holding,
		"ephemeral", (group->state & NABD_GROUP_STATE_EPHEMERAL) != 0,
		"alive", (group->state & NABD_GROUP_STATE_ALIVE) != 0,
		"holds_producer_back", (group->state & NABD_GROUP_STATE_HOLDS) != 0,
		"lag", (json_int_t)group->lag,
		"position", (json_int_t)group->position,
		"low", (json_int_t)group->low,
		"max_lag", (json_int_t)group->max_lag,
		"max_stall_ms", (json_int_t)group->max_stall_ms,
		"max_deliveries", (json_int_t)group->max_deliveries,
		"made", (json_int_t)group->made);
}

static void incarnation_text(char text[33], const uint8_t incarnation[16])
{
	for (int i = 0; i < 16; i++)
		snprintf(text + 2 * i, 3, "%02x", incarnation[i]);
}

json_t *look_json(const struct look_queue *queue)
{
	const struct look *look = &queue->look;
	json_t *groups, *it;
	char text[33];

	it = json_pack("{s:s, s:I, s:I, s:I}", "name", queue->name,
		       "owner", (json_int_t)queue->owner,
		       "mode", (json_int_t)(queue->mode & 07777),
		       "file_bytes", (json_int_t)queue->bytes);
	if (queue->error != NABD_OK) {
		json_object_set_new(it, "error", json_string(nabd_error_name(queue->error)));
		return it;
	}
	incarnation_text(text, look->stats.incarnation);
	groups = json_array();
	for (unsigned i = 0; i < look->group_count; i++)
		json_array_append_new(groups, look_group_json(&look->groups[i]));
	json_object_update_new(it, json_pack(
		"{s:I, s:I, s:I, s:b, s:b, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
		"s:s, s:o}",
		"slots", (json_int_t)look->stats.slots,
		"slot_size", (json_int_t)look->stats.slot_size,
		"align", (json_int_t)look->stats.align,
		"overwrite", (look->stats.state & NABD_STATE_OVERWRITE) != 0,
		"timestamps", (look->stats.state & NABD_STATE_TIMESTAMPS) != 0,
		"producer", (look->stats.state & NABD_STATE_PRODUCER) != 0,
		"unlinked", (look->stats.state & NABD_STATE_UNLINKED) != 0,
		"readers", (json_int_t)look->readers,
		"sent", (json_int_t)look->stats.head,
		"oldest_held", (json_int_t)look->stats.tail,
		"bytes_sent", (json_int_t)look->stats.bytes,
		"lag", (json_int_t)look->lag,
		"fill_percent", (json_int_t)look->fill,
		"became_full", (json_int_t)look->stats.full_count,
		"producers_ever", (json_int_t)look->stats.producer_epoch,
		"created_ns", (json_int_t)look->stats.created_ns,
		"incarnation", text,
		"groups", groups));
	return it;
}
