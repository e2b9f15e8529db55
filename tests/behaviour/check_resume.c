/* SPDX-License-Identifier: MIT */
/*
 * check_resume.c - going on from a checkpoint: exactly there, or where the program says,
 * with an exact count of what is gone, or not at all; and saves made by themselves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "groups.h"

static char ck[256];
static nabd_t *q;
static nabd_consumer_t *c;

static void begin(size_t slots)
{
	snprintf(ck, sizeof(ck), "%s", path_of("ck"));
	q = queue_of(slots);
	c = join_ok(q, 1);
}

static void end(void)
{
	leave_ok(c);
	close_ok(q);
}

static void resumes(uint32_t flags, uint32_t state, uint64_t sequence, uint64_t lost)
{
	struct nabd_resume r;

	memset(&r, 0xa5, sizeof(r));
	r.size = (uint32_t)sizeof(r);
	r.flags = flags;
	is(NABD_OK, nabd_consumer_resume(c, ck, &r));
	ck_assert_uint_eq(r.size, sizeof(r));
	ck_assert_uint_eq(r.flags, flags);
	ck_assert_uint_eq(r.state, state);
	ck_assert_uint_eq(r.sequence, sequence);
	ck_assert_uint_eq(r.lost, lost);
	ck_assert_uint_eq(r.reserved, 0);
}

/* And nothing has changed, *resume included. */
static void refuses(int code)
{
	struct nabd_resume r = NABD_RESUME_INIT, before;
	const uint64_t low = group_of(q, 1).low, position = group_of(q, 1).position;

	r.sequence = r.lost = 77;
	before = r;
	is(code, nabd_consumer_resume(c, ck, &r));
	ck_assert_mem_eq(&r, &before, sizeof(r));
	ck_assert_uint_eq(group_of(q, 1).low, low);
	ck_assert_uint_eq(group_of(q, 1).position, position);
}

static uint64_t saved(void)
{
	struct nabd_checkpoint said = { .size = (uint32_t)sizeof(said) };

	is(NABD_OK, nabd_checkpoint_load(ck, &said));
	return said.sequence;
}

/* provokes: nabd_consumer_resume NABD_OK */
START_TEST(exactly_there_as_long_as_it_is_kept)
{
	nabd_consumer_t *holder;

	begin(16);
	holder = join_ok(q, 2);
	push_numbers(q, 0, 10);
	gets_numbers(c, 0, 3);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	gets_numbers(c, 3, 9);
	resumes(0, NABD_RESUMED_EXACT, 3, 0);
	gets_numbers(c, 3, 10);
	is(NABD_OK, nabd_group_drop(q, 1)); /* and as a group made anew */
	leave_ok(c);
	c = join_ok(q, 1);
	gets_nothing(c);
	resumes(NABD_RESUME_NEWEST, NABD_RESUMED_EXACT, 3, 0);
	gets(c, 3);
	resumes(NABD_RESUME_OLDEST, NABD_RESUMED_EXACT, 3, 0);
	gets_numbers(c, 3, 10);
	leave_ok(holder);
	end();
}
END_TEST

/* provokes: nabd_consumer_resume NABD_LAPPED */
START_TEST(what_is_gone_is_counted)
{
	for (unsigned way = 0; way < 2; way++) {
		begin(8);
		push_numbers(q, 0, 4);
		gets_numbers(c, 0, 2);
		is(NABD_OK, nabd_checkpoint_save(c, ck)); /* 2 */
		gets_numbers(c, 2, 4);
		push_numbers(q, 4, 12); /* the producer has looked, and may use what is below 4 */
		gets_numbers(c, 4, 6);
		refuses(NABD_LAPPED);
		gets(c, 6);
		if (way == 0)
			resumes(NABD_RESUME_OLDEST, NABD_RESUMED_GAP, 4, 2);
		else
			resumes(NABD_RESUME_NEWEST, NABD_RESUMED_GAP, 12, 10);
		if (way == 0)
			gets_numbers(c, 4, 12);
		gets_nothing(c);
		end();
		ck_assert_int_eq(unlink(ck), 0);
		is(NABD_OK, nabd_unlink("q"));
	}
}
END_TEST

