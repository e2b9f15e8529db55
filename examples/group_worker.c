/* SPDX-License-Identifier: MIT */
/*
 * group_worker.c - workers that share the jobs of a queue, and outlive each other.
 *
 *	group_worker show [QUEUE [WORKERS [JOBS]]]
 *	group_worker work QUEUE [MS]
 *	group_worker send QUEUE [JOBS]
 *
 * show starts WORKERS processes (3) of one group, sends them JOBS jobs (12), and lets
 * one of them be killed in the midst of a job: another does it again.
 *
 * By hand: start work on the same queue in several terminals, send jobs from another,
 * and try kill -9 on a worker while it is busy; a job takes MS milliseconds (500). A
 * worker ends at ctrl-C. The queue stays: remove it from /dev/shm when you are done.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nabd/nabd.h>

#include "demo.h"

#define GROUP       1u /* the number on which all workers agree */
#define MAX_WORKERS 16 /* as many as a group has places: NABD_MAX_MEMBERS */
#define DEADLY      3u /* sequence of the job that kills its worker, in show */

static int complain(const char *what, int err)
{
	fprintf(stderr, "group_worker: %s: %s\n", what, nabd_strerror(err));
	return 1;
}

static void say(const char *did, const struct nabd_msg *msg)
{
	printf("worker %ld %s %.*s", (long)getpid(), did, (int)msg->len, (const char *)msg->data);
	if (msg->flags & NABD_MSG_REDELIVERED)
		printf(" (delivery %u)", msg->deliveries);
	printf("\n");
	fflush(stdout); /* before somebody kills us */
}

/* Stands for work that takes a while, and may end badly. */
static void do_job(const struct nabd_msg *msg, long ms, int mortal)
{
	const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	say("begins", msg);
	nanosleep(&t, NULL);
	if (mortal && msg->sequence == DEADLY && msg->deliveries == 1) {
		say("is killed in the midst of", msg);
		raise(SIGKILL);
	}
	say("has done", msg);
}

/* Take jobs until told to end, or the group ends. */
static int work(nabd_consumer_t *c, long ms, int mortal)
{
	struct wait w = { 0 };
	struct nabd_msg msg;
	int err = NABD_OK;

	while (!interrupted && (err == NABD_OK || err == NABD_EMPTY)) {
		err = nabd_consumer_peek_msg(c, &msg);
		if (err == NABD_EMPTY)
			(void)wait_more(&w);
		if (err != NABD_OK)
			continue;
		do_job(&msg, ms, mortal);
		/* Only now is it done: who dies before this has it done by another. */
		err = nabd_consumer_release(c);
		w = (struct wait){ 0 };
	}
	return err == NABD_EMPTY ? NABD_OK : err;
}

static int be_worker(const char *name, long ms, int mortal)
{
	nabd_t *q = NULL;
	nabd_consumer_t *c = NULL;
	int err;

	catch_signals();
	err = nabd_open_opts(name, 64, 64, NABD_CREATE | NABD_CONSUMER, NULL, &q);
	if (err == NABD_OK)
		err = nabd_consumer_join_opts(q, GROUP, NULL, &c);
	if (err == NABD_OK)
		err = work(c, ms, mortal);
	nabd_consumer_close(c);
	nabd_close(q);
	return err == NABD_OK ? 0 : complain(name, err);
}

static int send_jobs(nabd_t *q, long jobs)
{
	int err = NABD_OK;

	for (long i = 0; i < jobs && err == NABD_OK && !interrupted; i++) {
		struct wait w = { 0 };
		char job[32];
		int len = snprintf(job, sizeof(job), "job %ld", i);

		while ((err = nabd_push(q, job, (size_t)len)) == NABD_FULL && wait_more(&w))
			;
	}
	return err;
}

static int be_sender(const char *name, long jobs)
{
	nabd_t *q = NULL;
	int err;

	catch_signals();
	err = nabd_open_opts(name, 64, 64, NABD_CREATE | NABD_PRODUCER, NULL, &q);
	if (err == NABD_OK)
		err = send_jobs(q, jobs);
	nabd_close(q);
	return err == NABD_OK ? 0 : complain(name, err);
}

/* Wait until the group has so many members, or, with 0, until it has done everything. */
static int wait_for_group(nabd_t *q, unsigned members)
{
	struct nabd_group_info info = { .size = sizeof(info) };
	struct wait w = { 0 };
	int err;

	do {
		err = nabd_group_look(q, GROUP, &info);
		if (err == NABD_OK && (members != 0 ? info.members == members : info.lag == 0))
			return NABD_OK;
	} while ((err == NABD_OK || err == NABD_NOTFOUND) && wait_more(&w));
	return err == NABD_OK ? NABD_EMPTY : err;
}

/* A handle is of no use in a child, and neither is a consumer: each opens and joins. */
static int start(nabd_t *q, const char *name, long workers, pid_t *pids)
{
	for (long i = 0; i < workers; i++) {
		fflush(stdout);
		pids[i] = fork();
		if (pids[i] == 0) {
			nabd_close(q);
			exit(be_worker(name, 5, 1));
		}
		if (pids[i] < 0)
			return NABD_SYSTEM;
	}
	return wait_for_group(q, (unsigned)workers);
}

/* End those that live. How many had been killed; -1 if one failed. */
static int stop(long workers, const pid_t *pids)
{
	int killed = 0, failed = 0;

	for (long i = 0; i < workers; i++) {
		int status;

		if (pids[i] <= 0)
			continue;
		kill(pids[i], SIGTERM);
		if (waitpid(pids[i], &status, 0) != pids[i])
			failed = 1;
		else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			killed++;
		else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			failed = 1;
	}
	return failed ? -1 : killed;
}

static int show(const char *name, long workers, long jobs)
{
	pid_t pids[MAX_WORKERS] = { 0 };
	nabd_t *q = NULL;
	int err, killed;

	err = nabd_open_opts(name, 64, 64, NABD_CREATE | NABD_EXCL | NABD_PRODUCER, NULL, &q);
	if (err != NABD_OK)
		return complain(name, err);
	err = start(q, name, workers, pids);
	if (err == NABD_OK)
		err = send_jobs(q, jobs);
	if (err == NABD_OK)
		err = wait_for_group(q, 0);
	killed = stop(workers, pids);
	nabd_close(q);
	nabd_unlink(name);
	if (err != NABD_OK)
		return complain(name, err);
	if (killed < 0)
		return 1;
	printf("%ld jobs done by %ld workers, of which %d died\n", jobs, workers, killed);
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	const char *name = argc > 2 ? argv[2] : "/group_worker";
	long number = argc > 3 ? strtol(argv[3], NULL, 10) : -1;
	long jobs = argc > 4 ? strtol(argv[4], NULL, 10) : 12;

	if (strcmp(mode, "show") == 0 && argc <= 5) {
		number = argc > 3 ? number : 3;
		if (number >= 2 && number <= MAX_WORKERS && jobs >= 0)
			return show(name, number, jobs);
	} else if (strcmp(mode, "work") == 0 && (argc == 3 || (argc == 4 && number >= 0))) {
		return be_worker(name, argc == 4 ? number : 500, 0);
	} else if (strcmp(mode, "send") == 0 && (argc == 3 || (argc == 4 && number >= 0))) {
		return be_sender(name, argc == 4 ? number : 12);
	}
	fprintf(stderr,
		"usage: %s show [QUEUE [WORKERS [JOBS]]] | work QUEUE [MS] | send QUEUE [JOBS]\n",
		argv[0]);
	return 2;
}
