# SPDX-License-Identifier: MIT
"""What is told about queues, groups and members. The fields are those of nabd.h."""
from __future__ import annotations

import enum
from typing import NamedTuple

from nabd import _nabd
from nabd._errors import Error

Bytes = bytes  # beside fields that are called bytes


class State(enum.IntFlag):
    """Bits of Stats.state and Metrics.state."""

    PRODUCER = _nabd.STATE_PRODUCER
    CONSUMER = _nabd.STATE_CONSUMER
    GROUP0 = _nabd.STATE_GROUP0
    UNLINKED = _nabd.STATE_UNLINKED
    OVERWRITE = _nabd.STATE_OVERWRITE
    FULL = _nabd.STATE_FULL
    PRESSURED = _nabd.STATE_PRESSURED
    TIMESTAMPS = _nabd.STATE_TIMESTAMPS


class GroupState(enum.IntFlag):
    """Bits of Group.state and GroupMetrics.state."""

    EPHEMERAL = _nabd.GROUP_STATE_EPHEMERAL
    ALIVE = _nabd.GROUP_STATE_ALIVE
    HOLDS = _nabd.GROUP_STATE_HOLDS


class GroupOwner(enum.IntEnum):
    """Values of GroupMetrics.owner."""

    NONE = _nabd.GROUP_OWNER_NONE
    ALIVE = _nabd.GROUP_OWNER_ALIVE
    DEAD = _nabd.GROUP_OWNER_DEAD


class Resumed(enum.IntEnum):
    """Values of Resumption.state."""

    EXACT = _nabd.RESUMED_EXACT
    GAP = _nabd.RESUMED_GAP
    OTHER = _nabd.RESUMED_OTHER


class Stats(NamedTuple):
    """A queue's sizes, positions, counters and roles: struct nabd_stats."""

    state: State
    slots: int
    slot_size: int
    stride: int
    align: int
    head: int
    tail: int
    position: int
    bytes: int
    full_count: int
    producer_epoch: int
    created_ns: int
    incarnation: Bytes


class Memory(NamedTuple):
    """How a mapping is backed, in bytes: struct nabd_memory."""

    page: int
    huge_page: int
    bytes: int
    mapped: int
    locked: int
    huge: int
    swapped: int


class ConsumerStats(NamedTuple):
    """What a member has done, and what was lost: struct nabd_consumer_stats."""

    group: int
    state: int
    joined: int
    claimed: int
    redelivered: int
    held: int
    nacked: int
    dead_letters: int
    lost: int
    gap: int


class Group(NamedTuple):
    """A group: struct nabd_group_info."""

    group: int
    state: GroupState
    members: int
    holding: int
    max_deliveries: int
    max_stall_ms: int
    max_lag: int
    position: int
    low: int
    lag: int
    made: int


class GroupMember(NamedTuple):
    """A member of a group, seen from outside: struct nabd_member_info."""

    group: int
    member: int
    alive: bool
    first: int
    held: int
    deliveries: int


class Metrics(NamedTuple):
    """A queue's fill and counters: struct nabd_metrics."""

    state: State
    slots: int
    fill: int
    fill_percent: int
    high_fill: int
    head: int
    tail: int
    bytes: int
    full_count: int
    reader_wakes: int
    producer_wakes: int
    evictions: int
    lost: int
    producer_epoch: int
    progress_ns: int
    now_ns: int
    created_ns: int


class GroupMetrics(NamedTuple):
    """A group's lag and counters: struct nabd_group_metrics."""

    group: int
    state: GroupState
    owner: GroupOwner
    members: int
    holding: int
    ended: int
    made: int
    position: int
    low: int
    lag: int
    high_lag: int
    wakes: int
    claimed: int
    redelivered: int
    nacked: int
    dead_letters: int
    lost: int
    evictions: int
    progress_ns: int


class MemberMetrics(NamedTuple):
    """What a member holds and has done: struct nabd_member_metrics."""

    group: int
    member: int
    alive: bool
    held: int
    first: int
    claimed: int
    redelivered: int
    nacked: int
    dead_letters: int
    progress_ns: int


class Rates(NamedTuple):
    """What happened between two looks, a second: struct nabd_rates."""

    seconds: float
    messages: float
    bytes: float
    released: float
    full: float
    reader_wakes: float
    producer_wakes: float
    lost: float


class LatencySummary(NamedTuple):
    """Percentiles of a histogram, in nanoseconds: struct nabd_latency_summary."""

    count: int  # type: ignore[assignment]  # beside tuple.count, as nabd.h calls it
    unmeasured: int
    mean_ns: int
    min_ns: int
    p50_ns: int
    p90_ns: int
    p99_ns: int
    p99_9_ns: int
    max_ns: int


class Checkpoint(NamedTuple):
    """What a checkpoint says: struct nabd_checkpoint."""

    group: int
    incarnation: Bytes
    sequence: int
    head: int
    saved_ns: int
    saves: int


class Lost(NamedTuple):
    """How many messages a reader was too late for: the last time, and in all."""

    gap: int
    total: int


class Resumption(NamedTuple):
    """Where a group went on: struct nabd_resume."""

    sequence: int
    lost: int
    state: Resumed


class CheckpointStatus(NamedTuple):
    """The first error of saves by themselves since last asked; the last that was saved."""

    error: Error | None
    sequence: int | None


class DeadLetter(NamedTuple):
    """A copy of a message that was delivered too often."""

    data: bytes
    sequence: int
    deliveries: int
    redelivered: bool


class Report(NamedTuple):
    """What diagnose() and recover() found; error is None if all is well."""

    error: Error | None
    text: str
