/* SPDX-License-Identifier: MIT */
/*
 * check_metrics.c - what is counted is what was done: of the queue, its groups and their
 * members, also after deaths, for those who may only look; and looking changes not one byte.
 */
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groups.h"

#define SIZED(type) { .size = (uint32_t)sizeof(struct type) }

static struct nabd_metrics metrics_of(nabd_t *q)
{
	struct nabd_metrics m = SIZED(nabd_metrics);

	is(NABD_OK, nabd_metrics_get(q, &m));
	ck_assert_uint_eq(m.size, sizeof(m));
	ck_assert_uint_ge(m.now_ns, m.progress_ns);
	return m;
}

static struct nabd_group_metrics of_group(nabd_t *q, unsigned group)
{
	struct nabd_group_metrics m = SIZED(nabd_group_metrics);

	is(NABD_OK, nabd_group_metrics_get(q, group, &m));
	ck_assert_uint_eq(m.size, sizeof(m));
	ck_assert_uint_eq(m.group, group);
	ck_assert_uint_eq(m.reserved, 0);
	return m;
}

static struct nabd_member_metrics of_member(nabd_t *q, unsigned group, unsigned member)
{
	struct nabd_member_metrics m = SIZED(nabd_member_metrics);

	is(NABD_OK, nabd_member_metrics_get(q, group, member, &m));
	ck_assert_uint_eq(m.size, sizeof(m));
	return m;
}

static int group_code(nabd_t *q, unsigned group)
{
	struct nabd_group_metrics m = SIZED(nabd_group_metrics);

	return nabd_group_metrics_get(q, group, &m);
}

static int member_code(nabd_t *q, unsigned group, unsigned member)
{
	struct nabd_member_metrics m = SIZED(nabd_member_metrics);

	return nabd_member_metrics_get(q, group, member, &m);
}

/* provokes: nabd_metrics_get NABD_OK */
START_TEST(the_queue_is_counted)
{
	nabd_t *q = queue_of(8), *o = open_ok("q", 0, 0, NABD_OBSERVE);
	struct nabd_metrics m = metrics_of(o);

	ck_assert_uint_eq(m.state, NABD_STATE_PRODUCER);
	ck_assert_uint_eq(m.slots, 8);
	ck_assert_uint_eq(m.fill + m.high_fill + m.fill_percent, 0);
	ck_assert_uint_eq(m.progress_ns, 0);
	push_numbers(q, 0, 6);
	m = metrics_of(o);
	ck_assert_uint_eq(m.fill, 6);
	ck_assert_uint_eq(m.fill_percent, 75);
	ck_assert_uint_eq(m.high_fill, 6); /* what is there now counts, seen by the producer or not */
	ck_assert_uint_eq(m.head, 6);
	ck_assert_uint_eq(m.bytes, 48);
	ck_assert_uint_gt(m.progress_ns, 0);
	push_numbers(q, 6, 8);
	ck_assert_uint_eq(metrics_of(o).full_count, 0);
	is(NABD_FULL, push_number(q, 8));
	is(NABD_FULL, push_number(q, 8));
	m = metrics_of(o);
	ck_assert_uint_eq(m.full_count, 1);
	ck_assert_uint_eq(m.state, NABD_STATE_PRODUCER | NABD_STATE_FULL);
	for (uint64_t n = 0; n < 8; n++)
		reads_number(q, n);
	close_ok(q);
	m = metrics_of(o);
	ck_assert_uint_eq(m.state, NABD_STATE_GROUP0);
	ck_assert_uint_eq(m.fill, 0);
	ck_assert_uint_eq(m.tail, 8);
	ck_assert_uint_eq(m.high_fill, 8);
	ck_assert_uint_eq(m.producer_epoch, 1);
	ck_assert_uint_eq(m.evictions + m.lost + m.reader_wakes + m.producer_wakes, 0);
	close_ok(o);
}
END_TEST

