/* SPDX-License-Identifier: MIT */
/*
 * The floor: the only place that talks to the kernel. Every call returns
 * NABD_OK or a negative enum nabd_error, with errno as the kernel left it.
 */
#ifndef NABD_OS_H
#define NABD_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nabd/nabd.h>

#include "atomic.h"

/* What the kernel says of an open file. */
struct nabdi_os_file {
	uint64_t device;
	uint64_t inode;
	uint64_t bytes;
	uint64_t allocated; /* bytes that are there; UINT64_MAX where that can't be told */
	uint32_t owner;
	uint32_t links;
};

/* ------------------------------------------------------ os_shm.c: files and maps */

/* Where a queue's file lives; the caller closes it with nabdi_os_close(). */
int nabdi_os_open_dir(const char *dir, int *dirfd);

/* Open the file of a queue that exists. NABD_UNSAFE unless it is a plain file. */
int nabdi_os_open_file(int dirfd, const char *name, bool writable, int *fd);

/* Whether anything bears the name, whatever it is: NABD_OK or NABD_NOTFOUND. */
int nabdi_os_exists(int dirfd, const char *name);

/*
 * A new file of that many bytes of zeroes, all of them allocated, which has no
 * name yet. Where the file system can't do without, temp receives a name that
 * begins with a dot; otherwise it is left empty.
 */
#define NABDI_OS_TEMP_NAME 32
int nabdi_os_new_file(int dirfd, uint64_t bytes, int *fd, char temp[NABDI_OS_TEMP_NAME]);

/* Permissions of a new file; group is changed only if set_group. */
int nabdi_os_set_access(int fd, uint32_t mode, bool set_group, uint32_t group);

/* Give the new file its name, unless there is one already: NABD_EXISTS. */
int nabdi_os_name_file(int dirfd, int fd, const char *temp, const char *name);

/* Forget a new file that was not named. */
void nabdi_os_drop_file(int dirfd, const char *temp);

/* Remove the name if it is that file's. */
int nabdi_os_remove(int dirfd, const char *name, const struct nabdi_os_file *file);
int nabdi_os_look(int fd, struct nabdi_os_file *file);
int nabdi_os_read(int fd, void *buf, size_t len, size_t *got);
void nabdi_os_close(int fd);

/* Close fd, unless it is seen to be another file: ours may have been closed behind our back. */
void nabdi_os_close_own(int fd, const struct nabdi_os_file *file);
bool nabdi_os_same(const struct nabdi_os_file *a, const struct nabdi_os_file *b);

/* Map the whole file for reading; then let parts of it be written. */
int nabdi_os_map(int fd, size_t bytes, bool huge, uint8_t **base);
int nabdi_os_allow_writes(uint8_t *from, size_t bytes);
int nabdi_os_prefault(uint8_t *base, size_t bytes, bool write);
int nabdi_os_lock_in_ram(uint8_t *base, size_t bytes);
void nabdi_os_unmap(uint8_t *base, size_t bytes);
uint32_t nabdi_os_page(void);

/* ------------------------------------------ os_memory.c: huge pages, what a mapping got */

/* How much of a mapping is what, in bytes. */
struct nabdi_os_memory {
	uint64_t bytes;   /* of the mapping */
	uint64_t mapped;  /* in the page table of this process */
	uint64_t locked;  /* can't be swapped out, as this process says so */
	uint64_t huge;    /* mapped by huge pages */
	uint64_t swapped; /* swapped out */
};

size_t nabdi_os_huge_page(void); /* bytes */

/*
 * Where a mapping would have room and its pages could be huge; or NULL for one that is smaller
 * than a huge page, or where there is no room. Nothing is reserved: a hint for mmap(2).
 */
uint8_t *nabdi_os_huge_place(size_t bytes);

/* Before parts of it get other rights: a huge page has them in common. */
void nabdi_os_ask_huge(uint8_t *base, size_t bytes);

/* Reads what the kernel says of all mappings of the process. */
int nabdi_os_memory(const uint8_t *base, size_t bytes, struct nabdi_os_memory *memory);

/* ---------------------------------------- os_file.c: files that outlive the machine */

/*
 * The directory that a path lies in, to be closed, and to be synced if said so, for which it
 * must be readable; and the last part of the path.
 */
int nabdi_os_open_parent(const char *path, bool to_sync, int *dirfd, const char **name);

/* Lock the whole file against other descriptions, never waiting: NABD_BUSY. */
int nabdi_os_lock_file(int fd);
void nabdi_os_unlock_file(int fd);

/* A thread that is cancelled in between would leave the lock behind. */
int nabdi_os_cancel_off(void);
void nabdi_os_cancel_as(int before);

/* Whether the name is that file's. */
bool nabdi_os_has_name(int dirfd, const char *name, const struct nabdi_os_file *file);

int nabdi_os_write(int fd, const void *buf, size_t len, uint64_t at);

/* What was written is there after a loss of power. After a failure it may never be. */
int nabdi_os_sync_data(int fd);
int nabdi_os_sync(int fd); /* also the size, or the names in a directory */

/* Give a new file the rights of another, as far as the caller may. */
void nabdi_os_copy_access(int from, int to);

/* Put a new file in the place of the one that has the name. temp is for nabdi_os_drop_file(). */
int nabdi_os_replace(int dirfd, int fd, char temp[NABDI_OS_TEMP_NAME], const char *name);

/* ------------------------------------------------------------ os_lock.c: roles */

/*
 * A description of the file that holds locks: kept alive by a mapping that a
 * forked child does not get, or, where that does not work, by an open file that
 * the child closes. Freed by the kernel when the process dies.
 */
