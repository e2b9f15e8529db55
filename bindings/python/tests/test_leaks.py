# SPDX-License-Identifier: MIT
"""No call keeps memory, a reference or a descriptor: again and again, the same is in use."""
from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nabd

ROUNDS = 150
SLACK = 75  # blocks: caches that fill; a leak would be ROUNDS of them


def swallow(call: Callable[[], object]) -> None:
    try:
        call()
    except (nabd.Error, TypeError, ValueError, BufferError, OverflowError):
        pass


def sending(q: nabd.Queue) -> None:
    q.push(b"a")
    q.push(bytearray(b"b"))
    q.push_wait(memoryview(b"c"), timeout=1)
    with q.reserve(4) as view:
        view[:] = b"abcd"
    with q.reserve_wait(4, 1):
        pass
    q.reserve(4).abort()
    q.reserve(4)
    q.reserve(4).__enter__()
    gc.collect()
    with q.reserve_many(4, 2) as slots:
        assert [len(s.view) for s in slots] == [4, 4]
    swallow(lambda: q.push_many([b"a", bytearray(b"b"), b"x" * 65]))
    swallow(lambda: q.push_many([b"a", 5]))  # type: ignore[list-item]
    swallow(lambda: q.push_many_wait([b"a"] * 40, 0))
    swallow(lambda: q.push(b""))
    swallow(lambda: q.push_packed(b"abc", [1, 2]))
    swallow(lambda: q.push_packed(b"abc", [1, "2"]))  # type: ignore[list-item]
    swallow(lambda: q.push_wait(b"", 0))
    swallow(lambda: q.push_backoff(b"", retries=1))
    swallow(lambda: q.reserve(65))
    q.pop_many(99)


def receiving(q: nabd.Queue) -> None:
    q.push_many([b"abc"] * 8)
    q.pop()
    q.pop_wait(1)
    with q.peek() as view:
        bytes(view)
    q.peek().keep()
    q.pop()
    swallow(lambda: q.pop_into(bytearray(1)))
    q.pop_into(bytearray(9))
    with q.peek_many(2) as batch:
        assert [bytes(m.view) for m in batch] == [b"abc"] * 2
    q.peek_many(2)
    q.peek().__enter__()
    gc.collect()
    q.pop_many(9)
    for call in (q.pop, q.peek, lambda: q.pop_wait(0), lambda: q.pop_many(3),
                 lambda: q.peek_many_wait(3, 0), lambda: q.pop_packed(bytearray(9), 3, 0),
                 lambda: q.pop_into(b"")):  # type: ignore[arg-type]
        swallow(call)


def looking(q: nabd.Queue) -> None:
    q.stats()
    q.metrics()
    q.format_metrics("json")
    list(q.groups())
    list(q.members(1))
    nabd.diagnose("leak")
    nabd.recover("leak")
    nabd.list_queues()
    swallow(lambda: q.member(1, 3))
    swallow(lambda: nabd.Queue("nothing"))
    swallow(lambda: nabd.Queue(5))  # type: ignore[arg-type]
    swallow(lambda: nabd.wait_any([q], 0))
    swallow(lambda: q.arm() and q.fileno())


def groups(q: nabd.Queue) -> None:
    with nabd.Consumer("leak", group=1, max_deliveries=1, dead_letter=lambda m: None) as c:
        q.push(b"bad")
        with c.peek():
            c.nack()
        swallow(c.pop)
        c.seek(2**64 - 1)
        c.consumer_stats()
        c.checkpoint_status()
        swallow(lambda: c.resume("/nothing"))
        with q.join(2):
            pass
    swallow(lambda: nabd.Consumer("leak", group=99))
    q.drop_group(1)
    q.drop_group(2)
    swallow(q.pop)


def callbacks(q: nabd.Queue) -> None:
    q.set_backpressure(75, 25, on_high=lambda q: None, on_low=lambda q: q, on_full=str)
    q.push_many([b""] * 8)
    swallow(lambda: q.push(b""))
    q.pop_many(9)
    q.is_pressured()
    q.clear_backpressure()


async def waiting(q: nabd.Queue) -> None:
    task = asyncio.ensure_future(q.recv())
    await asyncio.sleep(0)
    q.push(b"x")
    await task
    task = asyncio.ensure_future(q.recv())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def in_use() -> tuple[int, int, int]:
    gc.collect()
    return (sys.getallocatedblocks(), len(os.listdir("/proc/self/fd")),
            sum(map(sys.getrefcount, (None, True, False, nabd.Empty, nabd.Queue))))


def measure(f: Callable[[], Any]) -> tuple[int, ...]:
    """How many blocks, files and references more are in use after a lap; a cache fills once."""
    laps = []
    for _ in range(2):
        f()
        before = in_use()
        for _ in range(ROUNDS):
            f()
        laps.append([now - then for then, now in zip(before, in_use())])
    return tuple(map(min, *laps))


@pytest.mark.parametrize("what", [sending, receiving, looking, groups, callbacks])
def test_calls(what: Callable[[nabd.Queue], None]) -> None:
    with nabd.Queue("leak", 8, 64, producer=True, consumer=True, create=True) as q:
        swallow(q.pop)
        blocks, files, references = measure(lambda: what(q))
    assert blocks < SLACK and files == 0 and references < SLACK


def test_opening_and_closing(tmp_path: Path) -> None:
    def one() -> None:
        with nabd.Queue("leak", 8, 64, producer=True, consumer=True, create=True,
                        dir=tmp_path) as q:
            q.fileno()
            with q.join(1) as member:
                member.fileno()

    blocks, files, references = measure(one)
    assert blocks < SLACK and files == 0 and references < SLACK


def test_asyncio() -> None:
    with nabd.Queue("leak", 8, 64, producer=True, consumer=True, create=True) as q, \
            asyncio.Runner() as runner:
        blocks, files, references = measure(lambda: runner.run(waiting(q)))
    assert blocks < SLACK and files == 0 and references < SLACK
