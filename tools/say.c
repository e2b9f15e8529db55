/* SPDX-License-Identifier: MIT */
/*
 * What is said when something went wrong: the library's text, and what the user can do.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "tool.h"

const char *tool_running = "";

void tool_say(const char *format, ...)
{
	va_list arguments;

	tool_progress_end();
	fflush(stdout); /* in the order in which it happened */
	fprintf(stderr, "nabd%s%s: ", *tool_running != '\0' ? " " : "", tool_running);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

int tool_exit_of(int error)
{
	switch (error) {
	case NABD_OK:
		return TOOL_OK;
	case NABD_NAME:
	case NABD_RANGE:
		return TOOL_USAGE;
	case NABD_NOTFOUND:
	case NABD_UNLINKED:
	case NABD_DROPPED:
	case NABD_EVICTED:
		return TOOL_GONE;
	case NABD_TIMEOUT:
	case NABD_EMPTY:
	case NABD_FULL:
		return TOOL_LATE;
	default:
		return TOOL_FAILED;
	}
}

static const char *hint_of(int error)
{
	switch (error) {
	case NABD_NAME:
		return "a name has letters, digits, '.', '_' and '-', "
		       "and begins with a letter or digit";
	case NABD_NOTFOUND:
		return "nabd ls shows what is there";
	case NABD_BUSY:
		return "nabd stat shows who is there; end that one first";
	case NABD_OWNER:
		return "--any-owner accepts it; do so only for users whom you trust";
	case NABD_NOSPACE:
		return "fewer or smaller slots, or more room: nabd doctor";
	case NABD_NOMEM:
		return "see the limits: nabd doctor";
	case NABD_GEOMETRY:
		return "leave the sizes out to take it as it is";
	default:
		return NULL;
	}
}

int tool_complain(const char *queue, int error)
{
	const int saved = errno;
	const char *hint = hint_of(error);

	tool_say("%s: %s%s%s%s%s%s", queue, nabd_strerror(error),
		 error == NABD_SYSTEM ? ": " : "", error == NABD_SYSTEM ? strerror(saved) : "",
		 hint != NULL ? " (" : "", hint != NULL ? hint : "", hint != NULL ? ")" : "");
	return tool_exit_of(error);
}

void tool_fill_opts(struct nabd_opts *opts)
{
	opts->dir = tool_settings.dir;
	if (tool_settings.any_owner)
		opts->flags |= NABD_ANY_OWNER;
}

int tool_open(const char *queue, size_t slots, size_t slot_size, unsigned flags, nabd_t **q)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	int rc;

	tool_fill_opts(&opts);
	rc = nabd_open_opts(queue, slots, slot_size, flags, &opts, q);
	return rc == NABD_OK ? TOOL_OK : tool_complain(queue, rc);
}
