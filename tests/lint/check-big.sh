#!/bin/sh
# SPDX-License-Identifier: MIT
# One idea a file: no file of lib/ is longer than 450 lines.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$top_srcdir"

wc -l lib/*.c lib/*.h | awk '
$2 == "total" { next }
$1 > 450 { print $2 ": " $1 " lines"; failed = 1 }
END { if (NR == 0) failed = 1; exit failed }'
