/* SPDX-License-Identifier: MIT */
/* The one table of errors: value, errno of nabd_open(), text. */
#ifndef NABD_ERROR_H
#define NABD_ERROR_H

#include <errno.h>

/* X(name, errno, text); errno 0: as the system call left it. */
#define NABDI_ERRORS(X)                                                                            \
	X(NABD_OK, 0, "success")                                                                   \
	X(NABD_EMPTY, EAGAIN, "no message is waiting")                                             \
	X(NABD_FULL, EAGAIN, "no slot is free")                                                    \
	X(NABD_INVALID, EINVAL, "invalid argument, or no open handle")                             \
	X(NABD_NAME, EINVAL, "not a valid queue name")                                             \
	X(NABD_RANGE, EOVERFLOW, "a size is beyond the limits")                                    \
	X(NABD_TOOBIG, EMSGSIZE, "the message is too long")                                        \
	X(NABD_BUFFER, EMSGSIZE, "the buffer is too small")                                        \
	X(NABD_STATE, EINVAL, "call out of order")                                                 \
	X(NABD_ROLE, EPERM, "the handle was not opened for this")                                  \
	X(NABD_BUSY, EBUSY, "another live handle holds the role")                                  \
	X(NABD_FORKED, ECHILD, "the handle belongs to the parent process")                         \
	X(NABD_NOTFOUND, ENOENT, "no such queue, group or member")                                  \
	X(NABD_EXISTS, EEXIST, "the queue exists")                                                 \
	X(NABD_ACCESS, EACCES, "permission denied")                                                \
	X(NABD_OWNER, EPERM, "the queue belongs to another user")                                  \
	X(NABD_UNSAFE, ELOOP, "not a plain file with a single name")                               \
	X(NABD_NOTQUEUE, EBADMSG, "not a queue")                                                   \
	X(NABD_TRUNCATED, EBADMSG, "the queue's file has a wrong size")                            \
	X(NABD_FORMAT, EPROTONOSUPPORT, "the queue has a format that this library does not know")  \
	X(NABD_BYTEORDER, EPROTONOSUPPORT, "the queue has another byte order")                     \
	X(NABD_CORRUPT, EUCLEAN, "the queue is damaged")                                           \
	X(NABD_GEOMETRY, EDOM, "the queue exists with other sizes")                                \
	X(NABD_NOSPACE, ENOSPC, "not enough shared memory")                                        \
	X(NABD_NOMEM, ENOMEM, "not enough memory")                                                 \
	X(NABD_SYSTEM, 0, "a system call failed")                                                  \
	X(NABD_DROPPED, EIDRM, "the consumer group was removed")                                   \
	X(NABD_EVICTED, ESTALE, "the consumer group was too far behind")                           \
	X(NABD_LAPPED, EOVERFLOW, "messages were overwritten before they were read")                            \
	X(NABD_TIMEOUT, ETIMEDOUT, "the deadline passed")                                          \
	X(NABD_WOKEN, EINTR, "the wait was ended")                                                 \
	X(NABD_UNLINKED, ENOENT, "the queue's name is gone")                                       \
	X(NABD_NOPRODUCER, EPIPE, "no producer lives")                                             \
	X(NABD_FOREIGN, ESTALE, "the checkpoint is of another queue or group")                     \
	X(NABD_NOTCHECKPOINT, EBADMSG, "not a checkpoint")

/* The errno that nabd_open() sets for an error, or 0 to leave it. */
int nabdi_error_errno(int error);

#endif
