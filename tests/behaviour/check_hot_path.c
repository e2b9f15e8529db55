/* SPDX-License-Identifier: MIT */
/*
 * What sends and receives makes no system call: a child opens its queue and joins, and
 * from then on the kernel lets it do nothing but write and end. Full and empty queues,
 * batches, laps and looks at other groups are part of it, and calls that would wait, but
 * need not.
 *
 * What the library may ask the kernel is kept out: a handle's first peek or pop takes its
 * role, so one comes before; a full producer asks every 10 ms who of those lives that may
 * be given up, so the groups here are durable; members ask every 20 ms after others that
 * hold something, so here none waits while another holds something; a dead letter needs
 * memory. Clocks are read without the kernel, and each round goes on until they moved far
 * enough for all that is done now and then.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "groups.h"

#define SLOTS  8u
#define SIZE   512u /* longer than what is copied without a call */
#define ROUNDS 200u

/* Who receives: a member, or the default group. */
struct reader {
	nabd_consumer_t *c;
};

static nabd_t *q;
static struct reader readers[2];
static unsigned reader_count;
static unsigned lapped;
static uint8_t data[SLOTS * SIZE];

/* No assertion of Check: they write. */
static void say(const char *what, const char *code)
{
	char line[128];
	int len = snprintf(line, sizeof(line), "%s: %s\n", what, code);

	if (write(STDERR_FILENO, line, (size_t)len) != len)
		_exit(3);
	_exit(2);
}

