/* SPDX-License-Identifier: MIT */
/*
 * check_backlog.c - what waits for whom: what was sent before anybody came,
 * what was peeked and not released, and what a closed reader left.
 */
#include <stdio.h>
#include <string.h>

#include "behaviour.h"

static const void *data;
static struct nabd_msg msgs[8];
static size_t len, got;

START_TEST(the_first_consumer_gets_all_that_was_sent_before)
{
	nabd_t *p = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER), *c;

	is(NABD_OK, push_text(p, "one"));
	is(NABD_OK, push_text(p, "two"));
	close_ok(p); /* and the sender need not be there any more */
	c = open_ok("q", 0, 0, NABD_CONSUMER);
	pop_is(c, "one");
	pop_is(c, "two");
	ck_assert_int_eq(nabd_empty(c), 1);
	close_ok(c);
}
END_TEST

/* Nothing sent is silently gone: without any reader the queue gets full. */
START_TEST(without_a_consumer_the_queue_is_full_at_capacity)
{
	nabd_t *p = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER), *c;
	char text[16];

	for (int i = 0; i < 4; i++) {
		snprintf(text, sizeof(text), "%d", i);
		is(NABD_OK, push_text(p, text));
	}
	is(NABD_FULL, push_text(p, "4"));
	close_ok(p);
	p = open_ok("q", 0, 0, NABD_PRODUCER); /* a successor has no more room */
	is(NABD_FULL, push_text(p, "4"));
	ck_assert_int_eq(nabd_full(p), 1);
	c = open_ok("q", 0, 0, NABD_CONSUMER);
	pop_is(c, "0");
	is(NABD_OK, push_text(p, "4"));
	is(NABD_FULL, push_text(p, "5"));
	for (int i = 1; i < 5; i++) {
		snprintf(text, sizeof(text), "%d", i);
		pop_is(c, text);
	}
	close_ok(c);
	close_ok(p);
}
END_TEST

/* It is the first peek or pop that makes a group, not the opening. */
START_TEST(an_opened_consumer_that_never_reads_is_no_reader)
{
	nabd_t *p = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER);
	nabd_t *idle = open_ok("q", 0, 0, NABD_CONSUMER);
	nabd_t *c = open_ok("q", 0, 0, NABD_CONSUMER);

	ck_assert_uint_eq(stats_of(idle).state & NABD_STATE_GROUP0, 0);
	for (int lap = 0; lap < 20; lap++) {
		is(NABD_OK, push_text(p, "x"));
		pop_is(c, "x"); /* no NABD_BUSY: idle has not taken the role */
	}
	close_ok(c);
	is(NABD_OK, push_text(p, "y"));
	pop_is(idle, "y");
	close_ok(idle);
	close_ok(p);
}
END_TEST

/* Once a group exists it holds the producer back, whether anybody reads or not. */
START_TEST(a_group_goes_on_after_its_reader)
{
	nabd_t *p = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER);
	nabd_t *c = open_ok("q", 0, 0, NABD_CONSUMER);
	size_t n = 0;

	is(NABD_EMPTY, nabd_peek(c, &data, &len)); /* joins, though nothing is there */
	close_ok(c);
	while (push_text(p, "x") == NABD_OK)
		n++;
	ck_assert_uint_eq(n, 4);
	c = open_ok("q", 0, 0, NABD_CONSUMER);
	while (n--)
		pop_is(c, "x");
	close_ok(c);
	close_ok(p);
}
END_TEST

START_TEST(the_next_reader_resumes_at_the_last_release)
{
	nabd_t *p = open_ok("q", 8, 64, NABD_CREATE | NABD_PRODUCER), *c;
	char text[16];

	for (int i = 0; i < 6; i++) {
		snprintf(text, sizeof(text), "%d", i);
		is(NABD_OK, push_text(p, text));
	}
	c = open_ok("q", 0, 0, NABD_CONSUMER);
	pop_is(c, "0");
	is(NABD_OK, nabd_peek(c, &data, &len)); /* "1", never released */
	close_ok(c);
	c = open_ok("q", 0, 0, NABD_CONSUMER);
	pop_is(c, "1");
	is(NABD_OK, nabd_peek_batch(c, msgs, 3, &got)); /* "2" to "4" */
	is(NABD_OK, nabd_release_batch(c, 1));
	close_ok(c);
	c = open_ok("q", 0, 0, NABD_CONSUMER);
	pop_is(c, "3");
	is(NABD_OK, nabd_peek_batch(c, msgs, 2, &got)); /* "4", "5", none released */
	close_ok(c);
	c = open_ok("q", 0, 0, NABD_CONSUMER);
	pop_is(c, "4");
	pop_is(c, "5");
	ck_assert_int_eq(nabd_empty(c), 1);
	close_ok(c);
	close_ok(p);
}
END_TEST

/* A producer's successor goes on with the next sequence; numbers never start anew. */
START_TEST(the_next_producer_goes_on_behind_the_last_message)
{
	nabd_t *c = open_ok("q", 4, 64, NABD_CREATE | NABD_CONSUMER);

	for (uint64_t i = 0; i < 40; i++) {
		nabd_t *p = open_ok("q", 0, 0, NABD_PRODUCER);

		ck_assert_uint_eq(stats_of(p).producer_epoch, i + 1);
		is(NABD_OK, nabd_push(p, &i, sizeof(i)));
		close_ok(p);
		if (i < 2)
			continue; /* keep two waiting across every takeover */
		is(NABD_OK, nabd_peek_msg(c, &msgs[0]));
		ck_assert_uint_eq(msgs[0].sequence, i - 2);
		ck_assert_mem_eq(msgs[0].data, &msgs[0].sequence, sizeof(i));
		is(NABD_OK, nabd_release(c));
	}
	close_ok(c);
}
END_TEST

/* A queue that is closed by all is a file like any other: all is still there. */
START_TEST(the_content_outlives_all_handles)
{
	nabd_t *q = small_queue();

	for (int i = 0; i < 3; i++)
		is(NABD_OK, push_text(q, "gone"));
	for (int i = 0; i < 3; i++)
		pop_is(q, "gone");
	is(NABD_OK, push_text(q, "left"));
	close_ok(q);
	for (int i = 0; i < 5; i++) { /* CREATE never wipes */
		q = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
		close_ok(q);
	}
	q = open_ok("q", 4, 64, NABD_CREATE | NABD_CONSUMER);
	is(NABD_OK, nabd_peek_msg(q, &msgs[0]));
	ck_assert_uint_eq(msgs[0].sequence, 3);
	ck_assert_mem_eq(msgs[0].data, "left", 4);
	is(NABD_OK, nabd_release(q));
	is(NABD_EMPTY, nabd_peek(q, &data, &len));
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_backlog");

	tcase_add_test(tests, the_first_consumer_gets_all_that_was_sent_before);
	tcase_add_test(tests, without_a_consumer_the_queue_is_full_at_capacity);
	tcase_add_test(tests, an_opened_consumer_that_never_reads_is_no_reader);
	tcase_add_test(tests, a_group_goes_on_after_its_reader);
	tcase_add_test(tests, the_next_reader_resumes_at_the_last_release);
	tcase_add_test(tests, the_next_producer_goes_on_behind_the_last_message);
	tcase_add_test(tests, the_content_outlives_all_handles);
	return behaviour_run();
}
