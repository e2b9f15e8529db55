# SPDX-License-Identifier: MIT
"""Groups: who gets what, what comes again, dead letters, seeking, being dropped."""
from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import nabd


@pytest.fixture
def p() -> Iterator[nabd.Producer]:
    with nabd.Producer("orders", 16, 32, create=True) as producer:
        yield producer


def test_each_group_gets_every_message(p: nabd.Producer) -> None:
    with nabd.Consumer("orders", group=1) as one, nabd.Consumer("orders", group=2) as two, \
            one.join(1) as third:
        p.push_many([b"a", b"b"])
        assert two.pop_many(9) == [b"a", b"b"]
        assert sorted([one.pop(), third.pop()]) == [b"a", b"b"]
        assert one.consumer_stats().group == third.consumer_stats().group == 1
        with nabd.Consumer("orders", group=0) as new:
            assert new.consumer_stats().group == 3
            assert [g.group for g in p.groups()] == [1, 2, 3]
        assert [m.member for m in p.members(1)] == [0, 1]
        assert p.member(1, 0).alive and p.group(1).members == 2
        assert p.group(1).state & nabd.GroupState.ALIVE
        with pytest.raises(nabd.NotFoundError):
            p.group(9)
        with pytest.raises(FileNotFoundError):
            p.member(1, 9)


def test_nack_and_redelivery(p: nabd.Producer) -> None:
    with nabd.Consumer("orders", group=1) as c:
        p.push(b"a")
        with pytest.raises(nabd.StateError):
            c.nack()
        message = c.peek()
        view = message.view
        with pytest.raises(BufferError):
            c.nack()
        view.release()
        c.nack()
        assert not message.open
        message = c.peek()
        assert message.redelivered and message.deliveries == 2
        message.keep()
        c.nack()
        message = c.peek()
        assert message.deliveries == 3
        message.release()
        assert c.consumer_stats().nacked == 2
        p.push_many([b"b", b"c"])
        c.peek_many(2)
        assert c.pop_many(5) == [b"b", b"c"]


def test_what_a_killed_member_held_comes_to_another(p: nabd.Producer) -> None:
    with nabd.Consumer("orders", group=1) as c:
        ready, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                child = nabd.Consumer("orders", group=1)
                held = child.peek_wait(30)
                os.write(tell, bytes(held.view))
                signal.pause()
            finally:
                os._exit(1)
        p.push(b"a")
        assert os.read(ready, 9) == b"a"
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(ready)
        os.close(tell)
        with c.peek_wait(30) as view:
            assert view == b"a"
        assert c.consumer_stats().redelivered == 1


def test_dead_letters_to_a_function(p: nabd.Producer) -> None:
    letters = []
    with nabd.Consumer("orders", group=1, max_deliveries=1, dead_letter=letters.append) as c:
        p.push_many([b"bad", b"good"])
        with c.peek():
            c.nack()
        assert c.pop_wait(5) == b"good"
        assert letters == [(b"bad", 0, 1, True)]
        assert isinstance(letters[0], nabd.DeadLetter)
        assert c.consumer_stats().dead_letters == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("how", ["false", "raises"])
def test_a_letter_that_is_refused_comes_again(p: nabd.Producer, how: str) -> None:
    def refuse(letter: nabd.DeadLetter) -> bool:
        assert how == "false"
        return False

    with nabd.Consumer("orders", group=1, max_deliveries=1, dead_letter=refuse) as c:
        p.push(b"bad")
        with c.peek():
            c.nack()
        assert c.pop_wait(5) == b"bad"


def test_a_function_may_not_use_its_consumer(p: nabd.Producer) -> None:
    told = []

    def wrong(letter: nabd.DeadLetter) -> None:
        for call in (c.pop, c.peek, c.nack, c.close, c.consumer_stats, lambda: c.seek(0)):
            with pytest.raises(nabd.StateError):
                call()
            told.append(letter)

    with nabd.Consumer("orders", group=1, max_deliveries=1, dead_letter=wrong) as c:
        p.push(b"bad")
        with c.peek():
            c.nack()
        with pytest.raises(nabd.Empty):
            c.pop()
        assert len(told) == 6


def test_dead_letters_to_a_queue(p: nabd.Producer) -> None:
    with nabd.Queue("letters", 4, 32, producer=True, consumer=True, create=True) as letters:
        with nabd.Consumer("orders", group=1, max_deliveries=1, dead_letters=letters) as c:
            p.push(b"bad")
            with c.peek():
                c.nack()
            slot = letters.reserve(1)
            with pytest.raises(nabd.StateError):
                c.pop()
            slot.abort()
            with pytest.raises(nabd.Timeout):
                c.pop_wait(0.01)
            letters.push(b"x")
        assert letters.pop_many(5) == [b"bad", b"x"]


def test_seek(p: nabd.Producer) -> None:
    with nabd.Consumer("orders", group=1) as c, nabd.Consumer("orders", group=2):
        p.push_many(b"%d" % i for i in range(8))
        assert len(c.pop_many(6)) == 6
        assert c.seek(2) == 2 and c.pop() == b"2"
        assert c.seek(2**64 - 1) == 8
        with pytest.raises(nabd.Empty):
            c.pop()
        assert c.seek(0) == 0
        for wrong in (-1, 2**64):
            with pytest.raises(OverflowError):
                c.seek(wrong)
        with c.peek():
            with pytest.raises(nabd.StateError):
                c.seek(0)
        c.peek().keep()
        assert c.seek(3) == 3 and c.pop() == b"3"
        with pytest.raises(nabd.StateError):
            c.nack()  # nothing is kept any more
        c.peek_many(2).keep()
        with pytest.raises(nabd.StateError):
            c.nack()  # of a batch, which one?


