#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the conformance cases with a runner and compares what comes out.

    run-cases.py RUNNER [CASE…]

A case is right if the runner's output is equal to the file (README.md). Each runs in
folders of its own, which are gone afterwards. All of them together use each command of
README.md's table.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "cases")
LIMIT = 60  # seconds for a case; none takes one


def allow_types(expected, actual):
    """Takes what a language can't write down for right; tells how often it did."""
    lines, count = list(actual), 0
    for i in range(1, min(len(lines), len(expected))):
        if (lines[i] == "= TYPES" and lines[i - 1].startswith("? ")
                and re.match(r"= [A-Z]+$", expected[i])):
            lines[i] = expected[i]
            count += 1
    return lines, count


def run_case(runner, path, memory):
    """What is wrong with a case, as lines, and how much of it the language can't say."""
    with tempfile.TemporaryDirectory(prefix="nabd-case-", dir=memory) as queues, \
            tempfile.TemporaryDirectory(prefix="nabd-case-") as files:
        done = subprocess.run([runner, path], cwd=files, stdin=subprocess.DEVNULL,
                              env=dict(os.environ, NABD_DIR=queues), check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT)
    with open(path, encoding="utf-8") as f:
        expected = f.read().splitlines()
    actual, count = allow_types(expected, done.stdout.splitlines())
    said = list(difflib.unified_diff(expected, actual, os.path.basename(path), "answered",
                                     lineterm="", n=4))
    if done.returncode != 0:
        said.append("%s: exit %d: %s" % (os.path.basename(path), done.returncode, done.stderr))
    return said, count


def cases(names):
    if names:
        return [os.path.abspath(n) for n in names]
    found = sorted(n for n in os.listdir(CASES) if n.endswith(".case"))
    return [os.path.join(CASES, n) for n in found]


def commands(text):
    """The part of README.md with the table."""
    return text.split("### Commands")[1].split("## Peers")[0]


def unused(paths):
    """Commands of the table that no case has, and words that begin a line and are none."""
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as f:
        rows = re.findall(r"^\| (`.*?`) \| ", commands(f.read()), re.M)
    known = {name for row in rows for name in re.findall(r"`(\w+) ?[^`]*`", row)}
    used = set()
    for path in paths:
        with open(path, encoding="utf-8") as f:
            used |= set(re.findall(r"^(?:\? )?([a-z_]+)", f.read(), re.M))
    return sorted(known ^ used)


def main():
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    runner = os.path.abspath(sys.argv[1])
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    paths, bad, unsayable = cases(sys.argv[2:]), 0, 0
    for path in paths:
        said, count = run_case(runner, path, memory)
        print("\n".join(said), end="\n" if said else "")
        bad += 1 if said else 0
        unsayable += count
    if len(sys.argv) == 2:
        for name in unused(paths):
            print("%s: in the cases or in README.md only" % name)
            bad += 1
    print("%s: %d cases, %d differ, %d calls that its types forbid" % (
        os.path.basename(runner), len(paths), bad, unsayable))
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
