/* SPDX-License-Identifier: MIT */
/* For the tests of checkpoints: a queue, a member of its group 3, and a file to save to. */
#ifndef BEHAVIOUR_SAVES_H
#define BEHAVIOUR_SAVES_H

#include <stdio.h>
#include <string.h>

#include "groups.h"

static char ck[256];
static nabd_t *q;
static nabd_consumer_t *c;

static inline void begin(void)
{
	snprintf(ck, sizeof(ck), "%s", path_of("ck"));
	q = queue_of(16);
	c = join_ok(q, 3);
}

static inline void end(void)
{
	leave_ok(c);
	close_ok(q);
}

static inline struct nabd_checkpoint load_ok(void)
{
	struct nabd_checkpoint said;

	memset(&said, 0xa5, sizeof(said));
	said.size = (uint32_t)sizeof(said);
	is(NABD_OK, nabd_checkpoint_load(ck, &said));
	ck_assert_uint_eq(said.size, sizeof(said));
	return said;
}

static inline int load(const char *path)
{
	struct nabd_checkpoint said = { .size = (uint32_t)sizeof(said) };

	return nabd_checkpoint_load(path, &said);
}

static inline int resume(const char *path)
{
	struct nabd_resume r = NABD_RESUME_INIT;

	return nabd_consumer_resume(c, path, &r);
}

#endif
