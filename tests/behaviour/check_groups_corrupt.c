/* SPDX-License-Identifier: MIT */
/*
 * check_groups_corrupt.c - damage that members of groups meet, and a kernel that gives
 * them nothing: seen by every call that depends on it, and nothing moves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/resource.h>

#include "groups.h"
#include "raw.h"

static nabd_t *q;
static nabd_consumer_t *c;

/* provokes: nabd_consumer_peek NABD_CORRUPT */
/* provokes: nabd_consumer_peek_msg NABD_CORRUPT */
/* provokes: nabd_consumer_pop NABD_CORRUPT */
/* provokes: nabd_consumer_peek_batch NABD_CORRUPT */
/* provokes: nabd_consumer_pop_batch NABD_CORRUPT */
START_TEST(a_damaged_stamp_is_seen_by_every_receiving_call)
{
	q = queue_of(4);
	c = join_ok(q, 1);
	map_raw();
	for (uint64_t next = 0; next < 12; next++) {
		const uint64_t damages[] = {
			stamp_value(next, UINT32_MAX),	 stamp_value(next + 1, 1),
			stamp_value(next + 4, 1),	 stamp_value(next + 400, 1),
			stamp_value(next - 1, 1),	 stamp_value(next - 8, 1),
			stamp_value(next, 65),		 /* longer than the slot */
			stamp_value(next, 1u << 31),	 stamp_value(next + (1u << 31), 1),
			UINT64_MAX,			 0x5555555555555555u, 1, 64,
		};
		uint64_t right;

		push_numbers(q, next, next + 1);
		right = *stamp(next);
		for (size_t i = 0; i < COUNT(damages); i++) {
			*stamp(next) = damages[i];
			all_members_calls(c, KIND(TAKES), NABD_CORRUPT);
			all_members_calls(c, KIND(GIVES_BACK), NABD_STATE);
		}
		*stamp(next) = right; /* nothing has moved: the message can still be had */
		gets(c, next);
	}
	leave_ok(c);
	close_ok(q);
}
END_TEST

