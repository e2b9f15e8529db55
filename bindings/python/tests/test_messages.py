# SPDX-License-Identifier: MIT
"""Messages arrive as they were sent, whichever way they are sent and received."""
from __future__ import annotations

import array
import mmap
import queue
from collections import deque

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nabd


@pytest.mark.parametrize("data", [
    b"hello", b"", b"\0a\0", bytearray(b"xyz"), memoryview(b"abcdef")[1:3],
    array.array("I", [1, 2, 3]),
])
def test_what_has_a_buffer_is_sent(both: nabd.Queue, data: object) -> None:
    both.push(data)
    assert both.pop() == bytes(data)  # type: ignore[call-overload]


def test_what_has_none_is_refused(both: nabd.Queue) -> None:
    for wrong in ("text", 5, None, [1]):
        with pytest.raises(TypeError):
            both.push(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            both.push_many([b"a", wrong])  # type: ignore[list-item]
    with pytest.raises(BufferError):
        both.push(memoryview(b"abcdef")[::2])
    assert both.empty()


def test_full_and_empty_are_those_of_queue(both: nabd.Queue) -> None:
    with pytest.raises(queue.Empty):
        both.pop()
    for i in range(8):
        both.push(b"%d" % i)
    with pytest.raises(queue.Full):
        both.push(b"x")
    assert both.full() and both.fill_level() == 100
    assert [both.pop() for _ in range(8)] == [b"%d" % i for i in range(8)]


def test_reserve_sends_what_was_written(both: nabd.Queue) -> None:
    with both.reserve(5) as view:
        view[:] = b"abcde"
    slot = both.reserve(64)
    with slot as view:
        view[:3] = b"xyz"
        del view
        slot.commit(3)
    assert both.pop_many(9) == [b"abcde", b"xyz"]


def test_a_commit_that_is_too_long_leaves_it_open(both: nabd.Queue) -> None:
    slot = both.reserve(4)
    with pytest.raises(nabd.TooBigError):
        slot.commit(5)
    assert slot.open
    slot.commit(0)
    assert both.pop() == b""


def test_an_exception_sends_nothing(both: nabd.Queue) -> None:
    with pytest.raises(ZeroDivisionError):
        with both.reserve(5) as view:
            view[0] = 1 // 0
    assert both.stats().head == 0
    with pytest.raises(ZeroDivisionError):
        with both.reserve_many(5, 3) as slots:
            slots[0].view[0] = 1 // 0
    assert both.stats().head == 0


def test_peek_shows_and_releases(both: nabd.Queue) -> None:
    both.push(b"one")
    both.push(b"two")
    message = both.peek()
    assert both.peek() is message
    with message as view:
        assert view == b"one" and view.readonly
        assert (message.sequence, message.deliveries, message.redelivered) == (0, 1, False)
        assert len(message) == 3
    assert not message.open
    assert both.pop() == b"two"


def test_an_exception_keeps_the_message(both: nabd.Queue) -> None:
    both.push(b"one")
    both.push(b"two")
    with pytest.raises(ZeroDivisionError):
        with both.peek():
            1 // 0
    assert both.pop_many(5) == [b"one", b"two"]


@pytest.mark.parametrize("way", ["peek", "pop", "pop_into", "pop_many"])
def test_what_was_kept_comes_again(both: nabd.Queue, way: str) -> None:
    both.push(b"one")
    both.peek().keep()
    if way == "peek":
        with both.peek() as view:
            assert view == b"one"
    elif way == "pop":
        assert both.pop() == b"one"
    elif way == "pop_into":
        with pytest.raises(nabd.BufferTooSmallError) as error:
            both.pop_into(bytearray(2))
        assert error.value.needed == 3
        buffer = bytearray(9)
        assert both.pop_into(buffer) == 3 and buffer[:3] == b"one"
    else:
        assert both.pop_many(4) == [b"one"]
    assert both.empty()


def test_pop_into(both: nabd.Queue) -> None:
    both.push(b"hello")
    with pytest.raises(nabd.BufferTooSmallError) as error:
        both.pop_into(bytearray(4))
    assert error.value.needed == 5
    with mmap.mmap(-1, 100) as memory:
        assert both.pop_into(memory) == 5
        assert memory[:5] == b"hello"
    with pytest.raises(BufferError):
        both.pop_into(b"read-only")  # type: ignore[arg-type]
    with pytest.raises(nabd.Empty):
        both.pop_into(bytearray(4))
    with pytest.raises(nabd.Timeout):
        both.pop_into(bytearray(4), timeout=0.001)


def test_batches(both: nabd.Queue) -> None:
    assert both.push_many([]) == 0
    assert both.push_many(b"%d" % i for i in range(11)) == 8
    with pytest.raises(nabd.Full):
        both.push_many([b"x"])
    assert both.pop_many(3) == [b"0", b"1", b"2"]
    with both.peek_many(99) as batch:
        assert [bytes(m) for m in batch] == [b"3", b"4", b"5", b"6", b"7"]
        assert [m.sequence for m in batch] == [3, 4, 5, 6, 7]
        batch.release(2)
    assert both.pop() == b"5"
    with pytest.raises(nabd.TooBigError):
        both.push_many([b"a", b"x" * 65])
    with both.reserve_many(4, 99) as slots:
        assert len(slots) == 6
        for i, slot in enumerate(slots):
            slot.view[:] = b"%04d" % i
        slots.commit([4, 2, 0])
    assert both.pop_many(99) == [b"6", b"7", b"0000", b"00", b""]
    with pytest.raises(nabd.Empty):
        both.pop_many(1)


def test_more_than_the_calls_have_room_for_at_once() -> None:
    with nabd.Queue("many", 1024, 16, producer=True, consumer=True, create=True) as q:
        sent = [b"%d" % i for i in range(1000)]
        assert q.push_many(sent) == 1000
        assert q.pop_many(1000) == sent
        assert q.push_many([bytearray(m) for m in sent]) == 1000
        with q.peek_many(1000) as batch:
            assert [bytes(m) for m in batch] == sent
        with q.reserve_many(8, 1000) as slots:
            assert len(slots) == 1000
        assert len(q.pop_many(2000)) == 1000


def test_packed(both: nabd.Queue) -> None:
    assert both.push_packed(b"abbccc", [1, 2, 3]) == 3
    with pytest.raises(ValueError):
        both.push_packed(b"abbccc", [1, 2, 4])
    buffer = bytearray(5)
    assert both.pop_packed(buffer, 9) == [1, 2]
    assert buffer[:3] == b"abb"
    with pytest.raises(nabd.BufferTooSmallError) as error:
        both.pop_packed(bytearray(2), 9)
    assert error.value.needed == 3
    assert both.pop() == b"ccc"
    assert both.push_packed(b"x" * 10, [1] * 10) == 8
    with pytest.raises(nabd.Timeout) as late:
        both.push_packed(b"yy", [1, 1], 0.001)
    assert late.value.sent == 0
    assert both.pop_packed(buffer, 9) == [1] * 5
    with pytest.raises(nabd.Timeout):
        both.pop_many(9)
        both.pop_packed(buffer, 9, 0.001)


def test_numpy_without_a_copy(both: nabd.Queue) -> None:
    np = pytest.importorskip("numpy")
    with both.reserve(32) as view:
        a = np.frombuffer(view, dtype=np.float64)
        a[:] = [1, 2, 3, 4]
        del a
    with both.peek() as view:
        b = np.frombuffer(view, dtype=np.float64)
        assert b.sum() == 10 and not b.flags.writeable and not b.flags.owndata
        del b
    both.push(np.arange(8, dtype=np.uint32))
    assert np.frombuffer(both.pop(), dtype=np.uint32).tolist() == list(range(8))


def test_overwriting_counts_what_is_lost() -> None:
    with nabd.Producer("over", 4, 16, create=True, overwrite=True) as p, \
            nabd.Consumer("over") as c:
        with pytest.raises(nabd.Empty):
            c.pop()
        for i in range(10):
            p.push(b"%d" % i)
        with pytest.raises(nabd.Lapped) as lapped:
            c.pop()
        lost = lapped.value.lost
        assert lost >= 6 and c.lost() == (lost, lost)
        assert c.pop() == b"%d" % lost
        message = c.peek()
        p.push_many([b"x"] * 4)
        with pytest.raises(nabd.Lapped):
            message.release()
        assert c.lost().total > lost


def test_a_batch_that_was_overwritten_gives_what_is_whole() -> None:
    with nabd.Producer("over", 4, 16, create=True, overwrite=True) as p, \
            nabd.Consumer("over") as c:
        with pytest.raises(nabd.Empty):
            c.pop()
        p.push_many([b"0", b"1", b"2"])
        batch = c.peek_many(3)
        p.push_many([b"3", b"4"])
        with pytest.raises(nabd.Lapped) as lapped:
            batch.release()
        assert lapped.value.lost >= 1


operations = st.lists(st.one_of(
    st.tuples(st.just("push"), st.binary(max_size=64)),
    st.tuples(st.just("reserve"), st.binary(max_size=64)),
    st.tuples(st.just("abort"), st.binary(max_size=64)),
    st.tuples(st.just("push_many"), st.lists(st.binary(max_size=64), max_size=12)),
    st.tuples(st.just("reserve_many"), st.integers(1, 12)),
    st.tuples(st.just("pop"), st.just(0)),
    st.tuples(st.just("keep"), st.just(0)),
    st.tuples(st.just("peek"), st.just(0)),
    st.tuples(st.just("pop_many"), st.integers(1, 12)),
    st.tuples(st.just("peek_many"), st.tuples(st.integers(1, 12), st.integers(0, 12))),
), max_size=60)


@settings(deadline=None, max_examples=150,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations)
def test_like_a_deque(both: nabd.Queue, todo: list[tuple[str, object]]) -> None:
    """Any calls in any order: what the queue holds is what a deque would."""
    model: deque[bytes] = deque()
    while not both.empty():
        both.pop()
    for what, arg in todo:
        step(both, model, what, arg)
    assert both.stats().head - both.stats().tail == len(model)
    if model:
        both.peek().keep()
        assert both.pop() == model.popleft()
        if model:
            assert both.pop_many(8) == list(model)
    assert both.empty()


def step(q: nabd.Queue, model: deque[bytes], what: str, arg: object) -> None:
    try:
        if what == "push":
            assert isinstance(arg, bytes)
            q.push(arg)
            model.append(arg)
        elif what in ("reserve", "abort"):
            assert isinstance(arg, bytes)
            slot = q.reserve(len(arg))
            if what == "abort":
                slot.abort()
                return
            with slot as view:
                view[:] = arg
            model.append(arg)
        elif what == "push_many":
            assert isinstance(arg, list)
            model.extend(arg[:q.push_many(arg)])
        elif what == "reserve_many":
            assert isinstance(arg, int)
            with q.reserve_many(3, arg) as slots:
                for slot in slots:
                    slot.view[:] = b"abc"
                n = len(slots)
            model.extend([b"abc"] * n)
        elif what == "pop":
            assert q.pop() == model.popleft()
        elif what == "keep":
            message = q.peek()
            assert bytes(message) == model[0]
            message.keep()
            assert q.pop() == model.popleft()
        elif what == "peek":
            with q.peek() as view:
                assert view == model.popleft()
        elif what == "pop_many":
            assert isinstance(arg, int)
            for message in q.pop_many(arg):
                assert message == model.popleft()
        else:
            assert isinstance(arg, tuple)
            batch = q.peek_many(arg[0])
            assert [bytes(m) for m in batch] == list(model)[:arg[0]]
            n = min(arg[1], len(batch))
            batch.release(n)
            for _ in range(n):
                model.popleft()
    except nabd.Empty:
        assert not model
    except nabd.Full:
        assert len(model) == 8
