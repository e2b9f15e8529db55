/* SPDX-License-Identifier: MIT */
/**
 * @file nabd.h
 * The whole public contract of libnabd: lock-free, zero-copy messages between
 * the processes of one machine, through a ring of slots in shared memory.
 *
 * In the order in which a message flows: errors, open, send, receive, look.
 *
 * Who may call what at the same time
 * ----------------------------------
 * A handle has two sides: the sending side (reserve, commit, abort, push and
 * their batch forms) and the receiving side (peek, release, pop and theirs).
 *
 *                      | same side | other side | looking | close
 *     same handle      |     X     |     -      |    -    |   X
 *     other handle     |     -     |     -      |    -    |   -
 *
 * X: the callers must not overlap (one thread at a time, or your own lock);
 * -: no exclusion is needed. "Looking" is nabd_empty(), nabd_full(),
 * nabd_fill_level() and nabd_stats(). nabd_strerror(), nabd_error_name() and
 * nabd_version() may be called by anyone at any time, also in a signal handler.
 *
 * Every call that returns int returns #NABD_OK or a negative enum nabd_error,
 * save the three that answer a question. After an error nothing has changed,
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
	NABD_NOTFOUND = -12,  /**< no queue of that name */
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
	NABD_NOSPACE = -23,   /**< not enough shared memory for the queue */
	NABD_NOMEM = -24,     /**< the process may not map or lock so much memory */
	NABD_SYSTEM = -25     /**< a system call failed; errno says how */
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
	uint32_t align;  /**< payloads start at multiples of this many bytes: 0 or 8, 16, … 4096 */
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
 * @param flags      #NABD_CREATE, #NABD_EXCL, and #NABD_PRODUCER, #NABD_CONSUMER,
 *                   both, neither (which may only look), or #NABD_OBSERVE alone
 * @return the handle, to be given to nabd_close(); or NULL with errno set to
 *         the value that nabd_open_opts(3) lists beside each error
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls); waits for no other process.
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
 * @retval NABD_GEOMETRY   the queue exists with other slots, slot_size or align
 * @retval NABD_BUSY       #NABD_PRODUCER was asked for and a live producer exists
 * @retval NABD_NOSPACE    not enough shared memory to make the queue
 * @retval NABD_NOMEM      not enough memory, or not allowed to lock it (#NABD_MLOCK)
 * @retval NABD_SYSTEM     another system call failed; errno says how
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls); waits for no other process.
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
 * @retval NABD_SYSTEM    another system call failed; errno says how
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls).
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
 * @retval NABD_SYSTEM    another system call failed; errno says how
 *
 * Concurrency: any thread, any time.
 * Progress: may block (system calls).
 * Ordering: none.
 * @since 0.9.0
 */
NABD_API int nabd_unlink_opts(const char *name, const struct nabd_opts *opts);

/* ------------------------------------------------------------------ send -- */

/**
 * Get the next slot to write a message into, in place. Nothing is visible to
 * anyone before nabd_commit(); a producer that dies in between leaves nothing.
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
 * @retval NABD_STATE    a reservation is already open
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free, no system call.
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
 * @retval NABD_STATE    a reservation is open
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free (copying len bytes), no system call.
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
 * @retval NABD_STATE    a reservation is already open
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free (n steps), no system call.
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
 * @retval NABD_OK       *sent (1 to n) messages are sent; fewer than n: then full
 * @retval NABD_FULL     no slot is free
 * @retval NABD_TOOBIG   a length is more than slot_size; nothing is sent
 * @retval NABD_INVALID  q is no open handle, an argument is NULL, or n is 0
 * @retval NABD_ROLE     q was not opened with #NABD_PRODUCER
 * @retval NABD_STATE    a reservation is open
 * @retval NABD_FORKED   the handle belongs to the parent process
 *
 * Concurrency: one sender a handle at a time; any receiver and observer meanwhile.
 * Progress: wait-free (n steps and the copying), no system call.
 * Ordering: the sender's earlier writes happen before the receipt (edges A and B).
 * @since 0.9.0
 */
NABD_API int nabd_push_batch(nabd_t *q, const void *data, const uint32_t *lens, size_t n,
			     size_t *sent);

/* --------------------------------------------------------------- receive -- */

/**
 * A message in place, as nabd_peek_msg() and nabd_peek_batch() give it.
 * @since 0.9.0
 */
struct nabd_msg {
	const void *data;    /**< the first byte; valid until the message is released */
	uint64_t sequence;   /**< counts the queue's messages, from 0 */
	uint32_t len;        /**< length in bytes */
	uint32_t flags;      /**< 0; later versions will tell more */
	uint32_t deliveries; /**< how often this group was given the message; 1 */
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
 * be delivered again by the next peek or pop.
 *
 * @param q  a handle with a batch of nabd_peek_batch()
 * @param n  how many, 0 to what was peeked
 *
 * @retval NABD_OK       released; the addresses of the whole batch are void
 * @retval NABD_INVALID  q is no open handle, or n is more than was peeked
 * @retval NABD_ROLE     q was not opened with #NABD_CONSUMER
 * @retval NABD_STATE    no batch was peeked
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
