/* SPDX-License-Identifier: MIT */
/* keep.c - commands of checkpoints, of diagnosis, and about the library itself. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

static void run_checkpoint_save(struct line *line)
{
	say(nabd_checkpoint_save(var_find(line->word[1])->c, line->word[2]));
}

static void run_resume(struct line *line)
{
	struct nabd_resume resume = NABD_RESUME_INIT;
	int i;

	for (i = 3; i < line->words; i++)
		resume.flags |= strcmp(line->word[i], "oldest") == 0 ? NABD_RESUME_OLDEST :
								       NABD_RESUME_NEWEST;
	if (begin(nabd_consumer_resume(var_find(line->word[1])->c, line->word[2], &resume)))
		printf(" sequence=%" PRIu64 " lost=%" PRIu64 " state=%" PRIu32, resume.sequence,
		       resume.lost, resume.state);
	end();
}

static void run_checkpoint_auto(struct line *line)
{
	const char *path = strcmp(line->word[2], "none") == 0 ? NULL : line->word[2];

	say(nabd_checkpoint_auto(var_find(line->word[1])->c, path, (uint64_t)number(line->word[3]),
				 number(line->word[4])));
}

static void run_checkpoint_status(struct line *line)
{
	uint64_t sequence;
	int error;

	if (begin(nabd_checkpoint_status(var_find(line->word[1])->c, &error, &sequence)))
		printf(" error=%s sequence=%" PRIu64, name_of(error), sequence);
	end();
}

static void run_diagnose(struct line *line)
{
	char text[16384] = "";
	size_t len;

	begin(nabd_diagnose(line->word[1], NULL, text, sizeof(text), &len));
	printf(" %s\n", text[0] != '\0' ? "some" : "none");
}

static void run_recover(struct line *line)
{
	static const char *const names[] = { "do", "remove", "discard", NULL };
	char text[16384] = "";
	size_t len;

	begin(nabd_recover(line->word[1], NULL, flags(line->word[2], names), text, sizeof(text),
			   &len));
	printf(" %s\n", text[0] != '\0' ? "some" : "none");
}

static void run_strerror(struct line *line)
{
	printf("= %s\n", nabd_strerror((int)number(line->word[1])));
}

static void run_error_name(struct line *line)
{
	const char *name = nabd_error_name((int)number(line->word[1]));

	printf("= %s\n", name == NULL ? "none" : name);
}

static void run_version(struct line *line)
{
	(void)line;
	begin(NABD_OK);
	printf(" %s\n", strcmp(nabd_version(), NABD_VERSION_STRING) == 0 ? "same" : nabd_version());
}

const struct command keep_commands[] = {
	{ "checkpoint_save", 2, 2, run_checkpoint_save },
	{ "resume", 2, 4, run_resume },
	{ "checkpoint_auto", 4, 4, run_checkpoint_auto },
	{ "checkpoint_status", 1, 1, run_checkpoint_status },
	{ "diagnose", 1, 1, run_diagnose },
	{ "recover", 2, 2, run_recover },
	{ "strerror", 1, 1, run_strerror },
	{ "error_name", 1, 1, run_error_name },
	{ "version", 0, 0, run_version },
	{ NULL, 0, 0, NULL },
};
