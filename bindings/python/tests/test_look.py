# SPDX-License-Identifier: MIT
"""Looking, opening, waiting, backpressure, and what concerns a queue's file."""
from __future__ import annotations

import json
import os
import select
import stat
import time
from pathlib import Path

import pytest

import nabd


def test_stats_and_metrics(both: nabd.Queue) -> None:
    before = both.metrics()
    both.push(b"hello")
    stats = both.stats()
    assert (stats.slots, stats.slot_size, stats.head, stats.bytes) == (8, 64, 1, 5)
    assert stats.state & nabd.State.PRODUCER and len(stats.incarnation) == 16
    time.sleep(0.02)
    after = both.metrics()
    assert after.fill == 1 and after.head == 1
    told = nabd.rates(before, after)
    assert told.messages > 0 and told.bytes > told.messages and told.lost == 0
    with pytest.raises(nabd.InvalidError):
        nabd.rates(after, before)
    with pytest.raises(TypeError):
        nabd.rates(after, after[:3])  # type: ignore[arg-type]
    assert both.min_tail() == 0 and both.fill_level() == 12
    text = json.loads(both.format_metrics("json"))
    assert text["head"] == 1 and "nabd_" in both.format_metrics("prometheus")
    assert "both" in both.format_metrics()
    with pytest.raises(ValueError):
        both.format_metrics("xml")  # type: ignore[arg-type]
    with both.join(1) as member:
        member.pop()
        assert both.group_metrics(1).claimed == both.member_metrics(1, 0).claimed == 1
        assert both.group_metrics(1).owner is nabd.GroupOwner.ALIVE


def test_many_groups_need_a_longer_text(both: nabd.Queue) -> None:
    members = [both.join(g) for g in range(1, 17) for _ in range(4)]
    assert len(json.loads(both.format_metrics("json"))["groups"]) == 16
    for m in members:
        m.close()


def test_opening(queues: Path) -> None:
    with nabd.Queue("q", 4, 100, create=True, exclusive=True, mode=0o640, align=64,
                    prefault=True, huge_pages=True) as q:
        assert q.stats().align == 64
        memory = q.memory()
        assert memory.mapped == memory.bytes >= 4096 and memory.locked == memory.huge == 0
        assert stat.S_IMODE((queues / "q").stat().st_mode) == 0o640
        with pytest.raises(nabd.RoleError):
            q.push(b"x")
    with pytest.raises(FileExistsError):
        nabd.Queue("q", create=True, exclusive=True)
    with pytest.raises(FileNotFoundError):
        nabd.Queue("nothing")
    with pytest.raises(nabd.GeometryError):
        nabd.Queue("q", 8)
    for wrong in ("", "-x", "a/b", "x" * 192):
        with pytest.raises(nabd.QueueNameError):
            nabd.Queue(wrong, create=True)
    for nul in ("a\0b",):
        with pytest.raises(ValueError):
            nabd.Queue(nul, create=True)
    with pytest.raises(nabd.RangeError):
        nabd.Queue("big", 2**31, 8, create=True)
    with pytest.raises(ValueError):
        nabd.Queue("big", -1, create=True)
    with pytest.raises(OverflowError):
        nabd.Queue("big", 2**64, create=True)
    with pytest.raises(TypeError):
        nabd.Queue(5)  # type: ignore[arg-type]
    with pytest.raises(nabd.InvalidError):
        nabd.Queue("q", observe=True, producer=True)
    with nabd.Queue("q", observe=True, owner=os.getuid()) as q:
        assert q.empty()
    (queues / "file").write_bytes(b"no queue")
    with pytest.raises(nabd.NotQueueError):
        nabd.Queue("file")
    (queues / "link").symlink_to("q")
    with pytest.raises(nabd.UnsafeError):
        nabd.Queue("link")


def test_another_folder(tmp_path: Path) -> None:
    folder = tmp_path / "queues"
    with pytest.raises(nabd.NotFoundError):
        nabd.Queue("q", create=True, dir=folder)
    folder.mkdir()
    nabd.Queue("q", 4, 16, create=True, dir=os.fsencode(folder)).close()
    assert nabd.list_queues(folder) == ["q"] and nabd.list_queues() == []
    assert nabd.diagnose("q", dir=folder).error is None
    nabd.unlink("q", dir=folder)
    with pytest.raises(FileNotFoundError):
        nabd.unlink("q", dir=folder)


