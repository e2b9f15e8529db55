/* SPDX-License-Identifier: MIT */
/*
 * path.c - which calls of nabd/inline.h are made in place, and which by the library, seen
 * by the linker (--wrap); that both say and do the same; and that nobody sleeps through
 * what is sent or freed in place. old.c is the same program, compiled for another layout.
 */
#include "path.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS  4u
#define SIZE   512u
#define ROUNDS 3000u

static atomic_uint by_library;
static char name[64];
static uint8_t data[SIZE], back[SIZE];
static size_t len;
static void *slot;
static const void *seen;

/* What each of the library's calls is replaced with, and what it is. */
int __wrap_nabd_push(nabd_t *q, const void *from, size_t bytes);
int __wrap_nabd_reserve(nabd_t *q, size_t bytes, void **to);
int __wrap_nabd_commit(nabd_t *q, size_t bytes);
int __wrap_nabd_pop(nabd_t *q, void *buf, size_t *bytes);
int __wrap_nabd_peek(nabd_t *q, const void **from, size_t *bytes);
int __wrap_nabd_release(nabd_t *q);
int __real_nabd_push(nabd_t *q, const void *from, size_t bytes);
int __real_nabd_reserve(nabd_t *q, size_t bytes, void **to);
int __real_nabd_commit(nabd_t *q, size_t bytes);
int __real_nabd_pop(nabd_t *q, void *buf, size_t *bytes);
int __real_nabd_peek(nabd_t *q, const void **from, size_t *bytes);
int __real_nabd_release(nabd_t *q);

int __wrap_nabd_push(nabd_t *q, const void *from, size_t bytes)
{
	by_library++;
	return __real_nabd_push(q, from, bytes);
}

int __wrap_nabd_reserve(nabd_t *q, size_t bytes, void **to)
{
	by_library++;
	return __real_nabd_reserve(q, bytes, to);
}

int __wrap_nabd_commit(nabd_t *q, size_t bytes)
{
	by_library++;
	return __real_nabd_commit(q, bytes);
}

int __wrap_nabd_pop(nabd_t *q, void *buf, size_t *bytes)
{
	by_library++;
	return __real_nabd_pop(q, buf, bytes);
}

int __wrap_nabd_peek(nabd_t *q, const void **from, size_t *bytes)
{
	by_library++;
	return __real_nabd_peek(q, from, bytes);
}

int __wrap_nabd_release(nabd_t *q)
{
	by_library++;
	return __real_nabd_release(q);
}

static void check(int line, long got, long want)
{
	if (got == want)
		return;
	fprintf(stderr, "path.c:%d: got %ld, want %ld\n", line, got, want);
	exit(1);
}

#define IS(got, want) check(__LINE__, (long)(got), (long)(want))

/* The call answers that, and so many calls of the library were made for it. */
#define CALLS(n, want, call)                         \
	do {                                         \
		by_library = 0;                      \
		IS(call, want);                      \
		check(__LINE__, (long)by_library, n); \
	} while (0)

#define IN_PLACE(call)         CALLS(INLINED ? 0 : 1, NABD_OK, call)
#define BY_LIBRARY(want, call) CALLS(1, want, call)

static nabd_t *open_queue(unsigned flags, uint32_t align)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	nabd_t *q;

	opts.align = align;
	flags |= NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER;
	IS(nabd_open_opts(name, SLOTS, SIZE, flags, &opts, &q), NABD_OK);
	IS(nabd_unlink(name), NABD_OK);
	return q;
}

static uint64_t bytes_sent(nabd_t *q)
{
	struct nabd_stats stats = {.size = sizeof(stats)};

	IS(nabd_stats(q, &stats), NABD_OK);
	return stats.bytes;
}

