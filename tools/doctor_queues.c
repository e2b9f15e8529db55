/* SPDX-License-Identifier: MIT */
/*
 * nabd doctor, the queues. What is wrong with one is what nabd_diagnose() says, what could
 * go is what nabd_recover() would remove, and who is stuck is what the metrics say: here
 * is only which of it matters, and what to do.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "look.h"
#include "term.h"

#define MOST_TEXT 65536u
#define ADVICE	  (NABD_MAX_NAME + 128)

static const char wrong[] = "Wrong: ";

/* What helps, by what opening such a queue answers; all that is left is to remove it. */
static void advise(char *advice, const char *name, int code)
{
	switch (code) {
	case NABD_FORMAT:
		snprintf(advice, ADVICE, "use the version of nabd that made %s", name);
		break;
	case NABD_BYTEORDER:
		snprintf(advice, ADVICE, "%s is for machines of the other byte order: rm it here",
			 name);
		break;
	case NABD_ACCESS:
		snprintf(advice, ADVICE, "ask its owner for rights (chmod, chgrp), or be that user");
		break;
	case NABD_OWNER:
		snprintf(advice, ADVICE, "be that user, or accept every owner: --any-owner");
		break;
	case NABD_NOTFOUND:
		snprintf(advice, ADVICE, "look for the right name: nabd ls");
		break;
	case NABD_NAME:
		snprintf(advice, ADVICE, "name it otherwise");
		break;
	case NABD_UNSAFE:
	case NABD_NOTQUEUE:
		snprintf(advice, ADVICE, "find out who put it there; it is no queue");
		break;
	case NABD_TRUNCATED:
	case NABD_CORRUPT:
		snprintf(advice, ADVICE, "stop its users, then: nabd clean -y -D %s", name);
		break;
	default:
		snprintf(advice, ADVICE, "free memory or raise limits, then look again");
	}
}

/* Each sentence that says what is wrong is a finding; without any, the answer itself is. */
static void find_wrong(const char *name, int code, char *text)
{
	char advice[ADVICE], *rest = text;
	bool any = false;

	advise(advice, name, code);
	for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
		if (strncmp(line, wrong, sizeof(wrong) - 1) != 0)
			continue;
		any = true;
		doctor_find(FINDING_TROUBLE, "damaged", advice, "%s: %s", name,
			    line + sizeof(wrong) - 1);
	}
	if (!any)
		doctor_find(FINDING_TROUBLE, "damaged", advice, "%s: %s", name,
			    nabd_strerror(code));
}

static void find_dead_members(nabd_t *q, const char *name, unsigned group)
{
	char advice[ADVICE];

	for (unsigned i = 0; group > 0 && i < NABD_MAX_MEMBERS; i++) {
		struct nabd_member_metrics member = { .size = sizeof(member) };

		if (nabd_member_metrics_get(q, group, i, &member) != NABD_OK ||
		    member.alive != 0 || member.held == 0)
			continue;
		snprintf(advice, sizeof(advice), "the next to read takes over: start a reader of "
			 "group %u of %s", group, name);
		doctor_find(FINDING_HINT, "dead member", advice,
			    "%s: member %u of group %u died and holds %llu message%s", name, i,
			    group, (unsigned long long)member.held, member.held == 1 ? "" : "s");
	}
}

static void find_stuck(nabd_t *q, const char *name, const struct nabd_metrics *all)
{
	for (unsigned i = 0; i <= NABD_MAX_GROUPS; i++) {
		struct nabd_group_metrics group = { .size = sizeof(group) };
		char advice[ADVICE];

		if (nabd_group_metrics_get(q, i, &group) != NABD_OK || group.ended != NABD_OK)
			continue;
		find_dead_members(q, name, i);
		if (group.owner != NABD_GROUP_OWNER_DEAD || group.lag < all->slots / 2 ||
		    (group.state & NABD_GROUP_STATE_HOLDS) == 0)
			continue;
		if ((group.state & NABD_GROUP_STATE_EPHEMERAL) != 0)
			snprintf(advice, sizeof(advice), "nabd clean -y %s", name);
		else if (i > 0)
			snprintf(advice, sizeof(advice), "start its readers, or: nabd rm -g %u %s", i,
				 name);
		else
			snprintf(advice, sizeof(advice), "start its reader, or: nabd pop -a %s", name);
		doctor_find((all->state & NABD_STATE_FULL) != 0 ? FINDING_TROUBLE : FINDING_HINT,
			    "stuck", advice,
			    "%s: nobody reads for group %u, which is %llu messages behind and "
			    "holds the producer", name, i, (unsigned long long)group.lag);
	}
}

