/* SPDX-License-Identifier: MIT */
/*
 * check_wait_codes.c - wild arguments, wrong roles and states, a foreign process: every
 * call that waits answers at once, however long it was told to wait.
 */
#include <string.h>

#include "waits.h"

static char bytes[256];
static const void *data;
static void *slots[4];
static uint32_t lens[4] = { 1, 1, 1, 1 };
static struct nabd_msg msgs[4];
static size_t number;

/* Memory that was never a handle. */
static _Alignas(4096) unsigned char wild[65536];

static void no_handle(nabd_t *q)
{
	all_waits(q, SEND, FOR_EVER, NABD_INVALID);
	all_waits(q, RECEIVE, FOR_EVER, NABD_INVALID);
	is(NABD_INVALID, nabd_set_wait(q, NULL));
	is(NABD_INVALID, nabd_wake(q));
}

/* provokes: nabd_reserve_wait NABD_INVALID */
/* provokes: nabd_push_wait NABD_INVALID */
/* provokes: nabd_reserve_batch_wait NABD_INVALID */
/* provokes: nabd_push_batch_wait NABD_INVALID */
/* provokes: nabd_peek_wait NABD_INVALID */
/* provokes: nabd_peek_msg_wait NABD_INVALID */
/* provokes: nabd_pop_wait NABD_INVALID */
/* provokes: nabd_peek_batch_wait NABD_INVALID */
/* provokes: nabd_pop_batch_wait NABD_INVALID */
/* provokes: nabd_consumer_peek_wait NABD_INVALID */
/* provokes: nabd_consumer_peek_msg_wait NABD_INVALID */
/* provokes: nabd_consumer_pop_wait NABD_INVALID */
/* provokes: nabd_consumer_peek_batch_wait NABD_INVALID */
/* provokes: nabd_consumer_pop_batch_wait NABD_INVALID */
/* provokes: nabd_set_wait NABD_INVALID */
/* provokes: nabd_consumer_set_wait NABD_INVALID */
/* provokes: nabd_wake NABD_INVALID */
/* provokes: nabd_consumer_wake NABD_INVALID */
START_TEST(what_is_no_handle_or_consumer_is_refused_by_every_call)
{
	static const unsigned char fills[] = { 0, 0xff, 0x55, 'n' };
	unsigned touched = 0;
	nabd_t *q = read_queue_of(4);
	nabd_consumer_t *c = join_ok(q, 1);
	nabd_consumer_t *no_member[] = { NULL, (void *)q, (void *)wild };

	for (size_t f = 0; f < sizeof(fills); f++) {
		memset(wild, fills[f], sizeof(wild));
		no_handle(NULL);
		no_handle((void *)c);
		no_handle((void *)wild);
		for (size_t i = 0; i < COUNT(no_member); i++) {
			all_member_waits(no_member[i], FOR_EVER, NABD_INVALID);
			is(NABD_INVALID, nabd_consumer_set_wait(no_member[i], NULL));
			is(NABD_INVALID, nabd_consumer_wake(no_member[i]));
		}
		for (size_t i = 0; i < sizeof(wild); i++)
			touched |= wild[i] ^ fills[f];
		ck_assert_uint_eq(touched, 0); /* nobody wrote there */
	}
	leave_ok(c);
	close_ok(q);
}
END_TEST

static void batches_to_send(nabd_t *q, int64_t timeout)
{
	number = 77;
	is(NABD_INVALID, nabd_reserve_batch_wait(q, 1, NULL, 4, &number, timeout));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_reserve_batch_wait(q, 1, slots, 4, NULL, timeout));
	number = 77;
	is(NABD_INVALID, nabd_reserve_batch_wait(q, 1, slots, 0, &number, timeout));
	ck_assert_uint_eq(number, 0);
	number = 77;
	is(NABD_INVALID, nabd_push_batch_wait(q, NULL, lens, 4, &number, timeout));
	ck_assert_uint_eq(number, 0);
	number = 77;
	is(NABD_INVALID, nabd_push_batch_wait(q, bytes, NULL, 4, &number, timeout));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_push_batch_wait(q, bytes, lens, 4, NULL, timeout));
	number = 77;
	is(NABD_INVALID, nabd_push_batch_wait(q, bytes, lens, 0, &number, timeout));
	ck_assert_uint_eq(number, 0);
}

/* Both when there is a slot, and when there is none to be waited for. */
START_TEST(null_and_zero_to_those_who_wait_for_a_slot)
{
	nabd_t *q = read_queue_of(4);

	for (int full = 0; full < 2; full++) {
		is(NABD_INVALID, nabd_reserve_wait(q, 1, NULL, FOR_EVER));
		is(NABD_INVALID, nabd_push_wait(q, NULL, 1, FOR_EVER));
		batches_to_send(q, FOR_EVER);
		is(NABD_STATE, nabd_abort(q)); /* none of these left a reservation open */
		ck_assert_uint_eq(stats_of(q).head, full ? 4 : 0);
		if (!full)
			push_numbers(q, 0, 4);
	}
	reads_number(q, 0);
	is(NABD_OK, nabd_push_wait(q, NULL, 0, FOR_EVER)); /* no bytes for no length */
	close_ok(q);
}
END_TEST

