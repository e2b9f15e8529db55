/* SPDX-License-Identifier: MIT */
/*
 * inject_group.c - each system call of joining, leaving, giving back, taking over, looking
 * and of ending what the dead left fails, with each of several errors, once or from there
 * on. The call must say a documented error, or do without; leave no descriptor, mapping or
 * lock behind; leave the group as it was; and succeed when it is tried again.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "fault.h"
#include "step.h"

#define QUEUE "q"
#define SLOTS 8u
#define GROUP 1u
#define HELD 2u /* messages that a dead member has left */

/* What one child works with. */
struct life {
	nabd_t *q;
	nabd_consumer_t *c;
	nabd_consumer_t *mate; /* another member, or NULL */
	uint64_t first; /* message that the group goes on at */
	int rc;
};

static struct fail_told *told; /* what fails, and where the child says what it answered */
static bool fail_memory;

/* provokes: nabd_consumer_join_opts NABD_NOMEM */
int posix_memalign(void **out, size_t align, size_t bytes)
{
	static int (*real)(void **, size_t, size_t);

	if (fail_memory)
		return ENOMEM;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "posix_memalign");
	return real(out, align, bytes);
}

/* ------------------------------------------------------------------ operations */

static const struct nabd_join_opts fleeting = { sizeof(fleeting), NABD_GROUP_EPHEMERAL, 0, 0, 0, 0,
						NULL, NULL, NULL };

static void join_durable(struct life *l)
{
	EXPECT(nabd_consumer_join_opts(l->q, GROUP, NULL, &l->c), NABD_OK);
}

static void join_mate(struct life *l)
{
	EXPECT(nabd_consumer_join_opts(l->q, GROUP, NULL, &l->mate), NABD_OK);
}

/* One that has died with the first two, and one that lives. */
static void leave_some(struct life *l)
{
	struct nabd_msg m[HELD];
	nabd_consumer_t *dead;
	size_t got;

	join_durable(l);
	EXPECT(nabd_consumer_join_opts(l->q, GROUP, NULL, &dead), NABD_OK);
	EXPECT(nabd_consumer_peek_batch(dead, m, HELD, &got), NABD_OK);
	CHECK(got == HELD);
	EXPECT(nabd_consumer_close(dead), NABD_OK);
}

static void leave_only(struct life *l)
{
	leave_some(l);
	EXPECT(nabd_consumer_close(l->c), NABD_OK);
	l->c = NULL;
}

static void peek_one(struct life *l)
{
	const void *data;

	join_durable(l);
	EXPECT(nabd_consumer_peek(l->c, &data, NULL), NABD_OK);
}

static void join_fleeting(struct life *l)
{
	EXPECT(nabd_consumer_join_opts(l->q, GROUP, &fleeting, &l->c), NABD_OK);
}

static void die(void *unused)
{
	struct life l = { NULL, NULL, NULL, 0, 0 };

	(void)unused;
	EXPECT(fault_open(QUEUE, 0, 0, NABD_CONSUMER, &l.q), NABD_OK);
	join_fleeting(&l);
	_exit(0); /* without closing */
}

/* An ephemeral group holds the full producer, and all its members are dead. */
static void fill_for_dead(struct life *l)
{
	sigset_t child;

	/* Who traces us would be told of the signal. */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	fault_run_child(die, NULL);
	while (nabd_push(l->q, "", 0) == NABD_OK)
		l->first++;
}

static void run_join(struct life *l)
{
	l->rc = nabd_consumer_join_opts(l->q, GROUP, NULL, &l->c);
}

static void run_join_any(struct life *l)
{
	l->rc = nabd_consumer_join_opts(l->q, 0, NULL, &l->c);
}

static void run_close(struct life *l)
{
	l->rc = nabd_consumer_close(l->c);
	l->c = NULL;
}

static void run_nack(struct life *l)
{
	l->rc = nabd_consumer_nack(l->c);
}

/* Whether dead members can be asked after or not, there is a message to be had. */
static void run_peek(struct life *l)
{
	const void *data;

	l->rc = nabd_consumer_peek(l->c, &data, NULL);
}

static void run_drop(struct life *l)
{
	l->rc = nabd_group_drop(l->q, GROUP);
}

/* Full it stays at most until the next look, 10 ms later. */
static void run_push(struct life *l)
{
	step_clock(11);
	l->rc = nabd_push(l->q, "", 0);
	l->first += l->rc == NABD_OK;
}

