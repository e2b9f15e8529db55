# SPDX-License-Identifier: MIT
"""The examples, the README's program and nabd.py run, and say what they should."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nabd

HERE = Path(__file__).resolve().parents[1]
LIB = Path(nabd.__file__).parents[1]
SAYS = {
    "simple.py": "a copy\n" "in place\n['one', 'two', 'three']\nnothing more\n",
    "aio.py": "1000 messages, sum 499500\n",
    "arrays.py": "1000 samples, the largest 1.000\n",
    "workers.py": "all 200 messages were worked on, though a worker was killed\n",
}


def run(*words: str, cwd: Path | None = None, **environment: str) -> str:
    done = subprocess.run([sys.executable, *words], text=True, cwd=cwd, timeout=300,
                          env={**os.environ, **environment},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("example", sorted(f.name for f in HERE.glob("examples/*.py")))
def test_examples(example: str, queues: Path) -> None:
    assert run("-W", "error", str(HERE / "examples" / example)).endswith(SAYS[example])
    assert nabd.list_queues() == []


def test_readme() -> None:
    text = (HERE / "README.md").read_text()
    program = re.search(r"```python\n(import nabd.*?)```", text, re.S)
    assert program is not None
    assert run("-W", "error", "-c", program[1]) == "b'hello'\nb'world'\n"


def test_every_public_name_is_in_the_readme_or_self_explaining() -> None:
    """What a reader of README.md is told to call is there."""
    text = (HERE / "README.md").read_text()
    for name in re.findall(r"nabd\.([A-Za-z_]\w*)", text):
        assert name in ("h", "py") or hasattr(nabd, name), name
    for name in re.findall(r"(?:out|frames|c|queue|slot|message)\.(\w+)\(", text):
        assert any(hasattr(k, name) for k in (nabd.Producer, nabd.Consumer, nabd.Message,
                                              nabd.Reservation)), name


def test_self_check(tmp_path: Path) -> None:
    assert "the Python binding works" in run("-m", "nabd", "demo", cwd=tmp_path)
    assert nabd.__version__ in run("-m", "nabd", "where", cwd=tmp_path)
    assert nabd.list_queues() == []


def test_commands(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "nabd", "send", "lines"], input="a\nb\n",
                          text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 0
    assert run("-m", "nabd", "list", cwd=tmp_path) == "lines\n"
    assert "lines" in run("-m", "nabd", "stat", "lines", cwd=tmp_path)
    assert run("-m", "nabd", "receive", "lines", cwd=tmp_path) == "a\nb\n"
    for words, code in ((["stat", "nothing"], 1), (["receive", "nothing"], 1), (["what"], 2)):
        bad = subprocess.run([sys.executable, "-m", "nabd", *words], cwd=tmp_path, timeout=60,
                             capture_output=True)
        assert bad.returncode == code


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """nabd.py and what it builds from, where it may be written to."""
    folder = tmp_path / "python"
    folder.mkdir()
    for name in ("nabd.py", "setup.py", "pyproject.toml", "README.md", "MANIFEST.in"):
        shutil.copy(HERE / name, folder)
    for name in ("ext", "src"):
        shutil.copytree(HERE / name, folder / name, ignore=shutil.ignore_patterns("*.egg-info"))
    return folder


def test_nabd_py_uses_the_package_that_is_installed(copy: Path) -> None:
    assert str(LIB) in run("nabd.py", "where", cwd=copy)
    program = "import nabd, sys; print(nabd.__file__, nabd.Producer.__name__)"
    assert str(LIB) in run("-c", program, cwd=copy, PYTHONPATH=f"{copy}:{LIB}")
    assert not (copy / "build").exists()


# -S: without what is installed for this Python, the package among it.
def test_nabd_py_builds_it(copy: Path) -> None:
    assert "building" in run("-S", "nabd.py", cwd=copy, PYTHONPATH="")
    said = run("-S", "nabd.py", "where", cwd=copy, PYTHONPATH="")
    assert str(copy / "build") in said and "building" not in said
    assert "Usage" not in run("-S", "nabd.py", "--help", cwd=copy, PYTHONPATH="")
    program = "import nabd; print(nabd.__file__)"
    assert str(copy / "build") in run("-S", "-c", program, cwd=copy, PYTHONPATH="")


def test_nabd_py_says_what_is_missing(copy: Path) -> None:
    done = subprocess.run([sys.executable, "-S", "nabd.py"], cwd=copy, text=True, timeout=60,
                          env={**os.environ, "PYTHONPATH": "", "PKG_CONFIG": "no-such-program"},
                          capture_output=True)
    assert done.returncode != 0 and "no-such-program is missing" in done.stderr
    assert "apt-get install" in done.stderr


def test_wheel_and_sdist(copy: Path, tmp_path: Path) -> None:
    pytest.importorskip("build")
    for name in ("tests", "examples"):
        shutil.copytree(HERE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    run("-m", "build", "--no-isolation", "--skip-dependency-check", "--outdir",
        str(tmp_path / "dist"), cwd=copy)
    names = sorted(f.name for f in (tmp_path / "dist").iterdir())
    assert names[0].startswith(f"nabd-{nabd.__version__}-cp311-abi3-linux")
    assert names[1] == f"nabd-{nabd.__version__}.tar.gz"
    unpacked = tmp_path / "unpacked"
    run("-m", "zipfile", "-e", str(tmp_path / "dist" / names[0]), str(unpacked))
    for f in ("_nabd.abi3.so", "_nabd.pyi", "py.typed", "__main__.py"):
        assert (unpacked / "nabd" / f).exists()
    assert "works" in run("-m", "nabd", cwd=tmp_path, PYTHONPATH=str(unpacked))
