/* SPDX-License-Identifier: MIT */
/*
 * check_checkpoint_held.c - whoever dies, forks or is cancelled in the middle of a save
 * leaves no lock behind; and a file that is replaced stays its owner's.
 *
 * The middle of a save is where it syncs: fdatasync() is this program's own.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "saves.h"

#define NOBODY 65534

static void (*in_the_middle)(void);

int fdatasync(int fd)
{
	void (*act)(void) = in_the_middle;

	in_the_middle = NULL;
	if (act)
		act();
	return (int)syscall(SYS_fdatasync, fd);
}

/* The first save makes the file, without a lock; those after it take turns in it. */
static void begin_saved(void)
{
	begin();
	is(NABD_OK, nabd_checkpoint_save(c, ck));
}

/* Another saver, who knows nothing of the first: the lock must be free. */
static void another_saves(uint64_t saves)
{
	nabd_consumer_t *mate = join_ok(q, 3);

	is(NABD_OK, nabd_checkpoint_save(mate, ck));
	leave_ok(mate);
	ck_assert_uint_eq(load_ok().saves, saves);
}

/* ------------------------------------------------------------------ forked children */

static int left[2], told_pid[2];

/* A child that lives until nobody has the other end of the pipe. */
static void stay(void)
{
	char byte;

	close(left[1]);
	(void)!read(left[0], &byte, 1);
	_exit(0);
}

static void fork_one_that_stays(void)
{
	pid_t pid = fork();

	if (pid == 0)
		stay();
	(void)!write(told_pid[1], &pid, sizeof(pid));
}

/* As a program without the C library's handlers: clone(2), or vfork() before its exec. */
static void fork_without_handlers(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		stay();
	(void)!write(told_pid[1], &pid, sizeof(pid));
}

static void fork_and_die(void)
{
	fork_one_that_stays();
	(void)raise(SIGKILL);
}

static void pipes(void)
{
	ck_assert_int_eq(pipe(left), 0);
	ck_assert_int_eq(pipe(told_pid), 0);
}

/* That the child was there all the time; and its end. */
static void child_ends(int is_ours)
{
	pid_t pid;

	ck_assert_int_eq(read(told_pid[0], &pid, sizeof(pid)), (ssize_t)sizeof(pid));
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(kill(pid, 0), 0);
	close(left[0]);
	close(left[1]);
	if (is_ours)
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	close(told_pid[0]);
	close(told_pid[1]);
}

static int saves_and_dies(nabd_consumer_t *member)
{
	is(NABD_OK, nabd_checkpoint_save(member, ck));
	in_the_middle = fork_and_die;
	return nabd_checkpoint_save(member, ck);
}

/* Its child has all that it had, but not the lock: that goes with who died. */
START_TEST(a_child_of_a_dead_saver_does_not_keep_the_lock)
{
	int status;
	pid_t pid;

	begin_saved();
	pipes();
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		nabd_t *own = open_ok("q", 0, 0, NABD_CONSUMER);

		_exit(saves_and_dies(join_ok(own, 3)) == NABD_OK ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	another_saves(load_ok().saves + 1);
	child_ends(0);
	end();
}
END_TEST

/* One that no handler of fork() reaches shares the lock until the save is over. */
START_TEST(a_child_that_the_library_does_not_see_does_not_keep_the_lock)
{
	begin_saved();
	pipes();
	in_the_middle = fork_without_handlers;
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	another_saves(3);
	child_ends(1);
	end();
}
END_TEST

/* -------------------------------------------------------------------- cancelled threads */

static pthread_barrier_t middle;
static int saved_code;

static void be_cancelled(void)
{
	(void)pthread_barrier_wait(&middle);
	(void)pthread_barrier_wait(&middle); /* cancelled by now */
	pthread_testcancel();		     /* as fdatasync() would */
}

static void *save_and_go(void *unused)
{
	(void)unused;
	in_the_middle = be_cancelled;
	saved_code = nabd_checkpoint_save(c, ck);
	pthread_testcancel();
	return NULL;
}

/* It ends once the save is over: the lock is gone, and what was saved is there. */
START_TEST(a_cancelled_thread_does_not_keep_the_lock)
{
	pthread_t thread;
	void *result;

	begin_saved();
	saved_code = NABD_STATE;
	ck_assert_int_eq(pthread_barrier_init(&middle, NULL, 2), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, save_and_go, NULL), 0);
	(void)pthread_barrier_wait(&middle);
	ck_assert_int_eq(pthread_cancel(thread), 0);
	(void)pthread_barrier_wait(&middle);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, PTHREAD_CANCELED);
	is(NABD_OK, saved_code);
	another_saves(3);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_int_eq(pthread_barrier_destroy(&middle), 0);
	end();
}
END_TEST

