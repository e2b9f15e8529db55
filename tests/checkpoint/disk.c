/* SPDX-License-Identifier: MIT */
/* disk.c - between the library and libc; see disk.h. */
#define _GNU_SOURCE


#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../fault/fault.h"
#include "trace.h"

static struct trace *trace;
struct trace *disk_trace;

static bool watching, rest_fails;

void disk_begin(enum disk_trouble trouble, unsigned at)
{
	if (!trace)
		trace = fault_shared(sizeof(*trace));
	disk_trace = trace;
	memset(trace, 0, sizeof(*trace));
	trace->trouble = trouble;
	trace->trouble_at = at;
}

bool disk_troubled(void)
{
	return trace->troubled;
}

void disk_watch(void)
{
	watching = true;
}

void disk_unwatch(void)
{
	watching = false;
	rest_fails = false;
}

unsigned disk_calls(void)
{
	return trace->calls;
}

static struct call *note(enum what what, uint64_t ino)
{
	struct call *c = &trace->call[trace->n];

	CHECK(trace->n < MOST_CALLS);
	trace->n++;
	c->what = what;
	c->ino = ino;
	return c;
}

void disk_promise(const char *path)
{
	struct nabd_checkpoint said = { .size = sizeof(said) };

	EXPECT(nabd_checkpoint_load(path, &said), NABD_OK);
	note(PROMISE, 0)->said = said;
}

/* ---------------------------------------------------------- between library and libc */

static uint64_t number_of(int fd)
{
	struct stat st;

	CHECK(fstat(fd, &st) == 0);
	return S_ISDIR(st.st_mode) ? 0 : (uint64_t)st.st_ino;
}

/* The trouble that this call has, if it is its turn. */
static enum disk_trouble enter(void)
{
	if (trace->calls++ != trace->trouble_at || trace->trouble == DISK_NONE || trace->troubled)
		return DISK_NONE;
	trace->troubled = true;
	if (trace->trouble == DISK_DIE_FIRST)
		_exit(0);
	return trace->trouble;
}

static int leave(enum disk_trouble trouble)
{
	if (trouble == DISK_DIE_AFTER)
		_exit(0);
	return 0;
}

static bool fails(enum disk_trouble trouble)
{
	errno = trouble == DISK_ENOSPC ? ENOSPC : EIO;
	return trouble == DISK_EIO || trouble == DISK_ENOSPC || trouble == DISK_SHORT;
}

static ssize_t write_it(int fd, const void *buf, size_t len, off64_t at)
{
	static ssize_t (*real)(int, const void *, size_t, off64_t);
	enum disk_trouble trouble;
	struct call *c;
	ssize_t n;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pwrite64");
	if (!watching)
		return real(fd, buf, len, at);
	trouble = enter();
	if (rest_fails) {
		rest_fails = false;
		errno = EIO;
		return -1;
	}
	if (trouble == DISK_SHORT && len > SECTOR) {
		rest_fails = true;
		len = SECTOR;
	} else if (fails(trouble)) {
		return -1;
	}
	n = real(fd, buf, len, at);
	CHECK(n == (ssize_t)len && at % SECTOR == 0 && len <= sizeof(c->bytes));
	c = note(WRITE, number_of(fd));
	c->at = (uint32_t)at;
	c->len = (uint32_t)len;
	memcpy(c->bytes, buf, len);
	leave(trouble);
	return n;
}

ssize_t disk_write(int fd, const void *buf, size_t len, off64_t at)
{
	return write_it(fd, buf, len, at);
}

ssize_t pwrite64(int fd, const void *buf, size_t len, off64_t at)
{
	return write_it(fd, buf, len, at);
}

/* With 64-bit offsets asked for, that is the same function. */
#if UINTPTR_MAX > 0xffffffffu && !defined(_FILE_OFFSET_BITS)
ssize_t pwrite(int fd, const void *buf, size_t len, off_t at)
{
	return write_it(fd, buf, len, at);
}
#endif

static int sync_it(int fd)
{
	enum disk_trouble trouble;
	uint64_t ino;

	if (!watching)
		return 0;
	trouble = enter();
	ino = number_of(fd);
	if (fails(trouble)) {
		note(SYNC_FAILED, ino);
		return -1;
	}
	note(SYNC, ino);
	return leave(trouble);
}

int fdatasync(int fd)
{
	return sync_it(fd);
}

int fsync(int fd)
{
	return sync_it(fd);
}

static int name_it(int fd, const char *name, const char *newname, int rename)
{
	static int (*link_real)(int, const char *, int, const char *, int);
	static int (*rename_real)(int, const char *, int, const char *);
	enum disk_trouble trouble = DISK_NONE;
	struct stat st;
	int rc;

	if (!link_real)
		*(void **)&link_real = dlsym(RTLD_NEXT, "linkat");
	if (!rename_real)
		*(void **)&rename_real = dlsym(RTLD_NEXT, "renameat");
	if (watching)
		trouble = enter();
	if (watching && fails(trouble))
		return -1;
	rc = rename ? rename_real(fd, name, fd, newname)
		    : link_real(AT_FDCWD, name, fd, newname, AT_SYMLINK_FOLLOW);
	if (rc != 0 || !watching)
		return rc;
	if (strcmp(newname, DISK_FILE) == 0) {
		CHECK(fstatat(fd, newname, &st, AT_SYMLINK_NOFOLLOW) == 0);
		note(NAME, (uint64_t)st.st_ino);
	}
	return leave(trouble);
}

int linkat(int olddir, const char *old, int newdir, const char *newname, int flags)
{
	CHECK(olddir == AT_FDCWD && flags == AT_SYMLINK_FOLLOW);
	return name_it(newdir, old, newname, 0);
}

int renameat(int olddir, const char *old, int newdir, const char *newname)
{
	CHECK(olddir == newdir);
	return name_it(newdir, old, newname, 1);
}
