/* SPDX-License-Identifier: MIT */
/*
 * epoll.c - one event loop over several queues.
 *
 *	epoll [QUEUE [COUNT]]
 *
 * Makes three queues, QUEUE-1 to QUEUE-3, and starts a process for each, which sends COUNT
 * messages (100) and then an empty one. A single thread receives them all with epoll(7),
 * as beside sockets and timers: nabd_fd() gives a descriptor for each queue, nabd_arm()
 * makes it tell of the next message.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <nabd/nabd.h>

#define SOURCES  3
#define AT_ONCE  16     /* messages of one queue before the others get their turn */
#define PATIENCE 30000  /* milliseconds without any event, after which it gives up */

struct source {
	char name[NABD_MAX_NAME + 1];
	nabd_t *q; /* NULL: not opened, or its last message was received */
	int fd;
	pid_t sender;
	uint64_t received, sum;
};

/* The child: now and then it pauses, so that the receiver sleeps. */
static int send_numbers(const char *name, uint64_t count)
{
	static const struct timespec pause = { .tv_nsec = 1000000 };
	struct nabd_wait_opts opts = NABD_WAIT_BALANCED;
	nabd_t *q = NULL;
	int err;

	/* Should the receiver give up, it removes the queue, which ends our wait for a slot. */
	opts.flags = NABD_WAIT_UNLINK;
	err = nabd_open_opts(name, 0, 0, NABD_PRODUCER, NULL, &q);
	if (err == NABD_OK)
		err = nabd_set_wait(q, &opts);
	for (uint64_t i = 1; i <= count && err == NABD_OK; i++) {
		err = nabd_push_wait(q, &i, sizeof(i), -1);
		if (i % 10 == 0)
			nanosleep(&pause, NULL);
	}
	if (err == NABD_OK)
		err = nabd_push_wait(q, NULL, 0, -1);
	nabd_close(q);
	return err;
}

/* Taken out by hand: the children have inherited it, so that closing is not enough. */
static int end_of(int epoll, struct source *s)
{
	int err;

	if (epoll_ctl(epoll, EPOLL_CTL_DEL, s->fd, NULL) != 0)
		return NABD_SYSTEM;
	err = nabd_close(s->q); /* and the descriptor with it */
	s->q = NULL;
	return err;
}

/* Receive up to AT_ONCE messages. What is left is found by the next nabd_arm(). */
static int serve(int epoll, struct source *s)
{
	uint64_t number = 0;
	size_t len;

	for (int i = 0; i < AT_ONCE; i++) {
		int err;

		len = sizeof(number);
		err = nabd_pop(s->q, &number, &len);
		if (err != NABD_OK)
			return err == NABD_EMPTY ? NABD_OK : err;
		if (len == 0)
			return end_of(epoll, s);
		s->received++;
		s->sum += number;
	}
	return NABD_OK;
}

/*
 * Arm what is not ready, and serve what is, until all is armed: only then it is safe to
 * wait. Answers how many are still open, or an error of one of them.
 */
static int arm_all(int epoll, struct source *s)
{
	int open, ready;

	do {
		open = ready = 0;
		for (int i = 0; i < SOURCES; i++) {
			int rc;

			if (!s[i].q)
				continue;
			open++;
			rc = nabd_arm(s[i].q);
			if (rc == 1) {
				ready++;
				rc = serve(epoll, &s[i]);
			}
			if (rc != NABD_OK)
				return rc;
		}
	} while (ready != 0);
	return open;
}

static int run(int epoll, struct source *s)
{
	struct epoll_event events[SOURCES];
	int open, n;

	while ((open = arm_all(epoll, s)) > 0) {
		do
			n = epoll_wait(epoll, events, SOURCES, PATIENCE);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return NABD_SYSTEM;
		if (n == 0)
			return NABD_TIMEOUT;
		/* It may be ready for nothing: what there is, is for nabd_arm() to say. */
		for (int i = 0; i < n; i++) {
			struct source *ready = events[i].data.ptr;
			int err = ready->q ? serve(epoll, ready) : NABD_OK;

			if (err != NABD_OK)
				return err;
		}
	}
	return open;
}

static int start(int epoll, const char *name, int number, uint64_t count, struct source *s)
{
	struct epoll_event event = { .events = EPOLLIN, .data = { .ptr = s } };
	int err;

	snprintf(s->name, sizeof(s->name), "%s-%d", name, number);
	err = nabd_open_opts(s->name, 8, sizeof(uint64_t),
			     NABD_CREATE | NABD_EXCL | NABD_CONSUMER, NULL, &s->q);
	if (err != NABD_OK) {
		s->name[0] = '\0'; /* it is not ours to remove */
		return err;
	}
	s->fd = nabd_fd(s->q);
	if (s->fd < 0)
		return s->fd;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, s->fd, &event) != 0)
		return NABD_SYSTEM;
	fflush(stdout);
	s->sender = fork();
	if (s->sender == 0)
		_exit(send_numbers(s->name, count) == NABD_OK ? 0 : 1);
	return s->sender > 0 ? NABD_OK : NABD_SYSTEM;
}

/* 0 if all of it was received, and the sender is content. */
static int finish(struct source *s, uint64_t count)
{
	int status = 1;

	nabd_close(s->q);
	if (s->name[0])
		nabd_unlink(s->name);
	if (s->sender > 0 && waitpid(s->sender, &status, 0) != s->sender)
		status = 1;
	printf("%s: %" PRIu64 " messages, sum %" PRIu64 "\n", s->name, s->received, s->sum);
	return status == 0 && s->received == count && s->sum == count * (count + 1) / 2 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/epoll";
	long count = argc > 2 ? strtol(argv[2], NULL, 10) : 100;
	struct source s[SOURCES] = { { .q = NULL } };
	int epoll, err = NABD_OK, failed = 0;

	if (argc > 3 || count < 1 || strlen(name) > NABD_MAX_NAME - 2) {
		fprintf(stderr, "usage: %s [QUEUE [COUNT]]\n", argv[0]);
		return 2;
	}
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		err = NABD_SYSTEM;
	for (int i = 0; i < SOURCES && err == NABD_OK; i++)
		err = start(epoll, name, i + 1, (uint64_t)count, &s[i]);
	if (err == NABD_OK)
		err = run(epoll, s);
	if (err != NABD_OK)
		fprintf(stderr, "%s: %s: %s\n", argv[0], name, nabd_strerror(err));
	for (int i = 0; i < SOURCES; i++)
		failed |= finish(&s[i], (uint64_t)count);
	if (epoll >= 0)
		close(epoll);
	return err == NABD_OK && !failed && fflush(stdout) == 0 ? 0 : 1;
}
