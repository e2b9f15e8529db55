/* SPDX-License-Identifier: MIT */
/*
 * check_fork.c - a handle belongs to the process that opened it: in a forked
 * child every call says so, and nothing that the child does reaches the parent.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "behaviour.h"
#include "calls.h"

static nabd_t *q;

/* In the child. Says on stderr which call failed, as Check is not there. */
static int all_forked(void)
{
	int bad = 0;

	for (size_t i = 0; i < CALLS; i++) {
		int want = calls[i].side == CLOSE ? NABD_OK : NABD_FORKED;
		int code = calls[i].run(q);

		if (code != want) {
			fprintf(stderr, "%s in a child: %s\n", calls[i].name, code_name(code));
			bad = -1;
		}
	}
	return bad;
}

/* provokes: nabd_reserve NABD_FORKED */
/* provokes: nabd_commit NABD_FORKED */
/* provokes: nabd_abort NABD_FORKED */
/* provokes: nabd_push NABD_FORKED */
/* provokes: nabd_reserve_batch NABD_FORKED */
/* provokes: nabd_commit_batch NABD_FORKED */
/* provokes: nabd_push_batch NABD_FORKED */
/* provokes: nabd_peek NABD_FORKED */
/* provokes: nabd_peek_msg NABD_FORKED */
/* provokes: nabd_release NABD_FORKED */
/* provokes: nabd_pop NABD_FORKED */
/* provokes: nabd_peek_batch NABD_FORKED */
/* provokes: nabd_release_batch NABD_FORKED */
/* provokes: nabd_pop_batch NABD_FORKED */
/* provokes: nabd_empty NABD_FORKED */
/* provokes: nabd_full NABD_FORKED */
/* provokes: nabd_fill_level NABD_FORKED */
/* provokes: nabd_stats NABD_FORKED */
/* provokes: nabd_min_tail NABD_FORKED */
/* provokes: nabd_memory_get NABD_FORKED */
/* provokes: nabd_lost NABD_FORKED */
START_TEST(every_call_is_refused_in_a_child_and_the_parent_goes_on)
{
	const void *data;
	size_t len;

	q = small_queue();
	is(NABD_OK, push_text(q, "one"));
	is(NABD_OK, push_text(q, "two"));
	pop_is(q, "one");
	is(NABD_OK, run_forked(all_forked));
	ck_assert_uint_eq(stats_of(q).state & 7,
			  NABD_STATE_PRODUCER | NABD_STATE_CONSUMER | NABD_STATE_GROUP0);
	is(NABD_BUSY, open_code("q", 0, 0, NABD_PRODUCER));
	is(NABD_OK, push_text(q, "three"));
	is(NABD_OK, nabd_peek(q, &data, &len));
	is(NABD_OK, run_forked(all_forked)); /* also in the middle of things */
	ck_assert_mem_eq(data, "two", 3);
	is(NABD_OK, nabd_release(q));
	pop_is(q, "three");
	close_ok(q);
}
END_TEST

START_TEST(an_observer_is_refused_in_a_child_too)
{
	close_ok(small_queue());
	q = open_ok("q", 0, 0, NABD_OBSERVE);
	is(NABD_OK, run_forked(all_forked));
	ck_assert_int_eq(nabd_empty(q), 1);
	close_ok(q);
}
END_TEST

static int opens_its_own(void)
{
	nabd_t *own = NULL;
	const void *data;
	size_t len;
	int code = nabd_open_opts("q", 0, 0, NABD_CONSUMER, NULL, &own);

	if (code == NABD_OK)
		code = nabd_peek(own, &data, &len);
	if (code == NABD_OK)
		code = nabd_release(own);
	return code == NABD_OK ? nabd_close(own) : code;
}

START_TEST(a_child_may_open_the_queue_for_itself)
{
	q = open_ok("q", 4, 64, NABD_CREATE | NABD_PRODUCER);
	is(NABD_OK, push_text(q, "for the child"));
	is(NABD_OK, push_text(q, "for the parent"));
	is(NABD_OK, run_forked(opens_its_own));
	close_ok(q);
	q = open_ok("q", 0, 0, NABD_CONSUMER);
	pop_is(q, "for the parent");
	close_ok(q);
}
END_TEST

/* A child that lives on holds none of the parent's roles. */
START_TEST(a_living_child_does_not_keep_the_parents_roles)
{
	int leave[2];
	char byte = 0;
	pid_t pid;

	q = small_queue();
	is(NABD_OK, push_text(q, "one"));
	is(NABD_OK, push_text(q, "two"));
	pop_is(q, "one");
	ck_assert_int_eq(pipe(leave), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(leave[1]);
		_exit(read(leave[0], &byte, 1) != 0); /* until the parent closes its end */
	}
	close_ok(q);
	q = open_ok("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER);
	pop_is(q, "two");
	close_ok(q);
	close(leave[0]);
	close(leave[1]);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_fork");

	tcase_add_test(tests, every_call_is_refused_in_a_child_and_the_parent_goes_on);
	tcase_add_test(tests, an_observer_is_refused_in_a_child_too);
	tcase_add_test(tests, a_child_may_open_the_queue_for_itself);
	tcase_add_test(tests, a_living_child_does_not_keep_the_parents_roles);
	return behaviour_run();
}
