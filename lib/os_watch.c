/* SPDX-License-Identifier: MIT */
/*
 * The floor: a descriptor that becomes readable when another process wants it to.
 *
 * What they share is the queue's file, so that is watched with inotify(7): for a message
 * its time is set, for a free slot a byte of it is read, which those may who send and
 * receive. That it is closed, by a process that ends too, or removed is told as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "os.h"

#define SECOND   UINT64_C(1000000000)
#define MAX_POLL 64u

static int watch_file(int notify, int fd, enum nabdi_os_news news)
{
	const uint32_t told = news == NABDI_OS_MESSAGE ? IN_ATTRIB | IN_MODIFY : IN_ACCESS | IN_ATTRIB;
	char path[40];

	(void)snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", fd);
	return inotify_add_watch(notify, path, told | IN_CLOSE | IN_DELETE_SELF) >= 0 ? NABD_OK
										     : NABD_SYSTEM;
}

static int add(int epoll, int fd)
{
	struct epoll_event event = {.events = EPOLLIN};

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? NABD_OK : NABD_SYSTEM;
}

int nabdi_os_watch_begin(int fd, enum nabdi_os_news news, struct nabdi_os_watch *watch)
{
	struct nabdi_os_watch w = NABDI_OS_WATCH_NONE;
	int rc = NABD_SYSTEM;

	w.fd = epoll_create1(EPOLL_CLOEXEC);
	w.notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	w.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (w.fd >= 0 && w.notify >= 0 && w.timer >= 0)
		rc = watch_file(w.notify, fd, news);
	if (rc == NABD_OK)
		rc = add(w.fd, w.notify);
	if (rc == NABD_OK)
		rc = add(w.fd, w.timer);
	if (rc == NABD_OK) {
		*watch = w;
		return NABD_OK;
	}
	for (unsigned i = 0; i < 3; i++) {
		const int made[3] = {w.fd, w.notify, w.timer};

		if (made[i] >= 0)
			nabdi_os_close(made[i]);
	}
	return NABD_SYSTEM;
}

/*
 * Closed behind our back, a number may be another file's by now, which is none of ours, and
 * no fstat(2) tells an epoll from an eventfd. But only ours knows just this file by just
 * this number; and both numbers are ours then.
 */
static bool own(int epoll, int fd)
{
	struct epoll_event event = {.events = EPOLLIN};

	return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0;
}

int nabdi_os_watch_arm(const struct nabdi_os_watch *watch, uint64_t ns)
{
	const uint64_t seconds = ns / SECOND < INT32_MAX ? ns / SECOND : INT32_MAX;
	const struct itimerspec when = {
		.it_value = {.tv_sec = (time_t)seconds, .tv_nsec = (long)(ns % SECOND)}};
	char events[1024];
	ssize_t got;

	if (!own(watch->fd, watch->notify) || !own(watch->fd, watch->timer)) {
		errno = EBADF;
		return NABD_SYSTEM;
	}
	do
		got = read(watch->notify, events, sizeof(events));
	while (got > 0 || (got < 0 && errno == EINTR));
	/* Setting it takes back that it has run out. */
	return timerfd_settime(watch->timer, 0, &when, NULL) == 0 ? NABD_OK : NABD_SYSTEM;
}

void nabdi_os_watch_end(struct nabdi_os_watch *watch)
{
	if (watch->fd >= 0) {
		const int saved = errno;
		const bool notify = own(watch->fd, watch->notify), timer = own(watch->fd, watch->timer);

		if (notify)
			nabdi_os_close(watch->notify);
		if (timer)
			nabdi_os_close(watch->timer);
		if (notify || timer)
			nabdi_os_close(watch->fd);
		errno = saved;
	}
	*watch = (struct nabdi_os_watch)NABDI_OS_WATCH_NONE;
}

void nabdi_os_tell(int fd, enum nabdi_os_news news)
{
	char byte;

	/* Should it fail, those who watch look for themselves when their time is over. */
	if (news == NABDI_OS_MESSAGE) {
		/* One who has given up the rights it opened the file with may still do the other. */
		if (futimens(fd, NULL) != 0)
			(void)fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1);
		return;
	}
	while (pread(fd, &byte, sizeof(byte), 0) < 0 && errno == EINTR)
		;
}

int nabdi_os_poll(const int *fds, size_t n, uint64_t ns)
{
	const struct timespec limit = {
		.tv_sec = (time_t)(ns / SECOND < INT32_MAX ? ns / SECOND : INT32_MAX),
		.tv_nsec = (long)(ns % SECOND)};
	struct pollfd polled[MAX_POLL];

	if (n > MAX_POLL)
		return NABD_INVALID;
	for (size_t i = 0; i < n; i++)
		polled[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
	if (ppoll(polled, (nfds_t)n, &limit, NULL) >= 0 || errno == EINTR)
		return NABD_OK;
	return NABD_SYSTEM;
}
