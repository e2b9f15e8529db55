# SPDX-License-Identifier: MIT
"""Queues and their handles: Queue, Producer, Consumer, Member."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from nabd import _nabd
from nabd._errors import Full, NotFoundError, RoleError
from nabd._receive import Path, Receiving
from nabd._types import (
    DeadLetter,
    Group,
    GroupMember,
    GroupMetrics,
    GroupOwner,
    GroupState,
    Lost,
    MemberMetrics,
    Memory,
    Metrics,
    State,
    Stats,
)

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from typing_extensions import Unpack

Start = Literal["oldest", "newest"] | int
Format = Literal["text", "json", "prometheus"]

_FORMATS = {
    "text": _nabd.METRICS_TEXT,
    "json": _nabd.METRICS_JSON,
    "prometheus": _nabd.METRICS_PROMETHEUS,
}


class OpenOptions(TypedDict, total=False):
    """What every kind of queue may be opened with."""

    create: bool
    exclusive: bool
    overwrite: bool
    timestamps: bool
    mode: int
    align: int
    dir: Path | None
    any_owner: bool
    owner: int | None
    file_group: int | None
    prefault: bool
    mlock: bool
    huge_pages: bool


class JoinOptions(TypedDict, total=False):
    """What a group may be joined with."""

    start: Start | None
    ephemeral: bool
    max_deliveries: int
    max_stall: float
    max_lag: int
    dead_letter: Callable[[DeadLetter], Any] | None
    dead_letters: Queue | None


def _bits(**chosen: bool) -> int:
    return sum(getattr(_nabd, name) for name, wanted in chosen.items() if wanted)


def _join_arguments(start: Start | None = None, ephemeral: bool = False, max_deliveries: int = 0,
                    max_stall: float = 0, max_lag: int = 0,
                    dead_letter: Callable[[DeadLetter], Any] | None = None,
                    dead_letters: Queue | None = None) -> dict[str, Any]:
    if isinstance(start, str) and start not in ("oldest", "newest"):
        raise ValueError(f"not a start: {start!r}")
    number = start if isinstance(start, int) else None
    return {
        "flags": _bits(JOIN_OLDEST=start == "oldest", JOIN_NEWEST=start == "newest",
                       JOIN_SEQUENCE=number is not None, GROUP_EPHEMERAL=ephemeral),
        "max_deliveries": max_deliveries,
        "max_stall_ms": round(max_stall * 1000),
        "max_lag": max_lag,
        "sequence": number or 0,
        "dead_letter": dead_letter,
        "dead_letters": dead_letters,
    }


class Queue(Receiving, _nabd.Queue):
    """A handle on a queue: to send, to receive, both, or (with neither) only to look.

    With create the queue is made if it is not there, of so many slots of slot_size bytes
    (0: 1024 of 4096, or what it has); one that is there is never changed. observe opens
    it through a read-only mapping.
    """

    def __init__(self, name: str, slots: int = 0, slot_size: int = 0, *, producer: bool = False,
                 consumer: bool = False, observe: bool = False, create: bool = False,
                 exclusive: bool = False, overwrite: bool = False, timestamps: bool = False,
                 mode: int = 0, align: int = 0, dir: Path | None = None, any_owner: bool = False,
                 owner: int | None = None, file_group: int | None = None,
                 prefault: bool = False, mlock: bool = False,
                 huge_pages: bool = False) -> None:
        self.name = name
        super().__init__(
            name, slots, slot_size,
            flags=_bits(PRODUCER=producer, CONSUMER=consumer, OBSERVE=observe, CREATE=create,
                        EXCL=exclusive, OVERWRITE=overwrite, TIMESTAMPS=timestamps),
            opts=_bits(PREFAULT=prefault, MLOCK=mlock, ANY_OWNER=any_owner,
                       OWNER_UID=owner is not None, SET_GROUP=file_group is not None,
                       HUGE_PAGES=huge_pages),
            mode=mode, align=align, owner=owner or 0, group=file_group or 0, dir=dir)
        self._only_sends = producer and not consumer

    def _looked_at(self) -> _nabd.Queue:
        return self

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open"
        return f"<{type(self).__name__} {self.name!r}, {state}>"

    def push_backoff(self, data: ReadableBuffer, /, *, retries: int | None = 16, base: float = 1e-6,
                     cap: float = 0.01) -> None:
        """push(), again and again while the queue is full, with longer and longer delays.

        push_wait() is better to wait for a slot as such: it is woken. retries None is no
        limit. Raises Full in the end.
        """
        backoff = _nabd.Backoff(retries, base, cap)
        while True:
            try:
                return self.push(data)
            except Full:
                if not backoff.wait():
                    raise

    async def send(self, data: ReadableBuffer, /) -> None:
        """push(); other coroutines run until a slot is free.

        Only on a queue that was opened to send alone: the descriptor of one that
        also receives tells of messages.
        """
        while True:
            try:
                return self.push(data)
            except Full:
                if not self._only_sends:
                    raise RoleError("send() waits on queues that only send") from None
            self._raise_if_ended(_nabd.WAIT_UNLINK)
            await self.ready()

    def join(self, group: int = 0, **options: Unpack[JoinOptions]) -> Member:
        """Become a member of a group, beside others of this handle."""
        return Member(self, group, **options)

    def lost(self) -> Lost:
        """How many messages the default group's reader, which is this, was too late for."""
        return Lost(*self._lost())

    def stats(self) -> Stats:
        """Sizes, positions, counters and roles."""
        state, *others = self._stats()
        return Stats(State(state), *others)

    def metrics(self) -> Metrics:
        """Fill, counters and roles."""
        state, *others = self._metrics()
        return Metrics(State(state), *others)

    def memory(self) -> Memory:
        """What prefault, mlock and huge_pages have come to; reads a file of /proc, slowly."""
        return Memory._make(self._memory())

    def format_metrics(self, format: Format = "text") -> str:
        """All metrics of the queue, its groups and their members, as text."""
        if format not in _FORMATS:
            raise ValueError(f"not a format: {format!r}")
        return self._format(_FORMATS[format])

    def group(self, group: int) -> Group:
        """Look at a group; 0 is the default one. NotFoundError if there is none."""
        number, state, *others = self._group(group)
        return Group(number, GroupState(state), *others)

    def groups(self) -> Iterator[Group]:
        """All groups that there are."""
        for number in range(_nabd.MAX_GROUPS + 1):
            try:
                group = self.group(number)
            except NotFoundError:
                continue
            yield group

    def member(self, group: int, member: int) -> GroupMember:
        """Look at a member of a group. NotFoundError if there is none."""
        number, place, alive, *others = self._member(group, member)
        return GroupMember(number, place, bool(alive), *others)

    def members(self, group: int) -> Iterator[GroupMember]:
        """All members of a group, alive, or dead with messages that wait for another."""
        for place in range(_nabd.MAX_MEMBERS):
            try:
                member = self.member(group, place)
            except NotFoundError:
                continue
            yield member

    def group_metrics(self, group: int) -> GroupMetrics:
        """A group's lag and counters, also of one that has ended."""
        number, state, owner, *others = self._group_metrics(group)
        return GroupMetrics(number, GroupState(state), GroupOwner(owner), *others)

    def member_metrics(self, group: int, member: int) -> MemberMetrics:
        """What a member of a group holds and has done."""
        number, place, alive, *others = self._member_metrics(group, member)
        return MemberMetrics(number, place, bool(alive), *others)


