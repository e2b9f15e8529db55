# SPDX-License-Identifier: MIT
"""The rules that run something: mandoc, the examples, the errors' texts, the layout."""
import os
import re
import shutil
import subprocess
import tempfile

TIMEOUT = 10  # seconds an example may take; it needs none
SEGMENT = "man/man5/nabd-segment.5"
CHECKPOINT = "man/man5/nabd-checkpoint.5"
# Of each page of a format: the header that lays it out, its magic, and the tables it has.
FORMATS = (
    (SEGMENT, "layout.h", "NABD_SHM_MAGIC", {"plan", "constants"} | {
        "struct nabd_shm_" + s for s in ("identity", "producer", "consumers", "group", "member",
                                         "waits", "latency")}),
    (CHECKPOINT, "checkpoint.h", "NABD_FILE_MAGIC", {"constants", "struct nabd_file_record"}),
)


def check(contract):
    return (mandoc(contract) + examples(contract) + error_texts(contract) +
            layouts(contract))


def mandoc(contract, only=None):
    """mandoc has nothing to say about a page."""
    said = []
    with tempfile.TemporaryDirectory() as work:
        for page in contract.pages.values():
            if only and page.path != only:
                continue
            path = os.path.join(work, os.path.basename(page.path))
            with open(path, "w", encoding="utf-8") as f:
                f.write(contract.texts[page.path])
            out = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", path], text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            said += [line.replace("mandoc: " + path, page.path)
                     for line in out.stdout.splitlines() if "outdated mandoc.db" not in line]
            if out.returncode != 0 and not out.stdout:
                said.append("%s: mandoc ends with %d" % (page.path, out.returncode))
    return said


