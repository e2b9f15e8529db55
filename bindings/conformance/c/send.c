/* SPDX-License-Identifier: MIT */
/* send.c - commands that open, close and send. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

static unsigned char bytes[MAX_BATCH * MAX_DATA];

static void run_open(struct line *line)
{
	static const char *const names[] = { "create", "excl", "producer", "consumer", "observe",
					     "overwrite", "timestamps", NULL };
	static const char *const opts_names[] = { "prefault", "mlock", "any_owner",
						  "huge_pages", NULL };
	struct nabd_opts opts = NABD_OPTS_INIT;
	struct var *v = var_new(line->word[1]);
	const char *value;
	int i;

	for (i = 6; i < line->words; i++) {
		char *word = line->word[i];

		if ((value = value_of(word, "mode=")) != NULL)
			opts.mode = (uint32_t)strtoul(value, NULL, 8);
		else if ((value = value_of(word, "align=")) != NULL)
			opts.align = (uint32_t)number(value);
		else if (value_of(word, "opts=") != NULL)
			opts.flags = flags(word + strlen("opts="), opts_names);
		else if ((value = value_of(word, "dir=")) != NULL)
			opts.dir = value;
		else
			fail("unknown option", word);
	}
	say(nabd_open_opts(line->word[2], (size_t)number(line->word[3]),
			   (size_t)number(line->word[4]), flags(line->word[5], names), &opts,
			   &v->q));
}

static void run_close(struct line *line)
{
	say(var_close(var_find(line->word[1])));
}

static void run_unlink(struct line *line)
{
	say(nabd_unlink(line->word[1]));
}

static void run_push(struct line *line)
{
	size_t len = data(line->word[2], bytes, sizeof(bytes));

	say(nabd_push(handle_find(line->word[1]), bytes, len));
}

static void run_push_wait(struct line *line)
{
	size_t len = data(line->word[2], bytes, sizeof(bytes));

	say(nabd_push_wait(handle_find(line->word[1]), bytes, len, number(line->word[3])));
}

static void run_push_backoff(struct line *line)
{
	struct nabd_backoff_opts opts = NABD_BACKOFF_INIT;
	size_t len = data(line->word[2], bytes, sizeof(bytes));

	opts.retries = (uint32_t)number(line->word[3]);
	opts.cap_ns = opts.base_ns;
	say(nabd_push_backoff(handle_find(line->word[1]), bytes, len, &opts));
}

/* reserve and reserve_wait */
static void run_reserve(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	size_t len = (size_t)number(line->word[2]);
	void *slot;
	int err = line->words == 4 ? nabd_reserve_wait(v->q, len, &slot, number(line->word[3])) :
				     nabd_reserve(v->q, len, &slot);

	if (err == NABD_OK) {
		v->slots[0] = slot;
		v->reserved = 1;
		v->len = len;
	}
	say(err);
}

/* The end of a reservation, if that was no error: its slots are void. */
static void say_end(struct var *v, int err)
{
	if (err == NABD_OK)
		v->reserved = 0;
	say(err);
}

static void run_commit(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	size_t len = data(line->word[2], bytes, sizeof(bytes));

	if (v->reserved == 1)
		memcpy(v->slots[0], bytes, len < v->len ? len : v->len);
	say_end(v, nabd_commit(v->q, len));
}

static void run_abort(struct line *line)
{
	struct var *v = var_find(line->word[1]);

	say_end(v, nabd_abort(v->q));
}

/* reserve_batch and reserve_batch_wait */
static void run_reserve_batch(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	size_t len = (size_t)number(line->word[2]), n = (size_t)number(line->word[3]), got;
	void *slots[MAX_BATCH];
	int err;

	if (n > MAX_BATCH)
		fail("too many", line->word[3]);
	err = line->words == 5 ?
		      nabd_reserve_batch_wait(v->q, len, slots, n, &got, number(line->word[4])) :
		      nabd_reserve_batch(v->q, len, slots, n, &got);
	if (err == NABD_OK) {
		memcpy(v->slots, slots, sizeof(slots[0]) * got);
		v->reserved = got;
		v->len = len;
	}
	say_number(err, (int64_t)got);
}

static void run_commit_batch(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	uint32_t lens[MAX_BATCH];
	size_t n = list(line->word[2], bytes, MAX_DATA, lens), i;

	for (i = 0; i < n && i < v->reserved; i++)
		memcpy(v->slots[i], bytes + i * MAX_DATA, lens[i] < v->len ? lens[i] : v->len);
	say_end(v, nabd_commit_batch(v->q, lens, n));
}

static void run_push_batch(struct line *line)
{
	uint32_t lens[MAX_BATCH];
	size_t n = list(line->word[2], bytes, 0, lens), sent;
	int err = nabd_push_batch(handle_find(line->word[1]), bytes, lens, n, &sent);

	say_number(err, (int64_t)sent);
}

static void run_push_batch_wait(struct line *line)
{
	uint32_t lens[MAX_BATCH];
	size_t n = list(line->word[2], bytes, 0, lens), sent = 0;

	begin(nabd_push_batch_wait(handle_find(line->word[1]), bytes, lens, n, &sent,
				   number(line->word[3])));
	printf(" %zu\n", sent);
}

const struct command send_commands[] = {
	{ "open", 5, 9, run_open },
	{ "close", 1, 1, run_close },
	{ "unlink", 1, 1, run_unlink },
	{ "push", 2, 2, run_push },
	{ "push_wait", 3, 3, run_push_wait },
	{ "push_backoff", 3, 3, run_push_backoff },
	{ "reserve", 2, 2, run_reserve },
	{ "reserve_wait", 3, 3, run_reserve },
	{ "commit", 2, 2, run_commit },
	{ "abort", 1, 1, run_abort },
	{ "reserve_batch", 3, 3, run_reserve_batch },
	{ "reserve_batch_wait", 4, 4, run_reserve_batch },
	{ "commit_batch", 2, 2, run_commit_batch },
	{ "push_batch", 2, 2, run_push_batch },
	{ "push_batch_wait", 3, 3, run_push_batch_wait },
	{ NULL, 0, 0, NULL },
};