static void batches_to_receive(nabd_t *q, int64_t timeout)
{
	number = 77;
	is(NABD_INVALID, nabd_peek_batch_wait(q, NULL, 4, &number, timeout));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_peek_batch_wait(q, msgs, 4, NULL, timeout));
	number = 77;
	is(NABD_INVALID, nabd_peek_batch_wait(q, msgs, 0, &number, timeout));
	ck_assert_uint_eq(number, 0);
	number = 77;
	is(NABD_INVALID, nabd_pop_batch_wait(q, NULL, 64, lens, 4, &number, timeout));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_pop_batch_wait(q, bytes, 64, NULL, 4, &number, timeout));
	is(NABD_INVALID, nabd_pop_batch_wait(q, bytes, 64, lens, 4, NULL, timeout));
	number = 77;
	is(NABD_INVALID, nabd_pop_batch_wait(q, bytes, 64, lens, 0, &number, timeout));
	ck_assert_uint_eq(number, 0);
}

START_TEST(null_and_zero_to_those_who_wait_for_a_message)
{
	nabd_t *q = read_queue_of(4);

	for (int there = 0; there < 2; there++) {
		is(NABD_INVALID, nabd_peek_wait(q, NULL, &number, FOR_EVER));
		is(NABD_INVALID, nabd_peek_msg_wait(q, NULL, FOR_EVER));
		is(NABD_INVALID, nabd_pop_wait(q, bytes, NULL, FOR_EVER));
		number = 8;
		is(NABD_INVALID, nabd_pop_wait(q, NULL, &number, FOR_EVER));
		batches_to_receive(q, FOR_EVER);
		is(NABD_STATE, nabd_release(q)); /* none of these peeked */
		if (!there)
			is(NABD_OK, nabd_push(q, NULL, 0));
	}
	is(NABD_OK, nabd_peek_wait(q, &data, NULL, FOR_EVER)); /* the length may be left out */
	is(NABD_OK, nabd_release(q));
	is(NABD_OK, nabd_push(q, NULL, 0));
	number = 0;
	is(NABD_OK, nabd_pop_wait(q, NULL, &number, FOR_EVER));
	close_ok(q);
}
END_TEST

static void batches_of_a_member(nabd_consumer_t *c, int64_t timeout)
{
	number = 77;
	is(NABD_INVALID, nabd_consumer_peek_batch_wait(c, NULL, 4, &number, timeout));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_consumer_peek_batch_wait(c, msgs, 4, NULL, timeout));
	number = 77;
	is(NABD_INVALID, nabd_consumer_peek_batch_wait(c, msgs, 0, &number, timeout));
	ck_assert_uint_eq(number, 0);
	number = 77;
	is(NABD_INVALID, nabd_consumer_pop_batch_wait(c, NULL, 64, lens, 4, &number, timeout));
	ck_assert_uint_eq(number, 0);
	is(NABD_INVALID, nabd_consumer_pop_batch_wait(c, bytes, 64, NULL, 4, &number, timeout));
	is(NABD_INVALID, nabd_consumer_pop_batch_wait(c, bytes, 64, lens, 4, NULL, timeout));
	number = 77;
	is(NABD_INVALID, nabd_consumer_pop_batch_wait(c, bytes, 64, lens, 0, &number, timeout));
	ck_assert_uint_eq(number, 0);
}

