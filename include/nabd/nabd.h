/* SPDX-License-Identifier: MIT */
/**
 * @file nabd.h
 * The whole public contract of libnabd: lock-free, zero-copy messages between
 * the processes of one machine, through a ring of slots in shared memory.
 *
 * In the order in which a message flows: errors, open, send, receive, groups, wait,
 * backpressure, checkpoint, metrics, latency, diagnosis, look.
 *
 * Who may call what at the same time
 * ----------------------------------
 * A handle has two sides: the sending side (reserve, commit, abort, push and
 * their batch forms) and the receiving side (peek, release, pop and theirs). A form that
 * waits belongs to the side of the form that does not.
 *
 *                      | same side | other side | looking | close
 *     same handle      |     X     |     -      |    -    |   X
 *     other handle     |     -     |     -      |    -    |   -
 *
 * A consumer of a group (nabd_consumer_t) is a receiving side of its own: one thread at
 * a time on each of them, and any number of them at once, also of one handle.
 *
 * X: the callers must not overlap (one thread at a time, or your own lock);
 * -: no exclusion is needed. "Looking" is nabd_empty(), nabd_full(), nabd_fill_level(),
 * nabd_stats(), nabd_min_tail(), nabd_memory_get(), nabd_group_look(), nabd_member_look(),
 * what gets or formats metrics, and what is about latency.
 * nabd_strerror(), nabd_error_name() and nabd_version() may be called by anyone at any
 * time, also in a signal handler; nabd_wake() and nabd_consumer_wake() too, as long as
 * what they wake is open.
 *
 * "No system call" in a line on progress has two exceptions: calls that send or release
 * make one or two when another sleeps, in a wait or on an armed descriptor, to wake it; and
 * reading the clock may take one in a queue made with #NABD_TIMESTAMPS.
 *
 * Every call that returns int returns #NABD_OK or a negative enum nabd_error,
 * save those that answer a question or count. After an error nothing has changed,
 * unless the call's own text says otherwise. No call prints, exits, aborts or
 * touches signal handlers.
 */
#ifndef NABD_NABD_H
#define NABD_NABD_H

#include <stddef.h>
#include <stdint.h>

#include <nabd/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks what the shared library exports. */
#ifndef NABD_API
#define NABD_API
#endif

/* ---------------------------------------------------------------- errors -- */

/**
 * What a call answers. The values never change; new ones are added at the end.
 * @since 0.9.0
 */
enum nabd_error {
	NABD_OK = 0,          /**< done */
	NABD_EMPTY = -1,      /**< no message is waiting for this reader */
	NABD_FULL = -2,       /**< no slot is free: the slowest group still holds them all */
	NABD_INVALID = -3,    /**< an argument is NULL or out of its domain, or no open handle */
	NABD_NAME = -4,       /**< not a valid queue name */
	NABD_RANGE = -5,      /**< a size of the queue is beyond the limits */
	NABD_TOOBIG = -6,     /**< the message is longer than a slot, or than what was reserved */
	NABD_BUFFER = -7,     /**< the caller's buffer is too small; the message stays */
	NABD_STATE = -8,      /**< out of order: commit without reserve, release without peek, … */
	NABD_ROLE = -9,       /**< the handle was not opened for this side */
	NABD_BUSY = -10,      /**< another live handle holds the role */
	NABD_FORKED = -11,    /**< the handle belongs to the parent process */
	NABD_NOTFOUND = -12,  /**< no queue of that name; no such group, member or checkpoint */
	NABD_EXISTS = -13,    /**< the queue exists, and #NABD_EXCL was given */
	NABD_ACCESS = -14,    /**< the file permissions forbid it */
	NABD_OWNER = -15,     /**< the file belongs to a user that the caller does not accept */
	NABD_UNSAFE = -16,    /**< a symbolic link, a second hard link, or not a regular file */
	NABD_NOTQUEUE = -17,  /**< the file is not a queue of nabd */
	NABD_TRUNCATED = -18, /**< the file's size is not what its header says */
	NABD_FORMAT = -19,    /**< another format version, or a feature this library lacks */
	NABD_BYTEORDER = -20, /**< made on a machine of the other byte order */
	NABD_CORRUPT = -21,   /**< what the shared memory holds contradicts itself */
	NABD_GEOMETRY = -22,  /**< the queue exists with other sizes than those asked for */
	NABD_NOSPACE = -23,   /**< not enough shared memory, or room for a checkpoint */
	NABD_NOMEM = -24,     /**< the process may not map or lock so much memory */
	NABD_SYSTEM = -25,    /**< a system call failed; errno says how */
	NABD_DROPPED = -26,   /**< the consumer's group was removed; close the consumer */
	NABD_EVICTED = -27,   /**< the consumer's group was too far behind; close, and join again */
	NABD_LAPPED = -28,    /**< messages were overwritten before they were read, or while */
	NABD_TIMEOUT = -29,   /**< the deadline passed, or the tries are used up */
	NABD_WOKEN = -30,     /**< nabd_wake() or nabd_consumer_wake() ended the wait */
	NABD_UNLINKED = -31,  /**< a wait ended as the queue's name is gone */
	NABD_NOPRODUCER = -32, /**< a wait ended as no producer lives */
	NABD_FOREIGN = -33,    /**< the checkpoint is of another queue or group */
	NABD_NOTCHECKPOINT = -34 /**< the file is not a checkpoint of nabd */
};

/**
 * The text of an error, in English, one line without a full stop.
 *
 * @param error  an enum nabd_error
 * @return a static string, never NULL; for a value that is none, a text that says so
 *
 * Concurrency: any thread, any time, also in a signal handler.
 * Progress: wait-free.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API const char *nabd_strerror(int error);

/**
 * The name of an error, as in this header: "NABD_FULL".
 *
 * @param error  an enum nabd_error
 * @return a static string, or NULL for a value that is no error of nabd
 *
 * Concurrency: any thread, any time, also in a signal handler.
 * Progress: wait-free.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API const char *nabd_error_name(int error);

/**
 * The version of the library that is running, as "0.9.0"; compare it with
 * #NABD_VERSION_STRING, the version that the program was compiled against.
 *
 * @return a static string
 *
 * Concurrency: any thread, any time, also in a signal handler.
 * Progress: wait-free.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API const char *nabd_version(void);

/* ------------------------------------------------------------------ open -- */

/** A handle on a queue. Opaque; one process; not usable in a forked child. */
typedef struct nabd nabd_t;

/** Flags of nabd_open(). @{ */
#define NABD_CREATE   0x01u /**< make the queue if it is not there; never wipes one that is */
#define NABD_EXCL     0x02u /**< with #NABD_CREATE: fail with #NABD_EXISTS if it is there */
#define NABD_PRODUCER 0x04u /**< send; one live producer a queue */
#define NABD_CONSUMER 0x08u /**< receive; holds nothing back until its first peek or pop */
#define NABD_OBSERVE  0x10u /**< only look, through a read-only mapping; excludes all others */
/**
 * Of a new queue: the producer never waits, but overwrites the oldest message; a reader
 * that it passes is told #NABD_LAPPED. Of one that exists: be refused unless it is such.
 */
#define NABD_OVERWRITE 0x20u
/**
 * Of a new queue: each message has the time at which it was sent, and readers keep
 * histograms of how old messages are when they get them: see nabd_latency_get(). Of one
 * that exists: be refused unless it is such. In such a queue calls that send or receive
 * read CLOCK_MONOTONIC, which takes a system call where the kernel offers no other way to.
 */
#define NABD_TIMESTAMPS 0x40u
/** @} */

#define NABD_DEFAULT_SLOTS     1024u        /**< slots, if nabd_open() is given 0 */
#define NABD_DEFAULT_SLOT_SIZE 4096u        /**< bytes, if nabd_open() is given 0 */
#define NABD_MAX_SLOTS         (1u << 30)   /**< most slots of a queue */
#define NABD_MAX_SLOT_SIZE     (1u << 30)   /**< longest message, in bytes */
#define NABD_MAX_ALIGN         4096u        /**< largest alignment of a payload, in bytes */
#define NABD_MAX_NAME          191u         /**< longest name in bytes, without a leading slash */

/** Flags of struct nabd_opts. @{ */
#define NABD_PREFAULT  0x01u /**< map every page now, so that no message meets a page fault */
#define NABD_MLOCK     0x02u /**< lock the mapping in RAM (RLIMIT_MEMLOCK must allow it) */
#define NABD_ANY_OWNER 0x04u /**< accept a queue that belongs to any user */
#define NABD_OWNER_UID 0x08u /**< accept a queue that belongs to the user nabd_opts::owner */
#define NABD_SET_GROUP 0x10u /**< give a new queue to the group nabd_opts::group */
/**
 * Have the kernel make huge pages of the queue's pages, now, as far as it can: a wish and
 * never an error. nabd_memory_get() tells what was got. All who open the queue have them.
 */
#define NABD_HUGE_PAGES 0x20u
/** @} */

/**
 * Rare wishes for nabd_open_opts(). Start from #NABD_OPTS_INIT, then set fields.
 * A caller compiled against a shorter or longer version of this struct is
 * understood, as long as fields that this library does not know are zero.
 * @since 0.9.0
 */
struct nabd_opts {
	uint32_t size;   /**< sizeof(struct nabd_opts), set by #NABD_OPTS_INIT */
	uint32_t flags;  /**< #NABD_PREFAULT, #NABD_MLOCK, … or 0 */
	uint32_t mode;   /**< permission bits of a new queue, umask not applied; 0: 0600 */
	uint32_t align;  /**< payloads start at multiples of this many bytes: 8, 16, … 4096; or 0:
			  *   64 where slots have 16 KiB or more, else 8 */
	uint32_t owner;  /**< with #NABD_OWNER_UID: the uid to accept beside one's own */
	uint32_t group;  /**< with #NABD_SET_GROUP: the gid of a new queue */
	const char *dir; /**< where the queue's file lives; NULL: $NABD_DIR, else /dev/shm */
};

/** Initialiser of struct nabd_opts: everything as nabd_open() does it. */
#define NABD_OPTS_INIT { (uint32_t)sizeof(struct nabd_opts), 0, 0, 0, 0, 0, NULL }

/**
 * Open a queue, and with #NABD_CREATE make it if it is not there.
 *
 * A queue that exists is never changed by opening it. A new one appears under
 * its name whole or not at all; of two creators one wins and the other attaches.
 *
 * @param name       [/]name, the name being up to 191 of A-Z a-z 0-9 . _ - and
 *                   beginning with a letter or digit
 * @param slots      number of slots, rounded up to a power of two; 0: 1024 for
 *                   a new queue, whatever it has for one that exists
 * @param slot_size  longest message in bytes; 0: 4096, or whatever it has
 * @param flags      #NABD_CREATE, #NABD_EXCL, #NABD_OVERWRITE, #NABD_TIMESTAMPS, and
 *                   #NABD_PRODUCER, #NABD_CONSUMER, both, neither (which may only look), or
 *                   #NABD_OBSERVE alone
 * @return the handle, to be given to nabd_close(); or NULL with errno set to
 *         the value that nabd_open_opts(3) lists beside each error
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls); waits for no other process, save up to 200 ms for
 * nabd_recover() that removes it.
 * Ordering: what the last producer committed is visible (edge F).
 * @since 0.9.0
 */
NABD_API nabd_t *nabd_open(const char *name, size_t slots, size_t slot_size, unsigned flags);

/**
 * nabd_open() with options, and with the exact error.
 *
 * @param name       as for nabd_open()
 * @param slots      as for nabd_open()
 * @param slot_size  as for nabd_open()
 * @param flags      as for nabd_open()
 * @param opts       options, or NULL for none
 * @param out        receives the handle; NULL is stored after an error
 *
 * @retval NABD_OK         *out is an open handle
 * @retval NABD_INVALID    name or out is NULL; flags or opts contradict themselves or
 *                         hold unknown bits; opts->mode has more than 0777; or
 *                         opts->align is no power of two, or is 1, 2 or 4
 * @retval NABD_NAME       the name is empty, too long, or has a forbidden character
 * @retval NABD_RANGE      slots, slot_size, opts->align or their product is too large,
 *                         or the queue is, for the address space of this process
 * @retval NABD_NOTFOUND   no such queue, and no #NABD_CREATE; or no such directory
 * @retval NABD_EXISTS     #NABD_EXCL was given and the name is taken
 * @retval NABD_ACCESS     the permissions of the file or directory forbid it, or the
 *                         caller may not give a file to opts->group
 * @retval NABD_OWNER      the file is neither the caller's nor an accepted user's
 * @retval NABD_UNSAFE     the name is a symbolic link, a directory, a FIFO or a
 *                         device, or the file has a second hard link
 * @retval NABD_NOTQUEUE   the file does not begin as a queue does
 * @retval NABD_TRUNCATED  the file is shorter or longer than its header says, or has holes
 * @retval NABD_FORMAT     another format version, features unknown to this library, or
 *                         made for smaller pages than this machine has
 * @retval NABD_BYTEORDER  the queue was made by a machine of the other byte order
 * @retval NABD_CORRUPT    a damaged header, or positions that contradict each other
 * @retval NABD_GEOMETRY   the queue exists with other slots, slot_size or align, or
 *                         #NABD_OVERWRITE or #NABD_TIMESTAMPS was given and it is not such
 *                         a queue
 * @retval NABD_BUSY       #NABD_PRODUCER was asked for and a live producer exists; or
 *                         nabd_recover() is about to remove it, for longer than 200 ms
 * @retval NABD_NOSPACE    not enough shared memory to make the queue
 * @retval NABD_NOMEM      not enough memory, or not allowed to lock it (#NABD_MLOCK)
 * @retval NABD_SYSTEM     another system call failed; errno says how
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls); waits for no other process, save up to 200 ms for
 * nabd_recover() that removes it.
 * Ordering: what the last producer committed is visible (edge F).
 * @since 0.9.0
 */
NABD_API int nabd_open_opts(const char *name, size_t slots, size_t slot_size, unsigned flags,
			    const struct nabd_opts *opts, nabd_t **out);

/**
 * Close a handle: give its roles back and unmap the queue. The queue and what
 * it holds stay. An open reservation is aborted; a peeked message that was not
 * released will be read again by the next consumer. In a forked child it only
 * frees the child's copy and the parent's handle stays open.
 *
 * @param q  the handle, or NULL, which does nothing
 *
 * @retval NABD_OK       closed; q is no longer a handle
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_STATE    a consumer that was joined through it, or sends its dead letters to
 *                       it, is open: close that first; or one of its callbacks is running
 *
 * Concurrency: no other call on this handle may overlap.
 * Progress: may block (system calls).
 * Ordering: what this handle committed or released is visible to its successor (edge F).
 * @since 0.9.0
 */
NABD_API int nabd_close(nabd_t *q);

/**
 * Remove a queue's name. Those who have it open go on with it; its memory is
 * given back when the last of them closes. Only a queue is removed: a file of
 * another kind is left alone.
 *
 * @param name  as for nabd_open()
 *
 * @retval NABD_OK        the name is gone
 * @retval NABD_INVALID   name is NULL
 * @retval NABD_NAME      not a valid name
 * @retval NABD_NOTFOUND  no queue of that name
 * @retval NABD_ACCESS    the permissions of the file or directory forbid it
 * @retval NABD_UNSAFE    not a regular file
 * @retval NABD_NOTQUEUE  the file does not begin as a queue does
 * @retval NABD_SYSTEM    another system call failed; errno says how: EAGAIN if nabd_recover()
 *                        is about to remove it, for longer than 200 ms
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls; up to 200 ms for nabd_recover() that removes it).
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_unlink(const char *name);

/**
 * nabd_unlink() for a queue in the directory opts->dir.
 *
 * @param name  as for nabd_open()
 * @param opts  options of which only dir is used, or NULL for none
 *
 * @retval NABD_OK        the name is gone
 * @retval NABD_INVALID   name is NULL, or opts is not a valid struct nabd_opts
 * @retval NABD_NAME      not a valid name
 * @retval NABD_NOTFOUND  no queue of that name
 * @retval NABD_ACCESS    the permissions of the file or directory forbid it
 * @retval NABD_UNSAFE    not a regular file
 * @retval NABD_NOTQUEUE  the file does not begin as a queue does
 * @retval NABD_SYSTEM    another system call failed; errno says how: EAGAIN if nabd_recover()
 *                        is about to remove it, for longer than 200 ms
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls; up to 200 ms for nabd_recover() that removes it).
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_unlink_opts(const char *name, const struct nabd_opts *opts);

/* ------------------------------------------------------------------ send -- */

