/* SPDX-License-Identifier: MIT */
/*
 * One call after the other in one process, for a count of instructions: time is noise on
 * a busy machine, this is not. instructions.sh runs it under callgrind.
 *
 *	nabd-calls receive default|member SIZE WAITING   WAITING messages lie ready
 *	nabd-calls place default|member SIZE WAITING     the same in place
 *	nabd-calls batch default|member SIZE WAITING     the same by batches, sent so too
 *	nabd-calls both library|inline SIZE ROUNDS      one after the other through the queue,
 *	    copied and in place, by the library's calls or those of nabd/inline.h
 *	nabd-calls push FILL GROUPS SLOW                 a ring of 64 slots with FILL in use:
 *	    GROUPS groups are there, of which SLOW are furthest behind and go on by one
 *	    message each time, and the others have read all
 */
#include "bench.h"
#include "calls_inline.h"

#include <nabd/nabd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 64u
#define SLOTS  64u

static nabd_t *queue;
static nabd_consumer_t *consumer[MAX_ENDS];
static unsigned char message[BATCH_SIZE];
static unsigned char messages[BATCH * BATCH_SIZE];

static void must(int r, const char *call)
{
	if (r == NABD_OK)
		return;
	fprintf(stderr, "nabd-calls: %s: %s\n", call, nabd_strerror(r));
	exit(1);
}

static void open_queue(uint32_t slots, uint32_t size)
{
	char name[64];

	snprintf(name, sizeof(name), "nabd-calls-%ld", (long)getpid());
	must(nabd_open_opts(name, slots, size,
			    NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER, NULL, &queue),
	     "nabd_open_opts");
	must(nabd_unlink(name), "nabd_unlink");
}

static void pop(int member)
{
	size_t len = sizeof(message);

	if (member)
		must(nabd_consumer_pop(consumer[0], message, &len), "nabd_consumer_pop");
	else
		must(nabd_pop(queue, message, &len), "nabd_pop");
}

static void peek(int member)
{
	const void *data;
	size_t len;

	if (member) {
		must(nabd_consumer_peek(consumer[0], &data, &len), "nabd_consumer_peek");
		must(nabd_consumer_release(consumer[0]), "nabd_consumer_release");
	} else {
		must(nabd_peek(queue, &data, &len), "nabd_peek");
		must(nabd_release(queue), "nabd_release");
	}
}

static uint32_t pop_batch(int member)
{
	static unsigned char buf[BATCH * BATCH_SIZE];
	uint32_t lens[BATCH];
	size_t got;

	if (member)
		must(nabd_consumer_pop_batch(consumer[0], buf, sizeof(buf), lens, BATCH, &got),
		     "nabd_consumer_pop_batch");
	else
		must(nabd_pop_batch(queue, buf, sizeof(buf), lens, BATCH, &got), "nabd_pop_batch");
	return (uint32_t)got;
}

static void push_batches(uint32_t size, uint32_t n)
{
	uint32_t lens[BATCH];
	size_t sent;

	for (uint32_t i = 0; i < BATCH; i++)
		lens[i] = size;
	for (; n > 0; n -= (uint32_t)sent)
		must(nabd_push_batch(queue, messages, lens, n < BATCH ? n : BATCH, &sent),
		     "nabd_push_batch");
}

static void receive(const char *how, int member, uint32_t size, uint32_t waiting)
{
	uint32_t round, i, n;

	for (round = 0; round < ROUNDS; round++) {
		if (!strcmp(how, "batch"))
			push_batches(size, waiting);
		else
			for (i = 0; i < waiting; i++)
				must(nabd_push(queue, message, size), "nabd_push");
		for (n = 0; n < waiting;) {
			if (!strcmp(how, "batch")) {
				n += pop_batch(member);
				continue;
			}
			n++;
			if (!strcmp(how, "place"))
				peek(member);
			else
				pop(member);
		}
	}
}

static void both(uint32_t size, uint32_t rounds)
{
	const void *data;
	void *slot;
	size_t len;

	for (uint32_t i = 0; i < rounds; i++) {
		must(nabd_push(queue, message, size), "nabd_push");
		len = sizeof(message);
		must(nabd_pop(queue, message, &len), "nabd_pop");
		must(nabd_reserve(queue, size, &slot), "nabd_reserve");
		must(nabd_commit(queue, size), "nabd_commit");
		must(nabd_peek(queue, &data, &len), "nabd_peek");
		must(nabd_release(queue), "nabd_release");
	}
}

static void both_inline(uint32_t size, uint32_t rounds)
{
	const void *data;
	void *slot;
	size_t len;

	for (uint32_t i = 0; i < rounds; i++) {
		must(inlined_push(queue, message, size), "nabd_push");
		len = sizeof(message);
		must(inlined_pop(queue, message, &len), "nabd_pop");
		must(inlined_reserve(queue, size, &slot), "nabd_reserve");
		must(inlined_commit(queue, size), "nabd_commit");
		must(inlined_peek(queue, &data, &len), "nabd_peek");
		must(inlined_release(queue), "nabd_release");
	}
}

static void advance(nabd_consumer_t *c)
{
	size_t len = sizeof(message);

	must(nabd_consumer_pop(c, message, &len), "nabd_consumer_pop");
}

/* So many are in use while a push is counted. */
static void push(uint32_t fill, uint32_t groups, uint32_t slow)
{
	uint32_t i, k;

	for (k = 0; k < groups; k++)
		must(nabd_consumer_join_opts(queue, k + 1, NULL, &consumer[k]), "join");
	for (i = 0; i < fill + ROUNDS * SLOTS; i++) {
		must(nabd_push(queue, message, 8), "nabd_push");
		for (k = 0; k < groups; k++) {
			if (k >= slow || i >= fill)
				advance(consumer[k]);
		}
	}
}

int main(int argc, char **argv)
{
	const void *data;

	if (argc == 5 && !strcmp(argv[1], "push")) {
		open_queue(SLOTS, 8);
		push((uint32_t)atoi(argv[2]), (uint32_t)atoi(argv[3]), (uint32_t)atoi(argv[4]));
	} else if (argc == 5 && !strcmp(argv[1], "both")) {
		void (*const run)(uint32_t size, uint32_t n) =
			!strcmp(argv[2], "inline") ? both_inline : both;

		open_queue(1024, (uint32_t)atoi(argv[3]));
		(void)nabd_peek(queue, &data, NULL);
		run((uint32_t)atoi(argv[3]), (uint32_t)atoi(argv[4]));
	} else if (argc == 5) {
		const int member = !strcmp(argv[2], "member");

		open_queue(1024, (uint32_t)atoi(argv[3]));
		if (member)
			must(nabd_consumer_join_opts(queue, 1, NULL, &consumer[0]), "join");
		else
			(void)nabd_peek(queue, &data, NULL);
		receive(argv[1], member, (uint32_t)atoi(argv[3]), (uint32_t)atoi(argv[4]));
	} else {
		fputs("nabd-calls: see its first comment\n", stderr);
		return 2;
	}
	return 0;
}
