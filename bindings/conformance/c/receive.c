/* SPDX-License-Identifier: MIT */
/* receive.c - commands that receive, by a handle or by a member of a group. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

static unsigned char bytes[MAX_BATCH * MAX_DATA];

/* peek and peek_wait */
static void run_peek(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	struct nabd_msg msg;
	int err;

	if (line->words == 2)
		err = v->is_consumer ? nabd_consumer_peek_msg(v->c, &msg) :
				       nabd_peek_msg(v->q, &msg);
	else if (v->is_consumer)
		err = nabd_consumer_peek_msg_wait(v->c, &msg, number(line->word[2]));
	else
		err = nabd_peek_msg_wait(v->q, &msg, number(line->word[2]));
	if (begin(err)) {
		putchar(' ');
		print_message(&msg);
	}
	end();
}

static void run_release(struct line *line)
{
	struct var *v = var_find(line->word[1]);

	say(v->is_consumer ? nabd_consumer_release(v->c) : nabd_release(v->q));
}

static void say_data(int err, size_t len)
{
	if (begin(err)) {
		putchar(' ');
		print_data(bytes, len);
	} else if (err == NABD_BUFFER) {
		printf(" %zu", len);
	}
	end();
}

/* pop, and pop_into with a size */
static void run_pop(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	size_t len = line->words == 3 ? (size_t)number(line->word[2]) : sizeof(bytes);
	int err = v->is_consumer ? nabd_consumer_pop(v->c, bytes, &len) :
				   nabd_pop(v->q, bytes, &len);

	say_data(err, len);
}

static void run_pop_wait(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	size_t len = sizeof(bytes);
	int64_t ns = number(line->word[2]);
	int err = v->is_consumer ? nabd_consumer_pop_wait(v->c, bytes, &len, ns) :
				   nabd_pop_wait(v->q, bytes, &len, ns);

	say_data(err, len);
}

static size_t batch(const char *word)
{
	int64_t n = number(word);

	if (n < 0 || n > MAX_BATCH)
		fail("too many", word);
	return (size_t)n;
}

/* peek_batch and peek_batch_wait */
static void run_peek_batch(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	size_t max = batch(line->word[2]), got = 0, i;
	struct nabd_msg msgs[MAX_BATCH];
	int err;

	if (line->words == 3)
		err = v->is_consumer ? nabd_consumer_peek_batch(v->c, msgs, max, &got) :
				       nabd_peek_batch(v->q, msgs, max, &got);
	else if (v->is_consumer)
		err = nabd_consumer_peek_batch_wait(v->c, msgs, max, &got, number(line->word[3]));
	else
		err = nabd_peek_batch_wait(v->q, msgs, max, &got, number(line->word[3]));
	begin(err);
	for (i = 0; i < got; i++) {
		putchar(' ');
		print_message(&msgs[i]);
	}
	end();
}

static void run_release_batch(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	size_t n = (size_t)number(line->word[2]);

	say(v->is_consumer ? nabd_consumer_release_batch(v->c, n) : nabd_release_batch(v->q, n));
}

/* pop_batch and pop_batch_wait */
static void run_pop_batch(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	size_t max = batch(line->word[2]), size = sizeof(bytes), got = 0, at = 0, i;
	uint32_t lens[MAX_BATCH];
	int err;

	if (line->words == 3)
		err = v->is_consumer ?
			      nabd_consumer_pop_batch(v->c, bytes, size, lens, max, &got) :
			      nabd_pop_batch(v->q, bytes, size, lens, max, &got);
	else if (v->is_consumer)
		err = nabd_consumer_pop_batch_wait(v->c, bytes, size, lens, max, &got,
						   number(line->word[3]));
	else
		err = nabd_pop_batch_wait(v->q, bytes, size, lens, max, &got,
					  number(line->word[3]));
	begin(err);
	for (i = 0; i < got; i++) {
		putchar(' ');
		print_data(bytes + at, lens[i]);
		at += lens[i];
	}
	end();
}

