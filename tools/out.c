/* SPDX-License-Identifier: MIT */
/*
 * Standard output that may be a closed pipe or a full disk, JSON, and progress.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "term.h"
#include "tool.h"

static int write_error; /* errno of the first write that failed */

bool tool_flush(void)
{
	if (write_error == 0 && fflush(stdout) != 0)
		write_error = errno != 0 ? errno : EIO;
	if (write_error == 0 && ferror(stdout))
		write_error = errno != 0 ? errno : EIO;
	return write_error == 0;
}

/* A reader that has closed the pipe has had enough: that is no failure of ours. */
int tool_finish(int code)
{
	tool_progress_end();
	if (tool_flush() || write_error == EPIPE)
		return code;
	tool_say("standard output: %s", strerror(write_error));
	return code != TOOL_OK ? code : TOOL_FAILED;
}

void tool_print_json(json_t *document)
{
	if (document == NULL || json_dumpf(document, stdout, JSON_COMPACT) != 0) {
		if (document == NULL) {
			errno = ENOMEM;
			write_error = ENOMEM;
		}
	} else {
		putchar('\n');
	}
	json_decref(document);
}

static uint64_t progress_begun, progress_shown;
static bool progress_there;

void tool_progress(const char *verb, uint64_t messages, uint64_t bytes)
{
	char count[TERM_TEXT], volume[TERM_TEXT], rate[TERM_TEXT];
	const uint64_t now = tool_now();

	if (progress_begun == 0)
		progress_begun = progress_shown = now;
	if (now - progress_shown < 1000000000 || !isatty(STDERR_FILENO))
		return;
	progress_shown = now;
	progress_there = true;
	fprintf(stderr, "\r\033[K%s %s messages, %s, %s/s", verb,
		term_count(count, (double)messages), term_bytes(volume, (double)bytes),
		term_count(rate, (double)messages * 1e9 / (double)(now - progress_begun)));
}

void tool_progress_end(void)
{
	if (progress_there)
		fputs("\r\033[K", stderr);
	progress_there = false;
}
