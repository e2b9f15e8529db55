/* SPDX-License-Identifier: MIT */
/*
 * check_groups_fork.c - a consumer belongs to the process that joined: in a forked child
 * every call says so, what the child does reaches nobody, and its life keeps nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groups.h"

static nabd_t *q;
static nabd_consumer_t *c;

/* In a child: says on stderr which call failed, as Check is not there. */
static int bad(const char *name, int code, int want)
{
	if (code == want)
		return 0;
	fprintf(stderr, "%s in a child: %s, wanted %s\n", name, code_name(code), code_name(want));
	return 1;
}

static int calls_on_the_handle(void)
{
	struct nabd_group_info group = { .size = (uint32_t)sizeof(group) };
	struct nabd_member_info member = { .size = (uint32_t)sizeof(member) };
	nabd_consumer_t *out = NULL;
	int by_errno;

	errno = 0;
	by_errno = nabd_consumer_join(q, 1) == NULL && errno == ECHILD;
	return !by_errno +
	       bad("nabd_consumer_join_opts", nabd_consumer_join_opts(q, 1, NULL, &out),
		   NABD_FORKED) +
	       bad("nabd_group_drop", nabd_group_drop(q, 1), NABD_FORKED) +
	       bad("nabd_group_look", nabd_group_look(q, 1, &group), NABD_FORKED) +
	       bad("nabd_member_look", nabd_member_look(q, 1, 0, &member), NABD_FORKED) +
	       (out != NULL);
}

static int all_forked(void)
{
	int wrong = calls_on_the_handle();

	for (size_t i = 0; i < MEMBER_CALLS; i++)
		wrong += bad(member_calls[i].name, member_calls[i].run(c),
			     member_calls[i].kind == LEAVES ? NABD_OK : NABD_FORKED);
	wrong += bad("nabd_close", nabd_close(q), NABD_OK);
	return wrong == 0 ? NABD_OK : NABD_STATE;
}

/* provokes: nabd_consumer_join_opts NABD_FORKED */
/* provokes: nabd_group_drop NABD_FORKED */
/* provokes: nabd_group_look NABD_FORKED */
/* provokes: nabd_member_look NABD_FORKED */
/* provokes: nabd_consumer_peek NABD_FORKED */
/* provokes: nabd_consumer_peek_msg NABD_FORKED */
/* provokes: nabd_consumer_release NABD_FORKED */
/* provokes: nabd_consumer_pop NABD_FORKED */
/* provokes: nabd_consumer_peek_batch NABD_FORKED */
/* provokes: nabd_consumer_release_batch NABD_FORKED */
/* provokes: nabd_consumer_pop_batch NABD_FORKED */
/* provokes: nabd_consumer_nack NABD_FORKED */
/* provokes: nabd_consumer_seek NABD_FORKED */
/* provokes: nabd_consumer_stats NABD_FORKED */
START_TEST(every_call_is_refused_in_a_child_and_the_parent_goes_on)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL);

	q = queue_of(8);
	c = join_with(q, 1, &opts);
	push_numbers(q, 0, 5);
	is(NABD_OK, run_forked(all_forked));
	gets(c, 0);
	peeks(c, 1, 1);
	is(NABD_OK, run_forked(all_forked)); /* also in the middle of things */
	is(NABD_OK, nabd_consumer_release(c));
	gets_numbers(c, 2, 5);
	ck_assert_uint_eq(group_of(q, 1).members, 1); /* the child closed its copy alone */
	is(NABD_OK, nabd_group_drop(q, 1));
	all_members_calls(c, KIND(TAKES), NABD_DROPPED);
	is(NABD_OK, run_forked(all_forked)); /* and of a group that has ended */
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* The order that the contract asks for holds in a child, too. */
static int closes_the_handle_first(void)
{
	int wrong = bad("nabd_close", nabd_close(q), NABD_STATE) +
		    bad("nabd_consumer_close", nabd_consumer_close(c), NABD_OK) +
		    bad("nabd_close", nabd_close(q), NABD_OK);

	return wrong == 0 ? NABD_OK : NABD_STATE;
}

START_TEST(a_child_can_not_close_the_handle_under_its_consumer)
{
	q = queue_of(8);
	c = join_ok(q, 1);
	is(NABD_OK, run_forked(closes_the_handle_first));
	leave_ok(c);
	close_ok(q);
}
END_TEST

