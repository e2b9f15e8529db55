/* SPDX-License-Identifier: MIT */
/* The doors: looking at a queue. */
#include "api.h"

#include <string.h>

#include "handle.h"
#include "look.h"

NABD_API int nabd_empty(nabd_t *q)
{
	struct nabdi_view view;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	view = nabdi_look_view(&q->segment);
	return (q->flags & NABD_CONSUMER) != 0 ? view.position == view.head
					       : view.tail == view.head;
}

NABD_API int nabd_full(nabd_t *q)
{
	struct nabdi_view view;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	view = nabdi_look_view(&q->segment);
	return !q->segment.geometry.overwrite &&
	       view.head - view.tail >= q->segment.geometry.slots;
}

NABD_API int nabd_fill_level(nabd_t *q)
{
	struct nabdi_view view;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	view = nabdi_look_view(&q->segment);
	return (int)((view.head - view.tail) * 100 / q->segment.geometry.slots);
}

NABD_API int nabd_min_tail(nabd_t *q, uint64_t *sequence)
{
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (sequence == NULL)
		return NABD_INVALID;
	*sequence = nabdi_look_view(&q->segment).tail;
	return NABD_OK;
}

/* A shorter struct is filled as far as it goes; the least is all up to tail. */
NABD_API int nabd_stats(nabd_t *q, struct nabd_stats *stats)
{
	const size_t least = offsetof(struct nabd_stats, tail) + sizeof(stats->tail);
	struct nabd_stats now = {0};
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (stats == NULL || stats->size < least)
		return NABD_INVALID;
	rc = nabdi_look_stats(&q->segment, &now);
	if (rc != NABD_OK)
		return rc;
	now.size = stats->size < sizeof(now) ? stats->size : (uint32_t)sizeof(now);
	memcpy(stats, &now, now.size);
	return NABD_OK;
}

NABD_API int nabd_memory_get(nabd_t *q, struct nabd_memory *memory)
{
	const size_t least = offsetof(struct nabd_memory, swapped) + sizeof(memory->swapped);
	struct nabd_memory now = {0};
	struct nabdi_os_memory got;
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (memory == NULL || memory->size < least)
		return NABD_INVALID;
	rc = nabdi_os_memory(q->segment.base, (size_t)q->segment.geometry.total, &got);
	if (rc != NABD_OK)
		return rc;
	now.page = nabdi_os_page();
	now.huge_page = nabdi_os_huge_page();
	now.bytes = got.bytes;
	now.mapped = got.mapped;
	now.locked = got.locked;
	now.huge = got.huge;
	now.swapped = got.swapped;
	return nabdi_api_give(memory, &now, sizeof(now));
}