/**
 * Get the next slot to write a message into, in place. Nothing is visible to
 * anyone before nabd_commit(); a producer that dies in between leaves nothing. In a
 * queue made with #NABD_OVERWRITE a slot is always free, as the oldest message is given
 * up for it, here and not first at nabd_commit().
 *
 * @param q     a handle with #NABD_PRODUCER
 * @param len   bytes wanted, 0 to the queue's slot_size
 * @param slot  receives the address of len writable bytes, valid until
 *              nabd_commit() or nabd_abort(); their content is undefined
 *
 * @retval NABD_OK       *slot may be written
 * @retval NABD_FULL     no slot is free
 * @retval NABD_TOOBIG   len is more than slot_size
 * @retval NABD_INVALID  q is no open handle, or slot is NULL
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    a reservation is already open, or a callback is running
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free, no system call, but while full, every
 * 10 ms at most, to ask whether members of an ephemeral or evictable group live.
 * Ordering: reads of the slot's former message happen before (edge B).
 * @since 0.9.0
 */
NABD_API int nabd_reserve(nabd_t *q, size_t len, void **slot);

/**
 * Make the reserved message visible, whole, to every consumer group.
 *
 * @param q    a handle with an open reservation
 * @param len  bytes of the message, 0 to what was reserved
 *
 * @retval NABD_OK       the message is sent; the slot's address is void
 * @retval NABD_TOOBIG   len is more than was reserved; the reservation stays open
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    no reservation is open, or it is one of nabd_reserve_batch()
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free, no system call.
 * Ordering: what was written to the slot happens before its receipt (edge A).
 * @since 0.9.0
 */
NABD_API int nabd_commit(nabd_t *q, size_t len);

/**
 * Give a reservation (also one of nabd_reserve_batch()) back unsent.
 *
 * @param q  a handle with #NABD_PRODUCER
 *
 * @retval NABD_OK       no reservation is open any more
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    no reservation is open
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_abort(nabd_t *q);

/**
 * Send a copy of a message: reserve, copy, commit.
 *
 * @param q     a handle with #NABD_PRODUCER
 * @param data  the message; may be NULL if len is 0
 * @param len   its length in bytes, 0 to the queue's slot_size
 *
 * @retval NABD_OK       the message is sent
 * @retval NABD_FULL     no slot is free
 * @retval NABD_TOOBIG   len is more than slot_size
 * @retval NABD_INVALID  q is no open handle, or data is NULL and len is not 0
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    a reservation is open, or a callback is running
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free (copying len bytes), no system call, but while full, every
 * 10 ms at most, to ask whether members of an ephemeral or evictable group live.
 * Ordering: the sender's earlier writes happen before the receipt (edges A and B).
 * @since 0.9.0
 */
NABD_API int nabd_push(nabd_t *q, const void *data, size_t len);

/**
 * Reserve several slots at once, as many as are free up to n.
 *
 * @param q      a handle with #NABD_PRODUCER
 * @param len    bytes wanted in each slot, 0 to the queue's slot_size
 * @param slots  receives the addresses of the slots, n entries
 * @param n      slots wanted, 1 or more
 * @param got    receives how many were reserved, 0 after an error
 *
 * @retval NABD_OK       *got (1 to n) slots may be written
 * @retval NABD_FULL     no slot is free
 * @retval NABD_TOOBIG   len is more than slot_size
 * @retval NABD_INVALID  q is no open handle, slots or got is NULL, or n is 0
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    a reservation is already open, or a callback is running
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free (n steps), no system call, but while full, every
 * 10 ms at most, to ask whether members of an ephemeral or evictable group live.
 * Ordering: reads of the slots' former messages happen before (edge B).
 * @since 0.9.0
 */
NABD_API int nabd_reserve_batch(nabd_t *q, size_t len, void **slots, size_t n, size_t *got);

/**
 * Send the first n of the reserved slots, in order, and give the others back.
 * Each message is whole by itself; a producer that dies in between has sent a
 * prefix of them.
 *
 * @param q     a handle with a reservation of nabd_reserve_batch()
 * @param lens  the messages' lengths in bytes, n entries
 * @param n     how many to send, 0 to what was reserved
 *
 * @retval NABD_OK       the n messages are sent; the slots' addresses are void
 * @retval NABD_TOOBIG   a length, or n, is more than was reserved; nothing is
 *                       sent and the reservation stays open
 * @retval NABD_INVALID  q is no open handle, or lens is NULL and n is not 0
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    no reservation of nabd_reserve_batch() is open
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free (n steps), no system call.
 * Ordering: what was written to the slots happens before their receipt (edge A).
 * @since 0.9.0
 */
NABD_API int nabd_commit_batch(nabd_t *q, const uint32_t *lens, size_t n);

/**
 * Send copies of several messages that lie one behind the other in one buffer.
 *
 * @param q     a handle with #NABD_PRODUCER
 * @param data  the first byte of the first message
 * @param lens  the messages' lengths in bytes, n entries, each 0 to slot_size
 * @param n     how many messages, 1 or more
 * @param sent  receives how many were sent, from the first on; 0 after an error
 *
 * @retval NABD_OK       *sent (1 to n) messages are sent; fewer than n: then full, or, in
 *                       a queue made with #NABD_OVERWRITE, as many as it has slots
 * @retval NABD_FULL     no slot is free
 * @retval NABD_TOOBIG   a length is more than slot_size; nothing is sent
 * @retval NABD_INVALID  q is no open handle, an argument is NULL, or n is 0
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    a reservation is open, or a callback is running
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free (n steps and the copying), no system call, but while full, every
 * 10 ms at most, to ask whether members of an ephemeral or evictable group live.
 * Ordering: the sender's earlier writes happen before the receipt (edges A and B).
 * @since 0.9.0
 */
NABD_API int nabd_push_batch(nabd_t *q, const void *data, const uint32_t *lens, size_t n,
			     size_t *sent);

/* --------------------------------------------------------------- receive -- */

/** Flags of struct nabd_msg. @{ */
#define NABD_MSG_REDELIVERED 0x01u /**< another held it and died, or gave it back */
/** @} */

/**
 * A message in place, as nabd_peek_msg() and nabd_peek_batch() give it.
 * @since 0.9.0
 */
struct nabd_msg {
	const void *data;    /**< the first byte; valid until the message is released */
	uint64_t sequence;   /**< counts the queue's messages, from 0 */
	uint32_t len;        /**< length in bytes */
	uint32_t flags;      /**< #NABD_MSG_REDELIVERED, or 0 */
	uint32_t deliveries; /**< how often a member was given the message, with this time, at least */
	uint32_t reserved;   /**< 0 */
};

/**
 * Look at the oldest message that this handle has not released, in place.
 * Peeking again before nabd_release() gives the same message.
 *
 * The first peek or pop of a handle makes it the reader of the queue's default
 * group; from then on the group holds the producer back, also after the
 * reader's end. The first group of a queue gets all that was sent before it came.
 *
 * @param q     a handle with #NABD_CONSUMER
 * @param data  receives the address of the message, valid until nabd_release()
 * @param len   receives its length in bytes; may be NULL
 *
 * @retval NABD_OK       *data is the message
 * @retval NABD_EMPTY    no message is waiting
 * @retval NABD_LAPPED   messages were overwritten unread: nabd_lost() tells how many
 * @retval NABD_INVALID  q is no open handle, or data is NULL
 * @retval NABD_ROLE     q was not opened with #NABD_CONSUMER
 * @retval NABD_BUSY     another live handle reads the default group
 * @retval NABD_STATE    a batch of nabd_peek_batch() is not released yet
 * @retval NABD_CORRUPT  the slot or the group's position is damaged
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_SYSTEM   taking the role failed; errno says how
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile.
 * Progress: wait-free, no system call; the first call takes the role (system calls).
 * Ordering: what the sender did before commit happens before (edge A).
 * @since 0.9.0
 */
NABD_API int nabd_peek(nabd_t *q, const void **data, size_t *len);

/**
 * nabd_peek() that also tells the message's sequence, flags and deliveries.
 *
 * @param q    a handle with #NABD_CONSUMER
 * @param msg  receives the message
 *
 * @retval NABD_OK       *msg is the message
 * @retval NABD_EMPTY    no message is waiting
 * @retval NABD_LAPPED   messages were overwritten unread: nabd_lost() tells how many
 * @retval NABD_INVALID  q is no open handle, or msg is NULL
 * @retval NABD_ROLE     q was not opened with #NABD_CONSUMER
 * @retval NABD_BUSY     another live handle reads the default group
 * @retval NABD_STATE    a batch of nabd_peek_batch() is not released yet
 * @retval NABD_CORRUPT  the slot or the group's position is damaged
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_SYSTEM   taking the role failed; errno says how
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile.
 * Progress: wait-free, no system call; the first call takes the role (system calls).
 * Ordering: what the sender did before commit happens before (edge A).
 * @since 0.9.0
 */
NABD_API int nabd_peek_msg(nabd_t *q, struct nabd_msg *msg);

/**
 * Give the peeked message back as read: it will not be delivered again, and
 * its slot may be used again when every group has read it.
 *
 * @param q  a handle with a peeked message
 *
 * @retval NABD_OK       released; the message's address is void
 * @retval NABD_LAPPED   released, but it was overwritten meanwhile: what was read of it may
 *                       be torn
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_ROLE     q was not opened with #NABD_CONSUMER
 * @retval NABD_STATE    nothing was peeked, or a whole batch was
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile.
 * Progress: wait-free, no system call.
 * Ordering: the receiver's reads happen before the slot is written again (edge B).
 * @since 0.9.0
 */
NABD_API int nabd_release(nabd_t *q);

/**
 * Receive a copy of the next message: peek, copy, release.
 *
 * @param q    a handle with #NABD_CONSUMER
 * @param buf  where the message is copied to; may be NULL if *len is 0
 * @param len  in: the size of buf in bytes; out: the length of the message. It is
 *             both at every call: a loop must set it again each time round
 *
 * @retval NABD_OK       *len bytes are in buf
 * @retval NABD_EMPTY    no message is waiting; *len is as it was
 * @retval NABD_LAPPED   messages were overwritten unread: nabd_lost() tells how many; *len
 *                       is as it was, what is in buf is void
 * @retval NABD_BUFFER   the message has *len bytes, more than buf; it stays
 * @retval NABD_INVALID  q is no open handle, len is NULL, or buf is NULL and *len is not 0
 * @retval NABD_ROLE     q was not opened with #NABD_CONSUMER
 * @retval NABD_BUSY     another live handle reads the default group
 * @retval NABD_STATE    a peeked message is not released yet
 * @retval NABD_CORRUPT  the slot or the group's position is damaged
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_SYSTEM   taking the role failed; errno says how
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile.
 * Progress: wait-free (copying the message), no system call; the first call
 * takes the role (system calls).
 * Ordering: what the sender did before commit happens before (edges A and B).
 * @since 0.9.0
 */
NABD_API int nabd_pop(nabd_t *q, void *buf, size_t *len);

/**
 * Look at several messages at once, in order, in place.
 *
 * @param q     a handle with #NABD_CONSUMER
 * @param msgs  receives the messages, max entries
 * @param max   messages wanted, 1 or more
 * @param got   receives how many there are; 0 after an error
 *
 * @retval NABD_OK       *got (1 to max) messages, to be given back by nabd_release_batch()
 * @retval NABD_EMPTY    no message is waiting
 * @retval NABD_LAPPED   messages were overwritten unread: nabd_lost() tells how many
 * @retval NABD_INVALID  q is no open handle, msgs or got is NULL, or max is 0
 * @retval NABD_ROLE     q was not opened with #NABD_CONSUMER
 * @retval NABD_BUSY     another live handle reads the default group
 * @retval NABD_STATE    a peeked message or batch is not released yet
 * @retval NABD_CORRUPT  the first slot or the group's position is damaged
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_SYSTEM   taking the role failed; errno says how
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile.
 * Progress: wait-free (max steps), no system call; the first call takes the
 * role (system calls).
 * Ordering: what the sender did before commit happens before (edge A).
 * @since 0.9.0
 */
NABD_API int nabd_peek_batch(nabd_t *q, struct nabd_msg *msgs, size_t max, size_t *got);

/**
 * Give the first n messages of the peeked batch back as read; the others will
 * be delivered again by the next peek or pop. With n 0 it also ends a nabd_peek(),
 * whose message is delivered again.
 *
 * @param q  a handle with a batch of nabd_peek_batch()
 * @param n  how many, 0 to what was peeked
 *
 * @retval NABD_OK       released; the addresses of the whole batch are void
 * @retval NABD_LAPPED   released, but the first of them, as many as nabd_lost() tells, were
 *                       overwritten meanwhile and may have been read torn
 * @retval NABD_INVALID  q is no open handle, or n is more than was peeked
 * @retval NABD_ROLE     q was not opened with #NABD_CONSUMER
 * @retval NABD_STATE    no batch was peeked, nor, if n is 0, a message
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile.
 * Progress: wait-free, no system call.
 * Ordering: the receiver's reads happen before the slots are written again (edge B).
 * @since 0.9.0
 */
NABD_API int nabd_release_batch(nabd_t *q, size_t n);

/**
 * Receive copies of several messages, one behind the other in one buffer.
 *
 * @param q     a handle with #NABD_CONSUMER
 * @param buf   where the messages are copied to
 * @param size  the size of buf in bytes
 * @param lens  receives the messages' lengths in bytes, max entries; where it stops
 *              because the next does not fit, also the length of that one
 * @param max   messages wanted, 1 or more
 * @param got   receives how many were received; 0 after an error
 *
 * @retval NABD_OK       *got (1 to max) messages; it stops where the next would not fit
 * @retval NABD_EMPTY    no message is waiting
 * @retval NABD_LAPPED   messages were overwritten unread: nabd_lost() tells how many
 * @retval NABD_BUFFER   the first message, of lens[0] bytes, is longer than buf; it stays
 * @retval NABD_INVALID  q is no open handle, an argument is NULL, or max is 0
 * @retval NABD_ROLE     q was not opened with #NABD_CONSUMER
 * @retval NABD_BUSY     another live handle reads the default group
 * @retval NABD_STATE    a peeked message is not released yet
 * @retval NABD_CORRUPT  the first slot or the group's position is damaged
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_SYSTEM   taking the role failed; errno says how
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile.
 * Progress: wait-free (max steps and the copying), no system call; the first
 * call takes the role (system calls).
 * Ordering: what the sender did before commit happens before (edges A and B).
 * @since 0.9.0
 */
NABD_API int nabd_pop_batch(nabd_t *q, void *buf, size_t size, uint32_t *lens, size_t max,
			    size_t *got);

/**
 * How many messages the default group's reader, which is this handle, was too late for:
 * in a queue made with #NABD_OVERWRITE, after #NABD_LAPPED.
 *
 * @param q      a handle with #NABD_CONSUMER
 * @param gap    receives how many the last #NABD_LAPPED was about; may be NULL
 * @param total  receives how many since the handle was opened; may be NULL
 *
 * @retval NABD_OK       *gap and *total are filled in
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_ROLE     q was not opened with #NABD_CONSUMER
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_lost(nabd_t *q, uint64_t *gap, uint64_t *total);

/* ---------------------------------------------------------------- groups -- */

/**
 * A member of a consumer group. Opaque; belongs to the handle that it was joined
 * through, and to its process.
 */
typedef struct nabd_consumer nabd_consumer_t;

#define NABD_MAX_GROUPS  16u /**< groups of a queue beside the default one: 1 to 16 */
#define NABD_MAX_MEMBERS 16u /**< live members of one group */
#define NABD_MAX_DELIVERIES 65535u /**< most that nabd_join_opts::max_deliveries can be */

/** Flags of struct nabd_join_opts; the first three exclude each other. @{ */
#define NABD_JOIN_OLDEST     0x01u /**< a new group begins at the oldest message that is kept */
#define NABD_JOIN_NEWEST     0x02u /**< a new group begins behind the newest, also as the first */
#define NABD_JOIN_SEQUENCE   0x04u /**< a new group begins at nabd_join_opts::sequence */
#define NABD_GROUP_EPHEMERAL 0x08u /**< a new group vanishes with its last live member */
/** @} */

