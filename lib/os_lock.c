/* SPDX-License-Identifier: MIT */
/*
 * The floor: roles as byte-range locks of an open file description (OFD locks).
 * The kernel frees them when the last reference to the description is gone,
 * however the process ends, and never before.
 *
 * The reference is a mapping made from the description, whose descriptor is then
 * closed: no closefrom(3) can drop it, and with MADV_DONTFORK no forked child
 * keeps it alive after its parent's death. Nothing else may be mapped from a
 * description that holds locks: the child would inherit that mapping.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os.h"

static struct flock range(uint64_t byte, uint64_t bytes, short type)
{
	struct flock lock = {0};

	lock.l_type = type;
	lock.l_whence = SEEK_SET;
	lock.l_start = (off_t)byte;
	lock.l_len = (off_t)bytes;
	return lock;
}

static int error_of_open(void)
{
	return errno == EACCES || errno == EPERM ? NABD_ACCESS : NABD_SYSTEM;
}

int nabdi_os_hold_begin(int fd, bool writable, struct nabdi_os_hold *hold)
{
	const int flags = (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	struct nabdi_os_file file;
	char path[40];
	int rc;

	*hold = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
	rc = nabdi_os_look(fd, &hold->file);
	if (rc != NABD_OK)
		return rc;
	/*
	 * dup(2) would share the description. Through /proc it also works unlinked; not
	 * /proc/self, which is empty once the first thread has ended.
	 */
	(void)snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", fd);
	do
		hold->fd = open(path, flags);
	while (hold->fd < 0 && errno == EINTR);
	if (hold->fd < 0)
		return error_of_open();
	rc = nabdi_os_look(hold->fd, &file);
	if (rc == NABD_OK && nabdi_os_same(&file, &hold->file))
		return NABD_OK;
	if (rc == NABD_OK)
		errno = EBADF; /* fd was closed meanwhile, and its number given to another */
	nabdi_os_hold_end(hold, false);
	return NABD_SYSTEM;
}

int nabdi_os_hold_lock(const struct nabdi_os_hold *hold, uint64_t byte, bool shared)
{
	struct flock lock = range(byte, 1, shared ? F_RDLCK : F_WRLCK);
	int rc;

	do
		rc = fcntl(hold->fd, F_OFD_SETLK, &lock);
	while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return NABD_OK;
	return errno == EAGAIN ? NABD_BUSY : NABD_SYSTEM; /* EACCES is a refusal of the policy */
}

/* A mapping of a new description of fd's file, locked through it; then closed. */
static void *try_anchor(int fd, uint32_t page)
{
	struct nabdi_os_hold hold = NABDI_OS_HOLD_NONE;
	void *p = MAP_FAILED;

	if (nabdi_os_hold_begin(fd, true, &hold) == NABD_OK &&
	    nabdi_os_hold_lock(&hold, 0, false) == NABD_OK)
		p = mmap(NULL, page, PROT_READ, MAP_SHARED, hold.fd, 0);
	nabdi_os_hold_end(&hold, false);
	return p;
}

enum anchors { ANCHORS_UNKNOWN, ANCHORS_WORK, ANCHORS_FAIL };

/*
 * Whether a mapping alone keeps a lock, as Linux does though no manual says so,
 * and whether it can be kept from children.
 */
static enum anchors test_anchors(int fd, uint32_t page)
{
	bool locked = false, works;
	void *p = ftruncate(fd, (off_t)page) == 0 ? try_anchor(fd, page) : MAP_FAILED;

	if (p == MAP_FAILED)
		return ANCHORS_UNKNOWN;
	works = madvise(p, page, MADV_DONTFORK) == 0 &&
		nabdi_os_locked(fd, 0, 1, &locked) == NABD_OK && locked;
	(void)munmap(p, page);
#ifdef NABD_FORCE_KEEP_FD
	works = false; /* a build of the tests, to walk the other path */
#endif
	return works ? ANCHORS_WORK : ANCHORS_FAIL;
}

/*
 * Asked once a process, while forks are held off. A test that could not be made is
 * no answer: the weaker way is not taken for want of a descriptor.
 */
static int know_anchors(enum anchors *answer)
{
	static enum anchors known;
	int fd;

	if (known == ANCHORS_UNKNOWN) {
		fd = memfd_create("nabd", MFD_CLOEXEC);
		if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EACCES))
			known = ANCHORS_FAIL; /* never to be had here */
		if (fd >= 0) {
			known = test_anchors(fd, nabdi_os_page());
			nabdi_os_close(fd);
		}
	}
	*answer = known;
	if (known != ANCHORS_UNKNOWN)
		return NABD_OK;
	return errno == ENOMEM ? NABD_NOMEM : NABD_SYSTEM;
}

int nabdi_os_hold_keep(struct nabdi_os_hold *hold)
{
	uint32_t page = nabdi_os_page();
	enum anchors anchors;
	void *p;
	int rc = know_anchors(&anchors);

	if (rc != NABD_OK)
		return rc;
	if (anchors == ANCHORS_FAIL) { /* the open file holds the locks, and a child closes it */
		nabdi_os_fork_watch(hold);
		hold->watched = true;
		return NABD_OK;
	}
	p = mmap(NULL, page, PROT_READ, MAP_SHARED, hold->fd, 0);
	if (p == MAP_FAILED)
		return errno == ENOMEM ? NABD_NOMEM : NABD_SYSTEM;
	if (madvise(p, page, MADV_DONTFORK) != 0) {
		(void)munmap(p, page);
		return NABD_SYSTEM;
	}
	hold->anchor = p;
	(void)close(hold->fd);
	hold->fd = -1;
	return NABD_OK;
}

void nabdi_os_hold_end(struct nabdi_os_hold *hold, bool forked)
{
	int saved = errno;

	if (hold->watched) {
		nabdi_os_fork_hold_off();
		nabdi_os_fork_unwatch(hold);
		if (hold->fd >= 0)
			nabdi_os_close_own(hold->fd, &hold->file);
		nabdi_os_fork_go_on();
	} else if (hold->fd >= 0) {
		(void)close(hold->fd);
	}
	/* A forked child has no anchor; something of its own may lie there now. */
	if (hold->anchor != NULL && !forked)
		(void)munmap(hold->anchor, nabdi_os_page());
	*hold = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
	errno = saved;
}

int nabdi_os_locked(int fd, uint64_t byte, uint64_t bytes, bool *locked)
{
	struct flock lock = range(byte, bytes, F_WRLCK);

	if (fcntl(fd, F_OFD_GETLK, &lock) != 0)
		return NABD_SYSTEM;
	*locked = lock.l_type != F_UNLCK;
	return NABD_OK;
}