static void find_rights(const struct look_queue *queue)
{
	char advice[NABD_MAX_NAME + 4200];

	if ((queue->mode & 0002) == 0)
		return;
	snprintf(advice, sizeof(advice), "chmod o-w %s/%s", look_dir(), queue->name);
	doctor_find(FINDING_HINT, "rights", advice,
		    "%s: every user may write into it, and so disturb its users", queue->name);
}

/* Whether somebody has it open, as far as that can be seen: who only looks can't. */
static bool in_use(const char *name, const struct nabd_opts *opts)
{
	char advice[ADVICE];
	size_t len;
	const int rc = nabd_recover(name, opts, NABD_RECOVER_REMOVE, NULL, 0, &len);

	if (rc == NABD_STATE) {
		snprintf(advice, sizeof(advice), "start its readers, or: nabd clean -y -D %s", name);
		doctor_find(FINDING_HINT, "idle", advice,
			    "%s: nobody has it open, and it holds unread messages", name);
		return false;
	}
	if (rc != NABD_OK && rc != NABD_BUFFER)
		return true; /* or we may not find out */
	snprintf(advice, sizeof(advice), "if nobody needs it: nabd clean -y %s", name);
	doctor_find(FINDING_HINT, "idle", advice, "%s: nobody has it open", name);
	return false;
}

/* Both are counted, sound ones and those of them that are in use. */
static int examine(const struct look_queue *queue, bool named, size_t *sound, size_t *used)
{
	struct nabd_metrics all = { .size = sizeof(all) };
	struct nabd_opts opts = NABD_OPTS_INIT;
	static char text[MOST_TEXT];
	size_t len;
	int rc;

	tool_fill_opts(&opts);
	rc = nabd_diagnose(queue->name, &opts, text, sizeof(text), &len);
	if (!named && (rc == NABD_NOTFOUND || rc == NABD_OWNER))
		return rc; /* gone meanwhile, or another's */
	if (named)
		doctor_explain(queue->name, rc, text);
	if (rc != NABD_OK && rc != NABD_BUFFER) {
		find_wrong(queue->name, rc, text);
		return rc;
	}
	++*sound;
	if (queue->error == NABD_OK && nabd_metrics_get(queue->q, &all) == NABD_OK)
		find_stuck(queue->q, queue->name, &all);
	find_rights(queue);
	if (in_use(queue->name, &opts))
		++*used;
	return NABD_OK;
}

void doctor_queues(void)
{
	size_t sound = 0, used = 0;
	struct look_list list;

	if (look_list_open(&list) != TOOL_OK)
		return;
	for (size_t i = 0; i < list.count; i++)
		(void)examine(&list.queues[i], false, &sound, &used);
	doctor_find(FINDING_GOOD, "queues", NULL, "%zu are sound, %zu of them are in use", sound,
		    used);
	look_list_close(&list);
}

void doctor_named(char **names, int count)
{
	struct look_list list;

	look_list_any(&list, names, count);
	for (size_t i = 0; i < list.count; i++) {
		size_t sound = 0, used = 0;

		(void)examine(&list.queues[i], true, &sound, &used);
		if (sound > 0)
			doctor_find(FINDING_GOOD, "queue", NULL, "%s is sound, and %s",
				    list.queues[i].name, used > 0 ? "in use" : "not in use");
	}
	look_list_close(&list);
}
