#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the names of the project's own files, one a line, relative to the top:
# from git, or in an unpacked tarball from the list that the tarball was made by.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}

if [ -e "$top_srcdir/.git" ]; then
	# Those not yet added count, those removed do not.
	git -c safe.directory='*' -C "$top_srcdir" ls-files --cached --others --exclude-standard |
		while IFS= read -r name; do
			[ ! -f "$top_srcdir/$name" ] || printf '%s\n' "$name"
		done
else
	MAKEFLAGS='' ${MAKE:-make} -s -C "$top_builddir" print-dist |
		grep -v -x -f "$top_srcdir/tests/lint/generated.txt"
fi | LC_ALL=C sort -u
