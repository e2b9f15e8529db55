# SPDX-License-Identifier: MIT
"""A sender, a receiver and a member of a group, for pairs of languages.

    peer.py send NAME COUNT SEED
    peer.py receive NAME COUNT SEED
    peer.py member NAME GROUP COUNT [hold]

../../conformance/README.md says what the messages are and what is printed.
"""
from __future__ import annotations

import struct
import sys
import time
import zlib
from collections.abc import Iterator

import nabd

SLOTS, SIZE = 64, 1024
PATIENCE = 60.0  # seconds
HEAD = struct.Struct("<QI")
MASK = 2**64 - 1


def random_numbers(state: int) -> Iterator[int]:
    """splitmix64"""
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
        yield z ^ z >> 31


def messages(count: int, seed: int) -> Iterator[tuple[int, bytes, bytes]]:
    """(number, message, payload)"""
    number = random_numbers(seed)
    for i in range(count):
        size = next(number) % 1013
        word = struct.pack("<Q", next(number))
        payload = (word * (size // 8 + 1))[:size]
        yield i, HEAD.pack(i, zlib.crc32(payload)) + payload, payload


def send(name: str, count: int, seed: int) -> None:
    crc = 0
    with nabd.Producer(name, SLOTS, SIZE, create=True) as q:
        for i, message, payload in messages(count, seed):
            if i % 2 == 0:
                q.push_wait(message, PATIENCE)
            else:
                with q.reserve_wait(len(message), PATIENCE) as view:
                    view[:] = message
            crc = zlib.crc32(payload, crc)
    print(count, f"{crc:08x}")


def receive(name: str, count: int, seed: int) -> None:
    crc = 0
    with nabd.Consumer(name, SLOTS, SIZE, create=True) as q:
        for i, message, payload in messages(count, seed):
            if i % 2 == 0:
                same = q.pop_wait(PATIENCE) == message
            else:
                with q.peek_wait(PATIENCE) as view:
                    same = view == message
            if not same:
                sys.exit(f"message {i} is another")
            crc = zlib.crc32(payload, crc)
    print(count, f"{crc:08x}")


def number_of(view: memoryview) -> int:
    number, crc = HEAD.unpack_from(view)
    if zlib.crc32(view[HEAD.size:]) != crc:
        sys.exit(f"message {number} is damaged")
    return int(number)


def member(name: str, group: int, count: int, hold: bool) -> None:
    with nabd.Consumer(name, SLOTS, SIZE, create=True, group=group, start="oldest") as q:
        print("joined", flush=True)
        for _ in range(count):
            message = q.peek_wait(PATIENCE)
            with message as view:
                again = " redelivered" if message.redelivered else ""
                print(f"{number_of(view)}{again}", flush=True)
        if hold:
            with q.peek_wait(PATIENCE) as view:
                print("holding", number_of(view), flush=True)
                while True:
                    time.sleep(3600)


def main() -> int:
    words = sys.argv[1:]
    if len(words) == 4 and words[0] in ("send", "receive"):
        (send if words[0] == "send" else receive)(words[1], int(words[2]), int(words[3]))
    elif len(words) in (4, 5) and words[0] == "member" and words[4:] in ([], ["hold"]):
        member(words[1], int(words[2]), int(words[3]), len(words) == 5)
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