/**
 * Rare wishes for nabd_consumer_join_opts(). Start from #NABD_JOIN_OPTS_INIT. All that
 * is said of a new group is ignored where the group exists.
 * @since 0.9.0
 */
struct nabd_join_opts {
	uint32_t size;           /**< sizeof(struct nabd_join_opts), set by #NABD_JOIN_OPTS_INIT */
	uint32_t flags;          /**< #NABD_JOIN_OLDEST, … or 0 */
	uint32_t max_deliveries; /**< of a new group: beyond it a message is a dead letter; 0: never */
	uint32_t max_stall_ms;   /**< of a new group: ms that it may hold a full producer; 0: any */
	uint64_t max_lag;        /**< of a new group: so many messages behind, it is evicted; 0: never */
	uint64_t sequence;       /**< with #NABD_JOIN_SEQUENCE: where to begin, if that is kept */
	/**
	 * Called by a receiving call of this consumer with a copy of each dead letter: 0 if it
	 * is taken care of and may be released, anything else to have it delivered once more.
	 * It may not call this consumer. NULL: none.
	 */
	int (*dead_letter)(const struct nabd_msg *msg, void *arg);
	void *dead_letter_arg;   /**< given to dead_letter */
	/**
	 * Instead of dead_letter: a handle with #NABD_PRODUCER of another queue that dead
	 * letters are sent to; where it is full, the message is delivered once more. It can't
	 * be closed before the consumer, whose receiving calls are its sender. NULL: none.
	 */
	nabd_t *dead_letters;
};

/** Initialiser of struct nabd_join_opts: everything as nabd_consumer_join() does it. */
#define NABD_JOIN_OPTS_INIT \
	{ (uint32_t)sizeof(struct nabd_join_opts), 0, 0, 0, 0, 0, NULL, NULL, NULL }

/**
 * nabd_consumer_join_opts() without options: make the group, or join it.
 *
 * @param q      a handle with #NABD_CONSUMER, to be kept open as long as the consumer
 * @param group  1 to 16; 0: a new group with a free id
 * @return the consumer, to be given to nabd_consumer_close(); or NULL with errno set to
 *         the value that nabd_consumer_join_opts(3) lists beside each error
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: may block (system calls; up to 200 ms while another makes or joins the group).
 * Ordering: what was committed before is visible (edge C).
 * @since 0.9.0
 */
NABD_API nabd_consumer_t *nabd_consumer_join(nabd_t *q, unsigned group);

/**
 * Become a member of a consumer group, and make the group if it is not there.
 *
 * Each group gets every message; the members of one group share them, each message
 * going to one of them. A group lives until it is removed and holds the producer back
 * also without members, unless it is ephemeral or evictable. A group that is made while
 * there is none begins at the oldest message that the queue keeps; any other behind the
 * newest, unless it asks for something else.
 *
 * What a member holds when it ends, by whatever death, is given to another member: at
 * once when somebody joins in its place, otherwise when a member next looks, which each
 * does every 20 ms as long as it receives. A member that is alone and receives quickly
 * claims up to 16 messages at once, and serves them one by one.
 *
 * A group with nabd_join_opts::max_lag or max_stall_ms is evicted by a producer that
 * finds it so far behind, or held by it for so long; the producer looks when it has used
 * up its credit, at least once in as many messages as the queue has slots. What such a
 * group, or an ephemeral one whose members have died, had not read is let go, and the
 * producer goes on.
 *
 * @param q      a handle with #NABD_CONSUMER, to be kept open as long as the consumer
 * @param group  1 to 16; 0: a new group with a free id
 * @param opts   options, or NULL for none
 * @param out    receives the consumer; NULL is stored after an error
 *
 * @retval NABD_OK       *out is a member of the group
 * @retval NABD_INVALID  q is no open handle, out is NULL, group is above 16, or opts is not
 *                       a valid struct nabd_join_opts
 * @retval NABD_ROLE     q was not opened with #NABD_CONSUMER, or opts->dead_letters not with
 *                       #NABD_PRODUCER
 * @retval NABD_BUSY     the group has 16 live members; no id is free; or another process
 *                       was stopped while making or joining the group
 * @retval NABD_CORRUPT  the group's position is damaged
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_NOMEM    not enough memory
 * @retval NABD_SYSTEM   asking the kernel for the role failed; errno says how
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: may block (system calls; up to 200 ms while another makes or joins the group).
 * Ordering: what was committed before is visible (edge C).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_join_opts(nabd_t *q, unsigned group, const struct nabd_join_opts *opts,
				     nabd_consumer_t **out);

/**
 * Leave the group. What is held and not released is given to other members. An
 * ephemeral group without another live member is gone. In a forked child it only
 * frees the child's copy.
 *
 * @param c  the consumer, or NULL, which does nothing
 *
 * @retval NABD_OK       left; c is no longer a consumer
 * @retval NABD_INVALID  c is no consumer
 * @retval NABD_SYSTEM   left, and c is no longer a consumer; but the last save of
 *                       nabd_checkpoint_auto() failed: errno says how
 *
 * Concurrency: no other call on this consumer may overlap.
 * Progress: may block (system calls).
 * Ordering: what was released is visible to the successor (edge F).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_close(nabd_consumer_t *c);

/**
 * Look at the oldest message that this member holds, claiming one if it holds none.
 * Peeking again before nabd_consumer_release() gives the same message.
 *
 * @param c     a consumer
 * @param data  receives the address of the message, valid until it is released
 * @param len   receives its length in bytes; may be NULL
 *
 * @retval NABD_OK       *data is the message
 * @retval NABD_EMPTY    no message is waiting
 * @retval NABD_LAPPED   messages were overwritten unread: nabd_consumer_stats() tells how many
 * @retval NABD_INVALID  c is no consumer, or data is NULL
 * @retval NABD_STATE    a batch is not released yet
 * @retval NABD_DROPPED  the group was removed
 * @retval NABD_EVICTED  the group was too far behind: nabd_consumer_stats() tells what it lost
 * @retval NABD_CORRUPT  the slot or the group's position is damaged
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: lock-free: a try again means that another member has claimed. No system call,
 * but every 20 ms at most a look whether members that hold messages are alive.
 * Ordering: what the sender did before commit happens before (edges A and E).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_peek(nabd_consumer_t *c, const void **data, size_t *len);

/**
 * nabd_consumer_peek() that also tells the message's sequence, flags and deliveries.
 *
 * @param c    a consumer
 * @param msg  receives the message
 *
 * @retval NABD_OK       *msg is the message
 * @retval NABD_EMPTY    no message is waiting
 * @retval NABD_LAPPED   messages were overwritten unread: nabd_consumer_stats() tells how many
 * @retval NABD_INVALID  c is no consumer, or msg is NULL
 * @retval NABD_STATE    a batch is not released yet
 * @retval NABD_DROPPED  the group was removed
 * @retval NABD_EVICTED  the group was too far behind: nabd_consumer_stats() tells what it lost
 * @retval NABD_CORRUPT  the slot or the group's position is damaged
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: lock-free: a try again means that another member has claimed. No system call,
 * but every 20 ms at most a look whether members that hold messages are alive.
 * Ordering: what the sender did before commit happens before (edges A and E).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_peek_msg(nabd_consumer_t *c, struct nabd_msg *msg);

/**
 * Give the peeked message back as done: the group will not be given it again.
 *
 * @param c  a consumer with a peeked message
 *
 * @retval NABD_OK       released; the message's address is void
 * @retval NABD_LAPPED   released, but it was overwritten meanwhile: what was read of it may
 *                       be torn
 * @retval NABD_INVALID  c is no consumer
 * @retval NABD_STATE    nothing was peeked, or a whole batch was
 * @retval NABD_DROPPED  the group was removed; what was read may have been overwritten
 * @retval NABD_EVICTED  the group was too far behind; what was read may have been overwritten
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: wait-free, no system call; a few system calls after the last message that a
 * dead member left.
 * Ordering: the member's reads happen before the slot is written again (edge B).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_release(nabd_consumer_t *c);

/**
 * Receive a copy of the next message: peek, copy, release.
 *
 * @param c    a consumer
 * @param buf  where the message is copied to; may be NULL if *len is 0
 * @param len  in: the size of buf in bytes; out: the length of the message. It is
 *             both at every call: a loop must set it again each time round
 *
 * @retval NABD_OK       *len bytes are in buf
 * @retval NABD_EMPTY    no message is waiting; *len is as it was
 * @retval NABD_LAPPED   messages were overwritten unread: nabd_consumer_stats() tells how many
 * @retval NABD_BUFFER   the message has *len bytes, more than buf; this member keeps it
 * @retval NABD_INVALID  c is no consumer, len is NULL, or buf is NULL and *len is not 0
 * @retval NABD_STATE    a peeked message is not released yet
 * @retval NABD_DROPPED  the group was removed; what is in buf is void
 * @retval NABD_EVICTED  the group was too far behind; what is in buf is void
 * @retval NABD_CORRUPT  the slot or the group's position is damaged
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: lock-free: a try again means that another member has claimed. No system call,
 * but every 20 ms at most a look whether members that hold messages are alive.
 * Ordering: what the sender did before commit happens before (edges A, B and E).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_pop(nabd_consumer_t *c, void *buf, size_t *len);

/**
 * Look at several messages at once, in order, in place, claiming up to max if this
 * member holds none.
 *
 * @param c     a consumer
 * @param msgs  receives the messages, max entries
 * @param max   messages wanted, 1 or more
 * @param got   receives how many there are; 0 after an error
 *
 * @retval NABD_OK       *got (1 to max) messages
 * @retval NABD_EMPTY    no message is waiting
 * @retval NABD_LAPPED   messages were overwritten unread: nabd_consumer_stats() tells how many
 * @retval NABD_INVALID  c is no consumer, msgs or got is NULL, or max is 0
 * @retval NABD_STATE    a peeked message or batch is not released yet
 * @retval NABD_DROPPED  the group was removed
 * @retval NABD_EVICTED  the group was too far behind: nabd_consumer_stats() tells what it lost
 * @retval NABD_CORRUPT  the first slot or the group's position is damaged
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: lock-free: a try again means that another member has claimed. No system call,
 * but every 20 ms at most a look whether members that hold messages are alive.
 * Ordering: what the sender did before commit happens before (edges A and E).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_peek_batch(nabd_consumer_t *c, struct nabd_msg *msgs, size_t max,
				      size_t *got);

/**
 * Give the first n messages of the peeked batch back as done; this member keeps the
 * others, and they come again with its next peek or pop. With n 0 it also ends a
 * nabd_consumer_peek(), whose message the member keeps likewise.
 *
 * @param c  a consumer with a batch of nabd_consumer_peek_batch()
 * @param n  how many, 0 to what was peeked
 *
 * @retval NABD_OK       released; the addresses of the whole batch are void
 * @retval NABD_LAPPED   released, but the first of them, as many as nabd_consumer_stats()
 *                       tells, were overwritten meanwhile and may have been read torn
 * @retval NABD_INVALID  c is no consumer, or n is more than was peeked
 * @retval NABD_STATE    no batch was peeked, nor, if n is 0, a message
 * @retval NABD_DROPPED  the group was removed; what was read may have been overwritten
 * @retval NABD_EVICTED  the group was too far behind; what was read may have been overwritten
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: wait-free, no system call; a few system calls after the last message that a
 * dead member left.
 * Ordering: the member's reads happen before the slots are written again (edge B).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_release_batch(nabd_consumer_t *c, size_t n);

/**
 * Receive copies of several messages, one behind the other in one buffer.
 *
 * @param c     a consumer
 * @param buf   where the messages are copied to
 * @param size  the size of buf in bytes
 * @param lens  receives the messages' lengths in bytes, max entries; where it stops
 *              because the next does not fit, also the length of that one
 * @param max   messages wanted, 1 or more
 * @param got   receives how many were received; 0 after an error
 *
 * @retval NABD_OK       *got (1 to max) messages; it stops where the next would not fit
 * @retval NABD_EMPTY    no message is waiting
 * @retval NABD_LAPPED   messages were overwritten unread: nabd_consumer_stats() tells how many
 * @retval NABD_BUFFER   the first message, of lens[0] bytes, is longer than buf; this member
 *                       keeps it
 * @retval NABD_INVALID  c is no consumer, an argument is NULL, or max is 0
 * @retval NABD_STATE    a peeked message is not released yet
 * @retval NABD_DROPPED  the group was removed; what is in buf is void
 * @retval NABD_EVICTED  the group was too far behind; what is in buf is void
 * @retval NABD_CORRUPT  the first slot or the group's position is damaged
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: lock-free: a try again means that another member has claimed. No system call,
 * but every 20 ms at most a look whether members that hold messages are alive.
 * Ordering: what the sender did before commit happens before (edges A, B and E).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_pop_batch(nabd_consumer_t *c, void *buf, size_t size, uint32_t *lens,
				     size_t max, size_t *got);

/**
 * Give what was peeked back undone: it is delivered again, to whichever member of the
 * group comes first, counting one delivery more. That may be this one.
 *
 * @param c  a consumer with a peeked message or batch
 *
 * @retval NABD_OK       given back; the addresses are void
 * @retval NABD_INVALID  c is no consumer
 * @retval NABD_STATE    nothing was peeked
 * @retval NABD_DROPPED  the group was removed
 * @retval NABD_EVICTED  the group was too far behind: nabd_consumer_stats() tells what it lost
 * @retval NABD_FORKED   the consumer belongs to the parent process
 * @retval NABD_SYSTEM   asking the kernel for another line failed; errno says how. What was
 *                       peeked is peeked still
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: makes a few system calls, waits for nobody.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_consumer_nack(nabd_consumer_t *c);

/**
 * Let the whole group go on at another message: forward, letting go of what is skipped,
 * or back, as far as messages are kept. What this member holds is released; what other
 * members hold stays theirs, and may so be delivered twice.
 *
 * @param c         a consumer that has peeked at nothing
 * @param sequence  where to go on: 0 for the oldest message that is kept, UINT64_MAX for
 *                  behind the newest, or any between
 * @param actual    receives where the group goes on: sequence, or the nearest to it that is
 *                  kept; may be NULL
 *
 * @retval NABD_OK       the group goes on at *actual
 * @retval NABD_INVALID  c is no consumer
 * @retval NABD_STATE    a peeked message or batch is not released yet
 * @retval NABD_DROPPED  the group was removed
 * @retval NABD_EVICTED  the group was too far behind: nabd_consumer_stats() tells what it lost
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: lock-free; makes two system calls.
 * Ordering: what was committed before is visible (edge C).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_seek(nabd_consumer_t *c, uint64_t sequence, uint64_t *actual);

/**
 * What nabd_consumer_stats() tells. Set size to sizeof(struct nabd_consumer_stats) first.
 * Counters are this consumer's, since it joined.
 * @since 0.9.0
 */
struct nabd_consumer_stats {
	uint32_t size;         /**< in: sizeof(struct nabd_consumer_stats); out: bytes filled in */
	uint32_t group;        /**< id of its group */
	int32_t state;         /**< #NABD_OK, or #NABD_DROPPED or #NABD_EVICTED once it knows */
	uint32_t reserved;     /**< 0 */
	uint64_t joined;       /**< the group's position when this consumer joined: a sequence */
	uint64_t claimed;      /**< messages that it was the first to be given */
	uint64_t redelivered;  /**< messages that it took over from others */
	uint64_t held;         /**< messages that it holds, or held when the group ended */
	uint64_t nacked;       /**< messages that it gave back */
	uint64_t dead_letters; /**< messages that were given up */
	uint64_t lost;         /**< messages that nobody was given: overwritten, or of an evicted group */
	uint64_t gap;          /**< how many of them the last #NABD_LAPPED or #NABD_EVICTED was about */
};

