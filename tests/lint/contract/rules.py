# SPDX-License-Identifier: MIT
"""The rules that need nothing but the texts. Each returns lines to be printed."""
import re

import header
from inputs import man3

HEADER = "include/nabd/nabd.h"
VERSION = "include/nabd/version.h.in"
LAYOUT = "include/nabd/inline_layout.h"
MAP = "lib/libnabd.map"
ERRORS = "lib/error.h"
WAIVED = "tests/lint/contract/waived.txt"
PROMISES = ("Concurrency", "Progress", "Ordering")
SECTIONS = ["NAME", "LIBRARY", "SYNOPSIS", "DESCRIPTION", "RETURN VALUES", "EXAMPLES", "ERRORS",
            "SEE ALSO", "HISTORY"]


def check(contract):
    said = []
    for rule in (same_sets, header_complete, page_complete, same_prototype, same_errors,
                 same_version, parameters_mentioned, references, errno_of_null, provoked):
        said += rule(contract)
    return said


def differences(left, left_name, right, right_name):
    """A line for each name that one set has and the other lacks."""
    lines = "%s: lacks %s (%s has it)"
    return ([lines % (right_name, n, left_name) for n in sorted(left - right)] +
            [lines % (left_name, n, right_name) for n in sorted(right - left)])


def same_sets(contract):
    """Header, map, shared library and man3 name the same calls."""
    names = header.prototypes(contract.texts[HEADER])
    code = re.sub(r"#.*", "", re.sub(r"/\*.*?\*/", "", contract.texts[MAP], flags=re.S))
    mapped = set(re.findall(r"\b(nabd_\w+)\s*;", code))
    paged = {p.name for p in contract.pages.values() if p.number == "3"}
    said = differences(names, "nabd.h", mapped, "libnabd.map")
    said += differences(names, "nabd.h", paged, "man/man3")
    if contract.exported is not None:
        said += differences(names, "nabd.h", contract.exported, "libnabd.so")
    return said


def header_complete(contract):
    """Each call's comment says what every comment has to say."""
    calls = contract.calls
    said = ["%s: %s has no comment" % (HEADER, name)
            for name in sorted(header.prototypes(contract.texts[HEADER]) - set(calls))]
    for call in calls.values():
        where = "%s: %s: " % (HEADER, call.name)
        said += [where + "no line %s:" % word for word in PROMISES if not call.says(word)]
        if call.since is None:
            said.append(where + "no @since")
        if call.described != call.parameters:
            said.append(where + "@param %s, but the parameters are %s" % (
                ", ".join(call.described), ", ".join(call.parameters)))
        if not call.errors and "@return" not in call.comment:
            said.append(where + "neither @retval nor @return")
        said += [where + "@retval %s is not in enum nabd_error" % e
                 for e in call.errors if e not in contract.errors]
    return said


def page_complete(contract):
    """Each page of a call has its name, the sections and the three promises."""
    said = []
    for page in contract.pages.values():
        if page.number != "3":
            continue
        if page.names("Dt")[:1] != [page.name.upper()] or page.names("Nm", "NAME") != [page.name]:
            said.append(page.path + ": .Dt or .Nm is not the file's name")
        said += ["%s: no section %s" % (page.path, s) for s in SECTIONS if s not in page.sections]
        inner = page.subsections.get("DESCRIPTION", [])
        said += ["%s: DESCRIPTION lacks .Ss %s" % (page.path, p)
                 for p in PROMISES if p not in inner]
        if not list(page.programs()):
            said.append(page.path + ": EXAMPLES has no program")
    return said


def pairs(contract):
    pages = contract.pages
    return [(call, pages[man3(call.name)]) for call in contract.calls.values()
            if man3(call.name) in pages]


def same_prototype(contract):
    return ["%s: SYNOPSIS has %s; the header %s" % (
                page.path, header.normal(page.prototype()), call.prototype)
            for call, page in pairs(contract)
            if header.normal(page.prototype()) != call.prototype]


