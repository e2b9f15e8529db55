/* SPDX-License-Identifier: MIT */
/*
 * disk.h - what the library does to a checkpoint's file, recorded, and what a disk may hold
 * of it when the power fails.
 *
 * Recorded are pwrite, fdatasync, fsync, linkat and renameat, in memory that all processes
 * of a test share; one of these calls can be made to fail, or to be the last of its process.
 *
 * The disk: of each sector of 512 bytes it may hold whatever was written to it since it was
 * last synced, or what it had before. A sync that succeeds leaves only the last, if there
 * was something to write; one that fails leaves the choice, and nothing to write: the next
 * sync says that all is well. The name of the file is treated in the same way.
 */
#ifndef NABD_TEST_DISK_H
#define NABD_TEST_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include <nabd/nabd.h>

#define DISK_FILE "ck" /* the only name that is recorded */

/* What happens at the call of that number, the first being 0. */
enum disk_trouble {
	DISK_NONE,
	DISK_EIO,
	DISK_ENOSPC,
	DISK_SHORT,     /* of a write, a sector is written, and the rest fails */
	DISK_DIE_FIRST, /* the process ends before it */
	DISK_DIE_AFTER,
	DISK_TROUBLES
};

/* Begin a trace; the first process has trouble at that call. */
void disk_begin(enum disk_trouble trouble, unsigned at);

/* Whether there was a call of that number. */
bool disk_troubled(void);

/* Between these the calls of this process are recorded. */
void disk_watch(void);
void disk_unwatch(void);

/* A save has returned NABD_OK: this is what a load may not be behind of. */
void disk_promise(const char *path);

/* How many calls there were, and how many disks could be found after a loss of power. */
unsigned disk_calls(void);
uint64_t disk_found(void);

/*
 * The power fails after each call, and before the first: whatever the disk may hold then,
 * nabd_checkpoint_load() tells the last that was promised, or one that was written later.
 */
void disk_judge(void);

#endif
