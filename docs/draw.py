#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws segment.svg and message.svg of the guide; with --check says whether they are such.

The offsets are those of nabd-segment(5), which check-contract.py holds against lib/layout.h.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.environ.get("top_srcdir", os.path.join(HERE, ".."))
# What is drawn in which colour, by day and by night. No variables: not all viewers have them.
COLOURS = (
    ("text", "fill", "#1c2830", "#e4eaee"), ("text.soft", "fill", "#566570", "#a3b1bb"),
    ("text.sent", "fill", "#2a6fb0", "#7db8ee"), ("text.taken", "fill", "#2c7d43", "#7fce95"),
    ("rect, .arrow", "stroke", "#8a99a6", "#64737f"), (".ground", "fill", "#fbfcfd", "#161c21"),
    (".none, .fan", "fill", "#e8edf1", "#232c33"), (".data", "fill", "#fdebc8", "#57431a"),
    (".send", "fill", "#d5e6f7", "#1c3a56"), (".take", "fill", "#d9efdd", "#1d4229"))
RULES = """
svg { color-scheme: light dark; }
text { font-family: "Source Sans 3", "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif;
  font-size: 14px; }
.mono { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 13px; }
.soft { font-size: 13px; }
.bold { font-weight: bold; font-size: 15px; }
.mid { text-anchor: middle; }
.end { text-anchor: end; }
.fan { opacity: 0.6; }
.arrow { stroke-width: 1.5; fill: none; }
rect.ground { stroke: none; }
"""


def style():
    day, night = ("".join("%s { %s: %s; }\n" % (row[0], row[1], row[i]) for row in COLOURS)
                  for i in (2, 3))
    return RULES + day + "@media (prefers-color-scheme: dark) {\n" + night + "}\n"


def page():
    with open(os.path.join(TOP, "man/man5/nabd-segment.5"), encoding="utf-8") as f:
        return f.read()


def offsets(text, struct):
    """{field: offset} of a table of the page."""
    table = text.split('.\\" struct ' + struct + "\n", 1)[1].split(".El", 1)[0]
    return {m[2]: int(m[1]) for m in re.finditer(r"^\.It (\d+) Ta \d+ Ta (\w+)", table, re.M)}


def plan(text, numbers):
    """{size: bytes} of the plan of a queue of these slots, slot_size, align and page."""
    table = text.split('.\\" plan ' + numbers + "\n", 1)[1].split(".El", 1)[0]
    return {m[1]: int(m[2]) for m in re.finditer(r"^\.It (\w+) Ta (\d+)", table, re.M)}


def number(n):
    return f"{n:,}".replace(",", "\u202f")


class Drawing:
    def __init__(self, width, height, title):
        self.parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
                      'width="%d" height="%d" role="img">' % (width, height, width, height),
                      "<!-- SPDX-License-Identifier: MIT; made by draw.py -->",
                      "<title>%s</title>" % title, "<style>%s</style>" % style(),
                      '<rect class="ground" width="%d" height="%d" rx="8"/>' % (width, height)]

    def box(self, x, y, w, h, kind, label="", style="mid"):
        self.parts.append('<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="3"/>' %
                          (kind, x, y, w, h))
        if label:
            at = x + w / 2 if "mid" in style else x + 9
            self.text(at, y + h / 2 + 5, label, style)

    def text(self, x, y, words, style=""):
        words = words.replace("&", "&amp;").replace("<", "&lt;")
        self.parts.append('<text class="%s" x="%g" y="%g">%s</text>' % (style, x, y, words))

    def path(self, kind, d):
        self.parts.append('<path class="%s" d="%s"/>' % (kind, d))

    def arrow(self, x, y, to):
        self.path("arrow", "M%d %dH%d m-7 -4 l7 4 l-7 4" % (x, y, to))

    def __str__(self):
        return "\n".join(self.parts + ["</svg>\n"])