def same_errors(contract):
    """ERRORS is the @retval list, in its order or another; 0 and 1 are in RETURN VALUES."""
    said = []
    for call, page in pairs(contract):
        listed = [first for first, _ in page.errors()]
        codes = {e for e in listed if e.startswith("NABD_")}
        said += ["%s: ERRORS lacks %s (header has it)" % (page.path, e)
                 for e in call.errors if e not in codes]
        said += ["%s: ERRORS has %s (header lacks it)" % (page.path, e)
                 for e in sorted(codes - set(call.errors))]
        said += ["%s: ERRORS has %s twice" % (page.path, e)
                 for e in sorted({e for e in listed if listed.count(e) > 1})]
        values = page.text("RETURN VALUES")
        said += ["%s: RETURN VALUES lacks %s (header has it)" % (page.path, a)
                 for a in call.answers if ".It %s\n" % a not in values]
    return said


def same_version(contract):
    return ["%s: HISTORY does not say nabd %s (@since of the header)" % (page.path, call.since)
            for call, page in pairs(contract)
            if not re.search(r"nabd %s\b" % re.escape(call.since or "?"), page.text("HISTORY"))]


def parameters_mentioned(contract):
    said = []
    for call, page in pairs(contract):
        mentioned = set(page.names("Fa", "DESCRIPTION"))
        said += ["%s: DESCRIPTION never mentions .Fa %s" % (page.path, p)
                 for p in call.parameters if p not in mentioned]
    return said


def references(contract):
    """What a page names of nabd is there."""
    pages = contract.pages
    known = {(p.name, p.number) for p in pages.values()}
    names = header.prototypes(contract.texts[HEADER])
    constants = set()
    for path in (HEADER, VERSION, LAYOUT):
        constants |= header.constants(contract.texts[path])
    said = []
    for page in pages.values():
        said += ["%s: .Xr %s %s: no such page" % (page.path, n, s) for n, s in page.references()
                 if n.startswith("nabd") and (n, s) not in known]
        said += ["%s: .Fn %s: no such call" % (page.path, n) for n in page.names("Fn")
                 if n not in names]
        said += ["%s: %s is not in the headers" % (page.path, n)
                 for n in page.names("Dv") + page.names("Er")
                 if n.startswith("NABD_") and n not in constants]
    overview = pages.get("man/man7/nabd.7")
    said += ["man/man7/nabd.7: does not mention " + name for name in sorted(names)
             if overview and (name, "3") not in overview.references()]
    return said


def errno_of_null(contract):
    """A call that returns NULL and sets errno has a form that returns the error: the page of
    that gives each error's errno, and the page of the call lists the same values."""
    table = dict(re.findall(r"X\((NABD_\w+), (\w+), ", contract.texts[ERRORS]))
    table["NABD_SYSTEM"] = "errno"  # 0 in the table: as it was left
    pages, said = contract.pages, []
    for call in contract.calls.values():
        short, full = man3(call.name), man3(call.name + "_opts")
        if call.errors or short not in pages or full not in pages:
            continue
        tags = pages[full].errors()
        said += ["%s: ERRORS has %s beside %s (%s has %s)" % (full, errno, e, ERRORS, table.get(e))
                 for e, errno in tags if errno != table.get(e)]
        beside = {errno for _, errno in tags if errno and errno != "errno"}
        said += differences(beside, full, {e for e, _ in pages[short].errors()}, short)
    return said


def provoked(contract):
    """Every error that the header lists for a call is provoked by a test, or waived."""
    wanted = {(c.name, e) for c in contract.calls.values() for e in c.errors}
    tag = re.compile(r"/\* provokes: (\w+) ([A-Z_ ]+?) \*/")
    done, said = set(), []
    for path, text in sorted(contract.tests.items()):
        for call, codes in tag.findall(text):
            for code in codes.split():
                done.add((call, code))
                if code != "NABD_OK" and (call, code) not in wanted:
                    said.append("%s: provokes %s of %s, which the header does not list" % (
                        path, code, call))
    waived = set()
    for line in contract.texts[WAIVED].splitlines():
        words = line.split(None, 2)
        if line.startswith("#") or not words:
            continue
        if len(words) < 3 or tuple(words[:2]) not in wanted - done:
            said.append("%s: no reason given, or no longer needed: %s" % (WAIVED, line))
        waived.add(tuple(words[:2]))
    return said + ["tests: nothing provokes %s of %s" % (code, call)
                   for call, code in sorted(wanted - done - waived)]
