#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draw how the cost of a message grows, from the JSON of nabd-bench --growth.

usage: plot_growth.py FILE.json OUT.svg [OUT.png ...]

Needs matplotlib (Debian: python3-matplotlib). Of the placements that were met, the one with
most samples is drawn. A dashed line is what costs would be if they grew as what is on the x
axis does: a curve that is steeper than it is superlinear.
"""
import json
import statistics
import sys

import plot_peers as look

try:
    import matplotlib
except ImportError:
    sys.exit("plot_growth.py: matplotlib is missing (Debian: python3-matplotlib)")
matplotlib.use("Agg")
import matplotlib.patheffects as effects
import matplotlib.pyplot as plt

ALONE = "one CPU"  # rows of one process have no placement


class Run:
    """Medians of the rows, found by what was measured."""

    def __init__(self, data):
        self.rows = [row for row in data["rows"] if row["part"] == "nabd"]

    def place(self):
        count = {}
        for row in self.rows:
            if row["placement"] in look.PLACES:
                count[row["placement"]] = count.get(row["placement"], 0) + len(row["samples"])
        if not count:
            sys.exit("plot_growth.py: the file has no row in any placement")
        return max(count, key=count.get)

    def line(self, place, name, key, first=0, **more):
        """(x, median, low, high) for each value of a key; low and high hold four fifths."""
        found = {}
        for row in self.rows:
            if (row["placement"], row["name"]) == (place, name) and \
                    all(row.get(k) == v for k, v in more.items()):
                values = sorted(s[0] for s in row["samples"])
                cut = len(values) // 10
                found[row.get(key, 0) + first] = (statistics.median(values), values[cut],
                                                  values[-1 - cut])
        return [(x, *found[x]) for x in sorted(found)]


def time_text(ns):
    for unit, each in (("ms", 1e6), ("us", 1e3)):
        if ns >= each:
            return f"{ns / each:.3g} {unit}"
    return f"{ns:.3g} ns"


def curve(axis, points, colour, label, mark="o", side=1, ends=(0, -1)):
    """Values at the ends are written, above the points or, if side is -1, below."""
    if not points:
        return
    x, middle, low, high = zip(*points)
    axis.fill_between(x, low, high, color=colour, alpha=0.12, linewidth=0, zorder=2)
    axis.plot(x, middle, color=colour, marker=mark, markersize=5, linewidth=2.2, label=label,
              zorder=4)
    for at in ends:
        axis.annotate(time_text(middle[at]), (x[at], middle[at]), textcoords="offset points",
                      xytext=(0, 9 if side > 0 else -16), ha="center", fontsize=8.5,
                      color=colour, zorder=6,
                      path_effects=[effects.withStroke(linewidth=3, foreground="white")])


def linear(axis, points):
    """From the first point on, as steep as the x axis."""
    if len(points) < 2:
        return
    (x0, y0, *_), (x1, *_) = points[0], points[-1]
    axis.plot([x0, x1], [y0, y0 * x1 / x0], color=look.GREY, linestyle=(0, (3, 2.5)),
              linewidth=1, label="as the x axis", zorder=1)


def dress(axis, title, xlabel, ticks, texts=None, low=10, high=2000):
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_xticks(ticks)
    axis.set_xticklabels(texts or [str(t) for t in ticks])
    axis.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
    look.dress(axis, title, xlabel, "time, lower is better")
    axis.set_ylim(low, high)
    axis.margins(x=0.09)
    axis.yaxis.set_major_formatter(matplotlib.ticker.FuncFormatter(lambda y, _: time_text(y)))
    axis.yaxis.set_minor_formatter(matplotlib.ticker.NullFormatter())
    axis.legend(fontsize=8, frameon=False, loc="upper left")


def powers(last, step=2, first=1):
    out = [first]
    while out[-1] * step <= last:
        out.append(out[-1] * step)
    return out


def groups(axis, run, place):
    keep = run.line(place, "push, groups keep up", "groups")
    cast = run.line(place, "push, each group pops", "groups")
    patient = run.line(place, "patient push, each group pops", "groups")
    curve(axis, cast, look.BLUE, "all groups in one process, pop in turn")
    curve(axis, patient, look.SKY, "the same, a patient producer", "D", -1, (-1,))
    curve(axis, keep, look.NAVY, "push alone, groups keep up", "s", -1)
    linear(axis, cast)
    dress(axis, "Groups: a message that each of them gets", "groups", powers(16))


def members(axis, run, place):
    share = run.line(place, "push, members compete", "members")
    patient = run.line(place, "patient push, members compete", "members")
    curve(axis, share, look.BLUE, "members of one group, pop in turn")
    curve(axis, patient, look.SKY, "the same, a patient producer", "D", -1, (-1,))
    linear(axis, share)
    dress(axis, "Members: a message that one of them gets", "members", powers(16))


def ring(axis, run, place):
    small = [p for p in run.line(place, "push, pop", "slots", bytes=64) if p[0] >= 64]
    curve(axis, small, look.BLUE, "pages of 4 KiB")
    curve(axis, run.line(place, "push, pop, huge pages", "slots", bytes=64), look.SKY,
          "huge pages", "D", -1, ())
    dress(axis, "Ring: slots of 64 bytes", "slots", powers(1 << 20, 4, 64),
          ["64", "256", "1 Ki", "4 Ki", "16 Ki", "64 Ki", "256 Ki", "1 Mi"], 5, 1000)


def payload(axis, run, place):
    usual = {row["bytes"]: max(8, min(1024, (4 << 20) // row["bytes"])) for row in run.rows}

    def line(name):
        return sorted(point for size, slots in usual.items()
                      for point in run.line(place, name, "bytes", bytes=size, slots=slots))

    copies = line("push, pop")
    curve(axis, copies, look.BLUE, "push, pop", "o", -1)
    curve(axis, line("reserve+commit, peek+release"), look.SKY, "in place, each word touched",
          "D")
    linear(axis, [p for p in copies if p[0] >= 64])
    dress(axis, "Payload", "bytes of a message", [8, 64, 1 << 10, 1 << 14, 1 << 20],
          ["8", "64", "1 Ki", "16 Ki", "1 Mi"], 10, 2e6)


def processes(axis, run, place):
    curve(axis, run.line(place, "push, pop, others attached", "others", 2), look.BLUE,
          "a message of 64 bytes")
    dress(axis, "Processes that have the queue open: a stream beside them", "processes",
          powers(64, 2, 2), None, 5, 1000)


def opening(axis, run):
    points = run.line(ALONE, "open and close, others attached", "others", 2)
    curve(axis, points, look.NAVY, "nabd_open and nabd_close")
    linear(axis, points)
    dress(axis, "Processes that have the queue open: one more", "processes", powers(64, 2, 2),
          None, 1e4, 2e6)


def draw(data):
    run = Run(data)
    place = run.place()
    figure, axes = plt.subplots(2, 3, figsize=(16, 9.4), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
    groups(axes[0][0], run, place)
    members(axes[0][1], run, place)
    ring(axes[0][2], run, place)
    payload(axes[1][0], run, place)
    processes(axes[1][1], run, place)
    opening(axes[1][2], run)
    figure.suptitle(f"libnabd {data['version']}: how the cost of a message grows, two processes "
                    f"at work, {look.PLACES[place]}; medians, and four fifths of the samples",
                    x=0.01, ha="left", fontsize=12.5, color=look.INK)
    return figure


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    with open(sys.argv[1], encoding="utf-8") as file:
        figure = draw(json.load(file))
    look.save(figure, sys.argv[2:])


if __name__ == "__main__":
    main()