struct nabdi_os_hold {
	void *anchor;               /* the mapping, or NULL */
	int fd;                     /* the open file, or -1 */
	bool watched;               /* the open file is kept, and closed in a child */
	struct nabdi_os_file file;  /* which the open file is */
	struct nabdi_os_hold *next; /* of those watched */
};

#define NABDI_OS_HOLD_NONE { .fd = -1 }

/*
 * A second description of fd's file, without locks. From here until
 * nabdi_os_hold_keep() forks must be held off: a child would share it, locks and
 * all. The hold must stay where it is until nabdi_os_hold_end(), which may also be
 * called if this fails.
 */
int nabdi_os_hold_begin(int fd, bool writable, struct nabdi_os_hold *hold);

/* Lock one byte, never waiting: NABD_BUSY if another description has it. */
int nabdi_os_hold_lock(const struct nabdi_os_hold *hold, uint64_t byte, bool shared);

/* All bytes are locked: let the anchor hold them from here on. See above for forks. */
int nabdi_os_hold_keep(struct nabdi_os_hold *hold);

/* Give the locks back. In a forked child, only forget them. */
void nabdi_os_hold_end(struct nabdi_os_hold *hold, bool forked);

/* Whether any other description has a lock on one of so many bytes. */
int nabdi_os_locked(int fd, uint64_t byte, uint64_t bytes, bool *locked);

/* ----------------------------------------------------- os_fork.c: whose handle */

/*
 * A word that holds generation in this process and something else in every
 * process that is forked from it.
 */
int nabdi_os_fork_word(const nabd_cell32 **word, uint32_t *generation);

/*
 * hold_off and go_on enclose what a fork must not come between; a thread in there
 * can't be cancelled either. watch and unwatch, called in there, keep the list of
 * holds whose open file a forked child closes.
 */
int nabdi_os_fork_ready(void);
void nabdi_os_fork_hold_off(void);
void nabdi_os_fork_go_on(void);
void nabdi_os_fork_watch(struct nabdi_os_hold *hold);
void nabdi_os_fork_unwatch(struct nabdi_os_hold *hold);

/* ------------------------------------------------------ os_wait.c: sleep and wake */

/*
 * Take part in the barriers of others: where this fails, theirs do not reach the threads
 * of this process.
 */
int nabdi_os_barrier_join(void);

/*
 * All that the threads of all processes that take part have done before is seen from here
 * on, and what they do later sees what was done here before. NABD_SYSTEM if the kernel has
 * no such thing or forbids it; NABD_NOMEM if it may have another time.
 */
int nabdi_os_barrier(void);

/*
 * Sleep until the word is rung, but not if it isn't value any more, and for so long at
 * most. May return at any time. Where the kernel forbids it, sleeps for a millisecond.
 */
void nabdi_os_sleep_on(const nabd_cell32 *word, uint32_t value, uint64_t ns);

/* Wake up to n that sleep on the word: how many were. */
uint32_t nabdi_os_wake(const nabd_cell32 *word, uint32_t n);

void nabdi_os_sleep_ns(uint64_t ns); /* the whole time, whatever signals come */
void nabdi_os_yield(void);
uint64_t nabdi_os_steady_ns(void); /* CLOCK_MONOTONIC */
bool nabdi_os_one_cpu(void);       /* whether the caller may use one only */

/* Between two looks at a word, for the sake of the other thread of the core. */
static inline void nabdi_os_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ __volatile__("isb");
#endif
}

/* ------------------------------------------------- os_watch.c: a pollable descriptor */

/*
 * Readable once the file is told of, or a time is over. Nothing of it can be named: no
 * file, socket or process of another user is involved.
 */
struct nabdi_os_watch {
	int fd;     /* epoll: of the other two */
	int notify; /* inotify: of the file */
	int timer;
};

#define NABDI_OS_WATCH_NONE { .fd = -1, .notify = -1, .timer = -1 }

/* What the file is told of: somebody has sent a message, or given a slot back. */
enum nabdi_os_news { NABDI_OS_MESSAGE, NABDI_OS_SPACE };

int nabdi_os_watch_begin(int fd, enum nabdi_os_news news, struct nabdi_os_watch *watch);

/* Forget what it was told, and be readable again after ns at the latest. */
int nabdi_os_watch_arm(const struct nabdi_os_watch *watch, uint64_t ns);
void nabdi_os_watch_end(struct nabdi_os_watch *watch);

/* Tell all that watch fd's file. */
void nabdi_os_tell(int fd, enum nabdi_os_news news);

/* Wait until one of n descriptors is readable, or ns are over. May return at any time. */
int nabdi_os_poll(const int *fds, size_t n, uint64_t ns);

/* -------------------------------------------------------------- os_misc.c: rest */

uint32_t nabdi_os_user(void);
uint64_t nabdi_os_realtime_ns(void);
uint64_t nabdi_os_coarse_ns(void); /* steady, a few ms old, no system call */
void nabdi_os_sleep_ms(unsigned ms);
int nabdi_os_random(void *buf, size_t len);

/*
 * Another has a lock that nobody keeps for more than a few lines: true a millisecond later,
 * to try again. False after 200 of them: it may have been stopped in there. tries begins at 0.
 */
#define NABDI_OS_LOCK_TRIES 200u

static inline bool nabdi_os_lock_again(unsigned *tries)
{
	if (*tries >= NABDI_OS_LOCK_TRIES)
		return false;
	++*tries;
	nabdi_os_sleep_ms(1);
	return true;
}

/* $NABD_DIR, or /dev/shm if it is unset, empty, or the program is privileged. */
const char *nabdi_os_default_dir(void);

/* Memory for a handle, zeroed, at an address that is a multiple of align. */
void *nabdi_os_alloc(size_t bytes, size_t align);
void nabdi_os_free(void *p);

#endif
