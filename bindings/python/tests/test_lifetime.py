# SPDX-License-Identifier: MIT
"""No memoryview or array outlives its message, and nothing that is given back works on."""
from __future__ import annotations

import gc
import weakref

import pytest

import nabd


def test_a_view_is_dead_behind_its_block(both: nabd.Queue) -> None:
    with both.reserve(4) as out:
        out[:] = b"abcd"
    with pytest.raises(ValueError):
        out[0] = 1
    with both.peek() as seen:
        pass
    with pytest.raises(ValueError):
        bytes(seen)


def test_an_array_that_lives_on_forbids_it(both: nabd.Queue) -> None:
    slot = both.reserve(4)
    with pytest.raises(BufferError):
        with slot as view:
            part = view[1:3]  # refers to the slot, as a numpy array would
    assert slot.open and both.stats().head == 0
    with pytest.raises(nabd.StateError):
        both.push(b"x")
    with pytest.raises(BufferError):
        both.close()
    part.release()
    view.release()
    slot.commit()
    assert both.stats().head == 1


def test_the_same_of_a_message(both: nabd.Queue) -> None:
    both.push(b"hello")
    message = both.peek()
    view = message.view
    with pytest.raises(BufferError):
        message.release()
    with pytest.raises(nabd.StateError):
        both.pop()
    assert bytes(view) == b"hello"
    view.release()
    message.release()
    with pytest.raises(nabd.StateError):
        message.release()
    assert both.empty()


def test_the_same_of_batches(both: nabd.Queue) -> None:
    slots = both.reserve_many(4, 2)
    view = slots[1].view
    with pytest.raises(BufferError):
        slots.commit()
    view.release()
    slots.commit()
    messages = both.peek_many(2)
    view = messages[1].view
    with pytest.raises(BufferError):
        messages.release()
    with pytest.raises(BufferError):
        both.close()
    view.release()
    messages.release()
    with pytest.raises(nabd.StateError):
        messages[0].view
    with pytest.raises(IndexError):
        messages[2]


def test_after_an_exception_it_is_given_back_with_the_last_view(both: nabd.Queue) -> None:
    kept = []
    with pytest.raises(ZeroDivisionError):
        with both.reserve(4) as view:
            kept.append(view[1:])
            1 // 0
    del view
    with pytest.raises(nabd.StateError):
        both.push(b"x")
    kept.clear()
    both.push(b"x")
    with pytest.raises(ZeroDivisionError):
        with both.peek() as view:
            kept.append(view[:])
            1 // 0
    del view
    assert kept[0] == b"x"
    kept.clear()
    assert both.pop() == b"x"


def test_what_was_given_back_has_no_memory(both: nabd.Queue) -> None:
    slot = both.reserve(4)
    slot.abort()
    for call in (slot.commit, slot.abort, lambda: slot.view, slot.__enter__,
                 lambda: memoryview(slot)):  # type: ignore[arg-type]
        with pytest.raises(nabd.StateError):
            call()
    both.push(b"x")
    message = both.peek()
    message.release()
    for call in (message.release, message.keep, lambda: bytes(message.view)):
        with pytest.raises(nabd.StateError):
            call()
    assert (message.sequence, len(message)) == (0, 1)


def test_one_of_a_batch_is_not_given_back_alone(both: nabd.Queue) -> None:
    both.push_many([b"a", b"b"])
    with both.peek_many(2) as batch:
        for call in (batch[0].release, batch[0].keep, batch[0].__enter__):
            with pytest.raises(nabd.StateError):
                call()
    with both.reserve_many(4, 2) as slots:
        for call in (slots[0].commit, slots[0].abort):
            with pytest.raises(nabd.StateError):
                call()


def test_what_is_forgotten_is_given_back(both: nabd.Queue) -> None:
    both.reserve(4)
    both.reserve(4)
    both.reserve_many(4, 3)
    both.push(b"x")
    both.peek()
    both.peek_many(3)
    assert both.pop() == b"x"
    both.reserve(4).__enter__()  # a cycle of the slot and its view
    gc.collect()
    both.push(b"y")
    both.push(b"z")
    both.peek().__enter__()
    gc.collect()
    assert both.pop() == b"y"
    assert both.pop() == b"z"


