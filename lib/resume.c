/* SPDX-License-Identifier: MIT */
/* Going on from a checkpoint; and checkpoints that are made by themselves. */
#include <errno.h>
#include <string.h>

#include "probe.h"
#include "save.h"

/* ------------------------------------------------------------------ going on */

/* Another queue: from its oldest message, or behind its newest, as the program says. */
static int go_on_elsewhere(struct nabdi_saver *saver, struct nabdi_member *m,
			   const struct nabd_checkpoint *checkpoint, struct nabd_resume *resume)
{
	int rc;

	if (resume->flags == 0)
		return NABD_FOREIGN;
	rc = nabdi_member_seek(m, resume->flags == NABD_RESUME_NEWEST ? UINT64_MAX : 0,
			       &resume->sequence);
	if (rc != NABD_OK)
		return rc;
	/* The program knows: what it saves from now on may take the place of that. */
	memcpy(saver->accepted, checkpoint->incarnation, sizeof(saver->accepted));
	saver->accepts = true;
	resume->lost = resume->sequence;
	resume->state = NABD_RESUMED_OTHER;
	return NABD_OK;
}

static int go_on(struct nabdi_member *m, uint64_t sequence, struct nabd_resume *resume)
{
	const uint64_t head = cell_load_acquire(&m->claims.producer->head);
	uint64_t there = sequence;
	int rc;

	/*
	 * A producer that died after it had stored a stamp, before head, may have left a
	 * message there that was done: it comes again. No further than a lap.
	 */
	if (sequence > head) {
		if (sequence - head > m->segment->geometry.slots)
			return NABD_CORRUPT;
		there = head;
	}
	rc = nabdi_member_seek_to(m, there, resume->flags != NABD_RESUME_OLDEST,
				  &resume->sequence);
	if (rc == NABD_LAPPED && resume->flags == NABD_RESUME_NEWEST)
		rc = nabdi_member_seek(m, UINT64_MAX, &resume->sequence);
	if (rc != NABD_OK)
		return rc;
	resume->lost = resume->sequence > sequence ? resume->sequence - sequence : 0;
	resume->state = resume->lost > 0 ? NABD_RESUMED_GAP : NABD_RESUMED_EXACT;
	return NABD_OK;
}

static int resume_at(struct nabdi_saver *saver, struct nabdi_member *m, const char *path,
		     struct nabd_resume *resume)
{
	struct nabd_checkpoint checkpoint = {0};
	int rc = nabdi_save_load(path, &checkpoint);

	if (rc != NABD_OK)
		return rc;
	if (checkpoint.group != m->group)
		return NABD_FOREIGN;
	return memcmp(checkpoint.incarnation, m->segment->incarnation, 16) == 0
		       ? go_on(m, checkpoint.sequence, resume)
		       : go_on_elsewhere(saver, m, &checkpoint, resume);
}

int nabdi_save_resume(struct nabdi_saver *saver, struct nabdi_member *m, const char *path,
		      struct nabd_resume *resume)
{
	const int rc = resume_at(saver, m, path, resume);

	nabd_probe5(resume, path, m->segment->file.inode, m->group, resume->sequence, rc);
	return rc;
}

/* ----------------------------------------------------------------- by itself */

static uint64_t held(const struct nabdi_line *line)
{
	return line != NULL ? line->end - line->begin : 0;
}

/* Messages that this member has had and has no more. */
static uint64_t done(const struct nabdi_member *m)
{
	return m->counts.claimed + m->counts.redelivered - held(m->own) - held(m->other);
}

static bool due(const struct nabdi_saver *saver, const struct nabdi_member *m)
{
	if (saver->every_messages != 0 && done(m) - saver->done >= saver->every_messages)
		return true;
	return saver->every_ns != 0 &&
	       nabdi_os_coarse_ns() - saver->looked_ns >= saver->every_ns;
}

/* That the group has ended, the receiving calls tell themselves. */
static void keep_error(struct nabdi_saver *saver, int rc)
{
	if (rc == NABD_OK || rc == NABD_DROPPED || rc == NABD_EVICTED ||
	    saver->error != NABD_OK)
		return;
	saver->error = rc;
	saver->error_errno = errno;
}

/* Whether the group is where the last save said: then there is nothing to write. */
static bool unmoved(const struct nabdi_saver *saver, const struct nabdi_member *m)
{
	const uint64_t from =
		m->claims.overwrite ? 0 : cell_load_acquire(&m->claims.producer->tail);

	return saver->kept && nabdi_group_low(m->claims.consumers, m->group, from,
					      from + INT64_MAX) == saver->kept_sequence;
}

static int save_kept(struct nabdi_saver *saver, struct nabdi_member *m, const char *path, bool wait)
{
	int rc = nabdi_save(saver, m, path, wait);

	saver->kept = rc == NABD_OK;
	saver->kept_sequence = saver->sequence;
	return rc;
}

/* Before the member fetches. errno is the receiving call's. */
static void save_sometimes(struct nabdi_member *m)
{
	struct nabdi_saver *saver = m->saver;
	const int saved = errno;
	int rc = NABD_OK;

	if (nabd_likely(!due(saver, m)))
		return;
	if (!unmoved(saver, m))
		rc = save_kept(saver, m, saver->path, false);
	saver->done = done(m);
	saver->looked_ns = nabdi_os_coarse_ns();
	/* Another member saves this moment: for all of us. */
	if (rc != NABD_BUSY)
		keep_error(saver, rc);
	errno = saved;
}

static void stop(struct nabdi_saver *saver, struct nabdi_member *m)
{
	m->save = NULL;
	nabdi_os_free(saver->path);
	saver->path = NULL;
}

int nabdi_save_auto(struct nabdi_saver *saver, struct nabdi_member *m, const char *path,
		    uint64_t every_messages, uint64_t every_ns)
{
	size_t bytes;
	char *copy;
	int rc;

	if (path == NULL) {
		stop(saver, m);
		return NABD_OK;
	}
	bytes = strlen(path) + 1;
	copy = nabdi_os_alloc(bytes, sizeof(void *));
	if (copy == NULL)
		return NABD_NOMEM;
	memcpy(copy, path, bytes);
	rc = nabdi_save(saver, m, path, true);
	if (rc != NABD_OK) { /* what was asked for before goes on */
		nabdi_os_free(copy);
		return rc;
	}
	stop(saver, m);
	saver->path = copy;
	saver->kept = true;
	saver->kept_sequence = saver->sequence;
	saver->every_messages = every_messages;
	saver->every_ns = every_ns;
	saver->done = done(m);
	saver->looked_ns = nabdi_os_coarse_ns();
	m->saver = saver;
	m->save = save_sometimes;
	return NABD_OK;
}

int nabdi_save_end(struct nabdi_saver *saver, struct nabdi_member *m, bool forked)
{
	int rc = NABD_OK;

	if (saver->path == NULL)
		return NABD_OK;
	if (!forked && m->state != MEMBER_ENDED && !unmoved(saver, m))
		rc = save_kept(saver, m, saver->path, true);
	if (rc == NABD_DROPPED || rc == NABD_EVICTED)
		rc = NABD_OK;
	stop(saver, m);
	return rc;
}
