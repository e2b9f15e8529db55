# SPDX-License-Identifier: MIT
"""Each rule can fail: break a copy of the inputs and see what is said about it."""
import programs
import rules
from inputs import man3

HEADER = rules.HEADER
PUSH, POP, EMPTY = man3("nabd_push"), man3("nabd_pop"), man3("nabd_empty")
OPEN, OPTS = man3("nabd_open"), man3("nabd_open_opts")
JOIN, JOIN_OPTS = man3("nabd_consumer_join"), man3("nabd_consumer_join_opts")
SEGMENT = programs.SEGMENT
CHECKPOINT = programs.CHECKPOINT
OVERVIEW = "man/man7/nabd.7"

# (what is broken, path, text there, text instead, what must be said)
TEXTS = [
    ("a call left out of the map", rules.MAP, "nabd_push;", "", "libnabd.map: lacks nabd_push"),
    ("a call in the map alone", rules.MAP, "nabd_push;", "nabd_push; nabd_ghost;",
     "nabd.h: lacks nabd_ghost"),
    ("a call without comment", HEADER, "NABD_API int nabd_full(",
     "NABD_API int nabd_ghost(void);\nNABD_API int nabd_full(", "nabd_ghost"),
    ("a parameter of the header", HEADER, "const void *data, size_t len)",
     "const void *data, size_t bytes)", PUSH + ": SYNOPSIS"),
    ("a type of the page", PUSH, '.Fa "size_t len"', '.Fa "unsigned len"', PUSH + ": SYNOPSIS"),
    ("the result of the page", PUSH, ".Ft int", ".Ft void", PUSH + ": SYNOPSIS"),
    ("@param", HEADER, "@param data  the message;", "the message;", "nabd_push: @param"),
    ("Concurrency", HEADER, " * Concurrency:", " * Rivalry:", "no line Concurrency:"),
    ("Progress", HEADER, " * Progress:", " * Regress:", "no line Progress:"),
    ("Ordering", HEADER, " * Ordering:", " * Chaos:", "no line Ordering:"),
    ("@since", HEADER, " * @since 0.9.0\n */\nNABD_API", " */\nNABD_API", "no @since"),
    ("a later @since", HEADER, " * @since 0.9.0\n */\nNABD_API", " * @since 0.9.1\n */\nNABD_API",
     "HISTORY does not say nabd 0.9.1"),
    ("an error without enum", HEADER, "@retval NABD_TOOBIG", "@retval NABD_LARGE",
     "NABD_LARGE is not in enum nabd_error"),
    ("an error new in the header", HEADER, " * @retval NABD_FULL     no slot is free\n",
     " * @retval NABD_FULL     no slot is free\n * @retval NABD_NOMEM    x\n",
     "ERRORS lacks NABD_NOMEM (header has it)"),
    ("an error left out of the page", POP, ".It Bq Er NABD_BUSY\n", ".It Bq Er NABD_EMPTY\n",
     POP + ": ERRORS lacks NABD_BUSY (header has it)"),
    ("an error of the page alone", POP, ".It Bq Er NABD_BUSY\n",
     ".It Bq Er NABD_BUSY\nx\n.It Bq Er NABD_FULL\n", POP + ": ERRORS has NABD_FULL"),
    ("an error twice", POP, ".It Bq Er NABD_BUSY\n",
     ".It Bq Er NABD_BUSY\nx\n.It Bq Er NABD_BUSY\n", POP + ": ERRORS has NABD_BUSY twice"),
    ("an answer", EMPTY, ".It 1\n", ".It 2\n", EMPTY + ": RETURN VALUES lacks 1"),
    ("the version of the page", PUSH, "nabd 0.9.0", "nabd 0.8.0", PUSH + ": HISTORY"),
    ("a parameter never mentioned", PUSH, ".Fa data\n", ".Fa date\n",
     PUSH + ": DESCRIPTION never mentions .Fa data"),
    ("a dangling .Xr", PUSH, ".Xr nabd_pop 3", ".Xr nabd_plop 3", PUSH + ": .Xr nabd_plop 3"),
    ("the wrong section in .Xr", PUSH, ".Xr nabd 7", ".Xr nabd 1", PUSH + ": .Xr nabd 1"),
    ("an unknown .Fn", PUSH, ".Fn nabd_push", ".Fn nabd_plush", PUSH + ": .Fn nabd_plush"),
    ("an unknown constant", PUSH, ".Dv NABD_PRODUCER", ".Dv NABD_PRODUCE",
     PUSH + ": NABD_PRODUCE is not in the headers"),
    ("a call not in the overview", OVERVIEW, "Xr nabd_fill_level 3", "Xr nabd_full 3",
     OVERVIEW + ": does not mention nabd_fill_level"),
    ("a subsection", PUSH, ".Ss Progress", ".Ss Regress",
     PUSH + ": DESCRIPTION lacks .Ss Progress"),
    ("a section", PUSH, ".Sh HISTORY", ".Sh PREHISTORY", PUSH + ": no section HISTORY"),
    ("the name of a page", PUSH, ".Nm nabd_push", ".Nm nabd_pull", PUSH + ": .Dt or .Nm"),
    ("a page without program", PUSH, "#include <nabd/nabd.h>", "See elsewhere.",
     PUSH + ": EXAMPLES has no program"),
    ("an errno of nabd_open", OPEN, ".It Bq Er EDOM", ".It Bq Er ERANGE",
     OPEN + ": lacks EDOM"),
    ("an error without errno", OPTS, ".It Bo Er NABD_BUSY Bc Pq Er EBUSY", ".It Bq Er NABD_BUSY",
     OPTS + ": ERRORS has None beside NABD_BUSY"),
    ("the library's errno", rules.ERRORS, "X(NABD_RANGE, EOVERFLOW", "X(NABD_RANGE, ERANGE",
     OPTS + ": ERRORS has EOVERFLOW beside NABD_RANGE"),
    ("an errno of nabd_consumer_join", JOIN, ".It Bq Er EPERM", ".It Bq Er EACCES",
     JOIN + ": lacks EPERM"),
    ("an errno too many", JOIN, ".It Bq Er ENOMEM\n", ".It Bq Er ENOMEM\nx\n.It Bq Er EDOM\n",
     JOIN_OPTS + ": lacks EDOM"),
    ("an errno of the form with options", JOIN_OPTS, ".It Bo Er NABD_ROLE Bc Pq Er EPERM",
     ".It Bo Er NABD_ROLE Bc Pq Er EACCES", JOIN_OPTS + ": ERRORS has EACCES beside NABD_ROLE"),
]

