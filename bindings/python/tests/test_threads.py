# SPDX-License-Identifier: MIT
"""Threads: one caller a side; others are refused, may close, and may wake."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

import nabd

LIMIT = 30.0


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def refused(call: Callable[[], object]) -> bool:
    """Whether another thread is inside; a call that got through has found nothing."""
    try:
        call()
    except nabd.StateError:
        return True
    except (nabd.Empty, nabd.Full):
        pass
    return False


@pytest.fixture
def other() -> Any:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_a_wait_lets_other_threads_run(both: nabd.Queue, other: ThreadPoolExecutor) -> None:
    waiting = other.submit(both.pop_wait, LIMIT)
    until(lambda: refused(both.pop))
    both.push(b"hello")
    assert waiting.result(LIMIT) == b"hello"


def test_the_other_side_is_free_meanwhile(other: ThreadPoolExecutor) -> None:
    with nabd.Queue("q", 2, 16, producer=True, consumer=True, create=True) as q:
        q.push(b"a")
        q.push(b"b")
        waiting = other.submit(q.push_wait, b"c", LIMIT)
        until(lambda: refused(lambda: q.push(b"x")))
        for call in (lambda: q.reserve(1), lambda: q.push_many([b"a"]), q.is_pressured,
                     q.set_wait, q.clear_backpressure, lambda: q.reserve_many(1, 1),
                     lambda: q.push_packed(b"a", [1]), lambda: q.push_wait(b"", 0)):
            with pytest.raises(nabd.StateError):
                call()
        assert q.fill_level() == 100 and q.stats().slots == 2
        assert q.pop() == b"a"
        waiting.result(LIMIT)
        assert q.pop_many(3) == [b"b", b"c"]


@pytest.mark.parametrize("how", ["pop_wait", "peek_wait", "pop_many_wait", "peek_many_wait"])
def test_close_wakes_who_waits(how: str, other: ThreadPoolExecutor) -> None:
    q = nabd.Queue("q", 2, 16, consumer=True, create=True)
    arguments = [5] if "many" in how else []
    waiting: Future[Any] = other.submit(getattr(q, how), *arguments)
    until(lambda: refused(q.pop))
    q.close()
    with pytest.raises(nabd.ClosedError):
        waiting.result(LIMIT)
    assert q.closed


def test_close_wakes_a_member_and_a_sender(other: ThreadPoolExecutor) -> None:
    c = nabd.Consumer("q", 2, 16, create=True, group=3)
    waiting: Future[Any] = other.submit(c.pop_wait)
    until(lambda: refused(c.pop))
    c.close()
    with pytest.raises(nabd.ClosedError):
        waiting.result(LIMIT)
    p = nabd.Producer("q")
    p.push_many([b"a", b"b"])
    waiting = other.submit(p.push_many_wait, [b"c"])
    until(lambda: refused(lambda: p.push(b"")))
    p.close()
    with pytest.raises(nabd.ClosedError):
        waiting.result(LIMIT)


def test_many_threads_close_at_once(other: ThreadPoolExecutor) -> None:
    for _ in range(20):
        q = nabd.Queue("q", 2, 16, consumer=True, create=True)
        waiting: Future[Any] = other.submit(q.pop_wait)
        closers = [threading.Thread(target=q.close) for _ in range(4)]
        for t in closers:
            t.start()
        for t in closers:
            t.join(LIMIT)
            assert not t.is_alive()
        with pytest.raises(nabd.ClosedError):
            waiting.result(LIMIT)


def test_wake(both: nabd.Queue, other: ThreadPoolExecutor) -> None:
    waiting = other.submit(both.pop_wait)
    until(lambda: refused(both.pop))
    both.wake()
    with pytest.raises(nabd.Woken):
        waiting.result(LIMIT)


def test_wait_any_of_another_thread(both: nabd.Queue, other: ThreadPoolExecutor) -> None:
    with nabd.Queue("second", 2, 16, consumer=True, create=True) as second:
        waiting: Future[Any] = other.submit(nabd.wait_any, [both, second], LIMIT)
        until(lambda: refused(second.pop))
        both.push(b"x")
        assert waiting.result(LIMIT) == [(both, None)]
        waiting = other.submit(nabd.wait_any, [second], LIMIT)
        until(lambda: refused(second.pop))
    with pytest.raises(nabd.ClosedError):
        waiting.result(LIMIT)


def test_a_crowd_of_threads_never_does_harm() -> None:
    """Each call gets through or is refused; what was sent arrives once, in order."""
    with nabd.Queue("crowd", 8, 32, producer=True, consumer=True, create=True) as q:
        lock, got, stop = threading.Lock(), [], threading.Event()
        sent = [0]

        def send() -> None:
            while not stop.is_set():
                try:
                    with lock:
                        q.push(b"%d" % sent[0])
                        sent[0] += 1
                    q.reserve_wait(8, 0.001).abort()
                except (nabd.Full, nabd.StateError, nabd.Timeout):
                    pass

        def receive() -> None:
            while not stop.is_set() or not q.empty():
                try:
                    got.append(int(q.pop_wait(0.001)))
                except (nabd.Timeout, nabd.StateError):
                    pass

        threads = [threading.Thread(target=t) for t in (send, send, send, receive, receive)]
        for t in threads:
            t.start()
        time.sleep(1)
        stop.set()
        for t in threads:
            t.join(LIMIT)
            assert not t.is_alive()
        assert sorted(got) == list(range(sent[0])) and got
