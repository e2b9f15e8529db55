/* SPDX-License-Identifier: MIT */
/*
 * check_checkpoint.c - what a save keeps and a load tells; what is refused, and leaves
 * no trace.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoint.h"
#include "layout.h"
#include "saves.h"

/* provokes: nabd_checkpoint_save NABD_OK */
/* provokes: nabd_checkpoint_load NABD_OK NABD_NOTFOUND */
START_TEST(a_save_tells_how_far_the_group_is)
{
	struct nabd_checkpoint said;
	struct stat st;

	begin();
	is(NABD_NOTFOUND, load(ck));
	push_numbers(q, 0, 5);
	for (uint64_t i = 0; i <= 5; i++) {
		uint64_t sequence = 77;

		is(NABD_OK, nabd_checkpoint_save(c, ck));
		said = load_ok();
		ck_assert_uint_eq(said.sequence, i);
		ck_assert_uint_eq(said.head, 5);
		ck_assert_uint_eq(said.group, 3);
		ck_assert_uint_eq(said.saves, i + 1);
		ck_assert_uint_gt(said.saved_ns, UINT64_C(1000000000) * 1000000000);
		ck_assert_mem_eq(said.incarnation, stats_of(q).incarnation, 16);
		is(NABD_OK, nabd_checkpoint_status(c, NULL, &sequence));
		ck_assert_uint_eq(sequence, i);
		if (i < 5)
			gets(c, i);
	}
	ck_assert_int_eq(stat(ck, &st), 0);
	ck_assert_int_eq(st.st_size, NABD_FILE_BYTES);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	end();
}
END_TEST

/* What any member holds is not done; what is peeked at is held. */
START_TEST(members_share_one_checkpoint)
{
	nabd_consumer_t *mate;
	const void *data;

	begin();
	mate = join_ok(q, 3);
	push_numbers(q, 0, 6);
	is(NABD_OK, nabd_consumer_peek(c, &data, NULL)); /* 0 */
	gets(mate, 1);
	is(NABD_OK, nabd_checkpoint_save(mate, ck));
	ck_assert_uint_eq(load_ok().sequence, 0);
	is(NABD_OK, nabd_consumer_release(c));
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 2);
	is(NABD_OK, nabd_consumer_peek(mate, &data, NULL)); /* 2 */
	gets(c, 3);
	is(NABD_OK, nabd_checkpoint_save(mate, ck)); /* with a peek open */
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 2);
	ck_assert_uint_eq(load_ok().saves, 4);
	leave_ok(mate); /* gives 2 back */
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 2);
	end();
}
END_TEST

START_TEST(what_was_overwritten_is_not_done)
{
	snprintf(ck, sizeof(ck), "%s", path_of("ck"));
	q = open_ok("q", 8, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER | NABD_OVERWRITE);
	c = join_ok(q, 3);
	push_numbers(q, 0, 30);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 0);
	ck_assert_uint_eq(load_ok().head, 30);
	end();
}
END_TEST

