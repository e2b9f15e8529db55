/* SPDX-License-Identifier: MIT */
/*
 * check_overwrite.c - queues whose producer never waits, read by the default group: what
 * was overwritten is told exactly, and nothing torn is given out as whole.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "groups.h"

#define BOTH (NABD_PRODUCER | NABD_CONSUMER)

static struct nabd_msg msgs[16];
static unsigned char bytes[256];
static size_t got, len;
static const void *data;

static nabd_t *over_queue(size_t slots)
{
	return open_ok("q", slots, 64, NABD_CREATE | NABD_EXCL | NABD_OVERWRITE | BOTH);
}

static void lost(nabd_t *q, uint64_t gap, uint64_t total)
{
	uint64_t this_gap = 77, all = 77;

	is(NABD_OK, nabd_lost(q, &this_gap, &all));
	ck_assert_uint_eq(this_gap, gap);
	ck_assert_uint_eq(all, total);
}

/* A queue of 4 slots with a reader at 0, and messages up to head. */
static nabd_t *read_queue(uint64_t head)
{
	nabd_t *q = over_queue(4);

	is(NABD_EMPTY, nabd_peek(q, &data, NULL));
	lost(q, 0, 0);
	push_numbers(q, 0, head);
	return q;
}

/* provokes: nabd_peek NABD_LAPPED */
/* provokes: nabd_peek_msg NABD_LAPPED */
/* provokes: nabd_pop NABD_LAPPED */
/* provokes: nabd_peek_batch NABD_LAPPED */
/* provokes: nabd_pop_batch NABD_LAPPED */
START_TEST(every_receiving_call_tells_that_it_was_lapped)
{
	for (size_t i = 0; i < CALLS; i++) {
		if (calls[i].side != RECEIVE || strstr(calls[i].name, "release"))
			continue;
		for (uint64_t head = 5; head < 20; head++) {
			nabd_t *q = read_queue(head);

			is(NABD_LAPPED, calls[i].run(q));
			lost(q, head - 4, head - 4);
			is(NABD_STATE, nabd_release(q)); /* nothing is peeked */
			is(NABD_STATE, nabd_release_batch(q, 0));
			for (uint64_t number = head - 4; number < head; number++)
				reads_number(q, number);
			is(NABD_EMPTY, nabd_peek(q, &data, NULL));
			lost(q, head - 4, head - 4);
			close_ok(q);
			is(NABD_OK, nabd_unlink("q"));
		}
	}
}
END_TEST

/* provokes: nabd_lost NABD_OK */
START_TEST(gaps_add_up)
{
	nabd_t *q = read_queue(0);
	uint64_t head = 0, received = 0, gap, total;

	for (uint64_t burst = 0; burst < 30; burst++) {
		push_numbers(q, head, head + burst % 11);
		head += burst % 11;
		for (;;) {
			int code = nabd_peek_msg(q, &msgs[0]);

			if (code == NABD_EMPTY)
				break;
			if (code == NABD_LAPPED)
				continue;
			is(NABD_OK, code);
			is_number(&msgs[0], msgs[0].sequence, 1);
			is(NABD_OK, nabd_lost(q, NULL, &total));
			ck_assert_uint_eq(msgs[0].sequence, received + total);
			is(NABD_OK, nabd_release(q));
			received++;
			if (received % 3 == 0)
				break; /* and lag behind */
		}
	}
	for (int code = NABD_OK; code != NABD_EMPTY; received += code == NABD_OK) {
		len = sizeof(bytes);
		code = nabd_pop(q, bytes, &len);
		ck_assert(code == NABD_OK || code == NABD_EMPTY || code == NABD_LAPPED);
	}
	is(NABD_OK, nabd_lost(q, &gap, &total));
	ck_assert_uint_le(gap, total);
	ck_assert_uint_gt(total, 0);
	ck_assert_uint_eq(received + total, head);
	close_ok(q);
}
END_TEST