/**
 * What this consumer has done, and what was lost. After #NABD_EVICTED, gap is exactly the
 * number of messages that the group was never to be given, from its position to the
 * newest of that moment, and held the number of those that this consumer had been given
 * and not released.
 *
 * @param c      a consumer
 * @param stats  receives the numbers; stats->size must be set
 *
 * @retval NABD_OK       *stats is filled in
 * @retval NABD_INVALID  c is no consumer, stats is NULL, or stats->size is too small
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_consumer_stats(nabd_consumer_t *c, struct nabd_consumer_stats *stats);

/**
 * Remove a group: it holds nothing back any more, and its members are told
 * #NABD_DROPPED. A group made later under its id is another group. If it was the only
 * one, the queue keeps what it holds for the next group to come.
 *
 * @param q      a handle with #NABD_CONSUMER or #NABD_PRODUCER
 * @param group  1 to 16
 *
 * @retval NABD_OK        the group is gone
 * @retval NABD_INVALID   q is no open handle, or group is not 1 to 16
 * @retval NABD_ROLE      q was opened neither to send nor to receive
 * @retval NABD_NOTFOUND  there is no such group
 * @retval NABD_FORKED    the handle belongs to the parent process
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: lock-free; makes two system calls.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_group_drop(nabd_t *q, unsigned group);

/** Bits of nabd_group_info::state. @{ */
#define NABD_GROUP_STATE_EPHEMERAL 0x01u /**< it vanishes with its last live member */
#define NABD_GROUP_STATE_ALIVE     0x02u /**< it has a live member, or reader */
#define NABD_GROUP_STATE_HOLDS     0x04u /**< it is the one, or one of those, furthest behind */
/** @} */

/**
 * What nabd_group_look() tells. Set size to sizeof(struct nabd_group_info) first.
 * @since 0.9.0
 */
struct nabd_group_info {
	uint32_t size;           /**< in: sizeof(struct nabd_group_info); out: bytes filled in */
	uint32_t group;          /**< its id; 0: the default group */
	uint32_t state;          /**< #NABD_GROUP_STATE_EPHEMERAL, … */
	uint32_t members;        /**< live members, or readers */
	uint32_t holding;        /**< members, dead or alive, that hold messages */
	uint32_t max_deliveries; /**< as it was made with */
	uint32_t max_stall_ms;   /**< as it was made with, milliseconds */
	uint32_t reserved;       /**< 0 */
	uint64_t max_lag;        /**< as it was made with, messages */
	uint64_t position;       /**< sequence of the next message to be given to a member */
	uint64_t low;            /**< sequence of the oldest message that is not released */
	uint64_t lag;            /**< messages from low to the newest */
	uint64_t made;           /**< how often a group of this id was made */
};

/**
 * Look at a group, without disturbing it. Asking for each of 0 to 16 lists them all.
 *
 * @param q      any handle
 * @param group  0 to 16
 * @param info   receives the numbers; info->size must be set
 *
 * @retval NABD_OK        *info is filled in
 * @retval NABD_INVALID   q is no open handle, group is above 16, info is NULL, or
 *                        info->size is too small
 * @retval NABD_NOTFOUND  there is no such group
 * @retval NABD_FORKED    the handle belongs to the parent process
 * @retval NABD_SYSTEM    asking the kernel for the members failed; errno says how
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: lock-free; makes a few system calls.
 * Ordering: none; each number is whole, but they are not of one instant.
 * @since 0.9.0
 */
NABD_API int nabd_group_look(nabd_t *q, unsigned group, struct nabd_group_info *info);

/**
 * What nabd_member_look() tells. Set size to sizeof(struct nabd_member_info) first.
 * @since 0.9.0
 */
struct nabd_member_info {
	uint32_t size;       /**< in: sizeof(struct nabd_member_info); out: bytes filled in */
	uint32_t group;      /**< id of the group */
	uint32_t member;     /**< 0 to 15 */
	uint32_t alive;      /**< 1: it lives; 0: it is dead, and what it holds waits for another */
	uint64_t first;      /**< sequence of the first message that it holds; 0 if it holds none */
	uint64_t held;       /**< messages that it holds */
	uint32_t deliveries; /**< how often the first was delivered before this member came */
	uint32_t reserved;   /**< 0 */
};

/**
 * Look at a member of a group, without disturbing it. Asking for each of 0 to 15 lists
 * them all.
 *
 * @param q       any handle
 * @param group   1 to 16
 * @param member  0 to 15
 * @param info    receives the numbers; info->size must be set
 *
 * @retval NABD_OK        *info is filled in
 * @retval NABD_INVALID   q is no open handle, group is not 1 to 16, member is above 15,
 *                        info is NULL, or info->size is too small
 * @retval NABD_NOTFOUND  there is no such group or member
 * @retval NABD_FORKED    the handle belongs to the parent process
 * @retval NABD_SYSTEM    asking the kernel failed; errno says how
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: lock-free; makes a few system calls.
 * Ordering: none; each number is whole, but they are not of one instant.
 * @since 0.9.0
 */
NABD_API int nabd_member_look(nabd_t *q, unsigned group, unsigned member,
			      struct nabd_member_info *info);

/**
 * The sequence of the oldest message that some group still holds: what nabd_stats() calls
 * tail. Without a group, that of the oldest message that the queue keeps.
 *
 * @param q         any handle
 * @param sequence  receives it
 *
 * @retval NABD_OK       *sequence is filled in
 * @retval NABD_INVALID  q is no open handle, or sequence is NULL
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: lock-free, no system call.
 * Ordering: none; the answer may be old when it arrives.
 * @since 0.9.0
 */
NABD_API int nabd_min_tail(nabd_t *q, uint64_t *sequence);

/**
 * What nabd_memory_get() tells: how a handle's mapping is backed, in bytes. The caller sets
 * size.
 * @since 0.9.0
 */
struct nabd_memory {
	uint32_t size;      /**< sizeof(struct nabd_memory), set by the caller */
	uint32_t page;      /**< a page */
	uint64_t huge_page; /**< what a huge page would be, whether the kernel has any or not */
	uint64_t bytes;     /**< the mapping: the whole queue */
	uint64_t mapped;    /**< of it, in this process's page table: no page fault will come */
	uint64_t locked;    /**< of it, locked in RAM by this process (#NABD_MLOCK, mlockall(2)) */
	uint64_t huge;      /**< of it, mapped by huge pages (#NABD_HUGE_PAGES) */
	uint64_t swapped;   /**< of it, swapped out */
};

/**
 * What the wishes #NABD_PREFAULT, #NABD_MLOCK and #NABD_HUGE_PAGES have come to, and how much
 * is swapped out. Reads /proc/self/smaps, which takes longer the more mappings the process
 * has: some 100 us, often more. Not for each message.
 *
 * @param q       any handle
 * @param memory  receives it; memory->size must be set
 *
 * @retval NABD_OK       *memory is filled in
 * @retval NABD_INVALID  q is no open handle, memory is NULL, or memory->size is too small
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_SYSTEM   the file could not be read; errno says how
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: may block (system calls).
 * Ordering: none; the answer may be old when it arrives.
 * @since 0.9.0
 */
NABD_API int nabd_memory_get(nabd_t *q, struct nabd_memory *memory);

/* ------------------------------------------------------------------ wait -- */

/*
 * Each call that answers #NABD_EMPTY or #NABD_FULL at once has a form that waits instead.
 * A wait first tries again for a while (spins), then lets others run (yields), then
 * sleeps. Whoever sends or releases makes a system call only if somebody sleeps. Times
 * are those of CLOCK_MONOTONIC: setting the clock changes no wait.
 *
 * A sleep is cut into slices, after each of which the sleeper looks by itself: so the
 * death of a process between its message and its waking costs a slice at most.
 */

/** Flags of struct nabd_wait_opts. @{ */
#define NABD_WAIT_UNLINK   0x01u /**< end a wait with #NABD_UNLINKED once the name is gone */
#define NABD_WAIT_PRODUCER 0x02u /**< end one for messages with #NABD_NOPRODUCER */
/** @} */

#define NABD_WAIT_SLICE_NS 100000000 /**< ns of a slice, if nabd_wait_opts::slice_ns is 0 */

/**
 * How a handle or consumer waits. Start from one of #NABD_WAIT_BALANCED,
 * #NABD_WAIT_LATENCY and #NABD_WAIT_POWER, then set fields. On one CPU, or when the
 * caller may use one only, there is no spinning whatever this says.
 * @since 0.9.0
 */
struct nabd_wait_opts {
	uint32_t size;     /**< sizeof(struct nabd_wait_opts), set by the initialisers */
	uint32_t flags;    /**< #NABD_WAIT_UNLINK, #NABD_WAIT_PRODUCER, or 0 */
	uint64_t spin_ns;  /**< nanoseconds to try again and again before anything else */
	uint64_t yield_ns; /**< nanoseconds, after that, to let others run between two tries */
	uint64_t slice_ns; /**< longest sleep in nanoseconds; 0: #NABD_WAIT_SLICE_NS */
};

/** Initialisers of struct nabd_wait_opts. @{ */
/** What a new handle or consumer does: 5 us of spinning, 5 of yielding, then sleep. */
#define NABD_WAIT_BALANCED { (uint32_t)sizeof(struct nabd_wait_opts), 0, 5000, 5000, 0 }
/** Spins for 10 ms: burns a CPU while messages come more often than that. */
#define NABD_WAIT_LATENCY { (uint32_t)sizeof(struct nabd_wait_opts), 0, 10000000, 0, 0 }
/** Sleeps at once. */
#define NABD_WAIT_POWER { (uint32_t)sizeof(struct nabd_wait_opts), 0, 0, 0, 0 }
/** @} */

/**
 * Choose how both sides of a handle wait. A consumer that is joined through it later
 * begins with the same.
 *
 * @param q     a handle with #NABD_PRODUCER or #NABD_CONSUMER
 * @param opts  how; or NULL for #NABD_WAIT_BALANCED
 *
 * @retval NABD_OK       the next wait is such
 * @retval NABD_INVALID  q is no open handle, opts->size is not that of any version, or opts
 *                       has unknown flags
 * @retval NABD_ROLE     q was opened neither to send nor to receive
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: no other call on this handle may overlap, save looking.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_set_wait(nabd_t *q, const struct nabd_wait_opts *opts);

/**
 * Choose how a consumer waits.
 *
 * @param c     a consumer
 * @param opts  how; or NULL for #NABD_WAIT_BALANCED
 *
 * @retval NABD_OK       the next wait is such
 * @retval NABD_INVALID  c is no consumer, opts->size is not that of any version, or opts has
 *                       unknown flags
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_consumer_set_wait(nabd_consumer_t *c, const struct nabd_wait_opts *opts);

/**
 * nabd_reserve() that waits for a free slot.
 *
 * @param q           a handle with #NABD_PRODUCER
 * @param len         bytes wanted, 0 to the queue's slot_size
 * @param slot        receives the address, as for nabd_reserve()
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK        *slot may be written
 * @retval NABD_TIMEOUT   the deadline passed and no slot was free
 * @retval NABD_WOKEN     nabd_wake() ended the wait
 * @retval NABD_UNLINKED  no slot is free and the queue's name is gone, with
 *                        #NABD_WAIT_UNLINK
 * @retval NABD_TOOBIG    len is more than slot_size
 * @retval NABD_INVALID   q is no open handle, or slot is NULL
 * @retval NABD_ROLE      q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE     a reservation is open, or a callback is running
 * @retval NABD_FORKED    the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile, and
 * nabd_wake().
 * Progress: may block until the deadline. No system call if a slot is free at once.
 * Ordering: reads of the slot's former message happen before (edge B).
 * @since 0.9.0
 */
NABD_API int nabd_reserve_wait(nabd_t *q, size_t len, void **slot, int64_t timeout_ns);

/**
 * nabd_push() that waits for a free slot.
 *
 * @param q           a handle with #NABD_PRODUCER
 * @param data        the message; may be NULL if len is 0
 * @param len         its length in bytes, 0 to the queue's slot_size
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK        the message is sent
 * @retval NABD_TIMEOUT   the deadline passed and no slot was free
 * @retval NABD_WOKEN     nabd_wake() ended the wait
 * @retval NABD_UNLINKED  no slot is free and the queue's name is gone, with
 *                        #NABD_WAIT_UNLINK
 * @retval NABD_TOOBIG    len is more than slot_size
 * @retval NABD_INVALID   q is no open handle, or data is NULL and len is not 0
 * @retval NABD_ROLE      q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE     a reservation is open, or a callback is running
 * @retval NABD_FORKED    the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile, and
 * nabd_wake().
 * Progress: may block until the deadline. No system call if a slot is free at once.
 * Ordering: the sender's earlier writes happen before the receipt (edges A and B).
 * @since 0.9.0
 */
NABD_API int nabd_push_wait(nabd_t *q, const void *data, size_t len, int64_t timeout_ns);

/**
 * nabd_reserve_batch() that waits until at least one slot is free.
 *
 * @param q           a handle with #NABD_PRODUCER
 * @param len         bytes wanted in each slot, 0 to the queue's slot_size
 * @param slots       receives the addresses of the slots, n entries
 * @param n           slots wanted, 1 or more
 * @param got         receives how many were reserved, 0 after an error
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK        *got (1 to n) slots may be written
 * @retval NABD_TIMEOUT   the deadline passed and no slot was free
 * @retval NABD_WOKEN     nabd_wake() ended the wait
 * @retval NABD_UNLINKED  no slot is free and the queue's name is gone, with
 *                        #NABD_WAIT_UNLINK
 * @retval NABD_TOOBIG    len is more than slot_size
 * @retval NABD_INVALID   q is no open handle, slots or got is NULL, or n is 0
 * @retval NABD_ROLE      q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE     a reservation is open, or a callback is running
 * @retval NABD_FORKED    the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile, and
 * nabd_wake().
 * Progress: may block until the deadline. No system call if a slot is free at once.
 * Ordering: reads of the slots' former messages happen before (edge B).
 * @since 0.9.0
 */
NABD_API int nabd_reserve_batch_wait(nabd_t *q, size_t len, void **slots, size_t n, size_t *got,
				     int64_t timeout_ns);

/**
 * nabd_push_batch() that waits until all n messages are sent, going on with the rest
 * whenever slots are free.
 *
 * @param q           a handle with #NABD_PRODUCER
 * @param data        the first byte of the first message
 * @param lens        the messages' lengths in bytes, n entries, each 0 to slot_size
 * @param n           how many messages, 1 or more
 * @param sent        receives how many were sent, from the first on; also after a wait that
 *                    ended
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK        all n messages are sent
 * @retval NABD_TIMEOUT   the deadline passed; *sent messages, fewer than n, are sent
 * @retval NABD_WOKEN     nabd_wake() ended the wait; *sent messages are sent
 * @retval NABD_UNLINKED  no slot is free and the queue's name is gone, with
 *                        #NABD_WAIT_UNLINK; *sent messages are sent
 * @retval NABD_TOOBIG    a length is more than slot_size; nothing is sent
 * @retval NABD_INVALID   q is no open handle, an argument is NULL, or n is 0
 * @retval NABD_ROLE      q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE     a reservation is open, or a callback is running
 * @retval NABD_FORKED    the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile, and
 * nabd_wake().
 * Progress: may block until the deadline. No system call if a slot is free at once.
 * Ordering: the sender's earlier writes happen before the receipt (edges A and B).
 * @since 0.9.0
 */
NABD_API int nabd_push_batch_wait(nabd_t *q, const void *data, const uint32_t *lens, size_t n,
				  size_t *sent, int64_t timeout_ns);

/**
 * nabd_peek() that waits for a message.
 *
 * @param q           a handle with #NABD_CONSUMER
 * @param data        receives the address of the message, valid until nabd_release()
 * @param len         receives its length in bytes; may be NULL
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK          *data is the message
 * @retval NABD_TIMEOUT     the deadline passed and no message came
 * @retval NABD_WOKEN       nabd_wake() ended the wait
 * @retval NABD_UNLINKED    no message is waiting and the queue's name is gone, with
 *                          #NABD_WAIT_UNLINK
 * @retval NABD_NOPRODUCER  no message is waiting and no producer lives, with
 *                          #NABD_WAIT_PRODUCER
 * @retval NABD_LAPPED      messages were overwritten unread: nabd_lost() tells how many
 * @retval NABD_INVALID     q is no open handle, or data is NULL
 * @retval NABD_ROLE        q was not opened with #NABD_CONSUMER
 * @retval NABD_BUSY        another live handle reads the default group
 * @retval NABD_STATE       a batch of nabd_peek_batch() is not released yet
 * @retval NABD_CORRUPT     the slot or the group's position is damaged
 * @retval NABD_FORKED      the handle belongs to the parent process
 * @retval NABD_SYSTEM      taking the role failed; errno says how
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile, and
 * nabd_wake().
 * Progress: may block until the deadline. No system call if a message is there at once.
 * The first receiving call takes the role (system calls).
 * Ordering: what the sender did before commit happens before (edge A).
 * @since 0.9.0
 */
