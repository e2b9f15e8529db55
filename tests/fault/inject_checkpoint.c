/* SPDX-License-Identifier: MIT */
/*
 * inject_checkpoint.c - each system call of saving, reading and going on from a checkpoint
 * fails, with each of several errors, once or from there on. The call must say a
 * documented error, or do without; leave no descriptor, lock or file behind; leave a
 * checkpoint to be read, the one of before or the new one; and succeed when it is tried
 * again.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "fault.h"
#include "step.h"

#define QUEUE "q"
#define GROUP 1u
#define ANSWERS 40

static struct fail_told *told; /* what fails, and where the child says what it answered */
static char path[256];
static bool fail_memory;

/* provokes: nabd_checkpoint_auto NABD_NOMEM */
int posix_memalign(void **out, size_t align, size_t bytes)
{
	static int (*real)(void **, size_t, size_t);

	if (fail_memory)
		return ENOMEM;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "posix_memalign");
	return real(out, align, bytes);
}

/* What one child works with: messages 0 to 3, of which 0 and 1 are done and saved. */
struct life {
	nabd_t *q;
	nabd_consumer_t *c;
	uint64_t saves; /* of the checkpoint that is there; 0: none */
};

static void pop_one(struct life *l)
{
	char byte;
	size_t len = sizeof(byte);

	EXPECT(nabd_consumer_pop(l->c, &byte, &len), NABD_OK);
}

static struct nabd_checkpoint load_ok(void)
{
	struct nabd_checkpoint said = { .size = sizeof(said) };

	EXPECT(nabd_checkpoint_load(path, &said), NABD_OK);
	return said;
}

static void have_saved(struct life *l)
{
	EXPECT(nabd_checkpoint_save(l->c, path), NABD_OK);
	l->saves = load_ok().saves;
	pop_one(l);
}

/* By a consumer that is gone: who saves next knows nothing of the file. */
static void others_saved(struct life *l)
{
	have_saved(l);
	EXPECT(nabd_consumer_close(l->c), NABD_OK);
	EXPECT(nabd_consumer_join_opts(l->q, GROUP, NULL, &l->c), NABD_OK);
}

static int run_save(struct life *l)
{
	return nabd_checkpoint_save(l->c, path);
}

static int run_auto(struct life *l)
{
	return nabd_checkpoint_auto(l->c, path, 1, 0);
}

static int run_load(struct life *l)
{
	struct nabd_checkpoint said = { .size = sizeof(said) };

	(void)l;
	return nabd_checkpoint_load(path, &said);
}

static int run_resume(struct life *l)
{
	struct nabd_resume r = NABD_RESUME_INIT;
	int rc = nabd_consumer_resume(l->c, path, &r);

	if (rc == NABD_OK)
		CHECK(r.state == NABD_RESUMED_EXACT && r.sequence == 2);
	return rc;
}

/* provokes: nabd_checkpoint_save NABD_ACCESS NABD_SYSTEM */
/* provokes: nabd_checkpoint_load NABD_ACCESS NABD_SYSTEM */
/* provokes: nabd_consumer_resume NABD_ACCESS NABD_SYSTEM */
/* provokes: nabd_checkpoint_auto NABD_ACCESS NABD_SYSTEM */
static const struct op {
	const char *name;
	void (*prepare)(struct life *l); /* or NULL */
	int (*run)(struct life *l);
	bool saves;
} ops[] = {
	{ "save-first", NULL, run_save, true },
	{ "save-again", have_saved, run_save, true },
	{ "save-after-others", others_saved, run_save, true },
	{ "auto", have_saved, run_auto, true },
	{ "load", have_saved, run_load, false },
	{ "resume", have_saved, run_resume, false },
};

/* ----------------------------------------------------------------- the verdict */

static void check_answer(const struct op *op, int rc, int error)
{
	told->rc = rc;
	switch (rc) {
	case NABD_OK:
		return;
	case NABD_SYSTEM:
		if (error != told->error && !told->many)
			FAIL("system call %ld says %s, and errno is %s", told->call,
			     strerror(told->error), strerror(error));
		break;
	case NABD_ACCESS:
		CHECK(told->error == EACCES || told->error == EPERM);
		break;
	case NABD_NOTFOUND:
		CHECK(told->error == ENOENT);
		break;
	case NABD_NOSPACE:
		CHECK(told->error == ENOSPC && op->saves);
		break;
	case NABD_BUSY: /* to a request for a lock, EACCES says that another has it */
		CHECK(told->error == EACCES && op->saves);
		break;
	default:
		FAIL("%s: %s for %s of system call %ld", op->name, fault_error(rc),
		     strerror(told->error), told->call);
	}
	CHECK(told->error);
}

