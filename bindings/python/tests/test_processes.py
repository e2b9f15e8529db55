# SPDX-License-Identifier: MIT
"""Forked children, signals, the end of the interpreter, other interpreters."""
from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

import nabd

LIMIT = 60


def run(program: str, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *flags, "-c", textwrap.dedent(program)], text=True,
                          capture_output=True, timeout=LIMIT)


def in_child(f: Callable[[], bool]) -> bool:
    pid = os.fork()
    if pid == 0:
        ok = False
        try:
            ok = f()
        finally:
            os._exit(0 if ok else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_child_may_not_use_the_handle(both: nabd.Queue) -> None:
    member = both.join(1, start="oldest")
    both.push(b"hello")

    def child() -> bool:
        for call in (both.pop, lambda: both.push(b"x"), lambda: both.reserve(1), both.stats,
                     member.pop, both.wake, both.fileno, lambda: both.pop_wait(0)):
            with pytest.raises(nabd.ForkedError):
                call()  # type: ignore[no-untyped-call]
        member.close()
        both.close()
        return both.closed

    assert in_child(child)
    assert member.pop() == b"hello"
    member.close()


def test_a_child_can_not_write_into_its_parents_slot(both: nabd.Queue) -> None:
    slot = both.reserve(5)
    slots_view = slot.view
    slots_view[:] = b"right"

    def child() -> bool:
        slots_view[:] = b"wrong"
        with pytest.raises(BufferError):
            slot.commit()
        with pytest.raises(BufferError):
            both.close()
        slots_view.release()
        with pytest.raises(nabd.ForkedError):
            slot.commit()
        both.close()
        return True

    assert in_child(child)
    assert slots_view == b"right"
    slots_view.release()
    slot.commit()
    message = both.peek()
    view = message.view
    assert in_child(lambda: view == b"right")
    view.release()
    message.release()
    batch = both.reserve_many(8, 2)
    first = batch[0].view
    first[:] = b"12345678"

    def of_batch() -> bool:
        first[:] = b"xxxxxxxx"
        return True

    assert in_child(of_batch)
    first.release()
    batch.commit()
    assert both.pop() == b"12345678"


def test_a_child_of_a_thread_that_waits(both: nabd.Queue) -> None:
    thread = threading.Thread(target=lambda: both.pop_wait(LIMIT))
    thread.start()
    time.sleep(0.1)

    def child() -> bool:
        with pytest.raises(nabd.ForkedError):
            both.pop()
        both.close()
        return True

    assert in_child(child)
    both.push(b"x")
    thread.join()


def multiply(name: str, folder: str) -> int:
    os.environ["NABD_DIR"] = folder
    with nabd.Consumer(name) as c:
        return sum(int(m) for m in c.messages(timeout=1))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing(method: str) -> None:
    with nabd.Producer("numbers", 16, 32, create=True) as p:
        context = multiprocessing.get_context(method)
        with context.Pool(1) as pool:
            answer = pool.apply_async(multiply, ("numbers", os.environ["NABD_DIR"]))
            p.push_many_wait([b"%d" % i for i in range(100)], 30)
            assert answer.get(LIMIT) == sum(range(100))


class Alarm(Exception):
    pass


@pytest.mark.parametrize("what", ["pop", "push", "peek", "reserve", "any", "batch"])
def test_a_signal_ends_a_wait(what: str, both: nabd.Queue) -> None:
    both.push_many([b""] * 8)
    with nabd.Queue("empty", 4, 16, consumer=True, create=True) as empty:
        waits: dict[str, Callable[[], Any]] = {
            "pop": empty.pop_wait, "peek": empty.peek_wait,
            "push": lambda: both.push_wait(b""), "reserve": lambda: both.reserve_wait(1),
            "any": lambda: nabd.wait_any([empty]), "batch": lambda: empty.pop_many_wait(3)}

        def handler(number: int, frame: object) -> None:
            raise Alarm

        old = signal.signal(signal.SIGALRM, handler)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(Alarm):
                waits[what]()
        finally:
            signal.signal(signal.SIGALRM, old)
        with pytest.raises(nabd.Empty):
            empty.pop()  # the side is free again
        with pytest.raises(nabd.Full):
            both.push(b"")


def test_a_handler_may_use_and_close_it(both: nabd.Queue) -> None:
    def handler(number: int, frame: object) -> None:
        both.push(b"sent by the handler")

    old = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert both.pop_wait(LIMIT) == b"sent by the handler"
        signal.signal(signal.SIGALRM, lambda number, frame: both.close())
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(nabd.ClosedError):
            both.pop_wait(LIMIT)
    finally:
        signal.signal(signal.SIGALRM, old)


@pytest.mark.parametrize("call", [
    "q.pop_wait()",
    "q.push_backoff(b'', retries=None, base=600, cap=9e9)",
    "nabd.Backoff(1, 600, 600).wait()",
])
def test_ctrl_c(call: str) -> None:
    program = f"""
        import nabd
        q = nabd.Queue("ctrl-c", 2, 16, create=True, producer=True, consumer=True)
        if "pop" not in {call!r}:
            q.push_many([b""] * 2)
        print("waits", flush=True)
        try:
            {call}
        except KeyboardInterrupt:
            print("interrupted")
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], text=True,
                          stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout and child.stdout.readline() == "waits\n"
            time.sleep(0.2)
            child.send_signal(signal.SIGINT)
            assert child.communicate(timeout=LIMIT)[0] == "interrupted\n"
            assert child.returncode == 0
        finally:
            child.kill()


def test_asyncio_is_imported_by_those_who_use_it() -> None:
    done = run("""
        import sys
        import nabd
        with nabd.Consumer("q", 4, 16, create=True) as c:
            print("asyncio" in sys.modules)
            try:
                c.recv().send(None)
            except RuntimeError as error:
                print(error, "asyncio" in sys.modules)
    """)
    assert done.stdout == "False\nno running event loop True\n", done.stderr


def test_the_interpreter_ends_with_open_handles() -> None:
    done = run("""
        import nabd, threading, time
        q = nabd.Queue("end", 4, 16, producer=True, consumer=True, create=True)
        q.set_backpressure(on_full=lambda q: None)
        m = q.join(1, dead_letter=lambda letter: None)
        r = q.reserve(4)
        view = r.__enter__()
        seen = []
        threading.Thread(target=q.pop_wait, daemon=True).start()
        threading.Thread(target=m.pop_wait, daemon=True).start()
        q.cycle = (q, m, r, view)
        time.sleep(0.1)
    """)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with nabd.Producer("end") as p:
        assert p.stats().head == 0


def test_unclosed_handles_are_told_of() -> None:
    done = run("""
        import nabd
        q = nabd.Consumer("end", 4, 16, create=True)
        del q
    """, "-X", "dev")
    assert done.returncode == 0 and "ResourceWarning: unclosed nabd" in done.stderr


def test_another_interpreter_is_refused() -> None:
    done = run("""
        import nabd
        import _xxsubinterpreters as interpreters
        other = interpreters.create()
        interpreters.run_string(other, '''
        try:
            import nabd
        except ImportError as error:
            print(error, flush=True)
        '''.replace("        ", "", 4).strip().replace("\\n        ", "\\n"))
    """)
    assert "can't be used in a subinterpreter" in done.stdout, done.stderr
    assert done.returncode == 0