LAYOUT = [
    ("an offset", SEGMENT, ".It 128 Ta 8 Ta head", ".It 136 Ta 8 Ta head", "head: offset: 136"),
    ("a size", SEGMENT, ".It 56 Ta 4 Ta page", ".It 56 Ta 8 Ta page", "page: bytes: 8"),
    ("a field left out", SEGMENT, ".It 24 Ta 8 Ta hints", ".\\\" gone",
     "incarnation: the row begins"),
    ("a field that is not there", SEGMENT, "Ta roster Ta", "Ta rooster Ta", "rooster"),
    ("the magic", SEGMENT, "6e 61 62 64", "6e 61 62 65", "magic: byte 3"),
    ("a constant", SEGMENT, ".It NABD_SHM_GROUPS Ta 17", ".It NABD_SHM_GROUPS Ta 16",
     "NABD_SHM_GROUPS: 16"),
    ("a computed size", SEGMENT, ".It stride Ta 4104", ".It stride Ta 4096", "size stride: 4096"),
    ("the checksum's example", SEGMENT, "e3069283", "e3069284", "checksum"),
    ("a table without subject", SEGMENT, '.\\" struct nabd_shm_group\n', "",
     "no table of struct nabd_shm_group"),
    ("a field of a member", SEGMENT, ".It 16 Ta 8 Ta given", ".It 16 Ta 4 Ta given",
     "nabd_shm_member.given: bytes: 4"),
    ("no table of members", SEGMENT, '.\\" struct nabd_shm_member\n', "",
     "no table of struct nabd_shm_member"),
    ("no table of those who wait", SEGMENT, '.\\" struct nabd_shm_waits\n', "",
     "no table of struct nabd_shm_waits"),
    ("an offset of a record", CHECKPOINT, ".It 56 Ta 8 Ta sequence", ".It 60 Ta 8 Ta sequence",
     "sequence: offset: 60"),
    ("the magic of a record", CHECKPOINT, "6e 61 62 63", "6e 61 62 64", "magic: byte 3"),
    ("no table of records", CHECKPOINT, '.\\" struct nabd_file_record\n', "",
     "no table of struct nabd_file_record"),
    ("a macro with arguments", SEGMENT, "NABD_SHM_LOCK_MEMBER(1, 0) Ta 4352",
     "NABD_SHM_LOCK_MEMBER(1, 0) Ta 4353", "NABD_SHM_LOCK_MEMBER(1, 0): 4353"),
]

