/* SPDX-License-Identifier: MIT */
/*
 * check_owner.c - what another user's queue, and another user's rights, allow.
 * Needs root, to be two users; without it only what one user can forbid oneself
 * is tested, and the rest is skipped.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "behaviour.h"

/* In the child of run_as_other(), where Check is not: the first wrong answer ends it. */
#define must(want, call)                                                              \
	do {                                                                          \
		int got_ = (call);                                                    \
		if (got_ != (want)) {                                                 \
			fprintf(stderr, "%s:%d: %s: %s, wanted %s\n", __FILE__,       \
				__LINE__, #call, code_name(got_), code_name(want));   \
			return NABD_SYSTEM;                                           \
		}                                                                     \
	} while (0)

static const unsigned ways[] = {
	0, NABD_CONSUMER, NABD_PRODUCER, NABD_OBSERVE, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER,
};

static int open_with(unsigned flags, const struct nabd_opts *opts)
{
	nabd_t *q = NULL;
	int code = nabd_open_opts("q", 0, 0, flags, opts, &q);

	nabd_close(q);
	return code;
}

/* Root's queue "q" with this mode, in a directory that everyone may use. */
static void roots_queue(uint32_t mode)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.mode = mode;
	is(NABD_OK, open_opts_code("q", NABD_CREATE, &opts));
	ck_assert_int_eq(chmod(queue_dir(), 01777), 0);
}

static int sees_another_owner(void)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	for (size_t i = 0; i < COUNT(ways); i++) {
		must(NABD_OWNER, open_with(ways[i], NULL));
		opts.flags = NABD_OWNER_UID;
		opts.owner = 4711; /* somebody else */
		must(NABD_OWNER, open_with(ways[i], &opts));
		opts.flags = 0;
		opts.owner = 0; /* right, but the flag is not there */
		must(NABD_OWNER, open_with(ways[i], &opts));
		opts.flags = NABD_OWNER_UID;
		must(NABD_OK, open_with(ways[i], &opts));
		opts.flags = NABD_ANY_OWNER;
		must(NABD_OK, open_with(ways[i], &opts));
	}
	must(NABD_EXISTS, open_with(NABD_CREATE | NABD_EXCL, NULL));
	/* The directory is sticky: another user's file can't be removed. */
	must(NABD_ACCESS, nabd_unlink("q"));
	must(NABD_ACCESS, nabd_unlink_opts("q", &opts));
	return NABD_OK;
}

/* provokes: nabd_open_opts NABD_OWNER */
/* provokes: nabd_unlink NABD_ACCESS */
/* provokes: nabd_unlink_opts NABD_ACCESS */
START_TEST(another_owners_queue_must_be_accepted_by_name_or_all)
{
	roots_queue(0666);
	is(NABD_OK, run_as_other(sees_another_owner));
}
END_TEST

static int may_not_even_read(void)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.flags = NABD_ANY_OWNER;
	for (size_t i = 0; i < COUNT(ways); i++) {
		must(NABD_ACCESS, open_with(ways[i], NULL));
		must(NABD_ACCESS, open_with(ways[i], &opts));
	}
	must(NABD_ACCESS, nabd_unlink("q"));
	return NABD_OK;
}

static int may_only_read(void)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.flags = NABD_ANY_OWNER;
	must(NABD_OK, open_with(0, &opts));
	must(NABD_OK, open_with(NABD_OBSERVE, &opts));
	must(NABD_ACCESS, open_with(NABD_CONSUMER, &opts));
	must(NABD_ACCESS, open_with(NABD_PRODUCER, &opts));
	return NABD_OK;
}

/* provokes: nabd_open_opts NABD_ACCESS */
START_TEST(the_files_permissions_count)
{
	roots_queue(0600);
	is(NABD_OK, run_as_other(may_not_even_read));
	is(NABD_OK, nabd_unlink("q"));
	roots_queue(0644);
	is(NABD_OK, run_as_other(may_only_read));
}
END_TEST

/* Two users, one queue: what the mode allows works. */
static int receives_and_answers(void)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	char text[16];
	size_t len = sizeof(text);
	nabd_t *q = NULL;

	opts.flags = NABD_OWNER_UID; /* of root, 0 */
	must(NABD_OK, nabd_open_opts("q", 0, 0, NABD_CONSUMER, &opts, &q));
	must(NABD_OK, nabd_pop(q, text, &len));
	must(0, memcmp(text, "hello", 5));
	must(NABD_OK, nabd_close(q));
	return NABD_OK;
}

START_TEST(two_users_share_a_queue)
{
	nabd_t *q;

	roots_queue(0666);
	q = open_ok("q", 0, 0, NABD_PRODUCER);
	is(NABD_OK, push_text(q, "hello"));
	is(NABD_OK, run_as_other(receives_and_answers));
	ck_assert_int_eq(nabd_empty(q), 1);
	close_ok(q);
}
END_TEST

