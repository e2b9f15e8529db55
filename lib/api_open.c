/* SPDX-License-Identifier: MIT */
/* The doors: open, close, unlink. */
#include "api.h"

#include <errno.h>

#include "error.h"
#include "handle.h"

#define OPEN_FLAGS (NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER | NABD_OBSERVE |      \
		    NABD_OVERWRITE | NABD_TIMESTAMPS)
#define OPTS_FLAGS (NABD_PREFAULT | NABD_MLOCK | NABD_ANY_OWNER | NABD_OWNER_UID |                  \
		    NABD_SET_GROUP | NABD_HUGE_PAGES)

static const uint32_t opts_sizes[] = {
	offsetof(struct nabd_opts, mode),  offsetof(struct nabd_opts, align),
	offsetof(struct nabd_opts, owner), offsetof(struct nabd_opts, group),
	offsetof(struct nabd_opts, dir),   sizeof(struct nabd_opts),
};

static int read_opts(const struct nabd_opts *from, struct nabd_opts *opts)
{
	*opts = (struct nabd_opts)NABD_OPTS_INIT;
	return from == NULL ? NABD_OK
			    : nabdi_api_read_opts(from, opts, opts_sizes,
						  sizeof(opts_sizes) / sizeof(opts_sizes[0]));
}

static int check_opts(const struct nabd_opts *opts)
{
	if ((opts->flags & ~OPTS_FLAGS) != 0 || (opts->mode & ~0777u) != 0)
		return NABD_INVALID;
	if (opts->align > NABD_MAX_ALIGN)
		return NABD_RANGE;
	if (opts->align != 0 && (opts->align < 8 || (opts->align & (opts->align - 1)) != 0))
		return NABD_INVALID;
	return NABD_OK;
}

int nabdi_api_opts(const struct nabd_opts *from, struct nabd_opts *opts)
{
	int rc = read_opts(from, opts);

	return rc == NABD_OK && check_opts(opts) != NABD_OK ? NABD_INVALID : rc;
}

static int check_flags(unsigned flags)
{
	if ((flags & ~OPEN_FLAGS) != 0)
		return NABD_INVALID;
	if ((flags & NABD_EXCL) != 0 && (flags & NABD_CREATE) == 0)
		return NABD_INVALID;
	if ((flags & NABD_OBSERVE) != 0 && flags != NABD_OBSERVE)
		return NABD_INVALID;
	return NABD_OK;
}

NABD_API int nabd_open_opts(const char *name, size_t slots, size_t slot_size, unsigned flags,
			    const struct nabd_opts *opts, nabd_t **out)
{
	struct nabdi_request request = {
		.name = name, .slots = slots, .slot_size = slot_size, .flags = flags};
	int rc;

	if (out == NULL)
		return NABD_INVALID;
	*out = NULL;
	if (name == NULL)
		return NABD_INVALID;
	rc = check_flags(flags);
	if (rc == NABD_OK)
		rc = read_opts(opts, &request.opts);
	if (rc == NABD_OK)
		rc = check_opts(&request.opts);
	if (rc == NABD_OK && (slots > NABD_MAX_SLOTS || slot_size > NABD_MAX_SLOT_SIZE))
		rc = NABD_RANGE;
	return rc == NABD_OK ? nabdi_handle_open(&request, out) : rc;
}

NABD_API nabd_t *nabd_open(const char *name, size_t slots, size_t slot_size, unsigned flags)
{
	nabd_t *q;
	int rc = nabd_open_opts(name, slots, slot_size, flags, NULL, &q);
	int number = nabdi_error_errno(rc);

	if (number != 0)
		errno = number;
	return q;
}

NABD_API int nabd_close(nabd_t *q)
{
	int rc;

	if (q == NULL)
		return NABD_OK;
	rc = nabdi_handle_check(q);
	if (rc != NABD_OK && rc != NABD_FORKED)
		return rc;
	if (cell_load_acquire(&q->consumers) != 0)
		return NABD_STATE; /* they point to it, in a forked child too */
	if (nabdi_producer_state(&q->tx) == SEND_CALLBACK && rc == NABD_OK)
		return NABD_STATE;
	nabdi_handle_close(q);
	return NABD_OK;
}

NABD_API int nabd_unlink_opts(const char *name, const struct nabd_opts *opts)
{
	struct nabd_opts checked;
	struct nabdi_place place;
	int rc;

	if (name == NULL)
		return NABD_INVALID;
	rc = nabdi_api_opts(opts, &checked);
	if (rc == NABD_OK)
		rc = nabdi_place_find(name, checked.dir, &place);
	if (rc != NABD_OK)
		return rc == NABD_NOMEM ? NABD_SYSTEM : rc;
	rc = nabdi_segment_unlink(&place);
	nabdi_place_leave(&place);
	return rc == NABD_NOMEM ? NABD_SYSTEM : rc; /* the kernel's memory, not the queue's */
}

NABD_API int nabd_unlink(const char *name)
{
	return nabd_unlink_opts(name, NULL);
}
