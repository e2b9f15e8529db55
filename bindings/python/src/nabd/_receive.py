# SPDX-License-Identifier: MIT
"""What queues and members have in common: being closed, iterated and awaited."""
from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Literal, TypeVar

from nabd import _nabd
from nabd._errors import Empty, NoProducerError, Timeout, UnlinkedError, Woken
from nabd._types import CheckpointStatus, ConsumerStats, Resumed, Resumption

if TYPE_CHECKING:
    from nabd._aio import Waiters

Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]
_Self = TypeVar("_Self", bound="Receiving")

_SLICE = 0.1  # seconds between two looks whether the queue's name, or its producer, is there


def _nanoseconds(seconds: float | None, otherwise: int) -> int:
    return otherwise if seconds is None else round(seconds * 1e9)


class Receiving(_nabd.Handle):
    """Methods that need no C."""

    _waiters: Waiters | None = None
    _ends: int = 0

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self: _Self) -> _Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, value: BaseException | None,
                        trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the roles back; twice is no error.

        Threads that wait on it are woken and get ClosedError, and so do coroutines. With a
        memoryview or array that still refers to one of its slots it is a BufferError.
        """
        if self._waiters is not None:
            self._waiters.end()
        super().close()

    def set_wait(self, way: Literal["balanced", "latency", "power"] = "balanced", *,
                 unlink: bool = False, producer: bool = False, spin: float | None = None,
                 yielding: float | None = None, slice: float | None = None) -> None:
        """Choose how to wait: a way, seconds that replace its own, and what ends a wait.

        With unlink a wait ends with UnlinkedError once the queue's name is gone; with
        producer one for messages ends with NoProducerError when no producer lives.
        """
        if way not in _nabd.WAYS_TO_WAIT:
            raise ValueError(f"not a way to wait: {way!r}")
        default = _nabd.WAYS_TO_WAIT[way]
        ends = (_nabd.WAIT_UNLINK if unlink else 0) | (_nabd.WAIT_PRODUCER if producer else 0)
        self._set_wait(ends, _nanoseconds(spin, default[0]),
                       _nanoseconds(yielding, default[1]), _nanoseconds(slice, default[2]))
        self._ends = ends

    def messages(self, timeout: float | None = None) -> Iterator[bytes]:
        """Every message from now on, as bytes.

        Ends when none comes for timeout seconds, when wake() is called, and as set_wait()
        says. What else goes wrong is raised, also ClosedError.
        """
        while True:
            try:
                message = self.pop_wait(timeout)
            except (Timeout, Woken, UnlinkedError, NoProducerError):
                return
            yield message

    def __iter__(self) -> Iterator[bytes]:
        return self.messages()

    async def ready(self) -> None:
        """Wait until there may be something to receive (or, on a queue that only sends, a
        free slot), without blocking the event loop.

        Another coroutine or process may be faster: try, and wait again.
        """
        if self.arm():
            return
        if self._waiters is None or self._waiters.idle:
            # Here, as asyncio takes longer to be imported than all else.
            from nabd._aio import Waiters
            self._waiters = Waiters(self)
        await self._waiters.wait(_SLICE if self._ends else None)

    def _looked_at(self) -> _nabd.Queue:
        raise NotImplementedError

    def _raise_if_ended(self, concerned: int) -> None:
        """What ends a wait by set_wait(), for waits that the library does not make."""
        ends = self._ends & concerned
        if not ends:
            return
        state = self._looked_at()._stats()[0]
        if ends & _nabd.WAIT_UNLINK and state & _nabd.STATE_UNLINKED:
            raise UnlinkedError(_nabd.strerror(UnlinkedError.code))
        if ends & _nabd.WAIT_PRODUCER and not state & _nabd.STATE_PRODUCER:
            raise NoProducerError(_nabd.strerror(NoProducerError.code))

    async def recv(self) -> bytes:
        """The next message; other coroutines run until it is there."""
        while True:
            try:
                return self.pop()
            except Empty:
                pass
            self._raise_if_ended(_nabd.WAIT_UNLINK | _nabd.WAIT_PRODUCER)
            await self.ready()

    async def amessages(self) -> AsyncIterator[bytes]:
        """messages() for ``async for``."""
        while True:
            try:
                message = await self.recv()
            except (Woken, UnlinkedError, NoProducerError):
                return
            yield message

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self.amessages()

    def consumer_stats(self) -> ConsumerStats:
        """What this member of a group has done, and what was lost."""
        return ConsumerStats._make(self._consumer_stats())

    def resume(self, path: Path,
               otherwise: Literal["oldest", "newest"] | None = None) -> Resumption:
        """Let the group go on where a checkpoint says.

        If what follows it is gone: at the oldest message that is kept, or behind the newest;
        without either that is an error, Lapped or ForeignError.
        """
        flags = {None: 0, "oldest": _nabd.RESUME_OLDEST, "newest": _nabd.RESUME_NEWEST}
        sequence, lost, state = self._resume(path, flags[otherwise])
        return Resumption(sequence, lost, Resumed(state))

    def checkpoint_auto(self, path: Path | None, *, every_messages: int = 0,
                        every: float = 0) -> None:
        """Save now, and by itself after so many messages, or seconds; with None no more."""
        self._checkpoint_auto(path, every_messages, round(every * 1e9))

    def checkpoint_status(self) -> CheckpointStatus:
        """What went wrong in saves by themselves, and what the last good one says."""
        return CheckpointStatus(*self._checkpoint_status())