/* The first of each side is the library's: it looks at the groups, or joins. */
static nabd_t *begin(unsigned flags, uint32_t align)
{
	nabd_t *q = open_queue(flags, align);

	len = SIZE;
	BY_LIBRARY(NABD_EMPTY, nabd_pop(q, back, &len));
	BY_LIBRARY(NABD_OK, nabd_push(q, data, 1));
	IS(nabd_release(q), NABD_STATE);
	IS(nabd_peek(q, &seen, NULL), NABD_OK);
	IS(nabd_release(q), NABD_OK);
	return q;
}

static void what_is_usual_is_done_in_place(void)
{
	nabd_t *q = begin(0, 0);

	IN_PLACE(nabd_push(q, data, 8));
	IN_PLACE(nabd_reserve(q, 100, &slot));
	memcpy(slot, data, 99);
	IN_PLACE(nabd_commit(q, 99));
	IN_PLACE(nabd_push(q, NULL, 0));
	len = SIZE;
	IN_PLACE(nabd_pop(q, back, &len));
	IS(len, 8);
	IN_PLACE(nabd_peek(q, &seen, &len));
	IS(len, 99);
	IS(memcmp(seen, data, 99), 0);
	IN_PLACE(nabd_release(q));
	len = 0;
	IN_PLACE(nabd_pop(q, NULL, &len));
	IS(bytes_sent(q), 1 + 8 + 99);
	IS(nabd_close(q), NABD_OK);
}

static void what_is_not_is_done_by_the_library(void)
{
	nabd_t *q = begin(0, 0), *other;

	BY_LIBRARY(NABD_INVALID, nabd_push(NULL, data, 1));
	BY_LIBRARY(NABD_INVALID, nabd_reserve(NULL, 1, &slot));
	BY_LIBRARY(NABD_INVALID, nabd_commit(NULL, 1));
	BY_LIBRARY(NABD_INVALID, nabd_pop(NULL, back, &len));
	BY_LIBRARY(NABD_INVALID, nabd_peek(NULL, &seen, &len));
	BY_LIBRARY(NABD_INVALID, nabd_release(NULL));
	BY_LIBRARY(NABD_INVALID, nabd_push(q, NULL, 1));
	BY_LIBRARY(NABD_INVALID, nabd_reserve(q, 1, NULL));
	BY_LIBRARY(NABD_INVALID, nabd_pop(q, back, NULL));
	BY_LIBRARY(NABD_INVALID, nabd_pop(q, NULL, &len));
	BY_LIBRARY(NABD_INVALID, nabd_peek(q, NULL, &len));
	BY_LIBRARY(NABD_STATE, nabd_commit(q, 1));
	BY_LIBRARY(NABD_STATE, nabd_release(q));
	BY_LIBRARY(NABD_EMPTY, nabd_peek(q, &seen, &len));
	BY_LIBRARY(NABD_EMPTY, nabd_pop(q, back, &len));
	BY_LIBRARY(NABD_TOOBIG, nabd_push(q, data, SIZE + 1));
	BY_LIBRARY(NABD_TOOBIG, nabd_reserve(q, (SIZE_MAX >> 1) + 1, &slot));
	IN_PLACE(nabd_reserve(q, 1, &slot));
	BY_LIBRARY(NABD_TOOBIG, nabd_commit(q, 2));
	BY_LIBRARY(NABD_STATE, nabd_push(q, data, 1));
	BY_LIBRARY(NABD_STATE, nabd_reserve(q, 1, &slot));
	IN_PLACE(nabd_commit(q, 1));
	BY_LIBRARY(NABD_OK, nabd_push(q, data, 257));
	IS(nabd_push(q, data, 2), NABD_OK);
	IS(nabd_push(q, data, 2), NABD_OK);
	BY_LIBRARY(NABD_FULL, nabd_push(q, data, 2));
	BY_LIBRARY(NABD_FULL, nabd_reserve(q, 2, &slot));
	len = 0;
	BY_LIBRARY(NABD_BUFFER, nabd_pop(q, back, &len));
	IS(len, 1);
	IN_PLACE(nabd_pop(q, back, &len));
	len = SIZE;
	BY_LIBRARY(NABD_OK, nabd_pop(q, back, &len));
	IS(len, 257);
	IN_PLACE(nabd_peek(q, &seen, NULL));
	BY_LIBRARY(NABD_OK, nabd_peek(q, &seen, NULL));
	BY_LIBRARY(NABD_STATE, nabd_pop(q, back, &len));
	IN_PLACE(nabd_release(q));
	IS(nabd_open_opts(name, 0, 0, NABD_CREATE | NABD_OBSERVE, NULL, &other), NABD_INVALID);
	IS(nabd_open_opts(name, 1, 8, NABD_CREATE, NULL, &other), NABD_OK);
	IS(nabd_unlink(name), NABD_OK);
	BY_LIBRARY(NABD_ROLE, nabd_push(other, data, 1));
	BY_LIBRARY(NABD_ROLE, nabd_peek(other, &seen, &len));
	IS(nabd_close(other), NABD_OK);
	IS(nabd_close(q), NABD_OK);
}

