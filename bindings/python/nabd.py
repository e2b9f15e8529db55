#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""See the Python binding at work, as it stands in the sources.

    python3 nabd.py           make sure that it works: two processes, checked byte by byte
    python3 nabd.py demo      the same, and say what is measured
    python3 nabd.py list      the queues of this machine
    python3 nabd.py stat QUEUE | send QUEUE | receive QUEUE
    python3 nabd.py where     which package is used

The package nabd is used if it is installed; otherwise it is built, against the installed
library, into the folder build/ beside this file (or, where that can't be written, into the
user's cache). For that a C compiler, pkg-config, setuptools and the headers of Python and of
libnabd are needed: on Debian gcc, pkgconf, python3-setuptools, python3-dev, libnabd-dev.

This file has the package's name. Whoever imports it by accident, as the folder of the sources
is searched first, is given the package.
"""
from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent


def folders() -> list[Path]:
    """Where a build may lie, the best first."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return [HERE / "build", cache / "nabd-python"]


def sources() -> list[Path]:
    return [HERE / "setup.py", *sorted(HERE.glob("ext/*")), *sorted(HERE.glob("src/nabd/*.py*"))]


def is_new(lib: Path) -> bool:
    module = lib / "nabd/_nabd.abi3.so"
    return module.exists() and all(
        s.stat().st_mtime <= module.stat().st_mtime for s in sources())


def build(folder: Path) -> Path:
    """Builds into the folder, and answers where the package is."""
    lib = folder / "lib"
    if is_new(lib):
        return lib
    print(f"nabd.py: building the package into {folder}", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "setup.py", "-q", "build", "--force",
         "--build-base", str(folder), "--build-lib", str(lib)],
        cwd=HERE, env={**os.environ, "NABD_RPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise SystemExit(
            f"{done.stdout}nabd.py: the package can't be built. On Debian it needs:\n"
            "  apt-get install gcc libc6-dev pkgconf python3-dev python3-setuptools libnabd-dev\n"
            "and where libnabd lies elsewhere, PKG_CONFIG_PATH")
    return lib


def build_somewhere() -> Path:
    for folder in folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return build(folder)
    raise SystemExit(f"nabd.py: none of these can be written: {folders()}")


def search(places: list[str]) -> ModuleType | None:
    """The package from the first of the places that has it, and works."""
    spec = importlib.machinery.PathFinder.find_spec("nabd", places)
    if spec is None or spec.loader is None or spec.submodule_search_locations is None:
        return None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get("nabd")
    sys.modules["nabd"] = module
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        for name in [n for n in sys.modules if n == "nabd" or n.startswith("nabd.")]:
            del sys.modules[name]
        if before is not None:
            sys.modules["nabd"] = before
        print(f"nabd.py: {spec.origin} does not work: {error}", file=sys.stderr)
        return None
    return module


def load() -> ModuleType:
    """The package: installed, or built here."""
    elsewhere = [p for p in sys.path if Path(p or ".").resolve() != HERE]
    found = search(elsewhere) or search([str(build_somewhere())])
    if found is None:
        raise ImportError("the package nabd was built, but does not load")
    return found


def main() -> int:
    sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != HERE]
    if sys.argv[1:2] in (["-h"], ["--help"], ["help"]):
        print(__doc__)
        return 0
    package = load()
    # So that those that are started from here find the same.
    sys.path.insert(0, str(Path(str(package.__file__)).parent.parent))
    from nabd import __main__ as cli

    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
else:
    load()