START_TEST(null_and_zero_to_a_member_that_waits)
{
	nabd_t *q = read_queue_of(4);
	nabd_consumer_t *c = join_ok(q, 1);

	for (int there = 0; there < 2; there++) {
		is(NABD_INVALID, nabd_consumer_peek_wait(c, NULL, &number, FOR_EVER));
		is(NABD_INVALID, nabd_consumer_peek_msg_wait(c, NULL, FOR_EVER));
		is(NABD_INVALID, nabd_consumer_pop_wait(c, bytes, NULL, FOR_EVER));
		number = 8;
		is(NABD_INVALID, nabd_consumer_pop_wait(c, NULL, &number, FOR_EVER));
		batches_of_a_member(c, FOR_EVER);
		is(NABD_STATE, nabd_consumer_release(c));
		if (!there)
			is(NABD_OK, nabd_push(q, NULL, 0));
	}
	ck_assert_uint_eq(told(c).held, 0); /* none of these claimed */
	number = 0;
	is(NABD_OK, nabd_consumer_pop_wait(c, NULL, &number, FOR_EVER));
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_reserve_wait NABD_ROLE */
/* provokes: nabd_push_wait NABD_ROLE */
/* provokes: nabd_reserve_batch_wait NABD_ROLE */
/* provokes: nabd_push_batch_wait NABD_ROLE */
/* provokes: nabd_peek_wait NABD_ROLE */
/* provokes: nabd_peek_msg_wait NABD_ROLE */
/* provokes: nabd_pop_wait NABD_ROLE */
/* provokes: nabd_peek_batch_wait NABD_ROLE */
/* provokes: nabd_pop_batch_wait NABD_ROLE */
/* provokes: nabd_set_wait NABD_ROLE */
/* provokes: nabd_wake NABD_ROLE */
START_TEST(who_has_not_the_role_may_not_wait)
{
	static const unsigned flags[] = { 0, NABD_CREATE, NABD_OBSERVE, NABD_PRODUCER,
					  NABD_CONSUMER };

	close_ok(queue_of(4));
	for (size_t i = 0; i < COUNT(flags); i++) {
		nabd_t *q = open_ok("q", 0, 0, flags[i]);
		const int neither = (flags[i] & (NABD_PRODUCER | NABD_CONSUMER)) == 0;

		if (flags[i] != NABD_PRODUCER)
			all_waits(q, SEND, FOR_EVER, NABD_ROLE);
		if (flags[i] != NABD_CONSUMER)
			all_waits(q, RECEIVE, FOR_EVER, NABD_ROLE);
		is(neither ? NABD_ROLE : NABD_OK, nabd_set_wait(q, NULL));
		is(neither ? NABD_ROLE : NABD_OK, nabd_wake(q));
		close_ok(q);
	}
}
END_TEST

/* provokes: nabd_peek_wait NABD_BUSY */
/* provokes: nabd_peek_msg_wait NABD_BUSY */
/* provokes: nabd_pop_wait NABD_BUSY */
/* provokes: nabd_peek_batch_wait NABD_BUSY */
/* provokes: nabd_pop_batch_wait NABD_BUSY */
START_TEST(who_is_not_the_reader_may_not_wait)
{
	nabd_t *q = queue_of(4), *other = open_ok("q", 0, 0, NABD_CONSUMER);

	is(NABD_EMPTY, nabd_peek(q, &data, NULL));
	all_waits(other, RECEIVE, FOR_EVER, NABD_BUSY);
	close_ok(q);
	all_waits(other, RECEIVE, 0, NABD_TIMEOUT); /* it is the reader now */
	close_ok(other);
}
END_TEST

/* provokes: nabd_reserve_wait NABD_STATE */
/* provokes: nabd_push_wait NABD_STATE */
/* provokes: nabd_reserve_batch_wait NABD_STATE */
/* provokes: nabd_push_batch_wait NABD_STATE */
/* provokes: nabd_peek_wait NABD_STATE */
/* provokes: nabd_peek_msg_wait NABD_STATE */
/* provokes: nabd_pop_wait NABD_STATE */
/* provokes: nabd_peek_batch_wait NABD_STATE */
/* provokes: nabd_pop_batch_wait NABD_STATE */
START_TEST(in_the_middle_of_things_nobody_waits)
{
	nabd_t *q = read_queue_of(4);

	is(NABD_OK, nabd_reserve_wait(q, 64, &slots[0], FOR_EVER));
	all_waits(q, SEND, FOR_EVER, NABD_STATE);
	is(NABD_OK, nabd_commit(q, 64));
	is(NABD_OK, nabd_reserve_batch_wait(q, 1, slots, 4, &number, FOR_EVER));
	ck_assert_uint_eq(number, 3); /* as many as there are */
	all_waits(q, SEND, FOR_EVER, NABD_STATE);
	is(NABD_OK, nabd_commit_batch(q, lens, 3));

	is(NABD_OK, nabd_peek_batch_wait(q, msgs, 2, &number, FOR_EVER));
	ck_assert_uint_eq(number, 2);
	all_waits(q, RECEIVE, FOR_EVER, NABD_STATE);
	is(NABD_OK, nabd_release_batch(q, 2));
	is(NABD_OK, nabd_peek_wait(q, &data, &number, FOR_EVER));
	is(NABD_OK, nabd_peek_msg_wait(q, &msgs[0], FOR_EVER)); /* the same once more */
	ck_assert_ptr_eq(msgs[0].data, data);
	is(NABD_STATE, pops(q, FOR_EVER));
	is(NABD_STATE, nabd_peek_batch_wait(q, msgs, 2, &number, FOR_EVER));
	is(NABD_STATE, nabd_pop_batch_wait(q, bytes, 64, lens, 2, &number, FOR_EVER));
	is(NABD_OK, nabd_release(q));
	close_ok(q);
}
END_TEST

/* provokes: nabd_consumer_peek_wait NABD_STATE */
/* provokes: nabd_consumer_peek_msg_wait NABD_STATE */
/* provokes: nabd_consumer_pop_wait NABD_STATE */
/* provokes: nabd_consumer_peek_batch_wait NABD_STATE */
/* provokes: nabd_consumer_pop_batch_wait NABD_STATE */
START_TEST(a_member_in_the_middle_of_things_does_not_wait)
{
	nabd_t *q = read_queue_of(4);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 4);
	is(NABD_OK, nabd_consumer_peek_batch_wait(c, msgs, 4, &number, FOR_EVER));
	ck_assert_uint_eq(number, 4);
	all_member_waits(c, FOR_EVER, NABD_STATE);
	is(NABD_OK, nabd_consumer_release_batch(c, 3));
	is(NABD_OK, nabd_consumer_peek_wait(c, &data, &number, FOR_EVER));
	is(NABD_STATE, member_pops(c, FOR_EVER));
	is(NABD_OK, nabd_consumer_release(c));
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_reserve_wait NABD_TOOBIG */
/* provokes: nabd_push_wait NABD_TOOBIG */
/* provokes: nabd_reserve_batch_wait NABD_TOOBIG */
/* provokes: nabd_push_batch_wait NABD_TOOBIG */
START_TEST(what_fits_in_no_slot_is_not_waited_for)
{
	const uint32_t too_big[] = { 1, 1, 65, 1 };
	nabd_t *q = read_queue_of(4);

	for (int full = 0; full < 2; full++) {
		is(NABD_TOOBIG, nabd_reserve_wait(q, 65, &slots[0], FOR_EVER));
		is(NABD_TOOBIG, nabd_push_wait(q, bytes, 65, FOR_EVER));
		is(NABD_TOOBIG, nabd_push_wait(q, bytes, SIZE_MAX, FOR_EVER));
		number = 77;
		is(NABD_TOOBIG, nabd_reserve_batch_wait(q, 65, slots, 4, &number, FOR_EVER));
		ck_assert_uint_eq(number, 0);
		number = 77;
		is(NABD_TOOBIG, nabd_push_batch_wait(q, bytes, too_big, 4, &number, FOR_EVER));
		ck_assert_uint_eq(number, 0);
		ck_assert_uint_eq(stats_of(q).head, full ? 4 : 0);
		if (!full)
			push_numbers(q, 0, 4);
	}
	close_ok(q);
}
END_TEST

/* provokes: nabd_pop_wait NABD_BUFFER */
/* provokes: nabd_pop_batch_wait NABD_BUFFER */
/* provokes: nabd_consumer_pop_wait NABD_BUFFER */
/* provokes: nabd_consumer_pop_batch_wait NABD_BUFFER */
START_TEST(what_does_not_fit_into_the_buffer_stays)
{
	nabd_t *q = read_queue_of(4);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 1);
	number = 7;
	is(NABD_BUFFER, nabd_pop_wait(q, bytes, &number, FOR_EVER));
	ck_assert_uint_eq(number, 8);
	is(NABD_BUFFER, nabd_pop_batch_wait(q, bytes, 7, lens, 4, &number, FOR_EVER));
	ck_assert_uint_eq(number, 0);
	ck_assert_uint_eq(lens[0], 8);
	number = 7;
	is(NABD_BUFFER, nabd_consumer_pop_wait(c, bytes, &number, FOR_EVER));
	ck_assert_uint_eq(number, 8);
	lens[0] = 1;
	is(NABD_BUFFER, nabd_consumer_pop_batch_wait(c, bytes, 7, lens, 4, &number, FOR_EVER));
	ck_assert_uint_eq(number, 0);
	ck_assert_uint_eq(lens[0], 8);
	lens[0] = 1;
	reads_number(q, 0);
	gets(c, 0);
	leave_ok(c);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_wait_codes");

	tcase_add_test(tests, what_is_no_handle_or_consumer_is_refused_by_every_call);
	tcase_add_test(tests, null_and_zero_to_those_who_wait_for_a_slot);
	tcase_add_test(tests, null_and_zero_to_those_who_wait_for_a_message);
	tcase_add_test(tests, null_and_zero_to_a_member_that_waits);
	tcase_add_test(tests, who_has_not_the_role_may_not_wait);
	tcase_add_test(tests, who_is_not_the_reader_may_not_wait);
	tcase_add_test(tests, in_the_middle_of_things_nobody_waits);
	tcase_add_test(tests, a_member_in_the_middle_of_things_does_not_wait);
	tcase_add_test(tests, what_fits_in_no_slot_is_not_waited_for);
	tcase_add_test(tests, what_does_not_fit_into_the_buffer_stays);
	return behaviour_run();
}
