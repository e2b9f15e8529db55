/* SPDX-License-Identifier: MIT */
/*
 * check_backoff.c - loops of tries: how many there are, how the delays grow, what is no
 * state of one; and a push that tries again while the queue is full.
 */
#include <string.h>

#include "waits.h"

#define SIZE ((uint32_t)sizeof(struct nabd_backoff_opts))

static nabd_t *queue;

/* provokes: nabd_backoff_wait NABD_TIMEOUT */
START_TEST(there_are_as_many_retries_as_asked_for)
{
	static const uint32_t retries[] = { 0, 1, 3, 40 };

	for (size_t i = 0; i < COUNT(retries); i++) {
		struct nabd_backoff_opts opts = { SIZE, retries[i], 1, 1000 };
		nabd_backoff_t b;

		is(NABD_OK, nabd_backoff_begin(&b, &opts));
		for (uint32_t n = 0; n < retries[i]; n++) {
			ck_assert_uint_eq(b.tried, n);
			is(NABD_OK, nabd_backoff_wait(&b));
		}
		for (int n = 0; n < 3; n++)
			is(NABD_TIMEOUT, nabd_backoff_wait(&b));
		ck_assert_uint_eq(b.tried, retries[i]);
		is(NABD_OK, nabd_backoff_begin(&b, &opts)); /* the state may be used again */
		is(retries[i] ? NABD_OK : NABD_TIMEOUT, nabd_backoff_wait(&b));
	}
}
END_TEST

START_TEST(without_a_limit_it_goes_on)
{
	struct nabd_backoff_opts opts = { SIZE, UINT32_MAX, 1, 1 };
	nabd_backoff_t b;

	is(NABD_OK, nabd_backoff_begin(&b, &opts));
	for (int n = 0; n < 200; n++)
		is(NABD_OK, nabd_backoff_wait(&b));
	b.tried = UINT32_MAX - 1; /* after very many */
	for (int n = 0; n < 3; n++)
		is(NABD_OK, nabd_backoff_wait(&b));
}
END_TEST

START_TEST(the_delay_doubles_up_to_its_cap)
{
	static const uint64_t to_10[] = { 3, 6, 10, 10, 10 };
	static const uint64_t to_64[] = { 1, 2, 4, 8, 16, 32, 64, 64, 64 };
	struct nabd_backoff_opts opts = { SIZE, 100, 3, 10 };
	nabd_backoff_t b;

	is(NABD_OK, nabd_backoff_begin(&b, &opts));
	for (size_t i = 0; i < COUNT(to_10); i++) {
		ck_assert_uint_eq(b.delay_ns, to_10[i]);
		is(NABD_OK, nabd_backoff_wait(&b));
	}
	opts = (struct nabd_backoff_opts){ SIZE, 100, 1, 64 };
	is(NABD_OK, nabd_backoff_begin(&b, &opts));
	for (size_t i = 0; i < COUNT(to_64); i++) {
		ck_assert_uint_eq(b.delay_ns, to_64[i]);
		is(NABD_OK, nabd_backoff_wait(&b));
	}
	opts = (struct nabd_backoff_opts){ SIZE, 100, 7, 7 }; /* it may begin at its cap */
	is(NABD_OK, nabd_backoff_begin(&b, &opts));
	is(NABD_OK, nabd_backoff_wait(&b));
	ck_assert_uint_eq(b.delay_ns, 7);
}
END_TEST

START_TEST(by_default_it_is_as_the_initialiser_says)
{
	const struct nabd_backoff_opts opts = NABD_BACKOFF_INIT;
	nabd_backoff_t one, two;

	memset(&one, 0x5a, sizeof(one));
	is(NABD_OK, nabd_backoff_begin(&one, NULL));
	is(NABD_OK, nabd_backoff_begin(&two, &opts));
	ck_assert_uint_eq(one.tried, 0);
	ck_assert_uint_eq(one.retries, opts.retries);
	ck_assert_uint_eq(one.delay_ns, opts.base_ns);
	ck_assert_uint_eq(one.cap_ns, opts.cap_ns);
	ck_assert_uint_eq(two.retries, one.retries);
	ck_assert_uint_eq(two.delay_ns, one.delay_ns);
	ck_assert_uint_eq(two.cap_ns, one.cap_ns);
}
END_TEST

