# SPDX-License-Identifier: MIT
"""Two coroutines of one event loop, and a third that is not kept waiting."""
import asyncio
import os

import nabd

COUNT = 1000
name = f"/nabd-example-{os.getpid()}"


async def send() -> None:
    with nabd.Producer(name) as out:
        for i in range(COUNT):
            await out.send(b"%d" % i)


async def receive() -> int:
    total = 0
    with nabd.Consumer(name) as into:
        for _ in range(COUNT):
            total += int(await into.recv())
    return total


async def tick() -> None:
    while True:
        await asyncio.sleep(0.001)


async def main() -> None:
    ticking = asyncio.create_task(tick())
    _, total = await asyncio.gather(send(), receive())
    ticking.cancel()
    print(f"{COUNT} messages, sum {total}")


nabd.Queue(name, 8, 32, create=True).close()
try:
    asyncio.run(main())
finally:
    nabd.unlink(name)
