/* SPDX-License-Identifier: MIT */
/*
 * check_recover.c - what is left by the dead is cleared up; what lives, holds messages or is
 * no queue stays; and nothing is done that was not asked for.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "groups.h"
#include "layout.h"

#define DO	NABD_RECOVER_DO
#define REMOVE	NABD_RECOVER_REMOVE
#define DISCARD NABD_RECOVER_DISCARD

static char text[65536];

static int recover(unsigned flags)
{
	size_t len = 0;
	int rc = nabd_recover("q", NULL, flags, text, sizeof(text), &len);

	ck_assert_uint_eq(strlen(text), len);
	ck_assert_uint_gt(len, 10);
	return rc;
}

static int there(void)
{
	return access(path_of("q"), F_OK) == 0;
}

static void says(const char *words)
{
	ck_assert_msg(strstr(text, words) != NULL, "\"%s\" is not in:\n%s", words, text);
}

/* provokes: nabd_recover NABD_OK */
START_TEST(an_abandoned_group_is_ended)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL);
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 2);
	pid_t pid = start_member(5, &opts, holds_nothing);

	is(NABD_OK, recover(DO));
	says("nothing to do");
	kill_member(pid);
	push_numbers(q, 0, 2);
	is(NABD_OK, recover(0));
	says("Would end the ephemeral group 5");
	is(NABD_OK, look_code(q, 5)); /* it was only said */
	is(NABD_OK, recover(DO));
	says("Will end the ephemeral group 5: done");
	is(NABD_NOTFOUND, look_code(q, 5));
	is(NABD_OK, look_code(q, 2)); /* the other is not touched */
	is(NABD_OK, recover(DO));
	says("nothing to do");
	gets_numbers(c, 0, 2);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_recover NABD_BUSY NABD_NOTFOUND */
START_TEST(a_queue_that_is_open_stays)
{
	static const unsigned roles[] = { 0, NABD_PRODUCER, NABD_CONSUMER };

	is(NABD_NOTFOUND, recover(DO | REMOVE));
	for (size_t i = 0; i < COUNT(roles); i++) {
		nabd_t *q = open_ok("q", 4, 64, NABD_CREATE | roles[i]);

		is(NABD_BUSY, recover(REMOVE));
		is(NABD_BUSY, recover(DO | REMOVE));
		is(NABD_BUSY, recover(DO | REMOVE | DISCARD));
		says("in use");
		ck_assert(there());
		close_ok(q);
		is(NABD_OK, recover(REMOVE));
		says("Would remove the queue");
		ck_assert(there());
		is(NABD_OK, recover(DO | REMOVE));
		says("Will remove the queue: done");
		ck_assert(!there());
	}
}
END_TEST

START_TEST(an_observer_keeps_what_it_sees)
{
	nabd_t *o;

	close_ok(queue_of(4));
	o = open_ok("q", 0, 0, NABD_OBSERVE);
	is(NABD_OK, recover(DO | REMOVE));
	ck_assert_uint_eq(stats_of(o).state, NABD_STATE_UNLINKED);
	close_ok(o);
}
END_TEST

/* provokes: nabd_recover NABD_STATE */
START_TEST(unread_messages_are_not_thrown_away_silently)
{
	nabd_t *q = queue_of(4);
	nabd_consumer_t *c;

	push_numbers(q, 0, 3);
	close_ok(q);
	is(NABD_STATE, recover(REMOVE));
	says("3 unread messages");
	is(NABD_STATE, recover(DO | REMOVE));
	ck_assert(there());
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	c = join_ok(q, 1);
	gets_numbers(c, 0, 2);
	leave_ok(c);
	close_ok(q);
	is(NABD_STATE, recover(DO | REMOVE));
	says("1 unread message.");
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	c = join_ok(q, 1);
	gets(c, 2);
	leave_ok(c);
	close_ok(q);
	is(NABD_OK, recover(DO | REMOVE));
	ck_assert(!there());
	q = queue_of(4);
	push_numbers(q, 0, 3);
	close_ok(q);
	is(NABD_OK, recover(REMOVE | DISCARD));
	ck_assert(there());
	is(NABD_OK, recover(DO | REMOVE | DISCARD));
	says("3 unread messages");
	ck_assert(!there());
}
END_TEST