def test_diagnose_and_recover(queues: Path) -> None:
    q = nabd.Queue("q", 4, 16, producer=True, create=True)
    (queues / "other").write_bytes(b"no queue")
    (queues / "torn").write_bytes((queues / "q").read_bytes()[:-4096])
    assert nabd.list_queues() == ["q", "torn"]
    assert isinstance(nabd.diagnose("torn").error, nabd.TruncatedError)
    assert "Wrong: " in nabd.diagnose("torn").text
    assert isinstance(nabd.diagnose("nothing").error, FileNotFoundError)
    assert isinstance(nabd.recover("q", do=True, remove=True).error, nabd.BusyError)
    q.push(b"x")
    q.close()
    assert isinstance(nabd.recover("q", do=True, remove=True).error, nabd.StateError)
    assert nabd.recover("q", remove=True, discard=True).error is None
    assert (queues / "q").exists()
    assert nabd.recover("q", do=True, remove=True, discard=True).error is None
    assert not (queues / "q").exists()
    with pytest.raises(nabd.InvalidError):
        nabd.recover("q", discard=True)


def test_latency(both: nabd.Queue) -> None:
    with pytest.raises(nabd.NotFoundError):
        both.latency()
    with nabd.Queue("timed", 8, 64, producer=True, consumer=True, create=True,
                    timestamps=True) as q:
        assert q.stats().state & nabd.State.TIMESTAMPS
        before = time.monotonic_ns()
        q.push_many([b"a", b"b"])
        message = q.peek()
        assert before <= message.sent_ns <= time.monotonic_ns()
        message.release()
        with pytest.raises(nabd.StateError):
            message.sent_ns
        first = q.latency()
        assert first.count == 1 == sum(first.buckets) and first.max_ns <= first.sum_ns * 2
        q.pop()
        then = q.latency(0)
        assert then.count == 2 and then.since(first).count == 1
        told = nabd.latency_summary(then)
        assert told.count == 2 and 0 < told.min_ns <= told.p50_ns <= told.max_ns
        with q.join(1, start="oldest") as member:
            q.push(b"c")
            held = member.peek()
            assert held.sent_ns > 0
            held.release()
            assert q.latency(1, 0).count == 1
        with pytest.raises(nabd.InvalidError):
            first.since(then)
        with pytest.raises(nabd.InvalidError):
            q.latency(17)
        with pytest.raises(TypeError):
            first.since(5)  # type: ignore[arg-type]


def test_timeouts(both: nabd.Queue) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        both.pop_wait(0.12)
    assert time.monotonic() - began >= 0.12
    for call in (both.peek_wait, lambda t: both.pop_many_wait(1, t),
                 lambda t: both.peek_many_wait(1, timeout=t)):
        with pytest.raises(nabd.Timeout):
            call(timeout=0) if call == both.peek_wait else call(0)  # type: ignore[operator]
    both.push_many([b""] * 8)
    for send in (lambda: both.push_wait(b"", 0), lambda: both.reserve_wait(1, 0.001),
                 lambda: both.reserve_many_wait(1, 2, 0)):
        with pytest.raises(nabd.Timeout):
            send()  # type: ignore[no-untyped-call]
    both.pop_many(3)
    with pytest.raises(nabd.Timeout) as late:
        both.push_many_wait([b""] * 5, 0.001)
    assert late.value.sent == 3
    for wrong in (-1, float("nan")):
        with pytest.raises(ValueError):
            both.pop_wait(wrong)
    for odd in ("1", b""):
        with pytest.raises(TypeError):
            both.pop_wait(odd)  # type: ignore[arg-type]
    for call_wrong in (lambda: both.pop_wait(1, 2), lambda: both.pop_wait(limit=1),
                       lambda: both.push_wait(), lambda: both.push_wait(b"", 1, timeout=1)):
        with pytest.raises(TypeError):
            call_wrong()  # type: ignore[no-untyped-call]


def test_iteration_ends(both: nabd.Queue) -> None:
    both.push_many([b"a", b"b"])
    assert list(both.messages(timeout=0.01)) == [b"a", b"b"]
    both.push(b"c")
    both.wake()
    assert list(both) == [b"c"]
    with nabd.Consumer("alone", 4, 16, create=True) as c:
        c.set_wait(producer=True)
        with nabd.Producer("alone") as p:
            p.push(b"x")
        assert list(c) == [b"x"]
        c.set_wait("latency", unlink=True, slice=0.01)
        nabd.unlink("alone")
        assert list(c) == []
        with pytest.raises(ValueError):
            c.set_wait("quickly")  # type: ignore[arg-type]


