# SPDX-License-Identifier: MIT
"""What needs no handle: the queues that there are, their files, checkpoints, rates."""
from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from nabd import _nabd
from nabd._errors import BY_CODE, Error
from nabd._receive import Path, Receiving
from nabd._types import Checkpoint, LatencySummary, Metrics, Rates, Report

_NO_QUEUE = {"NABD_NOTQUEUE", "NABD_NAME", "NABD_NOTFOUND", "NABD_UNSAFE"}


class Ready(NamedTuple):
    """One of those that wait_any() waited for, and what is the matter with it, if not that
    it is ready."""

    item: Receiving
    error: Error | None


def wait_any(items: Sequence[Receiving], timeout: float | None = None) -> list[Ready]:
    """Wait until one or more of several queues and members have a message, or a free slot.

    Serve all that are answered: those behind the first may else never get their turn.
    """
    return [Ready(items[i], error) for i, error in _nabd._wait_any(items, timeout)]


def unlink(name: str, *, dir: Path | None = None) -> None:
    """Remove a queue's name; those who have it open go on with it."""
    _nabd.unlink(name, dir=dir)


def _report(code: int, text: str) -> Report:
    if code == 0:
        return Report(None, text)
    kind = BY_CODE.get(code, Error)
    standard = getattr(kind, "standard", None)
    message = _nabd.strerror(code)
    return Report(kind(message) if standard is None else kind(standard, message), text)


def _opts(any_owner: bool, owner: int | None) -> int:
    return ((_nabd.ANY_OWNER if any_owner else 0)
            | (_nabd.OWNER_UID if owner is not None else 0))


def diagnose(name: str, *, dir: Path | None = None, any_owner: bool = False,
             owner: int | None = None) -> Report:
    """Explain in English what is right or wrong with the file behind a name."""
    return _report(*_nabd.diagnose(name, dir=dir, opts=_opts(any_owner, owner),
                                   owner=owner or 0))


def recover(name: str, *, do: bool = False, remove: bool = False, discard: bool = False,
            dir: Path | None = None, any_owner: bool = False,
            owner: int | None = None) -> Report:
    """Clear up what dead processes have left, or say what that would be.

    Without do nothing is done. With remove a queue is removed that nobody has open and
    that holds no unread message; with discard too, even if messages are lost.
    """
    flags = ((_nabd.RECOVER_DO if do else 0) | (_nabd.RECOVER_REMOVE if remove else 0)
             | (_nabd.RECOVER_DISCARD if discard else 0))
    return _report(*_nabd.recover(name, dir=dir, opts=_opts(any_owner, owner),
                                  owner=owner or 0, flags=flags))


def list_queues(dir: Path | None = None) -> list[str]:
    """The names of the queues in a folder, sound or damaged, in order."""
    folder = os.fsdecode(dir or os.environ.get("NABD_DIR") or "/dev/shm")
    found = []
    for entry in os.scandir(folder):
        if entry.is_file(follow_symlinks=False) and entry.name.isascii():
            error = diagnose(entry.name, dir=folder, any_owner=True).error
            if error is None or error.name not in _NO_QUEUE:
                found.append(entry.name)
    return sorted(found)


def checkpoint_load(path: Path) -> Checkpoint:
    """Read a checkpoint, without a queue."""
    return Checkpoint._make(_nabd.checkpoint_load(path))


def latency_summary(latency: _nabd.Latency) -> LatencySummary:
    """Percentiles of what Queue.latency() told."""
    return LatencySummary._make(latency._summary())


def rates(before: Metrics, after: Metrics) -> Rates:
    """What happened between two looks at a queue, a second."""
    return Rates._make(_nabd.rates(before, after))


