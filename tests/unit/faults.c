/* SPDX-License-Identifier: MIT */
/* System calls that fail when a test wants it; see faults.h. */
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	const char *call;
	unsigned left; /* calls until it happens, 0 when disarmed */
	int error;
	bool stays;
	bool met;
	void (*hook)(void);
} fault;

static unsigned most_read;
static int no_tmpfile;

void fault_arm(const char *call, unsigned nth, int error)
{
	fault.call = call;
	fault.left = nth;
	fault.error = error;
	fault.stays = false;
	fault.met = false;
	fault.hook = NULL;
}

void fault_arm_from(const char *call, unsigned nth, int error)
{
	fault_arm(call, nth, error);
	fault.stays = true;
}

void fault_hook(const char *call, unsigned nth, void (*hook)(void))
{
	fault_arm(call, nth, 0);
	fault.hook = hook;
}

bool fault_met(void)
{
	bool met = fault.met;

	fault_arm(NULL, 0, 0);
	return met;
}

void fault_no_tmpfile(int error)
{
	no_tmpfile = error;
}

void fault_short_reads(unsigned bytes)
{
	most_read = bytes;
}

/* The error that this call shall give, or 0. */
static int now(const char *call)
{
	if (fault.left == 0 || (fault.call != NULL && strcmp(fault.call, call) != 0))
		return 0;
	if (fault.left > 1) {
		fault.left--;
		return 0;
	}
	fault.met = true;
	if (!fault.stays)
		fault.left = 0;
	if (fault.hook != NULL)
		fault.hook();
	return fault.error;
}

static bool fails(const char *call)
{
	int error = now(call);

	if (error != 0)
		errno = error;
	return error != 0;
}

/* A wrapper that gives -1, which is MAP_FAILED too, or what the call gives. */
#define WRAP(type, call, name, parameters, arguments)                                              \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		if (fails(call))                                                                   \
			return (type)-1;                                                           \
		return __real_##name arguments;                                                    \
	}

/* One that gives the error itself. */
#define WRAP_ERROR(call, name, parameters, arguments)                                              \
	int __real_##name parameters;                                                              \
	int __wrap_##name parameters;                                                              \
	int __wrap_##name parameters                                                               \
	{                                                                                          \
		int error = now(call);                                                             \
                                                                                                   \
		return error != 0 ? error : __real_##name arguments;                               \
	}

/* open(2) and its kin, whose last argument may be missing. */
#define WRAP_OPEN(call, name, parameters, arguments, flags)                                        \
	int __real_##name parameters;                                                              \
	int __wrap_##name parameters;                                                              \
	int __wrap_##name parameters                                                               \
	{                                                                                          \
		mode_t mode = 0;                                                                   \
		va_list list;                                                                      \
                                                                                                   \
		if (fails(call))                                                                   \
			return -1;                                                                 \
		va_start(list, flags);                                                             \
		if ((flags & (O_CREAT | O_TMPFILE)) != 0)                                          \
			mode = va_arg(list, mode_t);                                               \
		va_end(list);                                                                      \
		if (no_tmpfile != 0 && (flags & O_TMPFILE) == O_TMPFILE) {                         \
			errno = no_tmpfile;                                                        \
			return -1;                                                                 \
		}                                                                                  \
		return __real_##name arguments;                                                    \
	}

WRAP_OPEN("open", open, (const char *path, int flags, ...), (path, flags, mode), flags)
WRAP_OPEN("open", open64, (const char *path, int flags, ...), (path, flags, mode), flags)
WRAP(int, "open", __open_2, (const char *path, int flags), (path, flags))
WRAP(int, "open", __open64_2, (const char *path, int flags), (path, flags))
WRAP_OPEN("openat", openat, (int fd, const char *path, int flags, ...), (fd, path, flags, mode),
	  flags)
WRAP_OPEN("openat", openat64, (int fd, const char *path, int flags, ...),
	  (fd, path, flags, mode), flags)
WRAP(int, "fstat", fstat, (int fd, struct stat *st), (fd, st))
WRAP(int, "fstat", fstat64, (int fd, struct stat64 *st), (fd, st))
WRAP(int, "fstatat", fstatat, (int fd, const char *path, struct stat *st, int flags),
     (fd, path, st, flags))
WRAP(int, "fstatat", fstatat64, (int fd, const char *path, struct stat64 *st, int flags),
     (fd, path, st, flags))
WRAP(int, "fchmod", fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(int, "fchown", fchown, (int fd, uid_t user, gid_t group), (fd, user, group))
WRAP(int, "linkat", linkat,
     (int fd, const char *path, int to, const char *name, int flags), (fd, path, to, name, flags))
WRAP(int, "unlinkat", unlinkat, (int fd, const char *path, int flags), (fd, path, flags))
WRAP(void *, "mmap", mmap, (void *at, size_t len, int rights, int flags, int fd, off_t offset),
     (at, len, rights, flags, fd, offset))
WRAP(void *, "mmap", mmap64, (void *at, size_t len, int rights, int flags, int fd, off64_t offset),
     (at, len, rights, flags, fd, offset))
WRAP(int, "mprotect", mprotect, (void *at, size_t len, int rights), (at, len, rights))
WRAP(int, "madvise", madvise, (void *at, size_t len, int advice), (at, len, advice))
WRAP(int, "mlock", mlock, (const void *at, size_t len), (at, len))
WRAP(int, "memfd_create", memfd_create, (const char *name, unsigned flags), (name, flags))
WRAP(int, "ftruncate", ftruncate, (int fd, off_t len), (fd, len))
WRAP(int, "ftruncate", ftruncate64, (int fd, off64_t len), (fd, len))
WRAP(ssize_t, "getrandom", getrandom, (void *to, size_t len, unsigned flags),
     (to, most_read != 0 && most_read < len ? most_read : len, flags))
WRAP(ssize_t, "pread", pread, (int fd, void *to, size_t len, off_t at),
     (fd, to, most_read != 0 && most_read < len ? most_read : len, at))
WRAP(ssize_t, "pread", pread64, (int fd, void *to, size_t len, off64_t at),
     (fd, to, most_read != 0 && most_read < len ? most_read : len, at))
WRAP_ERROR("posix_fallocate", posix_fallocate, (int fd, off_t at, off_t len), (fd, at, len))
WRAP_ERROR("posix_fallocate", posix_fallocate64, (int fd, off64_t at, off64_t len), (fd, at, len))
WRAP_ERROR("posix_memalign", posix_memalign, (void **to, size_t align, size_t len),
	   (to, align, len))

WRAP_ERROR("pthread_atfork", pthread_atfork,
	   (void (*before)(void), void (*after)(void), void (*in)(void)), (before, after, in))

/* The library's only use is a lock: a pointer. */
int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, void *lock);
int __wrap_fcntl(int fd, int command, void *lock)
{
	return fails("fcntl") ? -1 : __real_fcntl(fd, command, lock);
}

int __real_fcntl64(int fd, int command, ...);
int __wrap_fcntl64(int fd, int command, void *lock);
int __wrap_fcntl64(int fd, int command, void *lock)
{
	return fails("fcntl") ? -1 : __real_fcntl64(fd, command, lock);
}

/* And of this one: renameat2. */
long __real_syscall(long number, ...);
long __wrap_syscall(long number, long a, long b, long c, long d, long e);
long __wrap_syscall(long number, long a, long b, long c, long d, long e)
{
	return fails("syscall") ? -1 : __real_syscall(number, a, b, c, d, e);
}
