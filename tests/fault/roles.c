/* SPDX-License-Identifier: MIT */
/*
 * roles.c - a role is free as soon as its holder is dead and never before:
 * killed, paused, outlived by its children, and seen from another PID namespace.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"

#define QUEUE "q"
#define SLOTS 16u
#define TIMES 50 /* each death */

/* What a holder tells us, through a pipe: 'r' for ready, or anything else for a failure. */
struct holder {
	pid_t pid;
	int from; /* to read */
};

static void holder_ready(int to)
{
	CHECK(write(to, "r", 1) == 1);
}

static void await_ready(int from)
{
	char c = 0;

	CHECK(read(from, &c, 1) == 1 && c == 'r');
}

static nabd_t *open_role(unsigned role)
{
	nabd_t *q;

	EXPECT(fault_open(QUEUE, 0, 0, role, &q), NABD_OK);
	if (role & NABD_CONSUMER) {
		struct nabd_msg m;
		size_t got;
		int rc = nabd_peek_batch(q, &m, 1, &got);

		if (rc == NABD_OK)
			EXPECT(nabd_release_batch(q, 0), NABD_OK);
		else
			EXPECT(rc, NABD_EMPTY);
	}
	return q;
}

/* A process that has the role and does as then() says, with its end of the pipe. */
static struct holder start_holder(unsigned role, void (*then)(nabd_t *q, int to))
{
	struct holder h;
	int ends[2];

	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	h.pid = fork();
	CHECK(h.pid >= 0);
	if (h.pid == 0) {
		alarm(300);
		close(ends[0]);
		then(open_role(role), ends[1]);
		_exit(0);
	}
	close(ends[1]);
	h.from = ends[0];
	await_ready(h.from);
	return h;
}

static void stop_holder(struct holder *h)
{
	fault_kill(h->pid);
	close(h->from);
}

static void stay(nabd_t *q, int to)
{
	(void)q;
	holder_ready(to);
	for (;;)
		pause();
}

/* The role is taken: BUSY for everybody else, each time, and seen by nabd_stats(). */
static void check_taken(unsigned role)
{
	struct nabd_stats st = { .size = sizeof(st) };
	const void *data;
	nabd_t *q;

	if (role == NABD_PRODUCER) {
		EXPECT(fault_open(QUEUE, 0, 0, NABD_PRODUCER, &q), NABD_BUSY);
		CHECK(!q);
	} else {
		EXPECT(fault_open(QUEUE, 0, 0, NABD_CONSUMER, &q), NABD_OK);
		EXPECT(nabd_peek(q, &data, NULL), NABD_BUSY);
		EXPECT(nabd_close(q), NABD_OK);
	}
	EXPECT(fault_open(QUEUE, 0, 0, NABD_OBSERVE, &q), NABD_OK);
	EXPECT(nabd_stats(q, &st), NABD_OK);
	CHECK(st.state & (role == NABD_PRODUCER ? NABD_STATE_PRODUCER : NABD_STATE_CONSUMER));
	EXPECT(nabd_close(q), NABD_OK);
}

static void check_free(unsigned role)
{
	EXPECT(nabd_close(fault_take_over(QUEUE, role)), NABD_OK);
}

/* -------------------------------------------------------------------- killed */

static void test_killed(unsigned role)
{
	for (int i = 0; i < TIMES; i++) {
		struct holder h = start_holder(role, stay);

		check_taken(role);
		stop_holder(&h);
		check_free(role);
	}
}

/* -------------------------------------------------------------------- paused */

static void test_paused(unsigned role)
{
	struct holder h = start_holder(role, stay);
	int status;

	CHECK(kill(h.pid, SIGSTOP) == 0);
	CHECK(waitpid(h.pid, &status, WUNTRACED) == h.pid && WIFSTOPPED(status));
	for (int i = 0; i < TIMES; i++)
		check_taken(role);
	CHECK(kill(h.pid, SIGCONT) == 0);
	check_taken(role);
	CHECK(kill(h.pid, SIGSTOP) == 0);
	stop_holder(&h); /* dead without having run again */
	check_free(role);
}

/* -------------------------------------------------------------------- forked */

/* A child that lives on, its parent's handle still in its memory. */
static void fork_and_stay(nabd_t *q, int to)
{
	pid_t child = fork();

	if (child < 0)
		_exit(1);
	if (child > 0)
		holder_ready(to);
	else
		alarm(300); /* not inherited */
	stay(q, to);
}

