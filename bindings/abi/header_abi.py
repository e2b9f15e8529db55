# SPDX-License-Identifier: MIT
"""What of nabd.h other languages need to know, by name; the compiler adds the numbers.

Calls and errors are parsed where check-contract.py does it. What is found here is
counted against the text in other ways (missed), so that nothing is overlooked in silence.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../tests/lint/contract"))

import header  # noqa: E402

# No numbers: the guard, and what marks an exported call.
NO_CONSTANTS = {"NABD_NABD_H", "NABD_API"}

STRUCT = re.compile(r"^(?:typedef )?struct (nabd_\w+) \{\n(.*?)^\}[^;]*;", re.M | re.S)
DEFINE = re.compile(r"^#define (NABD_\w+)[ \t]+((?:[^\n]*\\\n)*[^\n]*)$", re.M)
OPAQUE = re.compile(r"^typedef struct (\w+) (\w+);", re.M)


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


class Field:
    """A member of a struct: its name, and its type as C writes it."""

    def __init__(self, declaration):
        text = " ".join(declaration.split())
        callback = re.match(r"(.*)\(\*(\w+)\)(\(.*\))$", text)
        if callback:
            self.name = callback.group(2)
            self.type = "%s (*)%s" % (callback.group(1).strip(), callback.group(3))
        else:
            plain = re.match(r"(.*?)(\w+)((?:\[\w+\])?)$", text)
            self.name = plain.group(2)
            self.type = plain.group(1).strip() + plain.group(3)
        self.pointer = "*" in self.type


def structs(text):
    """Lists of Field by the struct's name, in the header's order."""
    found = {}
    for name, body in STRUCT.findall(text):
        lines = without_comments(body).split(";")
        found[name] = [Field(line) for line in lines if line.strip()]
    return found


def defines(text):
    """The replacement of each macro that is a value, by name: constants, initialisers."""
    constants, initialisers = {}, {}
    for name, value in DEFINE.findall(without_comments(text)):
        value = " ".join(value.replace("\\\n", " ").split())
        if name in NO_CONSTANTS:
            continue
        if value.startswith("{"):
            initialisers[name] = re.search(r"sizeof\(struct (\w+)\)", value).group(1)
        else:
            constants[name] = value
    return constants, initialisers


def opaque(text):
    """Types whose struct the header does not show: name of the typedef by that of the struct."""
    shown = structs(text)
    return {alias: name for name, alias in OPAQUE.findall(text) if name not in shown}


def node_of(text):
    """The version node of each name of a linker map."""
    found = {}
    for node, body in re.findall(r"^([\w.]+) \{(.*?)^\}", text, re.M | re.S):
        for name in re.findall(r"^\s+(\w+);", body.split("local:")[0], re.M):
            found[name] = node
    return found


def missed(text, map_text):
    """What the patterns above do not see though it is there."""
    said = []
    code = without_comments(text)
    constants, initialisers = defines(text)
    macros = set(re.findall(r"^\s*#\s*define\s+(\w+)", code, re.M))
    for name in sorted(macros - set(constants) - set(initialisers) - NO_CONSTANTS):
        said.append("nabd.h: %s is defined, and not understood" % name)
    for name in sorted(set(re.findall(r"\bstruct (\w+)\s*\{", code)) - set(structs(text))):
        said.append("nabd.h: struct %s is not understood" % name)
    for word in ("union", "enum"):
        for name in re.findall(r"\b%s (\w+)\s*\{" % word, code):
            if (word, name) != ("enum", "nabd_error"):
                said.append("nabd.h: %s %s is not understood" % (word, name))
    calls = set(header.calls(text))
    for name in sorted(header.prototypes(text) - calls):
        said.append("nabd.h: %s() has no comment" % name)
    mapped = set(node_of(map_text))
    for name in sorted(calls ^ mapped):
        said.append("%s is in the header or the map only" % name)
    return said
