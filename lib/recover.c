/* SPDX-License-Identifier: MIT */
/*
 * What can be done about what is left lying about: groups whose members are dead, and queues
 * that nobody has open. A queue is removed only by one who is alone with it (role.h): as long
 * as he is, nobody can begin to use it, and nabd_unlink() leaves its name to it; who came to
 * open it meanwhile finds the name gone, as if he had come later.
 */
#include <string.h>

#include "diagnose.h"
#include "handle.h"
#include "look.h"
#include "probe.h"
#include "producer.h"

/* Whether the flags allow doing it; says so in the right form. */
static bool announce(struct nabdi_text *text, unsigned flags, const char *what)
{
	const bool do_it = (flags & NABD_RECOVER_DO) != 0;

	nabdi_text_add(text, "%s %s", do_it ? "Will" : "Would", what);
	return do_it;
}

/* --------------------------------------------------------------------- groups */

static void reap(const struct nabdi_segment *segment, unsigned flags, struct nabdi_text *text,
		 unsigned *found)
{
	for (unsigned g = 1; g < NABD_SHM_GROUPS; g++) {
		if (!nabdi_member_abandoned(segment, g, false))
			continue;
		++*found;
		if (announce(text, flags, "end the ephemeral group "))
			nabdi_text_add(text, "%u: %s.\n", g,
				       nabdi_member_reap_group(segment, g, false, true)
					       ? "done"
					       : "somebody else came first");
		else
			nabdi_text_add(text, "%u, as all of its members are dead.\n", g);
	}
}

/*
 * Done through a handle like any other, so that nobody removes the queue meanwhile. found
 * NULL: only find out whether it can be opened.
 */
static int reap_groups(const char *name, const struct nabd_opts *opts, unsigned flags,
		       struct nabdi_text *text, unsigned *found)
{
	const struct nabdi_request request = {
		.name = name,
		.flags = (flags & NABD_RECOVER_DO) != 0 ? NABD_CONSUMER : NABD_OBSERVE,
		.opts = *opts,
	};
	nabd_t *q;
	int rc = nabdi_handle_open(&request, &q);

	if (rc != NABD_OK)
		return rc;
	if (found != NULL)
		reap(&q->segment, flags, text, found);
	nabdi_handle_close(q);
	return NABD_OK;
}

/* --------------------------------------------------------------------- the queue */

/* A group that is said to be beyond what there is would make all of it look read. */
static bool beyond(const struct nabdi_segment *segment, uint64_t head)
{
	const struct nabd_shm_consumers *consumers = nabdi_segment_consumers(segment);
	const uint64_t roster = cell_load_acquire(&consumers->roster);

	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		const uint64_t word = cell_load_acquire(&consumers->group[g].position);

		if ((roster & NABD_SHM_HOLDS(g)) != 0 && nabdi_group_open(word, g) &&
		    (int64_t)(nabdi_group_sequence(word, g) - head) > 0)
			return true;
	}
	return false;
}

/* How many messages some group has not read; all that are there if no group is. */
static int count_unread(const struct nabdi_place *place, const struct nabdi_owners *owners,
			uint64_t *unread)
{
	struct nabdi_segment segment;
	struct nabdi_view view;
	int rc = nabdi_segment_find(place, owners, false, false, &segment);

	if (rc != NABD_OK)
		return rc;
	rc = nabdi_producer_check(&segment); /* else the look below would clamp it to nothing */
	view = nabdi_look_view(&segment);
	if (rc == NABD_OK && beyond(&segment, view.head))
		rc = NABD_CORRUPT;
	*unread = view.head - view.tail;
	nabdi_segment_leave(place, &segment);
	return rc;
}

/* Whether what it holds may be thrown away: NABD_STATE if not. */
static int may_discard(const struct nabdi_place *place, const struct nabdi_owners *owners,
		       int sound, unsigned flags, struct nabdi_text *text)
{
	const bool discard = (flags & NABD_RECOVER_DISCARD) != 0;
	uint64_t unread = 0;

	if (sound == NABD_OK)
		sound = count_unread(place, owners, &unread);
	if (sound != NABD_OK)
		nabdi_text_add(text, "It is damaged, and nobody can say whether it holds messages.\n");
	else if (unread != 0)
		nabdi_text_add(text, "It holds %llu unread message%s.\n", (unsigned long long)unread,
			       unread == 1 ? "" : "s");
	else
		return NABD_OK;
	if (!discard)
		nabdi_text_add(text, "It is not removed without NABD_RECOVER_DISCARD.\n");
	return discard ? NABD_OK : NABD_STATE;
}