static void run_look_group(struct life *l)
{
	struct nabd_group_info info = { .size = sizeof(info) };

	l->rc = nabd_group_look(l->q, GROUP, &info);
}

static void run_look_member(struct life *l)
{
	struct nabd_member_info info = { .size = sizeof(info) };

	l->rc = nabd_member_look(l->q, GROUP, 0, &info);
}

enum ends { STAYS, MAY_END, ENDS };

/* provokes: nabd_consumer_join_opts NABD_SYSTEM */
/* provokes: nabd_consumer_nack NABD_SYSTEM */
/* provokes: nabd_group_look NABD_SYSTEM */
/* provokes: nabd_member_look NABD_SYSTEM */
static const struct op {
	const char *name;
	void (*prepare)(struct life *l); /* or NULL */
	void (*run)(struct life *l);
	int other;       /* an answer that is none of the failure's, or NABD_OK */
	bool never_fails;
	enum ends ends;  /* what becomes of the group */
} ops[] = {
	{ "make", NULL, run_join, NABD_OK, false, STAYS },
	{ "make-any", NULL, run_join_any, NABD_OK, false, STAYS },
	{ "join", join_mate, run_join, NABD_OK, false, STAYS },
	{ "join-heir", leave_only, run_join, NABD_OK, false, STAYS },
	{ "close", join_durable, run_close, NABD_OK, true, STAYS },
	{ "close-last", join_fleeting, run_close, NABD_OK, true, MAY_END },
	{ "nack", peek_one, run_nack, NABD_OK, false, STAYS },
	{ "peek-heir", leave_some, run_peek, NABD_OK, true, STAYS },
	{ "drop", join_mate, run_drop, NABD_OK, true, ENDS },
	{ "reap", fill_for_dead, run_push, NABD_FULL, true, MAY_END },
	{ "look-group", leave_some, run_look_group, NABD_OK, false, STAYS },
	{ "look-member", join_mate, run_look_member, NABD_OK, false, STAYS },
};

/* ----------------------------------------------------------------- the verdict */

static void check_answer(const struct op *op, int rc, int error)
{
	told->rc = rc;
	if (rc == NABD_OK || rc == op->other)
		return;
	CHECK(told->error && !op->never_fails);
	if (rc != NABD_NOMEM && rc != NABD_BUSY)
		EXPECT(rc, NABD_SYSTEM);
	if (rc == NABD_NOMEM) /* what maps memory may say anything */
		CHECK(told->error == ENOMEM || told->many || fail_about_memory(told->call));
	if (rc == NABD_BUSY) /* to a request for a lock, EAGAIN says that another has it */
		CHECK(told->error == EAGAIN);
	if (rc == NABD_SYSTEM && error != told->error && !told->many)
		FAIL("system call %ld says %s, and errno is %s", told->call, strerror(told->error),
		     strerror(error));
}

/* Sixteen find a place, as nobody has one any more; each message goes to one of them. */
static void check_lines(struct life *l, uint64_t from, uint64_t until)
{
	nabd_consumer_t *c[NABD_MAX_MEMBERS];
	struct nabd_msg m;
	unsigned seen = 0;

	for (unsigned i = 0; i < NABD_MAX_MEMBERS; i++)
		EXPECT(nabd_consumer_join_opts(l->q, GROUP, NULL, &c[i]), NABD_OK);
	for (unsigned i = 0; i < NABD_MAX_MEMBERS; i++) {
		while (nabd_consumer_peek_msg(c[i], &m) == NABD_OK) {
			CHECK(m.sequence >= from && m.sequence < until);
			CHECK(!(seen >> (m.sequence - from) & 1));
			seen |= 1u << (m.sequence - from);
			EXPECT(nabd_consumer_release(c[i]), NABD_OK);
		}
		EXPECT(nabd_consumer_close(c[i]), NABD_OK);
	}
	CHECK(seen == (1u << (until - from)) - 1);
}

