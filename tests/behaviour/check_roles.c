/* SPDX-License-Identifier: MIT */
/*
 * check_roles.c - who may send and who may receive: the roles of a handle, one
 * producer and one reader at a time, while they live and no longer.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "behaviour.h"
#include "calls.h"

static const void *data;
static size_t len;

static void refuses(unsigned flags, enum side side)
{
	nabd_t *q = open_ok("q", 0, 0, flags);

	for (size_t i = 0; i < CALLS; i++) {
		int code;

		if (calls[i].side != side)
			continue;
		code = calls[i].run(q);
		ck_assert_msg(code == NABD_ROLE, "%s with flags %#x: %s", calls[i].name, flags,
			      code_name(code));
	}
	close_ok(q);
}

/* provokes: nabd_reserve NABD_ROLE */
/* provokes: nabd_commit NABD_ROLE */
/* provokes: nabd_abort NABD_ROLE */
/* provokes: nabd_push NABD_ROLE */
/* provokes: nabd_reserve_batch NABD_ROLE */
/* provokes: nabd_commit_batch NABD_ROLE */
/* provokes: nabd_push_batch NABD_ROLE */
START_TEST(who_did_not_open_as_producer_may_not_send)
{
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "x"));
	close_ok(q);
	refuses(NABD_CONSUMER, SEND);
	refuses(NABD_CREATE, SEND);
	refuses(NABD_OBSERVE, SEND);
	refuses(0, SEND);
}
END_TEST

/* provokes: nabd_peek NABD_ROLE */
/* provokes: nabd_peek_msg NABD_ROLE */
/* provokes: nabd_release NABD_ROLE */
/* provokes: nabd_pop NABD_ROLE */
/* provokes: nabd_peek_batch NABD_ROLE */
/* provokes: nabd_release_batch NABD_ROLE */
/* provokes: nabd_pop_batch NABD_ROLE */
START_TEST(who_did_not_open_as_consumer_may_not_receive)
{
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "x"));
	close_ok(q);
	refuses(NABD_PRODUCER, RECEIVE);
	refuses(NABD_CREATE, RECEIVE);
	refuses(NABD_OBSERVE, RECEIVE);
	refuses(0, RECEIVE);
	q = open_ok("q", 0, 0, NABD_CONSUMER); /* and none of them took the role */
	pop_is(q, "x");
	close_ok(q);
}
END_TEST

START_TEST(everyone_may_look)
{
	static const unsigned flags[] = { 0, NABD_CREATE, NABD_PRODUCER, NABD_CONSUMER,
					  NABD_OBSERVE };
	nabd_t *q = small_queue();

	is(NABD_OK, push_text(q, "x"));
	close_ok(q);
	for (size_t i = 0; i < COUNT(flags); i++) {
		q = open_ok("q", 0, 0, flags[i]);
		ck_assert_int_eq(nabd_empty(q), 0);
		ck_assert_int_eq(nabd_full(q), 0);
		ck_assert_int_eq(nabd_fill_level(q), 25);
		ck_assert_uint_eq(stats_of(q).head, 1);
		close_ok(q);
	}
}
END_TEST

