/* SPDX-License-Identifier: MIT */
/*
 * inject.c - each system call of opening, taking a role, looking, closing and
 * unlinking fails, with each of several errors, once or from there on. The call
 * must say a documented error, or do without; leave no descriptor, mapping,
 * lock or file behind; leave the queue as it was; and succeed when it is tried
 * again. Allocation fails too.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "inject.h"
#include "step.h"

static struct victim victim;
static struct kill_found *found;
static bool fail_memory;

static struct fail_told *told; /* what fails, and where the child says what it answered */

/* provokes: nabd_open_opts NABD_NOMEM */
int posix_memalign(void **out, size_t align, size_t bytes)
{
	static int (*real)(void **, size_t, size_t);

	if (fail_memory)
		return ENOMEM;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "posix_memalign");
	return real(out, align, bytes);
}

static const struct kill_state nothing = { "none", ON_NONE, USED_NONE, FRESH, false, 0 };
static const struct kill_state half = { "half", ON_LIMITS, USED_HALF, FRESH, false, 0 };

/* ---------------------------------------------------------------- the verdict */

/* Which errors the page allows for a failure of this kind. */
static bool documented(int rc, const struct kill_op *op)
{
	bool opens = inject_opens(op);
	bool unlinks = inject_unlinks(op);

	switch (rc) {
	case NABD_OK:
	case NABD_SYSTEM:
		return true;
	case NABD_NOTFOUND:
	case NABD_ACCESS:
		return opens || unlinks;
	case NABD_NOSPACE:
	case NABD_NOMEM:
		return opens;
	case NABD_BUSY:
		/* To a request for a lock, EACCES says that another has it. */
		return told->call == SYS_fcntl && told->error == EACCES;
	default:
		return false;
	}
}

/* The error must not point the wrong way. */
static void check_answer(const struct victim *v, int error)
{
	int rc = v->rc;

	told->rc = rc;
	if (!told->error) {
		EXPECT(rc, NABD_OK);
		return;
	}
	if (!documented(rc, v->op))
		FAIL("system call %ld says %s, and the call %s", told->call,
		     strerror(told->error), fault_error(rc));
	/* libc does some things in another way when the first one fails. */
	if (rc == NABD_SYSTEM && error != told->error && !told->many)
		FAIL("system call %ld says %s, and errno is %s", told->call,
		     strerror(told->error), strerror(error));
	if (rc == NABD_NOSPACE)
		CHECK(told->error == ENOSPC);
	if (rc == NABD_NOMEM)
		CHECK(told->error == ENOMEM || fail_about_memory(told->call) || told->many);
	if (rc == NABD_ACCESS)
		CHECK(told->error == EACCES || told->error == EPERM);
	if (rc == NABD_NOTFOUND)
		CHECK(told->error == ENOENT);
	if (!strcmp(v->op->name, "close"))
		EXPECT(rc, NABD_OK);
}

/* Once more, with nothing failing: as if nothing had been. */
static void try_again(struct victim *v)
{
	if (v->rc == NABD_OK)
		return;
	if (inject_opens(v->op))
		CHECK(!v->q);
	v->op->run(v);
	if (inject_unlinks(v->op))
		CHECK(v->rc == NABD_OK || v->rc == NABD_NOTFOUND);
	else
		EXPECT(v->rc, NABD_OK);
}

static void suffer(void *arg)
{
	struct victim *v = arg;
	unsigned descriptors, mappings;
	nabd_t *q;
	int error;

	setenv("NABD_DIR", fault_dir(), 1);
	if (!told->cold) {
		EXPECT(fault_open("warm", 1, 1, NABD_CREATE | NABD_PRODUCER, &q), NABD_OK);
		EXPECT(nabd_close(q), NABD_OK);
		EXPECT(fault_unlink("warm"), NABD_OK);
	}
	if (!told->cold || v->state->where != ON_NONE)
		kill_make_queue(v);
	descriptors = fault_descriptors();
	mappings = fault_mappings();
	kill_prepare(v);
	step_begin();
	v->op->run(v);
	error = errno;
	step_end();
	check_answer(v, error);
	if (v->rc != NABD_OK && inject_opens(v->op)) {
		CHECK(fault_descriptors() == descriptors);
		CHECK(fault_mappings() == mappings);
		if (v->state->where == ON_NONE && strcmp(fault_list(), "") != 0)
			FAIL("left behind: %s", fault_list());
	}
	try_again(v);
	if (v->q)
		EXPECT(nabd_close(v->q), NABD_OK);
	CHECK(fault_descriptors() == descriptors);
	CHECK(fault_mappings() == mappings);
}

/* -------------------------------------------------------------------- the runs */

static void check_queue(void)
{
	struct kill_check c = { .v = &victim, .found = found };

	c.sent_least = c.sent_most = victim.sent;
	c.taken_least = c.taken_most = victim.taken + kill_takes(&victim);
	c.gone_ok = inject_unlinks(victim.op);
	fault_run_child(kill_successor, &c);
}

/* Call n fails, or all from it on; false: the operation has fewer. */
static bool suffer_one(unsigned n, int error, bool from_there_on)
{
	pid_t pid = step_start(suffer, &victim);
	bool more = fail_one(pid, n, error, from_there_on, told);

	step_finish(pid);
	check_queue();
	return more;
}

static void try_op(const struct kill_op *op, bool cold)
{
	unsigned answers[32] = { 0 };
	unsigned n = 0, runs = 0;
	bool more = true;

	kill_plan(&victim, op, op->where == ON_NONE ? &nothing : &half, INJECT_SLOTS);
	told->cold = cold;
	for (n = 0; more; n++) {
		for (unsigned i = 0; more && i < 2 * fail_error_count; i++) {
			int error = fail_errors[i / 2];

			/* A signal does not come each time for ever: a loop is right then. */
			if (error == EINTR && i % 2)
				continue;
			/* One error takes the way of another: a sanitizer sees some at each call. */
			if (fault_instrumented() && (n + i) % 3)
				continue;
			more = suffer_one(n, error, i % 2);
			answers[-told->rc]++;
			runs++;
		}
	}
	printf("%s%s: %u system calls, %u failures:", op->name, cold ? " (cold)" : "", n - 1,
	       runs - 1);
	for (int rc = 0; rc < 32; rc++)
		if (answers[rc])
			printf(" %s %u", fault_error(-rc), answers[rc]);
	putchar('\n');
}

/* No memory for a handle. */
static void starve(void *unused)
{
	nabd_t *q = (nabd_t *)starve;
	unsigned descriptors = fault_descriptors();

	(void)unused;
	fail_memory = true;
	EXPECT(fault_open(KILL_QUEUE, INJECT_SLOTS, FAULT_SLOT_SIZE, NABD_CREATE | NABD_PRODUCER, &q),
	       NABD_NOMEM);
	fail_memory = false;
	CHECK(!q);
	CHECK(fault_descriptors() == descriptors);
	CHECK(!strcmp(fault_list(), ""));
}

int main(void)
{
	const char *why_not = step_why_not();

	if (why_not) {
		printf("skipped: %s\n", why_not);
		return 77;
	}
	fault_begin("inject");
	found = fault_shared(sizeof(*found));
	told = fault_shared(sizeof(*told));
	fault_run_child(starve, NULL);
	for (size_t i = 0; i < inject_op_count; i++)
		try_op(&inject_ops[i], false);
	try_op(&inject_ops[0], true);
	return 0;
}
