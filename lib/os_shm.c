/* SPDX-License-Identifier: MIT */
/*
 * The floor: files of queues and their mappings. What can go wrong with a file
 * has an error of its own; whatever else a system call says is NABD_SYSTEM.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

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
	case ELOOP:  /* a symbolic link, which O_NOFOLLOW refuses */
	case EISDIR: /* a directory, to be written */
	case ENXIO:  /* a socket, or a device that is not there */
	case ENODEV:
		return NABD_UNSAFE;
	case ENOMEM:
		return NABD_NOMEM;
	default:
		return NABD_SYSTEM;
	}
}

/* Of a call that makes something. */
static int error_of_making(void)
{
	switch (errno) {
	case EEXIST:
		return NABD_EXISTS;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return NABD_NOSPACE;
	default:
		return error_of_errno();
	}
}

/* open(2) that is not ended by a signal. Returns the descriptor or an error. */
static int open_at(int dirfd, const char *name, int flags, mode_t mode)
{
	int fd;

	do
		fd = openat(dirfd, name, flags | O_CLOEXEC | O_NOCTTY, mode);
	while (fd < 0 && errno == EINTR);
	if (fd >= 0)
		return fd;
	return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? error_of_making()
									 : error_of_errno();
}

int nabdi_os_open_dir(const char *dir, int *dirfd)
{
	int fd = open_at(AT_FDCWD, dir, O_PATH | O_DIRECTORY, 0);

	if (fd < 0)
		return fd;
	*dirfd = fd;
	return NABD_OK;
}

int nabdi_os_open_file(int dirfd, const char *name, bool writable, int *fd)
{
	/* O_NONBLOCK: a FIFO of that name must not make us wait. */
	int got = open_at(dirfd, name, (writable ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK, 0);
	struct stat st;

	if (got < 0)
		return got;
	if (fstat(got, &st) != 0) {
		nabdi_os_close(got);
		return NABD_SYSTEM;
	}
	if (!S_ISREG(st.st_mode)) {
		nabdi_os_close(got);
		return NABD_UNSAFE;
	}
	*fd = got;
	return NABD_OK;
}

int nabdi_os_exists(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? NABD_OK : error_of_errno();
}

/*
 * Whether the file system has that much, and the process may write a file so long
 * (SIGXFSZ would kill it). Asked first, as a queue that can't be had should not fill
 * the memory on its way to failing.
 */
static int check_room(int fd, uint64_t bytes)
{
	struct rlimit limit;
	struct statvfs fs;

	if (bytes > (uint64_t)INT64_MAX || (uint64_t)(off_t)bytes != bytes)
		return NABD_NOSPACE;
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	    limit.rlim_cur < bytes)
		return NABD_NOSPACE;
	/* A tmpfs without a limit has no blocks at all. */
	if (fstatvfs(fd, &fs) == 0 && fs.f_blocks != 0 && fs.f_bavail < bytes / fs.f_frsize)
		return NABD_NOSPACE;
	return NABD_OK;
}

/*
 * Have the kernel set all of it aside now: a hole would be a SIGBUS later. In
 * parts, as a signal makes the kernel give the whole part back and start anew.
 */
static int allocate(int fd, uint64_t bytes)
{
	const uint64_t part = 16u << 20;
	int rc = check_room(fd, bytes);

	if (rc != NABD_OK)
		return rc;
	for (uint64_t at = 0; at < bytes; at += part) {
		uint64_t len = bytes - at < part ? bytes - at : part;
		int error;

		do
			error = posix_fallocate(fd, (off_t)at, (off_t)len);
		while (error == EINTR);
		if (error != 0) {
			errno = error;
			return error_of_making();
		}
	}
	return NABD_OK;
}