#define must(codes, call)                                        \
	do {                                                     \
		int got_ = (call);                               \
		if (got_ > 0 || ((codes) >> -got_ & 1) == 0)     \
			say(#call, code_name(got_));             \
	} while (0)

#define OK     (1u << -NABD_OK)
#define EMPTY  (1u << -NABD_EMPTY)
#define FULL   (1u << -NABD_FULL)
#define LAPPED (1u << -NABD_LAPPED)

static void on_call(int number, siginfo_t *info, void *context)
{
	char text[32];

	(void)number;
	(void)context;
	(void)snprintf(text, sizeof(text), "number %d", info->si_syscall);
	say("a system call", text);
}

static void no_more_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_exit_group, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_write, 2, 0),
		/* AddressSanitizer's, before what does not return: here, the end. */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sigaltstack, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = COUNT(filter), .filter = filter};
	struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO};

	if (sigaction(SIGSYS, &action, NULL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		say("a filter", strerror(errno));
}

/* ------------------------------------------------------------------------- to send */

static void send_one_by_one(void)
{
	void *slot;

	must(OK, nabd_push(q, data, 8));
	must(OK, nabd_push_wait(q, data, SIZE, -1));
	must(OK, nabd_reserve(q, 100, &slot));
	memset(slot, 1, 100);
	must(OK, nabd_commit(q, 99));
	must(OK, nabd_reserve(q, 1, &slot));
	must(OK, nabd_abort(q));
}

static void send_batches(void)
{
	uint32_t lens[2] = {16, SIZE};
	void *slots[2];
	size_t got;

	must(OK, nabd_push_batch(q, data, lens, 2, &got));
	must(OK, nabd_reserve_batch(q, SIZE, slots, 2, &got));
	must(OK, nabd_commit_batch(q, lens, got));
}

/* Also the calls that find no slot free; and again, when that is known. */
static void find_it_full(void)
{
	uint32_t lens[2] = {16, SIZE};
	void *slots[2];
	size_t got;

	while (nabd_push(q, data, 64) == NABD_OK)
		;
	must(FULL, nabd_push(q, data, SIZE));
	must(FULL, nabd_reserve(q, 100, &slots[0]));
	must(FULL, nabd_push_batch(q, data, lens, 2, &got));
	must(FULL, nabd_reserve_batch(q, SIZE, slots, 2, &got));
}

/* ---------------------------------------------------------------------- to receive */

static int pop(const struct reader *r, size_t len)
{
	return r->c ? nabd_consumer_pop(r->c, data, &len) : nabd_pop(q, data, &len);
}

/* There is one, so that it need not wait. */
static int pop_what_is_there(const struct reader *r, size_t len)
{
	return r->c ? nabd_consumer_pop_wait(r->c, data, &len, -1)
		    : nabd_pop_wait(q, data, &len, -1);
}

static int pop_batch(const struct reader *r, size_t want)
{
	uint32_t lens[SLOTS];
	size_t got;

	return r->c ? nabd_consumer_pop_batch(r->c, data, sizeof(data), lens, want, &got)
		    : nabd_pop_batch(q, data, sizeof(data), lens, want, &got);
}

static int release(const struct reader *r)
{
	return r->c ? nabd_consumer_release(r->c) : nabd_release(q);
}

static int read_in_place(const struct reader *r)
{
	const void *at;
	size_t len;
	int rc = r->c ? nabd_consumer_peek(r->c, &at, &len) : nabd_peek(q, &at, &len);

	if (rc != NABD_OK)
		return rc;
	memcpy(data, at, len);
	return release(r);
}

static int read_message(const struct reader *r)
{
	struct nabd_msg msg;
	int rc = r->c ? nabd_consumer_peek_msg(r->c, &msg) : nabd_peek_msg(q, &msg);

	return rc == NABD_OK ? release(r) : rc;
}

static int read_batch(const struct reader *r, size_t want)
{
	struct nabd_msg msgs[SLOTS];
	size_t got;
	int rc = r->c ? nabd_consumer_peek_batch(r->c, msgs, want, &got)
		      : nabd_peek_batch(q, msgs, want, &got);

	if (rc != NABD_OK)
		return rc;
	return r->c ? nabd_consumer_release_batch(r->c, got) : nabd_release_batch(q, got);
}

static void find_it_empty(void)
{
	for (unsigned i = 0; i < reader_count; i++) {
		must(EMPTY, pop(&readers[i], SIZE));
		must(EMPTY, pop_batch(&readers[i], 2));
		must(EMPTY, read_in_place(&readers[i]));
		must(EMPTY, read_message(&readers[i]));
		must(EMPTY, read_batch(&readers[i], 2));
	}
}

/* One after the other receives, in each of the ways, until nothing is left. */
static void receive_all(unsigned codes)
{
	const struct reader *r;
	unsigned turn = 0;
	int rc;

	do {
		r = &readers[turn % reader_count];
		switch (turn++ % 5) {
		case 0:
			rc = pop(r, SIZE);
			break;
		case 1:
			rc = read_in_place(r);
			break;
		case 2:
			rc = read_message(r);
			break;
		case 3:
			rc = pop_batch(r, 2);
			break;
		default:
			rc = read_batch(r, 2);
			break;
		}
		must(codes | EMPTY, rc);
		lapped += rc == NABD_LAPPED;
	} while (rc != NABD_EMPTY);
}

/* --------------------------------------------------------------------- the children */

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/* Nothing waits: the producer runs into its bound, the readers into theirs. */
static void send_and_receive(void)
{
	const uint64_t begin = now_ms();

	for (unsigned i = 0; i < ROUNDS || now_ms() - begin < 50; i++) {
		find_it_empty();
		send_one_by_one();
		must(OK, pop_what_is_there(&readers[0], SIZE));
		receive_all(OK);
		send_batches();
		find_it_full();
		receive_all(OK);
	}
}

/* The readers are passed, and sure of their place half a second later again. */
static void overwrite_and_receive(void)
{
	const uint64_t begin = now_ms();

	for (unsigned i = 0; i < ROUNDS || now_ms() - begin < 600; i++) {
		find_it_empty();
		send_one_by_one();
		must(OK, pop_what_is_there(&readers[0], SIZE));
		receive_all(OK);
		for (unsigned k = 0; k < 4; k++) {
			send_one_by_one();
			send_batches();
		}
		receive_all(OK | LAPPED);
	}
	if (lapped == 0)
		say("receiving", "never lapped");
}

static void open_it(unsigned flags, unsigned members)
{
	flags |= NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER;
	if (getenv("NABD_TEST_TIMESTAMPS") != NULL) /* timed.sh has it run again so */
		flags |= NABD_TIMESTAMPS;
	must(OK, nabd_open_opts("q", SLOTS, SIZE, flags, NULL, &q));
	for (unsigned i = 0; i < members; i++)
		must(OK, nabd_consumer_join_opts(q, 1, NULL, &readers[i].c));
	reader_count = members == 0 ? 1 : members;
	for (unsigned i = 0; i < reader_count; i++)
		must(EMPTY, pop(&readers[i], SIZE)); /* the default group's takes its role */
}

static const struct {
	const char *what;
	unsigned flags;
	unsigned members; /* 0: the default group */
	void (*work)(void);
} scenes[] = {
	{"the default group", 0, 0, send_and_receive},
	{"a lone member", 0, 1, send_and_receive},
	{"two members", 0, 2, send_and_receive},
	{"an overwritten queue", NABD_OVERWRITE, 0, overwrite_and_receive},
	{"a member of one", NABD_OVERWRITE, 1, overwrite_and_receive},
	{"two members of one", NABD_OVERWRITE, 2, overwrite_and_receive},
};

static void in_child(unsigned flags, unsigned members, void (*work)(void))
{
	alarm(120);
	open_it(flags, members);
	no_more_calls();
	work();
	_exit(0);
}

static int status_of(unsigned flags, unsigned members, void (*work)(void))
{
	int status = 0;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		in_child(flags, members, work);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(no_system_call_is_made)
{
	int status = status_of(scenes[_i].flags, scenes[_i].members, scenes[_i].work);

	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		      "%s: wait status %#x, and above is why", scenes[_i].what, (unsigned)status);
}
END_TEST

static void call_the_kernel(void)
{
	(void)getppid();
}

/* Else what the others say means nothing. The log has a line of it. */
START_TEST(the_filter_works)
{
	int status = status_of(0, 0, call_the_kernel);

	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 2);
}
END_TEST

int main(void)
{
	TCase *tests;

	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) {
		puts("skipped: no filters of system calls in this kernel");
		return 77;
	}
	tests = behaviour_begin("check_hot_path");
	tcase_add_test(tests, the_filter_works);
	tcase_add_loop_test(tests, no_system_call_is_made, 0, COUNT(scenes));
	return behaviour_run();
}
