/* SPDX-License-Identifier: MIT */
/*
 * groups.c - members of groups for the tests; see groups.h.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groups.h"

static char bytes[256];
static const void *data;
static uint32_t lens[4];
static struct nabd_msg msgs[4];
static size_t number_of;

nabd_t *queue_of(size_t slots)
{
	return open_ok("q", slots, 64, NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER);
}

nabd_consumer_t *join_with(nabd_t *q, unsigned group, const struct nabd_join_opts *opts)
{
	nabd_consumer_t *c = NULL;

	is(NABD_OK, nabd_consumer_join_opts(q, group, opts, &c));
	ck_assert_ptr_nonnull(c);
	return c;
}

nabd_consumer_t *join_ok(nabd_t *q, unsigned group)
{
	return join_with(q, group, NULL);
}

int join_code(nabd_t *q, unsigned group, const struct nabd_join_opts *opts)
{
	nabd_consumer_t *c = (nabd_consumer_t *)bytes; /* overwritten also after an error */
	int code = nabd_consumer_join_opts(q, group, opts, &c);

	ck_assert_msg((code == NABD_OK) == (c != NULL), "%s, consumer %p", code_name(code),
		      (void *)c);
	if (c)
		leave_ok(c);
	return code;
}

void leave_ok(nabd_consumer_t *c)
{
	is(NABD_OK, nabd_consumer_close(c));
}

struct nabd_join_opts with_flags(uint32_t flags)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;

	opts.flags = flags;
	return opts;
}

int push_number(nabd_t *q, uint64_t number)
{
	return nabd_push(q, &number, sizeof(number));
}

void push_numbers(nabd_t *q, uint64_t from, uint64_t end)
{
	for (uint64_t number = from; number < end; number++)
		is(NABD_OK, push_number(q, number));
}

uint64_t fill(nabd_t *q, uint64_t from)
{
	uint64_t n = 0;
	int code;

	while ((code = push_number(q, from + n)) == NABD_OK)
		n++;
	is(NABD_FULL, code);
	return n;
}

void push_at_last(nabd_t *q, uint64_t number)
{
	int code;

	/* The limit of the test case is the limit of this. */
	while ((code = push_number(q, number)) == NABD_FULL)
		usleep(1000);
	is(NABD_OK, code);
}

void is_number(const struct nabd_msg *msg, uint64_t number, uint32_t deliveries)
{
	uint64_t content;

	ck_assert_uint_eq(msg->len, sizeof(content));
	memcpy(&content, msg->data, sizeof(content));
	ck_assert_uint_eq(content, number);
	ck_assert_uint_eq(msg->sequence, number);
	ck_assert_uint_eq(msg->deliveries, deliveries);
	if (deliveries > 1)
		ck_assert_uint_eq(msg->flags, NABD_MSG_REDELIVERED);
	ck_assert_uint_eq(msg->reserved, 0);
}

void peeks(nabd_consumer_t *c, uint64_t number, uint32_t deliveries)
{
	struct nabd_msg msg;

	memset(&msg, 0xa5, sizeof(msg));
	is(NABD_OK, nabd_consumer_peek_msg(c, &msg));
	is_number(&msg, number, deliveries);
}

void gets_again(nabd_consumer_t *c, uint64_t number, uint32_t deliveries)
{
	peeks(c, number, deliveries);
	is(NABD_OK, nabd_consumer_release(c));
}

void gets(nabd_consumer_t *c, uint64_t number)
{
	gets_again(c, number, 1);
}

void gets_numbers(nabd_consumer_t *c, uint64_t from, uint64_t end)
{
	for (uint64_t number = from; number < end; number++)
		gets(c, number);
}

void gets_nothing(nabd_consumer_t *c)
{
	is(NABD_EMPTY, nabd_consumer_peek(c, &data, NULL));
}

void reads_number(nabd_t *q, uint64_t number)
{
	struct nabd_msg msg;

	is(NABD_OK, nabd_peek_msg(q, &msg));
	is_number(&msg, number, 1);
	is(NABD_OK, nabd_release(q));
}

void gets_at_last(nabd_consumer_t *c, uint64_t number, uint32_t deliveries)
{
	struct nabd_msg msg;
	int code;

	/* The limit of the test case is the limit of this. */
	while ((code = nabd_consumer_peek_msg(c, &msg)) == NABD_EMPTY)
		usleep(1000);
	is(NABD_OK, code);
	is_number(&msg, number, deliveries);
	ck_assert_uint_eq(msg.flags, NABD_MSG_REDELIVERED);
	is(NABD_OK, nabd_consumer_release(c));
}

struct nabd_group_info group_of(nabd_t *q, unsigned group)
{
	struct nabd_group_info info;

	memset(&info, 0xa5, sizeof(info)); /* so that a field left out is seen */
	info.size = (uint32_t)sizeof(info);
	is(NABD_OK, nabd_group_look(q, group, &info));
	ck_assert_uint_eq(info.size, sizeof(info));
	ck_assert_uint_eq(info.group, group);
	ck_assert_uint_eq(info.reserved, 0);
	return info;
}

int look_code(nabd_t *q, unsigned group)
{
	struct nabd_group_info info = { .size = (uint32_t)sizeof(info) };

	return nabd_group_look(q, group, &info);
}

