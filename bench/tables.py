#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Print what a run of the bench found as the tables of docs/PERFORMANCE.md.

usage: tables.py FILE.json

Medians in ns, with the range that holds four fifths of the samples, for each placement
that has enough of them.
"""
import json
import statistics
import sys

PLACES = {
    "S": "two threads of one core",
    "N": "cores near each other",
    "F": "cores far apart",
}
ENOUGH = 3  # samples below which nothing is told
SIZES = (8, 56, 64, 256, 1024, 4096, 65536, 1048576)
NABD = (("push, pop", "push, pop"), ("push, pop, lines of their own", "the same, align 64"),
        ("push_batch, pop_batch", "batches of 32"),
        ("reserve+commit, peek+release", "in place"),
        ("reserve_batch, peek_batch", "in place, batches"))
FLOORS = (("stream of lines, 7x8 + flag", "floor: full lines"),
          ("copy in, copy out", "floor: copy in, copy out"),
          ("written and read in place", "floor: touched in place"))


def size_text(size):
    if size >= 1 << 20:
        return f"{size >> 20} MiB"
    return f"{size >> 10} KiB" if size >= 1 << 10 else f"{size} B"


def usual(row):
    """The ring that a size has where nothing else is said."""
    slots = 1024
    while slots > 8 and slots * row["bytes"] > 1 << 22:
        slots //= 2
    return row["slots"] == slots or row["slots"] in (0, 10, 256)


class Run:
    def __init__(self, data):
        self.rows = [r for r in data["rows"] if r["groups"] == 0 and
                     len(r["samples"]) >= ENOUGH and usual(r)]

    def find(self, place, kind, name, size, interval=None):
        for r in self.rows:
            if (r["placement"], r["kind"], r["name"], r["bytes"], r.get("interval_ns")) == \
                    (place, kind, name, size, interval):
                return r["samples"]
        return None

    def peers(self, place, kind):
        names = []
        for r in self.rows:
            if (r["part"], r["placement"], r["kind"]) == ("peer", place, kind) and \
                    r["name"] not in names:
                names.append(r["name"])
        return names

    def count(self, place):
        return sum(len(r["samples"]) for r in self.rows if r["placement"] == place)


def number(ns):
    if ns >= 100000:
        return f"{ns / 1000:.0f} µs"
    return f"{ns:.0f}" if ns >= 100 else f"{ns:.1f}"


def cell(samples, value=0):
    if not samples:
        return ""
    values = sorted(s[value] for s in samples)
    least, most = values[len(values) // 10], values[-1 - len(values) // 10]
    return f"{number(statistics.median(values))} ({number(least)}–{number(most)})"


def table(head, lines):
    lines = [line for line in lines if any(line[1:])]
    if not lines:
        return
    print("| " + " | ".join(head) + " |")
    print("|---" * len(head) + "|")
    for line in lines:
        print("| " + " | ".join(line) + " |")
    print()


def streams(run, place):
    head = ["ns a message"] + [size_text(s) for s in SIZES]
    names = list(FLOORS) + [(n, f"**{t}**") for n, t in NABD] + \
        [(n, n) for n in run.peers(place, "throughput")]
    table(head, [[text] + [cell(run.find(place, "throughput", name, size)) for size in SIZES]
                 for name, text in names])


def trips(run, place):
    names = [("ping-pong, a line each way", "floor: a line each way"),
             ("push, pop", "**push, pop**")] + [(n, n) for n in run.peers(place, "one way")]
    lines = []
    for name, text in names:
        for size in (8, 56, 64):
            samples = run.find(place, "one way", name, size)
            lines.append([text, size_text(size) if samples else ""] +
                         [cell(samples, value) for value in range(3)])
    table(["one way, ns", "size", "p50", "p99", "p99.9"],
          [line for line in lines if line[2]])


def paced(run, place):
    intervals = sorted({r["interval_ns"] for r in run.rows if r["kind"] == "paced"},
                       reverse=True)
    names = [("push, pop", "**push, pop**")] + [(n, n) for n in run.peers(place, "paced")]
    for value, text in ((0, "p50"), (1, "p99")):
        table([f"64 B on a schedule, {text}, ns"] + [f"every {i} ns" for i in intervals],
              [[label] + [cell(run.find(place, "paced", name, 64, i), value)
                          for i in intervals] for name, label in names])


def sleepers(run):
    place = "one CPU"
    names = [("wait, balanced", "**nabd, balanced**"), ("wait, power", "**nabd, power**"),
             ("futex ping-pong", "floor: futex")] + \
        [(n, n) for n in run.peers(place, "throughput")]
    table(["those who sleep, ns", "64 B, stream", "64 B, one way", "4 KiB, stream"],
          [[label, cell(run.find(place, "throughput", name, 64)),
            cell(run.find(place, "one way", name, 64) or run.find(place, "one way", name, 4)),
            cell(run.find(place, "throughput", name, 4096))] for name, label in names])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    with open(sys.argv[1], encoding="utf-8") as file:
        run = Run(json.load(file))
    for place in sorted(PLACES, key=lambda p: -run.count(p)):
        if not run.count(place):
            continue
        print(f"### Placement {place}: {PLACES[place]}\n")
        streams(run, place)
        trips(run, place)
        paced(run, place)
    print("### Sleeping and waking\n")
    sleepers(run)


if __name__ == "__main__":
    main()
