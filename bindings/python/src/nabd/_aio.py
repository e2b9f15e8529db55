# SPDX-License-Identifier: MIT
"""Waiting in an asyncio event loop, by the descriptor of the handle."""
from __future__ import annotations

import asyncio

from nabd import _nabd
from nabd._errors import ClosedError, StateError


class Waiters:
    """The coroutines that wait for one handle, all in one event loop.

    The descriptor stays readable until the next arm(), so that it is taken out of the loop
    as soon as it has told.
    """

    def __init__(self, handle: _nabd.Handle) -> None:
        self._handle = handle
        self._fd = handle.fileno()
        self._loop = asyncio.get_running_loop()
        self._waiting: list[asyncio.Future[None]] = []

    async def wait(self, limit: float | None) -> None:
        """Until the descriptor tells, or limit seconds have passed: then look again."""
        if asyncio.get_running_loop() is not self._loop:
            raise StateError("a coroutine of another event loop waits for it")
        future = self._loop.create_future()
        timer = None
        if not self._waiting:
            self._loop.add_reader(self._fd, self._tell)
        self._waiting.append(future)
        if limit is not None:
            timer = self._loop.call_later(limit, _done, future)
        try:
            await future
        finally:
            if timer is not None:
                timer.cancel()
            if future in self._waiting:
                self._waiting.remove(future)
                if not self._waiting:
                    self._loop.remove_reader(self._fd)

    def _tell(self) -> None:
        self._loop.remove_reader(self._fd)
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            _done(future)

    @property
    def idle(self) -> bool:
        return not self._waiting

    def end(self) -> None:
        """The handle is about to be closed."""
        if not self._waiting:
            return
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        if not here and self._loop.is_running():
            raise StateError("a coroutine waits for it: close it in its event loop")
        if not self._loop.is_closed():
            self._loop.remove_reader(self._fd)
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done() and not self._loop.is_closed():
                future.set_exception(ClosedError("it was closed"))


def _done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
