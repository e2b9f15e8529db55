#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The header, the map, the library, the manual and the tests say the same.

Fails with a line for each disagreement. With --self-test it breaks copies of
its inputs, one way after another, and fails unless each break is reported.
Environment: top_srcdir, top_builddir, CC, NM, LDFLAGS, SAN_CFLAGS.
"""
import os
import shutil
import sys

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "contract"))

import inputs    # noqa: E402
import programs  # noqa: E402
import rules     # noqa: E402
import selftest  # noqa: E402


def main():
    for tool in ("mandoc", os.environ.get("NM", "nm").split()[0]):
        if shutil.which(tool) is None:
            print(tool + " is missing")
            return 77
    contract = inputs.load()
    if not os.path.exists(os.path.join(contract.build, "lib/libnabd.la")):
        print("top_builddir: no library is built in " + contract.build)
        return 1
    if sys.argv[1:] == ["--self-test"]:
        return selftest.run(contract)
    said = rules.check(contract) + programs.check(contract)
    for line in said:
        print(line)
    if not said:
        print("%d calls, %d pages, %d errors: all agree" % (
            len(contract.calls), len(contract.pages), len(contract.errors)))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
