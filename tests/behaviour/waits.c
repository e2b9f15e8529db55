/* SPDX-License-Identifier: MIT */
/*
 * waits.c - those who wait, for the tests; see waits.h.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

static nabd_t *reads(nabd_t *q)
{
	const void *data;

	is(NABD_EMPTY, nabd_peek(q, &data, NULL));
	return q;
}

nabd_t *read_queue_of(size_t slots)
{
	return reads(queue_of(slots));
}

nabd_t *reader_of_queue(void)
{
	return reads(open_ok("q", 0, 0, NABD_CONSUMER));
}

static struct nabd_wait_opts for_ever(void)
{
	struct nabd_wait_opts opts = NABD_WAIT_POWER;

	opts.slice_ns = UINT64_MAX;
	return opts;
}

struct nabd_wait_opts with_slices(uint32_t flags)
{
	struct nabd_wait_opts opts = NABD_WAIT_POWER;

	opts.flags = flags;
	return opts;
}

void sleep_long(nabd_t *q)
{
	struct nabd_wait_opts opts = for_ever();

	is(NABD_OK, nabd_set_wait(q, &opts));
}

void member_sleeps_long(nabd_consumer_t *c)
{
	struct nabd_wait_opts opts = for_ever();

	is(NABD_OK, nabd_consumer_set_wait(c, &opts));
}

/* What ps calls its state: S is asleep, until something comes. */
static char state_of(pid_t pid, pid_t tid)
{
	char path[64], line[512], *after, state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)pid, (int)tid);
	f = fopen(path, "r");
	if (f && fgets(line, sizeof(line), f) && (after = strrchr(line, ')')) != NULL)
		state = after[2];
	if (f)
		fclose(f);
	return state;
}

/* Seen asleep several times in a row: not only for a moment on its way there. */
static void until_asleep(pid_t pid, pid_t tid, atomic_bool *done)
{
	for (int seen = 0; seen < 5; usleep(1000)) {
		seen = state_of(pid, tid) == 'S' ? seen + 1 : 0;
		if (done && atomic_load(done))
			return;
	}
}

static void *sleep_there(void *arg)
{
	struct sleeper *s = arg;

	atomic_store(&s->tid, (int)syscall(SYS_gettid));
	s->code = s->run ? s->run(s->q, FOR_EVER) : s->member_run(s->c, FOR_EVER);
	atomic_store(&s->done, true);
	return NULL;
}

void still_sleeps(struct sleeper *s)
{
	while (atomic_load(&s->tid) == 0)
		usleep(1000);
	until_asleep(getpid(), atomic_load(&s->tid), &s->done);
	ck_assert_msg(!atomic_load(&s->done), "%s instead of sleeping", code_name(s->code));
}

static void start(struct sleeper *s)
{
	atomic_store(&s->tid, 0);
	atomic_store(&s->done, false);
	ck_assert_int_eq(pthread_create(&s->thread, NULL, sleep_there, s), 0);
}

void runs_in(struct sleeper *s, int (*run)(nabd_t *q, int64_t timeout_ns), nabd_t *q)
{
	s->run = run;
	s->q = q;
	start(s);
}

void member_runs_in(struct sleeper *s, int (*run)(nabd_consumer_t *c, int64_t timeout_ns),
		    nabd_consumer_t *c)
{
	s->run = NULL;
	s->member_run = run;
	s->c = c;
	start(s);
}

void sleeps_in(struct sleeper *s, int (*run)(nabd_t *q, int64_t timeout_ns), nabd_t *q)
{
	runs_in(s, run, q);
	still_sleeps(s);
}

void member_sleeps_in(struct sleeper *s, int (*run)(nabd_consumer_t *c, int64_t timeout_ns),
		      nabd_consumer_t *c)
{
	member_runs_in(s, run, c);
	still_sleeps(s);
}

void ends_with(struct sleeper *s, int code)
{
	ck_assert_int_eq(pthread_join(s->thread, NULL), 0);
	is(code, s->code);
}

static int do_job(nabd_t *q, char job)
{
	char bytes[64];
	size_t len = sizeof(bytes);

	switch (job) {
	case PUSH:
		return nabd_push(q, "x", 1);
	case POP:
		return nabd_pop(q, bytes, &len);
	case PUSH_WAIT:
		return pushes(q, FOR_EVER);
	case POP_WAIT:
		return pops(q, FOR_EVER);
	default:
		return nabd_close(q);
	}
}

static void be_peer(int from, int to, unsigned flags)
{
	struct nabd_wait_opts opts = for_ever();
	nabd_t *q = NULL;
	int code = nabd_open_opts("q", 0, 0, flags, NULL, &q);
	char job;

	if (code == NABD_OK)
		code = nabd_set_wait(q, &opts);
	while (write(to, &code, sizeof(code)) == (ssize_t)sizeof(code) && read(from, &job, 1) == 1)
		code = do_job(q, job);
	_exit(0);
}

struct peer peer_with(unsigned flags)
{
	int to[2], from[2];
	struct peer p;

	ck_assert_int_eq(pipe(to), 0);
	ck_assert_int_eq(pipe(from), 0);
	p.pid = fork();
	ck_assert_int_ge(p.pid, 0);
	if (p.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
		close(to[1]);
		close(from[0]);
		be_peer(to[0], from[1], flags);
	}
	close(to[0]);
	close(from[1]);
	p.to = to[1];
	p.from = from[0];
	is(NABD_OK, answer_of(&p));
	return p;
}

void tell(const struct peer *p, enum job job)
{
	const char byte = (char)job;

	ck_assert_int_eq(write(p->to, &byte, 1), 1);
}

int answer_of(const struct peer *p)
{
	int code = NABD_SYSTEM;

	ck_assert_int_eq(read(p->from, &code, sizeof(code)), (ssize_t)sizeof(code));
	return code;
}

int peer_does(const struct peer *p, enum job job)
{
	tell(p, job);
	return answer_of(p);
}

/* It has taken the job from the pipe when it sleeps elsewhere than there. */
void peer_sleeps(const struct peer *p)
{
	int left = 1;

	while (left > 0) {
		ck_assert_int_eq(ioctl(p->to, FIONREAD, &left), 0);
		usleep(1000);
	}
	until_asleep(p->pid, p->pid, NULL);
}

static void closed(const struct peer *p)
{
	close(p->to);
	close(p->from);
}

void peer_ends(const struct peer *p)
{
	int status;

	closed(p);
	ck_assert_int_eq(waitpid(p->pid, &status, 0), p->pid);
	ck_assert(WIFEXITED(status));
}

void peer_killed(const struct peer *p)
{
	kill_member(p->pid);
	closed(p);
}

int descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}