/* A file system without O_TMPFILE: a name that nobody guesses and no queue can have. */
static int new_temp_file(int dirfd, char temp[NABDI_OS_TEMP_NAME])
{
	uint64_t random;
	int rc = nabdi_os_random(&random, sizeof(random));

	if (rc != NABD_OK)
		return rc;
	(void)snprintf(temp, NABDI_OS_TEMP_NAME, ".nabd-%016llx", (unsigned long long)random);
	return open_at(dirfd, temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
}

int nabdi_os_new_file(int dirfd, uint64_t bytes, int *fd, char temp[NABDI_OS_TEMP_NAME])
{
	int got, rc;

	temp[0] = '\0';
	got = open_at(dirfd, ".", O_TMPFILE | O_RDWR, 0600);
	if (got < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
		got = new_temp_file(dirfd, temp);
		if (got < 0)
			temp[0] = '\0';
	}
	if (got < 0)
		return got;
	rc = allocate(got, bytes);
	if (rc != NABD_OK) {
		nabdi_os_drop_file(dirfd, temp);
		nabdi_os_close(got);
		return rc;
	}
	*fd = got;
	return NABD_OK;
}

int nabdi_os_set_access(int fd, uint32_t mode, bool set_group, uint32_t group)
{
	if (set_group && fchown(fd, (uid_t)-1, (gid_t)group) != 0)
		return error_of_errno();
	/* After fchown(), which may clear bits; not open(2)'s mode, which the umask cuts. */
	return fchmod(fd, (mode_t)mode) == 0 ? NABD_OK : error_of_errno();
}

int nabdi_os_name_file(int dirfd, int fd, const char *temp, const char *name)
{
	char path[40];

	if (temp[0] != '\0') {
		/* One step, and never two links: an opener would refuse the second. */
		if (syscall(SYS_renameat2, dirfd, temp, dirfd, name, RENAME_NOREPLACE) == 0)
			return NABD_OK;
		return error_of_making();
	}
	(void)snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", fd);
	if (linkat(AT_FDCWD, path, dirfd, name, AT_SYMLINK_FOLLOW) == 0)
		return NABD_OK;
	if (errno == ENOENT && linkat(fd, "", dirfd, name, AT_EMPTY_PATH) == 0)
		return NABD_OK; /* no /proc, but privileged */
	return error_of_making();
}

void nabdi_os_drop_file(int dirfd, const char *temp)
{
	int saved = errno;

	if (temp[0] != '\0')
		(void)unlinkat(dirfd, temp, 0);
	errno = saved;
}

int nabdi_os_remove(int dirfd, const char *name, const struct nabdi_os_file *file)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return error_of_errno();
	/* Another was given the name since it was looked at: the queue has lost it already. */
	if (st.st_dev != file->device || st.st_ino != file->inode)
		return NABD_NOTFOUND;
	return unlinkat(dirfd, name, 0) == 0 ? NABD_OK : error_of_errno();
}

int nabdi_os_look(int fd, struct nabdi_os_file *file)
{
	struct statfs fs;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return NABD_SYSTEM;
	file->device = (uint64_t)st.st_dev;
	file->inode = (uint64_t)st.st_ino;
	file->bytes = (uint64_t)st.st_size;
	/* Other file systems may compress. */
	file->allocated = fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_MAGIC
				  ? (uint64_t)st.st_blocks * 512
				  : UINT64_MAX;
	file->owner = (uint32_t)st.st_uid;
	file->links = (uint32_t)st.st_nlink;
	return NABD_OK;
}

int nabdi_os_read(int fd, void *buf, size_t len, size_t *got)
{
	uint8_t *to = buf;

	*got = 0;
	while (*got < len) {
		ssize_t n = pread(fd, to + *got, len - *got, (off_t)*got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return NABD_SYSTEM;
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return NABD_OK;
}

void nabdi_os_close(int fd)
{
	int saved = errno;

	(void)close(fd);
	errno = saved;
}

bool nabdi_os_same(const struct nabdi_os_file *a, const struct nabdi_os_file *b)
{
	return a->device == b->device && a->inode == b->inode;
}

void nabdi_os_close_own(int fd, const struct nabdi_os_file *file)
{
	struct nabdi_os_file now;
	int saved = errno;

	/* Not known yet, or not to be asked: then it is ours as far as we know. */
	if (file->inode == 0 || nabdi_os_look(fd, &now) != NABD_OK || nabdi_os_same(&now, file))
		(void)close(fd);
	errno = saved;
}

int nabdi_os_map(int fd, size_t bytes, bool huge, uint8_t **base)
{
	/*
	 * Also where none are asked for: they may be there, by another opener's wish. Not over a
	 * reservation (MAP_FIXED): an mmap() that fails may have taken that away, and another
	 * thread have something there by now.
	 */
	void *p = mmap(nabdi_os_huge_place(bytes), bytes, PROT_READ, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return error_of_errno();
	if (huge)
		nabdi_os_ask_huge(p, bytes);
	*base = p;
	return NABD_OK;
}

int nabdi_os_allow_writes(uint8_t *from, size_t bytes)
{
	return mprotect(from, bytes, PROT_READ | PROT_WRITE) == 0 ? NABD_OK : error_of_errno();
}

int nabdi_os_prefault(uint8_t *base, size_t bytes, bool write)
{
	int rc;

	do
		rc = madvise(base, bytes, write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
	while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return NABD_OK;
	if (errno != EINVAL)
		return error_of_errno();
	/* A kernel before 5.14. The pages are there; touching one maps it. */
	for (size_t at = 0; at < bytes; at += nabdi_os_page())
		(void)*(volatile const uint8_t *)(base + at);
	return NABD_OK;
}

int nabdi_os_lock_in_ram(uint8_t *base, size_t bytes)
{
	if (mlock(base, bytes) == 0)
		return NABD_OK;
	/* EPERM, ENOMEM and EAGAIN all say that RLIMIT_MEMLOCK or the memory does not allow it. */
	return NABD_NOMEM;
}

void nabdi_os_unmap(uint8_t *base, size_t bytes)
{
	int saved = errno;

	(void)munmap(base, bytes);
	errno = saved;
}

uint32_t nabdi_os_page(void)
{
	long page = sysconf(_SC_PAGESIZE);

	return page > 0 && page <= 1 << 20 ? (uint32_t)page : 4096u;
}
