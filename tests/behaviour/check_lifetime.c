/* SPDX-License-Identifier: MIT */
/*
 * check_lifetime.c - how a queue comes and goes: it is never wiped, many may
 * make it at once and have the same, and it lives on without its name.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "behaviour.h"

#define RACERS 12

static const void *data;
static size_t len;

START_TEST(create_never_wipes_a_queue_in_use)
{
	nabd_t *q = small_queue();
	char text[16];

	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "%d", i);
		is(NABD_OK, push_text(q, text));
		is(NABD_OK, open_code("q", 4, 64, NABD_CREATE));
		is(NABD_OK, open_code("q", 4, 64, NABD_CREATE | NABD_CONSUMER));
		is(NABD_BUSY, open_code("q", 4, 64, NABD_CREATE | NABD_PRODUCER));
		is(NABD_EXISTS, open_code("q", 4, 64, NABD_CREATE | NABD_EXCL | NABD_PRODUCER));
		is(NABD_GEOMETRY, open_code("q", 8, 64, NABD_CREATE | NABD_CONSUMER));
		pop_is(q, text);
	}
	close_ok(q);
}
END_TEST

/* Under valgrind a process is too slow to race; there the code is run, no more. */
static int rounds(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded && strstr(preloaded, "vgpreload") ? 3 : 60;
}

/* What each racer found, sent to the parent through one pipe. */
struct found {
	int code;
	uint8_t incarnation[16];
};

static struct found race(unsigned flags)
{
	struct found found = { .code = NABD_SYSTEM };
	struct nabd_stats stats = { .size = (uint32_t)sizeof(stats) };
	nabd_t *q = NULL;

	found.code = nabd_open_opts("race", 64, 64, flags, NULL, &q);
	if (found.code == NABD_OK) {
		found.code = nabd_stats(q, &stats);
		memcpy(found.incarnation, stats.incarnation, 16);
	}
	return found; /* the handle stays open until the process ends */
}

/* Start all racers at once and collect what they found, while all live. */
static void run_race(unsigned flags, struct found *found)
{
	int start[2], results[2], leave[2];
	char byte;

	ck_assert(pipe(start) == 0 && pipe(results) == 0 && pipe(leave) == 0);
	for (int i = 0; i < RACERS; i++) {
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			struct found mine;

			close(start[1]);
			close(leave[1]);
			if (read(start[0], &byte, 1) != 0)
				_exit(1);
			mine = race(flags);
			if (write(results[1], &mine, sizeof(mine)) != sizeof(mine))
				_exit(1);
			_exit(read(leave[0], &byte, 1) != 0);
		}
	}
	close(start[1]); /* go */
	for (int i = 0; i < RACERS; i++)
		ck_assert_int_eq(read(results[0], &found[i], sizeof(*found)), sizeof(*found));
	close(leave[1]);
	for (int i = 0; i < RACERS; i++) {
		int status;

		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	close(start[0]);
	close(results[0]);
	close(results[1]);
	close(leave[0]);
}

START_TEST(of_many_creators_all_get_the_same_queue)
{
	for (int round = 0; round < rounds(); round++) {
		struct found found[RACERS];

		run_race(NABD_CREATE | NABD_CONSUMER, found);
		for (int i = 0; i < RACERS; i++) {
			is(NABD_OK, found[i].code);
			ck_assert_mem_eq(found[i].incarnation, found[0].incarnation, 16);
		}
		is(NABD_OK, nabd_unlink("race"));
	}
}
END_TEST

START_TEST(of_many_producers_one_gets_the_role)
{
	for (int round = 0; round < rounds(); round++) {
		struct found found[RACERS];
		int winners = 0;

		run_race(NABD_CREATE | NABD_PRODUCER, found);
		for (int i = 0; i < RACERS; i++) {
			winners += found[i].code == NABD_OK;
			ck_assert_msg(found[i].code == NABD_OK || found[i].code == NABD_BUSY, "%s",
				      code_name(found[i].code));
		}
		ck_assert_int_eq(winners, 1);
		is(NABD_OK, nabd_unlink("race"));
	}
}
END_TEST

START_TEST(of_many_exclusive_creators_one_wins)
{
	for (int round = 0; round < rounds(); round++) {
		struct found found[RACERS];
		int winners = 0;

		run_race(NABD_CREATE | NABD_EXCL, found);
		for (int i = 0; i < RACERS; i++) {
			winners += found[i].code == NABD_OK;
			ck_assert_msg(found[i].code == NABD_OK || found[i].code == NABD_EXISTS, "%s",
				      code_name(found[i].code));
		}
		ck_assert_int_eq(winners, 1);
		is(NABD_OK, nabd_unlink("race"));
	}
}
END_TEST

