/* SPDX-License-Identifier: MIT */
/*
 * waits.h - those who wait, for the tests: threads and processes that are seen to be
 * asleep before the test goes on, and every call that waits, as tables.
 *
 * Who sleeps does so for ever, unless the test says otherwise: one that is not woken
 * hangs the test, and no slice rescues it.
 */
#ifndef WAITS_H
#define WAITS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "calls.h"
#include "groups.h"

#define FOR_EVER ((int64_t)-1)
#define SHORT_NS ((int64_t)2000000)

/*
 * The calls that wait. What is got is committed or released at once, so that only one
 * answer is left: that of the wait, or of what came after it.
 */
struct wait_call {
	int (*run)(nabd_t *q, int64_t timeout_ns); /* right for a queue of 64 byte slots */
	const char *name;
	enum side side;
};

struct member_wait {
	int (*run)(nabd_consumer_t *c, int64_t timeout_ns);
	const char *name;
};

#define WAIT_CALLS 9
#define MEMBER_WAITS 5
extern const struct wait_call wait_calls[WAIT_CALLS];
extern const struct member_wait member_waits[MEMBER_WAITS];

/* Each of a side, or of a member, must answer this code. */
void all_waits(nabd_t *q, enum side side, int64_t timeout_ns, int code);
void all_member_waits(nabd_consumer_t *c, int64_t timeout_ns, int code);

/* A queue "q" as queue_of() makes it, whose default group reads from the first message on. */
nabd_t *read_queue_of(size_t slots);
nabd_t *reader_of_queue(void); /* another handle that reads it */

/* Sleep at once, and until woken; with these flags and the slices that are usual. */
void sleep_long(nabd_t *q);
void member_sleeps_long(nabd_consumer_t *c);
struct nabd_wait_opts with_slices(uint32_t flags);

/* A thread that makes one call. It is asleep when the first two return. */
struct sleeper {
	pthread_t thread;
	int (*run)(nabd_t *q, int64_t timeout_ns);
	int (*member_run)(nabd_consumer_t *c, int64_t timeout_ns);
	nabd_t *q;
	nabd_consumer_t *c;
	int code;
	atomic_int tid;
	atomic_bool done;
};

void sleeps_in(struct sleeper *s, int (*run)(nabd_t *q, int64_t timeout_ns), nabd_t *q);
void member_sleeps_in(struct sleeper *s, int (*run)(nabd_consumer_t *c, int64_t timeout_ns),
		      nabd_consumer_t *c);
void runs_in(struct sleeper *s, int (*run)(nabd_t *q, int64_t timeout_ns), nabd_t *q);
void member_runs_in(struct sleeper *s, int (*run)(nabd_consumer_t *c, int64_t timeout_ns),
		    nabd_consumer_t *c); /* these do not wait for it to sleep */
void still_sleeps(struct sleeper *s);
void ends_with(struct sleeper *s, int code); /* it must have been woken, or this hangs */

/* The forms to take when it does not matter which. */
int pops(nabd_t *q, int64_t timeout_ns);
int pushes(nabd_t *q, int64_t timeout_ns);
int member_pops(nabd_consumer_t *c, int64_t timeout_ns);

/*
 * A process that has the queue "q" open with these flags, and does as it is told: push or
 * pop a message, push_wait or pop_wait for ever, close the handle.
 */
struct peer {
	pid_t pid;
	int to;
	int from;
};

enum job { PUSH = 'p', POP = 'r', PUSH_WAIT = 'P', POP_WAIT = 'R', CLOSE_IT = 'c' };

struct peer peer_with(unsigned flags);
void tell(const struct peer *p, enum job job); /* go on at once */
int answer_of(const struct peer *p);
int peer_does(const struct peer *p, enum job job);
void peer_sleeps(const struct peer *p);
void peer_ends(const struct peer *p);
void peer_killed(const struct peer *p);

/* How many descriptors this process has. */
int descriptors(void);

#endif