EXAMPLES = [
    ("a program that does not compile", "nabd_close(q);", "nabd_shut(q);", "does not compile"),
    ("a program that warns", "nabd_close(q);", "nabd_close(q); int unused;", "does not compile"),
    ("a program that fails", "return rc == ", "return rc != ", "ends with 1"),
    ("a program that crashes", "nabd_close(q);", "nabd_close(q); *(volatile int *)0 = 0;",
     "ends with "),
    ("a program that hangs", "nabd_close(q);", "for (;;) sleep(1);", "does not end"),
    ("a program that leaves its queue", "nabd_unlink(name);", "", "behind"),
    ("a character that changes when rendered", "nabd_close(q);", "nabd_close(q); /* - */",
     "as an escape"),
]


def replaced(contract, path, old, new, everywhere=False):
    changed = contract.copy()
    if old not in changed.texts[path]:
        raise LookupError("%s does not have \"%s\"" % (path, old))
    changed.texts[path] = changed.texts[path].replace(old, new, -1 if everywhere else 1)
    return changed


def cases(contract):
    """(what is broken, lines said, what must be among them)."""
    for what, path, old, new, wanted in TEXTS:
        # A word that occurs often is mentioned as long as one occurrence is left.
        broken = replaced(contract, path, old, new, old[-1] == "\n" or path == OVERVIEW)
        yield what, rules.check(broken), wanted
    for what, path, old, new, wanted in LAYOUT:
        yield what, programs.layouts(replaced(contract, path, old, new)), wanted
    for what, old, new, wanted in EXAMPLES:
        broken = replaced(contract, PUSH, old, new)
        yield what, programs.examples(broken, PUSH, timeout=2), wanted
    broken = replaced(contract, PUSH, ".Sh HISTORY", ".Sh HISTORY\n.El")
    yield "a page that mandoc complains of", programs.mandoc(broken, PUSH), PUSH + ":"
    broken = replaced(contract, HEADER, "NABD_SYSTEM = -25", "NABD_SYSTEM = -25,\n\tNABD_NEW = -26")
    yield "an error that the library lacks", programs.error_texts(broken), "NABD_NEW"
    yield from missing(contract)
    yield from tags(contract)


def missing(contract):
    """Whole things that are not there."""
    broken = contract.copy()
    del broken.texts[PUSH]
    yield "a page", rules.check(broken), "man/man3: lacks nabd_push"
    broken = contract.copy()
    broken.texts[man3("nabd_ghost")] = broken.texts[PUSH]
    yield "a page without call", rules.check(broken), "nabd.h: lacks nabd_ghost"
    if contract.exported is not None:
        broken = contract.copy()
        broken.exported = broken.exported - {"nabd_push"}
        yield "a call not exported", rules.check(broken), "libnabd.so: lacks nabd_push"
        broken.exported = contract.exported | {"nabd_ghost"}
        yield "an export too many", rules.check(broken), "nabd.h: lacks nabd_ghost"


def tags(contract):
    """Tests and waivers."""
    broken = contract.copy()
    for path in contract.tests:
        broken.texts[path] = broken.texts[path].replace("provokes: nabd_push ", "pokes: nabd_push ")
    yield "a test", rules.provoked(broken), "nothing provokes NABD_TOOBIG of nabd_push"
    broken.texts[rules.WAIVED] += "nabd_push NABD_TOOBIG\n"
    yield "a waiver without reason", rules.provoked(broken), "no reason given"
    broken.texts["tests/x.c"] = "/* provokes: nabd_push NABD_NOMEM */\n"
    yield "a test of nothing", rules.provoked(broken), "tests/x.c: provokes NABD_NOMEM"


def run(contract):
    failed = count = 0
    before = set(rules.check(contract))
    for what, said, wanted in cases(contract):
        count += 1
        if not any(wanted in line for line in said if line not in before):
            print("not reported: %s (expected \"%s\"), said: %s" % (what, wanted, said[:5]))
            failed += 1
    print("%d breaks, %d of them not reported" % (count, failed))
    return 1 if failed else 0
