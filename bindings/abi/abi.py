#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""abi.json: what the header says, in numbers that the compiler gives.

    abi.py            compares abi.json with the header; fails if they differ
    abi.py --write    makes abi.json anew

Environment: top_srcdir, top_builddir, CC. The committed file is that of 64 bits; in a
build for 32 bits only what does not depend on it is compared.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import header_abi as abi  # noqa: E402
from header_abi import header  # noqa: E402

TOP = os.path.abspath(os.environ.get("top_srcdir", os.path.join(abi.HERE, "../..")))
BUILD = os.path.abspath(os.environ.get("top_builddir", TOP))
COMMITTED = os.path.join(TOP, "bindings/abi/abi.json")

PROGRAM = """
#include <nabd/nabd.h>
#include <stdio.h>
#include "lib/error.h"
#define NUMBER(name) printf("constant " #name " %%lld\\n", (long long)(name));
#define SIZE(type) printf("struct " #type " %%zu %%zu\\n", sizeof(struct type), \\
	_Alignof(struct type));
#define AT(type, field) printf("field " #type " " #field " %%zu %%zu\\n", \\
	offsetof(struct type, field), sizeof(((struct type *)0)->field));
#define START(name, field) printf("initial " #name " " #field " %%llu\\n", \\
	(unsigned long long)name##_.field);
#define ERROR(name, number, text) printf("error " #name " %%d " #number " " text "\\n", name);
int main(void)
{
	printf("word %%zu\\n", sizeof(void *));
%s
	NABDI_ERRORS(ERROR)
	return 0;
}
"""


def is_number(field):
    return not field.pointer and "[" not in field.type


def program(text):
    """The C program whose lines tell the numbers."""
    lines = []
    structs = abi.structs(text)
    constants, initialisers = abi.defines(text)
    lines += ["NUMBER(%s)" % name for name in constants]
    for name, fields in structs.items():
        lines.append("SIZE(%s)" % name)
        lines += ["AT(%s, %s)" % (name, f.name) for f in fields]
    for name, struct in initialisers.items():
        lines.append("{ struct %s %s_ = %s;" % (struct, name, name))
        lines += ["START(%s, %s)" % (name, f.name) for f in structs[struct] if is_number(f)]
        lines.append("}")
    return PROGRAM % "\n".join("\t" + line for line in lines)


def run(source):
    """Compiles and runs it; the lines that it prints, in words."""
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "dump.c")
        with open(path, "w", encoding="utf-8") as f:
            f.write(source)
        command = os.environ.get("CC", "cc").split() + ["-std=c11", "-I" + TOP + "/include"]
        command += ["-I" + BUILD + "/include", "-I" + TOP, "-o", work + "/dump", path]
        subprocess.run(command, check=True)
        out = subprocess.run([work + "/dump"], check=True, text=True, stdout=subprocess.PIPE)
    return [line.split(" ") for line in out.stdout.splitlines()]


def functions(text, map_text):
    nodes = abi.node_of(map_text)
    found = {}
    for name, call in header.calls(text).items():
        arguments = call.prototype[call.prototype.index("(") + 1:-1]
        types = [] if arguments == "void" else arguments.split(", ")
        found[name] = {
            "node": nodes.get(name),
            "since": call.since,
            "prototype": call.prototype,
            "returns": call.prototype[:call.prototype.index(name)].strip(),
            "parameters": [{"name": p, "type": t[:-len(p)].strip()}
                           for p, t in zip(call.parameters, types)],
            "errors": call.errors,
        }
    return found


def describe(text, map_text):
    """All of it, as abi.json holds it."""
    said = {"spdx": "SPDX-License-Identifier: MIT",
            "about": "Made by abi.py --write from include/nabd/nabd.h: do not edit."}
    parsed = abi.structs(text)
    constants, initialisers = abi.defines(text)
    errors, numbers, structs, starts = {}, {}, {}, {}
    for words in run(program(text)):
        if words[0] == "word":
            said["pointer_size"] = int(words[1])
        elif words[0] == "constant":
            numbers[words[1]] = int(words[2])
        elif words[0] == "error":
            errors[words[1]] = {"value": int(words[2]), "errno": words[3],
                                "text": " ".join(words[4:])}
        elif words[0] == "struct":
            structs[words[1]] = {
                "size": int(words[2]), "align": int(words[3]),
                "word_size_dependent": any(f.pointer for f in parsed[words[1]]), "fields": []}
        elif words[0] == "field":
            kind = next(f.type for f in parsed[words[1]] if f.name == words[2])
            structs[words[1]]["fields"].append(
                {"name": words[2], "type": kind, "offset": int(words[3]), "size": int(words[4])})
        else:
            start = starts.setdefault(
                words[1], {"struct": initialisers[words[1]], "numbers": {}})
            start["numbers"][words[2]] = int(words[3])
    said.update(errors=errors, constants=numbers, structs=structs, initialisers=starts,
                opaque=abi.opaque(text), functions=functions(text, map_text))
    return said


def portable(said):
    """The same without what depends on the size of a word."""
    structs = {n: s for n, s in said["structs"].items() if not s["word_size_dependent"]}
    for struct in structs.values():
        struct.pop("align")  # that of uint64_t is 4 in 32-bit x86
    starts = {n: s for n, s in said["initialisers"].items() if s["struct"] in structs}
    return dict(said, structs=structs, initialisers=starts, pointer_size=None)


def differences(ours, theirs, where="abi.json"):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in list(ours) + [k for k in theirs if k not in ours]:
            if key not in ours or key not in theirs:
                yield "%s: %s is in %s only" % (where, key, "it" if key in ours else "the header")
            else:
                yield from differences(ours[key], theirs[key], where + ": " + key)
    elif ours != theirs:
        yield "%s: %s, and the header says %s" % (where, ours, theirs)


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def main():
    text, map_text = read("include/nabd/nabd.h"), read("lib/libnabd.map")
    said = abi.missed(text, map_text)
    now = describe(text, map_text)
    wrong = {n: v for n, v in header.errors(text).items()
             if now["errors"].get(n, {}).get("value") != v}
    said += ["lib/error.h and nabd.h differ about " + name for name in wrong]
    if sys.argv[1:] == ["--write"]:
        if said:
            print("\n".join(said))
            return 1
        with open(COMMITTED, "w", encoding="utf-8") as f:
            json.dump(now, f, indent=1)
            f.write("\n")
        return 0
    committed = json.loads(read(COMMITTED))
    if now["pointer_size"] != committed["pointer_size"]:
        now, committed = portable(now), portable(committed)
    said += differences(committed, now)
    if said:
        print("\n".join(said + ["abi.py --write makes it anew"]))
        return 1
    print("%d calls, %d structs, %d constants: abi.json is right" % (
        len(now["functions"]), len(now["structs"]), len(now["constants"])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