/* provokes: nabd_group_metrics_get NABD_OK NABD_NOTFOUND */
/* provokes: nabd_member_metrics_get NABD_OK NABD_NOTFOUND */
START_TEST(a_group_and_its_members_are_counted)
{
	nabd_t *q = queue_of(8), *o = open_ok("q", 0, 0, NABD_OBSERVE);
	nabd_consumer_t *c, *d;
	struct nabd_group_metrics m;

	is(NABD_NOTFOUND, group_code(o, 0));
	is(NABD_NOTFOUND, group_code(o, 3));
	is(NABD_NOTFOUND, member_code(o, 3, 0));
	c = join_ok(q, 3);
	d = join_ok(q, 3);
	push_numbers(q, 0, 4);
	gets(c, 0);
	gets(d, 1);
	gets(c, 2);
	peeks(d, 3, 1);
	m = of_group(o, 3);
	ck_assert_uint_eq(m.owner, NABD_GROUP_OWNER_ALIVE);
	ck_assert_uint_eq(m.members, 2);
	ck_assert_uint_eq(m.holding, 1);
	ck_assert_uint_eq(m.made, 1);
	ck_assert_uint_eq(m.position, 4);
	ck_assert_uint_eq(m.low, 3);
	ck_assert_uint_eq(m.lag, 1);
	ck_assert_uint_ge(m.high_lag, 1);
	ck_assert_uint_eq(m.claimed, 4);
	ck_assert_uint_gt(m.progress_ns, 0);
	is(NABD_OK, m.ended);
	ck_assert_uint_eq(of_member(o, 3, 0).claimed, 2);
	ck_assert_uint_eq(of_member(o, 3, 1).claimed, 2);
	ck_assert_uint_eq(of_member(o, 3, 1).held, 1);
	ck_assert_uint_eq(of_member(o, 3, 1).first, 3);
	is(NABD_OK, nabd_consumer_nack(d));
	gets_at_last(c, 3, 2);
	m = of_group(o, 3);
	ck_assert_uint_eq(m.nacked, 1);
	ck_assert_uint_eq(m.redelivered, 1);
	push_numbers(q, 4, 6);
	leave_ok(c);
	leave_ok(d);
	ck_assert_uint_eq(of_group(o, 3).owner, NABD_GROUP_OWNER_DEAD); /* messages wait */
	ck_assert_uint_eq(of_member(o, 3, 0).alive, 0);
	is(NABD_NOTFOUND, member_code(o, 3, 15));
	is(NABD_OK, nabd_group_drop(q, 3));
	m = of_group(o, 3);
	is(NABD_DROPPED, m.ended);
	ck_assert_uint_eq(m.owner, NABD_GROUP_OWNER_NONE);
	ck_assert_uint_eq(m.lag, 0);
	ck_assert_uint_eq(m.claimed, 4);
	ck_assert_uint_eq(m.lost, 0); /* what is dropped by hand is kept for another */
	c = join_ok(q, 3);
	ck_assert_uint_eq(of_group(o, 3).claimed, 4); /* the id goes on counting */
	ck_assert_uint_eq(of_group(o, 3).made, 2);
	leave_ok(c);
	close_ok(o);
	close_ok(q);
}
END_TEST

START_TEST(what_the_dead_did_stays_counted)
{
	struct nabd_group_metrics m;
	nabd_consumer_t *c;
	nabd_t *q = queue_of(16);
	pid_t pid;

	is(NABD_OK, push_number(q, 0));
	push_numbers(q, 1, 10);
	pid = start_member(1, NULL, holds_four);
	ck_assert_uint_eq(of_group(q, 1).claimed, 4);
	kill_member(pid);
	m = of_group(q, 1);
	ck_assert_uint_eq(m.owner, NABD_GROUP_OWNER_DEAD);
	ck_assert_uint_eq(m.holding, 1);
	ck_assert_uint_eq(m.claimed, 4);
	ck_assert_uint_eq(of_member(q, 1, 0).held, 4);
	ck_assert_uint_eq(of_member(q, 1, 0).alive, 0);
	c = join_ok(q, 1);
	gets_at_last(c, 0, 2);
	m = of_group(q, 1);
	ck_assert_uint_eq(m.owner, NABD_GROUP_OWNER_ALIVE);
	ck_assert_uint_eq(m.redelivered, 4);
	ck_assert_uint_eq(m.claimed, 4);
	leave_ok(c);
	close_ok(q);
}
END_TEST

static int take_letter(const struct nabd_msg *msg, void *arg)
{
	(void)msg;
	++*(unsigned *)arg;
	return 0;
}

