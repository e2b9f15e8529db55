#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How many times as long as in C a message takes in each language.

    bench.py LANG=BENCH…

BENCH is the command of README.md; one of LANG is c. All of them run in turns, ROUNDS
times, and the best of each counts: what else the machine does only ever makes it slower.
"""
import json
import os
import subprocess
import sys
import tempfile

MODES = ("copy", "batch", "place", "place-batch")
SIZES = (64, 1024)
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
COUNT = int(os.environ.get("BENCH_COUNT", str(512 * 400)))


def nanoseconds(bench, mode, size, folder):
    done = subprocess.run([bench, mode, str(size), str(COUNT)], check=True, text=True,
                          env=dict(os.environ, NABD_DIR=folder), stdout=subprocess.PIPE)
    told = json.loads(done.stdout)
    if (told["mode"], told["size"], told["count"]) != (mode, size, COUNT):
        raise SystemExit("%s: it has measured something else: %s" % (bench, done.stdout))
    return told["ns"]


def measure(benches, mode, size, folder):
    best = {}
    for _ in range(ROUNDS):
        for language, bench in benches.items():
            ns = nanoseconds(bench, mode, size, folder)
            best[language] = min(ns, best.get(language, ns))
    return best


def main():
    benches = dict(arg.split("=", 1) for arg in sys.argv[1:])
    if "c" not in benches:
        print(__doc__)
        return 2
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    print("%d messages in one process, best of %d; nanoseconds a message, and times C" % (
        COUNT, ROUNDS))
    print("%-12s %5s " % ("", "bytes") + "".join("%18s" % language for language in benches))
    with tempfile.TemporaryDirectory(prefix="nabd-bench-", dir=memory) as folder:
        for mode in MODES:
            for size in SIZES:
                best = measure(benches, mode, size, folder)
                cells = ["%9.1f %7.2fx" % (ns, ns / best["c"]) for ns in best.values()]
                print("%-12s %5d " % (mode, size) + "".join("%18s" % c for c in cells))
                sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
