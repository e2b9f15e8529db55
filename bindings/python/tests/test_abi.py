# SPDX-License-Identifier: MIT
"""The binding says what the header says, which bindings/abi/abi.json has from the compiler."""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import nabd
from nabd import _errors, _nabd, _types

FILE = Path(__file__).resolve().parents[2] / "abi/abi.json"
TUPLES = {
    "nabd_stats": _types.Stats, "nabd_consumer_stats": _types.ConsumerStats,
    "nabd_group_info": _types.Group, "nabd_member_info": _types.GroupMember,
    "nabd_metrics": _types.Metrics, "nabd_group_metrics": _types.GroupMetrics,
    "nabd_member_metrics": _types.MemberMetrics, "nabd_rates": _types.Rates,
    "nabd_checkpoint": _types.Checkpoint, "nabd_memory": _types.Memory,
    "nabd_latency_summary": _types.LatencySummary,
}


@pytest.fixture(scope="module")
def abi() -> Any:
    if not FILE.exists():
        pytest.skip("not in the tree of libnabd")
    return json.loads(FILE.read_text())


def test_errors(abi: Any) -> None:
    errors = {e["value"]: name for name, e in abi["errors"].items() if e["value"] != 0}
    assert {code: kind.name for code, kind in _errors.BY_CODE.items()} == errors
    for code, kind in _errors.BY_CODE.items():
        assert nabd.error_name(code) == kind.name and kind.code == code
        assert nabd.strerror(code) == abi["errors"][kind.name]["text"]
        assert issubclass(kind, nabd.Error) and kind.__name__ in nabd.__all__
        assert getattr(nabd, kind.__name__) is kind
    assert nabd.error_name(0) == "NABD_OK" and nabd.error_name(1) is None
    assert nabd.error_name(2**40) is None
    assert nabd.ClosedError.code == nabd.InvalidError.code


def test_constants(abi: Any) -> None:
    missing = []
    for name, value in abi["constants"].items():
        number = value["value"] if isinstance(value, dict) else value
        if getattr(_nabd, name.removeprefix("NABD_"), None) != number:
            missing.append((name, value))
    assert missing == []


def test_tuples(abi: Any) -> None:
    assert set(_nabd.FIELDS) == set(TUPLES)
    for struct, names in _nabd.FIELDS.items():
        fields = abi["structs"][struct]["fields"]
        declared = [f["name"] if isinstance(f, dict) else f for f in fields]
        assert names == [f for f in declared if f not in ("size", "reserved")], struct
        assert tuple(names) == TUPLES[struct]._fields, struct  # type: ignore[attr-defined]


def test_every_class_is_exported() -> None:
    source = Path(_errors.__file__).read_text()
    assert set(re.findall(r"^class (\w+)", source, re.M)) <= set(nabd.__all__)
    for name in nabd.__all__:
        assert hasattr(nabd, name)
    assert nabd.version().split(".")[0] == nabd.__version__.split(".")[0]