START_TEST(what_was_overwritten_is_counted)
{
	snprintf(ck, sizeof(ck), "%s", path_of("ck"));
	q = open_ok("q", 8, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER | NABD_OVERWRITE);
	c = join_ok(q, 1);
	push_numbers(q, 0, 5);
	gets_numbers(c, 0, 3);
	is(NABD_OK, nabd_checkpoint_save(c, ck)); /* 3 */
	push_numbers(q, 5, 11);
	resumes(0, NABD_RESUMED_EXACT, 3, 0); /* 3 is the oldest */
	push_numbers(q, 11, 20);
	refuses(NABD_LAPPED);
	resumes(NABD_RESUME_OLDEST, NABD_RESUMED_GAP, 12, 9);
	gets_numbers(c, 12, 20);
	end();
}
END_TEST

START_TEST(another_queue_by_wish_alone)
{
	begin(8);
	push_numbers(q, 0, 4);
	gets_numbers(c, 0, 4);
	is(NABD_OK, nabd_checkpoint_save(c, ck)); /* 4 */
	end();
	is(NABD_OK, nabd_unlink("q"));
	begin(8);
	push_numbers(q, 0, 6);
	gets_numbers(c, 0, 2);
	refuses(NABD_FOREIGN);
	is(NABD_FOREIGN, nabd_checkpoint_save(c, ck));
	resumes(NABD_RESUME_NEWEST, NABD_RESUMED_OTHER, 6, 6);
	resumes(NABD_RESUME_OLDEST, NABD_RESUMED_OTHER, 0, 0);
	gets_numbers(c, 0, 3);
	ck_assert_uint_eq(saved(), 4); /* until the next save */
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(saved(), 3);
	resumes(0, NABD_RESUMED_EXACT, 3, 0);
	end();
}
END_TEST

/* provokes: nabd_consumer_resume NABD_STATE */
START_TEST(not_while_something_is_peeked_at)
{
	const void *data;

	begin(8);
	push_numbers(q, 0, 2);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	is(NABD_OK, nabd_consumer_peek(c, &data, NULL));
	refuses(NABD_STATE);
	is(NABD_OK, nabd_consumer_release(c));
	resumes(0, NABD_RESUMED_EXACT, 0, 0);
	end();
}
END_TEST

static void all_ended(int code)
{
	struct nabd_resume r = NABD_RESUME_INIT;

	/* Before it knows, and when it does. */
	for (int i = 0; i < 2; i++) {
		is(code, nabd_checkpoint_save(c, ck));
		is(code, nabd_consumer_resume(c, ck, &r));
		is(code, nabd_checkpoint_auto(c, ck, 1, 0));
	}
	ck_assert_uint_eq(saved(), 1);
}

/* provokes: nabd_checkpoint_save NABD_DROPPED NABD_EVICTED */
/* provokes: nabd_consumer_resume NABD_DROPPED NABD_EVICTED */
/* provokes: nabd_checkpoint_auto NABD_DROPPED NABD_EVICTED */
START_TEST(a_group_that_ended_saves_no_more)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;

	begin(8);
	push_numbers(q, 0, 2);
	gets(c, 0);
	is(NABD_OK, nabd_checkpoint_auto(c, ck, 1, 0)); /* 1 */
	is(NABD_OK, nabd_group_drop(q, 1));
	all_ended(NABD_DROPPED);
	leave_ok(c); /* of which the end of the group is no failure */
	opts.max_lag = 4;
	opts.flags = NABD_JOIN_OLDEST;
	c = join_with(q, 1, &opts);
	(void)fill(q, 2);
	push_numbers(q, 10, 10);
	if (look_code(q, 1) == NABD_OK)
		(void)fill(q, 10);
	all_ended(NABD_EVICTED);
	end();
}
END_TEST

/* provokes: nabd_checkpoint_auto NABD_OK */
/* provokes: nabd_checkpoint_status NABD_OK NABD_NOTFOUND */
START_TEST(saves_by_themselves_every_so_many_messages)
{
	uint64_t sequence = 77;
	int error = 77;

	begin(64);
	is(NABD_NOTFOUND, nabd_checkpoint_status(c, &error, &sequence));
	is(NABD_OK, nabd_checkpoint_status(c, &error, NULL));
	ck_assert_int_eq(error, NABD_OK);
	is(NABD_OK, nabd_checkpoint_auto(c, ck, 10, 0));
	ck_assert_uint_eq(saved(), 0);
	for (uint64_t i = 0; i < 200; i++) {
		push_numbers(q, i, i + 1);
		gets(c, i);
		/* A lone member looks once in 16 messages at the least, before it takes more. */
		ck_assert_uint_ge(saved() + 10 + 16, i);
		ck_assert_uint_le(saved(), i + 1);
	}
	ck_assert_uint_gt(saved(), 0);
	is(NABD_OK, nabd_checkpoint_status(c, &error, &sequence));
	ck_assert_int_eq(error, NABD_OK);
	ck_assert_uint_eq(sequence, saved());
	is(NABD_OK, nabd_checkpoint_auto(c, NULL, 0, 0)); /* no longer */
	sequence = saved();
	push_numbers(q, 200, 240);
	gets_numbers(c, 200, 240);
	gets_nothing(c);
	end();
	ck_assert_uint_eq(saved(), sequence);
}
END_TEST

