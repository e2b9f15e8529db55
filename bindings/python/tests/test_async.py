# SPDX-License-Identifier: MIT
"""asyncio: other coroutines run while one waits for a message or a slot."""
from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

import nabd

T = TypeVar("T")


def go(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(coroutine, 30))


def test_recv_and_send() -> None:
    async def main() -> None:
        with nabd.Producer("q", 4, 16, create=True) as p, nabd.Consumer("q") as c:
            async def send() -> None:
                for i in range(1000):
                    await p.send(b"%d" % i)

            sending = asyncio.create_task(send())
            assert [await c.recv() for _ in range(1000)] == [b"%d" % i for i in range(1000)]
            await sending

    go(main())


def test_async_for_ends_when_woken() -> None:
    async def main() -> list[bytes]:
        async with nabd.Consumer("q", 4, 16, create=True, group=1) as c:
            with nabd.Producer("q") as p:
                loop = asyncio.get_running_loop()
                for i in range(3):
                    loop.call_later(0.01 * i, p.push, b"%d" % i)
                loop.call_later(0.2, c.wake)
                return [m async for m in c]

    assert go(main()) == [b"0", b"1", b"2"]


def test_several_coroutines_share_one_consumer(both: nabd.Queue) -> None:
    async def main() -> None:
        tasks = [asyncio.create_task(both.recv()) for _ in range(5)]
        await asyncio.sleep(0.01)
        for i in range(5):
            both.push(b"%d" % i)
            await asyncio.sleep(0.001)
        assert sorted(await asyncio.gather(*tasks)) == [b"%d" % i for i in range(5)]

    go(main())


def test_a_cancelled_recv_takes_nothing(both: nabd.Queue) -> None:
    async def main() -> None:
        for _ in range(3):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(both.recv(), 0.01)
        both.push(b"still there")
        assert await both.recv() == b"still there"

    go(main())


def test_ready_goes_with_any_call(both: nabd.Queue) -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_later(0.01, both.push, b"abc")
        while both.empty():
            await both.ready()
        with both.peek() as view:
            assert view == b"abc"

    go(main())


def test_close_ends_who_waits() -> None:
    async def main() -> None:
        c = nabd.Consumer("q", 4, 16, create=True)
        waiting = asyncio.create_task(c.recv())
        await asyncio.sleep(0.01)
        with pytest.raises(nabd.StateError):
            await asyncio.to_thread(c.close)
        c.close()
        with pytest.raises(nabd.ClosedError):
            await waiting

    go(main())


def test_a_wait_ends_with_the_queue() -> None:
    async def main() -> None:
        with nabd.Consumer("q", 4, 16, create=True) as c:
            c.set_wait(unlink=True, producer=True)
            with pytest.raises(nabd.NoProducerError):
                await c.recv()
            with nabd.Producer("q") as p:
                waiting = asyncio.create_task(c.recv())
                await asyncio.sleep(0.01)
                nabd.unlink("q")
                with pytest.raises(nabd.UnlinkedError):
                    await waiting
                assert [m async for m in c] == []
                p.push(b"x")
                assert await c.recv() == b"x"

    go(main())


def test_what_is_lost_is_told() -> None:
    async def main() -> None:
        with nabd.Producer("q", 4, 16, create=True, overwrite=True) as p, \
                nabd.Consumer("q") as c:
            waiting = asyncio.create_task(c.recv())
            await asyncio.sleep(0.01)
            for _ in range(9):
                p.push(b"x")
            with pytest.raises(nabd.Lapped):
                await waiting

    go(main())


def test_two_loops_one_after_the_other(both: nabd.Queue) -> None:
    async def main() -> bytes:
        asyncio.get_running_loop().call_later(0.01, both.push, b"x")
        return await both.recv()

    assert go(main()) == go(main()) == b"x"


def test_send_is_for_those_that_only_send(both: nabd.Queue) -> None:
    async def main() -> None:
        for _ in range(8):
            await both.send(b"x")
        with pytest.raises(nabd.RoleError):
            await both.send(b"x")

    go(main())