struct nabd_member_info member_of(nabd_t *q, unsigned group, unsigned member)
{
	struct nabd_member_info info;

	memset(&info, 0xa5, sizeof(info));
	info.size = (uint32_t)sizeof(info);
	is(NABD_OK, nabd_member_look(q, group, member, &info));
	ck_assert_uint_eq(info.size, sizeof(info));
	ck_assert_uint_eq(info.group, group);
	ck_assert_uint_eq(info.member, member);
	ck_assert_uint_eq(info.reserved, 0);
	return info;
}

struct nabd_consumer_stats told(nabd_consumer_t *c)
{
	struct nabd_consumer_stats stats;

	memset(&stats, 0xa5, sizeof(stats));
	stats.size = (uint32_t)sizeof(stats);
	is(NABD_OK, nabd_consumer_stats(c, &stats));
	ck_assert_uint_eq(stats.size, sizeof(stats));
	ck_assert_uint_eq(stats.reserved, 0);
	return stats;
}

uint64_t min_tail_of(nabd_t *q)
{
	uint64_t sequence = 77;

	is(NABD_OK, nabd_min_tail(q, &sequence));
	ck_assert_uint_eq(sequence, stats_of(q).tail);
	return sequence;
}

/* In the child: code 1 and more is shown by the parent. */
static int be_member(unsigned group, const struct nabd_join_opts *opts,
		     int (*act)(nabd_consumer_t *c))
{
	nabd_t *q = NULL;
	nabd_consumer_t *c = NULL;
	int code = nabd_open_opts("q", 0, 0, NABD_CONSUMER, NULL, &q);

	if (code == NABD_OK)
		code = nabd_consumer_join_opts(q, group, opts, &c);
	return code == NABD_OK ? act(c) : code;
}

pid_t start_member(unsigned group, const struct nabd_join_opts *opts,
		   int (*act)(nabd_consumer_t *c))
{
	int code = NABD_SYSTEM, ready[2];
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
		code = be_member(group, opts, act);
		if (write(ready[1], &code, sizeof(code)) != (ssize_t)sizeof(code))
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &code, sizeof(code)), (ssize_t)sizeof(code));
	close(ready[0]);
	is(NABD_OK, code);
	return pid;
}

void stop_member(pid_t pid)
{
	int status;

	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
}

void kill_member(pid_t pid)
{
	int status;

	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
}

int holds_nothing(nabd_consumer_t *c)
{
	(void)c;
	return NABD_OK;
}

int holds_one(nabd_consumer_t *c)
{
	return nabd_consumer_peek(c, &data, NULL);
}

int holds_four(nabd_consumer_t *c)
{
	int code = nabd_consumer_peek_batch(c, msgs, 4, &number_of);

	return code == NABD_OK && number_of != 4 ? NABD_EMPTY : code;
}

static int run_peek(nabd_consumer_t *c)
{
	return nabd_consumer_peek(c, &data, &number_of);
}

static int run_peek_msg(nabd_consumer_t *c)
{
	return nabd_consumer_peek_msg(c, &msgs[0]);
}

static int run_pop(nabd_consumer_t *c)
{
	number_of = sizeof(bytes);
	return nabd_consumer_pop(c, bytes, &number_of);
}

static int run_peek_batch(nabd_consumer_t *c)
{
	return nabd_consumer_peek_batch(c, msgs, 4, &number_of);
}

static int run_pop_batch(nabd_consumer_t *c)
{
	return nabd_consumer_pop_batch(c, bytes, sizeof(bytes), lens, 4, &number_of);
}

static int run_release_batch(nabd_consumer_t *c)
{
	return nabd_consumer_release_batch(c, 0);
}

static int run_seek(nabd_consumer_t *c)
{
	return nabd_consumer_seek(c, 0, NULL);
}

static int run_stats(nabd_consumer_t *c)
{
	struct nabd_consumer_stats stats = { .size = (uint32_t)sizeof(stats) };

	return nabd_consumer_stats(c, &stats);
}

const struct member_call member_calls[MEMBER_CALLS] = {
	{ run_peek, "nabd_consumer_peek", TAKES },
	{ run_peek_msg, "nabd_consumer_peek_msg", TAKES },
	{ run_pop, "nabd_consumer_pop", TAKES },
	{ run_peek_batch, "nabd_consumer_peek_batch", TAKES },
	{ run_pop_batch, "nabd_consumer_pop_batch", TAKES },
	{ nabd_consumer_release, "nabd_consumer_release", GIVES_BACK },
	{ run_release_batch, "nabd_consumer_release_batch", GIVES_BACK },
	{ nabd_consumer_nack, "nabd_consumer_nack", GIVES_BACK },
	{ run_seek, "nabd_consumer_seek", MOVES },
	{ run_stats, "nabd_consumer_stats", TELLS },
	{ nabd_consumer_close, "nabd_consumer_close", LEAVES }, /* last: then it is gone */
};

void all_members_calls(nabd_consumer_t *c, unsigned kinds, int code)
{
	for (size_t i = 0; i < MEMBER_CALLS; i++) {
		int got;

		if ((kinds & KIND(member_calls[i].kind)) == 0)
			continue;
		got = member_calls[i].run(c);
		ck_assert_msg(got == code, "%s: %s, wanted %s", member_calls[i].name,
			      code_name(got), code_name(code));
	}
}
