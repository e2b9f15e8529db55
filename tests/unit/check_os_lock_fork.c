/* SPDX-License-Identifier: MIT */
/* Children do not keep what their parents hold, whenever they were forked. */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "holds.h"
#include "role.h"

/* A child says that it is there, past all that fork(2) does, and lives on. */
static void say_and_stay(void)
{
	pid_t self = getpid();

	(void)!pwrite(file, &self, sizeof(self), 0);
	for (;;)
		(void)poll(NULL, 0, -1);
}

static pid_t wait_for_child(void)
{
	pid_t child = 0;

	while (child == 0) {
		ck_assert_int_eq(pread(file, &child, sizeof(child), 0), (int)sizeof(child));
		(void)poll(NULL, 0, 1);
	}
	return child;
}

/* The parent has a lock, forks a child that lives on, and ends without a word. */
static int parent_of_a_survivor(void)
{
	static struct nabdi_os_hold h;
	hold(&h, 5);
	if (fork() == 0)
		say_and_stay();
	(void)wait_for_child();
	(void)raise(SIGKILL);
	return 1;
}

START_TEST(a_child_that_outlives_its_parent)
{
	pid_t parent = unit_fork(parent_of_a_survivor), child;
	int status;
	bool kept;

	ck_assert_int_eq(waitpid(parent, &status, 0), parent);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	child = wait_for_child();
	kept = locked(5);
	ck_assert_int_eq(kill(child, SIGKILL), 0); /* it was there until now */
	ck_assert(!kept);
}
END_TEST

static struct nabdi_os_hold shared;

static int forgets_its_parents(void)
{
	struct nabdi_os_hold own = NABDI_OS_HOLD_NONE;

	if (shared.fd != -1 || !locked(5))
		return 1;
	nabdi_os_hold_end(&shared, true);
	if (!locked(5))
		return 2;
	hold(&own, 6);
	nabdi_os_hold_end(&own, false);
	return locked(6) ? 3 : 0;
}

START_TEST(a_child_gives_nothing_back)
{
	hold(&shared, 5);
	unit_join(unit_fork(forgets_its_parents));
	ck_assert(locked(5));
	nabdi_os_hold_end(&shared, false);
	ck_assert(!locked(5));
}
END_TEST

/*
 * Another thread forks in the very moment between two steps of taking a role. The
 * child must not have got hold of the lock: neither by the descriptor nor by the
 * mapping.
 */
static pthread_t forker;
static bool joined;
static pid_t forked;

static void *fork_now(void *unused)
{
	(void)unused;
	forked = fork();
	if (forked == 0)
		say_and_stay();
	return NULL;
}

static void let_it_fork(void)
{
	struct timespec soon;

	ck_assert_int_eq(pthread_create(&forker, NULL, fork_now, NULL), 0);
	/* It may have to wait for us, and then this wait is in vain: no matter. */
	(void)clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_nsec += 200000000;
	soon.tv_sec += soon.tv_nsec / 1000000000;
	soon.tv_nsec %= 1000000000;
	joined = pthread_timedjoin_np(forker, NULL, &soon) == 0;
}

static void fork_within(const char *call)
{
	struct nabdi_segment q = unit_queue("q", 4, 16);
	struct nabdi_os_hold h;
	pid_t none = 0;
	bool alive, kept;

	ck_assert_int_eq(pwrite(file, &none, sizeof(none), 0), (int)sizeof(none));
	fault_hook(call, 1, let_it_fork);
	is(NABD_OK, nabdi_role_enter(&q, true, &h));
	ck_assert(fault_met());
	if (!joined)
		ck_assert_int_eq(pthread_join(forker, NULL), 0);
	ck_assert_int_eq(wait_for_child(), forked);
	is(NABD_OK, nabdi_role_producer_alive(&q, &alive));
	ck_assert(alive);
	nabdi_role_leave(&h, false);
	is(NABD_OK, nabdi_role_producer_alive(&q, &kept));
	unit_kill(forked);
	ck_assert_msg(!kept, "a child forked within %s() keeps the role", call);
	unit_leave(&q);
	ck_assert_int_eq(unlink(unit_path("q")), 0);
}

START_TEST(a_fork_in_between)
{
	struct nabdi_os_hold h;

	hold(&h, 9); /* what is made once a process */
	nabdi_os_hold_end(&h, false);
	fork_within("open");
	fork_within("fcntl");
	if (!KEEP_FD) {
		fork_within("mmap");
		fork_within("madvise");
	}
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin(PROGRAM("check_os_lock_fork"));

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_child_that_outlives_its_parent);
	tcase_add_test(tests, a_child_gives_nothing_back);
	tcase_add_test(tests, a_fork_in_between);
	return unit_run(tests);
}