/* We are alone with it. */
static int remove_alone(const struct nabdi_place *place, const struct nabdi_owners *owners,
			const struct nabdi_segment *segment, int sound, unsigned flags,
			struct nabdi_text *text)
{
	struct nabdi_os_file now;
	bool alive;
	int rc = nabdi_os_look(segment->fd, &now);

	if (rc == NABD_OK && now.links == 0)
		rc = NABD_NOTFOUND; /* by another who was alone with it before */
	if (rc == NABD_OK)
		rc = nabdi_role_any_alive(segment, &alive);
	if (rc == NABD_OK && alive)
		rc = NABD_BUSY;
	if (rc == NABD_OK)
		rc = may_discard(place, owners, sound, flags, text);
	if (rc != NABD_OK)
		return rc;
	if (!announce(text, flags, "remove the queue: ")) {
		nabdi_text_add(text, "nobody has it open.\n");
		return NABD_OK;
	}
	rc = nabdi_os_remove(place->dirfd, place->name, &segment->file);
	nabdi_text_add(text, "%s.\n", rc == NABD_OK ? "done" : nabd_strerror(rc));
	return rc;
}

/* Damage that the header shows is no reason to keep it; another kind of file is. */
static bool may_be_removed(int sound)
{
	return sound == NABD_OK || sound == NABD_TRUNCATED || sound == NABD_CORRUPT;
}

static int remove_queue(const struct nabdi_place *place, const struct nabdi_owners *owners,
			unsigned flags, struct nabdi_text *text)
{
	struct nabdi_os_hold hold = NABDI_OS_HOLD_NONE;
	struct nabdi_segment segment;
	struct nabdi_text nothing;
	int sound, rc = nabdi_segment_open(place, true, &segment);

	if (rc != NABD_OK)
		return rc;
	nabdi_text_begin(&nothing, NULL, 0);
	sound = nabdi_diagnose_file(&segment, owners, &nothing);
	rc = may_be_removed(sound) ? nabdi_role_alone(&segment, &hold) : sound;
	if (rc == NABD_OK)
		rc = remove_alone(place, owners, &segment, sound, flags, text);
	if (rc == NABD_BUSY)
		nabdi_text_add(text, "It is in use and not removed.\n");
	nabdi_role_leave(&hold, false);
	nabdi_segment_leave(place, &segment);
	return rc;
}

static int recover(const char *name, const struct nabd_opts *opts, unsigned flags,
		   struct nabdi_text *text)
{
	const struct nabdi_owners owners = nabdi_diagnose_owners(opts);
	const bool remove = (flags & NABD_RECOVER_REMOVE) != 0;
	/* What a group has read counts as read only while it is there: so it is ended last. */
	const bool later = remove && (flags & NABD_RECOVER_DO) != 0;
	struct nabdi_place place;
	unsigned found = 0;
	int rc = nabdi_place_find(name, opts->dir, &place);

	if (rc != NABD_OK)
		return rc;
	rc = reap_groups(name, opts, flags, text, later ? NULL : &found);
	if (rc == NABD_OK && found == 0 && !remove)
		nabdi_text_add(text, "There is nothing to do.\n");
	if (remove && (rc == NABD_OK || may_be_removed(rc)))
		rc = remove_queue(&place, &owners, flags, text);
	if (later && (rc == NABD_BUSY || rc == NABD_STATE))
		(void)reap_groups(name, opts, flags, text, &found);
	nabdi_place_leave(&place);
	return rc;
}

int nabdi_recover(const char *name, const struct nabd_opts *opts, unsigned flags,
		  struct nabdi_text *text)
{
	int rc = recover(name, opts, flags, text);

	nabd_probe3(recover, name, flags, rc);
	if (rc != NABD_OK)
		nabdi_text_add(text, "In one word: %s, %s.\n", nabd_error_name(rc),
			       nabd_strerror(rc));
	return rc;
}