/* provokes: nabd_open_opts NABD_BUSY */
START_TEST(one_producer_at_a_time)
{
	nabd_t *p = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER), *c;

	is(NABD_BUSY, open_code("q", 0, 0, NABD_PRODUCER));
	is(NABD_BUSY, open_code("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER));
	is(NABD_BUSY, open_code("q", 4, 64, NABD_CREATE | NABD_PRODUCER));
	ck_assert_ptr_null(nabd_open("q", 0, 0, NABD_PRODUCER));
	ck_assert_uint_eq(stats_of(p).producer_epoch, 1); /* who was refused does not count */
	is(NABD_OK, push_text(p, "x")); /* nor harm */
	c = open_ok("q", 0, 0, NABD_CONSUMER);
	close_ok(p);
	is(NABD_OK, open_code("q", 0, 0, NABD_PRODUCER));
	pop_is(c, "x");
	close_ok(c);
}
END_TEST

static void all_busy(nabd_t *q)
{
	char bytes[64];
	uint32_t lens[4];
	struct nabd_msg msgs[4];
	size_t got = 77;

	is(NABD_BUSY, nabd_peek(q, &data, &len));
	is(NABD_BUSY, nabd_peek_msg(q, &msgs[0]));
	len = sizeof(bytes);
	is(NABD_BUSY, nabd_pop(q, bytes, &len));
	is(NABD_BUSY, nabd_peek_batch(q, msgs, 4, &got));
	ck_assert_uint_eq(got, 0);
	is(NABD_BUSY, nabd_pop_batch(q, bytes, sizeof(bytes), lens, 4, &got));
	ck_assert_uint_eq(got, 0);
	is(NABD_STATE, nabd_release(q));
	is(NABD_STATE, nabd_release_batch(q, 0));
}

/* provokes: nabd_peek NABD_BUSY */
/* provokes: nabd_peek_msg NABD_BUSY */
/* provokes: nabd_pop NABD_BUSY */
/* provokes: nabd_peek_batch NABD_BUSY */
/* provokes: nabd_pop_batch NABD_BUSY */
START_TEST(one_reader_at_a_time)
{
	nabd_t *p = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER);
	nabd_t *one = open_ok("q", 0, 0, NABD_CONSUMER);
	nabd_t *two = open_ok("q", 0, 0, NABD_CONSUMER);

	is(NABD_OK, push_text(p, "x"));
	is(NABD_OK, push_text(p, "y"));
	is(NABD_OK, nabd_peek(one, &data, &len));
	all_busy(two);
	is(NABD_OK, nabd_release(one));
	all_busy(two); /* the role is the handle's, not the message's */
	close_ok(one);
	pop_is(two, "y");
	close_ok(two);
	close_ok(p);
}
END_TEST

/* A process that has both roles, and says so when it has them. */
static pid_t holder(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		nabd_t *q;

		prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
		q = nabd_open("q", 4, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
		if (!q || nabd_push(q, "held", 4) != NABD_OK ||
		    nabd_peek(q, &data, &len) != NABD_OK || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

START_TEST(a_paused_holder_keeps_its_roles_and_a_killed_one_loses_them)
{
	pid_t pid = holder();
	nabd_t *q;
	int status;

	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
	is(NABD_BUSY, open_code("q", 0, 0, NABD_PRODUCER));
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	all_busy(q);
	ck_assert_uint_eq(stats_of(q).state,
			  NABD_STATE_PRODUCER | NABD_STATE_CONSUMER | NABD_STATE_GROUP0);

	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_uint_eq(stats_of(q).state, NABD_STATE_GROUP0);
	is(NABD_OK, open_code("q", 0, 0, NABD_PRODUCER));
	pop_is(q, "held"); /* it died with the message in its hands */
	close_ok(q);
}
END_TEST

/* Both roles on one handle is a queue with oneself. */
START_TEST(one_handle_may_have_both_roles)
{
	nabd_t *q = small_queue();

	for (int i = 0; i < 100; i++) {
		is(NABD_OK, push_text(q, "a"));
		is(NABD_OK, push_text(q, "b"));
		pop_is(q, "a");
		pop_is(q, "b");
	}
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_roles");

	tcase_add_test(tests, who_did_not_open_as_producer_may_not_send);
	tcase_add_test(tests, who_did_not_open_as_consumer_may_not_receive);
	tcase_add_test(tests, everyone_may_look);
	tcase_add_test(tests, one_producer_at_a_time);
	tcase_add_test(tests, one_reader_at_a_time);
	tcase_add_test(tests, a_paused_holder_keeps_its_roles_and_a_killed_one_loses_them);
	tcase_add_test(tests, one_handle_may_have_both_roles);
	return behaviour_run();
}