/* What one user can forbid oneself. */
static int forbids_itself(void)
{
	must(NABD_OK, open_with(NABD_CREATE | NABD_EXCL, NULL));
	must(0, chmod(path_of("q"), 0));
	must(NABD_ACCESS, open_with(NABD_OBSERVE, NULL));
	must(NABD_ACCESS, open_with(NABD_CREATE | NABD_PRODUCER, NULL));
	must(NABD_ACCESS, nabd_unlink("q"));
	must(0, chmod(path_of("q"), 0600));
	must(NABD_OK, nabd_unlink("q"));
	return NABD_OK;
}

/* Not a group of ours. */
static int gives_a_file_away(void)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.flags = NABD_SET_GROUP;
	opts.group = 12345;
	must(NABD_ACCESS, open_with(NABD_CREATE, &opts));
	must(NABD_NOTFOUND, open_with(NABD_OBSERVE, NULL)); /* and made no queue */
	return NABD_OK;
}

static int may_not_write_the_directory(void)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.flags = NABD_ANY_OWNER;
	must(NABD_OK, open_with(NABD_OBSERVE, &opts));
	must(NABD_ACCESS, nabd_unlink("q"));
	must(NABD_ACCESS, nabd_unlink_opts("q", NULL));
	must(NABD_ACCESS, nabd_open_opts("new", 4, 64, NABD_CREATE, NULL, &(nabd_t *){ NULL }));
	return NABD_OK;
}

static int may_not_enter_the_directory(void)
{
	must(NABD_ACCESS, open_with(NABD_OBSERVE, NULL));
	must(NABD_ACCESS, open_with(NABD_CREATE, NULL));
	must(NABD_ACCESS, nabd_unlink("q"));
	return NABD_OK;
}

/* provokes: nabd_open_opts NABD_ACCESS */
/* provokes: nabd_unlink NABD_ACCESS */
/* provokes: nabd_unlink_opts NABD_ACCESS */
START_TEST(one_user_with_few_rights)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	ck_assert_int_eq(chmod(queue_dir(), 0777), 0);
	is(NABD_OK, run_as_other(forbids_itself));
	is(NABD_OK, run_as_other(gives_a_file_away));
	opts.mode = 0644;
	is(NABD_OK, open_opts_code("q", NABD_CREATE | NABD_EXCL, &opts));
	ck_assert_int_eq(chmod(queue_dir(), 0555), 0);
	is(NABD_OK, run_as_other(may_not_write_the_directory));
	ck_assert_int_eq(chmod(queue_dir(), 0), 0);
	is(NABD_OK, run_as_other(may_not_enter_the_directory));
}
END_TEST

static int locks_too_much(void)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	struct rlimit none = { 0, 0 };
	nabd_t *q = NULL;

	must(0, setrlimit(RLIMIT_MEMLOCK, &none));
	if (mlock(&none, sizeof(none)) == 0)
		return NABD_OK; /* a sanitizer puts its own in the place of mlock(2) */
	opts.flags = NABD_MLOCK;
	must(NABD_NOMEM, nabd_open_opts("q", 4, 64, NABD_CREATE, &opts, &q));
	must(NABD_NOTFOUND, open_with(NABD_OBSERVE, NULL)); /* and made no queue */
	opts.flags = NABD_PREFAULT;
	must(NABD_OK, nabd_open_opts("q", 4, 64, NABD_CREATE, &opts, &q));
	must(NABD_OK, nabd_close(q));
	opts.flags = NABD_MLOCK;
	must(NABD_NOMEM, nabd_open_opts("q", 4, 64, NABD_PRODUCER, &opts, &q));
	must(NABD_OK, open_with(NABD_PRODUCER, NULL)); /* nor kept the role */
	return NABD_OK;
}

/* provokes: nabd_open_opts NABD_NOMEM */
START_TEST(locking_more_than_is_allowed)
{
	ck_assert_int_eq(chmod(queue_dir(), 0777), 0);
	is(NABD_OK, run_as_other(locks_too_much));
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_owner");
	int root = geteuid() == 0, result;

	tcase_add_test(tests, one_user_with_few_rights);
	tcase_add_test(tests, locking_more_than_is_allowed);
	if (root) {
		tcase_add_test(tests, another_owners_queue_must_be_accepted_by_name_or_all);
		tcase_add_test(tests, the_files_permissions_count);
		tcase_add_test(tests, two_users_share_a_queue);
	}
	result = behaviour_run();
	if (result == EXIT_SUCCESS && !root) {
		printf("skipped: queues of two users need root\n");
		return 77;
	}
	return result;
}
