#!/bin/sh
# SPDX-License-Identifier: MIT
# The tarball holds what git holds, save debian/, which a distribution adds, and beside it
# only what autogen.sh makes.
# With an argument it looks into that tarball, else at the list `make dist` uses.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
[ -e "$top_srcdir/.git" ] || { echo "not in a git checkout"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$(dirname "$0")/files.sh" | grep -v '^debian/' >"$work/git"
if [ $# = 1 ]; then
	tar -tf "$1" | sed -n 's|^[^/]*/\(.*[^/]\)$|\1|p'
else
	MAKEFLAGS='' ${MAKE:-make} -s -C "$top_builddir" print-dist
fi | LC_ALL=C sort -u >"$work/all"
grep -v -x -f "$top_srcdir/tests/lint/generated.txt" "$work/all" >"$work/dist" || :

if [ ! -s "$work/git" ] || [ ! -s "$work/dist" ]; then
	echo "nothing to compare"
	exit 1
fi
LC_ALL=C comm -23 "$work/git" "$work/dist" | sed 's/^/in git, not in the tarball: /' >"$work/diff"
LC_ALL=C comm -13 "$work/git" "$work/dist" | sed 's/^/in the tarball, not in git: /' >>"$work/diff"
cat "$work/diff"
[ ! -s "$work/diff" ]
