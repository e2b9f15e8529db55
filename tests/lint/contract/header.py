# SPDX-License-Identifier: MIT
"""What nabd.h promises: calls, their parameters and errors, and the enum."""
import re

CALL = re.compile(r"/\*\*((?:(?!\*/).)*)\*/\s*NABD_API\s+([^;]*);", re.S)
ENUM = re.compile(r"enum nabd_error \{(.*?)\};", re.S)
ERROR = re.compile(r"^\s*(NABD_\w+) = (-?\d+)", re.M)


class Call:
    """A prototype and the comment before it."""

    def __init__(self, comment, prototype):
        self.prototype = normal(prototype)
        self.name = re.search(r"(\w+)\(", self.prototype).group(1)
        arguments = self.prototype[self.prototype.index("(") + 1:-1]
        self.parameters = [] if arguments == "void" else [
            re.search(r"\w+$", a).group(0) for a in arguments.split(", ")]
        self.comment = re.sub(r"^\s*\* ?", "", comment, flags=re.M)
        self.described = re.findall(r"^@param (\w+)", self.comment, re.M)
        retvals = re.findall(r"^@retval (\S+)", self.comment, re.M)
        self.errors = [r for r in retvals if r.startswith("NABD_") and r != "NABD_OK"]
        self.answers = [r for r in retvals if not r.startswith("NABD_")]
        since = re.search(r"^@since (\S+)", self.comment, re.M)
        self.since = since.group(1) if since else None

    def says(self, word):
        return re.search(r"^%s: \S" % word, self.comment, re.M) is not None


def normal(prototype):
    """One spelling for one prototype: single spaces, the stars at the names."""
    text = " ".join(prototype.split())
    text = re.sub(r"\s*\*\s*", "*", text)
    text = re.sub(r"(?<=[\w>])\*", " *", text)
    return re.sub(r"\s*([(),])\s*", r"\1", text).replace(",", ", ")


def calls(text):
    """Call objects by name, in the header's order."""
    found = [Call(*m.groups()) for m in CALL.finditer(text)]
    return {call.name: call for call in found}


def prototypes(text):
    """The names after NABD_API, with a comment or without."""
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return set(re.findall(r"^NABD_API\s[^;(]*?(\w+)\(", code, re.M))


def errors(text):
    """Values of enum nabd_error by name."""
    return {name: int(value) for name, value in ERROR.findall(ENUM.search(text).group(1))}


def constants(text):
    """Every name of a header that a page may set as .Dv or .Er."""
    return set(re.findall(r"^#define (NABD_\w+)", text, re.M)) | {n for n, _ in ERROR.findall(text)}
