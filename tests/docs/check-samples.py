#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each sample of the documents is what it seems to be.

Looks at README.md, docs/ and docs/guide/, and the displays of the pages of sections 1, 3
and 7, whose whole programs are check-contract.py's. Every fence says what is in it:

  c        A whole program, which has a main() and begins with its name, /* hello.c - ...; a
           console of the same document runs ./hello. Anything else is compiled behind
           frame.h, in a function of its own, unless it defines functions.
  console  Commands after "$ ", and what they print; all are run, in a folder that the
           document has to itself, and end with 0 unless "echo $?" follows. "..." as one
           character in the text stands for anything within a line, and alone in a line for
           any lines.
  sh       Commands that need another machine, or rights: only their syntax is looked at.
  text     Drawings and files.

Displays of all pages fit a terminal of 80 columns. Links of these documents lead to files
that are there.

With --self-test, samples that are wrong must be found out.
Environment: top_srcdir, top_builddir, CC, CFLAGS, LDFLAGS.
"""
import glob
import os
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True  # the sources may be read-only
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "samples"))
sys.path.insert(0, os.path.join(HERE, "../lint/contract"))

import blocks    # noqa: E402
import runs      # noqa: E402
import wrong     # noqa: E402

DOCUMENTS = ("README.md", "docs/*.md", "docs/guide/*.md")
PAGES = ("man/man1/*.1", "man/man3/*.3", "man/man7/*.7")
# Where the chapters of the guide are listed, and how.
LISTS = (("docs/Doxyfile.in", r"/%s\.md\b"), ("docs/local.mk", r"/%s\.md\b"),
         ("docs/layout.xml", r'"@ref %s"'), ("docs/pages.awk", r"[\s\"]%s[\s\"]"),
         ("docs/reference.md", r"@ref %s \|"))
ALL_PAGES = "man/man?/*.?"


def documents(top):
    """(name, samples, links) of each document and page."""
    for patterns, read in ((DOCUMENTS, blocks.of_markdown), (PAGES, blocks.of_page)):
        for pattern in patterns:
            found = sorted(glob.glob(os.path.join(top, pattern)))
            if not found:
                raise SystemExit("%s: no such document" % pattern)
            for path in found:
                with open(path, encoding="utf-8") as f:
                    text = f.read()
                links = blocks.links(text) if path.endswith(".md") else ()
                yield os.path.relpath(path, top), read(text), links


def wide(top):
    """The lines of displays that are too long for a terminal."""
    for path in sorted(glob.glob(os.path.join(top, ALL_PAGES))):
        with open(path, encoding="utf-8") as f:
            for line, columns in blocks.wide(f.read()):
                yield "%s:%d: %d columns, more than 80" % (
                    os.path.relpath(path, top), line, columns)


def unlisted(top):
    """A chapter of the guide is in each list of them, so that the site has it."""
    for path in sorted(glob.glob(os.path.join(top, "docs/guide/*.md"))):
        name = os.path.basename(path)[:-3]
        for where, form in LISTS:
            with open(os.path.join(top, where), encoding="utf-8") as f:
                if not re.search(form % re.escape(name), f.read()):
                    yield "%s: does not list docs/guide/%s.md" % (where, name)


def main():
    build = runs.Build(os.environ.get("top_srcdir", os.path.join(HERE, "../..")),
                       os.environ.get("top_builddir", "."))
    shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    said, counts = [], {}
    with tempfile.TemporaryDirectory(prefix="check-samples-%d-" % os.getpid()) as work:
        queues = tempfile.mkdtemp(prefix="check-samples-%d-" % os.getpid(), dir=shm)
        try:
            build.prepare(work, queues)
            if sys.argv[1:] == ["--self-test"]:
                return wrong.run(build)
            for name, samples, links in documents(build.top):
                said += build.check(name, samples, counts)
                said += runs.dead(build.top, name, links)
        finally:
            shutil.rmtree(queues)
    said += wide(build.top)
    said += unlisted(build.top)
    for line in said:
        print(line)
    for kind in ("program", "fragment", "command"):
        if not counts.get(kind):
            said.append("no %s found" % kind)
            print(said[-1])
    if not said:
        print(", ".join("%d %ss" % (counts[k], k) for k in sorted(counts)) + ": all are right")
    if not build.tool:
        print("without the command nabd: consoles were not run")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