NABD_API int nabd_peek_wait(nabd_t *q, const void **data, size_t *len, int64_t timeout_ns);

/**
 * nabd_peek_msg() that waits for a message.
 *
 * @param q           a handle with #NABD_CONSUMER
 * @param msg         receives the message
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK          *msg is the message
 * @retval NABD_TIMEOUT     the deadline passed and no message came
 * @retval NABD_WOKEN       nabd_wake() ended the wait
 * @retval NABD_UNLINKED    no message is waiting and the queue's name is gone, with
 *                          #NABD_WAIT_UNLINK
 * @retval NABD_NOPRODUCER  no message is waiting and no producer lives, with
 *                          #NABD_WAIT_PRODUCER
 * @retval NABD_LAPPED      messages were overwritten unread: nabd_lost() tells how many
 * @retval NABD_INVALID     q is no open handle, or msg is NULL
 * @retval NABD_ROLE        q was not opened with #NABD_CONSUMER
 * @retval NABD_BUSY        another live handle reads the default group
 * @retval NABD_STATE       a batch of nabd_peek_batch() is not released yet
 * @retval NABD_CORRUPT     the slot or the group's position is damaged
 * @retval NABD_FORKED      the handle belongs to the parent process
 * @retval NABD_SYSTEM      taking the role failed; errno says how
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile, and
 * nabd_wake().
 * Progress: may block until the deadline. No system call if a message is there at once.
 * The first receiving call takes the role (system calls).
 * Ordering: what the sender did before commit happens before (edge A).
 * @since 0.9.0
 */
NABD_API int nabd_peek_msg_wait(nabd_t *q, struct nabd_msg *msg, int64_t timeout_ns);

/**
 * nabd_pop() that waits for a message.
 *
 * @param q           a handle with #NABD_CONSUMER
 * @param buf         where the message is copied to; may be NULL if *len is 0
 * @param len         in: the size of buf in bytes; out: the length of the message
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK          *len bytes are in buf
 * @retval NABD_TIMEOUT     the deadline passed and no message came
 * @retval NABD_WOKEN       nabd_wake() ended the wait
 * @retval NABD_UNLINKED    no message is waiting and the queue's name is gone, with
 *                          #NABD_WAIT_UNLINK
 * @retval NABD_NOPRODUCER  no message is waiting and no producer lives, with
 *                          #NABD_WAIT_PRODUCER
 * @retval NABD_LAPPED      messages were overwritten unread: nabd_lost() tells how many
 * @retval NABD_BUFFER      the message has *len bytes, more than buf; it stays
 * @retval NABD_INVALID     q is no open handle, len is NULL, or buf is NULL and *len is not
 *                          0
 * @retval NABD_ROLE        q was not opened with #NABD_CONSUMER
 * @retval NABD_BUSY        another live handle reads the default group
 * @retval NABD_STATE       a peeked message is not released yet
 * @retval NABD_CORRUPT     the slot or the group's position is damaged
 * @retval NABD_FORKED      the handle belongs to the parent process
 * @retval NABD_SYSTEM      taking the role failed; errno says how
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile, and
 * nabd_wake().
 * Progress: may block until the deadline. No system call if a message is there at once.
 * The first receiving call takes the role (system calls).
 * Ordering: what the sender did before commit happens before (edges A and B).
 * @since 0.9.0
 */
NABD_API int nabd_pop_wait(nabd_t *q, void *buf, size_t *len, int64_t timeout_ns);

/**
 * nabd_peek_batch() that waits until at least one message is there.
 *
 * @param q           a handle with #NABD_CONSUMER
 * @param msgs        receives the messages, max entries
 * @param max         messages wanted, 1 or more
 * @param got         receives how many there are; 0 after an error
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK          *got (1 to max) messages, to be given back by
 *                          nabd_release_batch()
 * @retval NABD_TIMEOUT     the deadline passed and no message came
 * @retval NABD_WOKEN       nabd_wake() ended the wait
 * @retval NABD_UNLINKED    no message is waiting and the queue's name is gone, with
 *                          #NABD_WAIT_UNLINK
 * @retval NABD_NOPRODUCER  no message is waiting and no producer lives, with
 *                          #NABD_WAIT_PRODUCER
 * @retval NABD_LAPPED      messages were overwritten unread: nabd_lost() tells how many
 * @retval NABD_INVALID     q is no open handle, msgs or got is NULL, or max is 0
 * @retval NABD_ROLE        q was not opened with #NABD_CONSUMER
 * @retval NABD_BUSY        another live handle reads the default group
 * @retval NABD_STATE       a peeked message or batch is not released yet
 * @retval NABD_CORRUPT     the slot or the group's position is damaged
 * @retval NABD_FORKED      the handle belongs to the parent process
 * @retval NABD_SYSTEM      taking the role failed; errno says how
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile, and
 * nabd_wake().
 * Progress: may block until the deadline. No system call if a message is there at once.
 * The first receiving call takes the role (system calls).
 * Ordering: what the sender did before commit happens before (edge A).
 * @since 0.9.0
 */
NABD_API int nabd_peek_batch_wait(nabd_t *q, struct nabd_msg *msgs, size_t max, size_t *got,
				  int64_t timeout_ns);

/**
 * nabd_pop_batch() that waits until at least one message is there.
 *
 * @param q           a handle with #NABD_CONSUMER
 * @param buf         where the messages are copied to, one behind the other
 * @param size        size of buf in bytes
 * @param lens        receives the messages' lengths in bytes, max entries
 * @param max         messages wanted, 1 or more
 * @param got         receives how many were copied; 0 after an error
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK          *got (1 to max) messages are in buf
 * @retval NABD_TIMEOUT     the deadline passed and no message came
 * @retval NABD_WOKEN       nabd_wake() ended the wait
 * @retval NABD_UNLINKED    no message is waiting and the queue's name is gone, with
 *                          #NABD_WAIT_UNLINK
 * @retval NABD_NOPRODUCER  no message is waiting and no producer lives, with
 *                          #NABD_WAIT_PRODUCER
 * @retval NABD_LAPPED      messages were overwritten unread: nabd_lost() tells how many
 * @retval NABD_BUFFER      the first message, of lens[0] bytes, is longer than buf; it stays
 * @retval NABD_INVALID     q is no open handle, an argument is NULL, or max is 0
 * @retval NABD_ROLE        q was not opened with #NABD_CONSUMER
 * @retval NABD_BUSY        another live handle reads the default group
 * @retval NABD_STATE       a peeked message or batch is not released yet
 * @retval NABD_CORRUPT     the slot or the group's position is damaged
 * @retval NABD_FORKED      the handle belongs to the parent process
 * @retval NABD_SYSTEM      taking the role failed; errno says how
 *
 * Concurrency: one receiver a handle at a time; any sender and observer meanwhile, and
 * nabd_wake().
 * Progress: may block until the deadline. No system call if a message is there at once.
 * The first receiving call takes the role (system calls).
 * Ordering: what the sender did before commit happens before (edges A and B).
 * @since 0.9.0
 */
NABD_API int nabd_pop_batch_wait(nabd_t *q, void *buf, size_t size, uint32_t *lens, size_t max,
				 size_t *got, int64_t timeout_ns);

/**
 * nabd_consumer_peek() that waits for a message.
 *
 * @param c           a consumer
 * @param data        receives the address of the message, valid until
 *                    nabd_consumer_release()
 * @param len         receives its length in bytes; may be NULL
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK          *data is the message
 * @retval NABD_TIMEOUT     the deadline passed and no message came
 * @retval NABD_WOKEN       nabd_consumer_wake() ended the wait
 * @retval NABD_UNLINKED    no message is waiting and the queue's name is gone, with
 *                          #NABD_WAIT_UNLINK
 * @retval NABD_NOPRODUCER  no message is waiting and no producer lives, with
 *                          #NABD_WAIT_PRODUCER
 * @retval NABD_LAPPED      messages were overwritten unread: nabd_consumer_stats() tells how
 *                          many
 * @retval NABD_INVALID     c is no consumer, or data is NULL
 * @retval NABD_STATE       a batch is not released yet
 * @retval NABD_DROPPED     the group was removed
 * @retval NABD_EVICTED     the group was too far behind: nabd_consumer_stats() tells what it
 *                          lost
 * @retval NABD_CORRUPT     the slot or the group's position is damaged
 * @retval NABD_FORKED      the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile, and nabd_consumer_wake().
 * Progress: may block until the deadline. No system call if a message is there at once.
 * Ordering: what the sender did before commit happens before (edges A and E).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_peek_wait(nabd_consumer_t *c, const void **data, size_t *len,
				     int64_t timeout_ns);

/**
 * nabd_consumer_peek_msg() that waits for a message.
 *
 * @param c           a consumer
 * @param msg         receives the message
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK          *msg is the message
 * @retval NABD_TIMEOUT     the deadline passed and no message came
 * @retval NABD_WOKEN       nabd_consumer_wake() ended the wait
 * @retval NABD_UNLINKED    no message is waiting and the queue's name is gone, with
 *                          #NABD_WAIT_UNLINK
 * @retval NABD_NOPRODUCER  no message is waiting and no producer lives, with
 *                          #NABD_WAIT_PRODUCER
 * @retval NABD_LAPPED      messages were overwritten unread: nabd_consumer_stats() tells how
 *                          many
 * @retval NABD_INVALID     c is no consumer, or msg is NULL
 * @retval NABD_STATE       a batch is not released yet
 * @retval NABD_DROPPED     the group was removed
 * @retval NABD_EVICTED     the group was too far behind: nabd_consumer_stats() tells what it
 *                          lost
 * @retval NABD_CORRUPT     the slot or the group's position is damaged
 * @retval NABD_FORKED      the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile, and nabd_consumer_wake().
 * Progress: may block until the deadline. No system call if a message is there at once.
 * Ordering: what the sender did before commit happens before (edges A and E).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_peek_msg_wait(nabd_consumer_t *c, struct nabd_msg *msg,
					 int64_t timeout_ns);

/**
 * nabd_consumer_pop() that waits for a message.
 *
 * @param c           a consumer
 * @param buf         where the message is copied to; may be NULL if *len is 0
 * @param len         in: the size of buf in bytes; out: the length of the message
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK          *len bytes are in buf
 * @retval NABD_TIMEOUT     the deadline passed and no message came
 * @retval NABD_WOKEN       nabd_consumer_wake() ended the wait
 * @retval NABD_UNLINKED    no message is waiting and the queue's name is gone, with
 *                          #NABD_WAIT_UNLINK
 * @retval NABD_NOPRODUCER  no message is waiting and no producer lives, with
 *                          #NABD_WAIT_PRODUCER
 * @retval NABD_LAPPED      messages were overwritten unread: nabd_consumer_stats() tells how
 *                          many
 * @retval NABD_BUFFER      the message has *len bytes, more than buf; this member keeps it
 * @retval NABD_INVALID     c is no consumer, len is NULL, or buf is NULL and *len is not 0
 * @retval NABD_STATE       a peeked message or batch is not released yet
 * @retval NABD_DROPPED     the group was removed; what is in buf is void
 * @retval NABD_EVICTED     the group was too far behind; what is in buf is void
 * @retval NABD_CORRUPT     the slot or the group's position is damaged
 * @retval NABD_FORKED      the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile, and nabd_consumer_wake().
 * Progress: may block until the deadline. No system call if a message is there at once.
 * Ordering: what the sender did before commit happens before (edges A, B and E).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_pop_wait(nabd_consumer_t *c, void *buf, size_t *len, int64_t timeout_ns);

/**
 * nabd_consumer_peek_batch() that waits until at least one message is there.
 *
 * @param c           a consumer
 * @param msgs        receives the messages, max entries
 * @param max         messages wanted, 1 or more
 * @param got         receives how many there are; 0 after an error
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK          *got (1 to max) messages, to be given back by
 *                          nabd_consumer_release_batch()
 * @retval NABD_TIMEOUT     the deadline passed and no message came
 * @retval NABD_WOKEN       nabd_consumer_wake() ended the wait
 * @retval NABD_UNLINKED    no message is waiting and the queue's name is gone, with
 *                          #NABD_WAIT_UNLINK
 * @retval NABD_NOPRODUCER  no message is waiting and no producer lives, with
 *                          #NABD_WAIT_PRODUCER
 * @retval NABD_LAPPED      messages were overwritten unread: nabd_consumer_stats() tells how
 *                          many
 * @retval NABD_INVALID     c is no consumer, msgs or got is NULL, or max is 0
 * @retval NABD_STATE       a peeked message or batch is not released yet
 * @retval NABD_DROPPED     the group was removed
 * @retval NABD_EVICTED     the group was too far behind: nabd_consumer_stats() tells what it
 *                          lost
 * @retval NABD_CORRUPT     the slot or the group's position is damaged
 * @retval NABD_FORKED      the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile, and nabd_consumer_wake().
 * Progress: may block until the deadline. No system call if a message is there at once.
 * Ordering: what the sender did before commit happens before (edges A and E).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_peek_batch_wait(nabd_consumer_t *c, struct nabd_msg *msgs, size_t max,
					   size_t *got, int64_t timeout_ns);

/**
 * nabd_consumer_pop_batch() that waits until at least one message is there.
 *
 * @param c           a consumer
 * @param buf         where the messages are copied to, one behind the other
 * @param size        size of buf in bytes
 * @param lens        receives the messages' lengths in bytes, max entries
 * @param max         messages wanted, 1 or more
 * @param got         receives how many were copied; 0 after an error
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @retval NABD_OK          *got (1 to max) messages are in buf
 * @retval NABD_TIMEOUT     the deadline passed and no message came
 * @retval NABD_WOKEN       nabd_consumer_wake() ended the wait
 * @retval NABD_UNLINKED    no message is waiting and the queue's name is gone, with
 *                          #NABD_WAIT_UNLINK
 * @retval NABD_NOPRODUCER  no message is waiting and no producer lives, with
 *                          #NABD_WAIT_PRODUCER
 * @retval NABD_LAPPED      messages were overwritten unread: nabd_consumer_stats() tells how
 *                          many
 * @retval NABD_BUFFER      the first message, of lens[0] bytes, is longer than buf; this
 *                          member keeps it
 * @retval NABD_INVALID     c is no consumer, an argument is NULL, or max is 0
 * @retval NABD_STATE       a peeked message or batch is not released yet
 * @retval NABD_DROPPED     the group was removed; what is in buf is void
 * @retval NABD_EVICTED     the group was too far behind; what is in buf is void
 * @retval NABD_CORRUPT     the slot or the group's position is damaged
 * @retval NABD_FORKED      the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile, and nabd_consumer_wake().
 * Progress: may block until the deadline. No system call if a message is there at once.
 * Ordering: what the sender did before commit happens before (edges A, B and E).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_pop_batch_wait(nabd_consumer_t *c, void *buf, size_t size,
					  uint32_t *lens, size_t max, size_t *got,
					  int64_t timeout_ns);

/**
 * End the waits that run on a handle, one on each side, with #NABD_WOKEN; where none runs,
 * the side's next call that would have to wait ends so at once. A message or slot that is
 * there is preferred. A descriptor of the handle that is armed becomes readable.
 *
 * @param q  a handle with #NABD_PRODUCER or #NABD_CONSUMER
 *
 * @retval NABD_OK       done
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_ROLE     q was opened neither to send nor to receive
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: any thread, beside any call but nabd_close(), also in a signal handler.
 * Progress: makes a few system calls, waits for nobody; errno is kept.
 * Ordering: the caller's earlier writes happen before the end of the wait.
 * @since 0.9.0
 */
NABD_API int nabd_wake(nabd_t *q);

/**
 * End the wait that runs on a consumer, as nabd_wake() does on a handle.
 *
 * @param c  a consumer
 *
 * @retval NABD_OK       done
 * @retval NABD_INVALID  c is no consumer
 * @retval NABD_FORKED   the consumer belongs to the parent process
 *
 * Concurrency: any thread, beside any call but nabd_consumer_close(), also in a signal
 * handler.
 * Progress: makes a few system calls, waits for nobody; errno is kept.
 * Ordering: the caller's earlier writes happen before the end of the wait.
 * @since 0.9.0
 */
NABD_API int nabd_consumer_wake(nabd_consumer_t *c);

