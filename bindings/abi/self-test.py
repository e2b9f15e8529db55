#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""abi.py and coverage.py notice what they are there to notice.

Copies of what they read are broken, one way after another; each break has to be
reported in words that name it. Environment: as for abi.py.
"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.environ.get("top_srcdir", os.path.join(HERE, "../..")))
HEADER, MAP, GO = "include/nabd/nabd.h", "lib/libnabd.map", "bindings/go/waived.txt"
PARTS = ("include", "lib", "bindings", "tests/lint/contract")

# What to run, the file, what to replace, by what, and what is to be said about it.
BREAKS = (
    ("abi.py", HEADER, "NABD_EXCL     0x02u", "NABD_EXCL     0x42u", "NABD_EXCL: 2"),
    ("abi.py", HEADER, "#define NABD_EXCL ", "#define NABD_NEW 1\n#define NABD_EXCL ",
     "NABD_NEW is in the header only"),
    ("abi.py", HEADER, "#define NABD_EXCL ", "#define NABD_CALL(x) (x)\n#define NABD_EXCL ",
     "NABD_CALL is defined, and not understood"),
    ("abi.py", HEADER, "\tNABD_EMPTY = -1, ", "\tNABD_EMPTY = -77, ", "NABD_EMPTY: value: -1"),
    ("abi.py", "lib/error.h", "no slot is free", "no slots are free", "NABD_FULL: text"),
    ("abi.py", HEADER, "\tuint32_t mode; ", "\tuint64_t mode; ", "nabd_opts: size: 32"),
    ("abi.py", HEADER, "struct nabd_rates {", "struct nabd_more { int i; };\nstruct nabd_rates {",
     "struct nabd_more is not understood"),
    ("abi.py", HEADER, "{ (uint32_t)sizeof(struct nabd_backoff_opts), 16,",
     "{ (uint32_t)sizeof(struct nabd_backoff_opts), 17,", "retries: 16"),
    ("abi.py", HEADER, "NABD_API int nabd_close(nabd_t *q);", "NABD_API int nabd_close(void *q);",
     "nabd_close: prototype"),
    ("abi.py", MAP, "\tnabd_wake;\n", "", "nabd_wake is in the header or the map only"),
    ("coverage.py", GO, "nabd_open  ", "# nabd_open  ", "go: nabd_open() is neither"),
    ("coverage.py", GO, "nabd_open  ", "nabd_push  it is used\nnabd_open  ", "nabd_push is used"),
    ("coverage.py", GO, "nabd_open  ", "nabd_nothing  none\nnabd_open  ", "nabd_nothing is no call"),
    ("coverage.py", GO, "nabd_open  ", "nabd_abort\nnabd_open  ", "no reason for nabd_abort"),
    ("coverage.py", GO, "nabd_open  ", "not nofile.go  none\nnabd_open  ", "there is no nofile.go"),
    ("coverage.py", "bindings/go/send.go", "C.nabd_abort(", "C.nabd_stop(",
     "nabd_abort() is neither"),
    ("abi.py", MAP, "LIBNABD_0.9 {", "LIBNABD_0.8 {", "node: LIBNABD_0.9"),
)


def copy_tree(work):
    for part in PARTS:
        shutil.copytree(os.path.join(TOP, part), os.path.join(work, part),
                        copy_function=shutil.copyfile,  # the sources may be read-only
                        ignore=shutil.ignore_patterns("*.o", "*.lo", "*.la", ".libs", ".deps"))


def run(work, script):
    done = subprocess.run([sys.executable, os.path.join(work, "bindings/abi", script)], text=True,
                          env=dict(os.environ, top_srcdir=work), check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def try_break(work, script, path, old, new, said):
    """One break; what is wrong with how it was noticed, or None."""
    where = os.path.join(work, path)
    with open(where, encoding="utf-8") as f:
        text = f.read()
    if old not in text:
        return "%s: there is no \"%s\" to break" % (path, old)
    with open(where, "w", encoding="utf-8") as f:
        f.write(text.replace(old, new, 1))
    status, output = run(work, script)
    with open(where, "w", encoding="utf-8") as f:
        f.write(text)
    if status != 1 or said not in output:
        return "%s: \"%s\" for \"%s\" was not noticed as \"%s\":\n%s" % (
            path, new, old, said, output)
    return None


def main():
    with tempfile.TemporaryDirectory() as work:
        copy_tree(work)
        failed = []
        for script in sorted({b[0] for b in BREAKS}):
            status, output = run(work, script)
            if status != 0:
                failed.append("%s fails on what is not broken:\n%s" % (script, output))
        failed += filter(None, (try_break(work, *b) for b in BREAKS))
    print("\n".join(failed) or "%d breaks, all of them noticed" % len(BREAKS))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
