# SPDX-License-Identifier: MIT
"""A page in mdoc(7): its sections, what its macros name, its programs."""
import functools
import re
import shlex

ESCAPES = {r"\e": "\\", r"\-": "-", r"\(aq": "'", r"\(ha": "^", r"\(ti": "~", r"\(ga": "`",
           r"\&": ""}
ESCAPE = re.compile(r"\\\(..|\\.")
# Outside of an escape these come out as other characters on some terminals.
UNSAFE = re.compile(r"(?<!\\)-|['`^~]")


class Page:
    def __init__(self, path, text):
        self.path = path
        self.name = path.rsplit("/", 1)[1].rsplit(".", 1)[0]
        self.number = path[-1]
        self.lines = text.splitlines()
        self.sections = {}
        self.order = []
        self.subsections = {}
        lines = []
        for line in self.lines:
            if line.startswith(".Sh "):
                lines = self.sections.setdefault(line[4:], [])
                self.order.append(line[4:])
            elif line.startswith(".Ss ") and self.order:
                self.subsections.setdefault(self.order[-1], []).append(line[4:])
            lines.append(line)

    def section(self, title):
        return self.sections.get(title, [])

    def text(self, title):
        return "\n".join(self.section(title))

    def names(self, macro, title=None):
        """The first argument of each use of a macro, in a section or everywhere."""
        lines = self.lines if title is None else self.section(title)
        return [w for line in lines for w in _uses(line, macro)]

    def references(self):
        """(name, section) of each .Xr."""
        return re.findall(r"\bXr (\S+) (\d)", "\n".join(l for l in self.lines if l[:1] == "."))

    def prototype(self):
        """The SYNOPSIS as C: type name(parameters)."""
        result, name, arguments = None, None, []
        for line in self.section("SYNOPSIS"):
            words = line.split(" ", 1)
            if words[0] == ".Ft":
                result = words[1]
            elif words[0] == ".Fo":
                name = words[1]
            elif words[0] == ".Fa":
                arguments.append(words[1].strip('"'))
        return "%s %s(%s)" % (result, name, ", ".join(arguments))

    def errors(self):
        """The tags of the list in ERRORS: [first .Er, second .Er or None]."""
        tags = [_uses(l, "Er") for l in self.section("ERRORS") if l.startswith(".It ")]
        return [(tag + [None])[:2] for tag in tags if tag]

    def programs(self):
        """(line number, C text, trouble) of each literal display that is a program."""
        block, start = None, 0
        for number, line in enumerate(self.lines, 1):
            if line.startswith(".Bd -literal"):
                block, start = [], number
            elif line.startswith(".Ed") and block is not None:
                if block and block[0].startswith("#"):
                    yield (start,) + plain(block)
                block = None
            elif block is not None:
                block.append(line)

    def tables(self):
        """(subject, rows) of each .Bl -column after a comment that says what it is about."""
        subject, rows = None, None
        for before, line in zip([""] + self.lines, self.lines):
            if line.startswith(".Bl -column") and before.startswith('.\\" '):
                subject, rows = before[4:], []
            elif line.startswith(".El") and rows is not None:
                yield subject, rows
                rows = None
            elif rows is not None and line.startswith(".It ") and " Em " not in line:
                rows.append(re.split(r" Ta ", line[4:]))


@functools.lru_cache(maxsize=None)
def _uses(line, macro):
    if not line.startswith("."):
        return []
    try:
        words = shlex.split(line[1:])
    except ValueError:
        words = line[1:].split()
    found = []
    for at, word in enumerate(words):
        if word == macro:
            found += [w for w in words[at + 1:] if w not in ("(", "[")][:1]
    return found


def plain(block):
    trouble = None
    for line in block:
        bad = UNSAFE.search(line.replace(r"\-", ""))
        if bad:
            trouble = "write %s as an escape: %s" % (bad.group(0), line.strip())
    text = ESCAPE.sub(lambda m: ESCAPES.get(m.group(0), m.group(0)), "\n".join(block))
    return text + "\n", trouble
