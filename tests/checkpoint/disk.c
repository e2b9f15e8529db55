/* SPDX-License-Identifier: MIT */
/* disk.c - see disk.h. */
#define _GNU_SOURCE

#include "disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../fault/fault.h"

#define SECTOR     512u
#define SECTORS    16u
#define MOST_CALLS 256u
#define MOST_FILES 32u
#define MOST       16u /* values that a sector may have */

enum what { WRITE, SYNC, SYNC_FAILED, NAME, PROMISE };

/* Something that happened to a file; ino 0: to the directory. */
struct call {
	enum what what;
	uint64_t ino;
	uint32_t at;
	uint32_t len;
	uint8_t bytes[4096];
	struct nabd_checkpoint said; /* of a promise */
};

static struct trace {
	enum disk_trouble trouble;
	unsigned trouble_at;
	bool troubled;
	unsigned calls; /* of the library */
	unsigned n;
	struct call call[MOST_CALLS];
} *trace;

static bool watching, rest_fails;
static uint64_t found;

void disk_begin(enum disk_trouble trouble, unsigned at)
{
	if (!trace)
		trace = fault_shared(sizeof(*trace));
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

uint64_t disk_found(void)
{
	return found;
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

/* ------------------------------------------------------------------------- the disk */

/* What may be there: one of n; written: the last of them is waiting to be. */
struct place {
	unsigned n;
	bool written;
	union {
		uint8_t bytes[SECTOR];
		uint64_t ino;
	} may[MOST];
};

static struct disk {
	unsigned files;
	uint64_t ino[MOST_FILES];
	struct place sector[MOST_FILES][SECTORS];
	struct place name; /* which file has it; 0: none */
	struct nabd_checkpoint promised; /* saves 0: nothing */
	unsigned records;
	struct nabd_checkpoint record[MOST_CALLS]; /* that were ever written */
} disk;

static unsigned file_of(uint64_t ino)
{
	for (unsigned i = 0; i < disk.files; i++)
		if (disk.ino[i] == ino)
			return i;
	CHECK(disk.files < MOST_FILES);
	disk.ino[disk.files] = ino;
	for (unsigned s = 0; s < SECTORS; s++)
		disk.sector[disk.files][s].n = 1; /* zeroes */
	return disk.files++;
}

static void put(struct place *p, const void *value, size_t len)
{
	p->written = true;
	for (unsigned i = 0; i < p->n; i++) { /* the same again: it is the last now */
		if (memcmp(&p->may[i], value, len) == 0) {
			p->may[MOST - 1] = p->may[i];
			p->may[i] = p->may[p->n - 1];
			p->may[p->n - 1] = p->may[MOST - 1];
			return;
		}
	}
	CHECK(p->n < MOST - 1);
	memcpy(&p->may[p->n++], value, len);
}

static void sync_place(struct place *p, bool failed)
{
	if (p->written && !failed) {
		p->may[0] = p->may[p->n - 1];
		p->n = 1;
	}
	p->written = false;
}

/* The fields that the test looks at, where nabd-checkpoint(5) says that they are. */
static void remember(const struct call *c)
{
	struct nabd_checkpoint *r = &disk.record[disk.records];

	if (c->len < 96)
		return; /* made void */
	memcpy(&r->sequence, c->bytes + 56, 8);
	memcpy(&r->saves, c->bytes + 80, 8);
	disk.records++;
}

/* What is shorter than a sector goes over the beginning of what was there. */
static void write_sector(struct place *p, const uint8_t *from, size_t len)
{
	uint8_t bytes[SECTOR];

	memcpy(bytes, p->may[p->n - 1].bytes, SECTOR);
	memcpy(bytes, from, len);
	put(p, bytes, SECTOR);
}

static void happen(const struct call *c)
{
	const unsigned f = c->ino ? file_of(c->ino) : 0;

	switch (c->what) {
	case WRITE:
		for (uint32_t at = 0; at < c->len; at += SECTOR)
			write_sector(&disk.sector[f][(c->at + at) / SECTOR], c->bytes + at,
				     c->len - at < SECTOR ? c->len - at : SECTOR);
		remember(c);
		break;
	case SYNC:
	case SYNC_FAILED:
		for (unsigned s = 0; s < SECTORS && c->ino; s++)
			sync_place(&disk.sector[f][s], c->what == SYNC_FAILED);
		if (!c->ino)
			sync_place(&disk.name, c->what == SYNC_FAILED);
		break;
	case NAME:
		put(&disk.name, &c->ino, sizeof(c->ino));
		break;
	case PROMISE:
		disk.promised = c->said;
		break;
	}
}

/* ----------------------------------------------------------------------- the verdict */

static void judge_load(const char *path)
{
	struct nabd_checkpoint got = { .size = sizeof(got) };
	int rc = nabd_checkpoint_load(path, &got);

	found++;
	if (rc != NABD_OK)
		FAIL("after a loss of power: %s, promised was save %llu", fault_error(rc),
		     (unsigned long long)disk.promised.saves);
	if (got.saves < disk.promised.saves ||
	    (got.saves == disk.promised.saves && got.sequence != disk.promised.sequence))
		FAIL("save %llu (%llu) after save %llu (%llu) was promised",
		     (unsigned long long)got.saves, (unsigned long long)got.sequence,
		     (unsigned long long)disk.promised.saves,
		     (unsigned long long)disk.promised.sequence);
	for (unsigned i = 0; i < disk.records; i++)
		if (disk.record[i].saves == got.saves && disk.record[i].sequence == got.sequence)
			return;
	FAIL("save %llu (%llu) was never made", (unsigned long long)got.saves,
	     (unsigned long long)got.sequence);
}

/* Every choice of what each sector holds: all of them, however many differ. */
static void judge_file(unsigned f)
{
	unsigned turn[SECTORS] = { 0 }, s;
	char path[256];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/crashed", fault_dir());
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	CHECK(fd >= 0);
	do {
		for (s = 0; s < SECTORS; s++)
			CHECK(write_it(fd, disk.sector[f][s].may[turn[s]].bytes, SECTOR,
				       s * SECTOR) == SECTOR);
		judge_load(path);
		for (s = 0; s < SECTORS && ++turn[s] == disk.sector[f][s].n; s++)
			turn[s] = 0;
	} while (s < SECTORS);
	close(fd);
	CHECK(unlink(path) == 0);
}

static void lose_power(void)
{
	for (unsigned i = 0; i < disk.name.n; i++) {
		if (disk.name.may[i].ino)
			judge_file(file_of(disk.name.may[i].ino));
		else if (disk.promised.saves)
			FAIL("no file after save %llu was promised",
			     (unsigned long long)disk.promised.saves);
	}
}

void disk_judge(void)
{
	memset(&disk, 0, sizeof(disk));
	disk.name.n = 1; /* none */
	lose_power();
	for (unsigned i = 0; i < trace->n; i++) {
		happen(&trace->call[i]);
		lose_power();
	}
}
