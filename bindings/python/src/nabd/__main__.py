# SPDX-License-Identifier: MIT
"""python3 -m nabd: a self-check, a small demonstration, and a look at queues.

    python3 -m nabd           make sure that it works: two processes, checked byte by byte
    python3 -m nabd demo      the same, and say what is measured
    python3 -m nabd list      the queues of this machine
    python3 -m nabd stat QUEUE      what the library says about a queue
    python3 -m nabd send QUEUE      each line of the input is a message; the queue is made
    python3 -m nabd receive QUEUE   messages to the output, a line each, until none comes
    python3 -m nabd where     which package and library are used
"""
from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable

import nabd

COUNT = 100_000
SIZE = 64
PATIENCE = 30.0


def message(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest() * (SIZE // 32)


def sender(name: str) -> int:
    with nabd.Producer(name) as q:
        for start in range(0, COUNT, 100):
            q.push_many_wait([message(i) for i in range(start, start + 100)], PATIENCE)
    return 0


def receive_all(name: str, first: int) -> float:
    """Receives and checks all in place; how many seconds it took."""
    expected = 0
    with nabd.Consumer(name) as q:
        began = time.perf_counter()
        while expected < COUNT:
            with q.peek_many_wait(100, PATIENCE) as messages:
                for m in messages:
                    if m.sequence != first + expected or bytes(m.view) != message(expected):
                        raise SystemExit(f"message {expected} is not what was sent")
                    expected += 1
        return time.perf_counter() - began


def in_place(name: str) -> int:
    """A message in place, and an exception that sends nothing; the next sequence."""
    with nabd.Queue(name, producer=True, consumer=True) as q:
        with q.reserve(5) as view:
            view[:] = b"hello"
        try:
            with q.reserve(5):
                raise KeyError
        except KeyError:
            pass
        if q.pop() != b"hello" or not q.empty():
            raise SystemExit("reserve() does not do what it should")
        return q.stats().head


def check(say: Callable[[str], None]) -> int:
    name = f"/nabd-python-{os.getpid()}"
    nabd.Queue(name, 1024, SIZE, create=True, exclusive=True).close()
    try:
        first = in_place(name)
        say("a message was written and read in place")
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = sender(name)
            finally:
                os._exit(code)
        try:
            seconds = receive_all(name, first)
        finally:
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code != 0:
            raise SystemExit(f"the sender failed: {code}")
        say(f"{COUNT} messages of {SIZE} bytes from another process, each compared: "
            f"{seconds / COUNT * 1e9:.0f} ns a message, hashing included")
    finally:
        nabd.unlink(name)
    print(f"nabd {nabd.version()}: the Python binding works")
    return 0


def show(name: str) -> int:
    report = nabd.diagnose(name)
    print(report.text, end="")
    return 0 if report.error is None else 1


def send(name: str) -> int:
    with nabd.Producer(name, create=True) as q:
        for line in sys.stdin.buffer:
            q.push_wait(line.rstrip(b"\n"))
    return 0


def receive(name: str) -> int:
    with nabd.Consumer(name) as q:
        for m in q.messages(timeout=0.1):
            sys.stdout.buffer.write(m + b"\n")
    sys.stdout.buffer.flush()
    return 0


def told(*lines: str) -> int:
    for line in lines:
        print(line)
    return 0


def main(arguments: list[str]) -> int:
    alone: dict[str, Callable[[], int]] = {
        "check": lambda: check(lambda text: None),
        "demo": lambda: check(print),
        "list": lambda: told(*nabd.list_queues()),
        "where": lambda: told(nabd.__file__, f"libnabd {nabd.version()}"),
    }
    named: dict[str, Callable[[str], int]] = {"stat": show, "send": send, "receive": receive}
    words = arguments or ["check"]
    try:
        if len(words) == 1 and words[0] in alone:
            return alone[words[0]]()
        if len(words) == 2 and words[0] in named:
            return named[words[0]](words[1])
    except nabd.Error as error:
        print(f"nabd: {error}", file=sys.stderr)
        return 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