/* ------------------------------------------------------------------ owner and permissions */

static struct stat stat_ok(void)
{
	struct stat st;

	ck_assert_int_eq(stat(ck, &st), 0);
	return st;
}

/* Who knows nothing of the file makes a new one in its place. */
START_TEST(a_replaced_file_keeps_owner_and_permissions)
{
	static const mode_t modes[] = { 0600, 0640, 0664, 0606 };
	struct stat before, after;

	begin_saved();
	if (geteuid() == 0)
		ck_assert_int_eq(chown(ck, NOBODY, NOBODY - 1), 0);
	for (size_t i = 0; i < COUNT(modes); i++) {
		ck_assert_int_eq(chmod(ck, modes[i]), 0);
		before = stat_ok();
		another_saves(i + 2);
		after = stat_ok();
		ck_assert(after.st_ino != before.st_ino);
		ck_assert_uint_eq(after.st_mode & 07777, modes[i]);
		ck_assert_uint_eq(after.st_uid, before.st_uid);
		ck_assert_uint_eq(after.st_gid, before.st_gid);
	}
	end();
}
END_TEST

static int save_as_other(void)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	nabd_consumer_t *other;
	nabd_t *own;
	int code;

	opts.flags = NABD_ANY_OWNER;
	if (nabd_open_opts("q", 0, 0, NABD_CONSUMER, &opts, &own) != NABD_OK)
		return NABD_STATE;
	other = nabd_consumer_join(own, 3);
	code = other ? nabd_checkpoint_save(other, ck) : NABD_STATE;
	nabd_consumer_close(other);
	nabd_close(own);
	return code;
}

/* One who may not give it to the group that had it gives rights to no other group. */
START_TEST(rights_of_a_group_go_to_no_other_group)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	if (geteuid() != 0)
		return; /* there is no other user */
	snprintf(ck, sizeof(ck), "%s", path_of("ck"));
	opts.mode = 0666;
	is(NABD_OK, nabd_open_opts("q", 16, 64, NABD_CREATE | NABD_CONSUMER, &opts, &q));
	c = join_ok(q, 3);
	is(NABD_OK, nabd_checkpoint_save(c, ck));
	ck_assert_int_eq(chmod(ck, 0666), 0);
	ck_assert_int_eq(chmod(queue_dir(), 0777), 0);
	is(NABD_OK, run_as_other(save_as_other));
	ck_assert_uint_eq(stat_ok().st_uid, NOBODY);
	ck_assert_uint_eq(stat_ok().st_mode & 07777, 0600);
	end();
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_checkpoint_held");

	tcase_add_test(tests, a_child_of_a_dead_saver_does_not_keep_the_lock);
	tcase_add_test(tests, a_child_that_the_library_does_not_see_does_not_keep_the_lock);
	tcase_add_test(tests, a_cancelled_thread_does_not_keep_the_lock);
	tcase_add_test(tests, a_replaced_file_keeps_owner_and_permissions);
	tcase_add_test(tests, rights_of_a_group_go_to_no_other_group);
	return behaviour_run();
}
