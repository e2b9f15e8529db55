/* SPDX-License-Identifier: MIT */
/*
 * nabd doctor, the queues: those that nobody seems to use, that are stuck, that are
 * damaged. It only advises: whether somebody has a queue open just to look cannot be seen.
 */
#include "config.h"

#include <stdlib.h>

#include "doctor.h"
#include "look.h"
#include "term.h"

static void check_groups(const struct look_queue *queue)
{
	const struct look *look = &queue->look;
	char advice[NABD_MAX_NAME + 64];

	if ((look->stats.state & NABD_STATE_OVERWRITE) != 0)
		return;
	for (unsigned i = 0; i < look->group_count; i++) {
		const struct nabd_group_info *group = &look->groups[i];

		if (group->members > 0 || group->lag < look->stats.slots / 2 ||
		    (group->state & NABD_GROUP_STATE_HOLDS) == 0)
			continue;
		if (group->group > 0)
			snprintf(advice, sizeof(advice), "start its readers, or: nabd rm -g %u %s",
				 group->group, queue->name);
		else
			snprintf(advice, sizeof(advice), "start its reader, or: nabd pop -a %s",
				 queue->name);
		doctor_find(look->fill == 100 ? FINDING_TROUBLE : FINDING_HINT, "stuck", advice,
			    "%s: nobody reads for group %u, which is %llu messages behind and "
			    "holds the producer", queue->name, group->group,
			    (unsigned long long)group->lag);
	}
}

static void check_rights(const struct look_queue *queue)
{
	char advice[NABD_MAX_NAME + 64];

	if ((queue->mode & 0002) == 0)
		return;
	snprintf(advice, sizeof(advice), "chmod o-w %s/%s", look_dir(), queue->name);
	doctor_find(FINDING_HINT, "rights", advice,
		    "%s: every user may write into it, and so disturb its users", queue->name);
}

void doctor_queues(void)
{
	struct look_list list;
	size_t idle = 0, good = 0;

	if (look_list_open(&list) != TOOL_OK)
		return;
	for (size_t i = 0; i < list.count; i++) {
		const struct look_queue *queue = &list.queues[i];
		char advice[NABD_MAX_NAME + 64];

		snprintf(advice, sizeof(advice), "if nobody needs it: nabd rm %s", queue->name);
		if (queue->error == NABD_OWNER)
			continue;
		if (queue->error != NABD_OK) {
			doctor_find(FINDING_TROUBLE, "damaged", advice, "%s: %s", queue->name,
				    nabd_strerror(queue->error));
			continue;
		}
		good++;
		check_groups(queue);
		check_rights(queue);
		if (look_alive(&queue->look))
			continue;
		idle++;
		doctor_find(FINDING_HINT, "idle", advice, "%s: nobody sends or receives",
			    queue->name);
	}
	doctor_find(FINDING_GOOD, "queues", NULL, "%zu can be opened, %zu of them are in use", good,
		    good - idle);
	look_list_close(&list);
}