static void run_lost(struct line *line)
{
	uint64_t gap, total;

	if (begin(nabd_lost(handle_find(line->word[1]), &gap, &total)))
		printf(" gap=%" PRIu64 " total=%" PRIu64, gap, total);
	end();
}

static int dead_letter(const struct nabd_msg *msg, void *arg)
{
	const struct var *v = arg;

	printf("= dead_letter ");
	print_message(msg);
	putchar('\n');
	return v->take ? 0 : 1;
}

static void join_option(char *word, struct nabd_join_opts *opts, struct var *v)
{
	const char *value;

	if (strcmp(word, "oldest") == 0) {
		opts->flags |= NABD_JOIN_OLDEST;
	} else if (strcmp(word, "newest") == 0) {
		opts->flags |= NABD_JOIN_NEWEST;
	} else if ((value = value_of(word, "sequence=")) != NULL) {
		opts->flags |= NABD_JOIN_SEQUENCE;
		opts->sequence = (uint64_t)number(value);
	} else if (strcmp(word, "ephemeral") == 0) {
		opts->flags |= NABD_GROUP_EPHEMERAL;
	} else if ((value = value_of(word, "max_deliveries=")) != NULL) {
		opts->max_deliveries = (uint32_t)number(value);
	} else if ((value = value_of(word, "max_stall_ms=")) != NULL) {
		opts->max_stall_ms = (uint32_t)number(value);
	} else if ((value = value_of(word, "max_lag=")) != NULL) {
		opts->max_lag = (uint64_t)number(value);
	} else if ((value = value_of(word, "dead_letters=")) != NULL) {
		opts->dead_letters = handle_find(value);
	} else if ((value = value_of(word, "dead_letter=")) != NULL) {
		v->take = strcmp(value, "take") == 0;
		opts->dead_letter = dead_letter;
		opts->dead_letter_arg = v;
	} else {
		fail("unknown option", word);
	}
}

static void run_join(struct line *line)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	nabd_t *q = handle_find(line->word[2]);
	struct var *v = var_new(line->word[1]);
	int i;

	v->is_consumer = 1;
	for (i = 4; i < line->words; i++)
		join_option(line->word[i], &opts, v);
	say(nabd_consumer_join_opts(q, (unsigned)number(line->word[3]), &opts, &v->c));
}

static void run_nack(struct line *line)
{
	say(nabd_consumer_nack(var_find(line->word[1])->c));
}

static void run_seek(struct line *line)
{
	const char *where = line->word[2];
	uint64_t sequence, actual = 0;
	int err;

	if (strcmp(where, "oldest") == 0)
		sequence = 0;
	else if (strcmp(where, "newest") == 0)
		sequence = UINT64_MAX;
	else
		sequence = (uint64_t)number(where);
	err = nabd_consumer_seek(var_find(line->word[1])->c, sequence, &actual);
	say_number(err, (int64_t)actual);
}

static void run_drop(struct line *line)
{
	say(nabd_group_drop(handle_find(line->word[1]), (unsigned)number(line->word[2])));
}

const struct command receive_commands[] = {
	{ "peek", 1, 1, run_peek },
	{ "peek_wait", 2, 2, run_peek },
	{ "release", 1, 1, run_release },
	{ "pop", 1, 1, run_pop },
	{ "pop_into", 2, 2, run_pop },
	{ "pop_wait", 2, 2, run_pop_wait },
	{ "peek_batch", 2, 2, run_peek_batch },
	{ "peek_batch_wait", 3, 3, run_peek_batch },
	{ "release_batch", 2, 2, run_release_batch },
	{ "pop_batch", 2, 2, run_pop_batch },
	{ "pop_batch_wait", 3, 3, run_pop_batch },
	{ "lost", 1, 1, run_lost },
	{ "join", 3, 8, run_join },
	{ "nack", 1, 1, run_nack },
	{ "seek", 2, 2, run_seek },
	{ "drop", 2, 2, run_drop },
	{ NULL, 0, 0, NULL },
};
