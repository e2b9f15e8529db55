# SPDX-License-Identifier: MIT
"""A folder of its own for the queues of each test, which is gone afterwards."""
from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import nabd


@pytest.fixture(autouse=True)
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix=f"nabd-python-{os.getpid()}-", dir=memory))
    monkeypatch.setenv("NABD_DIR", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def both() -> Iterator[nabd.Queue]:
    """A handle that sends and receives: 8 slots of 64 bytes."""
    with nabd.Queue("both", 8, 64, producer=True, consumer=True, create=True) as q:
        yield q
