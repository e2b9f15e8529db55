/* SPDX-License-Identifier: MIT */
/* The doors: diagnosis. */
#include "api.h"

#include "diagnose.h"

#define RECOVER_FLAGS (NABD_RECOVER_DO | NABD_RECOVER_REMOVE | NABD_RECOVER_DISCARD)

static int check(const char *name, const struct nabd_opts *opts, const char *buf, size_t size,
		 const size_t *len, struct nabd_opts *checked)
{
	if (name == NULL || len == NULL || (buf == NULL && size != 0))
		return NABD_INVALID;
	return nabdi_api_opts(opts, checked);
}

/* What was found matters more than that its text does not fit. */
static int end(int rc, const struct nabdi_text *text, size_t *len)
{
	const int fits = nabdi_text_end(text, len);

	return rc == NABD_OK ? fits : rc;
}

NABD_API int nabd_diagnose(const char *name, const struct nabd_opts *opts, char *buf, size_t size,
			   size_t *len)
{
	struct nabd_opts checked;
	struct nabdi_text text;
	int rc = check(name, opts, buf, size, len, &checked);

	if (rc != NABD_OK)
		return rc;
	nabdi_text_begin(&text, buf, size);
	return end(nabdi_diagnose(name, &checked, &text), &text, len);
}

NABD_API int nabd_recover(const char *name, const struct nabd_opts *opts, unsigned flags,
			  char *buf, size_t size, size_t *len)
{
	struct nabd_opts checked;
	struct nabdi_text text;
	int rc = check(name, opts, buf, size, len, &checked);

	if (rc == NABD_OK && ((flags & ~RECOVER_FLAGS) != 0 ||
			      (flags & (NABD_RECOVER_REMOVE | NABD_RECOVER_DISCARD)) ==
				      NABD_RECOVER_DISCARD))
		rc = NABD_INVALID;
	if (rc != NABD_OK)
		return rc;
	nabdi_text_begin(&text, buf, size);
	return end(nabdi_recover(name, &checked, flags, &text), &text, len);
}