/**
 * A descriptor for poll(2), epoll(7) and event loops: readable when there may be something
 * to receive, or, on a handle that only sends, a free slot. It says so only between
 * nabd_arm() and the next nabd_arm(), and stays readable until then:
 *
 *     for (;;) {
 *         while ((rc = nabd_pop(q, buf, &len)) == NABD_OK)
 *             use(buf, len), len = sizeof(buf);
 *         if (rc != NABD_EMPTY && rc != NABD_LAPPED)
 *             break;
 *         rc = nabd_arm(q);
 *         if (rc < 0 && rc != NABD_LAPPED)
 *             break;
 *         if (rc == 0)
 *             poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
 *     }
 *
 * It belongs to the handle: never read from it, nor close it. While it is not armed it costs
 * nobody anything.
 *
 * @param q  a handle with #NABD_PRODUCER or #NABD_CONSUMER; one with both is asked about
 *           messages
 *
 * @return the descriptor, 0 or more, the same at every call; or an error
 *
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_ROLE     q was opened neither to send nor to receive
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_SYSTEM   making it failed; errno says how
 *
 * Concurrency: as a receiving call; on a handle that only sends, as a sending call.
 * Progress: makes a few system calls the first time.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_fd(nabd_t *q);

/**
 * nabd_fd() of a consumer, about the messages of its group.
 *
 * @param c  a consumer
 *
 * @return the descriptor, 0 or more, the same at every call; or an error
 *
 * @retval NABD_INVALID  c is no consumer
 * @retval NABD_FORKED   the consumer belongs to the parent process
 * @retval NABD_SYSTEM   making it failed; errno says how
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile, and nabd_consumer_wake().
 * Progress: makes a few system calls the first time.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_consumer_fd(nabd_consumer_t *c);

/**
 * Let the descriptor of nabd_fd() tell of the next message, or free slot, and make it
 * unreadable until then; unless there is one already. Call it each time before waiting on
 * the descriptor.
 *
 * @param q  a handle as for nabd_fd()
 *
 * @retval 1             there is something already: do not wait
 * @retval NABD_OK       armed: wait on the descriptor
 * @retval NABD_LAPPED   as nabd_peek() would have answered
 * @retval NABD_WOKEN    nabd_wake() was called
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_ROLE     q was opened neither to send nor to receive
 * @retval NABD_STATE    what was peeked is not released yet, a reservation is open, or a
 *                       callback is running
 * @retval NABD_BUSY     another live handle reads the default group
 * @retval NABD_CORRUPT  the slot or the group's position is damaged
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_SYSTEM   making the descriptor or taking the role failed; errno says how
 *
 * Concurrency: as for nabd_fd().
 * Progress: makes a few system calls, waits for nobody. May run the callbacks of
 * nabd_set_backpressure().
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_arm(nabd_t *q);

/**
 * nabd_arm() of a consumer. A message that it finds is claimed for this member: the next
 * call that receives is given it.
 *
 * @param c  a consumer
 *
 * @retval 1             there is something already: do not wait
 * @retval NABD_OK       armed: wait on the descriptor
 * @retval NABD_LAPPED   as nabd_consumer_peek() would have answered
 * @retval NABD_WOKEN    nabd_consumer_wake() was called
 * @retval NABD_INVALID  c is no consumer
 * @retval NABD_STATE    a peeked message or batch is not released yet
 * @retval NABD_DROPPED  the group was removed
 * @retval NABD_EVICTED  the group was too far behind: nabd_consumer_stats() tells what it
 *                       lost
 * @retval NABD_CORRUPT  the slot or the group's position is damaged
 * @retval NABD_FORKED   the consumer belongs to the parent process
 * @retval NABD_SYSTEM   making the descriptor failed; errno says how
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile, and nabd_consumer_wake().
 * Progress: makes a few system calls, waits for nobody.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_consumer_arm(nabd_consumer_t *c);

#define NABD_WAIT_ANY_MAX 64u /**< most items of nabd_wait_any() */

/**
 * What nabd_wait_any() waits for: a handle, as for nabd_fd(), or a consumer.
 * @since 0.9.0
 */
struct nabd_wait_item {
	nabd_t *q;                 /**< a handle, or NULL */
	nabd_consumer_t *consumer; /**< or, if q is NULL, a consumer */
	int32_t result;            /**< out: 1 or an error of nabd_arm(): serve it; 0: nothing there */
	uint32_t reserved;         /**< 0 */
};

/**
 * Wait until one or more of several handles and consumers have a message, or a free slot.
 * Serve every item whose result is not 0: those behind the first may else never get their
 * turn. #NABD_WAIT_UNLINK and #NABD_WAIT_PRODUCER do not end it.
 *
 * @param items       what to wait for, n entries; receives the results
 * @param n           how many, 1 to #NABD_WAIT_ANY_MAX
 * @param timeout_ns  nanoseconds to wait at most; 0: not at all; negative: for ever
 *
 * @return how many items have a result that is not 0; or an error, all results being 0
 *
 * @retval NABD_TIMEOUT  the deadline passed and nothing came
 * @retval NABD_INVALID  items is NULL, n is out of its range, an item has neither a handle
 *                       nor a consumer, or both, or its reserved is not 0
 * @retval NABD_SYSTEM   poll(2) failed; errno says how
 *
 * Concurrency: as a call of nabd_arm() or nabd_consumer_arm() on each item.
 * Progress: may block until the deadline. Makes system calls.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_wait_any(struct nabd_wait_item *items, size_t n, int64_t timeout_ns);

/* ---------------------------------------------------------- backpressure -- */

/**
 * When to call whom as the queue fills. The fill is that of the slowest group, in percent
 * of the slots. Start from #NABD_BACKPRESSURE_INIT, then set fields.
 *
 * on_high is called once when the fill has come to high, and not again before on_low was
 * called, which is once when it has come down to low; on_full once each time that no slot
 * is free. They run in the thread of the sending call (nabd_arm() and nabd_wait_any() are
 * such for a handle that only sends, and so are the calls of a consumer whose dead letters
 * go to this handle) that finds it so, before that call does its work, and
 * must return. From one of them every call may be made but those of this handle's sending
 * side and nabd_close(), which answer #NABD_STATE.
 * @since 0.9.0
 */
struct nabd_backpressure {
	uint32_t size; /**< sizeof(struct nabd_backpressure), set by #NABD_BACKPRESSURE_INIT */
	uint32_t high; /**< percent, 1 to 100 */
	uint32_t low;  /**< percent, 0 to 99, below high */
	uint32_t reserved; /**< 0 */
	void (*on_high)(nabd_t *q, void *arg); /**< or NULL */
	void (*on_low)(nabd_t *q, void *arg);  /**< or NULL */
	void (*on_full)(nabd_t *q, void *arg); /**< or NULL */
	void *arg; /**< given to each of them */
};

/** Initialiser of struct nabd_backpressure: watermarks at 80 and 50 percent, no callback. */
#define NABD_BACKPRESSURE_INIT \
	{ (uint32_t)sizeof(struct nabd_backpressure), 80, 50, 0, NULL, NULL, NULL, NULL }

/**
 * Set watermarks and callbacks; what was set before is replaced, and the queue counts as not
 * pressured.
 *
 * @param q   a handle with #NABD_PRODUCER
 * @param bp  what to set; or NULL to be told nothing any more
 *
 * @retval NABD_OK       from the next sending call on
 * @retval NABD_INVALID  q is no open handle, bp->size is not that of any version, a
 *                       watermark is out of its range, bp->reserved is not 0, or the queue
 *                       was made with #NABD_OVERWRITE: it has no backpressure
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    a callback is running
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_set_backpressure(nabd_t *q, const struct nabd_backpressure *bp);

/**
 * Whether the queue is pressured: on_high is due or was called, and on_low not since. Looks
 * at the groups, and runs the callbacks if that has changed.
 *
 * @param q  a handle with #NABD_PRODUCER
 *
 * @retval 1             it is pressured
 * @retval 0             it is not, or no watermarks are set
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    a reservation is open, or a callback is running
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: lock-free, no system call, but while full as for nabd_push().
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_is_pressured(nabd_t *q);

/**
 * How long to wait between tries. Start from #NABD_BACKOFF_INIT, then set fields.
 * @since 0.9.0
 */
struct nabd_backoff_opts {
	uint32_t size;     /**< sizeof(struct nabd_backoff_opts), set by #NABD_BACKOFF_INIT */
	uint32_t retries;  /**< tries after the first; UINT32_MAX: no limit */
	uint64_t base_ns;  /**< delay before the first of them, nanoseconds, 1 or more */
	uint64_t cap_ns;   /**< longest delay, nanoseconds, base_ns or more */
};

/** Initialiser of struct nabd_backoff_opts: 16 retries, from 1 us to 10 ms. */
#define NABD_BACKOFF_INIT { (uint32_t)sizeof(struct nabd_backoff_opts), 16, 1000, 10000000 }

/**
 * The state of a loop of tries of one's own; filled in by nabd_backoff_begin().
 * @since 0.9.0
 */
typedef struct nabd_backoff {
	uint32_t tried;    /**< retries so far */
	uint32_t retries;  /**< as asked for */
	uint64_t delay_ns; /**< the next delay at its longest */
	uint64_t cap_ns;   /**< as asked for */
	uint64_t chance;   /**< state of the jitter */
} nabd_backoff_t;

/**
 * Begin a loop of tries:
 *
 *     nabd_backoff_begin(&b, NULL);
 *     while ((rc = nabd_push(q, data, len)) == NABD_FULL && nabd_backoff_wait(&b) == NABD_OK)
 *         ;
 *
 * @param b     receives the state
 * @param opts  delays and their number; or NULL for #NABD_BACKOFF_INIT
 *
 * @retval NABD_OK       *b is ready
 * @retval NABD_INVALID  b is NULL, opts->size is not that of any version, or a delay is out
 *                       of its range
 *
 * Concurrency: any thread, any time, on a state of its own.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_backoff_begin(nabd_backoff_t *b, const struct nabd_backoff_opts *opts);

/**
 * Wait before the next try: half of the delay and a random part of the other half. The
 * delay then doubles, up to its cap. Signals do not shorten it.
 *
 * @param b  the state of a loop
 *
 * @retval NABD_OK       try again
 * @retval NABD_TIMEOUT  that was the last retry; at once
 * @retval NABD_INVALID  b is NULL, or nothing that nabd_backoff_begin() has filled in
 *
 * Concurrency: any thread, any time, on a state of its own.
 * Progress: may block for the delay.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_backoff_wait(nabd_backoff_t *b);

/**
 * nabd_push(), again and again while the queue is full, with longer and longer delays. To
 * wait for a slot as such, nabd_push_wait() is better: it is woken. This is for those who
 * give up, or do less, when the readers are behind for long.
 *
 * @param q     a handle with #NABD_PRODUCER
 * @param data  the message; may be NULL if len is 0
 * @param len   its length in bytes, 0 to the queue's slot_size
 * @param opts  delays and their number; or NULL for #NABD_BACKOFF_INIT
 *
 * @retval NABD_OK       the message is sent
 * @retval NABD_FULL     no slot was free at any of the tries
 * @retval NABD_TOOBIG   len is more than slot_size
 * @retval NABD_INVALID  q is no open handle, data is NULL and len is not 0, opts->size is
 *                       not that of any version, or a delay is out of its range
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    a reservation is open, or a callback is running
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: may block for the delays. No system call if a slot is free at once.
 * Ordering: the sender's earlier writes happen before the receipt (edges A and B).
 * @since 0.9.0
 */
NABD_API int nabd_push_backoff(nabd_t *q, const void *data, size_t len,
			       const struct nabd_backoff_opts *opts);

/* ------------------------------------------------------------ checkpoint -- */

/**
 * What a checkpoint says. Set size to sizeof(struct nabd_checkpoint) before the call.
 * @since 0.9.0
 */
struct nabd_checkpoint {
	uint32_t size;           /**< in: sizeof(struct nabd_checkpoint); out: bytes filled in */
	uint32_t group;          /**< id of the group, 1 to 16 */
	uint8_t incarnation[16]; /**< of the queue, as nabd_stats() tells it */
	uint64_t sequence;       /**< the oldest message that was not released then */
	uint64_t head;           /**< sequence of the next message to be sent then */
	uint64_t saved_ns;       /**< when: nanoseconds since 1970, CLOCK_REALTIME */
	uint64_t saves;          /**< how often this checkpoint was saved */
};

/**
 * Save how far the consumer's group is, in a file that outlives the machine: the oldest
 * message that no member has released. The members of a group share one file. A member that
 * is stopped or dies within a claim may seem to hold messages that another has released
 * already: until it goes on, or another serves them, a save may say less than the one before.
 *
 * The file is made if it is not there: whole, or not at all, and with mode 0600. One that
 * is there must be a checkpoint of this group and queue; no other file is ever replaced or
 * written to, save a checkpoint of another queue that nabd_consumer_resume() has gone on
 * from. When this returns #NABD_OK the checkpoint is on the disk. A power failure, or a
 * death, in the middle of it leaves the checkpoint of before, or already this one.
 *
 * After an error the file says what it said before, or already what was to be saved. What
 * the disk has refused once is not trusted: the first save of a consumer, the next after
 * one that failed, and one after another consumer's put a new file in the place of the old.
 *
 * @param c     a consumer
 * @param path  name of the file, on a disk; a symbolic link is not followed
 *
 * @retval NABD_OK             saved, and on the disk
 * @retval NABD_INVALID        c is no consumer, or path is NULL, too long, or names no file
 * @retval NABD_NOTFOUND       no such directory
 * @retval NABD_ACCESS         the permissions of the file or directory forbid it
 * @retval NABD_UNSAFE         the path is a symbolic link, or not a regular file
 * @retval NABD_FOREIGN        the file is a checkpoint of another queue or group
 * @retval NABD_NOTCHECKPOINT  the file is not a checkpoint
 * @retval NABD_FORMAT         it has another format version, or a feature this library lacks
 * @retval NABD_BYTEORDER      it was made on a machine of the other byte order
 * @retval NABD_CORRUPT        neither of its records is whole; or the group's position is
 *                             damaged
 * @retval NABD_NOSPACE        the disk, a quota or RLIMIT_FSIZE leaves no room
 * @retval NABD_BUSY           for 200 ms another was saving to the file
 * @retval NABD_DROPPED        the group was removed
 * @retval NABD_EVICTED        the group was too far behind
 * @retval NABD_FORKED         the consumer belongs to the parent process
 * @retval NABD_SYSTEM         another system call failed, such as the sync; errno says how
 *
 * Concurrency: one caller a consumer at a time; any other consumer, also one that saves to
 * the same file, sender and observer meanwhile.
 * Progress: may block (system calls; until the disk has written; up to 200 ms while another
 * saves to the file).
 * Ordering: what was released before, by any member, counts as done (edge B).
 * @since 0.9.0
 */
NABD_API int nabd_checkpoint_save(nabd_consumer_t *c, const char *path);

/**
 * Read a checkpoint, without a queue: the last that was saved.
 *
 * @param path        name of the file; a symbolic link is not followed
 * @param checkpoint  receives what it says; checkpoint->size must be set
 *
 * @retval NABD_OK             *checkpoint is filled in
 * @retval NABD_INVALID        path or checkpoint is NULL, checkpoint->size is too small, or
 *                             path is too long or names no file
 * @retval NABD_NOTFOUND       no such file or directory
 * @retval NABD_ACCESS         the permissions of the file or directory forbid it
 * @retval NABD_UNSAFE         the path is a symbolic link, or not a regular file
 * @retval NABD_NOTCHECKPOINT  the file is not a checkpoint
 * @retval NABD_FORMAT         it has another format version, or a feature this library lacks
 * @retval NABD_BYTEORDER      it was made on a machine of the other byte order
 * @retval NABD_CORRUPT        neither of its records is whole
 * @retval NABD_SYSTEM         another system call failed; errno says how
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls).
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_checkpoint_load(const char *path, struct nabd_checkpoint *checkpoint);

/** Flags of struct nabd_resume: where to go on when what follows the checkpoint is gone. @{ */
#define NABD_RESUME_OLDEST 0x01u /**< at the oldest message that is kept */
#define NABD_RESUME_NEWEST 0x02u /**< behind the newest */
/** @} */

