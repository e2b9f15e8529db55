/* SPDX-License-Identifier: MIT */
/*
 * checkpoint.c - a worker that keeps how far it is in a file.
 *
 *	checkpoint [QUEUE [FILE]]
 *
 * The worker keeps its results in memory, so that they are lost when it is killed, and so
 * it goes on from its last checkpoint: what it had done since comes again. Then the
 * machine is started anew, as far as a program can play that: the queue is another one.
 */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nabd/nabd.h>

#define WORKERS  1u /* the group of the worker */
#define ARCHIVE  2u /* holds all messages, so that the worker can go back to them */
#define MESSAGES 12

static int complain(const char *what, int err)
{
	fprintf(stderr, "checkpoint: %s: %s\n", what, nabd_strerror(err));
	return 1;
}

static int say(const char *what, uint64_t number)
{
	return printf("%s %llu\n", what, (unsigned long long)number);
}

/* Exactly behind what was saved. If that can't be, the program has to say what else. */
static int go_on(nabd_consumer_t *c, const char *file)
{
	struct nabd_resume r = NABD_RESUME_INIT;
	int err = nabd_consumer_resume(c, file, &r);

	if (err == NABD_NOTFOUND) {
		printf("no checkpoint: the first time\n");
		return NABD_OK;
	}
	if (err == NABD_FOREIGN || err == NABD_LAPPED) {
		printf("not there any more: %s\n", nabd_strerror(err));
		r.flags = NABD_RESUME_OLDEST;
		err = nabd_consumer_resume(c, file, &r);
	}
	if (err == NABD_OK && r.state == NABD_RESUMED_OTHER)
		say("another queue: from its message", r.sequence);
	else if (err == NABD_OK)
		say("on from message", r.sequence);
	if (err == NABD_OK && r.lost > 0)
		say("messages that are gone:", r.lost);
	return err;
}

/* Work off what is there. mortal: be killed in the midst of it. */
static int work(nabd_consumer_t *c, const char *file, int mortal)
{
	struct nabd_msg msg;
	uint64_t sum = 0;
	int err = go_on(c, file);

	while (err == NABD_OK && (err = nabd_consumer_peek_msg(c, &msg)) == NABD_OK) {
		sum += msg.sequence;
		if (mortal && msg.sequence == 7) {
			say("killed at message", msg.sequence);
			fflush(stdout);
			raise(SIGKILL);
		}
		err = nabd_consumer_release(c);
		/* Here the sum would be stored too; nabd_checkpoint_auto() saves by itself. */
		if (err == NABD_OK && msg.sequence % 5 == 4)
			err = nabd_checkpoint_save(c, file);
	}
	if (err == NABD_EMPTY)
		err = nabd_checkpoint_save(c, file);
	if (err == NABD_OK)
		say("done; the sum is", sum);
	return err;
}

static int be_worker(const char *name, const char *file, int mortal)
{
	nabd_consumer_t *c = NULL;
	nabd_t *q = NULL;
	int err = nabd_open_opts(name, 0, 0, NABD_CONSUMER, NULL, &q);

	if (err == NABD_OK)
		err = nabd_consumer_join_opts(q, WORKERS, NULL, &c);
	if (err == NABD_OK)
		err = work(c, file, mortal);
	nabd_consumer_close(c);
	nabd_close(q);
	return err == NABD_OK ? 0 : complain(name, err);
}

/* In a process of its own, as it may be killed. */
static int run_worker(const char *name, const char *file, int mortal)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		exit(be_worker(name, file, mortal));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	return WIFSIGNALED(status) ? !mortal : WEXITSTATUS(status);
}

/* A queue with two groups, and messages. */
static int make_queue(const char *name, int messages)
{
	nabd_consumer_t *c = NULL;
	nabd_t *q = NULL;
	int err = nabd_open_opts(name, 64, 64,
				 NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER, NULL, &q);

	for (unsigned group = WORKERS; err == NABD_OK && group <= ARCHIVE; group++) {
		err = nabd_consumer_join_opts(q, group, NULL, &c);
		if (err == NABD_OK)
			err = nabd_consumer_close(c); /* the group stays, and holds them */
	}
	for (int i = 0; err == NABD_OK && i < messages; i++)
		err = nabd_push(q, &i, sizeof(i));
	nabd_close(q);
	return err == NABD_OK ? 0 : complain(name, err);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/checkpoint";
	const char *file = argc > 2 ? argv[2] : "worker.checkpoint";
	int failed;

	if (make_queue(name, MESSAGES) != 0)
		return 1;
	failed = run_worker(name, file, 1) || run_worker(name, file, 0);
	nabd_unlink(name); /* the machine stops */
	if (!failed && make_queue(name, 3) == 0) {
		failed = run_worker(name, file, 0);
		nabd_unlink(name);
	}
	return failed;
}
