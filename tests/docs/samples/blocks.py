# SPDX-License-Identifier: MIT
"""Finds the samples of a document in Markdown, or of a page in mdoc(7)."""
import collections
import re

import page

PASSED = ('.\\" drawing', '.\\" endless')
KINDS = ("c", "console", "sh", "text")
FENCE = re.compile(r"^```(\S*)\s*$")
FUNCTION = re.compile(r"^[a-z][\w \t*]*\([^;{}]*\)\n\{", re.M)
LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")
NAME = re.compile(r"/\* (\w+)\.c - ")

# kind: one of KINDS; trouble: what is wrong with the block as such, or None.
Sample = collections.namedtuple("Sample", "line kind text trouble")


def of_markdown(text):
    samples, kind, start, lines = [], None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if kind is None and fence:
            kind, start, lines = fence.group(1), number, []
        elif kind is not None and line == "```":
            samples.append(_sample(start, kind, lines))
            kind = None
        elif kind is not None:
            lines.append(line)
        elif line.startswith(("    ", "\t")) and _is_code(text, number):
            samples.append(Sample(number, "text", line, "code without a fence"))
    if kind is not None:
        samples.append(Sample(start, "text", "", "a fence without an end"))
    return samples


def _sample(start, kind, lines):
    trouble = None if kind in KINDS else "a fence must say which of %s it is" % ", ".join(KINDS)
    return Sample(start, kind, "\n".join(lines) + "\n", trouble)


def _is_code(text, number):
    """Whether an indented line is code: it follows an empty one, and no list goes on."""
    before = text.splitlines()[:number - 1]
    if before and before[-1].strip():
        return False
    outer = [line for line in before if line.strip() and not line.startswith((" ", "\t"))]
    return not (outer and re.match(r"[-*+] |\d+\. ", outer[-1]))


def of_page(text):
    """The literal displays of a page that are C and no whole programs, and as consoles those
    that begin with "$ "; unless a comment before it says "drawing", or "endless"."""
    samples, block, start, before = [], None, 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(".Bd -literal") and before not in PASSED:
            block, start = [], number
        elif line.startswith(".Ed") and block is not None:
            if block and not block[0].startswith(("#", "bpftrace ")):
                plain, trouble = page.plain(block)
                kind = "console" if block[0].startswith("$ ") else "c"
                samples.append(Sample(start, kind, plain, trouble))
            block = None
        elif block is not None:
            block.append(line)
        before = line
    return samples


def links(text):
    """(line, path) of each link to a file of the tree, outside of fences."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        inside ^= line.startswith("```")
        for path in [] if inside else LINK.findall(line):
            if "://" not in path and not path.startswith("mailto:"):
                yield number, path


def wide(text):
    """(line, columns) of lines of displays that a page of 80 columns cuts or breaks."""
    indent = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(".Bd -literal"):
            indent = 11 if "-offset indent" in line else 5
        elif line.startswith(".Ed"):
            indent = None
        elif indent is not None:
            columns = indent + len(page.plain([line])[0].rstrip("\n").expandtabs(8))
            if columns > 80:
                yield number, columns


def program_name(sample):
    """The name of a whole program, "" if it does not say it, None if it is none."""
    if sample.kind != "c" or not re.search(r"^int main\(", sample.text, re.M):
        return None
    name = NAME.match(sample.text)
    return name.group(1) if name else ""


def defines_functions(sample):
    return bool(FUNCTION.search(sample.text))


def commands(text):
    """[(line, command, [what it prints])] of a console; a command that ends in \\ goes on."""
    found, going_on = [], False
    for number, line in enumerate(text.splitlines()):
        if going_on:
            found[-1][1] += "\n" + line
        elif line.startswith("$ "):
            found.append([number, line[2:], []])
        elif found:
            found[-1][2].append(line)
        else:
            found.append([number, "false", ["a console begins with a command"]])
        going_on = (going_on or line.startswith("$ ")) and line.endswith("\\")
    return found
