#!/bin/sh
# SPDX-License-Identifier: MIT
# The library's calls and types are those of the dump of this machine's triplet, as far as
# the public headers show them. Also that a change is noticed.
set -eu
: "${top_srcdir:?}" "${NABD_SANITIZER:?}" # make check sets them
# shellcheck source=tests/abi/dump.sh
. "$top_srcdir/tests/abi/dump.sh"
command -v abidiff >/dev/null || { echo "abidiff is missing (abigail-tools)"; exit 77; }
[ "$NABD_SANITIZER" = no ] || { echo "not with a sanitizer, which adds symbols"; exit 0; }
[ -e "$so" ] || { echo "no shared library is built"; exit 0; }
[ -e "$dump" ] || { echo "there is no $dump: make update-abi makes it"; exit 0; }
$READELF -S -W "$so" | grep -q -F .debug_info || { echo "not built with -g"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dump_to "$work/now.xml"

# Status 0: the same; 4: some change; 8 as well: one that breaks programs; 1, 2: no answer.
rc=0
abidiff "$dump" "$work/now.xml" || rc=$?
if [ $rc != 0 ]; then
	echo "abidiff: $rc. If calls were added, and NEWS says so: make update-abi. If any were"
	echo "changed or removed: after a release that needs a new soname, see configure.ac."
	exit 1
fi

# seen STATUS SED: the status has these bits when the dump was another
seen()
{
	sed "$2" "$dump" >"$work/changed.xml"
	cmp -s "$dump" "$work/changed.xml" && { echo "changes nothing: $2"; exit 1; }
	rc=0
	abidiff "$work/changed.xml" "$work/now.xml" >"$work/said" 2>&1 || rc=$?
	[ $((rc & $1)) = "$1" ] || { echo "abidiff: $rc, not $1, with: $2"; cat "$work/said"; exit 1; }
}

seen 4 "s/<class-decl name='nabd_msg' size-in-bits='[0-9]*'/<class-decl name='nabd_msg' size-in-bits='64'/"
seen 4 "s/layout-offset-in-bits='64'/layout-offset-in-bits='128'/"
seen 12 "s/elf-symbol name='nabd_pop' /elf-symbol name='nabd_plop' /; s/elf-symbol-id='nabd_pop@/elf-symbol-id='nabd_plop@/"
echo "the ABI is that of $(basename "$dump")"