static void a_child_may_not(void)
{
	nabd_t *q = begin(0, 0);
	int status;
	pid_t child;

	IN_PLACE(nabd_push(q, data, 1));
	child = fork();
	IS(child >= 0, 1);
	if (child == 0) {
		BY_LIBRARY(NABD_FORKED, nabd_push(q, data, 1));
		BY_LIBRARY(NABD_FORKED, nabd_reserve(q, 1, &slot));
		BY_LIBRARY(NABD_FORKED, nabd_commit(q, 1));
		BY_LIBRARY(NABD_FORKED, nabd_pop(q, back, &len));
		BY_LIBRARY(NABD_FORKED, nabd_peek(q, &seen, &len));
		BY_LIBRARY(NABD_FORKED, nabd_release(q));
		_exit(0);
	}
	IS(waitpid(child, &status, 0), child);
	IS(status, 0);
	len = SIZE;
	IN_PLACE(nabd_pop(q, back, &len));
	IS(nabd_close(q), NABD_OK);
}

/* Queues of other kinds are served, all of it by the library but what is the same. */
static void other_kinds(void)
{
	nabd_t *q = begin(NABD_TIMESTAMPS, 0);

	for (unsigned i = 0; i < 3 * SLOTS; i++) {
		BY_LIBRARY(NABD_OK, nabd_push(q, data, 8));
		len = SIZE;
		BY_LIBRARY(NABD_OK, nabd_pop(q, back, &len));
	}
	IS(nabd_close(q), NABD_OK);
	q = open_queue(NABD_OVERWRITE, 0);
	len = SIZE;
	BY_LIBRARY(NABD_EMPTY, nabd_pop(q, back, &len));
	for (unsigned i = 0; i < 3 * SLOTS; i++) {
		data[0] = (uint8_t)i;
		IS(nabd_push(q, data, 1), NABD_OK);
	}
	BY_LIBRARY(NABD_LAPPED, nabd_pop(q, back, &len));
	for (unsigned i = 2 * SLOTS; i < 3 * SLOTS; i++) {
		len = SIZE;
		BY_LIBRARY(NABD_OK, nabd_pop(q, back, &len));
		IS(back[0], i);
	}
	IS(nabd_close(q), NABD_OK);
}

/* Each length, in slots that are aligned to 8 and more, from one path to the other. */
static void each_length(uint32_t align)
{
	nabd_t *q = begin(0, align);
	uint64_t bytes = bytes_sent(q);

	for (size_t n = 0; n <= 300; n++)
		for (unsigned way = 0; way < 4; way++) {
			for (size_t i = 0; i < n; i++)
				data[i] = (uint8_t)(n + 3 * i + way);
			IS(way & 1 ? nabd_push(q, data, n) : (nabd_push)(q, data, n), NABD_OK);
			memset(back, 0xa5, SIZE);
			len = n;
			IS(way & 2 ? nabd_pop(q, back, &len) : (nabd_pop)(q, back, &len), NABD_OK);
			IS(len, n);
			IS(memcmp(back, data, n), 0);
			IS(back[n], 0xa5);
			bytes += n;
			IS(bytes_sent(q), bytes);
		}
	IS(nabd_close(q), NABD_OK);
}

