/* SPDX-License-Identifier: MIT */
/*
 * Signals and time. SIGINT, SIGTERM and SIGHUP set a flag and end the library's waits
 * (nabd_wake() may be called in a handler); SIGPIPE and SIGXFSZ become errors of write(2).
 * Our own waits let a signal in only while they sleep, so that none is slept over.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

#define MOST_WAKEN 64

volatile int tool_stopped;

static nabd_t *volatile handles[MOST_WAKEN];
static nabd_consumer_t *volatile consumers[MOST_WAKEN];
static sigset_t enders;

static void stop(int signal)
{
	const int saved = errno;

	tool_stopped = signal;
	for (int i = 0; i < MOST_WAKEN; i++) {
		if (handles[i] != NULL)
			nabd_wake(handles[i]);
		if (consumers[i] != NULL)
			nabd_consumer_wake(consumers[i]);
	}
	errno = saved;
}

void tool_catch_signals(void)
{
	static const int which[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action, old;

	memset(&action, 0, sizeof(action));
	action.sa_handler = stop;
	sigemptyset(&enders);
	for (size_t i = 0; i < sizeof(which) / sizeof(which[0]); i++) {
		/* What was ignored stays so: nohup(1). */
		if (sigaction(which[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			continue;
		sigaddset(&enders, which[i]);
		sigaction(which[i], &action, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* ulimit -f: an error too */
}

void tool_wake_handle(nabd_t *q)
{
	for (int i = 0; i < MOST_WAKEN; i++) {
		if (handles[i] == NULL) {
			handles[i] = q;
			break;
		}
	}
	if (tool_stopped != 0)
		nabd_wake(q);
}

void tool_wake_consumer(nabd_consumer_t *c)
{
	for (int i = 0; i < MOST_WAKEN; i++) {
		if (consumers[i] == NULL) {
			consumers[i] = c;
			break;
		}
	}
	if (tool_stopped != 0)
		nabd_consumer_wake(c);
}

void tool_forget(const void *handle_or_consumer)
{
	for (int i = 0; i < MOST_WAKEN; i++) {
		if (handles[i] == handle_or_consumer)
			handles[i] = NULL;
		if (consumers[i] == handle_or_consumer)
			consumers[i] = NULL;
	}
}

void tool_die_if_stopped(void)
{
	const int signal_number = tool_stopped;
	sigset_t one;

	if (signal_number == 0)
		return;
	signal(signal_number, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, signal_number);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	raise(signal_number);
}

static uint64_t ask_clock(clockid_t clock)
{
	struct timespec time = { 0, 0 };

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

uint64_t tool_now(void)
{
	return ask_clock(CLOCK_MONOTONIC);
}

uint64_t tool_date(void)
{
	return ask_clock(CLOCK_REALTIME);
}

/* Signals are let in during ppoll() alone. */
static int wait_with_signals(struct pollfd *fds, nfds_t n, const struct timespec *timeout)
{
	sigset_t before;
	int rc = -1;

	sigprocmask(SIG_BLOCK, &enders, &before);
	if (tool_stopped != 0)
		errno = EINTR;
	else
		rc = ppoll(fds, n, timeout, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}

bool tool_sleep_until(uint64_t when)
{
	for (;;) {
		const uint64_t now = tool_now();
		struct timespec rest;

		if (tool_stopped != 0)
			return false;
		if (now >= when)
			return true;
		rest.tv_sec = (time_t)((when - now) / 1000000000);
		rest.tv_nsec = (long)((when - now) % 1000000000);
		wait_with_signals(NULL, 0, &rest);
	}
}

ssize_t tool_read(int fd, void *buf, size_t size)
{
	struct pollfd poll_for = { .fd = fd, .events = POLLIN };
	int rc;

	do {
		rc = wait_with_signals(&poll_for, 1, NULL);
	} while (rc < 0 && errno == EINTR && tool_stopped == 0);
	return rc < 0 ? -1 : read(fd, buf, size);
}