/* provokes: nabd_release NABD_LAPPED */
START_TEST(what_was_peeked_is_validated_when_it_is_released)
{
	nabd_t *q = read_queue(4);

	is(NABD_OK, nabd_peek(q, &data, &len));
	is(NABD_OK, nabd_release(q)); /* 0, in time */
	is(NABD_OK, nabd_peek(q, &data, &len));
	push_numbers(q, 4, 6); /* over 0 and 1 */
	is(NABD_LAPPED, nabd_release(q));
	lost(q, 1, 1);
	is(NABD_STATE, nabd_release(q)); /* it was released all the same */
	is(NABD_OK, nabd_peek_msg(q, &msgs[0]));
	is_number(&msgs[0], 2, 1);
	push_numbers(q, 6, 9);
	is(NABD_LAPPED, nabd_peek(q, &data, &len)); /* looking again tells it too */
	lost(q, 3, 4);
	is(NABD_STATE, nabd_release(q));
	for (uint64_t number = 5; number < 9; number++)
		reads_number(q, number);
	close_ok(q);
}
END_TEST

/* provokes: nabd_release_batch NABD_LAPPED */
START_TEST(a_batch_is_validated_message_by_message)
{
	for (uint64_t over = 0; over <= 4; over++) {
		nabd_t *q = read_queue(4);

		is(NABD_OK, nabd_peek_batch(q, msgs, 4, &got));
		ck_assert_uint_eq(got, 4);
		push_numbers(q, 4, 4 + over);
		is(over ? NABD_LAPPED : NABD_OK, nabd_release_batch(q, 4));
		lost(q, over, over);
		for (uint64_t number = 4; number < 4 + over; number++)
			reads_number(q, number);
		close_ok(q);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(a_part_of_a_batch_is_released)
{
	nabd_t *q = read_queue(4);

	is(NABD_OK, nabd_peek_batch(q, msgs, 4, &got));
	push_numbers(q, 4, 6);
	is(NABD_LAPPED, nabd_release_batch(q, 3)); /* 0 and 1 are gone, 2 was whole */
	lost(q, 2, 2);
	reads_number(q, 3);
	is(NABD_OK, nabd_peek_batch(q, msgs, 4, &got));
	push_numbers(q, 6, 12);
	is(NABD_OK, nabd_release_batch(q, 0)); /* gave none back as read */
	is(NABD_LAPPED, nabd_peek(q, &data, NULL));
	lost(q, 4, 6);
	reads_number(q, 8);
	close_ok(q);
}
END_TEST

/* A slot is given up when it is reserved, not when it is committed. */
START_TEST(reserve_takes_the_oldest_and_abort_does_not_bring_it_back)
{
	nabd_t *q = read_queue(4);
	void *slots[8];

	is(NABD_OK, nabd_reserve(q, 8, &slots[0]));
	is(NABD_LAPPED, nabd_peek(q, &data, NULL));
	lost(q, 1, 1);
	is(NABD_OK, nabd_abort(q));
	for (uint64_t number = 1; number < 4; number++)
		reads_number(q, number);
	is(NABD_EMPTY, nabd_peek(q, &data, NULL)); /* nothing was sent there */
	push_numbers(q, 4, 8);
	is(NABD_OK, nabd_reserve_batch(q, 8, slots, 8, &got));
	ck_assert_uint_eq(got, 4); /* all of them, at most */
	is(NABD_LAPPED, nabd_peek(q, &data, NULL));
	lost(q, 4, 5);
	is(NABD_EMPTY, nabd_peek(q, &data, NULL));
	is(NABD_OK, nabd_commit_batch(q, NULL, 0));
	is(NABD_EMPTY, nabd_peek(q, &data, NULL));
	push_numbers(q, 8, 12);
	for (uint64_t number = 8; number < 12; number++)
		reads_number(q, number);
	close_ok(q);
}
END_TEST

START_TEST(the_producer_never_waits)
{
	nabd_t *q = over_queue(4), *idle = open_ok("q", 0, 0, NABD_CONSUMER);

	for (uint64_t number = 0; number < 1000; number++) {
		is(NABD_OK, push_number(q, number));
		ck_assert_int_eq(nabd_full(q), 0);
		ck_assert_int_eq(nabd_fill_level(q), number < 4 ? (int)(number + 1) * 25 : 100);
	}
	ck_assert_uint_eq(stats_of(q).full_count, 0);
	ck_assert_uint_eq(stats_of(q).head, 1000);
	ck_assert_uint_eq(stats_of(q).tail, 996);
	ck_assert_uint_eq(stats_of(q).state & NABD_STATE_OVERWRITE, NABD_STATE_OVERWRITE);
	for (uint64_t number = 996; number < 1000; number++) /* who is first has what is kept */
		reads_number(idle, number);
	lost(idle, 0, 0);
	push_numbers(q, 1000, 1100);
	close_ok(idle); /* and a successor goes on where it was */
	is(NABD_LAPPED, nabd_peek(q, &data, NULL));
	lost(q, 96, 96);
	reads_number(q, 1096);
	close_ok(q);
}
END_TEST

/* provokes: nabd_open_opts NABD_GEOMETRY */
START_TEST(attaching_with_and_without_the_flag)
{
	nabd_t *q = over_queue(4);

	push_numbers(q, 0, 9);
	close_ok(q);
	is(NABD_OK, open_code("q", 0, 0, NABD_OVERWRITE | NABD_CONSUMER));
	is(NABD_OK, open_code("q", 0, 0, NABD_OVERWRITE | NABD_CREATE));
	is(NABD_OK, open_code("q", 0, 0, NABD_OVERWRITE));
	is(NABD_OK, open_code("q", 0, 0, NABD_OBSERVE));
	q = open_ok("q", 0, 0, BOTH); /* it is what it is, asked for or not */
	push_numbers(q, 9, 20);
	reads_number(q, 16);
	close_ok(q);
	is(NABD_OK, nabd_unlink("q"));
	close_ok(queue_of(4));
	is(NABD_GEOMETRY, open_code("q", 0, 0, NABD_OVERWRITE));
	is(NABD_GEOMETRY, open_code("q", 0, 0, NABD_OVERWRITE | BOTH));
	is(NABD_GEOMETRY, open_code("q", 4, 64, NABD_OVERWRITE | NABD_CREATE | BOTH));
	is(NABD_EXISTS, open_code("q", 4, 64, NABD_OVERWRITE | NABD_CREATE | NABD_EXCL));
	q = open_ok("q", 0, 0, BOTH);
	ck_assert_uint_eq(fill(q, 0), 4);
	ck_assert_uint_eq(stats_of(q).state & NABD_STATE_OVERWRITE, 0);
	close_ok(q);
}
END_TEST

/* Killed with a reservation open, after so many messages. */
static void producer_dies(uint64_t from, uint64_t end, size_t reserved)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		static nabd_t *p;
		void *slots[16];
		size_t n;

		p = nabd_open("q", 0, 0, NABD_PRODUCER);
		while (p && from < end)
			push_number(p, from++);
		if (p && reserved && nabd_reserve_batch(p, 64, slots, reserved, &n) == NABD_OK)
			memset(slots[0], 0xee, 64);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

START_TEST(a_successor_takes_over_from_the_killed)
{
	for (uint64_t sent = 0; sent < 12; sent++) {
		for (size_t reserved = 0; reserved <= 4; reserved++) {
			const uint64_t over = sent + reserved > 4 ? sent + reserved - 4 : 0;
			nabd_t *c, *p;

			close_ok(open_ok("q", 4, 64, NABD_CREATE | NABD_OVERWRITE));
			c = open_ok("q", 0, 0, NABD_CONSUMER);
			is(NABD_EMPTY, nabd_peek(c, &data, NULL));
			producer_dies(0, sent, reserved);
			p = open_ok("q", 0, 0, NABD_PRODUCER);
			ck_assert_uint_eq(stats_of(p).head, sent);
			if (over != 0 && sent != 0) {
				is(NABD_LAPPED, nabd_peek(c, &data, NULL));
				lost(c, over < sent ? over : sent, over < sent ? over : sent);
			}
			for (uint64_t number = over; number < sent; number++)
				reads_number(c, number);
			is(NABD_EMPTY, nabd_peek(c, &data, NULL));
			push_numbers(p, sent, sent + 9);
			is(NABD_LAPPED, nabd_peek(c, &data, NULL));
			for (uint64_t number = sent + 5; number < sent + 9; number++)
				reads_number(c, number);
			close_ok(p);
			close_ok(c);
			is(NABD_OK, nabd_unlink("q"));
		}
	}
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_overwrite");

	tcase_add_test(tests, every_receiving_call_tells_that_it_was_lapped);
	tcase_add_test(tests, gaps_add_up);
	tcase_add_test(tests, what_was_peeked_is_validated_when_it_is_released);
	tcase_add_test(tests, a_batch_is_validated_message_by_message);
	tcase_add_test(tests, a_part_of_a_batch_is_released);
	tcase_add_test(tests, reserve_takes_the_oldest_and_abort_does_not_bring_it_back);
	tcase_add_test(tests, the_producer_never_waits);
	tcase_add_test(tests, attaching_with_and_without_the_flag);
	tcase_add_test(tests, a_successor_takes_over_from_the_killed);
	return behaviour_run();
}
