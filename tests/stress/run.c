/* SPDX-License-Identifier: MIT */
/* run.c - traffic through one queue, between two processes or two threads. */
#define _GNU_SOURCE

#include "run.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int run_open(const struct run *r, unsigned flags, nabd_t **q)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.dir = r->dir;
	opts.align = r->traffic.align;
	return nabd_open_opts(r->name, r->slots, r->traffic.slot_size, flags, &opts, q);
}

int run_say(const char *what, int rc)
{
	const char *name = nabd_error_name(rc);

	fprintf(stderr, "%s: %s (%d)\n", what, name ? name : "?", rc);
	return -1;
}

int run_side(const struct run *r, nabd_t *q, unsigned flags, uint64_t *at, uint64_t until)
{
	struct traffic_side s;
	int rc = 0;

	if (traffic_side_init(&s, &r->traffic, q, r->traffic.seed ^ *at ^ flags) != 0)
		return -1;
	s.seq = *at;
	s.end = until;
	while (rc == 0 && s.seq < until) {
		switch (flags & NABD_PRODUCER ? traffic_send(&s) : traffic_receive(&s)) {
		case TRAFFIC_MOVED:
			break;
		case TRAFFIC_IDLE:
			rc = traffic_wait(&s);
			break;
		case TRAFFIC_FAILED:
			rc = -1;
		}
	}
	*at = s.seq;
	traffic_side_free(&s);
	return rc;
}

int run_check_end(const struct run *r, nabd_t *q)
{
	struct nabd_stats st = { .size = sizeof(st) };
	int rc = nabd_stats(q, &st);

	if (rc != NABD_OK)
		return run_say("nabd_stats", rc);
	if (st.head != r->messages || st.position != r->messages) {
		fprintf(stderr, "head %" PRIu64 ", position %" PRIu64 ", sent %" PRIu64 "\n", st.head,
			st.position, r->messages);
		return -1;
	}
	if (nabd_empty(q) != 1 || nabd_full(q) != 0 || nabd_fill_level(q) != 0)
		return run_say("the drained queue is not empty", nabd_fill_level(q));
	return 0;
}

/* The whole of one side, on a handle of its own. */
static int whole_side(const struct run *r, unsigned flags)
{
	uint64_t at = 0;
	nabd_t *q;
	int rc = run_open(r, flags, &q);

	if (rc != NABD_OK)
		return run_say("nabd_open_opts", rc);
	rc = run_side(r, q, flags, &at, r->messages);
	if (rc != 0)
		return rc;
	rc = nabd_close(q);
	return rc == NABD_OK ? 0 : run_say("nabd_close", rc);
}

pid_t run_start(const struct run *r, unsigned flags)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(whole_side(r, flags) == 0 ? 0 : 1);
	return pid;
}

int run_wait(pid_t pids[2])
{
	int rc = pids[0] > 0 && pids[1] > 0 ? 0 : -1;

	for (int i = 0; i < 2; i++) {
		int status = -1;
		pid_t pid = pids[0] > 0 && pids[1] > 0 ? waitpid(-1, &status, 0)
						       : waitpid(pids[pids[0] <= 0], &status, 0);

		if (pid > 0)
			pids[pid == pids[1]] = 0;
		if (status != 0)
			rc = -1;
		for (int k = 0; rc != 0 && k < 2; k++)
			if (pids[k] > 0)
				kill(pids[k], SIGKILL);
	}
	return rc;
}

int run_processes(const struct run *r)
{
	pid_t pids[2];
	nabd_t *q;
	int rc = run_open(r, NABD_CREATE | NABD_EXCL, &q);

	if (rc != NABD_OK)
		return run_say("nabd_open_opts", rc);
	pids[0] = run_start(r, NABD_CONSUMER);
	pids[1] = run_start(r, NABD_PRODUCER);
	rc = run_wait(pids);
	if (rc == 0)
		rc = run_check_end(r, q);
	nabd_close(q);
	return rc;
}

struct thread_arg {
	const struct run *r;
	nabd_t *q;
};

static void *sender_thread(void *p)
{
	const struct thread_arg *a = p;
	uint64_t at = 0;

	/* The receiver would wait for ever, and reports nothing that we do not. */
	if (run_side(a->r, a->q, NABD_PRODUCER, &at, a->r->messages) != 0)
		_exit(1);
	return NULL;
}

/* One handle, so that both threads use one mapping: race detectors need that. */
int run_threads(const struct run *r)
{
	struct thread_arg a = { r, NULL };
	pthread_t sender;
	uint64_t at = 0;
	int rc = run_open(r, NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER, &a.q);

	if (rc != NABD_OK)
		return run_say("nabd_open_opts", rc);
	if (pthread_create(&sender, NULL, sender_thread, &a) != 0)
		return -1;
	if (run_side(r, a.q, NABD_CONSUMER, &at, r->messages) != 0)
		return -1; /* the sender may wait for ever; main() ends it with the process */
	pthread_join(sender, NULL);
	rc = run_check_end(r, a.q);
	nabd_close(a.q);
	return rc;
}
