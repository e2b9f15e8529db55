/* SPDX-License-Identifier: MIT */
/* The doors: keeping how far a group is in a file, and going on from there. */
#include "api.h"

#include <errno.h>

#include "handle.h"

/* What was asked for, or why the member is past answering. */
static int check(const nabd_consumer_t *c, const char *path)
{
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	if (path == NULL)
		return NABD_INVALID;
	return c->m.state == MEMBER_ENDED ? c->m.ended : NABD_OK;
}

NABD_API int nabd_checkpoint_save(nabd_consumer_t *c, const char *path)
{
	int rc = check(c, path);

	return rc == NABD_OK ? nabdi_save(&c->saver, &c->m, path, true) : rc;
}

NABD_API int nabd_checkpoint_load(const char *path, struct nabd_checkpoint *checkpoint)
{
	struct nabd_checkpoint now = {0};
	int rc;

	if (path == NULL || checkpoint == NULL || checkpoint->size < sizeof(now))
		return NABD_INVALID;
	rc = nabdi_save_load(path, &now);
	if (rc != NABD_OK)
		return rc;
	now.size = (uint32_t)sizeof(now);
	memcpy(checkpoint, &now, sizeof(now));
	return NABD_OK;
}

NABD_API int nabd_consumer_resume(nabd_consumer_t *c, const char *path, struct nabd_resume *resume)
{
	struct nabd_resume now = {0};
	int rc = check(c, path);

	if (rc != NABD_OK)
		return rc;
	if (resume == NULL || resume->size < sizeof(now) ||
	    (resume->flags & ~(NABD_RESUME_OLDEST | NABD_RESUME_NEWEST)) != 0 ||
	    resume->flags == (NABD_RESUME_OLDEST | NABD_RESUME_NEWEST))
		return NABD_INVALID;
	if (nabdi_member_state(&c->m) != MEMBER_IDLE)
		return NABD_STATE;
	now.flags = resume->flags;
	rc = nabdi_save_resume(&c->saver, &c->m, path, &now);
	if (rc != NABD_OK)
		return rc;
	now.size = (uint32_t)sizeof(now);
	memcpy(resume, &now, sizeof(now));
	return NABD_OK;
}

NABD_API int nabd_checkpoint_auto(nabd_consumer_t *c, const char *path, uint64_t every_messages,
				  int64_t every_ns)
{
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	if (path == NULL)
		return nabdi_save_auto(&c->saver, &c->m, NULL, 0, 0);
	if (every_ns < 0 || (every_messages == 0 && every_ns == 0))
		return NABD_INVALID;
	rc = check(c, path);
	return rc == NABD_OK ? nabdi_save_auto(&c->saver, &c->m, path, every_messages,
					       (uint64_t)every_ns)
			     : rc;
}

NABD_API int nabd_checkpoint_status(nabd_consumer_t *c, int *error, uint64_t *sequence)
{
	int rc = nabdi_consumer_check(c);

	if (rc != NABD_OK)
		return rc;
	if (error == NULL && sequence == NULL)
		return NABD_INVALID;
	if (sequence != NULL && !c->saver.saved)
		return NABD_NOTFOUND;
	if (sequence != NULL)
		*sequence = c->saver.sequence;
	if (error == NULL)
		return NABD_OK;
	*error = c->saver.error;
	if (c->saver.error == NABD_SYSTEM)
		errno = c->saver.error_errno;
	c->saver.error = NABD_OK;
	return NABD_OK;
}