static void looks(void)
{
	struct nabd_msg msg;
	size_t got;

	is(NABD_OK, nabd_consumer_peek_batch(c, &msg, 1, &got));
	is(NABD_OK, nabd_consumer_release_batch(c, 0));
}

START_TEST(saves_by_themselves_when_time_has_passed_and_at_the_end)
{
	struct nabd_checkpoint said = { .size = (uint32_t)sizeof(said) };
	struct nabd_checkpoint later = { .size = (uint32_t)sizeof(later) };

	begin(16);
	is(NABD_OK, nabd_checkpoint_auto(c, ck, 0, 1000000));
	push_numbers(q, 0, 3);
	gets_numbers(c, 0, 2);
	while (saved() != 2) /* the time limit of the test is the limit of this */
		looks();
	is(NABD_OK, nabd_checkpoint_load(ck, &said));
	for (int i = 0; i < 20; i++) { /* what has not moved is not written again */
		usleep(1000);
		looks();
	}
	is(NABD_OK, nabd_checkpoint_load(ck, &later));
	ck_assert_uint_eq(later.saves, said.saves);
	is(NABD_OK, nabd_checkpoint_auto(c, ck, 1000, 0));
	gets(c, 2);
	ck_assert_uint_eq(saved(), 2);
	end();
	ck_assert_uint_eq(saved(), 3);
}
END_TEST

/* provokes: nabd_consumer_close NABD_SYSTEM */
START_TEST(what_goes_wrong_is_told_and_made_good)
{
	char dir[256];
	uint64_t sequence;
	int error;

	begin(64);
	snprintf(dir, sizeof(dir), "%s", path_of("sub"));
	snprintf(ck, sizeof(ck), "%s", path_of("sub/ck"));
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	is(NABD_OK, nabd_checkpoint_auto(c, ck, 1, 0));
	ck_assert_int_eq(unlink(ck), 0);
	ck_assert_int_eq(rmdir(dir), 0);
	push_numbers(q, 0, 40);
	errno = 0;
	gets_numbers(c, 0, 20); /* none of which minds */
	ck_assert_int_eq(errno, 0);
	is(NABD_OK, nabd_checkpoint_status(c, &error, &sequence));
	ck_assert_int_eq(error, NABD_NOTFOUND);
	ck_assert_uint_eq(sequence, 0);
	is(NABD_OK, nabd_checkpoint_status(c, &error, &sequence));
	ck_assert_int_eq(error, NABD_OK); /* told once */
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	gets_numbers(c, 20, 40);
	gets_nothing(c);
	is(NABD_OK, nabd_checkpoint_status(c, &error, &sequence));
	is(NABD_OK, error);
	ck_assert_uint_eq(saved(), 40);
	push_numbers(q, 40, 41);
	gets(c, 40);
	ck_assert_int_eq(unlink(ck), 0);
	ck_assert_int_eq(rmdir(dir), 0);
	errno = 0;
	is(NABD_SYSTEM, nabd_consumer_close(c));
	ck_assert_int_eq(errno, ENOENT);
	close_ok(q); /* closed all the same */
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_resume");

	tcase_add_test(tests, exactly_there_as_long_as_it_is_kept);
	tcase_add_test(tests, what_is_gone_is_counted);
	tcase_add_test(tests, what_was_overwritten_is_counted);
	tcase_add_test(tests, another_queue_by_wish_alone);
	tcase_add_test(tests, not_while_something_is_peeked_at);
	tcase_add_test(tests, a_group_that_ended_saves_no_more);
	tcase_add_test(tests, saves_by_themselves_every_so_many_messages);
	tcase_add_test(tests, saves_by_themselves_when_time_has_passed_and_at_the_end);
	tcase_add_test(tests, what_goes_wrong_is_told_and_made_good);
	return behaviour_run();
}