/** States of struct nabd_resume. @{ */
#define NABD_RESUMED_EXACT 0u /**< nothing lies between the checkpoint and where it goes on */
#define NABD_RESUMED_GAP   1u /**< what followed the checkpoint was let go or overwritten */
#define NABD_RESUMED_OTHER 2u /**< the queue is another than that of the checkpoint */
/** @} */

/**
 * How nabd_consumer_resume() shall go on, and where it did. Start from #NABD_RESUME_INIT,
 * then set flags.
 * @since 0.9.0
 */
struct nabd_resume {
	uint32_t size;     /**< in: sizeof(struct nabd_resume); out: bytes filled in */
	uint32_t flags;    /**< in: #NABD_RESUME_OLDEST or #NABD_RESUME_NEWEST; 0: an error instead */
	uint64_t sequence; /**< out: where the group goes on */
	/**
	 * out: messages between the checkpoint and there; of another queue, all of its messages
	 * before there
	 */
	uint64_t lost;
	uint32_t state;    /**< out: #NABD_RESUMED_EXACT, … */
	uint32_t reserved; /**< 0 */
};

/** Initialiser of struct nabd_resume: go on exactly behind what was done, or not at all. */
#define NABD_RESUME_INIT { (uint32_t)sizeof(struct nabd_resume), 0, 0, 0, 0, 0 }

/**
 * Let the consumer's whole group go on where a checkpoint says: at the oldest message that
 * was not released when it was saved. What was released after it comes again, as far as it
 * is kept; what is not kept is counted. What other members hold stays theirs, as with
 * nabd_consumer_seek(): so let one member resume, before the others join.
 *
 * A queue keeps the messages that some group has not released; those that all have
 * released may be gone. So that nothing can be, save before the messages are released that
 * the program can't do without, or let another group hold them.
 *
 * @param c       a consumer that has peeked at nothing
 * @param path    name of the file; a symbolic link is not followed
 * @param resume  what to do when it can't go on exactly there; receives where it goes on
 *
 * @retval NABD_OK             the group goes on at resume->sequence
 * @retval NABD_INVALID        c is no consumer, path is NULL, too long, or names no file,
 *                             resume is NULL, resume->size is too small, or resume->flags
 *                             has unknown bits or both
 * @retval NABD_LAPPED         what followed was let go or overwritten, and flags is 0
 * @retval NABD_FOREIGN        the checkpoint is of another queue, and flags is 0; or it is of
 *                             another group
 * @retval NABD_STATE          a peeked message or batch is not released yet
 * @retval NABD_NOTFOUND       no such file or directory
 * @retval NABD_ACCESS         the permissions of the file or directory forbid it
 * @retval NABD_UNSAFE         the path is a symbolic link, or not a regular file
 * @retval NABD_NOTCHECKPOINT  the file is not a checkpoint
 * @retval NABD_FORMAT         it has another format version, or a feature this library lacks
 * @retval NABD_BYTEORDER      it was made on a machine of the other byte order
 * @retval NABD_CORRUPT        neither of its records is whole; or it lies ahead of the queue
 * @retval NABD_DROPPED        the group was removed
 * @retval NABD_EVICTED        the group was too far behind
 * @retval NABD_FORKED         the consumer belongs to the parent process
 * @retval NABD_SYSTEM         another system call failed; errno says how
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: may block (system calls).
 * Ordering: what was committed before is visible (edge C).
 * @since 0.9.0
 */
NABD_API int nabd_consumer_resume(nabd_consumer_t *c, const char *path, struct nabd_resume *resume);

/**
 * Save now, and from now on by itself: when this consumer looks for new messages and has
 * released so many since the last time, or so much time has passed, and the group has
 * moved; and in nabd_consumer_close(). A consumer that does not receive does not save. One
 * that is alone takes up to 16 messages at once, and may look only once for them.
 *
 * What goes wrong later is told by nabd_checkpoint_status(), and tried again after as many
 * messages or as much time; the receiving calls go on as ever. While another member saves
 * to the same file this one does not.
 *
 * @param c               a consumer
 * @param path            as for nabd_checkpoint_save(); NULL: no longer
 * @param every_messages  save after so many messages; 0: not for their number
 * @param every_ns        save after so many nanoseconds; 0: not for the time. At least one of
 *                        the two is not 0
 *
 * @retval NABD_OK             saved, and on the disk; or no longer done, with path NULL
 * @retval NABD_INVALID        c is no consumer, path is too long or names no file, every_ns
 *                             is negative, or both are 0
 * @retval NABD_NOTFOUND       no such directory
 * @retval NABD_ACCESS         the permissions of the file or directory forbid it
 * @retval NABD_UNSAFE         the path is a symbolic link, or not a regular file
 * @retval NABD_FOREIGN        the file is a checkpoint of another queue or group
 * @retval NABD_NOTCHECKPOINT  the file is not a checkpoint
 * @retval NABD_FORMAT         it has another format version, or a feature this library lacks
 * @retval NABD_BYTEORDER      it was made on a machine of the other byte order
 * @retval NABD_CORRUPT        neither of its records is whole; or the group's position is
 *                             damaged
 * @retval NABD_NOSPACE        the disk, a quota or RLIMIT_FSIZE leaves no room
 * @retval NABD_NOMEM          not enough memory
 * @retval NABD_BUSY           for 200 ms another was saving to the file
 * @retval NABD_DROPPED        the group was removed
 * @retval NABD_EVICTED        the group was too far behind
 * @retval NABD_FORKED         the consumer belongs to the parent process
 * @retval NABD_SYSTEM         another system call failed, such as the sync; errno says how
 *
 * Concurrency: as for nabd_checkpoint_save().
 * Progress: may block, as for nabd_checkpoint_save(); and so may later receiving calls of
 * this consumer, but for no other who saves.
 * Ordering: as for nabd_checkpoint_save().
 * @since 0.9.0
 */
NABD_API int nabd_checkpoint_auto(nabd_consumer_t *c, const char *path, uint64_t every_messages,
				  int64_t every_ns);

/**
 * What went wrong in saves that were made by themselves, and what the last good save says.
 *
 * @param c         a consumer
 * @param error     receives the first error since this was last asked, #NABD_OK if there was
 *                  none; errno is set after #NABD_SYSTEM. May be NULL, if sequence is not
 * @param sequence  receives the sequence of the last save that succeeded, by itself or not.
 *                  May be NULL, if error is not
 *
 * @retval NABD_OK        told; an error that was told is forgotten
 * @retval NABD_INVALID   c is no consumer, or both pointers are NULL
 * @retval NABD_NOTFOUND  sequence is not NULL, and this consumer has saved nothing yet
 * @retval NABD_FORKED    the consumer belongs to the parent process
 *
 * Concurrency: one caller a consumer at a time; any other consumer, sender and observer
 * meanwhile.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_checkpoint_status(nabd_consumer_t *c, int *error, uint64_t *sequence);

/* --------------------------------------------------------------- metrics -- */

/** Bits of nabd_metrics::state beside those of nabd_stats::state. @{ */
#define NABD_STATE_FULL      0x20u /**< no slot is free */
#define NABD_STATE_PRESSURED 0x40u /**< as nabd_is_pressured(), when the producer last looked */
/** @} */

/**
 * What nabd_metrics_get() tells. Set size to sizeof(struct nabd_metrics) first.
 *
 * Counters belong to the queue and survive their writers. They are kept where something rare
 * is done anyway, never with each message: so what the producer "has seen", it saw when it
 * looked at the groups, which it does when its free slots are used up, once every slots
 * messages at least. Times are of CLOCK_MONOTONIC, in nanoseconds, exact to some 10 ms; 0:
 * never.
 * @since 0.9.0
 */
struct nabd_metrics {
	uint32_t size;           /**< in: sizeof(struct nabd_metrics); out: bytes filled in */
	uint32_t state;          /**< #NABD_STATE_PRODUCER, … #NABD_STATE_PRESSURED */
	uint32_t slots;          /**< number of slots */
	uint32_t fill;           /**< slots in use by the slowest group */
	uint32_t fill_percent;   /**< the same in percent, as nabd_fill_level() */
	uint32_t high_fill;      /**< highest fill that the producer has seen; exact if it was full */
	uint64_t head;           /**< messages sent */
	uint64_t tail;           /**< sequence of the oldest message that a group still holds */
	uint64_t bytes;          /**< payload bytes sent */
	uint64_t full_count;     /**< times that the queue became full for the producer, not tries */
	uint64_t reader_wakes;   /**< sleepers of all groups woken, and their descriptors told */
	uint64_t producer_wakes; /**< times that the producer was woken, or its descriptor told */
	uint64_t evictions;      /**< groups evicted, or gone with their members */
	uint64_t lost;           /**< sum of nabd_group_metrics::lost */
	uint64_t producer_epoch; /**< how many producers the queue has had */
	uint64_t progress_ns;    /**< when the producer last looked for free slots and found some; 0 in
				      a queue made with #NABD_OVERWRITE */
	uint64_t now_ns;         /**< when this was looked up */
	uint64_t created_ns;     /**< when it was made: nanoseconds since 1970, CLOCK_REALTIME */
};

/**
 * Look at a queue's fill, counters and roles, without disturbing it.
 *
 * @param q        any handle
 * @param metrics  receives the numbers; metrics->size must be set
 *
 * @retval NABD_OK       *metrics is filled in
 * @retval NABD_INVALID  q is no open handle, metrics is NULL, or metrics->size is too small
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_SYSTEM   asking the kernel for the roles failed; errno says how
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: lock-free; makes a few system calls.
 * Ordering: none; each number is whole, but they are not of one instant.
 * @since 0.9.0
 */
NABD_API int nabd_metrics_get(nabd_t *q, struct nabd_metrics *metrics);

/** Values of nabd_group_metrics::owner. @{ */
#define NABD_GROUP_OWNER_NONE  0u /**< nobody, and nothing waits for it */
#define NABD_GROUP_OWNER_ALIVE 1u /**< a live member, or reader */
#define NABD_GROUP_OWNER_DEAD  2u /**< nobody alive, though messages wait for it or are held */
/** @} */

/**
 * What nabd_group_metrics_get() tells. Set size to sizeof(struct nabd_group_metrics) first.
 * Counters are those of the id: they go on when a group of this id is made anew. Those that
 * members keep are 0 in the default group, which has none.
 * @since 0.9.0
 */
struct nabd_group_metrics {
	uint32_t size;         /**< in: sizeof(struct nabd_group_metrics); out: bytes filled in */
	uint32_t group;        /**< its id; 0: the default group */
	uint32_t state;        /**< #NABD_GROUP_STATE_EPHEMERAL, … */
	uint32_t owner;        /**< #NABD_GROUP_OWNER_NONE, … */
	uint32_t members;      /**< live members, or readers */
	uint32_t holding;      /**< members, dead or alive, that hold messages */
	int32_t ended;         /**< #NABD_OK: it is there; #NABD_DROPPED or #NABD_EVICTED: it was */
	uint32_t reserved;     /**< 0 */
	uint64_t made;         /**< how often a group of this id was made */
	uint64_t position;     /**< sequence of the next message to be given out, also at its end */
	uint64_t low;          /**< sequence of the oldest message that is not released */
	uint64_t lag;          /**< messages from low to the newest; 0 if it has ended */
	uint64_t high_lag;     /**< longest lag that the producer has seen */
	uint64_t wakes;        /**< sleepers woken, and descriptors told */
	uint64_t claimed;      /**< messages that members took */
	uint64_t redelivered;  /**< messages taken over from a member that had died or given back */
	uint64_t nacked;       /**< messages given back by nabd_consumer_nack() */
	uint64_t dead_letters; /**< messages that were delivered too often, and taken elsewhere */
	uint64_t lost;         /**< messages overwritten before they were read, as far as readers have
				    found out, or let go as the group was evicted, or vanished */
	uint64_t evictions;    /**< how often it was evicted, or vanished with its members */
	uint64_t progress_ns;  /**< when it was last seen to go on, by a claim of a member or by the
				    producer: nabd_metrics says when that looks */
};

/**
 * Look at a group's lag, counters and members, without disturbing it. A group that has ended
 * still tells its counters, and how it ended.
 *
 * @param q        any handle
 * @param group    0 to 16
 * @param metrics  receives the numbers; metrics->size must be set
 *
 * @retval NABD_OK        *metrics is filled in
 * @retval NABD_INVALID   q is no open handle, group is above 16, metrics is NULL, or
 *                        metrics->size is too small
 * @retval NABD_NOTFOUND  there never was such a group
 * @retval NABD_FORKED    the handle belongs to the parent process
 * @retval NABD_SYSTEM    asking the kernel for the members failed; errno says how
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: lock-free; makes a few system calls.
 * Ordering: none; each number is whole, but they are not of one instant.
 * @since 0.9.0
 */
NABD_API int nabd_group_metrics_get(nabd_t *q, unsigned group, struct nabd_group_metrics *metrics);

/**
 * What nabd_member_metrics_get() tells. Set size to sizeof(struct nabd_member_metrics)
 * first. Counters are those of the place, whoever had it one after the other.
 * @since 0.9.0
 */
struct nabd_member_metrics {
	uint32_t size;         /**< in: sizeof(struct nabd_member_metrics); out: bytes filled in */
	uint32_t group;        /**< id of the group */
	uint32_t member;       /**< 0 to 15 */
	uint32_t alive;        /**< 1: it lives; 0: it is dead or has left */
	uint64_t held;         /**< messages that it holds */
	uint64_t first;        /**< sequence of the first of them; 0 if it holds none */
	uint64_t claimed;      /**< messages that it took */
	uint64_t redelivered;  /**< messages that it took over */
	uint64_t nacked;       /**< messages that it gave back */
	uint64_t dead_letters; /**< messages that were delivered too often, and taken elsewhere */
	uint64_t progress_ns;  /**< when it last claimed: CLOCK_MONOTONIC, exact to some 10 ms; 0:
				    never */
};

/**
 * Look at what a member of a group holds and has done, without disturbing it.
 *
 * @param q        any handle
 * @param group    1 to 16
 * @param member   0 to 15
 * @param metrics  receives the numbers; metrics->size must be set
 *
 * @retval NABD_OK        *metrics is filled in
 * @retval NABD_INVALID   q is no open handle, group is not 1 to 16, member is above 15,
 *                        metrics is NULL, or metrics->size is too small
 * @retval NABD_NOTFOUND  there never was such a member
 * @retval NABD_FORKED    the handle belongs to the parent process
 * @retval NABD_SYSTEM    asking the kernel failed; errno says how
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: lock-free; makes a few system calls.
 * Ordering: none; each number is whole, but they are not of one instant.
 * @since 0.9.0
 */
NABD_API int nabd_member_metrics_get(nabd_t *q, unsigned group, unsigned member,
				     struct nabd_member_metrics *metrics);

/**
 * What nabd_metrics_rates() tells. Set size to sizeof(struct nabd_rates) first.
 * @since 0.9.0
 */
struct nabd_rates {
	uint32_t size;         /**< in: sizeof(struct nabd_rates); out: bytes filled in */
	uint32_t reserved;     /**< 0 */
	double seconds;        /**< between the two looks */
	double messages;       /**< sent, a second */
	double bytes;          /**< of payload sent, a second */
	double released;       /**< messages that the slowest group let go, a second */
	double full;           /**< times that the queue became full, a second */
	double reader_wakes;   /**< a second */
	double producer_wakes; /**< a second */
	double lost;           /**< messages, a second */
};

/**
 * What happened between two looks at a queue, a second.
 *
 * @param before  what nabd_metrics_get() told
 * @param after   what it told later, of the same queue
 * @param rates   receives the rates; rates->size must be set
 *
 * @retval NABD_OK       *rates is filled in
 * @retval NABD_INVALID  one of them is NULL or its size is too small; or after is not later
 *                       than before, or not of the same queue
 *
 * Concurrency: any thread, any time.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_metrics_rates(const struct nabd_metrics *before,
				const struct nabd_metrics *after, struct nabd_rates *rates);

/** Formats of nabd_metrics_format(). @{ */
#define NABD_METRICS_TEXT       0u /**< a field a line, for people */
#define NABD_METRICS_JSON       1u /**< one object, with the fields of the structs */
#define NABD_METRICS_PROMETHEUS 2u /**< Prometheus' text format 0.0.4 */
/** @} */

