/* SPDX-License-Identifier: MIT */
/*
 * check_wait_gone.c - a wait ends as the name is gone, the producer is gone, or messages
 * are; and what is there is had before that is told.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

static nabd_t *queue;
static nabd_consumer_t *member;

/* A handle and a consumer of it that want to be told. */
static void set_both(uint32_t flags)
{
	struct nabd_wait_opts opts = with_slices(flags);

	is(NABD_OK, nabd_set_wait(queue, &opts));
	is(NABD_OK, nabd_consumer_set_wait(member, &opts));
}

/* provokes: nabd_reserve_wait NABD_UNLINKED */
/* provokes: nabd_push_wait NABD_UNLINKED */
/* provokes: nabd_reserve_batch_wait NABD_UNLINKED */
/* provokes: nabd_push_batch_wait NABD_UNLINKED */
/* provokes: nabd_peek_wait NABD_UNLINKED */
/* provokes: nabd_peek_msg_wait NABD_UNLINKED */
/* provokes: nabd_pop_wait NABD_UNLINKED */
/* provokes: nabd_peek_batch_wait NABD_UNLINKED */
/* provokes: nabd_pop_batch_wait NABD_UNLINKED */
/* provokes: nabd_consumer_peek_wait NABD_UNLINKED */
/* provokes: nabd_consumer_peek_msg_wait NABD_UNLINKED */
/* provokes: nabd_consumer_pop_wait NABD_UNLINKED */
/* provokes: nabd_consumer_peek_batch_wait NABD_UNLINKED */
/* provokes: nabd_consumer_pop_batch_wait NABD_UNLINKED */
START_TEST(nobody_waits_for_what_has_no_name_any_more)
{
	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	push_numbers(queue, 0, 4);
	gets_numbers(member, 0, 4);
	set_both(NABD_WAIT_UNLINK);
	is(NABD_TIMEOUT, pushes(queue, SHORT_NS)); /* it has it still */
	is(NABD_OK, nabd_unlink("q"));
	all_waits(queue, SEND, FOR_EVER, NABD_UNLINKED);
	all_member_waits(member, FOR_EVER, NABD_UNLINKED);
	is(NABD_OK, pops(queue, FOR_EVER)); /* what is there can be had, and slots too */
	is(NABD_OK, pushes(queue, FOR_EVER));
	is(NABD_OK, member_pops(member, FOR_EVER));
	while (nabd_empty(queue) == 0)
		is(NABD_OK, pops(queue, FOR_EVER));
	all_waits(queue, RECEIVE, FOR_EVER, NABD_UNLINKED);
	set_both(0);
	all_waits(queue, RECEIVE, SHORT_NS, NABD_TIMEOUT); /* who does not ask is not told */
	all_member_waits(member, SHORT_NS, NABD_TIMEOUT);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

START_TEST(a_name_taken_anew_is_not_the_old_queues)
{
	nabd_t *other;

	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	set_both(NABD_WAIT_UNLINK);
	is(NABD_OK, nabd_unlink("q"));
	other = queue_of(4);
	is(NABD_UNLINKED, pops(queue, FOR_EVER));
	is(NABD_UNLINKED, member_pops(member, FOR_EVER));
	leave_ok(member);
	close_ok(queue);
	close_ok(other);
}
END_TEST

START_TEST(who_sleeps_learns_that_the_name_is_gone)
{
	struct sleeper tx, one;

	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	push_numbers(queue, 0, 4);
	gets_numbers(member, 0, 4);
	set_both(NABD_WAIT_UNLINK);
	sleeps_in(&tx, pushes, queue);
	member_sleeps_in(&one, member_pops, member);
	is(NABD_OK, nabd_unlink("q"));
	ends_with(&tx, NABD_UNLINKED);
	ends_with(&one, NABD_UNLINKED);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* provokes: nabd_peek_wait NABD_NOPRODUCER */
/* provokes: nabd_peek_msg_wait NABD_NOPRODUCER */
/* provokes: nabd_pop_wait NABD_NOPRODUCER */
/* provokes: nabd_peek_batch_wait NABD_NOPRODUCER */
/* provokes: nabd_pop_batch_wait NABD_NOPRODUCER */
/* provokes: nabd_consumer_peek_wait NABD_NOPRODUCER */
/* provokes: nabd_consumer_peek_msg_wait NABD_NOPRODUCER */
/* provokes: nabd_consumer_pop_wait NABD_NOPRODUCER */
/* provokes: nabd_consumer_peek_batch_wait NABD_NOPRODUCER */
/* provokes: nabd_consumer_pop_batch_wait NABD_NOPRODUCER */
START_TEST(nobody_waits_for_a_producer_that_is_not_there)
{
	nabd_t *p = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER);

	queue = reader_of_queue();
	member = join_ok(queue, 1);
	set_both(NABD_WAIT_PRODUCER);
	all_waits(queue, RECEIVE, SHORT_NS, NABD_TIMEOUT);
	all_member_waits(member, SHORT_NS, NABD_TIMEOUT);
	push_numbers(p, 0, 1);
	close_ok(p);
	is(NABD_OK, pops(queue, FOR_EVER)); /* its last message first */
	is(NABD_OK, member_pops(member, FOR_EVER));
	all_waits(queue, RECEIVE, FOR_EVER, NABD_NOPRODUCER);
	all_member_waits(member, FOR_EVER, NABD_NOPRODUCER);
	set_both(NABD_WAIT_PRODUCER | NABD_WAIT_UNLINK);
	is(NABD_NOPRODUCER, pops(queue, FOR_EVER));
	set_both(0);
	all_waits(queue, RECEIVE, SHORT_NS, NABD_TIMEOUT);
	all_member_waits(member, SHORT_NS, NABD_TIMEOUT);
	set_both(NABD_WAIT_PRODUCER);
	p = open_ok("q", 0, 0, NABD_PRODUCER); /* and there is one again */
	all_waits(queue, RECEIVE, SHORT_NS, NABD_TIMEOUT);
	all_member_waits(member, SHORT_NS, NABD_TIMEOUT);
	close_ok(p);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* One's own handle is a producer too, and a sender waits for no producer. */
START_TEST(ones_own_producer_lives)
{
	queue = read_queue_of(4);
	member = join_ok(queue, 1);
	set_both(NABD_WAIT_PRODUCER);
	all_waits(queue, RECEIVE, SHORT_NS, NABD_TIMEOUT);
	all_member_waits(member, SHORT_NS, NABD_TIMEOUT);
	push_numbers(queue, 0, 4);
	all_waits(queue, SEND, SHORT_NS, NABD_TIMEOUT);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* How the producer goes, while a reader and a member sleep. */
static void sleeps_while_it_goes(void (*goes)(const struct peer *p))
{
	struct sleeper rx, one;
	struct peer p;

	close_ok(queue_of(4));
	p = peer_with(NABD_PRODUCER);
	queue = reader_of_queue();
	member = join_ok(queue, 1);
	set_both(NABD_WAIT_PRODUCER);
	sleeps_in(&rx, pops, queue);
	member_sleeps_in(&one, member_pops, member);
	is(NABD_OK, peer_does(&p, PUSH));
	ends_with(&rx, NABD_OK);
	ends_with(&one, NABD_OK);
	sleeps_in(&rx, pops, queue);
	member_sleeps_in(&one, member_pops, member);
	goes(&p);
	ends_with(&rx, NABD_NOPRODUCER);
	ends_with(&one, NABD_NOPRODUCER);
	leave_ok(member);
	close_ok(queue);
}

static void closes(const struct peer *p)
{
	is(NABD_OK, peer_does(p, CLOSE_IT));
	peer_ends(p);
}

START_TEST(who_sleeps_learns_that_the_producer_has_closed)
{
	sleeps_while_it_goes(closes);
}
END_TEST

START_TEST(who_sleeps_learns_that_the_producer_was_killed)
{
	sleeps_while_it_goes(peer_killed);
}
END_TEST

/* A producer that closes wakes all itself: nobody has to look. */
START_TEST(who_closes_wakes_those_who_wait_for_a_producer)
{
	struct nabd_wait_opts opts = with_slices(NABD_WAIT_PRODUCER);
	nabd_t *p = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER);
	struct sleeper rx, one;

	opts.slice_ns = UINT64_MAX;
	queue = reader_of_queue();
	is(NABD_OK, nabd_set_wait(queue, &opts));
	member = join_ok(queue, 1);
	sleeps_in(&rx, pops, queue);
	member_sleeps_in(&one, member_pops, member);
	close_ok(p);
	ends_with(&rx, NABD_NOPRODUCER);
	ends_with(&one, NABD_NOPRODUCER);
	leave_ok(member);
	close_ok(queue);
}
END_TEST

/* Sent, and killed at once: the message comes, and only then that nobody is there. */
START_TEST(the_last_message_of_a_killed_producer_comes_first)
{
	for (int turn = 0; turn < 10; turn++) {
		struct sleeper rx, one;
		struct peer p;

		close_ok(queue_of(4));
		p = peer_with(NABD_PRODUCER);
		queue = reader_of_queue();
		member = join_ok(queue, 1);
		set_both(NABD_WAIT_PRODUCER);
		if (turn % 2) {
			sleeps_in(&rx, pops, queue);
			member_sleeps_in(&one, member_pops, member);
		}
		is(NABD_OK, peer_does(&p, PUSH));
		peer_killed(&p);
		if (turn % 2) {
			ends_with(&rx, NABD_OK);
			ends_with(&one, NABD_OK);
		} else {
			is(NABD_OK, pops(queue, FOR_EVER));
			is(NABD_OK, member_pops(member, FOR_EVER));
		}
		is(NABD_NOPRODUCER, pops(queue, FOR_EVER));
		is(NABD_NOPRODUCER, member_pops(member, FOR_EVER));
		leave_ok(member);
		close_ok(queue);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

static nabd_t *over_queue(void)
{
	return open_ok("q", 4, 64, NABD_CREATE | NABD_EXCL | NABD_OVERWRITE | NABD_PRODUCER |
				   NABD_CONSUMER);
}

/* provokes: nabd_peek_wait NABD_LAPPED */
/* provokes: nabd_peek_msg_wait NABD_LAPPED */
/* provokes: nabd_pop_wait NABD_LAPPED */
/* provokes: nabd_peek_batch_wait NABD_LAPPED */
/* provokes: nabd_pop_batch_wait NABD_LAPPED */
/* provokes: nabd_consumer_peek_wait NABD_LAPPED */
/* provokes: nabd_consumer_peek_msg_wait NABD_LAPPED */
/* provokes: nabd_consumer_pop_wait NABD_LAPPED */
/* provokes: nabd_consumer_peek_batch_wait NABD_LAPPED */
/* provokes: nabd_consumer_pop_batch_wait NABD_LAPPED */
START_TEST(who_was_lapped_is_told_at_once)
{
	for (size_t i = 0; i < WAIT_CALLS; i++) {
		uint64_t gap = 77, total = 77;
		const struct member_wait *call = &member_waits[i % MEMBER_WAITS];

		if (wait_calls[i].side == SEND)
			continue;
		queue = over_queue();
		member = join_ok(queue, 1);
		is(NABD_TIMEOUT, wait_calls[i].run(queue, 0));
		is(NABD_TIMEOUT, call->run(member, 0));
		for (uint64_t number = 0; number < 7; number++)
			is(NABD_OK, pushes(queue, FOR_EVER)); /* which never waits here */
		is(NABD_LAPPED, wait_calls[i].run(queue, FOR_EVER));
		is(NABD_OK, nabd_lost(queue, &gap, &total));
		ck_assert_uint_eq(gap, 3);
		is(NABD_OK, wait_calls[i].run(queue, FOR_EVER));
		is(NABD_LAPPED, call->run(member, FOR_EVER));
		ck_assert_uint_eq(told(member).gap, 3);
		is(NABD_OK, call->run(member, FOR_EVER));
		leave_ok(member);
		close_ok(queue);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* Stopped in its sleep, and overwritten: it learns that, and not only the next message. */
START_TEST(who_was_lapped_in_his_sleep_is_told)
{
	struct peer reader;

	queue = over_queue();
	reader = peer_with(NABD_CONSUMER);
	tell(&reader, POP_WAIT);
	peer_sleeps(&reader);
	stop_member(reader.pid);
	for (uint64_t number = 0; number < 7; number++)
		is(NABD_OK, push_number(queue, number));
	ck_assert_int_eq(kill(reader.pid, SIGCONT), 0);
	is(NABD_LAPPED, answer_of(&reader));
	is(NABD_OK, peer_does(&reader, POP_WAIT));
	peer_ends(&reader);
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_wait_gone");

	tcase_add_test(tests, nobody_waits_for_what_has_no_name_any_more);
	tcase_add_test(tests, a_name_taken_anew_is_not_the_old_queues);
	tcase_add_test(tests, who_sleeps_learns_that_the_name_is_gone);
	tcase_add_test(tests, nobody_waits_for_a_producer_that_is_not_there);
	tcase_add_test(tests, ones_own_producer_lives);
	tcase_add_test(tests, who_sleeps_learns_that_the_producer_has_closed);
	tcase_add_test(tests, who_sleeps_learns_that_the_producer_was_killed);
	tcase_add_test(tests, who_closes_wakes_those_who_wait_for_a_producer);
	tcase_add_test(tests, the_last_message_of_a_killed_producer_comes_first);
	tcase_add_test(tests, who_was_lapped_is_told_at_once);
	tcase_add_test(tests, who_was_lapped_in_his_sleep_is_told);
	return behaviour_run();
}
