/* SPDX-License-Identifier: MIT */
/*
 * check_overwrite_race.c - a producer that runs round and round while others read: of
 * each message it must be known whether it was had, whole and in order, or lost.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groups.h"

#define SENT	 UINT64_C(50000)
#define SIZE	 2048u
#define MOST	 16u

static struct nabd_msg msgs[MOST];
static unsigned char all[MOST * SIZE];
static uint32_t lens[MOST];
static nabd_t *q;
static nabd_consumer_t *c; /* NULL: the default group is read */

static pid_t start_producer(void)
{
	pid_t pid = fork();
	unsigned char message[SIZE];
	uint64_t number;
	nabd_t *p;

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
	p = nabd_open("q", 0, 0, NABD_PRODUCER);
	for (number = 0; p && number < SENT; number++) {
		memset(message, (int)(number % 251), sizeof(message));
		memcpy(message, &number, sizeof(number));
		if (nabd_push(p, message, sizeof(message)) != NABD_OK)
			break;
		if (number % 512 == 0)
			sched_yield();
	}
	nabd_close(p);
	_exit(p && number == SENT ? 0 : 1);
}

/* What n messages in a row say. Not an assertion each, as those write. */
static void are_whole(size_t n, uint64_t *last)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char *at = all + i * SIZE;
		uint64_t number;

		memcpy(&number, at, sizeof(number));
		if (number >= SENT || (*last != UINT64_MAX && number <= *last))
			ck_abort_msg("%llu after %llu", (unsigned long long)number,
				     (unsigned long long)*last);
		for (size_t b = sizeof(number); b < SIZE; b++)
			if (at[b] != number % 251)
				ck_abort_msg("%llu is torn", (unsigned long long)number);
		*last = number;
	}
}

/* Each way of receiving: what it had is in all, n messages. */
static int pops_one(size_t *n)
{
	size_t room = SIZE;

	*n = 1;
	return c ? nabd_consumer_pop(c, all, &room) : nabd_pop(q, all, &room);
}

static int pops_many(size_t *n)
{
	return c ? nabd_consumer_pop_batch(c, all, sizeof(all), lens, MOST, n)
		 : nabd_pop_batch(q, all, sizeof(all), lens, MOST, n);
}

static int peeks_one(size_t *n)
{
	int code = c ? nabd_consumer_peek_msg(c, &msgs[0]) : nabd_peek_msg(q, &msgs[0]);

	if (code != NABD_OK)
		return code;
	memcpy(all, msgs[0].data, SIZE);
	*n = 1;
	return c ? nabd_consumer_release(c) : nabd_release(q);
}

static uint64_t last_gap(void)
{
	uint64_t gap;

	if (c)
		return told(c).gap;
	is(NABD_OK, nabd_lost(q, &gap, NULL));
	return gap;
}

/* Those that were overwritten while they were read are the first of them. */
static int peeks_many(size_t *n)
{
	size_t gone;
	int code = c ? nabd_consumer_peek_batch(c, msgs, MOST, n)
		     : nabd_peek_batch(q, msgs, MOST, n);

	if (code != NABD_OK)
		return code;
	for (size_t i = 0; i < *n; i++)
		memcpy(all + i * SIZE, msgs[i].data, SIZE);
	code = c ? nabd_consumer_release_batch(c, *n) : nabd_release_batch(q, *n);
	if (code != NABD_LAPPED)
		return code;
	gone = (size_t)last_gap();
	ck_assert_uint_ge(gone, 1);
	ck_assert_uint_le(gone, *n);
	*n -= gone;
	memmove(all, all + gone * SIZE, *n * SIZE);
	return NABD_OK;
}

static uint64_t lost(void)
{
	uint64_t total;

	if (c)
		return told(c).lost;
	is(NABD_OK, nabd_lost(q, NULL, &total));
	return total;
}

/* Reads until nothing comes and over says that nothing will. How many it had. */
static uint64_t reads_all(int (*take)(size_t *n), int (*over)(void))
{
	uint64_t received = 0, last = UINT64_MAX;
	int ended = 0;

	for (;;) {
		size_t n = 0;
		int code = take(&n);

		if (code == NABD_OK) {
			are_whole(n, &last);
			received += n;
		} else if (code == NABD_EMPTY && ended) {
			return received;
		} else if (code == NABD_EMPTY) {
			ended = over();
		} else {
			is(NABD_LAPPED, code);
		}
	}
}

static pid_t sender;

static int sender_has_ended(void)
{
	int status;

	if (waitpid(sender, &status, WNOHANG) != sender)
		return 0;
	ck_assert_int_eq(status, 0);
	return 1;
}

static int (*const ways[])(size_t *n) = { pops_one, pops_many, peeks_one, peeks_many };

static void is_known_of_each(int as_member)
{
	for (size_t i = 0; i < COUNT(ways); i++) {
		uint64_t received;

		close_ok(open_ok("q", MOST, SIZE, NABD_CREATE | NABD_OVERWRITE));
		q = open_ok("q", 0, 0, NABD_CONSUMER);
		c = as_member ? join_ok(q, 1) : NULL;
		if (!as_member)
			is(NABD_EMPTY, nabd_peek_msg(q, &msgs[0]));
		sender = start_producer();
		received = reads_all(ways[i], sender_has_ended);
		ck_assert_uint_eq(received + lost(), SENT);
		if (c)
			leave_ok(c);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}

START_TEST(the_default_group_knows_of_each_message)
{
	is_known_of_each(0);
}
END_TEST

START_TEST(a_member_knows_of_each_message)
{
	is_known_of_each(1);
}
END_TEST

/* In memory that all share. */
static struct sums {
	uint64_t received, lost;
	int over, ready;
} *sums;

static int all_is_sent(void)
{
	return __atomic_load_n(&sums->over, __ATOMIC_ACQUIRE);
}

static pid_t start_reader(int (*take)(size_t *n))
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	c = join_ok(q, 1);
	__atomic_fetch_add(&sums->ready, 1, __ATOMIC_ACQ_REL);
	__atomic_fetch_add(&sums->received, reads_all(take, all_is_sent), __ATOMIC_RELAXED);
	__atomic_fetch_add(&sums->lost, lost(), __ATOMIC_RELAXED);
	leave_ok(c);
	close_ok(q);
	_exit(0);
}

/* Members that share: each message was had by one, or is counted as lost by one. */
START_TEST(members_know_together_of_each_message)
{
	pid_t readers[COUNT(ways)];
	int status;

	sums = mmap(NULL, sizeof(*sums), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(sums, MAP_FAILED);
	close_ok(open_ok("q", MOST, SIZE, NABD_CREATE | NABD_OVERWRITE));
	for (size_t i = 0; i < COUNT(ways); i++)
		readers[i] = start_reader(ways[i]);
	while (__atomic_load_n(&sums->ready, __ATOMIC_ACQUIRE) != (int)COUNT(ways))
		usleep(1000);
	sender = start_producer();
	ck_assert_int_eq(waitpid(sender, &status, 0), sender);
	ck_assert_int_eq(status, 0);
	__atomic_store_n(&sums->over, 1, __ATOMIC_RELEASE);
	for (size_t i = 0; i < COUNT(ways); i++) {
		ck_assert_int_eq(waitpid(readers[i], &status, 0), readers[i]);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_uint_eq(sums->received + sums->lost, SENT);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_overwrite_race");

	tcase_add_test(tests, the_default_group_knows_of_each_message);
	tcase_add_test(tests, a_member_knows_of_each_message);
	tcase_add_test(tests, members_know_together_of_each_message);
	return behaviour_run();
}