/* provokes: nabd_checkpoint_save NABD_INVALID */
/* provokes: nabd_checkpoint_load NABD_INVALID */
/* provokes: nabd_consumer_resume NABD_INVALID */
/* provokes: nabd_checkpoint_auto NABD_INVALID */
/* provokes: nabd_checkpoint_status NABD_INVALID */
START_TEST(wild_arguments)
{
	static char longest[5000];
	const char *const names[] = { "", "/", ".", "..", "a/", "a/.", "/..", longest };
	struct nabd_checkpoint said = { .size = (uint32_t)sizeof(said) - 1 };
	struct nabd_resume r = NABD_RESUME_INIT;
	uint64_t sequence;
	int error;

	begin();
	memset(longest, 'a', sizeof(longest) - 1);
	for (size_t i = 0; i < COUNT(names); i++) {
		is(NABD_INVALID, nabd_checkpoint_save(c, names[i]));
		is(NABD_INVALID, load(names[i]));
		is(NABD_INVALID, resume(names[i]));
		is(NABD_INVALID, nabd_checkpoint_auto(c, names[i], 1, 0));
	}
	is(NABD_INVALID, nabd_checkpoint_save(NULL, ck));
	is(NABD_INVALID, nabd_checkpoint_save((nabd_consumer_t *)(void *)q, ck));
	is(NABD_INVALID, nabd_checkpoint_save(c, NULL));
	is(NABD_INVALID, nabd_checkpoint_load(NULL, &said));
	is(NABD_INVALID, nabd_checkpoint_load(ck, NULL));
	is(NABD_INVALID, nabd_checkpoint_load(ck, &said));
	is(NABD_INVALID, nabd_consumer_resume(NULL, ck, &r));
	is(NABD_INVALID, nabd_consumer_resume(c, NULL, &r));
	is(NABD_INVALID, nabd_consumer_resume(c, ck, NULL));
	r.flags = NABD_RESUME_OLDEST | NABD_RESUME_NEWEST;
	is(NABD_INVALID, nabd_consumer_resume(c, ck, &r));
	r.flags = 4;
	is(NABD_INVALID, nabd_consumer_resume(c, ck, &r));
	r.flags = 0;
	r.size--;
	is(NABD_INVALID, nabd_consumer_resume(c, ck, &r));
	is(NABD_INVALID, nabd_checkpoint_auto(NULL, ck, 1, 1));
	is(NABD_INVALID, nabd_checkpoint_auto(c, ck, 0, 0));
	is(NABD_INVALID, nabd_checkpoint_auto(c, ck, 1, -1));
	is(NABD_INVALID, nabd_checkpoint_status(NULL, &error, &sequence));
	is(NABD_INVALID, nabd_checkpoint_status(c, NULL, NULL));
	ck_assert_int_ne(access(ck, F_OK), 0); /* none of these made a file */
	end();
}
END_TEST

/* provokes: nabd_checkpoint_save NABD_FOREIGN */
/* provokes: nabd_consumer_resume NABD_FOREIGN */
/* provokes: nabd_checkpoint_auto NABD_FOREIGN */
START_TEST(other_groups_and_other_queues)
{
	nabd_consumer_t *other;
	struct nabd_resume r = NABD_RESUME_INIT;

	begin();
	other = join_ok(q, 4);
	is(NABD_OK, nabd_checkpoint_save(other, ck));
	is(NABD_FOREIGN, nabd_checkpoint_save(c, ck));
	is(NABD_FOREIGN, nabd_checkpoint_auto(c, ck, 1, 0));
	is(NABD_FOREIGN, resume(ck));
	r.flags = NABD_RESUME_OLDEST; /* is no leave to take another group's */
	is(NABD_FOREIGN, nabd_consumer_resume(c, ck, &r));
	ck_assert_uint_eq(load_ok().group, 4);
	leave_ok(other);
	ck_assert_int_eq(unlink(ck), 0);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	end();
	is(NABD_OK, nabd_unlink("q"));
	q = queue_of(16);
	c = join_ok(q, 3);
	is(NABD_FOREIGN, nabd_checkpoint_save(c, ck));
	is(NABD_FOREIGN, nabd_checkpoint_auto(c, ck, 1, 0));
	is(NABD_FOREIGN, resume(ck));
	end();
}
END_TEST

/* provokes: nabd_checkpoint_save NABD_BUSY */
/* provokes: nabd_checkpoint_auto NABD_BUSY */
START_TEST(another_is_saving_all_the_time)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd;

	begin();
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	fd = open(ck, O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &lock), 0);
	is(NABD_BUSY, nabd_checkpoint_save(c, ck));
	is(NABD_BUSY, nabd_checkpoint_auto(c, ck, 1, 0));
	is(NABD_OK, load(ck)); /* which changes nothing, and need not wait */
	close(fd);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	end();
}
END_TEST

