/* SPDX-License-Identifier: MIT */
/*
 * fork_step.c - while one thread opens a queue and takes its roles, or closes it,
 * another forks: at each system call of the first. The forked child lives on, and
 * must have nothing that keeps a role: it is free when the parent has closed.
 */
#define _GNU_SOURCE

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "fault.h"
#include "step.h"

#define QUEUE "q"
#define BOTH (NABD_PRODUCER | NABD_CONSUMER)
#define FORK_MS 40 /* that we wait for the fork: it may have to wait for the other thread */

static struct {
	pid_t child; /* the forked one, 0: not yet */
} *told;

static int go[2], done[2]; /* pipes to the forking thread and from it */

static void *forker(void *unused)
{
	char c;

	(void)unused;
	if (read(go[0], &c, 1) == 1) {
		pid_t pid = fork();

		if (pid == 0) {
			alarm(300);
			for (;;)
				pause();
		}
		told->child = pid;
	}
	CHECK(write(done[1], "d", 1) == 1);
	return NULL;
}

static nabd_t *open_both(unsigned create)
{
	const void *data;
	nabd_t *q;

	EXPECT(fault_open(QUEUE, 4, FAULT_SLOT_SIZE, create | BOTH, &q), NABD_OK);
	EXPECT(nabd_peek(q, &data, NULL), NABD_EMPTY);
	return q;
}

/* What the first thread does, enclosed in marks. */
static nabd_t *creates(void)
{
	nabd_t *q;

	step_begin();
	q = open_both(NABD_CREATE | NABD_EXCL);
	step_end();
	return q;
}

static nabd_t *attaches(void)
{
	nabd_t *q;

	EXPECT(nabd_close(open_both(NABD_CREATE)), NABD_OK);
	step_begin();
	q = open_both(0);
	step_end();
	return q;
}

static nabd_t *closes(void)
{
	nabd_t *q = open_both(NABD_CREATE);

	step_begin();
	EXPECT(nabd_close(q), NABD_OK);
	step_end();
	return NULL;
}

static const struct {
	const char *name;
	nabd_t *(*run)(void);
} operations[] = { { "create", creates }, { "attach", attaches }, { "close", closes } };

static void victim(void *run)
{
	pthread_t thread;
	nabd_t *q;

	CHECK(pthread_create(&thread, NULL, forker, NULL) == 0);
	q = (*(nabd_t *(**)(void))run)();
	close(go[1]);
	pthread_join(thread, NULL);
	EXPECT(nabd_close(q), NABD_OK);
	/* Seen from the same process, whose mappings and files are its own. */
	EXPECT(nabd_close(fault_take_over(QUEUE, BOTH)), NABD_OK);
	EXPECT(fault_unlink(QUEUE), NABD_OK);
}

/* False: the operation has no call n. */
static bool fork_at(nabd_t *(*run)(void), unsigned n)
{
	struct pollfd forked;
	unsigned i = 0;
	pid_t pid;

	CHECK(pipe2(go, O_CLOEXEC) == 0 && pipe2(done, O_CLOEXEC) == 0);
	told->child = 0;
	pid = step_start(victim, &run);
	close(go[0]);
	close(done[1]);
	while (fail_next(pid) >= 0) {
		if (i++ == n) {
			CHECK(write(go[1], "g", 1) == 1);
			forked = (struct pollfd){ .fd = done[0], .events = POLLIN };
			(void)poll(&forked, 1, FORK_MS);
		}
		fail_let(pid);
	}
	close(go[1]);
	step_finish(pid);
	close(done[0]);
	if (told->child) {
		CHECK(kill(told->child, 0) == 0);
		kill(told->child, SIGKILL);
	}
	return i > n;
}

int main(void)
{
	const char *why_not = step_why_not();

	if (why_not) {
		printf("skipped: %s\n", why_not);
		return 77;
	}
	fault_begin("fork-step");
	told = fault_shared(sizeof(*told));
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		unsigned n = 0;

		while (fork_at(operations[i].run, n)) {
			CHECK(told->child);
			n++;
		}
		CHECK(n);
		printf("%s: forked at each of %u system calls, ok\n", operations[i].name, n);
	}
	return 0;
}
