# SPDX-License-Identifier: MIT
"""What is wrong or at a bad moment, and must neither crash nor be half done in silence."""
from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nabd

LIMIT = 30.0
TOO_LARGE = 2**32


def child_ends_well(f: Callable[[], object]) -> bool:
    pid = os.fork()
    if pid == 0:
        ok = False
        try:
            f()
            ok = True
        finally:
            os._exit(0 if ok else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.parametrize("reserve", [lambda q: q.reserve(5), lambda q: q.reserve_many(5, 1)])
def test_a_child_gets_no_new_view_of_its_parents_slot(
        both: nabd.Queue, reserve: Callable[[nabd.Queue], Any]) -> None:
    slot = reserve(both)

    def child() -> None:
        with pytest.raises(nabd.StateError):
            view = (slot[0] if isinstance(slot, nabd.Reservations) else slot).view
            view[:] = b"wrong"
        with pytest.raises(nabd.ForkedError):
            both.reserve(5)

    assert child_ends_well(child)
    view = (slot[0] if isinstance(slot, nabd.Reservations) else slot).view
    assert bytes(view) == bytes(5)
    view.release()
    slot.commit()
    message = both.peek()

    def looks() -> None:
        with pytest.raises(nabd.StateError):
            assert message.view

    assert child_ends_well(looks)
    message.release()


@pytest.mark.parametrize("number", [TOO_LARGE, TOO_LARGE + 1, -1])
def test_numbers_are_not_cut_off(both: nabd.Queue, number: int) -> None:
    for wrong in (lambda: both.join(number),
                  lambda: both.join(1, max_deliveries=number),
                  lambda: both.join(1, max_stall=number / 1000),
                  lambda: both.join(1, max_lag=number << 32),
                  lambda: both.join(1, start=number << 32),
                  lambda: both.set_backpressure(number, 50),
                  lambda: both.set_wait(spin=number << 32),
                  lambda: nabd.Queue("both", mode=number),
                  lambda: nabd.Queue("both", align=number),
                  lambda: nabd.Queue("both", owner=number),
                  lambda: nabd.Queue("both", file_group=number),
                  lambda: nabd.diagnose("both", owner=number)):
        with pytest.raises(OverflowError):
            wrong()
    assert list(both.groups()) == []


def test_a_signal_handler_may_close_who_sends_dead_letters(both: nabd.Queue) -> None:
    with nabd.Producer("dead", 4, 64, create=True) as dead:
        member = both.join(1, dead_letters=dead)

        def handler(number: int, frame: Any) -> None:
            member.close()

        before = signal.signal(signal.SIGALRM, handler)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(nabd.ClosedError):
                member.pop_wait(LIMIT)
        finally:
            signal.signal(signal.SIGALRM, before)
        dead.push(b"its sending side is free again")


@pytest.mark.parametrize("send", [
    lambda q, messages: q.push_many_wait(messages, LIMIT),
    lambda q, messages: q.push_packed(b"".join(messages), [1] * len(messages), LIMIT),
])
def test_how_many_were_sent_is_told_when_a_wait_is_broken_off(
        both: nabd.Queue, send: Callable[[nabd.Queue, list[bytes]], object]) -> None:
    class Enough(Exception):
        pass

    def handler(number: int, frame: Any) -> None:
        raise Enough

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(Enough) as broken:
            send(both, [b"x"] * 20)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert broken.value.sent == 8  # type: ignore[attr-defined]
    threading.Timer(0.05, both.close).start()
    with pytest.raises(nabd.ClosedError) as closed:
        send(both, [b"x"] * 20)
    assert closed.value.sent == 0


@pytest.mark.parametrize("joined", [True, False])
def test_no_slot_is_got_at_while_its_handle_is_closed(tmp_path: Path, joined: bool) -> None:
    """The close of a member waits for the disk, and lets other threads run meanwhile."""
    for i in range(40):
        q = nabd.Consumer(f"q{i}", 8, 64, create=True, producer=True,  # type: ignore[call-arg]
                          group=None if joined else 1)
        member: Any = q.join(1) if joined else q
        q.push(b"hello")
        message = member.peek()
        reservation = q.reserve(8)
        member.checkpoint_auto(tmp_path / f"checkpoint{i}", every_messages=100)
        views: list[memoryview] = []
        begun, ended = threading.Event(), threading.Event()

        def look() -> None:
            while not ended.is_set():
                for slot in (message,) if joined else (message, reservation):
                    try:
                        view = slot.view
                    except nabd.StateError:
                        continue
                    if slot is reservation:
                        time.sleep(0.0002)
                    if member.closed:
                        views.append(view)
                    else:
                        view.release()
                    time.sleep(0)
                begun.set()

        thread = threading.Thread(target=look)
        thread.start()
        begun.wait(LIMIT)
        end = time.monotonic() + LIMIT
        while not member.closed and time.monotonic() < end:
            try:
                member.close()
            except BufferError:
                time.sleep(0)
        ended.set()
        thread.join()
        assert not views
        if joined:
            reservation.abort()
        q.close()
