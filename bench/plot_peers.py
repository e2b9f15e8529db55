#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draw nabd beside its peers and what the machine can do, from the JSON of the bench.

usage: plot_peers.py FILE.json OUT.svg [OUT.png ...]

Needs matplotlib (Debian: python3-matplotlib). Of the placements that were met, the one with
most samples is drawn; what sleeps has none.
"""
import json
import statistics
import sys

try:
    import matplotlib
except ImportError:
    sys.exit("plot_peers.py: matplotlib is missing (Debian: python3-matplotlib)")
matplotlib.use("Agg")
import matplotlib.pyplot as plt

PLACES = {
    "S": "two threads of one core",
    "N": "cores near each other",
    "F": "cores far apart",
}
BLUE, SKY, NAVY, GREY, INK, FAINT = ("#2f6f9f", "#6fb1dd", "#173a54", "#9aa5ad", "#263238",
                                     "#e6eaed")
PEERS = {  # one colour and mark for each, in every panel
    "boost spsc_queue": ("#d9822b", "s"),
    "ck_ring": ("#7b9e4b", "^"),
    "DPDK rte_ring": ("#b0527a", "D"),
    "libqb ring buffer": ("#8a6fb3", "v"),
    "boost message_queue": ("#c0a03a", "P"),
}
OURS = {
    "push, pop": ("nabd push, pop", BLUE, "o"),
    "reserve+commit, peek+release": ("nabd in place", SKY, "o"),
    "push_batch, pop_batch": ("nabd batches", NAVY, "o"),
}
FLOORS = ("stream of lines, 7x8 + flag", "copy in, copy out")


class Samples:
    """The samples of a run, found by what was measured."""

    def __init__(self, data):
        self.rows = data["rows"]

    def places(self):
        count = {}
        for row in self.rows:
            count[row["placement"]] = count.get(row["placement"], 0) + len(row["samples"])
        return sorted((p for p in PLACES if p in count), key=lambda p: -count[p])

    def of(self, place, kind, name, **more):
        for row in self.rows:
            if (row["placement"], row["kind"], row["name"]) == (place, kind, name) and \
                    row["groups"] == 0 and all(row.get(k) == v for k, v in more.items()):
                return row["samples"]
        return []

    def median(self, place, kind, name, value=0, **more):
        samples = self.of(place, kind, name, **more)
        return statistics.median(s[value] for s in samples) if samples else None

    def line(self, place, kind, name, key, value=0, **more):
        """(x, median) of each value of a key, where the ring has its usual size."""
        found = {}
        for row in self.rows:
            if (row["placement"], row["kind"], row["name"]) == (place, kind, name) and \
                    row["groups"] == 0 and row["slots"] not in (16, 65536) and \
                    not (row["slots"] == 64 and row["bytes"] < 65536) and \
                    all(row.get(k) == v for k, v in more.items()):
                found[row[key]] = statistics.median(s[value] for s in row["samples"])
        return sorted(found.items())


def dress(axis, title, xlabel, ylabel):
    axis.set_title(title, fontsize=10.5, loc="left", color=INK)
    axis.set_xlabel(xlabel, fontsize=9, color=INK)
    axis.set_ylabel(ylabel, fontsize=9, color=INK)
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_color(GREY)
    axis.tick_params(colors=INK, labelsize=8.5)
    axis.grid(color=FAINT, linewidth=0.8, zorder=0)
    axis.set_axisbelow(True)


def size_text(size):
    for unit, bytes_ in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= bytes_:
            return f"{size // bytes_} {unit}"
    return str(size)


def rates(axis, run, place):
    """Time of a message over its size."""
    sizes = set()

    def draw(points, **style):
        if points:
            sizes.update(x for x, _ in points)
            axis.plot(*zip(*points), **style)

    for name, (colour, mark) in PEERS.items():
        draw(run.line(place, "throughput", name, "bytes"), color=colour, marker=mark,
             markersize=4, linewidth=1.1, label=name, zorder=3)
    for name, (label, colour, mark) in OURS.items():
        draw(run.line(place, "throughput", name, "bytes"), color=colour, marker=mark,
             markersize=5, linewidth=2.2, label=label, zorder=4)
    draw(run.line(place, "throughput", "copy in, copy out", "bytes"), color=INK,
         linestyle=(0, (2, 2)), linewidth=1, label="floor: copy in, copy out", zorder=2)
    line = run.median(place, "throughput", FLOORS[0])
    if line:
        axis.plot([64], [line], color=INK, marker="_", markersize=16, linestyle="none",
                  label="floor: a full line", zorder=5)
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    ticks = sorted(sizes - {56})  # too near 64 for a label
    axis.set_xticks(ticks)
    axis.set_xticklabels([size_text(s) for s in ticks])
    axis.minorticks_off()
    dress(axis, "A stream: time of a message", "bytes of a message", "ns, lower is better")
    axis.legend(fontsize=8, frameon=False, loc="upper left")


def trips(axis, run, place):
    """One way: from the median to p99, of each."""
    floor = run.median(place, "one way", "ping-pong, a line each way")
    names = [("push, pop", "nabd", BLUE)] + [(n, n, c) for n, (c, _) in PEERS.items()
                                             if n != "boost message_queue"]
    lines = []
    for size in (8, 56, 64):
        for name, label, colour in names:
            samples = run.of(place, "one way", name, bytes=size)
            if samples:
                lines.append((f"{label}, {size} B", colour,
                              statistics.median(s[0] for s in samples),
                              statistics.median(s[1] for s in samples)))
    for y, (_, colour, middle, high) in enumerate(reversed(lines)):
        axis.plot([middle, high], [y, y], color=colour, linewidth=2, alpha=0.45, zorder=3)
        axis.plot([middle], [y], color=colour, marker="o", markersize=6, zorder=4)
        axis.annotate(f"{middle:.0f}", (middle, y), textcoords="offset points", xytext=(5, 4),
                      ha="left", fontsize=7.5, color=INK)
    axis.set_yticks(range(len(lines)))
    axis.set_yticklabels([text for text, *_ in reversed(lines)], fontsize=8)
    if floor:
        axis.axvline(floor, color=INK, linestyle=(0, (2, 2)), linewidth=1)
        axis.annotate("two lines, bare", (floor, len(lines) - 0.4), fontsize=7.5, color=INK,
                      ha="left", xytext=(3, 0), textcoords="offset points")
    axis.set_xlim(left=0)
    dress(axis, "One way: median (dot) to p99 (bar)", "ns, lower is better", "")


def paced(axis, run, place):
    """Latency over the offered load."""
    for name, label, colour, mark, width in (
            [("push, pop", "nabd", BLUE, "o", 2.2)] +
            [(n, n, c, m, 1.1) for n, (c, m) in PEERS.items() if n != "boost message_queue"]):
        for value, style in ((0, "-"), (1, (0, (3, 1.5)))):
            points = run.line(place, "paced", name, "interval_ns", value)
            if points:
                axis.plot([1e3 / x for x, _ in points], [y for _, y in points], color=colour,
                          marker=mark, markersize=4, linewidth=width, linestyle=style,
                          label=label if value == 0 else None)
    axis.set_xscale("log")
    axis.set_yscale("log")
    ticks = (0.1, 1, 3.3, 6.7, 12.5)
    axis.set_xticks(ticks)
    axis.set_xticklabels([f"{t:g}" for t in ticks])
    axis.minorticks_off()
    dress(axis, "Under a schedule: median (full), p99 (dashed)",
          "million messages of 64 bytes a second, offered", "ns, lower is better")
    if axis.get_legend_handles_labels()[0]:
        axis.legend(fontsize=8, frameon=False, loc="upper left")


def sleepers(axis, run):
    """Those who sleep while there is nothing: a stream, and one way."""
    place = "one CPU"
    names = (("wait, balanced", "nabd, balanced", BLUE), ("wait, power", "nabd, power", SKY),
             ("pipe", "pipe", GREY), ("UNIX socket, SEQPACKET", "UNIX socket", GREY),
             ("POSIX message queue", "POSIX mq", GREY), ("ZeroMQ PAIR, ipc", "ZeroMQ", GREY),
             ("nng pair, abstract", "nng", GREY), ("iceoryx", "iceoryx", GREY))
    lines = [(label, colour, run.median(place, "throughput", name, bytes=64),
              run.median(place, "one way", name, bytes=64)) for name, label, colour in names]
    lines = [line for line in lines if line[2]]
    for y, (_, colour, stream, trip) in enumerate(reversed(lines)):
        axis.plot([stream], [y], color=colour, marker="o", markersize=7)
        axis.annotate(f"{stream:.0f}", (stream, y), textcoords="offset points", xytext=(0, 6),
                      ha="center", fontsize=7.5, color=INK)
        if trip:
            axis.plot([trip], [y], color=colour, marker="D", markersize=6, fillstyle="none")
    axis.set_yticks(range(len(lines)))
    axis.set_yticklabels([label for label, *_ in reversed(lines)], fontsize=8.5)
    axis.set_ylim(-0.6, len(lines) - 0.3)
    axis.set_xscale("log")
    dress(axis, "Those who sleep, 64 bytes: stream (dot), one way (diamond)",
          "ns, lower is better", "")


def draw(data):
    run = Samples(data)
    places = run.places()
    if not places:
        sys.exit("plot_peers.py: the file has no row in any placement")
    place = places[0]
    figure, axes = plt.subplots(2, 2, figsize=(14, 10.5), layout="constrained",
                                gridspec_kw={"height_ratios": (1.15, 1)})
    rates(axes[0][0], run, place)
    trips(axes[0][1], run, place)
    paced(axes[1][0], run, place)
    sleepers(axes[1][1], run)
    figure.suptitle(f"libnabd {data['version']} beside its peers, two processes, "
                    f"{PLACES[place]}: medians of one interleaved run", x=0.01, ha="left",
                    fontsize=12.5, color=INK)
    return figure


def licensed(path):
    """It is committed, and so says what its licence is."""
    with open(path, encoding="utf-8") as file:
        first, rest = file.read().split("\n", 1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{first}\n<!-- SPDX-License-Identifier: MIT -->\n{rest}")


def save(figure, paths):
    # The same input gives the same bytes.
    matplotlib.rcParams["svg.hashsalt"] = "nabd"
    for path in paths:
        meta = {"Date": None} if path.endswith(".svg") else None
        figure.savefig(path, dpi=110, metadata=meta, facecolor="white")
        if meta:
            licensed(path)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    with open(sys.argv[1], encoding="utf-8") as file:
        save(draw(json.load(file)), sys.argv[2:])


if __name__ == "__main__":
    main()