class Compiler:
    """Compiles C against the headers and the library of this build, and runs it."""

    def __init__(self, contract, work):
        self.contract = contract
        self.work = work
        self.libs = os.path.join(contract.build, "lib/.libs")

    def build(self, text, more=(), library=True):
        """The error messages, or None; the program is work/program."""
        source = os.path.join(self.work, "program.c")
        with open(source, "w", encoding="utf-8") as f:
            f.write(text)
        top, build = self.contract.top, self.contract.build
        command = os.environ.get("CC", "cc").split()
        command += ["-std=c11", "-Wall", "-Wextra", "-Werror"]
        command += os.environ.get("SAN_CFLAGS", "").split()
        command += ["-I%s/include" % build, "-I%s/include" % top]
        command += list(more) + [source, "-o", os.path.join(self.work, "program")]
        if library:
            if os.path.exists(self.libs + "/libnabd.so"):
                command += ["-L" + self.libs, "-lnabd"]
            else:
                command += [self.libs + "/libnabd.a", "-pthread"]
        command += os.environ.get("LDFLAGS", "").split()
        out = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False)
        return None if out.returncode == 0 else out.stdout

    def run(self, folder, timeout=TIMEOUT):
        """(exit status or None, output), with queues in a folder of their own."""
        paths = [self.libs, os.environ.get("LD_LIBRARY_PATH")]
        env = dict(os.environ, NABD_DIR=folder,
                   LD_LIBRARY_PATH=":".join(p for p in paths if p))
        try:
            out = subprocess.run([os.path.join(self.work, "program")], env=env, text=True,
                                 timeout=timeout, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        except subprocess.TimeoutExpired:
            return None, ""
        return out.returncode, out.stdout


def examples(contract, only=None, timeout=TIMEOUT):
    """Each program of a page compiles silently, ends with 0, and leaves no queue behind."""
    said = []
    shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    for page in contract.pages.values():
        if only and page.path != only:
            continue
        folder = tempfile.mkdtemp(prefix="check-contract-%d-" % os.getpid(), dir=shm)
        try:
            said += _page_examples(contract, page, folder, timeout)
            said += ["%s: EXAMPLES leave the queue %s behind" % (page.path, left)
                     for left in os.listdir(folder)]
        finally:
            shutil.rmtree(folder)
    return said


def _page_examples(contract, page, folder, timeout):
    """The programs of one page run one after the other, in the same folder."""
    said = []
    for line, text, trouble in page.programs():
        where = "%s:%d: " % (page.path, line)
        if trouble:
            said.append(where + trouble)
        with tempfile.TemporaryDirectory() as work:
            compiler = Compiler(contract, work)
            errors = compiler.build(text)
            if errors:
                said.append(where + "does not compile:\n" + errors)
                continue
            status, output = compiler.run(folder, timeout)
            if status is None:
                said.append(where + "does not end within %d s" % timeout)
            elif status != 0:
                said.append(where + "ends with %d: %s" % (status, output))
    return said


def error_texts(contract):
    """Every error of the enum has its name and a text of its own in the library."""
    values = [(1, "NULL")] + [(v, n) for n, v in contract.errors.items()]  # 1 is no error
    rows = "".join("\t{ %d, \"%s\" },\n" % row for row in values)
    text = ("#include <nabd/nabd.h>\n#include <stdio.h>\n"
            "static const struct { int value; const char *name; } all[] = {\n%s};\n"
            "int main(void)\n{\n\tfor (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {\n"
            "\t\tconst char *name = nabd_error_name(all[i].value);\n"
            "\t\tprintf(\"%%s\\t%%s\\t%%s\\n\", all[i].name, name ? name : \"NULL\",\n"
            "\t\t       nabd_strerror(all[i].value));\n\t}\n\treturn 0;\n}\n" % rows)
    status, output = _build_and_run(contract, text)
    if status != 0:
        return ["lib/error.h: cannot be asked: " + output]
    said, seen = [], set()
    for line in output.splitlines():
        want, name, words = line.split("\t")
        if name != want:
            said.append("lib/error.h: nabd_error_name() of %s is %s" % (want, name))
        if not words or words.endswith(".") or words in seen:
            said.append("lib/error.h: no text, or a poor one, for %s: \"%s\"" % (want, words))
        seen.add(words)
    return said


def _build_and_run(contract, text, more=(), library=True):
    with tempfile.TemporaryDirectory() as work:
        compiler = Compiler(contract, work)
        errors = compiler.build(text, more, library)
        return (1, errors) if errors else compiler.run(work)


def layouts(contract):
    return [line for form in FORMATS for line in layout(contract, *form)]


def layout(contract, path, laid_out, magic, wanted):
    """The tables of a page of section 5 are what a header of lib/ lays out."""
    page = contract.pages.get(path)
    if page is None:
        return ["%s: no such page" % path]
    tests, described = [], set()
    for subject, rows in page.tables():
        described.add(subject if subject.startswith("struct ") else subject.split()[0])
        tests += _table_tests(subject, rows, magic)
    checksum = re.search(r"characters 123456789 is (0x[0-9a-f]+)", " ".join(page.lines))
    tests.append(("checksum", "nabdi_crc32c(0, \"123456789\", 9)",
                  checksum.group(1) if checksum else "0"))
    text = _layout_program(tests, laid_out)
    top = contract.top + "/lib"
    status, output = _build_and_run(
        contract, text, ["-I" + top, top + "/layout.c", top + "/crc32c.c"], library=False)
    said = ["%s: %s" % (path, line) for line in output.splitlines()] if status != 0 else []
    return said + ["%s: no table of %s" % (path, w) for w in sorted(wanted - described)]


def _table_tests(subject, rows, magic):
    """(what, C expression, value in the page) for each thing that a table says."""
    if subject.startswith("struct "):
        tests, end = [], 0
        for offset, size, field, meaning in rows:
            what = "%s.%s" % (subject, field)
            tests += [(what + ": offset", "offsetof(%s, %s)" % (subject, field), offset),
                      (what + ": bytes", "sizeof(((%s *)0)->%s)" % (subject, field), size),
                      (what + ": the row begins where the one before ends", str(end), offset)]
            end = int(offset) + int(size)
            if field == "magic":
                tests += [(what + ": byte %d" % i, "(uint8_t)%s[%d]" % (magic, i), "0x" + byte)
                          for i, byte in enumerate(meaning.split())]
        return tests + [(subject + ": size", "sizeof(%s)" % subject, str(end))]
    if subject.startswith("plan "):
        numbers = (subject.split()[1:] + ["0"])[:5]  # the last: features
        return [("size " + row[0], "plan(%s).%s" % (", ".join(numbers), row[0]), row[1])
                for row in rows]
    if subject == "constants":
        return [(row[0], row[0], row[1]) for row in rows]
    return [("table of " + subject, "0", "1")]


def _layout_program(tests, laid_out):
    lines = "".join("\tfailed |= differs(\"%s\", (unsigned long long)%s, %sull);\n" % test
                    for test in tests)
    return ("#include <stdio.h>\n#include <nabd/nabd.h>\n"
            "#include \"layout.h\"\n#include \"crc32c.h\"\n#include \"LAID_OUT\"\n"
            "static int differs(const char *what, unsigned long long layout,\n"
            "\t\t   unsigned long long page)\n{\n"
            "\tif (layout != page)\n"
            "\t\tprintf(\"%%s: %%llu, but lib/LAID_OUT has %%llu\\n\", what, page, layout);\n"
            "\treturn layout != page;\n}\n"
            "static struct nabdi_geometry plan(uint64_t slots, uint64_t slot_size,\n"
            "\t\t\t\t  uint32_t align, uint32_t page,\n"
            "\t\t\t\t  uint64_t features)\n{\n"
            "\tstruct nabdi_geometry geometry = {0};\n\n"
            "\t(void)nabdi_layout_plan(slots, slot_size, align, page, features, &geometry);\n"
            "\treturn geometry;\n}\n"
            "int main(void)\n{\n\tint failed = 0;\n\n\t(void)plan;\n"
            "%s\treturn failed;\n}\n" % lines).replace("LAID_OUT", laid_out)
