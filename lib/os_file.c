/* SPDX-License-Identifier: MIT */
/*
 * The floor: files that must outlive the machine. Every write is followed by a sync whose
 * failure is told: what the kernel has failed to write once it may not try again, and a
 * later sync says nothing about it. So nobody here asks twice.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os.h"

static int error_of_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return NABD_NOTFOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return NABD_ACCESS;
	case ENAMETOOLONG:
		return NABD_INVALID;
	default:
		return NABD_SYSTEM;
	}
}

static int error_of_writing(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? NABD_NOSPACE
								     : error_of_errno();
}

/* The directory of a path, and where the name begins; NABD_INVALID if it names no file. */
static int split(const char *path, char dir[PATH_MAX], const char **name)
{
	const char *slash = strrchr(path, '/');
	const char *last = slash != NULL ? slash + 1 : path;
	const size_t len = slash != NULL ? (size_t)(last - path) : 0;

	if (last[0] == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0 ||
	    strlen(last) > NAME_MAX || len >= PATH_MAX)
		return NABD_INVALID;
	(void)memcpy(dir, len > 0 ? path : "./", len > 0 ? len : 2);
	dir[len > 0 ? len : 2] = '\0';
	*name = last;
	return NABD_OK;
}

int nabdi_os_open_parent(const char *path, bool to_sync, int *dirfd, const char **name)
{
	char dir[PATH_MAX];
	int fd, rc = split(path, dir, name);

	if (rc != NABD_OK)
		return rc;
	do /* what is open by O_PATH can't be synced */
		fd = open(dir, (to_sync ? O_RDONLY : O_PATH) | O_DIRECTORY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return error_of_errno();
	*dirfd = fd;
	return NABD_OK;
}

int nabdi_os_lock_file(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int rc;

	do
		rc = fcntl(fd, F_OFD_SETLK, &lock);
	while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return NABD_OK;
	return errno == EAGAIN || errno == EACCES ? NABD_BUSY : NABD_SYSTEM;
}

void nabdi_os_unlock_file(int fd)
{
	struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
	int saved = errno;

	/* Not by closing alone: a child forked meanwhile shares the description. */
	(void)fcntl(fd, F_OFD_SETLK, &lock);
	errno = saved;
}

int nabdi_os_cancel_off(void)
{
	int before;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	return before;
}

void nabdi_os_cancel_as(int before)
{
	(void)pthread_setcancelstate(before, &before);
}

bool nabdi_os_has_name(int dirfd, const char *name, const struct nabdi_os_file *file)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (uint64_t)st.st_dev == file->device && (uint64_t)st.st_ino == file->inode;
}

int nabdi_os_write(int fd, const void *buf, size_t len, uint64_t at)
{
	const uint8_t *from = buf;
	struct rlimit limit;

	/* Beyond it a write ends the process, by SIGXFSZ. */
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	    limit.rlim_cur < at + len) {
		errno = EFBIG;
		return NABD_NOSPACE;
	}
	while (len > 0) {
		const ssize_t n = pwrite(fd, from, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_of_writing();
		if (n == 0) {
			errno = EIO; /* no reason given, and none to try for ever */
			return NABD_SYSTEM;
		}
		from += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return NABD_OK;
}

int nabdi_os_sync_data(int fd)
{
	return fdatasync(fd) == 0 ? NABD_OK : error_of_writing();
}

int nabdi_os_sync(int fd)
{
	return fsync(fd) == 0 ? NABD_OK : error_of_writing();
}

void nabdi_os_copy_access(int from, int to)
{
	struct stat st;
	int saved = errno;

	/* Rights of a group are given only to the same one; else it stays the owner's. */
	if (fstat(from, &st) == 0) {
		/* The privileged leave it to whose it was. */
		const bool same = fchown(to, st.st_uid, st.st_gid) == 0 ||
				  fchown(to, (uid_t)-1, st.st_gid) == 0;

		(void)fchmod(to, st.st_mode & (same ? 0777 : 0700));
	}
	errno = saved;
}

int nabdi_os_replace(int dirfd, int fd, char temp[NABDI_OS_TEMP_NAME], const char *name)
{
	uint64_t random;
	int rc;

	if (temp[0] == '\0') { /* what has no name can't take the place of one */
		rc = nabdi_os_random(&random, sizeof(random));
		if (rc != NABD_OK)
			return rc;
		(void)snprintf(temp, NABDI_OS_TEMP_NAME, ".nabd-%016llx",
			       (unsigned long long)random);
		rc = nabdi_os_name_file(dirfd, fd, "", temp);
		if (rc != NABD_OK) {
			temp[0] = '\0';
			return rc == NABD_EXISTS ? NABD_SYSTEM : rc;
		}
	}
	if (renameat(dirfd, temp, dirfd, name) != 0)
		return error_of_writing();
	temp[0] = '\0';
	return NABD_OK;
}