static int begin_with(const void *opts)
{
	nabd_backoff_t b;

	return nabd_backoff_begin(&b, opts);
}

static int push_with(const void *opts)
{
	return nabd_push_backoff(queue, "x", 1, opts);
}

static void sizes_of(int (*use)(const void *opts))
{
	static _Alignas(8) unsigned char opts[4096 + 256];
	const struct nabd_backoff_opts right = { SIZE, 0, 1, 1 };

	for (uint32_t size = 0; size <= 4096 + 128; size += size < 64 ? 1 : 4) {
		const int known = size == SIZE || (size > SIZE && size <= 4096 && size % 4 == 0);

		memset(opts, 0, sizeof(opts));
		memcpy(opts, &right, sizeof(right));
		memcpy(opts, &size, sizeof(size));
		is(known ? NABD_OK : NABD_INVALID, use(opts));
		if (size <= SIZE || !known)
			continue;
		opts[size - 1] = 1; /* a wish that is not known */
		is(NABD_INVALID, use(opts));
	}
}

static void delays_of(int (*use)(const void *opts))
{
	static const struct nabd_backoff_opts wrong[] = {
		{ SIZE, 0, 0, 0 },
		{ SIZE, 0, 0, 1 },
		{ SIZE, 0, 2, 1 },
		{ SIZE, 0, 1, 0 },
		{ SIZE, UINT32_MAX, UINT64_MAX, UINT64_MAX - 1 },
	};
	static const struct nabd_backoff_opts right[] = {
		{ SIZE, 0, 1, 1 },
		{ SIZE, 0, 1, UINT64_MAX },
		{ SIZE, 0, UINT64_MAX, UINT64_MAX },
	};

	for (size_t i = 0; i < COUNT(wrong); i++)
		is(NABD_INVALID, use(&wrong[i]));
	for (size_t i = 0; i < COUNT(right); i++)
		is(NABD_OK, use(&right[i]));
}

/* provokes: nabd_backoff_begin NABD_INVALID */
/* provokes: nabd_push_backoff NABD_INVALID */
START_TEST(options_out_of_their_ranges_are_refused_also_without_need)
{
	queue = open_ok("q", 2048, 64, NABD_CREATE | NABD_PRODUCER);
	is(NABD_INVALID, nabd_backoff_begin(NULL, NULL));
	sizes_of(begin_with);
	delays_of(begin_with);
	sizes_of(push_with);
	delays_of(push_with);
	is(NABD_INVALID, nabd_push_backoff(queue, NULL, 1, NULL));
	is(NABD_INVALID, nabd_push_backoff(NULL, "x", 1, NULL));
	is(NABD_OK, nabd_push_backoff(queue, NULL, 0, NULL));
	close_ok(queue);
}
END_TEST

/* provokes: nabd_backoff_wait NABD_INVALID */
START_TEST(what_was_never_begun_is_refused)
{
	nabd_backoff_t b;

	is(NABD_INVALID, nabd_backoff_wait(NULL));
	memset(&b, 0, sizeof(b));
	is(NABD_INVALID, nabd_backoff_wait(&b));
	b.retries = 3;
	is(NABD_INVALID, nabd_backoff_wait(&b));
	is(NABD_OK, nabd_backoff_begin(&b, NULL));
	b.delay_ns = b.cap_ns + 1;
	is(NABD_INVALID, nabd_backoff_wait(&b));
	is(NABD_OK, nabd_backoff_begin(&b, NULL));
	b.delay_ns = 0;
	is(NABD_INVALID, nabd_backoff_wait(&b));
}
END_TEST

