#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draw what groups and members cost, from the JSON of the bench.

usage: plot.py FILE.json OUT.svg [OUT.png ...]

Needs matplotlib (Debian: python3-matplotlib). A row of panels for each placement that was
met; bars are medians of samples.
"""
import json
import statistics
import sys

try:
    import matplotlib
except ImportError:
    sys.exit("plot.py: matplotlib is missing (Debian: python3-matplotlib)")
matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.patches import Patch

CAST = "push, each group pops"
SHARE = "push, members compete"
KEEP = "push, groups keep up"
PLACES = {
    "S": "two threads of one core",
    "N": "cores near each other",
    "F": "cores far apart",
}
WAYS = (
    ("push, pop", "pop"),
    ("reserve+commit, peek+release", "peek"),
    ("push_batch, pop_batch", "pop_batch"),
    ("reserve_batch, peek_batch", "peek_batch"),
)
BLUE, GREY, ORANGE, INK = "#2f6f9f", "#b9c2c9", "#d9822b", "#263238"


def samples(rows, place, name, size, groups, members):
    """ns a message, of each sample of a row in that placement."""
    for row in rows:
        key = (row["placement"], row["name"], row["bytes"], row["groups"], row["members"])
        if (row["kind"] == "throughput" and key == (place, name, size, groups, members)
                and row["slots"] <= 1024):
            return [s[0] for s in row["samples"]]
    return []


def bars(axis, found, width, colour):
    """found: a list of (x, samples). The line on a bar holds four fifths of them."""
    found = [(x, sorted(values)) for x, values in found if values]
    if not found:
        return
    axis.bar([x for x, _ in found], [statistics.median(v) for _, v in found],
             width=width, color=colour, zorder=2)
    for x, values in found:
        median = statistics.median(values)
        least, most = values[len(values) // 10], values[-1 - len(values) // 10]
        axis.plot([x, x], [least, most], color=INK, linewidth=1.1, solid_capstyle="butt",
                  zorder=3)
        axis.annotate(f"{median:.0f}", (x, max(median, most)), textcoords="offset points",
                      xytext=(0, 3), ha="center", fontsize=8.5, color=INK)


def dress(axis, title, ticks, label):
    axis.set_title(title, fontsize=10, loc="left", color=INK)
    axis.set_xticks(range(len(ticks)))
    axis.set_xticklabels(ticks, fontsize=8.5)
    axis.set_xlabel(label, fontsize=8.5, color=INK)
    axis.margins(y=0.14)
    axis.set_ylim(bottom=0)
    axis.locator_params(axis="y", nbins=6)


def broadcast(axis, rows, place):
    counts = (1, 2, 4)
    bars(axis, [(i, samples(rows, place, CAST, 64, n, 1)) for i, n in enumerate(counts)],
         0.55, BLUE)
    dress(axis, "Broadcast", counts, "groups, each gets all")


def compete(axis, rows, place):
    counts = (1, 2, 4)
    bars(axis, [(i, samples(rows, place, SHARE, 64, 1, n)) for i, n in enumerate(counts)],
         0.55, ORANGE)
    dress(axis, "Work sharing", counts, "members of one group")


def one_member(axis, rows, place, size):
    names = [name for name, _ in WAYS]
    bars(axis, [(i - 0.2, samples(rows, place, n, size, 0, 0)) for i, n in enumerate(names)],
         0.38, GREY)
    bars(axis, [(i + 0.2, samples(rows, place, n, size, 1, 1)) for i, n in enumerate(names)],
         0.38, BLUE)
    dress(axis, f"Group of one member, {size} bytes", [text for _, text in WAYS],
          "ways to receive")


def keep_up(axis, rows, place):
    counts = (1, 16)
    bars(axis, [(i, samples(rows, place, KEEP, 64, n, 1)) for i, n in enumerate(counts)],
         0.5, BLUE)
    dress(axis, "Producer alone", counts, "groups keep up")


def draw(data):
    rows = data["rows"]
    places = [p for p in PLACES if samples(rows, p, CAST, 64, 1, 1)]
    if not places:
        sys.exit("plot.py: the file has no row of groups in any placement")
    figure, axes = plt.subplots(len(places), 5, figsize=(15, 0.7 + 3 * len(places)),
                                squeeze=False, layout="constrained",
                                gridspec_kw={"width_ratios": (1, 1, 1.8, 1.8, 0.75)})
    for line, place in zip(axes, places):
        broadcast(line[0], rows, place)
        compete(line[1], rows, place)
        one_member(line[2], rows, place, 64)
        one_member(line[3], rows, place, 8)
        keep_up(line[4], rows, place)
        line[0].set_ylabel(f"{PLACES[place]}\nns a message sent", fontsize=9, color=INK)
        for axis in line:
            axis.spines[["top", "right"]].set_visible(False)
            axis.spines[["left", "bottom"]].set_color(GREY)
            axis.tick_params(colors=INK, labelsize=8.5)
            axis.grid(axis="y", color="#e6eaed", linewidth=0.8, zorder=0)
            axis.set_axisbelow(True)
    figure.suptitle(f"Consumer groups of libnabd {data['version']}: ns a message, a ring of 1024 "
                    "slots, 64 bytes where nothing else is said", x=0.01, ha="left",
                    fontsize=12, color=INK)
    figure.legend(handles=[Patch(color=GREY, label="default group"),
                           Patch(color=BLUE, label="groups of one member"),
                           Patch(color=ORANGE, label="members of one group")],
                  loc="upper right", ncol=3, fontsize=9, frameon=False,
                  borderaxespad=0.2)
    return figure


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    with open(sys.argv[1], encoding="utf-8") as file:
        figure = draw(json.load(file))
    # The same input gives the same bytes.
    matplotlib.rcParams["svg.hashsalt"] = "nabd"
    for path in sys.argv[2:]:
        meta = {"Date": None} if path.endswith(".svg") else None
        figure.savefig(path, dpi=110, metadata=meta, facecolor="white")


if __name__ == "__main__":
    main()
