#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each call of the library is used by each binding, or waived with a reason.

A binding's waived.txt has two kinds of lines:

    nabd_call  reason         it is not used
    not FILE   reason         FILE (below the binding's folder) does not count: tests,
                              examples, declarations. A folder ends with a slash.

A line that is no longer true is reported as well. Texts only: no toolchain is needed.
Environment: top_srcdir.
"""
import json
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
BINDINGS = os.path.join(os.environ.get("top_srcdir", os.path.join(HERE, "../..")), "bindings")
SOURCES = (".c", ".h", ".go", ".py", ".pyx", ".pxd", ".rs")
# A name in a comment or a string is no use of it.
PYTHON_QUIET = re.compile(r"#[^\n]*|\"\"\".*?\"\"\"", re.S)
QUIET = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.S)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def waivers(text):
    """Reasons by the name of the call, and by the file that does not count."""
    calls, files = {}, {}
    for line in text.splitlines():
        words = line.split(None, 2 if line.startswith("not ") else 1)
        if not words or words[0].startswith("#"):
            continue
        where, words = (files, words[1:]) if words[0] == "not" else (calls, words)
        where[words[0]] = words[1] if len(words) == 2 else ""
    return calls, files


def sources(folder):
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "build", "target")))
        for name in sorted(names):
            if name.endswith(SOURCES):
                yield os.path.relpath(os.path.join(where, name), folder)


def used(folder, files, without):
    names = set()
    for path in files:
        if any(path == w or (w.endswith("/") and path.startswith(w)) for w in without):
            continue
        quiet = PYTHON_QUIET if path.endswith((".py", ".pyx", ".pxd")) else QUIET
        text = quiet.sub(" ", read(os.path.join(folder, path)))
        names |= set(re.findall(r"\bnabd_\w+", text))
    return names


def check(language, exported):
    """What is wrong with a binding, as lines, and how many calls it does not use."""
    folder = os.path.join(BINDINGS, language)
    if not os.path.exists(os.path.join(folder, "waived.txt")):
        return ["%s: there is no waived.txt" % language], 0
    calls, without = waivers(read(os.path.join(folder, "waived.txt")))
    files = list(sources(folder))
    names = used(folder, files, without)
    said = []
    for call in sorted(set(exported) - names - set(calls)):
        said.append("%s: %s() is neither used nor waived" % (language, call))
    for call, reason in calls.items():
        if call not in exported:
            said.append("%s: waived.txt: %s is no call" % (language, call))
        elif call in names:
            said.append("%s: waived.txt: %s is used" % (language, call))
        if not reason:
            said.append("%s: waived.txt: no reason for %s" % (language, call))
    for path, reason in without.items():
        if not any(f == path or (path.endswith("/") and f.startswith(path)) for f in files):
            said.append("%s: waived.txt: there is no %s" % (language, path))
        if not reason:
            said.append("%s: waived.txt: no reason for %s" % (language, path))
    return said, len(calls)


def languages():
    """A binding is a folder with a build.sh."""
    return sorted(name for name in os.listdir(BINDINGS)
                  if os.path.exists(os.path.join(BINDINGS, name, "build.sh")))


def main():
    exported = json.loads(read(os.path.join(BINDINGS, "abi/abi.json")))["functions"]
    said = [] if languages() else ["no binding has a build.sh"]
    for language in languages():
        lines, waived = check(language, exported)
        said += lines
        if not lines:
            print("%s: %d of %d calls, the others waived" % (
                language, len(exported) - waived, len(exported)))
    print("\n".join(said), end="\n" if said else "")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
