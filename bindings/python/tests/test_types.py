# SPDX-License-Identifier: MIT
"""The annotations are complete (mypy --strict), and those of the C module true (stubtest)."""
from __future__ import annotations

import os
import site
import subprocess
import sys
from pathlib import Path

import pytest

import nabd

pytest.importorskip("mypy")
HERE = Path(__file__).resolve().parents[1]
PACKAGE = Path(nabd.__file__).parent


# mypy refuses to be told of a folder where it looks for installed packages by itself.
PATH = {} if str(PACKAGE.parent) in site.getsitepackages() else {"MYPYPATH": str(PACKAGE.parent)}


def run(tmp_path: Path, *words: str) -> None:
    done = subprocess.run([sys.executable, "-m", *words], cwd=tmp_path, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
                          env={**os.environ, **PATH})
    assert done.returncode == 0, done.stdout


def test_strict(tmp_path: Path) -> None:
    files = [str(f) for f in sorted(HERE.glob("tools/*.py")) + sorted(HERE.glob("examples/*.py"))]
    run(tmp_path, "mypy", "--config-file", str(HERE / "pyproject.toml"), "-p", "nabd")
    run(tmp_path, "mypy", "--config-file", str(HERE / "pyproject.toml"), *files)


def test_stubs(tmp_path: Path) -> None:
    run(tmp_path, "mypy.stubtest", "nabd._nabd", "--mypy-config-file",
        str(HERE / "pyproject.toml"))
