/* SPDX-License-Identifier: MIT */
/*
 * bench.c - what a message costs in one process, in C: the bench of the other languages is
 * divided by it. ../README.md has the modes and the line that is printed.
 *
 *	bench copy|batch|place|place-batch SIZE COUNT
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <nabd/nabd.h>

#define SLOTS 1024
#define ROUND 512 /* messages in, and then out */
#define BATCH 64

static nabd_t *q;
static size_t size;
static unsigned char *buf; /* BATCH messages */
static uint64_t seen;      /* so that no read is left out by the compiler */

static void must(int err)
{
	if (err == NABD_OK)
		return;
	fprintf(stderr, "bench: %s\n", nabd_strerror(err));
	exit(1);
}

static void first_bytes(const void *message)
{
	uint64_t word;

	memcpy(&word, message, sizeof(word));
	seen += word;
}

static void round_copy(void)
{
	unsigned i;

	for (i = 0; i < ROUND; i++)
		must(nabd_push(q, buf, size));
	for (i = 0; i < ROUND; i++) {
		size_t len = size;

		must(nabd_pop(q, buf, &len));
	}
}

static void round_batch(void)
{
	uint32_t lens[BATCH];
	size_t done, i;

	for (i = 0; i < BATCH; i++)
		lens[i] = (uint32_t)size;
	for (i = 0; i < ROUND; i += done)
		must(nabd_push_batch(q, buf, lens, BATCH, &done));
	for (i = 0; i < ROUND; i += done)
		must(nabd_pop_batch(q, buf, BATCH * size, lens, BATCH, &done));
}

static void round_place(void)
{
	const void *message;
	uint64_t i;
	size_t len;
	void *slot;

	for (i = 0; i < ROUND; i++) {
		must(nabd_reserve(q, size, &slot));
		memcpy(slot, &i, sizeof(i));
		must(nabd_commit(q, size));
	}
	for (i = 0; i < ROUND; i++) {
		must(nabd_peek(q, &message, &len));
		first_bytes(message);
		must(nabd_release(q));
	}
}

static void round_place_batch(void)
{
	struct nabd_msg msgs[BATCH];
	uint32_t lens[BATCH];
	void *slots[BATCH];
	size_t done, i, k;

	for (i = 0; i < BATCH; i++)
		lens[i] = (uint32_t)size;
	for (i = 0; i < ROUND; i += done) {
		must(nabd_reserve_batch(q, size, slots, BATCH, &done));
		for (k = 0; k < done; k++)
			memcpy(slots[k], &i, sizeof(i));
		must(nabd_commit_batch(q, lens, done));
	}
	for (i = 0; i < ROUND; i += done) {
		must(nabd_peek_batch(q, msgs, BATCH, &done));
		for (k = 0; k < done; k++)
			first_bytes(msgs[k].data);
		must(nabd_release_batch(q, done));
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*round)(void);
	} modes[] = {
		{ "copy", round_copy },
		{ "batch", round_batch },
		{ "place", round_place },
		{ "place-batch", round_place_batch },
	};
	uint64_t count, i;
	char name[64];
	double start;
	size_t mode;

	for (mode = 0; argc == 4 && mode < 4 && strcmp(modes[mode].name, argv[1]) != 0; mode++)
		;
	if (argc != 4 || mode == 4 || (size = strtoul(argv[2], NULL, 10)) < 8) {
		fprintf(stderr, "usage: bench copy|batch|place|place-batch SIZE COUNT\n");
		return 2;
	}
	count = strtoull(argv[3], NULL, 10);
	buf = calloc(BATCH, size);
	if (buf == NULL)
		return 1;
	snprintf(name, sizeof(name), "nabd-bench-c-%d", (int)getpid());
	must(nabd_open_opts(name, SLOTS, size, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER, NULL,
			    &q));
	must(nabd_unlink(name));
	modes[mode].round();
	start = now();
	for (i = 0; i < count; i += ROUND)
		modes[mode].round();
	printf("{\"language\": \"c\", \"mode\": \"%s\", \"size\": %zu, \"count\": %" PRIu64
	       ", \"ns\": %.2f}\n",
	       argv[1], size, count, (now() - start) / (double)count);
	must(nabd_close(q));
	free(buf);
	return seen == 1 ? 3 : 0;
}