static void the_symbols_are_there(void)
{
	int (*push)(nabd_t *, const void *, size_t) = &nabd_push;
	int (*pop)(nabd_t *, void *, size_t *) = nabd_pop;

	BY_LIBRARY(NABD_INVALID, push(NULL, NULL, 0));
	BY_LIBRARY(NABD_INVALID, pop(NULL, NULL, NULL));
}

/* Sleeps at once, and never looks by itself: who is not woken hangs the test, until alarm(). */
static void sleep_at_once(nabd_t *q)
{
	struct nabd_wait_opts opts = NABD_WAIT_POWER;

	opts.slice_ns = UINT64_C(3600000000000);
	IS(nabd_set_wait(q, &opts), NABD_OK);
}

static void *receives(void *arg)
{
	nabd_t *q = arg;

	for (unsigned i = 0; i < ROUNDS; i++) {
		uint32_t got[2];
		size_t n = sizeof(got);
		int rc = i & 1 ? nabd_pop(q, got, &n) : nabd_peek(q, &seen, &n);

		if (rc == NABD_EMPTY)
			rc = i & 1 ? nabd_pop_wait(q, got, &n, -1)
				   : nabd_peek_wait(q, &seen, &n, -1);
		IS(rc, NABD_OK);
		if ((i & 1) == 0) {
			memcpy(got, seen, n);
			IS(nabd_release(q), NABD_OK);
		}
		IS(n, sizeof(*got));
		IS(got[0], i);
	}
	return NULL;
}

static void nobody_sleeps_through_it(size_t slots)
{
	pthread_t thread;
	nabd_t *from, *to;

	IS(nabd_open_opts(name, slots, 8, NABD_CREATE | NABD_EXCL | NABD_PRODUCER, NULL, &from),
	   NABD_OK);
	IS(nabd_open_opts(name, 0, 0, NABD_CONSUMER, NULL, &to), NABD_OK);
	IS(nabd_unlink(name), NABD_OK);
	IS(nabd_peek(to, &seen, NULL), NABD_EMPTY);
	sleep_at_once(from);
	sleep_at_once(to);
	IS(pthread_create(&thread, NULL, receives, to), 0);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		int rc = i % 3 != 0 ? nabd_push(from, &i, sizeof(i))
				    : nabd_reserve(from, sizeof(i), &slot);

		if (rc == NABD_FULL)
			rc = i % 3 != 0 ? nabd_push_wait(from, &i, sizeof(i), -1)
					: nabd_reserve_wait(from, sizeof(i), &slot, -1);
		IS(rc, NABD_OK);
		if (i % 3 == 0) {
			memcpy(slot, &i, sizeof(i));
			IS(nabd_commit(from, sizeof(i)), NABD_OK);
		}
	}
	IS(pthread_join(thread, NULL), 0);
	IS(bytes_sent(from), ROUNDS * sizeof(uint32_t));
	IS(nabd_close(from), NABD_OK);
	IS(nabd_close(to), NABD_OK);
}

int main(void)
{
	alarm(120);
	snprintf(name, sizeof(name), "nabd-inline-path-%ld", (long)getpid());
	for (size_t i = 0; i < SIZE; i++)
		data[i] = (uint8_t)(i * 7 + 1);
	what_is_usual_is_done_in_place();
	what_is_not_is_done_by_the_library();
	a_child_may_not();
	other_kinds();
	each_length(8);
	each_length(16);
	the_symbols_are_there();
	nobody_sleeps_through_it(1);
	nobody_sleeps_through_it(8);
	return 0;
}