/* A name that was given to a new file may be left if nothing works any more. */
static void remove_left(void)
{
	const char *at = strstr(fault_list(), ".nabd-");
	char left[512];

	if (!at)
		return;
	CHECK(told->many);
	(void)snprintf(left, sizeof(left), "%s/%.*s", fault_dir(), (int)strcspn(at, " "), at);
	CHECK(unlink(left) == 0); /* chance stands still in these programs */
}

/* Nothing but the queue, and a checkpoint that is whole: that of before, or a newer one. */
static void check_file(const struct life *l, const struct op *op, int rc)
{
	const bool there = access(path, F_OK) == 0;

	remove_left();
	CHECK(there || (!l->saves && rc != NABD_OK));
	if (!there)
		return;
	if (op->saves && rc == NABD_OK)
		CHECK(load_ok().saves == l->saves + 1);
	else
		CHECK(load_ok().saves >= l->saves && load_ok().saves <= l->saves + 1);
	CHECK(load_ok().sequence >= 2 && load_ok().sequence <= 3);
}

static void suffer(void *arg)
{
	const struct op *op = arg;
	struct life l = { NULL, NULL, 0 };
	unsigned descriptors;
	int rc, error;

	EXPECT(fault_open(QUEUE, 16, 8, NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER,
			  &l.q), NABD_OK);
	EXPECT(nabd_consumer_join_opts(l.q, GROUP, NULL, &l.c), NABD_OK);
	for (unsigned i = 0; i < 4; i++)
		EXPECT(nabd_push(l.q, "x", 1), NABD_OK);
	pop_one(&l);
	pop_one(&l);
	if (op->prepare)
		op->prepare(&l);
	descriptors = fault_descriptors();
	step_begin();
	rc = op->run(&l);
	error = errno;
	step_end();
	check_answer(op, rc, error);
	CHECK(fault_descriptors() == descriptors);
	check_file(&l, op, rc);
	/* Once more, with nothing failing; and then what is there is the newest. */
	rc = op->run(&l);
	if (rc != NABD_OK)
		FAIL("%s, after %s of system call %ld (%d): %s, %s", op->name,
		     strerror(told->error), told->call, told->many, fault_error(rc),
		     strerror(errno));
	EXPECT(nabd_checkpoint_save(l.c, path), NABD_OK);
	CHECK(load_ok().sequence == (l.saves && op->run != run_resume ? 3 : 2));
	CHECK(fault_descriptors() == descriptors);
	EXPECT(nabd_consumer_close(l.c), NABD_OK);
	EXPECT(nabd_close(l.q), NABD_OK);
	fault_clear();
}

/* -------------------------------------------------------------------- the runs */

static void try_op(const struct op *op)
{
	unsigned answers[ANSWERS] = { 0 }, n, runs = 0;
	bool more = true;

	for (n = 0; more; n++) {
		for (unsigned i = 0; more && i < 2 * fail_error_count; i++) {
			const int error = fail_errors[i / 2];
			pid_t pid;

			if (i % 2 && error != EIO && error != EACCES) /* all from there on */
				continue;
			pid = step_start(suffer, (void *)op);
			more = fail_one(pid, n, error, i % 2, told);
			step_finish(pid);
			answers[-told->rc]++;
			runs++;
		}
	}
	printf("%s: %u system calls, %u failures:", op->name, n - 1, runs - 1);
	for (int rc = 0; rc < ANSWERS; rc++)
		if (answers[rc])
			printf(" %s %u", fault_error(-rc), answers[rc]);
	putchar('\n');
	CHECK(answers[-NABD_ACCESS] && answers[-NABD_SYSTEM]);
	CHECK(!op->saves || answers[-NABD_NOSPACE]);
}

/* No memory for the path. */
static void starve(void *unused)
{
	struct life l = { NULL, NULL, 0 };

	(void)unused;
	EXPECT(fault_open(QUEUE, 16, 8, NABD_CREATE | NABD_EXCL | NABD_CONSUMER, &l.q), NABD_OK);
	EXPECT(nabd_consumer_join_opts(l.q, GROUP, NULL, &l.c), NABD_OK);
	fail_memory = true;
	EXPECT(run_auto(&l), NABD_NOMEM);
	fail_memory = false;
	CHECK(access(path, F_OK) != 0);
	EXPECT(run_auto(&l), NABD_OK);
	EXPECT(nabd_consumer_close(l.c), NABD_OK);
	EXPECT(nabd_close(l.q), NABD_OK);
	fault_clear();
}

int main(void)
{
	const char *why_not = step_why_not();

	if (why_not) {
		printf("skipped: %s\n", why_not);
		return 77;
	}
	fault_begin("inject-checkpoint");
	(void)snprintf(path, sizeof(path), "%s/ck", fault_dir());
	told = fault_shared(sizeof(*told));
	fault_run_child(starve, NULL);
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		try_op(&ops[i]);
	return 0;
}