static int reads_all(nabd_consumer_t *c)
{
	uint64_t number;
	size_t len;
	int rc;

	do {
		len = sizeof(number);
		rc = nabd_consumer_pop(c, &number, &len);
	} while (rc == NABD_OK);
	return rc == NABD_EMPTY ? NABD_OK : rc;
}

/* What an ephemeral group has read is known only while it is there. */
START_TEST(a_queue_that_the_dead_had_read_may_go)
{
	struct nabd_join_opts opts = with_flags(NABD_GROUP_EPHEMERAL);
	nabd_t *q = queue_of(8);

	push_numbers(q, 0, 5);
	kill_member(start_member(1, &opts, reads_all));
	close_ok(q);
	is(NABD_OK, recover(REMOVE));
	ck_assert(there());
	is(NABD_OK, recover(DO | REMOVE));
	ck_assert(!there());
}
END_TEST

/* By what they say, all was read. */
START_TEST(damaged_positions_are_no_reason_to_remove)
{
	static const struct {
		uint64_t head, tail, position, roster;
	} cases[] = {
		{ 1000, 1000, 0, 0 },
		{ 3, 900, 0, 0 },
		{ 5, 0, 100, NABD_SHM_HOLDS(0) | NABD_SHM_SETTLED(0) },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct nabd_shm_consumers *consumers;
		struct nabd_shm_producer *producer;
		unsigned char *bytes;
		nabd_t *q = queue_of(8);
		size_t len;

		push_numbers(q, 0, 5);
		close_ok(q);
		bytes = read_whole(path_of("q"), &len);
		producer = (struct nabd_shm_producer *)(void *)bytes;
		consumers = (void *)(bytes + producer->identity.consumer_off);
		cell_store_relaxed(&producer->head, cases[i].head);
		cell_store_relaxed(&producer->tail, cases[i].tail);
		cell_store_relaxed(&consumers->group[0].position, cases[i].position);
		cell_store_relaxed(&consumers->roster, cases[i].roster);
		write_whole(path_of("q"), bytes, len);
		free(bytes);
		ck_assert_int_ne(recover(DO | REMOVE), NABD_OK);
		ck_assert(there());
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* provokes: nabd_recover NABD_CORRUPT NABD_TRUNCATED NABD_FORMAT NABD_BYTEORDER NABD_NOTQUEUE */
START_TEST(damaged_and_foreign_files)
{
	static const struct {
		size_t at;
		unsigned char byte;
		int code;
	} cases[] = {
		{ 8, 9, NABD_CORRUPT },	     /* byte order */
		{ 12, 9, NABD_FORMAT },	     /* version */
		{ 60, 9, NABD_CORRUPT },     /* slots, and so the checksum */
		{ 0, 'x', NABD_NOTQUEUE },   /* magic */
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const int code = cases[i].code;
		unsigned char *bytes;
		size_t len;

		close_ok(queue_of(4));
		bytes = read_whole(path_of("q"), &len);
		bytes[cases[i].at] = cases[i].byte;
		write_whole(path_of("q"), bytes, len);
		is(code, recover(DO));
		is(code == NABD_CORRUPT ? NABD_STATE : code, recover(DO | REMOVE));
		ck_assert(there());
		is(code == NABD_CORRUPT ? NABD_OK : code, recover(DO | REMOVE | DISCARD));
		ck_assert(there() == (code != NABD_CORRUPT));
		(void)unlink(path_of("q"));
		free(bytes);
		(void)unlink(path_of("q"));
	}
}
END_TEST

START_TEST(a_queue_of_the_other_byte_order_or_cut_off)
{
	unsigned char *bytes;
	size_t len;

	close_ok(queue_of(4));
	bytes = read_whole(path_of("q"), &len);
	write_whole(path_of("q"), bytes, 500);
	is(NABD_TRUNCATED, recover(DO));
	is(NABD_STATE, recover(DO | REMOVE));
	ck_assert(there());
	for (int i = 0; i < 2; i++) {
		const unsigned char byte = bytes[8 + i];

		bytes[8 + i] = bytes[11 - i];
		bytes[11 - i] = byte;
	}
	write_whole(path_of("q"), bytes, len);
	is(NABD_BYTEORDER, recover(DO | REMOVE | DISCARD));
	ck_assert(there());
	free(bytes);
}
END_TEST

/* provokes: nabd_recover NABD_UNSAFE NABD_NAME NABD_INVALID NABD_BUFFER */
START_TEST(arguments_are_checked)
{
	struct nabd_opts bad = NABD_OPTS_INIT;
	char small[4];
	size_t len;

	bad.size = 3;
	close_ok(queue_of(4));
	is(NABD_INVALID, nabd_recover(NULL, NULL, 0, text, sizeof(text), &len));
	is(NABD_INVALID, nabd_recover("q", &bad, 0, text, sizeof(text), &len));
	is(NABD_INVALID, nabd_recover("q", NULL, 8, text, sizeof(text), &len));
	is(NABD_INVALID, nabd_recover("q", NULL, DISCARD | DO, text, sizeof(text), &len));
	is(NABD_INVALID, nabd_recover("q", NULL, 0, NULL, 1, &len));
	is(NABD_INVALID, nabd_recover("q", NULL, 0, text, sizeof(text), NULL));
	is(NABD_NAME, nabd_recover(".q", NULL, 0, text, sizeof(text), &len));
	is(NABD_BUFFER, nabd_recover("q", NULL, 0, small, sizeof(small), &len));
	ck_assert_uint_gt(len, strlen(small));
	ck_assert_int_eq(link(path_of("q"), path_of("r")), 0);
	is(NABD_UNSAFE, recover(DO | REMOVE | DISCARD));
	ck_assert(there());
}
END_TEST

/* A program that removes a queue while another is alone with it takes away nobody else's. */
START_TEST(opening_and_removing_wait_for_who_is_alone_with_it)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 3 };
	nabd_t *q;
	int fd;

	close_ok(queue_of(4));
	fd = open(path_of("q"), O_RDWR);
	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &lock), 0); /* as if it were stopped in there */
	is(NABD_BUSY, open_code("q", 0, 0, NABD_CONSUMER));
	is(NABD_BUSY, open_code("q", 0, 0, NABD_CREATE | NABD_PRODUCER));
	is(NABD_BUSY, recover(DO | REMOVE));
	is(NABD_SYSTEM, nabd_unlink("q"));
	ck_assert(there());
	close_ok(open_ok("q", 0, 0, NABD_OBSERVE)); /* who leaves no trace needs nobody's leave */
	close(fd);
	q = open_ok("q", 0, 0, NABD_PRODUCER);
	is(NABD_OK, nabd_unlink("q"));
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_recover");

	tcase_add_test(tests, an_abandoned_group_is_ended);
	tcase_add_test(tests, a_queue_that_is_open_stays);
	tcase_add_test(tests, an_observer_keeps_what_it_sees);
	tcase_add_test(tests, unread_messages_are_not_thrown_away_silently);
	tcase_add_test(tests, a_queue_that_the_dead_had_read_may_go);
	tcase_add_test(tests, damaged_positions_are_no_reason_to_remove);
	tcase_add_test(tests, damaged_and_foreign_files);
	tcase_add_test(tests, a_queue_of_the_other_byte_order_or_cut_off);
	tcase_add_test(tests, arguments_are_checked);
	tcase_add_test(tests, opening_and_removing_wait_for_who_is_alone_with_it);
	return behaviour_run();
}
