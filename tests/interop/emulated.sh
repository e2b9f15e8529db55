#!/bin/sh
# SPDX-License-Identifier: MIT
# emulated.sh PROGRAM - runs a test by the emulator NABD_EMULATOR. Just those tests of it fail that
# emulated.txt names: also one that is named and passes is a failure. Without an emulator,
# all must pass.
set -eu
: "${top_srcdir:?}" "${CK_DEFAULT_TIMEOUT:=120}"
export CK_DEFAULT_TIMEOUT
program=$1
emulator=${NABD_EMULATOR-}
name=tests/${program##*tests/}
said=$(mktemp)
trap 'rm -f "$said"' EXIT

expected=
[ -z "$emulator" ] || expected=$(awk -v program="$name" -v emulator="${emulator##*/}" '
	$1 == program && ($3 == "any" || index(emulator, "qemu-" $3) == 1) { print $2 }
' "$top_srcdir/tests/interop/emulated.txt" | sort -u)

rc=0
$emulator "$program" >"$said" 2>&1 || rc=$?
cat "$said"
failed=$(sed -n 's/^[^:]*:[0-9]*:[FE]:[^:]*:\([^:]*\):.*/\1/p' "$said" | sort -u)
if [ "$failed" != "$expected" ]; then
	echo "$name: failed: ${failed:-none}; expected of ${emulator:-no emulator}: ${expected:-none}"
	exit 1
fi
# A status that no test explains: a crash of the program, or of the emulator.
if [ -n "$expected" ]; then
	[ "$rc" = 1 ]
	echo "$name: as expected of ${emulator##*/}: failed: $(echo "$expected" | xargs)"
else
	exit "$rc"
fi
