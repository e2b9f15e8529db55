/* SPDX-License-Identifier: MIT */
/*
 * check_groups_share.c - members of a group share its messages, each group gets all of
 * them, and a slot is used again when every group has read it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groups.h"

static struct nabd_msg msgs[16];
static size_t got;

START_TEST(members_share_and_each_message_comes_once)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c[3] = { join_ok(q, 1), join_ok(q, 1), join_ok(q, 1) };

	for (uint64_t next = 0; next < 60; next += 6) {
		push_numbers(q, next, next + 6);
		gets(c[0], next);
		peeks(c[2], next + 1, 1);
		gets(c[1], next + 2);
		is(NABD_OK, nabd_consumer_peek_batch(c[0], msgs, 2, &got));
		ck_assert_uint_eq(got, 2);
		is_number(&msgs[0], next + 3, 1);
		is_number(&msgs[1], next + 4, 1);
		gets(c[1], next + 5);
		gets_nothing(c[1]);
		is(NABD_OK, nabd_consumer_release(c[2]));
		gets_nothing(c[2]);
		is(NABD_OK, nabd_consumer_release_batch(c[0], 2));
		gets_nothing(c[0]);
	}
	for (int i = 0; i < 3; i++)
		leave_ok(c[i]);
	close_ok(q);
}
END_TEST

/* A member with nobody beside it may take many at once; that must not be seen. */
START_TEST(one_that_comes_later_gets_what_is_not_taken)
{
	nabd_t *q = queue_of(64);
	nabd_consumer_t *c = join_ok(q, 1), *later;
	uint64_t next;

	push_numbers(q, 0, 64);
	gets(c, 0);
	later = join_ok(q, 1);
	is(NABD_OK, nabd_consumer_peek_msg(later, &msgs[0]));
	next = msgs[0].sequence;
	ck_assert_uint_le(next, 16);
	for (uint64_t number = 1; number < next; number++)
		gets(c, number);
	is(NABD_OK, nabd_consumer_release(later));
	for (uint64_t number = next + 1; number < 64; number++) /* now they take turns */
		gets(number % 2 ? c : later, number);
	leave_ok(later);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(every_group_gets_every_message)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c[NABD_MAX_GROUPS];
	uint64_t buf;
	size_t len;

	for (unsigned g = 0; g < NABD_MAX_GROUPS; g++)
		c[g] = join_ok(q, g + 1);
	is(NABD_EMPTY, nabd_peek(q, &msgs[0].data, NULL));
	for (uint64_t next = 0; next < 40; next += 5) {
		push_numbers(q, next, next + 5);
		for (unsigned g = 0; g < NABD_MAX_GROUPS; g++) {
			for (uint64_t number = next; number < next + 5; number++) {
				len = sizeof(buf);
				is(NABD_OK, nabd_consumer_pop(c[g], &buf, &len));
				ck_assert_uint_eq(buf, number);
			}
			gets_nothing(c[g]);
		}
		for (uint64_t number = next; number < next + 5; number++)
			reads_number(q, number);
	}
	for (unsigned g = 0; g < NABD_MAX_GROUPS; g++)
		leave_ok(c[g]);
	close_ok(q);
}
END_TEST

/* Of 17 groups each in turn is the one that has not read. */
START_TEST(a_slot_is_free_when_the_last_group_has_read_it)
{
	nabd_t *q = queue_of(4);
	nabd_consumer_t *c[NABD_MAX_GROUPS];
	uint64_t next = 0;

	for (unsigned g = 0; g < NABD_MAX_GROUPS; g++)
		c[g] = join_ok(q, g + 1);
	is(NABD_EMPTY, nabd_peek(q, &msgs[0].data, NULL));
	for (unsigned slow = 0; slow <= NABD_MAX_GROUPS; slow++) {
		push_numbers(q, next, next + 4);
		for (unsigned g = 0; g < NABD_MAX_GROUPS; g++)
			if (g != slow)
				gets_numbers(c[g], next, next + 4);
		for (uint64_t i = 0; i < 4 && slow != NABD_MAX_GROUPS; i++)
			reads_number(q, next + i);
		is(NABD_FULL, push_number(q, next + 4));
		ck_assert_int_eq(nabd_full(q), 1);
		if (slow == NABD_MAX_GROUPS)
			reads_number(q, next);
		else
			peeks(c[slow], next, 1);
		if (slow != NABD_MAX_GROUPS) {
			is(NABD_FULL, push_number(q, next + 4)); /* peeked is not released */
			is(NABD_OK, nabd_consumer_release(c[slow]));
		}
		is(NABD_OK, push_number(q, next + 4));
		is(NABD_FULL, push_number(q, next + 5));
		for (unsigned g = 0; g < NABD_MAX_GROUPS; g++)
			gets_numbers(c[g], g == slow ? next + 1 : next + 4, next + 5);
		for (uint64_t i = slow == NABD_MAX_GROUPS ? 1 : 4; i < 5; i++)
			reads_number(q, next + i);
		next += 5;
	}
	for (unsigned g = 0; g < NABD_MAX_GROUPS; g++)
		leave_ok(c[g]);
	close_ok(q);
}
END_TEST

/* One member of three holds an old message: the others go on, the producer does not. */
START_TEST(a_held_message_holds_the_producer_whoever_holds_it)
{
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c[3] = { join_ok(q, 9), join_ok(q, 9), join_ok(q, 9) };

	push_numbers(q, 0, 8);
	for (int i = 0; i < 3; i++)
		peeks(c[i], (uint64_t)i, 1);
	is(NABD_OK, nabd_consumer_release(c[0]));
	is(NABD_OK, nabd_consumer_release(c[2]));
	gets_numbers(c[0], 3, 8);
	ck_assert_uint_eq(fill(q, 8), 1); /* the slot of 0 alone: 1 is held */
	is(NABD_OK, nabd_consumer_release(c[1]));
	ck_assert_uint_eq(fill(q, 9), 7);
	gets_numbers(c[2], 8, 16);
	for (int i = 0; i < 3; i++)
		leave_ok(c[i]);
	close_ok(q);
}
END_TEST

