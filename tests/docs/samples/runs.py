# SPDX-License-Identifier: MIT
"""Compiles and runs samples against the library of this build."""
import os
import re
import shlex
import shutil
import signal
import subprocess

import blocks

TIMEOUT = 20  # seconds a console may take; each needs a second at most
HERE = os.path.dirname(os.path.abspath(__file__))
MARK = "\036"


class Build:
    def __init__(self, top, build):
        self.top = os.path.abspath(top)
        self.build = os.path.abspath(build)
        self.libs = os.path.join(self.build, "lib/.libs")
        self.tool = os.path.exists(os.path.join(self.build, "tools/nabd"))
        self.work = self.queues = self.env = None

    def prepare(self, work, queues):
        """cc, pkg-config and nabd as the documents use them, but of this build."""
        self.work, self.queues = work, queues
        bin_ = os.path.join(work, "bin")
        os.mkdir(bin_)
        # By its path: the name may be that of what is made here, which comes before it.
        compiler = shlex.split(os.environ.get("CC", "cc"))
        compiler[0] = shutil.which(compiler[0]) or compiler[0]
        self._tool("cc", "%s -std=c11 -Wall -Wextra -Werror %s \"$@\" %s" % (
            shlex.join(compiler), os.environ.get("SAN_CFLAGS", ""),
            os.environ.get("LDFLAGS", "")))
        shared = os.path.exists(self.libs + "/libnabd.so")
        flags = ["-I%s/include" % d for d in (self.build, self.top)]
        flags += ["-L" + self.libs, "-lnabd"] if shared else [self.libs + "/libnabd.a", "-pthread"]
        self._tool("pkg-config", "echo " + shlex.join(flags))
        if self.tool:
            self._tool("nabd", shlex.quote(self.build + "/tools/nabd") + " \"$@\"")
        paths = [self.libs, os.environ.get("LD_LIBRARY_PATH")]
        self.env = dict(os.environ, PATH=bin_ + ":" + os.environ["PATH"], LC_ALL="C.UTF-8",
                        LD_LIBRARY_PATH=":".join(p for p in paths if p), NABD_DIR=queues)

    def _tool(self, name, command):
        path = os.path.join(self.work, "bin", name)
        with open(path, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\nexec %s\n" % command)
        os.chmod(path, 0o755)

    def check(self, name, samples, counts):
        """What is wrong with a document, a line each."""
        folder = os.path.join(self.work, name.replace("/", "_"))
        os.mkdir(folder)
        said = ["%s:%d: %s" % (name, s.line, s.trouble) for s in samples if s.trouble]
        said += self._programs(name, samples, folder, counts)
        said += self._fragments(name, samples, folder, counts)
        for sample in samples:
            if sample.kind == "sh":
                said += _syntax(name, sample)
            elif sample.kind == "console" and self.tool:
                said += self._console(name, sample, folder, counts)
        for left in os.listdir(self.queues):
            said.append("%s: the queue %s stays behind" % (name, left))
            os.unlink(os.path.join(self.queues, left))
        return said

    def _programs(self, name, samples, folder, counts):
        """Writes the programs down, for the consoles to compile; each must be run by one."""
        said = []
        shown = "".join(s.text for s in samples if s.kind == "console")
        for sample in samples:
            program = blocks.program_name(sample)
            if program is None:
                continue
            counts["program"] = counts.get("program", 0) + 1
            where = "%s:%d: " % (name, sample.line)
            if not program:
                said.append(where + "a program begins with its name: /* hello.c - …")
                continue
            if not re.search(r"(^|\s)\./%s\b" % program, shown):
                said.append(where + "no console runs ./" + program)
            source = os.path.join(folder, program + ".c")
            if os.path.exists(source):
                said.append(where + "another %s.c" % program)
            with open(source, "w", encoding="utf-8") as f:
                f.write(sample.text)
        return said

    def _fragments(self, name, samples, folder, counts):
        fragments = [s for s in samples
                     if s.kind == "c" and not s.trouble and blocks.program_name(s) is None]
        if not fragments:
            return []
        counts["fragment"] = counts.get("fragment", 0) + len(fragments)
        text = ["#define _POSIX_C_SOURCE 200809L", '#include "%s/../frame.h"' % HERE]
        for i, sample in enumerate(fragments):
            here = '#line %d "%s"' % (sample.line + 1, name)
            if blocks.defines_functions(sample):
                text += [here, sample.text]
                continue
            body = re.sub(r"^#include.*$", "", sample.text, flags=re.M)
            text += re.findall(r"^#include.*$", sample.text, flags=re.M)
            text += ["int fragment_%d(void);" % i, "int fragment_%d(void)" % i, "{", here,
                     body, "\treturn 0;", "}"]
        source = os.path.join(folder, "fragments.c")
        with open(source, "w", encoding="utf-8") as f:
            f.write("\n".join(text) + "\n")
        status, output = self._run("cc -Wno-unused -c fragments.c $(pkg-config --cflags libnabd)",
                                   folder)
        return [] if status == 0 else ["%s: does not compile:\n%s" % (name, output)]

    def _console(self, name, sample, folder, counts):
        commands = blocks.commands(sample.text)
        counts["command"] = counts.get("command", 0) + len(commands)
        script = "".join("%s\nprintf '%s%%d%s' $?\n" % (
            # echo $? is of the command, not of the mark
            c[1].replace("$?", "$status") if c[1] == "echo $?" else c[1], MARK, MARK)
            for c in commands).replace("$?\n", "$((status=$?))\n")
        _, output = self._run(script, folder)
        parts = output.split(MARK)
        said = []
        for i, (line, command, wanted) in enumerate(commands):
            where = "%s:%d: $ %s\n" % (name, sample.line + 1 + line, command)
            if 2 * i + 1 >= len(parts):
                return said + [where + "does not end, or ends the shell:\n" + parts[-1]]
            got, status = parts[2 * i], parts[2 * i + 1]
            asked = i + 1 < len(commands) and commands[i + 1][1] == "echo $?"
            if status != "0" and not asked:
                said.append(where + "ends with %s:\n%s" % (status, got))
            elif not matches(wanted, got):
                said.append(where + "printed:\n%s\nwanted:\n%s" % (got, "\n".join(wanted)))
        return said

    def _run(self, script, folder):
        with subprocess.Popen(["bash", "-c", script], cwd=folder, env=self.env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, start_new_session=True) as shell:
            try:
                output, _ = shell.communicate(timeout=TIMEOUT)
            except subprocess.TimeoutExpired:
                os.killpg(shell.pid, signal.SIGKILL)
                output, _ = shell.communicate()
                return None, output
            return shell.returncode, output


def matches(wanted, got):
    pattern = ""
    for line in wanted:
        if line == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.split("…")) + "\n"
    if got and not got.endswith("\n"):
        got += "\n"
    return re.fullmatch(pattern, got) is not None


def dead(top, name, links):
    folder = os.path.dirname(os.path.join(top, name))
    return ["%s:%d: a link to %s, which is not there" % (name, line, path)
            for line, path in links if not os.path.exists(os.path.join(folder, path))]


def _syntax(name, sample):
    out = subprocess.run(["bash", "-n"], input=sample.text, text=True, check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return [] if out.returncode == 0 else ["%s:%d: %s" % (name, sample.line, out.stdout)]