START_TEST(dead_letters_are_counted)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	unsigned letters = 0;
	nabd_consumer_t *c;
	nabd_t *q = queue_of(8);

	opts.max_deliveries = 1;
	opts.dead_letter = take_letter;
	opts.dead_letter_arg = &letters;
	c = join_with(q, 2, &opts);
	push_numbers(q, 0, 2);
	peeks(c, 0, 1);
	is(NABD_OK, nabd_consumer_nack(c));
	gets(c, 1); /* the first was given up */
	ck_assert_uint_eq(letters, 1);
	ck_assert_uint_eq(of_group(q, 2).dead_letters, 1);
	ck_assert_uint_eq(of_group(q, 2).nacked, 1);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(an_eviction_is_counted_exactly)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	struct nabd_group_metrics m;
	nabd_consumer_t *c;
	nabd_t *q = queue_of(8);
	const void *data;
	size_t len;

	opts.max_lag = 8;
	c = join_with(q, 5, &opts);
	push_numbers(q, 0, 8);
	gets_numbers(c, 0, 3);
	push_numbers(q, 8, 14); /* the producer looks, and finds it 8 behind */
	m = of_group(q, 5);
	is(NABD_EVICTED, m.ended);
	ck_assert_uint_eq(m.evictions, 1);
	is(NABD_EVICTED, nabd_consumer_peek(c, &data, &len));
	ck_assert_uint_eq(m.lost, told(c).lost);
	ck_assert_uint_gt(m.lost, 0);
	ck_assert_uint_eq(metrics_of(q).lost, m.lost);
	ck_assert_uint_eq(metrics_of(q).evictions, 1);
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(lost_and_received_add_up_where_messages_are_overwritten)
{
	nabd_t *q = open_ok("q", 4, 64, NABD_CREATE | NABD_OVERWRITE | NABD_PRODUCER |
						NABD_CONSUMER);
	nabd_consumer_t *c = join_ok(q, 1);
	uint64_t n, received = 0;
	size_t len = sizeof(n);
	int rc;

	is(NABD_EMPTY, nabd_pop(q, &n, &len));
	push_numbers(q, 0, 1);
	reads_number(q, 0);
	push_numbers(q, 1, 11);
	len = sizeof(n);
	is(NABD_LAPPED, nabd_pop(q, &n, &len));
	ck_assert_uint_eq(of_group(q, 0).lost, 6);
	do {
		len = sizeof(n);
		rc = nabd_consumer_pop(c, &n, &len);
		received += rc == NABD_OK;
	} while (rc == NABD_OK || rc == NABD_LAPPED);
	is(NABD_EMPTY, rc);
	ck_assert_uint_eq(received, 4);
	ck_assert_uint_eq(of_group(q, 1).lost, 7);
	ck_assert_uint_eq(metrics_of(q).lost, 13);
	ck_assert_uint_eq(metrics_of(q).progress_ns, 0);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* A descriptor is told once each time that it was armed: no time is in this. */
START_TEST(who_is_woken_is_counted)
{
	nabd_t *p = open_ok("q", 2, 64, NABD_CREATE | NABD_PRODUCER);
	nabd_t *q = open_ok("q", 0, 0, NABD_CONSUMER);
	nabd_consumer_t *c = join_ok(q, 7);

	is(NABD_OK, nabd_arm(q));
	is(NABD_OK, nabd_consumer_arm(c));
	push_numbers(p, 0, 2);
	ck_assert_uint_eq(of_group(p, 0).wakes, 1);
	ck_assert_uint_eq(of_group(p, 7).wakes, 1);
	ck_assert_uint_eq(metrics_of(p).reader_wakes, 2);
	is(NABD_FULL, push_number(p, 2));
	is(NABD_OK, nabd_arm(p));
	ck_assert_uint_eq(metrics_of(p).producer_wakes, 0);
	reads_number(q, 0);
	reads_number(q, 1);
	gets_numbers(c, 0, 2);
	ck_assert_uint_eq(metrics_of(p).producer_wakes, 1);
	leave_ok(c);
	close_ok(q);
	close_ok(p);
}
END_TEST

static int receive_until_zero(void)
{
	nabd_t *c = nabd_open("q", 0, 0, NABD_CONSUMER);
	uint64_t n = 1;
	int rc = NABD_OK;

	while (c != NULL && n != 0 && rc == NABD_OK) {
		size_t len = sizeof(n);

		rc = nabd_pop_wait(c, &n, &len, -1);
	}
	return c != NULL ? rc : NABD_STATE;
}

/* Messages are sent until one of them has found the reader asleep. */
START_TEST(a_sleeper_that_is_woken_is_counted)
{
	nabd_t *q = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER);
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(receive_until_zero() == NABD_OK ? 0 : 1);
	while (metrics_of(q).reader_wakes == 0) {
		(void)push_number(q, 7);
		usleep(2000);
	}
	while (push_number(q, 0) == NABD_FULL)
		usleep(1000);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_ge(of_group(q, 0).wakes, 1);
	close_ok(q);
}
END_TEST

START_TEST(looking_changes_not_one_byte)
{
	nabd_t *q = queue_of(8), *o = open_ok("q", 0, 0, NABD_OBSERVE);
	nabd_consumer_t *c = join_ok(q, 1);
	static char buf[65536];
	unsigned char *before, *after;
	size_t len, had;

	push_numbers(q, 0, 5);
	gets(c, 0);
	before = read_whole(path_of("q"), &had);
	(void)metrics_of(o);
	(void)of_group(o, 1);
	(void)of_member(o, 1, 0);
	for (unsigned f = 0; f < 3; f++)
		is(NABD_OK, nabd_metrics_format(o, f, buf, sizeof(buf), &len));
	after = read_whole(path_of("q"), &len);
	ck_assert_uint_eq(len, had);
	ck_assert_mem_eq(before, after, len);
	free(before);
	free(after);
	leave_ok(c);
	close_ok(o);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_metrics");

	tcase_add_test(tests, the_queue_is_counted);
	tcase_add_test(tests, a_group_and_its_members_are_counted);
	tcase_add_test(tests, what_the_dead_did_stays_counted);
	tcase_add_test(tests, dead_letters_are_counted);
	tcase_add_test(tests, an_eviction_is_counted_exactly);
	tcase_add_test(tests, lost_and_received_add_up_where_messages_are_overwritten);
	tcase_add_test(tests, who_is_woken_is_counted);
	tcase_add_test(tests, a_sleeper_that_is_woken_is_counted);
	tcase_add_test(tests, looking_changes_not_one_byte);
	return behaviour_run();
}
