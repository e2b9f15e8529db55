#!/bin/sh
# SPDX-License-Identifier: MIT
# One idea a file: no file of lib/ is longer than 450 lines, and none of Go than 400.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$top_srcdir"

# up_to MOST: says which of the files counted are longer; fails too if there are none.
up_to()
{
	awk -v most="$1" '
	$2 == "total" { next }
	$1 > most { print $2 ": " $1 " lines"; failed = 1 }
	END { if (NR == 0) failed = 1; exit failed }'
}

wc -l lib/*.c lib/*.h | up_to 450
find bindings/go -name '*.go' -exec wc -l {} + | up_to 400