static int joins_for_itself(void)
{
	nabd_t *own = nabd_open("q", 0, 0, NABD_CONSUMER);
	nabd_consumer_t *member = own ? nabd_consumer_join(own, 1) : NULL;
	struct nabd_msg msg = { .sequence = 77 };
	int wrong;

	if (!member)
		return NABD_SYSTEM;
	wrong = bad("peek", nabd_consumer_peek_msg(member, &msg), NABD_OK) + (msg.sequence != 1) +
		bad("release", nabd_consumer_release(member), NABD_OK) +
		bad("close", nabd_consumer_close(member), NABD_OK) +
		bad("close", nabd_close(own), NABD_OK);
	return wrong == 0 ? NABD_OK : NABD_STATE;
}

START_TEST(a_child_may_join_for_itself)
{
	nabd_consumer_t *other;

	q = queue_of(8);
	c = join_ok(q, 1);
	other = join_ok(q, 1); /* so that none claims more than it asks for */
	push_numbers(q, 0, 3);
	peeks(c, 0, 1);
	is(NABD_OK, run_forked(joins_for_itself));
	gets(other, 2);
	is(NABD_OK, nabd_consumer_release(c));
	gets_nothing(c);
	leave_ok(other);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/*
 * A process that joins, holds a message, and forks a child that lives until the test
 * closes a pipe; its own end is a kill. The child must keep neither group nor message.
 */
static int leave_pipe[2];

static int holds_one_and_forks(nabd_consumer_t *member)
{
	int code = holds_one(member);
	pid_t pid = code == NABD_OK ? fork() : -1;
	char byte;

	if (pid == 0) {
		close(leave_pipe[1]);
		_exit(read(leave_pipe[0], &byte, 1) != 0); /* until the test closes its end */
	}
	return pid > 0 ? NABD_OK : NABD_SYSTEM;
}

START_TEST(a_child_that_outlives_its_parent_keeps_no_membership)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL);
	nabd_consumer_t *other;
	pid_t one, two;

	q = queue_of(8);
	c = join_ok(q, 1);
	other = join_with(q, 2, &opts);
	ck_assert_int_eq(pipe(leave_pipe), 0);
	push_numbers(q, 0, 2);
	one = start_member(1, NULL, holds_one_and_forks);
	two = start_member(2, NULL, holds_one_and_forks);
	ck_assert_uint_eq(group_of(q, 1).members, 2);
	ck_assert_uint_eq(group_of(q, 2).members, 2);
	leave_ok(other);
	kill_member(one);
	kill_member(two);
	ck_assert_uint_eq(group_of(q, 1).members, 1);
	ck_assert_uint_eq(group_of(q, 2).members, 0);
	gets_at_last(c, 0, 2); /* what the dead one held */
	gets(c, 1);
	push_numbers(q, 2, 8);
	gets_numbers(c, 2, 8);
	push_at_last(q, 8); /* the ephemeral group is gone, and holds nothing */
	is(NABD_NOTFOUND, look_code(q, 2));
	leave_ok(c);
	close_ok(q);
	close(leave_pipe[0]);
	close(leave_pipe[1]);
}
END_TEST

/* Becomes another program, which lives until its input ends, with a message in its hands. */
static pid_t execs(int from_test)
{
	int ready[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0); /* it closes when the program is there */
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		nabd_t *own = nabd_open("q", 0, 0, NABD_CONSUMER);
		nabd_consumer_t *member = own ? nabd_consumer_join(own, 1) : NULL;

		if (member && holds_one(member) == NABD_OK && dup2(from_test, 0) == 0)
			execl("/bin/cat", "cat", (char *)NULL);
		(void)!write(ready[1], "!", 1);
		_exit(1);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 0);
	close(ready[0]);
	return pid;
}

START_TEST(a_consumer_ends_with_its_program)
{
	int input[2], status;
	pid_t pid;

	q = queue_of(8);
	c = join_ok(q, 1);
	push_numbers(q, 0, 2);
	ck_assert_int_eq(pipe2(input, O_CLOEXEC), 0);
	pid = execs(input[0]);
	ck_assert_int_eq(waitpid(pid, &status, WNOHANG), 0); /* it lives, as another program */
	while (group_of(q, 1).members != 1) /* the kernel lets go a little later */
		usleep(1000);
	gets_at_last(c, 0, 2);
	gets(c, 1);
	close(input[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	close(input[0]);
	leave_ok(c);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_fork");

	tcase_add_test(tests, every_call_is_refused_in_a_child_and_the_parent_goes_on);
	tcase_add_test(tests, a_child_can_not_close_the_handle_under_its_consumer);
	tcase_add_test(tests, a_child_may_join_for_itself);
	tcase_add_test(tests, a_child_that_outlives_its_parent_keeps_no_membership);
	tcase_add_test(tests, a_consumer_ends_with_its_program);
	return behaviour_run();
}