def test_where_a_group_begins(p: nabd.Producer) -> None:
    with nabd.Consumer("orders", group=1):
        p.push_many([b"0", b"1", b"2"])
        with nabd.Consumer("orders", group=2, start="oldest") as c:
            assert c.pop() == b"0"
        with nabd.Consumer("orders", group=3, start="newest") as c:
            assert c.consumer_stats().joined == 3
        with nabd.Consumer("orders", group=4, start=1) as c:
            assert c.pop() == b"1"
        with nabd.Consumer("orders", group=5, start="newest", ephemeral=True):
            assert p.group(5).state & nabd.GroupState.EPHEMERAL
        with pytest.raises(nabd.NotFoundError):
            p.group(5)
        with pytest.raises(ValueError):
            nabd.Consumer("orders", group=6, start="middle")  # type: ignore[arg-type]


def test_dropped_and_evicted(p: nabd.Producer) -> None:
    with nabd.Consumer("orders", group=1) as c:
        p.push(b"a")
        message = c.peek()
        p.drop_group(1)
        with pytest.raises(nabd.DroppedError):
            message.release()
        with pytest.raises(nabd.DroppedError):
            c.pop()
        with pytest.raises(nabd.NotFoundError):
            p.drop_group(1)
    with nabd.Consumer("orders", group=2, max_lag=2, max_stall=0.001) as c:
        assert p.group(2).max_stall_ms == 1 and p.group(2).max_lag == 2
        p.push_many_wait([b"x"] * 20, 30)
        with pytest.raises(nabd.EvictedError) as evicted:
            c.pop()
        assert evicted.value.lost >= 16
        assert p.group_metrics(2).ended == nabd.EvictedError.code


def test_wrong_use(p: nabd.Producer) -> None:
    with pytest.raises(nabd.RoleError):
        p.join(1)
    with pytest.raises(ValueError):
        nabd.Consumer("orders", ephemeral=True)
    with pytest.raises(nabd.InvalidError):
        nabd.Consumer("orders", group=17)
    with pytest.raises(TypeError):
        nabd.Consumer("orders", group=1, dead_letter=5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        nabd.Consumer("orders", group=1, dead_letters=5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        nabd.Member(5, 1)  # type: ignore[arg-type]
    with nabd.Consumer("orders") as c:
        for call in (c.nack, lambda: c.seek(0), c.consumer_stats, c.checkpoint_status,
                     lambda: c.checkpoint_save("x"), lambda: c.resume("x")):
            with pytest.raises(nabd.RoleError):
                call()


def test_checkpoints(p: nabd.Producer, tmp_path: Path) -> None:
    file = tmp_path / "position"
    with nabd.Consumer("orders", group=1) as c, nabd.Consumer("orders", group=2):
        with pytest.raises(nabd.NotFoundError):
            c.resume(file)
        assert c.checkpoint_status() == (None, None)
        p.push_many([b"0", b"1", b"2", b"3"])
        c.pop()
        c.checkpoint_save(file)
        assert c.checkpoint_status() == (None, 1)
        saved = nabd.checkpoint_load(os.fsencode(file))
        assert (saved.group, saved.sequence, saved.head, saved.saves) == (1, 1, 4, 1)
        assert saved.incarnation == p.stats().incarnation
        c.pop_many(9)
        assert c.resume(str(file)) == (1, 0, nabd.Resumed.EXACT)
        assert c.pop() == b"1"
        c.checkpoint_auto(file, every_messages=1)
        c.pop_many(9)
        with pytest.raises(nabd.Empty):
            c.pop()
        assert c.checkpoint_status().sequence == 4
        c.checkpoint_auto(None)
        with pytest.raises(nabd.InvalidError):
            c.checkpoint_auto(file)
        file.write_bytes(b"something else")
        with pytest.raises(nabd.NotCheckpointError):
            c.checkpoint_save(file)
        with pytest.raises(ValueError):
            c.checkpoint_save("with\0nul")


def test_a_save_that_fails_later_is_told(p: nabd.Producer, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    c = nabd.Consumer("orders", group=1)
    c.checkpoint_auto(folder / "position", every_messages=1)
    (folder / "position").unlink()
    folder.rmdir()
    p.push(b"x")
    c.pop()
    with pytest.raises(nabd.Empty):
        c.pop()
    error = c.checkpoint_status().error
    assert isinstance(error, nabd.NotFoundError)
    with pytest.raises(nabd.SystemCallError):
        c.close()
    assert c.closed


def test_resume_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "position"
    with nabd.Producer("first", 4, 16, create=True), nabd.Consumer("first", group=1) as c:
        c.checkpoint_save(file)
    with nabd.Producer("second", 4, 16, create=True) as p, \
            nabd.Consumer("second", group=1) as c:
        p.push(b"x")
        with pytest.raises(nabd.ForeignError):
            c.resume(file)
        assert c.resume(file, "oldest") == (0, 0, nabd.Resumed.OTHER)
        assert c.resume(file, "newest") == (1, 1, nabd.Resumed.OTHER)
        with pytest.raises(KeyError):
            c.resume(file, "middle")  # type: ignore[arg-type]
