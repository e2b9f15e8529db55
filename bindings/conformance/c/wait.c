/* SPDX-License-Identifier: MIT */
/* wait.c - commands of waiting, of descriptors and of backpressure. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

static void run_set_wait(struct line *line)
{
	static const struct nabd_wait_opts balanced = NABD_WAIT_BALANCED;
	static const struct nabd_wait_opts latency = NABD_WAIT_LATENCY;
	static const struct nabd_wait_opts power = NABD_WAIT_POWER;
	struct var *v = var_find(line->word[1]);
	struct nabd_wait_opts opts;
	int i;

	if (strcmp(line->word[2], "balanced") == 0)
		opts = balanced;
	else if (strcmp(line->word[2], "latency") == 0)
		opts = latency;
	else if (strcmp(line->word[2], "power") == 0)
		opts = power;
	else
		fail("unknown way to wait", line->word[2]);
	for (i = 3; i < line->words; i++)
		opts.flags |= strcmp(line->word[i], "unlink") == 0 ? NABD_WAIT_UNLINK :
								     NABD_WAIT_PRODUCER;
	say(v->is_consumer ? nabd_consumer_set_wait(v->c, &opts) : nabd_set_wait(v->q, &opts));
}

static void run_wake(struct line *line)
{
	struct var *v = var_find(line->word[1]);

	say(v->is_consumer ? nabd_consumer_wake(v->c) : nabd_wake(v->q));
}

static void run_fd(struct line *line)
{
	struct var *v = var_find(line->word[1]);
	int fd = v->is_consumer ? nabd_consumer_fd(v->c) : nabd_fd(v->q);

	if (fd >= 0)
		v->fd = fd;
	say(fd < 0 ? fd : NABD_OK);
}

static void run_arm(struct line *line)
{
	struct var *v = var_find(line->word[1]);

	say_answer(v->is_consumer ? nabd_consumer_arm(v->c) : nabd_arm(v->q));
}

static void run_readable(struct line *line)
{
	struct pollfd fd = { .fd = var_find(line->word[1])->fd, .events = POLLIN };

	if (fd.fd < 0)
		fail("no fd was asked for", line->word[1]);
	say_answer(poll(&fd, 1, 0) == 1);
}

static void run_wait_any(struct line *line)
{
	struct nabd_wait_item items[MAX_WORDS];
	size_t n = (size_t)line->words - 2, i;
	int err;

	memset(items, 0, sizeof(items));
	for (i = 0; i < n; i++) {
		struct var *v = var_find(line->word[i + 2]);

		items[i].q = v->is_consumer ? NULL : v->q;
		items[i].consumer = v->is_consumer ? v->c : NULL;
	}
	err = nabd_wait_any(items, n, number(line->word[1]));
	begin(err < 0 ? err : NABD_OK);
	for (i = 0; err >= 0 && i < n; i++) {
		printf(" %s:", line->word[i + 2]);
		if (items[i].result < 0)
			printf("%s", name_of(items[i].result));
		else
			printf("%d", items[i].result);
	}
	end();
}

static void on_high(nabd_t *q, void *arg)
{
	(void)q;
	(void)arg;
	puts("= on_high");
}

static void on_low(nabd_t *q, void *arg)
{
	(void)q;
	(void)arg;
	puts("= on_low");
}

static void on_full(nabd_t *q, void *arg)
{
	(void)q;
	(void)arg;
	puts("= on_full");
}

static void run_backpressure(struct line *line)
{
	struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT;
	nabd_t *q = handle_find(line->word[1]);

	if (line->words == 3) {
		if (strcmp(line->word[2], "none") != 0)
			fail("high and low, or none", line->word[2]);
		say(nabd_set_backpressure(q, NULL));
		return;
	}
	bp.high = (uint32_t)number(line->word[2]);
	bp.low = (uint32_t)number(line->word[3]);
	bp.on_high = on_high;
	bp.on_low = on_low;
	bp.on_full = on_full;
	say(nabd_set_backpressure(q, &bp));
}

static void run_pressured(struct line *line)
{
	say_answer(nabd_is_pressured(handle_find(line->word[1])));
}

static void run_backoff(struct line *line)
{
	struct nabd_backoff_opts opts = NABD_BACKOFF_INIT;
	nabd_backoff_t backoff;
	unsigned tries = 0;
	int err;

	opts.retries = (uint32_t)number(line->word[1]);
	opts.cap_ns = opts.base_ns;
	err = nabd_backoff_begin(&backoff, &opts);
	while (err == NABD_OK) {
		err = nabd_backoff_wait(&backoff);
		tries += err == NABD_OK;
	}
	begin(err);
	printf(" %u\n", tries);
}

const struct command wait_commands[] = {
	{ "set_wait", 2, 4, run_set_wait },
	{ "wake", 1, 1, run_wake },
	{ "fd", 1, 1, run_fd },
	{ "arm", 1, 1, run_arm },
	{ "readable", 1, 1, run_readable },
	{ "wait_any", 2, MAX_WORDS, run_wait_any },
	{ "backpressure", 2, 3, run_backpressure },
	{ "pressured", 1, 1, run_pressured },
	{ "backoff", 1, 1, run_backoff },
	{ NULL, 0, 0, NULL },
};
