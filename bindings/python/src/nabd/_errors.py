# SPDX-License-Identifier: MIT
"""The exceptions: one for each error of nabd.h.

Each has a ``code`` (the number of ``enum nabd_error``) and a ``name`` (as in nabd.h), and is
also what Python itself would raise: an unknown queue is a FileNotFoundError, too.
"""
from __future__ import annotations

import errno
import queue
from typing import ClassVar


class Error(Exception):
    """What every error of nabd is."""

    code: ClassVar[int] = 0
    name: ClassVar[str] = ""


class Empty(Error, queue.Empty):
    """No message is waiting for this reader."""

    code = -1
    name = "NABD_EMPTY"


class Full(Error, queue.Full):
    """No slot is free: the slowest group still holds them all."""

    code = -2
    name = "NABD_FULL"


class InvalidError(Error, ValueError):
    """An argument is out of its domain."""

    code = -3
    name = "NABD_INVALID"


class ClosedError(InvalidError):
    """The handle is closed, or is being closed by another thread."""

    sent: int = 0
    """messages of a batch that were sent"""


class QueueNameError(Error, ValueError):
    """Not a valid queue name."""

    code = -4
    name = "NABD_NAME"


class RangeError(Error, ValueError):
    """A size of the queue is beyond the limits."""

    code = -5
    name = "NABD_RANGE"


class TooBigError(Error, ValueError):
    """The message is longer than a slot, or than what was reserved."""

    code = -6
    name = "NABD_TOOBIG"
    sent: int = 0
    """messages of a batch that were sent"""


class BufferTooSmallError(Error, ValueError):
    """The caller's buffer is too small; the message stays."""

    code = -7
    name = "NABD_BUFFER"
    needed: int = 0
    """bytes of the message"""


class StateError(Error, RuntimeError):
    """Out of order: a slot is open already, or given back, or another thread is at it."""

    code = -8
    name = "NABD_STATE"


class RoleError(Error, RuntimeError):
    """The handle was not opened for this side."""

    code = -9
    name = "NABD_ROLE"


class BusyError(Error, RuntimeError):
    """Another live handle holds the role."""

    code = -10
    name = "NABD_BUSY"


class ForkedError(Error, RuntimeError):
    """The handle belongs to the parent process."""

    code = -11
    name = "NABD_FORKED"


class NotFoundError(Error, FileNotFoundError):
    """No queue of that name; no such group, member or checkpoint."""

    code = -12
    name = "NABD_NOTFOUND"
    standard: ClassVar[int] = errno.ENOENT


class ExistsError(Error, FileExistsError):
    """The queue exists, and it was to be made."""

    code = -13
    name = "NABD_EXISTS"
    standard: ClassVar[int] = errno.EEXIST


class AccessError(Error, PermissionError):
    """The file permissions forbid it."""

    code = -14
    name = "NABD_ACCESS"
    standard: ClassVar[int] = errno.EACCES


class OwnerError(Error, PermissionError):
    """The file belongs to a user that the caller does not accept."""

    code = -15
    name = "NABD_OWNER"
    standard: ClassVar[int] = errno.EPERM


class UnsafeError(Error):
    """A symbolic link, a second hard link, or not a regular file."""

    code = -16
    name = "NABD_UNSAFE"


class NotQueueError(Error):
    """The file is not a queue of nabd."""

    code = -17
    name = "NABD_NOTQUEUE"


class TruncatedError(Error):
    """The file's size is not what its header says."""

    code = -18
    name = "NABD_TRUNCATED"


class FormatError(Error):
    """Another format version, or a feature that the library lacks."""

    code = -19
    name = "NABD_FORMAT"


class ByteOrderError(Error):
    """Made on a machine of the other byte order."""

    code = -20
    name = "NABD_BYTEORDER"


class CorruptError(Error):
    """What the shared memory holds contradicts itself."""

    code = -21
    name = "NABD_CORRUPT"


class GeometryError(Error):
    """The queue exists with other sizes than those asked for."""

    code = -22
    name = "NABD_GEOMETRY"


class NoSpaceError(Error, OSError):
    """Not enough shared memory, or room for a checkpoint."""

    code = -23
    name = "NABD_NOSPACE"
    standard: ClassVar[int] = errno.ENOSPC


class NoMemoryError(Error, MemoryError):
    """The process may not map or lock so much memory."""

    code = -24
    name = "NABD_NOMEM"


class SystemCallError(Error, OSError):
    """A system call failed; errno says how."""

    code = -25
    name = "NABD_SYSTEM"


class DroppedError(Error):
    """The consumer's group was removed; close the consumer."""

    code = -26
    name = "NABD_DROPPED"


class EvictedError(Error):
    """The consumer's group was too far behind; close, and join again."""

    code = -27
    name = "NABD_EVICTED"
    lost: int = 0
    """messages that the group was never given"""


class Lapped(Error):
    """Messages were overwritten before they were read, or while."""

    code = -28
    name = "NABD_LAPPED"
    lost: int = 0
    """how many"""
    messages: list[bytes] = []
    """of pop_many(): those that were copied whole"""


class Timeout(Error, TimeoutError):
    """The deadline passed, or the tries are used up."""

    code = -29
    name = "NABD_TIMEOUT"
    standard: ClassVar[int] = errno.ETIMEDOUT
    sent: int = 0
    """messages of a batch that were sent"""


class Woken(Error):
    """wake() ended the wait."""

    code = -30
    name = "NABD_WOKEN"
    sent: int = 0
    """messages of a batch that were sent"""


class UnlinkedError(Error):
    """A wait ended as the queue's name is gone."""

    code = -31
    name = "NABD_UNLINKED"
    sent: int = 0
    """messages of a batch that were sent"""


class NoProducerError(Error):
    """A wait ended as no producer lives."""

    code = -32
    name = "NABD_NOPRODUCER"


class ForeignError(Error):
    """The checkpoint is of another queue or group."""

    code = -33
    name = "NABD_FOREIGN"


class NotCheckpointError(Error):
    """The file is not a checkpoint of nabd."""

    code = -34
    name = "NABD_NOTCHECKPOINT"


BY_CODE: dict[int, type[Error]] = {
    error.code: error for error in list(globals().values())
    if isinstance(error, type) and issubclass(error, Error)
    and error.code != 0 and error is not ClosedError
}