static void check_group(struct life *l, const struct op *op)
{
	struct nabd_group_info info = { .size = sizeof(info) };
	int rc = nabd_group_look(l->q, GROUP, &info);

	CHECK(rc == NABD_OK || (rc == NABD_NOTFOUND && op->ends != STAYS));
	CHECK(rc == NABD_NOTFOUND || op->ends != ENDS);
	CHECK(rc == NABD_NOTFOUND || info.members == 0);
	if (op->ends == MAY_END) { /* it holds nobody up */
		for (unsigned i = 0; i < 2 * SLOTS; i++)
			run_push(l);
		EXPECT(nabd_group_look(l->q, GROUP, &info), NABD_NOTFOUND);
		return;
	}
	check_lines(l, 0, l->first);
}

/* Once more, with nothing failing: as if nothing had been. */
static void try_again(struct life *l, const struct op *op)
{
	if (l->rc == NABD_OK)
		return;
	op->run(l);
	EXPECT(l->rc, NABD_OK);
}

/* A queue with some messages; the library has been used in this process before. */
static void begin(struct life *l)
{
	EXPECT(fault_open(QUEUE, SLOTS, 8, NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER,
			  &l->q), NABD_OK);
	join_durable(l);
	EXPECT(nabd_consumer_close(l->c), NABD_OK);
	EXPECT(nabd_group_drop(l->q, GROUP), NABD_OK);
	l->c = NULL;
	for (l->first = 0; l->first < SLOTS / 2; l->first++)
		EXPECT(nabd_push(l->q, "", 0), NABD_OK);
}

static void suffer(void *arg)
{
	const struct op *op = arg;
	struct life l = { NULL, NULL, NULL, 0, 0 };
	unsigned descriptors, mappings, all;
	int error;

	begin(&l);
	descriptors = fault_descriptors();
	all = fault_mappings();
	if (op->prepare)
		op->prepare(&l);
	mappings = fault_mappings();
	step_begin();
	op->run(&l);
	error = errno;
	step_end();
	check_answer(op, l.rc, error);
	CHECK(fault_descriptors() == descriptors);
	if (l.rc != NABD_OK)
		CHECK(fault_mappings() == mappings);
	try_again(&l, op);
	CHECK(l.c || (op->run != run_join && op->run != run_join_any));
	EXPECT(nabd_consumer_close(l.c), NABD_OK);
	EXPECT(nabd_consumer_close(l.mate), NABD_OK);
	CHECK(fault_descriptors() == descriptors);
	CHECK(fault_mappings() == all);
	check_group(&l, op);
	EXPECT(nabd_close(l.q), NABD_OK);
	EXPECT(fault_unlink(QUEUE), NABD_OK);
}

/* -------------------------------------------------------------------- the runs */

static void try_op(const struct op *op)
{
	unsigned answers[32] = { 0 }, n, runs = 0;
	bool more = true;

	for (n = 0; more; n++) {
		for (unsigned i = 0; more && i < 2 * fail_error_count; i++) {
			const int error = fail_errors[i / 2];
			pid_t pid;

			if (i % 2 && error != EIO) /* all from there on: of one kind */
				continue;
			pid = step_start(suffer, (void *)op);
			more = fail_one(pid, n, error, i % 2, told);
			step_finish(pid);
			if (op->run == run_drop && more)
				CHECK(told->call == SYS_futex);
			answers[-told->rc]++;
			runs++;
		}
	}
	printf("%s: %u system calls, %u failures:", op->name, n - 1, runs - 1);
	for (int rc = 0; rc < 32; rc++)
		if (answers[rc])
			printf(" %s %u", fault_error(-rc), answers[rc]);
	putchar('\n');
	if (op->run == run_drop)
		CHECK(n == 3); /* it wakes the members and the producer, and that is all */
}

/* No memory for a consumer. */
static void starve(void *unused)
{
	struct life l = { NULL, NULL, NULL, 0, 0 };

	(void)unused;
	begin(&l);
	fail_memory = true;
	EXPECT(nabd_consumer_join_opts(l.q, GROUP, NULL, &l.c), NABD_NOMEM);
	fail_memory = false;
	CHECK(!l.c);
	EXPECT(nabd_close(l.q), NABD_OK);
	EXPECT(fault_unlink(QUEUE), NABD_OK);
}

int main(void)
{
	const char *why_not = step_why_not();

	if (why_not) {
		printf("skipped: %s\n", why_not);
		return 77;
	}
	fault_begin("inject-group");
	told = fault_shared(sizeof(*told));
	fault_run_child(starve, NULL);
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		try_op(&ops[i]);
	return 0;
}