def test_slots_live_no_longer_than_their_queue_lets_them(both: nabd.Queue) -> None:
    slot = both.reserve(4)
    both.close()
    assert not slot.open
    with pytest.raises(nabd.StateError):
        slot.commit()
    del slot
    both.close()
    assert both.closed


def test_a_view_keeps_its_queue(recwarn: pytest.WarningsRecorder) -> None:
    q = nabd.Queue("kept", 4, 16, producer=True, consumer=True, create=True)
    q.push(b"hello")
    view = q.peek().view
    del q
    gc.collect()
    assert bytes(view) == b"hello"
    with pytest.warns(ResourceWarning):
        del view
        gc.collect()


def test_a_queue_that_is_forgotten_gives_its_role_back() -> None:
    q = nabd.Producer("role", 4, 16, create=True)
    gone = weakref.ref(q)
    with pytest.raises(nabd.BusyError):
        nabd.Producer("role")
    with pytest.warns(ResourceWarning, match="unclosed"):
        del q
        gc.collect()
    assert gone() is None
    nabd.Producer("role").close()


def test_a_cycle_through_a_callback_is_collected() -> None:
    q = nabd.Producer("cycle", 4, 16, create=True)
    q.set_backpressure(on_full=lambda _, q=q: None)  # type: ignore[misc]
    c = nabd.Queue("cycle", consumer=True)
    m = c.join(1, dead_letter=lambda _, c=c: None)
    c.keep = m  # type: ignore[attr-defined]
    gone = [weakref.ref(x) for x in (q, c, m)]
    with pytest.warns(ResourceWarning):
        del q, c, m
        gc.collect()
    assert [g() for g in gone] == [None] * 3


def test_what_is_closed_says_so(both: nabd.Queue) -> None:
    both.close()
    for call in (both.pop, both.peek, lambda: both.push(b""), lambda: both.reserve(1),
                 lambda: both.pop_many(1), lambda: both.push_many([b"a"]), both.stats,
                 both.metrics, both.empty, both.full, both.fill_level, both.min_tail, both.wake,
                 both.fileno, both.arm, both.set_wait, lambda: both.pop_wait(0), both.lost,
                 lambda: both.push_wait(b"", 0), lambda: both.join(1), both.nack,
                 lambda: both.seek(0), lambda: both.drop_group(1), both.is_pressured,
                 both.set_backpressure, both.format_metrics, lambda: both.group(0),
                 lambda: nabd.wait_any([both], 0), lambda: both.peek_many(1),
                 lambda: both.reserve_many(1, 1), lambda: both.checkpoint_save("x"),
                 lambda: both.resume("x"), both.checkpoint_status, both.consumer_stats,
                 lambda: both.pop_packed(bytearray(9), 1), lambda: both.push_packed(b"a", [1]),
                 lambda: both.pop_into(bytearray(9)), both.clear_backpressure):
        with pytest.raises(nabd.ClosedError):
            call()  # type: ignore[no-untyped-call]


def test_one_that_was_never_opened() -> None:
    q = nabd.Queue.__new__(nabd.Queue)
    assert q.closed
    with pytest.raises(nabd.ClosedError):
        q.pop()
    with pytest.raises(nabd.ClosedError):
        nabd.Member(q, 1)
    q.close()
    m = nabd.Member.__new__(nabd.Member)
    with pytest.raises(nabd.ClosedError):
        m.pop()
    m.close()


def test_opening_twice_is_refused(both: nabd.Queue) -> None:
    with pytest.raises(nabd.StateError):
        both.__init__("other", create=True)  # type: ignore[misc]
    both.push(b"x")
    assert both.pop() == b"x"


def test_a_queue_waits_for_its_members(both: nabd.Queue) -> None:
    member = both.join(1)
    with pytest.raises(nabd.StateError):
        both.close()
    with nabd.Queue("letters", 4, 64, producer=True, create=True) as letters:
        other = both.join(2, dead_letters=letters)
        with pytest.raises(nabd.StateError):
            letters.close()
        other.close()
    member.close()
    member.close()
