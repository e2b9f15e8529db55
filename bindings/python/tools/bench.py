# SPDX-License-Identifier: MIT
"""What a message costs in one process, in Python.

    bench.py copy|batch|place|place-batch SIZE COUNT

../../conformance/README.md has the modes and the line that is printed.
"""
from __future__ import annotations

import json
import os
import struct
import sys
import time
from collections.abc import Callable
from typing import Any

import nabd

SLOTS, ROUND, BATCH = 1024, 512, 64
pack: Any = struct.Struct("<Q").pack_into
unpack: Any = struct.Struct("<Q").unpack_from


def round_of(mode: str, q: nabd.Queue, size: int) -> Callable[[], None]:
    data = b"x" * size
    many = [data] * BATCH
    buffer = bytearray(size)

    def copy() -> None:
        push, pop_into = q.push, q.pop_into
        for _ in range(ROUND):
            push(data)
        for _ in range(ROUND):
            pop_into(buffer)

    def batch() -> None:
        for _ in range(ROUND // BATCH):
            q.push_many(many)
        for _ in range(ROUND // BATCH):
            q.pop_many(BATCH)

    def place() -> None:
        for i in range(ROUND):
            with q.reserve(size) as view:
                pack(view, 0, i)
        for _ in range(ROUND):
            with q.peek() as view:
                unpack(view)

    def place_batch() -> None:
        for i in range(ROUND // BATCH):
            with q.reserve_many(size, BATCH) as slots:
                for slot in slots:
                    pack(slot, 0, i)
        for _ in range(ROUND // BATCH):
            with q.peek_many(BATCH) as messages:
                for message in messages:
                    unpack(message)

    return {"copy": copy, "batch": batch, "place": place, "place-batch": place_batch}[mode]


def main() -> int:
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    mode, size, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    name = f"/nabd-bench-python-{os.getpid()}"
    with nabd.Queue(name, SLOTS, size, producer=True, consumer=True, create=True) as q:
        try:
            one = round_of(mode, q, size)
            one()
            began = time.monotonic_ns()
            for _ in range(count // ROUND):
                one()
            took = time.monotonic_ns() - began
        finally:
            nabd.unlink(name)
    print(json.dumps({"language": "python", "mode": mode, "size": size, "count": count,
                      "ns": round(took / count, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