/* provokes: nabd_push_backoff NABD_FULL */
/* provokes: nabd_push_backoff NABD_TOOBIG */
/* provokes: nabd_push_backoff NABD_STATE */
START_TEST(a_push_tries_until_its_tries_are_used_up)
{
	static const uint32_t retries[] = { 0, 1, 3, 16 };
	const char bytes[65] = { 0 };
	void *slot;

	queue = read_queue_of(4);
	push_numbers(queue, 0, 3);
	is(NABD_OK, nabd_push_backoff(queue, bytes, 64, NULL));
	for (size_t i = 0; i < COUNT(retries); i++) {
		struct nabd_backoff_opts opts = { SIZE, retries[i], 1, 1000 };

		is(NABD_FULL, nabd_push_backoff(queue, bytes, 64, &opts));
	}
	is(NABD_TOOBIG, nabd_push_backoff(queue, bytes, 65, NULL));
	ck_assert_uint_eq(stats_of(queue).head, 4);
	ck_assert_uint_eq(stats_of(queue).full_count, 1);
	is(NABD_OK, pops(queue, 0));
	is(NABD_OK, nabd_reserve(queue, 1, &slot));
	is(NABD_STATE, nabd_push_backoff(queue, bytes, 1, NULL));
	close_ok(queue);
}
END_TEST

/* provokes: nabd_push_backoff NABD_ROLE */
START_TEST(who_may_not_send_does_not_try)
{
	static const unsigned flags[] = { 0, NABD_CREATE, NABD_CONSUMER, NABD_OBSERVE };

	close_ok(queue_of(4));
	for (size_t i = 0; i < COUNT(flags); i++) {
		queue = open_ok("q", 0, 0, flags[i]);
		is(NABD_ROLE, nabd_push_backoff(queue, "x", 1, NULL));
		close_ok(queue);
	}
}
END_TEST

static int tries_in_a_child(void)
{
	return nabd_push_backoff(queue, "x", 1, NULL);
}

/* provokes: nabd_push_backoff NABD_FORKED */
START_TEST(a_child_does_not_try)
{
	queue = queue_of(4);
	is(NABD_FORKED, run_forked(tries_in_a_child));
	ck_assert_uint_eq(stats_of(queue).head, 0);
	close_ok(queue);
}
END_TEST

static int tries_for_ever(nabd_t *q, int64_t timeout_ns)
{
	struct nabd_backoff_opts opts = { SIZE, UINT32_MAX, 1000000, 20000000 };

	(void)timeout_ns;
	return nabd_push_backoff(q, "x", 1, &opts);
}

START_TEST(a_push_that_tries_sends_once_there_is_a_slot)
{
	struct sleeper s;

	queue = read_queue_of(2);
	push_numbers(queue, 0, 2);
	for (uint64_t number = 0; number < 3; number++) {
		sleeps_in(&s, tries_for_ever, queue);
		is(NABD_OK, pops(queue, 0));
		ends_with(&s, NABD_OK);
		ck_assert_uint_eq(stats_of(queue).head, 3 + number);
	}
	is(NABD_FULL, push_number(queue, 7)); /* it was sent once each time */
	close_ok(queue);
}
END_TEST

/* Who overwrites needs no second try. */
START_TEST(where_it_is_never_full_it_is_sent_at_once)
{
	struct nabd_backoff_opts opts = { SIZE, 0, 1, 1 };

	queue = open_ok("q", 2, 64, NABD_CREATE | NABD_OVERWRITE | NABD_PRODUCER);
	for (int i = 0; i < 9; i++)
		is(NABD_OK, nabd_push_backoff(queue, "x", 1, &opts));
	close_ok(queue);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_backoff");

	tcase_add_test(tests, there_are_as_many_retries_as_asked_for);
	tcase_add_test(tests, without_a_limit_it_goes_on);
	tcase_add_test(tests, the_delay_doubles_up_to_its_cap);
	tcase_add_test(tests, by_default_it_is_as_the_initialiser_says);
	tcase_add_test(tests, options_out_of_their_ranges_are_refused_also_without_need);
	tcase_add_test(tests, what_was_never_begun_is_refused);
	tcase_add_test(tests, a_push_tries_until_its_tries_are_used_up);
	tcase_add_test(tests, who_may_not_send_does_not_try);
	tcase_add_test(tests, a_child_does_not_try);
	tcase_add_test(tests, a_push_that_tries_sends_once_there_is_a_slot);
	tcase_add_test(tests, where_it_is_never_full_it_is_sent_at_once);
	return behaviour_run();
}
