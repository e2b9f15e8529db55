/* SPDX-License-Identifier: MIT */
/*
 * run_restart.c - traffic between processes that end all the time: each serves
 * a few terms, with a handle of its own each, and the next goes on where the
 * queue says. How a term ends varies: closed or not, with a reservation or a
 * peeked message still open.
 */
#define _GNU_SOURCE

#include "run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONGEST_TERM 3000u

/* What those who ended leave for those who follow. */
struct relay {
	_Atomic uint64_t sent;
	_Atomic uint64_t taken;
};

static _Atomic uint64_t *relay_of(struct relay *relay, unsigned flags)
{
	return flags & NABD_PRODUCER ? &relay->sent : &relay->taken;
}

/* Where the queue says that we go on must be where the one before us ended. */
static int resume(const struct run *r, unsigned flags, uint64_t from, nabd_t **q)
{
	struct nabd_stats st = { .size = sizeof(st) };
	int rc = run_open(r, flags, q);
	uint64_t at;

	if (rc != NABD_OK)
		return run_say("nabd_open_opts of a successor", rc);
	rc = nabd_stats(*q, &st);
	if (rc != NABD_OK)
		return run_say("nabd_stats", rc);
	at = flags & NABD_PRODUCER ? st.head : st.position;
	if (at == from)
		return 0;
	fprintf(stderr, "the next %s finds %" PRIu64 ", the last one ended at %" PRIu64 "\n",
		flags & NABD_PRODUCER ? "producer" : "consumer", at, from);
	return -1;
}

/* An end in the middle of something. */
static void leave_open(const struct run *r, nabd_t *q, unsigned flags)
{
	struct nabd_msg m;
	void *slot;

	if (flags & NABD_CONSUMER)
		(void)nabd_peek_msg(q, &m);
	else if (nabd_reserve(q, r->traffic.slot_size, &slot) == NABD_OK)
		memset(slot, 0x5a, r->traffic.slot_size);
}

static int term(const struct run *r, struct relay *relay, unsigned flags, uint64_t *rng)
{
	uint64_t at = atomic_load(relay_of(relay, flags));
	uint64_t until = at + traffic_random(rng) % LONGEST_TERM;
	nabd_t *q;
	int rc = resume(r, flags, at, &q);

	if (until > r->messages)
		until = r->messages;
	if (rc == 0)
		rc = run_side(r, q, flags, &at, until);
	if (rc != 0)
		return rc;
	atomic_store(relay_of(relay, flags), at);
	if (traffic_random(rng) % 2)
		leave_open(r, q, flags);
	if (traffic_random(rng) % 4 == 0)
		_exit(0); /* without closing */
	rc = nabd_close(q);
	return rc == NABD_OK ? 0 : run_say("nabd_close", rc);
}

static int terms(const struct run *r, struct relay *relay, unsigned flags, uint64_t rng)
{
	uint64_t n = traffic_random(&rng) % 4 + 1;
	int rc = 0;

	while (rc == 0 && n-- && atomic_load(relay_of(relay, flags)) < r->messages)
		rc = term(r, relay, flags, &rng);
	return rc;
}

/* One process after the other, until all is done. */
static pid_t start_line(const struct run *r, struct relay *relay, unsigned flags)
{
	uint64_t rng = r->traffic.seed ^ flags;
	pid_t line = fork();

	if (line != 0)
		return line;
	while (atomic_load(relay_of(relay, flags)) < r->messages) {
		uint64_t its_rng = traffic_random(&rng);
		int status = 0;
		pid_t pid = fork();

		if (pid == 0)
			_exit(terms(r, relay, flags, its_rng) == 0 ? 0 : 1);
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
			_exit(1);
	}
	_exit(0);
}

int run_restarts(const struct run *r)
{
	struct relay *relay = mmap(NULL, sizeof(*relay), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[2];
	nabd_t *q;
	int rc;

	if (relay == MAP_FAILED)
		return -1;
	rc = run_open(r, NABD_CREATE | NABD_EXCL, &q);
	if (rc != NABD_OK)
		return run_say("nabd_open_opts", rc);
	pids[0] = start_line(r, relay, NABD_CONSUMER);
	pids[1] = start_line(r, relay, NABD_PRODUCER);
	rc = run_wait(pids);
	if (rc == 0)
		rc = run_check_end(r, q);
	nabd_close(q);
	munmap(relay, sizeof(*relay));
	return rc;
}