static void fork_and_exec(nabd_t *q, int to)
{
	pid_t child = fork();

	(void)q;
	if (child < 0)
		_exit(1);
	if (child == 0) {
		dup2(to, 0); /* open in the child until that one ends */
		execlp("sleep", "sleep", "300", (char *)NULL);
		_exit(1);
	}
	stay(q, to);
}

/* The descendants are in the holder's process group, which is how we end them. */
static void own_group_then_fork(nabd_t *q, int to)
{
	setpgid(0, 0);
	fork_and_stay(q, to);
}

static void own_group_then_exec(nabd_t *q, int to)
{
	setpgid(0, 0);
	fork_and_exec(q, to);
}

static void test_outlived(unsigned role, void (*then)(nabd_t *q, int to))
{
	for (int i = 0; i < TIMES / 5; i++) {
		struct holder h = start_holder(role, then);

		check_taken(role);
		fault_kill(h.pid);
		/* The child is alive, for the group is not empty: the role is free. */
		CHECK(kill(-h.pid, 0) == 0);
		check_free(role);
		CHECK(kill(-h.pid, 0) == 0);
		CHECK(kill(-h.pid, SIGKILL) == 0);
		close(h.from);
	}
}

/* ---------------------------------------------------------- other namespaces */

static const char *no_namespace(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(unshare(CLONE_NEWPID) == 0 ? 0 : errno);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status) ? strerror(WEXITSTATUS(status)) : NULL;
}

static void look_from_inside(void *role)
{
	CHECK(getpid() == 1);
	check_taken(*(unsigned *)role);
}

static void take_from_inside(void *role)
{
	CHECK(getpid() == 1);
	check_free(*(unsigned *)role);
}

static void hold_as_init(nabd_t *q, int to)
{
	CHECK(getpid() == 1);
	stay(q, to);
}

/* A namespace is of no use any more when its first process is dead: one for each. */
static void look_into_namespace(void *role)
{
	CHECK(unshare(CLONE_NEWPID) == 0);
	fault_run_child(look_from_inside, role);
}

static void take_in_namespace(void *role)
{
	CHECK(unshare(CLONE_NEWPID) == 0);
	fault_run_child(take_from_inside, role);
}

static void hold_in_namespace(void *role)
{
	struct holder h;

	CHECK(unshare(CLONE_NEWPID) == 0);
	h = start_holder(*(unsigned *)role, hold_as_init);
	/* It is 1 in there; out here, where we are, it is what fork() told us. */
	CHECK(h.pid != 1);
	check_taken(*(unsigned *)role); /* we have not moved, only our children */
	stop_holder(&h);
}

static void test_namespace(unsigned role)
{
	nabd_t *q = open_role(role);

	fault_run_child(look_into_namespace, &role);
	EXPECT(nabd_close(q), NABD_OK);
	fault_run_child(take_in_namespace, &role);
	fault_run_child(hold_in_namespace, &role);
	check_free(role);
}

static void make_queue(void)
{
	nabd_t *q;

	EXPECT(fault_open(QUEUE, SLOTS, FAULT_SLOT_SIZE, NABD_CREATE | NABD_PRODUCER, &q), NABD_OK);
	for (unsigned i = 0; i < SLOTS / 2; i++)
		fault_push(q, i);
	EXPECT(nabd_close(q), NABD_OK);
}

static void test_death(unsigned role)
{
	test_killed(role);
	test_paused(role);
	test_outlived(role, own_group_then_fork);
	test_outlived(role, own_group_then_exec);
	printf("%s: killed, paused, outlived by its children: ok\n",
	       role == NABD_PRODUCER ? "producer" : "consumer");
}

int main(int argc, char **argv)
{
	bool namespaces = argc == 2 && !strcmp(argv[1], "--pid-namespace");
	const char *why_not = namespaces ? no_namespace() : NULL;

	if (why_not) {
		printf("skipped: no PID namespace: %s\n", why_not);
		return 77;
	}
	fault_begin("roles");
	make_queue();
	for (unsigned role = NABD_PRODUCER; role <= NABD_CONSUMER; role <<= 1) {
		if (namespaces)
			test_namespace(role);
		else
			test_death(role);
	}
	return 0;
}