/**
 * All metrics of a queue, its groups and their members, as text.
 *
 * @param q       any handle
 * @param format  #NABD_METRICS_TEXT, #NABD_METRICS_JSON or #NABD_METRICS_PROMETHEUS
 * @param buf     receives the text and a NUL, cut off to fit; may be NULL if size is 0
 * @param size    bytes of buf
 * @param len     receives the length of the whole text, without the NUL
 *
 * @retval NABD_OK       the text is in buf
 * @retval NABD_BUFFER   buf is too small: more than *len bytes are needed, and perhaps some
 *                       more the next time, as numbers grow
 * @retval NABD_INVALID  q is no open handle, format is none, len is NULL, or buf is NULL and
 *                       size is not 0
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_NOMEM    not enough memory to collect them
 * @retval NABD_SYSTEM   asking the kernel failed; errno says how
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: lock-free; makes some hundred system calls at most.
 * Ordering: none; each number is whole, but they are not of one instant.
 * @since 0.9.0
 */
NABD_API int nabd_metrics_format(nabd_t *q, unsigned format, char *buf, size_t size, size_t *len);

/* --------------------------------------------------------------- latency -- */

#define NABD_LATENCY_BUCKETS 336u        /**< of a histogram */
#define NABD_LATENCY_ALL     0xffffffffu /**< all groups, or all members of a group */

/**
 * How old messages were when they were received, in a queue made with #NABD_TIMESTAMPS. Set
 * size to sizeof(struct nabd_latency) first.
 *
 * Bucket i, up to 7, counts ages of i nanoseconds; from 8 on those from
 * (8 + i % 8) * 2^(i / 8 - 1) up to that of i + 1, which is an eighth of it at most. The
 * last one counts all from 4.58 hours on.
 *
 * The age of a message is the time from its commit, or push, to the moment when a peek or
 * pop has found it, after the copying of a pop: how long the receiver worked on it is not in
 * it. A message is counted once in each group, when it is released: one that was delivered
 * more than once, with its last delivery. Dead letters, and messages that were overwritten
 * before they were released, are not counted; one whose receiver dies while it releases it
 * may be counted twice, and one that the group goes back to by a seek is counted again.
 *
 * Both ends read CLOCK_MONOTONIC, which does not go on while the machine is suspended. It is
 * another in each time namespace (time_namespaces(7)): between processes of two of them the
 * ages are wrong by the difference. What would be younger than nothing is unmeasured.
 * @since 0.9.0
 */
struct nabd_latency {
	uint32_t size;       /**< in: sizeof(struct nabd_latency); out: bytes filled in */
	uint32_t reserved;   /**< 0 */
	uint64_t created_ns; /**< when the queue was made: nanoseconds since 1970 */
	uint64_t now_ns;     /**< when this was looked up: CLOCK_MONOTONIC */
	uint64_t count;      /**< messages in the buckets */
	uint64_t unmeasured; /**< messages beside them, whose time was none or of the future */
	uint64_t sum_ns;     /**< of the ages of those counted, modulo 2^64 */
	uint64_t max_ns;     /**< the highest age; of a difference, the end of its bucket at most */
	uint64_t bucket[NABD_LATENCY_BUCKETS]; /**< messages of each age */
};

/**
 * The ages of the messages that a reader, the members of a group, or all have received since
 * the queue was made. Like other counters these go on when a group is made anew.
 *
 * @param q        any handle
 * @param group    0 to 16, or #NABD_LATENCY_ALL
 * @param member   0 to 15, or #NABD_LATENCY_ALL; of the default group, and of all groups, the
 *                 latter alone
 * @param latency  receives the histogram; latency->size must be set
 *
 * @retval NABD_OK        *latency is filled in
 * @retval NABD_INVALID   q is no open handle, group or member is none of these, latency is
 *                        NULL, or latency->size is too small
 * @retval NABD_NOTFOUND  the queue was made without #NABD_TIMESTAMPS
 * @retval NABD_FORKED    the handle belongs to the parent process
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: wait-free; reads the clock.
 * Ordering: none; each number is whole, but they are not of one instant.
 * @since 0.9.0
 */
NABD_API int nabd_latency_get(nabd_t *q, unsigned group, unsigned member,
			      struct nabd_latency *latency);

/**
 * What was received between two looks.
 *
 * @param before  what nabd_latency_get() told
 * @param after   what it told later, of the same readers of the same queue
 * @param since   receives the difference; since->size must be set; may be one of the two
 *
 * @retval NABD_OK       *since is filled in
 * @retval NABD_INVALID  one of them is NULL or its size is too small; or after is earlier
 *                       than before, of another queue, or has less of something. That the
 *                       readers are the same is not seen otherwise
 *
 * Concurrency: any thread, any time.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_latency_since(const struct nabd_latency *before,
				const struct nabd_latency *after, struct nabd_latency *since);

/**
 * What nabd_latency_summary() tells. Set size to sizeof(struct nabd_latency_summary) first.
 * Ages in nanoseconds, 0 if no message was counted. min_ns and those named p are wrong by a
 * sixteenth at most, where they are less than 4.58 hours.
 * @since 0.9.0
 */
struct nabd_latency_summary {
	uint32_t size;       /**< in: sizeof(struct nabd_latency_summary); out: bytes filled in */
	uint32_t reserved;   /**< 0 */
	uint64_t count;      /**< messages */
	uint64_t unmeasured; /**< messages beside them, whose time was none or of the future */
	uint64_t mean_ns;    /**< the mean: exact, unless the ages add up to 2^63 or more, which
			      *   are 292 years; then wrong by a sixteenth at most */
	uint64_t min_ns;     /**< the lowest */
	uint64_t p50_ns;     /**< half of the messages were no older: the median */
	uint64_t p90_ns;     /**< nine of ten were no older */
	uint64_t p99_ns;     /**< 99 of a hundred */
	uint64_t p99_9_ns;   /**< 999 of a thousand */
	uint64_t max_ns;     /**< as nabd_latency::max_ns */
};

/**
 * Percentiles of a histogram.
 *
 * @param latency  what nabd_latency_get() or nabd_latency_since() told
 * @param summary  receives the numbers; summary->size must be set
 *
 * @retval NABD_OK       *summary is filled in
 * @retval NABD_INVALID  one of them is NULL or its size is too small
 *
 * Concurrency: any thread, any time.
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_latency_summary(const struct nabd_latency *latency,
				  struct nabd_latency_summary *summary);

/**
 * When a message was sent, in a queue made with #NABD_TIMESTAMPS: the time of
 * CLOCK_MONOTONIC just before it could be received. Those of one batch may share a time,
 * which is then that of the first of up to 16.
 *
 * @param q        the handle that the message was peeked through, or its consumer joined
 * @param msg      what nabd_peek_msg(), nabd_peek_batch() or those of a consumer gave, and was
 *                 not released yet
 * @param sent_ns  receives the time in nanoseconds
 *
 * @retval NABD_OK        *sent_ns is filled in
 * @retval NABD_INVALID   q is no open handle, an argument is NULL, or msg is no message in place
 *                        of this queue
 * @retval NABD_NOTFOUND  the queue was made without #NABD_TIMESTAMPS
 * @retval NABD_LAPPED    the message was released and overwritten, or only the latter
 * @retval NABD_FORKED    the handle belongs to the parent process
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: wait-free, no system call.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_message_time(nabd_t *q, const struct nabd_msg *msg, uint64_t *sent_ns);

/* ------------------------------------------------------------- diagnosis -- */

/**
 * Explain, in plain English sentences of a line each, what is right or wrong with the file
 * behind a name: its header field by field, who has it open and in which role, which groups
 * hold the producer back, what dead members hold, and whether it is stale, which is when
 * nobody has it open. What is wrong begins with "Wrong: ". Nothing is changed, and nobody
 * disturbed. The words may change from version to version.
 *
 * @param name  as for nabd_open()
 * @param opts  options of which dir, flags and owner are used, or NULL for none
 * @param buf   receives the text and a NUL, cut off to fit; may be NULL if size is 0
 * @param size  bytes of buf
 * @param len   receives the length of the whole text, without the NUL, after an error too
 *
 * @retval NABD_OK         nabd_open_opts() would open it, to look
 * @retval NABD_INVALID    name or len is NULL, buf is NULL and size is not 0, or opts is not a
 *                         valid struct nabd_opts; *len is not stored
 * @retval NABD_BUFFER     it would be NABD_OK, but buf is too small: more than *len bytes are
 *                         needed
 * @retval NABD_NAME       not a valid name
 * @retval NABD_RANGE      the queue is too large for the address space of this process
 * @retval NABD_NOTFOUND   no such queue, or no such directory
 * @retval NABD_ACCESS     the permissions of the file or directory forbid to read it
 * @retval NABD_OWNER      the file is neither the caller's nor an accepted user's
 * @retval NABD_UNSAFE     not a regular file, or it has a second hard link
 * @retval NABD_NOTQUEUE   the file does not begin as a queue does
 * @retval NABD_TRUNCATED  the file is shorter or longer than its header says, or has holes
 * @retval NABD_FORMAT     another format version, or features unknown to this library
 * @retval NABD_BYTEORDER  the queue was made by a machine of the other byte order
 * @retval NABD_CORRUPT    a damaged header, or positions with which no producer could begin
 * @retval NABD_NOMEM      not enough memory
 * @retval NABD_SYSTEM     another system call failed; errno says how
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls); waits for no other process.
 * Ordering: none; others go on meanwhile.
 * @since 0.9.0
 */
NABD_API int nabd_diagnose(const char *name, const struct nabd_opts *opts, char *buf, size_t size,
			   size_t *len);

/** Flags of nabd_recover(). @{ */
#define NABD_RECOVER_DO      0x01u /**< do it; without this flag it is only said */
#define NABD_RECOVER_REMOVE  0x02u /**< remove the queue if nobody has it open */
#define NABD_RECOVER_DISCARD 0x04u /**< with #NABD_RECOVER_REMOVE: even if messages are lost */
/** @} */

/**
 * Clear up what dead processes have left, as far as nobody else does; or say what that would
 * be. Ephemeral groups whose members are all dead are ended; and if asked for, a queue is
 * removed that nobody has open and that holds no unread message. A damaged queue is removed
 * only with #NABD_RECOVER_DISCARD, another kind of file never.
 *
 * A queue is removed by one who is alone with it: no handle is open but with #NABD_OBSERVE,
 * and who opens one meanwhile waits for up to 200 ms, and then finds that there is no queue, or
 * makes a new one. So nobody who has opened a queue, or made one, loses it by this call, and
 * nabd_unlink() of another process waits likewise. What is not guarded against are programs
 * other than nabd that rename or remove the file at the same time.
 *
 * @param name   as for nabd_open()
 * @param opts   options of which dir, flags and owner are used, or NULL for none
 * @param flags  #NABD_RECOVER_DO, #NABD_RECOVER_REMOVE, #NABD_RECOVER_DISCARD, or 0
 * @param buf    receives a text and a NUL, cut off to fit; may be NULL if size is 0
 * @param size   bytes of buf
 * @param len    receives the length of the whole text, without the NUL, after an error too
 *
 * @retval NABD_OK         done, or could be; or there is nothing to do
 * @retval NABD_INVALID    name or len is NULL, buf is NULL and size is not 0, opts is not a
 *                         valid struct nabd_opts, or flags has unknown bits or
 *                         #NABD_RECOVER_DISCARD alone; *len is not stored
 * @retval NABD_BUFFER     all of it was done, but buf is too small for the text
 * @retval NABD_BUSY       not removed: somebody has it open, or removes it this moment
 * @retval NABD_STATE      not removed: it holds unread messages, or is damaged and may
 * @retval NABD_NAME       not a valid name
 * @retval NABD_RANGE      the queue is too large for the address space of this process
 * @retval NABD_NOTFOUND   no such queue, or no such directory
 * @retval NABD_ACCESS     the permissions of the file or directory forbid it
 * @retval NABD_OWNER      the file is neither the caller's nor an accepted user's
 * @retval NABD_UNSAFE     not a regular file, or it has a second hard link
 * @retval NABD_NOTQUEUE   the file does not begin as a queue does
 * @retval NABD_TRUNCATED  the file is shorter or longer than its header says, or has holes
 * @retval NABD_FORMAT     another format version, or features unknown to this library
 * @retval NABD_BYTEORDER  the queue was made by a machine of the other byte order
 * @retval NABD_CORRUPT    a damaged header
 * @retval NABD_NOMEM      not enough memory
 * @retval NABD_SYSTEM     another system call failed; errno says how
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls); may wait up to 200 ms for one who makes or joins a group.
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_recover(const char *name, const struct nabd_opts *opts, unsigned flags,
			  char *buf, size_t size, size_t *len);

/* ------------------------------------------------------------------ look -- */

/**
 * Whether nothing is waiting: for the default group, on a handle opened with
 * #NABD_CONSUMER; for all groups together, on any other handle.
 *
 * @param q  any handle
 *
 * @retval 1             nothing is waiting
 * @retval 0             at least one message is
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: wait-free, no system call.
 * Ordering: none; the answer may be old when it arrives.
 * @since 0.9.0
 */
NABD_API int nabd_empty(nabd_t *q);

/**
 * Whether no slot is free for the producer.
 *
 * @param q  any handle
 *
 * @retval 1             no slot is free
 * @retval 0             at least one is
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: wait-free, no system call.
 * Ordering: none; the answer may be old when it arrives.
 * @since 0.9.0
 */
NABD_API int nabd_full(nabd_t *q);

/**
 * How full the queue is: slots in use by the slowest group, in percent, rounded
 * down; 100 only when no slot is free.
 *
 * @param q  any handle
 * @return 0 to 100, or an error
 *
 * @retval NABD_INVALID  q is no open handle
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: wait-free, no system call.
 * Ordering: none; the answer may be old when it arrives.
 * @since 0.9.0
 */
NABD_API int nabd_fill_level(nabd_t *q);

/** Bits of nabd_stats::state. @{ */
#define NABD_STATE_PRODUCER 0x01u /**< a live producer holds the queue */
#define NABD_STATE_CONSUMER 0x02u /**< a live handle reads the default group */
#define NABD_STATE_GROUP0   0x04u /**< the default group exists and holds the producer back */
#define NABD_STATE_UNLINKED 0x08u /**< the queue's name is gone */
#define NABD_STATE_OVERWRITE 0x10u /**< the queue was made with #NABD_OVERWRITE */
#define NABD_STATE_TIMESTAMPS 0x80u /**< the queue was made with #NABD_TIMESTAMPS */
/** @} */

/**
 * What nabd_stats() tells. Set size to sizeof(struct nabd_stats) before the call.
 * Counters belong to the queue, not to the handle, and survive their writers.
 * @since 0.9.0
 */
struct nabd_stats {
	uint32_t size;           /**< in: sizeof(struct nabd_stats); out: bytes filled in */
	uint32_t state;          /**< #NABD_STATE_PRODUCER, … */
	uint32_t slots;          /**< number of slots */
	uint32_t slot_size;      /**< longest message, in bytes */
	uint32_t stride;         /**< bytes from one slot to the next */
	uint32_t align;          /**< alignment of payloads, in bytes */
	uint64_t head;           /**< sequence of the next message to be sent = messages sent */
	uint64_t tail;           /**< sequence of the oldest message that a group still holds */
	uint64_t position;       /**< sequence of the default group's next message */
	uint64_t bytes;          /**< payload bytes sent */
	uint64_t full_count;     /**< times that the queue became full for the producer, not tries */
	uint64_t producer_epoch; /**< how many producers the queue has had */
	uint64_t created_ns;     /**< when it was made: nanoseconds since 1970, CLOCK_REALTIME */
	uint8_t incarnation[16]; /**< random, different for each queue ever made */
};

/**
 * Look at a queue's sizes, positions, counters and roles, without disturbing it.
 *
 * @param q      any handle
 * @param stats  receives the numbers; stats->size must be set
 *
 * @retval NABD_OK       *stats is filled in
 * @retval NABD_INVALID  q is no open handle, stats is NULL, or stats->size is too small
 * @retval NABD_FORKED   the handle belongs to the parent process
 * @retval NABD_SYSTEM   asking the kernel for the roles failed; errno says how
 *
 * Concurrency: any thread, beside any call but nabd_close().
 * Progress: lock-free; makes a few system calls.
 * Ordering: none; each number is whole, but they are not of one instant.
 * @since 0.9.0
 */
NABD_API int nabd_stats(nabd_t *q, struct nabd_stats *stats);

#ifdef __cplusplus
}
#endif

#endif