/* Comes and goes all the time; never half-made, and nobody is given an odd error. */
static int storm(void)
{
	for (int i = 0; i < 150; i++) {
		nabd_t *q = NULL;
		int code = nabd_open_opts("race", 16, 64, NABD_CREATE | NABD_CONSUMER, NULL, &q);

		if (code != NABD_OK)
			return code;
		nabd_close(q);
		code = nabd_open_opts("race", 0, 0, NABD_OBSERVE, NULL, &q);
		if (code != NABD_OK && code != NABD_NOTFOUND)
			return code;
		nabd_close(q);
		code = nabd_unlink("race");
		if (code != NABD_OK && code != NABD_NOTFOUND)
			return code;
	}
	return NABD_OK;
}

START_TEST(a_storm_of_creating_and_unlinking)
{
	struct dirent *entry;
	int status, bad = 0;
	DIR *dir;

	for (int i = 0; i < 6; i++) {
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0)
			_exit(-storm());
	}
	for (int i = 0; i < 6; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert(WIFEXITED(status));
		if (WEXITSTATUS(status) != 0)
			bad = -WEXITSTATUS(status);
	}
	is(NABD_OK, bad);
	nabd_unlink("race");
	dir = opendir(queue_dir()); /* not a file is left, also none with a temporary name */
	while ((entry = readdir(dir)) != NULL)
		ck_assert_msg(!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."), "left: %s",
			      entry->d_name);
	closedir(dir);
}
END_TEST

/* provokes: nabd_unlink NABD_OK NABD_NOTFOUND */
/* provokes: nabd_unlink_opts NABD_OK NABD_NOTFOUND */
START_TEST(a_queue_lives_on_without_its_name)
{
	nabd_t *q = small_queue(), *other;
	struct nabd_stats old, new;

	is(NABD_OK, push_text(q, "before"));
	is(NABD_OK, nabd_unlink("q"));
	is(NABD_NOTFOUND, nabd_unlink("q"));
	is(NABD_NOTFOUND, nabd_unlink_opts("q", NULL));
	is(NABD_NOTFOUND, open_code("q", 0, 0, NABD_OBSERVE));
	old = stats_of(q);
	ck_assert_uint_ne(old.state & NABD_STATE_UNLINKED, 0);
	is(NABD_OK, push_text(q, "after"));
	pop_is(q, "before");

	/* The name may be used again, by a queue that has nothing to do with the old one. */
	other = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
	new = stats_of(other);
	ck_assert_uint_eq(new.state & NABD_STATE_UNLINKED, 0);
	ck_assert_uint_ne(stats_of(q).state & NABD_STATE_UNLINKED, 0);
	ck_assert_mem_ne(new.incarnation, old.incarnation, 16);
	ck_assert_uint_eq(new.head, 0);
	is(NABD_OK, push_text(other, "new"));
	pop_is(q, "after");
	is(NABD_EMPTY, nabd_peek(q, &data, &len));
	pop_is(other, "new");
	close_ok(q);
	is(NABD_BUSY, open_code("q", 0, 0, NABD_PRODUCER)); /* other's role did not go with it */
	close_ok(other);
	is(NABD_OK, nabd_unlink_opts("q", NULL));
}
END_TEST

/* Handles are cheap enough to come by the hundred, and all goes back. */
START_TEST(open_and_close_leave_nothing_behind)
{
	int before = open("/dev/null", O_RDONLY | O_CLOEXEC), after;

	close(before);
	close_ok(small_queue());
	for (int i = 0; i < 300; i++) {
		is(NABD_OK, open_code("q", 4, 64, NABD_PRODUCER | NABD_CONSUMER));
		is(NABD_GEOMETRY, open_code("q", 8, 64, NABD_PRODUCER));
		is(NABD_NOTFOUND, open_code("none", 8, 64, NABD_PRODUCER));
		is(NABD_EXISTS, open_code("q", 4, 64, NABD_CREATE | NABD_EXCL));
	}
	after = open("/dev/null", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(after, before); /* the lowest free number is still the same */
	close(after);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_lifetime");

	tcase_add_test(tests, create_never_wipes_a_queue_in_use);
	tcase_add_test(tests, of_many_creators_all_get_the_same_queue);
	tcase_add_test(tests, of_many_producers_one_gets_the_role);
	tcase_add_test(tests, of_many_exclusive_creators_one_wins);
	tcase_add_test(tests, a_storm_of_creating_and_unlinking);
	tcase_add_test(tests, a_queue_lives_on_without_its_name);
	tcase_add_test(tests, open_and_close_leave_nothing_behind);
	return behaviour_run();
}