START_TEST(a_batch_ends_before_a_damaged_slot)
{
	static struct nabd_msg msgs[8];
	char bytes[64];
	uint32_t lens[8];
	size_t got = 0;

	q = queue_of(8);
	c = join_ok(q, 1);
	map_raw();
	push_numbers(q, 0, 8);
	*stamp(2) = stamp_value(2, 65);
	is(NABD_OK, nabd_consumer_peek_batch(c, msgs, 8, &got));
	ck_assert_uint_eq(got, 2);
	is(NABD_OK, nabd_consumer_release_batch(c, 0));
	is(NABD_OK, nabd_consumer_pop_batch(c, bytes, sizeof(bytes), lens, 8, &got));
	ck_assert_uint_eq(got, 2);
	is(NABD_CORRUPT, nabd_consumer_pop_batch(c, bytes, sizeof(bytes), lens, 8, &got));
	ck_assert_uint_eq(got, 0);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* A position of a group that is there, with a sequence that it can't have. */
static void damaged(uint64_t sequence)
{
	volatile uint64_t *position = word(&consumers->group[1].position);
	const uint64_t right = *position;

	*position = (right & ~NABD_SHM_SEQUENCE) | (sequence & NABD_SHM_SEQUENCE);
	is(NABD_CORRUPT, join_code(q, 1, NULL));
	is(NABD_CORRUPT, join_code(q, 1, NULL));
	errno = 0;
	ck_assert_ptr_null(nabd_consumer_join(q, 1));
	ck_assert_int_eq(errno, EUCLEAN);
	*position = right;
}

/* provokes: nabd_consumer_join_opts NABD_CORRUPT */
START_TEST(a_damaged_position_is_seen_by_who_joins)
{
	q = queue_of(4);
	c = join_ok(q, 1);
	push_numbers(q, 0, 2);
	gets(c, 0);
	leave_ok(c);
	map_raw();
	for (size_t i = 0; i < COUNT(garbage); i++)
		if ((garbage[i] & NABD_SHM_SEQUENCE) > 2)
			damaged(garbage[i]);
	damaged(1000);
	damaged(NABD_SHM_SEQUENCE);
	ck_assert_uint_eq(group_of(q, 1).members, 0);
	c = join_ok(q, 1); /* the next finds it as it was */
	gets(c, 1);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* Words of members and groups that can't be true let the producer overwrite nothing. */
START_TEST(damaged_words_do_not_let_the_producer_overwrite)
{
	q = queue_of(4);
	c = join_ok(q, 1);
	map_raw();
	push_numbers(q, 0, 4);
	for (size_t i = 0; i < COUNT(garbage); i++) {
		volatile uint64_t *position = word(&consumers->group[1].position);
		const uint64_t right = *position;

		*position = (right & ~NABD_SHM_SEQUENCE) | (garbage[i] & NABD_SHM_SEQUENCE);
		if ((garbage[i] & NABD_SHM_SEQUENCE) > 4)
			is(NABD_FULL, push_number(q, 4));
		*position = right;
		*word(&consumers->member[0][0].begin) = garbage[i]; /* at most it holds more */
		is(NABD_FULL, push_number(q, 4));
		*word(&consumers->member[0][0].begin) = 0;
		*word(&consumers->member[0][5].begin) = garbage[i]; /* a line that is not used */
		is(NABD_FULL, push_number(q, 4));
		*word(&consumers->member[0][5].begin) = 0;
	}
	gets_numbers(c, 0, 4);
	push_numbers(q, 4, 8);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* What a dead member is said to hold is believed as far as it can be true. */
START_TEST(what_a_dead_line_says_is_checked)
{
	for (size_t i = 0; i < COUNT(garbage) * COUNT(garbage); i++) {
		nabd_consumer_t *d;
		struct nabd_msg msg;

		q = queue_of(4);
		c = join_ok(q, 1);
		d = join_ok(q, 1);
		push_numbers(q, 0, 4);
		gets_numbers(c, 0, 2);
		leave_ok(d);
		map_raw();
		*word(&consumers->member[0][1].end) = garbage[i / COUNT(garbage)];
		*word(&consumers->member[0][1].begin) = garbage[i % COUNT(garbage)];
		d = join_ok(q, 1);
		for (int n = 0; n < 8 && nabd_consumer_peek_msg(d, &msg) == NABD_OK; n++) {
			ck_assert_uint_lt(msg.sequence, 4);
			is(NABD_OK, nabd_consumer_release(d));
		}
		is(NABD_EMPTY, nabd_consumer_peek_msg(d, &msg));
		leave_ok(d);
		leave_ok(c);
		close_ok(q);
		munmap(raw, raw_len);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

/* As a process that is stopped in the middle of making or joining the group. */
/* provokes: nabd_consumer_join_opts NABD_BUSY */
START_TEST(a_group_that_somebody_is_making_for_ever_is_busy)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
	int fd;

	q = queue_of(8);
	c = join_ok(q, 1);
	fd = open(path_of("q"), O_RDWR | O_CLOEXEC);
	lock.l_start = NABD_SHM_LOCK_GROUP(2);
	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &lock), 0);
	is(NABD_BUSY, join_code(q, 2, NULL));
	is(NABD_OK, join_code(q, 3, NULL)); /* the others are not hindered */
	push_numbers(q, 0, 8);
	gets_numbers(c, 0, 8);
	is(NABD_OK, join_code(q, 0, NULL)); /* nor who asks for any */
	is(NABD_NOTFOUND, look_code(q, 2));
	ck_assert_int_eq(close(fd), 0);
	is(NABD_OK, join_code(q, 2, NULL));
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* No descriptor can be had. */
static rlim_t limit(__rlimit_resource_t resource, rlim_t to)
{
	struct rlimit limits;
	rlim_t before;

	ck_assert_int_eq(getrlimit(resource, &limits), 0);
	before = limits.rlim_cur;
	limits.rlim_cur = to;
	ck_assert_int_eq(setrlimit(resource, &limits), 0);
	return before;
}

/* provokes: nabd_consumer_join_opts NABD_SYSTEM */
/* provokes: nabd_consumer_nack NABD_SYSTEM */
START_TEST(without_a_descriptor_nobody_joins_and_what_is_peeked_stays)
{
	int join, nack, number;
	rlim_t before;

	q = queue_of(8);
	c = join_ok(q, 1);
	push_numbers(q, 0, 3);
	peeks(c, 0, 1);
	before = limit(RLIMIT_NOFILE, 3);
	join = join_code(q, 1, NULL);
	errno = 0;
	nack = nabd_consumer_nack(c);
	number = errno;
	limit(RLIMIT_NOFILE, before);
	is(NABD_SYSTEM, join);
	is(NABD_SYSTEM, nack);
	ck_assert_int_eq(number, EMFILE);
	peeks(c, 0, 1); /* as if it had not been asked */
	is(NABD_OK, nabd_consumer_nack(c));
	gets_again(c, 0, 2);
	gets_numbers(c, 1, 3);
	ck_assert_uint_eq(told(c).nacked, 1);
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_consumer_join_opts NABD_NOMEM */
START_TEST(without_memory_nobody_joins)
{
	rlim_t before;
	int join;

	q = queue_of(8);
	is(NABD_OK, join_code(q, 1, NULL)); /* so that what is made once is there */
	before = limit(RLIMIT_AS, 1 << 20);
	join = join_code(q, 2, NULL);
	limit(RLIMIT_AS, before);
	is(NABD_NOMEM, join);
	is(NABD_NOTFOUND, look_code(q, 2));
	is(NABD_OK, join_code(q, 2, NULL));
	close_ok(q);
}
END_TEST

static void close_the_queues(void)
{
	struct stat queue, any;
	int closed = 0;

	ck_assert_int_eq(stat(path_of("q"), &queue), 0);
	for (int fd = 3; fd < 1024; fd++)
		if (fstat(fd, &any) == 0 && any.st_dev == queue.st_dev &&
		    any.st_ino == queue.st_ino)
			closed += close(fd) == 0;
	ck_assert_int_gt(closed, 0);
}

/* A program that closed descriptors that are not its own. */
/* provokes: nabd_group_look NABD_SYSTEM */
/* provokes: nabd_member_look NABD_SYSTEM */
/* provokes: nabd_consumer_join_opts NABD_SYSTEM */
/* provokes: nabd_consumer_nack NABD_SYSTEM */
START_TEST(without_the_queues_descriptor_nobody_is_asked)
{
	struct nabd_member_info member = { .size = (uint32_t)sizeof(member) };
	int group, look, join, nack;

	q = queue_of(8);
	c = join_ok(q, 1);
	push_numbers(q, 0, 3);
	peeks(c, 0, 1);
	close_the_queues();
	group = look_code(q, 1);
	look = nabd_member_look(q, 1, 0, &member);
	join = join_code(q, 1, NULL);
	nack = nabd_consumer_nack(c);
	is(NABD_SYSTEM, group);
	is(NABD_SYSTEM, look);
	is(NABD_SYSTEM, join);
	is(NABD_SYSTEM, nack);
	is(NABD_OK, nabd_consumer_release(c)); /* what needs no kernel goes on */
	gets_numbers(c, 1, 3);
	push_numbers(q, 3, 9);
	leave_ok(c);
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_groups_corrupt");

	tcase_add_test(tests, a_damaged_stamp_is_seen_by_every_receiving_call);
	tcase_add_test(tests, a_batch_ends_before_a_damaged_slot);
	tcase_add_test(tests, a_damaged_position_is_seen_by_who_joins);
	tcase_add_test(tests, damaged_words_do_not_let_the_producer_overwrite);
	tcase_add_test(tests, what_a_dead_line_says_is_checked);
	tcase_add_test(tests, a_group_that_somebody_is_making_for_ever_is_busy);
	tcase_add_test(tests, without_a_descriptor_nobody_joins_and_what_is_peeked_stays);
	tcase_add_test(tests, without_memory_nobody_joins);
	tcase_add_test(tests, without_the_queues_descriptor_nobody_is_asked);
	return behaviour_run();
}
