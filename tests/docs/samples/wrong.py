# SPDX-License-Identifier: MIT
"""Wrong samples, each of which must be found out; and a right one, which must not."""
import os

import blocks
import runs

HERE = os.path.dirname(os.path.abspath(__file__))

PROGRAM = """```c
/* hi.c - says hi. */
#include <nabd/nabd.h>
#include <stdio.h>

int main(void)
{
	printf("hi %s\\n", nabd_strerror(NABD_OK));
	return 0;
}
```
"""
CONSOLE = """```console
$ cc hi.c -o hi $(pkg-config --cflags --libs libnabd)
$ ./hi
hi suc…
$ false
$ echo $?
1
```
"""
FRAGMENT = "```c\nrc = nabd_push(q, data, len);\n```\n"
RIGHT = PROGRAM + CONSOLE + FRAGMENT
# (what is broken, what it becomes, a word of the complaint)
BREAKS = (
    ("hi suc…", "ho …", "wanted"),
    ("hi suc…", "hi suc…\nmore", "wanted"),
    ("hi suc…\n", "", "printed"),
    ("$ ./hi\nhi suc…\n", "", "no console runs"),
    ("nabd_strerror(NABD_OK)", "nabd_strerror(NABD_OKAY)", "NABD_OKAY"),
    ("return 0;", "return 3;", "ends with 3"),
    ("return 0;", "for (;;) { }", "does not end"),
    ("/* hi.c - says hi. */\n", "", "begins with its name"),
    ("$ false\n$ echo $?\n1\n", "$ false\n", "ends with 1"),
    ("$ false\n$ echo $?\n1\n", "$ false\n$ echo $?\n0\n", "wanted"),
    ("$ false\n", "$ exit 0\n", "ends the shell"),
    ("nabd_push(q, data, len)", "nabd_push(q, data)", "too few arguments"),
    ("nabd_push(q, data, len);", "nabd_push(q, data, len)", "expected"),
    (FRAGMENT, FRAGMENT.replace("```c", "```"), "a fence must say"),
    (FRAGMENT, "```sh\nif true; do\n```\n", "syntax error"),
    (FRAGMENT, "So:\n\n    int indented;\n", "without a fence"),
    (FRAGMENT, "```c\nint open;\n", "without an end"),
    ("$ false\n", "$ nabd create left -s 8 -S 8\n$ false\n", "stays behind"),
)
PAGE = ".Bd -literal\nrc = nabd_push(q, data, len);\n.Ed\n.Bd -literal\n$ echo so\nso\n.Ed\n"


def run(build):
    runs.TIMEOUT = 2
    missed = []
    if not build.tool:
        print("the command nabd is not built")
        return 77

    def tried(number, samples):
        return "\n".join(build.check("self-test-%d" % number, samples, {}))

    said = tried(0, blocks.of_markdown(RIGHT)) + tried(1, blocks.of_page(PAGE))
    if said:
        missed.append("a right document: " + said)
    for number, (old, new, word) in enumerate(BREAKS, 2):
        if old not in RIGHT:
            missed.append("nothing to break: %r" % old)
        said = tried(number, blocks.of_markdown(RIGHT.replace(old, new)))
        if word not in said:
            missed.append("%r for %r: said: %s" % (new, old, said or "nothing"))
    said = tried(len(BREAKS) + 2, blocks.of_page(PAGE.replace("len", "no_such_thing")))
    if "no_such_thing" not in said:
        missed.append("a display that does not compile: said: " + said)
    said = tried(len(BREAKS) + 3, blocks.of_page(PAGE.replace("\nso", "\nnot so")))
    if "wanted" not in said:
        missed.append("a console that prints something else: said: " + said)
    fits = ".Bd -literal\n\t%s\n.Ed\n" % ("x" * 67)
    if list(blocks.wide(fits)) or list(blocks.wide(fits.replace("x", "xy", 1))) != [(2, 81)]:
        missed.append("a display of 81 columns")
    links = blocks.links("[a](frame.h)\n```c\n[b](c)\n```\n[d](e.md#f) [g](https://h)\n")
    said = runs.dead(os.path.dirname(HERE), "x.md", links)
    if [line.split(":")[1] for line in said] != ["5"]:
        missed.append("links: said: %s" % said)
    for line in missed:
        print(line)
    if not missed:
        print("%d wrong samples were found out" % (len(BREAKS) + 4))
    return 1 if missed else 0