def test_descriptor(both: nabd.Queue) -> None:
    poll = select.poll()
    poll.register(both, select.POLLIN)
    assert both.arm() is False
    assert poll.poll(0) == []
    both.push(b"x")
    assert poll.poll(1000)[0][0] == both.fileno()
    assert both.arm() is True
    both.pop()
    both.wake()
    with pytest.raises(nabd.Woken):
        both.arm()
    with nabd.Queue("look", 4, 16, create=True) as look:
        with pytest.raises(nabd.RoleError):
            look.fileno()


def test_wait_any(both: nabd.Queue) -> None:
    with nabd.Producer("out", 1, 16, create=True) as out, both.join(1) as member:
        assert nabd.wait_any([both, out, member]) == [(out, None)]
        out.push(b"x")
        with pytest.raises(nabd.Timeout):
            nabd.wait_any([both, out, member], 0.06)
        both.push(b"y")
        assert nabd.wait_any([out, both, member], 1) == [(both, None), (member, None)]
        both.peek()
        member.peek().keep()
        assert both.arm()
        assert nabd.wait_any([both, member], 1) == [(both, None), (member, None)]
        with member.peek():
            with pytest.raises(nabd.StateError):
                nabd.wait_any([member], 1)
        both.drop_group(1)
        told = nabd.wait_any([member], 1)
        assert isinstance(told[0].error, nabd.DroppedError)
        with pytest.raises(nabd.StateError):
            nabd.wait_any([out, out], 0)
        for wrong in ([], [out] * 65):
            with pytest.raises(nabd.InvalidError):
                nabd.wait_any(wrong, 0)
        with pytest.raises(TypeError):
            nabd.wait_any([5], 0)  # type: ignore[list-item]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_backpressure(both: nabd.Queue) -> None:
    told: list[str] = []

    def full(q: nabd.Queue) -> None:
        told.append("full")
        for call in (lambda: q.push(b"x"), q.close, q.is_pressured, q.clear_backpressure):
            with pytest.raises(nabd.StateError):
                call()  # type: ignore[no-untyped-call]
        assert q.stats().head == 8
        q.pop()  # the other side is free
        told.append("popped")

    def high(q: nabd.Queue) -> None:
        told.append("high")
        raise ZeroDivisionError  # goes to sys.unraisablehook

    with pytest.raises(nabd.Empty):
        both.pop()
    both.set_backpressure(75, 25, on_high=high, on_low=lambda q: told.append("low"), on_full=full)
    both.push_many([b""] * 8)
    with pytest.raises(nabd.Full):
        both.push(b"")
    assert told == ["high", "full", "popped"] or told == ["full", "popped", "high"]
    both.pop_many(8)
    assert both.is_pressured() is False
    assert told[-1] == "low"
    both.clear_backpressure()
    for wrong in ((101, 50), (50, 50), (0, 0)):
        with pytest.raises(nabd.InvalidError):
            both.set_backpressure(*wrong)
    with pytest.raises(TypeError):
        both.set_backpressure(on_high=5)  # type: ignore[arg-type]


def test_a_callback_runs_in_a_wait(both: nabd.Queue) -> None:
    """The wait has given the GIL up when the library calls."""
    both.push_many([b""] * 8)
    both.set_backpressure(on_full=lambda q: q.pop())
    both.push_wait(b"x", 30)
    assert both.stats().head == 9


def test_backoff(both: nabd.Queue) -> None:
    both.push_many([b""] * 8)
    with pytest.raises(nabd.Full):
        both.push_backoff(b"x", retries=3, base=1e-6, cap=1e-5)
    both.pop()
    both.push_backoff(b"x", retries=None)
    backoff = nabd.Backoff(2, 1e-6, 1e-6)
    assert [backoff.wait() for _ in range(4)] == [True, True, False, False]
    for wrong in ({"base": 0}, {"base": -1}, {"cap": float("nan")}, {"base": 1, "cap": 0.5}):
        with pytest.raises(ValueError):
            nabd.Backoff(**wrong)  # type: ignore[arg-type]
    with pytest.raises(nabd.InvalidError):
        nabd.Backoff.__new__(nabd.Backoff).wait()
    assert nabd.Backoff(None).wait()


def test_a_long_backoff() -> None:
    """Delays that are slept in slices are counted as the others are."""
    backoff = nabd.Backoff(2, 0.06, 0.06)
    assert [backoff.wait() for _ in range(3)] == [True, True, False]
