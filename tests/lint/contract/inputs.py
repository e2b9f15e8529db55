# SPDX-License-Identifier: MIT
"""All that check-contract.py compares, read into memory once.

The texts are kept as they are in the files and parsed when they are used, so
that the self-test can change a text and see what is said about it.
"""
import copy
import functools
import os
import subprocess

import header
import page


parsed_page = functools.lru_cache(maxsize=None)(page.Page)
parsed_calls = functools.lru_cache(maxsize=None)(header.calls)


class Contract:
    """Texts by path below the top of the sources, and what the linker exports."""

    def __init__(self, top, build):
        self.top = top
        self.build = build
        self.texts = {}
        self.exported = None  # names, or None in a build without shared library

    def copy(self):
        other = copy.copy(self)
        other.texts = dict(self.texts)
        return other

    @property
    def calls(self):
        return parsed_calls(self.texts["include/nabd/nabd.h"])

    @property
    def errors(self):
        return header.errors(self.texts["include/nabd/nabd.h"])

    @property
    def pages(self):
        return {path: parsed_page(path, text) for path, text in sorted(self.texts.items())
                if path.startswith("man/man")}

    @property
    def tests(self):
        return {path: text for path, text in self.texts.items() if path.endswith(".c")}


def man3(name):
    """Where the page of a call is."""
    return "man/man3/%s.3" % name


def _read(contract, path):
    with open(os.path.join(contract.top, path), encoding="utf-8") as f:
        contract.texts[path] = f.read()


def _read_tree(contract, folder, fits):
    for where, _, names in os.walk(os.path.join(contract.top, folder)):
        for name in sorted(names):
            if fits(name):
                _read(contract, os.path.relpath(os.path.join(where, name), contract.top))


def _exported(build):
    so = os.path.join(build, "lib/.libs/libnabd.so")
    if not os.path.exists(so):
        return None
    nm = os.environ.get("NM", "nm").split()
    out = subprocess.run(nm + ["-D", "--defined-only", so], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    fields = [line.split() for line in out.splitlines()]
    return {f[2].split("@")[0] for f in fields if len(f) == 3 and f[1] != "A"}


def load():
    here = os.path.dirname(os.path.abspath(__file__))
    top = os.environ.get("top_srcdir") or os.path.join(here, "../../..")
    build = os.environ.get("top_builddir") or top
    contract = Contract(os.path.abspath(top), os.path.abspath(build))
    for path in ("include/nabd/nabd.h", "include/nabd/version.h.in",
                 "include/nabd/inline_layout.h", "lib/libnabd.map", "lib/error.h",
                 "tests/lint/contract/waived.txt"):
        _read(contract, path)
    _read_tree(contract, "man", lambda name: name[-2:] in (".3", ".5", ".7"))
    _read_tree(contract, "tests", lambda name: name.endswith(".c"))
    contract.exported = _exported(contract.build)
    return contract