/* provokes: nabd_consumer_join_opts NABD_BUSY */
START_TEST(sixteen_groups_and_sixteen_members)
{
	nabd_t *q = queue_of(32), *other = open_ok("q", 0, 0, NABD_CONSUMER);
	nabd_consumer_t *c[NABD_MAX_GROUPS], *m[NABD_MAX_MEMBERS];
	unsigned seventh = 0;

	for (unsigned g = 0; g < NABD_MAX_GROUPS; g++) {
		c[g] = join_ok(g % 2 ? q : other, 0); /* each gets an id of its own */
		ck_assert_uint_ge(told(c[g]).group, 1);
		ck_assert_uint_le(told(c[g]).group, NABD_MAX_GROUPS);
		for (unsigned before = 0; before < g; before++)
			ck_assert_uint_ne(told(c[g]).group, told(c[before]).group);
		seventh = told(c[g]).group == 7 ? g : seventh;
	}
	is(NABD_BUSY, join_code(q, 0, NULL));
	errno = 0;
	ck_assert_ptr_null(nabd_consumer_join(q, 0));
	ck_assert_int_eq(errno, EBUSY);
	is(NABD_OK, nabd_group_drop(q, 7));
	leave_ok(c[seventh]);
	m[0] = join_ok(q, 0);
	ck_assert_uint_eq(told(m[0]).group, 7); /* the one that is free */
	for (unsigned i = 1; i < NABD_MAX_MEMBERS; i++)
		m[i] = join_ok(i % 2 ? q : other, 7);
	is(NABD_BUSY, join_code(q, 7, NULL));
	is(NABD_BUSY, join_code(other, 7, NULL));
	ck_assert_uint_eq(group_of(q, 7).members, NABD_MAX_MEMBERS);
	push_numbers(q, 0, 16);
	for (unsigned i = 0; i < NABD_MAX_MEMBERS; i++)
		gets(m[i], i);
	leave_ok(m[5]);
	m[5] = join_ok(other, 7);
	gets_nothing(m[5]);
	for (unsigned i = 0; i < NABD_MAX_MEMBERS; i++)
		leave_ok(m[i]);
	for (unsigned g = 0; g < NABD_MAX_GROUPS; g++)
		if (g != seventh)
			leave_ok(c[g]);
	close_ok(other);
	close_ok(q);
}
END_TEST

/* Processes that compete: what each got is added up in memory that all share. */
#define WORKERS	 4
#define MESSAGES 20000u

static struct tally {
	unsigned char count[MESSAGES + WORKERS];
	int go;
} *tally;

static int takes_until_the_end(nabd_consumer_t *c)
{
	for (;;) {
		struct nabd_msg some[5];
		uint64_t number = 0;
		size_t n = 0;
		int code = nabd_consumer_peek_batch(c, some, 5, &n);

		if (code == NABD_EMPTY) {
			sched_yield();
			continue;
		}
		if (code != NABD_OK)
			return code;
		for (size_t i = 0; i < n; i++) {
			memcpy(&number, some[i].data, sizeof(number));
			if (number != some[i].sequence || number >= MESSAGES + WORKERS)
				return NABD_CORRUPT;
			__atomic_fetch_add(&tally->count[number], 1, __ATOMIC_RELAXED);
		}
		code = nabd_consumer_release_batch(c, n);
		if (code != NABD_OK)
			return code;
		if (number >= MESSAGES)
			return NABD_OK;
	}
}

static void start_worker(nabd_t *parents)
{
	pid_t pid = fork();
	nabd_t *q;
	nabd_consumer_t *c;
	int code;

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
	close_ok(parents);
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	c = join_ok(q, 1);
	code = takes_until_the_end(c);
	leave_ok(c);
	close_ok(q);
	_exit(-code);
}

START_TEST(processes_that_compete_get_each_message_once)
{
	nabd_t *q = queue_of(64);
	int status;

	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	ck_assert_ptr_ne(tally, MAP_FAILED);
	for (int i = 0; i < WORKERS; i++)
		start_worker(q);
	for (uint64_t number = 0; number < MESSAGES; number++)
		push_at_last(q, number);
	/* The first who sees one of the last ends, so that there must be one for each. */
	for (uint64_t i = 0; i < WORKERS; i++) {
		pid_t ended;

		push_at_last(q, MESSAGES + i);
		ended = waitpid(-1, &status, 0);
		ck_assert_int_gt(ended, 0);
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %#x", status);
	}
	for (size_t number = 0; number < MESSAGES + WORKERS; number++)
		ck_assert_msg(tally->count[number] == 1, "%zu was had %u times", number,
			      tally->count[number]);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_share");

	tcase_add_test(tests, members_share_and_each_message_comes_once);
	tcase_add_test(tests, one_that_comes_later_gets_what_is_not_taken);
	tcase_add_test(tests, every_group_gets_every_message);
	tcase_add_test(tests, a_slot_is_free_when_the_last_group_has_read_it);
	tcase_add_test(tests, a_held_message_holds_the_producer_whoever_holds_it);
	tcase_add_test(tests, sixteen_groups_and_sixteen_members);
	tcase_add_test(tests, processes_that_compete_get_each_message_once);
	return behaviour_run();
}