/* provokes: nabd_checkpoint_save NABD_NOSPACE */
/* provokes: nabd_checkpoint_auto NABD_NOSPACE */
START_TEST(no_room_is_an_error_and_no_signal)
{
	struct rlimit limit = { 4096, RLIM_INFINITY };

	begin();
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	is(NABD_NOSPACE, nabd_checkpoint_save(c, ck));
	is(NABD_NOSPACE, nabd_checkpoint_auto(c, ck, 1, 0));
	ck_assert_int_ne(access(ck, F_OK), 0);
	limit.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	push_numbers(q, 0, 1);
	gets(c, 0);
	limit.rlim_cur = 4096;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	is(NABD_NOSPACE, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 0); /* as it was */
	limit.rlim_cur = RLIM_INFINITY; /* the next test may be of this process */
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	end();
}
END_TEST

static int all_forked(void)
{
	uint64_t sequence;

	return nabd_checkpoint_save(c, ck) == NABD_FORKED && resume(ck) == NABD_FORKED &&
			       nabd_checkpoint_auto(c, ck, 1, 0) == NABD_FORKED &&
			       nabd_checkpoint_status(c, NULL, &sequence) == NABD_FORKED &&
			       nabd_consumer_close(c) == NABD_OK
		       ? NABD_OK
		       : NABD_STATE;
}

/* The position has gone far beyond what was ever sent: the checkpoint that is there stays. */
START_TEST(a_damaged_position_is_not_saved)
{
	struct nabd_shm_identity identity;
	uint64_t word, damaged;
	off_t at;
	int fd;

	begin();
	push_numbers(q, 0, 5);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	fd = open(path_of("q"), O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, &identity, sizeof(identity), 0), sizeof(identity));
	at = (off_t)(identity.consumer_off + offsetof(struct nabd_shm_consumers, group[3]));
	ck_assert_int_eq(pread(fd, &word, sizeof(word), at), sizeof(word));
	damaged = word + 100000;
	ck_assert_int_eq(pwrite(fd, &damaged, sizeof(damaged), at), sizeof(damaged));
	is(NABD_CORRUPT, nabd_checkpoint_save(c, ck));
	is(NABD_CORRUPT, nabd_checkpoint_save(c, ck));
	ck_assert_uint_eq(load_ok().sequence, 0);
	ck_assert_int_eq(pwrite(fd, &word, sizeof(word), at), sizeof(word));
	close(fd);
	is(NABD_OK, resume(ck));
	end();
}
END_TEST

/* provokes: nabd_checkpoint_save NABD_FORKED */
/* provokes: nabd_consumer_resume NABD_FORKED */
/* provokes: nabd_checkpoint_auto NABD_FORKED */
/* provokes: nabd_checkpoint_status NABD_FORKED */
START_TEST(a_forked_child_saves_nothing)
{
	begin();
	is(NABD_OK, nabd_checkpoint_auto(c, ck, 1, 0));
	push_numbers(q, 0, 1);
	gets(c, 0);
	is(NABD_OK, run_forked(all_forked));
	ck_assert_uint_eq(load_ok().saves, 1); /* nor does its close */
	end();
	ck_assert_uint_eq(load_ok().saves, 2);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_checkpoint");

	tcase_add_test(tests, a_save_tells_how_far_the_group_is);
	tcase_add_test(tests, members_share_one_checkpoint);
	tcase_add_test(tests, what_was_overwritten_is_not_done);
	tcase_add_test(tests, wild_arguments);
	tcase_add_test(tests, other_groups_and_other_queues);
	tcase_add_test(tests, another_is_saving_all_the_time);
	tcase_add_test(tests, no_room_is_an_error_and_no_signal);
	tcase_add_test(tests, a_damaged_position_is_not_saved);
	tcase_add_test(tests, a_forked_child_saves_nothing);
	return behaviour_run();
}