def segment():
    text = page()
    sizes = plan(text, "1024 4096 8 4096")
    producer = offsets(text, "nabd_shm_producer")
    consumers = offsets(text, "nabd_shm_consumers")
    d = Drawing(960, 548, "The segment: three regions in one file")
    d.text(30, 32, "/dev/shm/name", "mono")
    d.text(930, 32, "1024 slots of 4096 bytes; widths are not to scale", "soft end")

    regions = ((30, 220, "send", "producer region", 0),
               (250, 260, "take", "consumer region", sizes["consumer_off"]),
               (510, 420, "data", "slots", sizes["slots_off"]))
    columns = ((30, 236), (288, 262), (572, 358))
    for (x, w, kind, name, begin), (cx, cw) in zip(regions, columns):
        d.path("fan", "M%d 122 H%d L%d 168 H%d Z" % (x, x + w, cx + cw, cx))
        d.box(x, 66, w, 56, kind, name, "bold mid")
        d.text(x + 2, 58, number(begin), "mono")
    d.text(930, 58, number(sizes["total"]), "mono end")

    def stack(column, begin, rows):
        (x, w), y = column, 168
        for offset, height, kind, first, second in rows:
            d.box(x, y, w, height, kind)
            d.text(x + 9, y + 20, number(begin + offset), "mono soft")
            d.text(x + 76, y + 20, first)
            if second:
                d.text(x + 76, y + 40, second, "soft")
            y += height + 6

    stack(columns[0], 0, (
        (0, 52, "none", "identity", "sizes, checksum: fixed"),
        (producer["head"], 52, "send", "head, counters", "what was sent"),
        (producer["tail"], 52, "send", "tail", "what all have read"),
        (producer["reserved3"] + 24, 30, "none", "zeroes, to the page", "")))
    stack(columns[1], sizes["consumer_off"], (
        (consumers["roster"], 30, "take", "roster: which groups", ""),
        (consumers["group"], 52, "take", "17 groups", "position of each, limits"),
        (consumers["member"], 52, "take", "16 × 16 members", "what each holds"),
        (consumers["waits"], 52, "none", "who sleeps", "marked by both sides")))

    x, y = columns[2][0], 168
    for i in (0, 1, 2, 1023):
        if i == 1023:
            d.text(x + 200, y + 12, "⋮", "bold mid")
            y += 24
        at = sizes["slots_off"] + i * sizes["stride"]
        d.text(x + 84, y + 23, number(at), "mono soft end")
        d.box(x + 92, y, 74, 36, "send", "stamp", "mid")
        d.box(x + 166, y, 192, 36, "data", "payload of slot %d" % i, "mid")
        y += 42
    d.text(x + 92, y + 12, "8 bytes", "soft")
    d.text(x + 166, y + 12, "up to slot_size, rounded up", "soft")

    d.text(30, 416, "Mapped by", "soft")
    for i, (who, rights) in enumerate((("the producer", ("rw", "rw", "rw")),
                                       ("a consumer", ("r", "rw", "r")),
                                       ("an observer", ("r", "r", "r")))):
        y = 426 + 36 * i
        d.text(30, y + 20, who)
        for right, (cx, cw) in zip(rights, ((140, 126), columns[1], columns[2])):
            d.box(cx, y, cw, 28, "take" if right == "rw" else "none",
                  "read and write" if right == "rw" else "read", "mid")
    return str(d)


STEPS = (
    ("nabd_reserve", "sent", "gives the next slot", "as it was", "old message",
     "no message"),
    ("write", "sent", "in place, any way", "as it was", "new by…",
     "no message"),
    ("nabd_commit", "sent", "one store: the stamp", "8 | 100", "new bytes",
     "the message, whole"),
    ("nabd_peek", "taken", "reads where it lies", "8 | 100", "new bytes",
     "it comes again"),
    ("nabd_release", "taken", "one store: the position", "8 | 100", "may be reused",
     "it is done"),
)


def message():
    d = Drawing(960, 396, "The way of a message, number 7, and what a death leaves at each step")
    d.text(30, 34, "The producer", "bold sent")
    d.text(594, 34, "A consumer", "bold taken")
    for i, (call, who, does, stamp, payload, left) in enumerate(STEPS):
        x = 30 + 188 * i
        d.text(x, 68, call, "mono " + who)
        d.text(x, 90, does, "soft")
        new = i >= 2
        d.box(x, 106, 148, 40, "send" if new else "none", "stamp  " + stamp, "mid")
        d.box(x, 146, 148, 64, ("none", "none", "data", "data", "none")[i], payload if i != 1 else "")
        if i == 1:
            d.parts.append('<rect class="data" x="%d" y="146" width="70" height="64" rx="3"/>' % x)
            d.text(x + 74, 183, payload, "mid")
        if i < 4:
            d.arrow(x + 153, 158, x + 183)
    d.text(30, 244, "head", "mono")
    d.text(80, 244, "7", "mono")
    d.text(406, 244, "8", "mono sent")
    d.path("arrow", "M100 239H392 m-7 -4 l7 4 l-7 4")
    d.text(500, 272, "position", "mono")
    d.text(594, 272, "7", "mono")
    d.text(782, 272, "8", "mono taken")
    d.path("arrow", "M614 267H768 m-7 -4 l7 4 l-7 4")
    d.text(30, 312, "Killed behind this step, it leaves", "bold")
    for i, step in enumerate(STEPS):
        d.box(30 + 188 * i, 326, 148, 40, "none" if i < 2 else "take", step[5], "mid")
    return str(d)


def main():
    wrong = 0
    for name, text in (("segment.svg", segment()), ("message.svg", message())):
        path = os.path.join(HERE, "guide", name)
        if sys.argv[1:] == ["--check"]:
            with open(path, encoding="utf-8") as f:
                if f.read() != text:
                    print(name + " is not what draw.py draws; run it again")
                    wrong = 1
        else:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