class Producer(Queue):
    """A queue that is opened to send; it has one producer at a time."""

    def __init__(self, name: str, slots: int = 0, slot_size: int = 0,
                 **options: Unpack[OpenOptions]) -> None:
        super().__init__(name, slots, slot_size, producer=True, **options)


class Consumer(Queue):
    """A queue that is opened to receive: as the reader of the default group, or, with group,
    as a member of that (1 to 16; 0: a new group with a free number)."""

    def __init__(self, name: str, slots: int = 0, slot_size: int = 0, *,
                 group: int | None = None, start: Start | None = None, ephemeral: bool = False,
                 max_deliveries: int = 0, max_stall: float = 0, max_lag: int = 0,
                 dead_letter: Callable[[DeadLetter], Any] | None = None,
                 dead_letters: Queue | None = None, **options: Unpack[OpenOptions]) -> None:
        arguments = _join_arguments(start, ephemeral, max_deliveries, max_stall, max_lag,
                                    dead_letter, dead_letters)
        if group is None and any(arguments.values()):
            raise ValueError("these options are those of a group")
        super().__init__(name, slots, slot_size, consumer=True, **options)
        if group is None:
            return
        try:
            self._join(group, **arguments)
        except BaseException:
            self.close()
            raise


class Member(Receiving, _nabd.Member):
    """A member of a group, joined through a queue that stays open as long.

    start, ephemeral, max_deliveries, max_stall (seconds) and max_lag (messages) are those of
    a new group. dead_letter is called with a DeadLetter, and has taken care of it unless it
    returns False or raises; dead_letters is a queue to send them to instead.
    """

    def __init__(self, queue: Queue, group: int = 0, **options: Unpack[JoinOptions]) -> None:
        self.queue = queue
        super().__init__(queue, group, **_join_arguments(**options))

    def _looked_at(self) -> _nabd.Queue:
        return self.queue

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"of group {self.consumer_stats().group}"
        return f"<Member of {self.queue.name!r}, {state}>"


