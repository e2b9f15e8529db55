#!/bin/sh
# SPDX-License-Identifier: MIT
# The README of contrib/ speaks of every file there, and of none that is not there.
set -eu
: "${top_srcdir:?}" # make check sets it
cd "$top_srcdir/contrib"

failed=0
for file in */*; do
	case $file in
	*.timer) name=$(basename "${file%.timer}") ;;
	*/*.bt) name='*.bt' ;;
	*) name=$file ;;
	esac
	grep -q -F -e "$name" README.md || { echo "README.md does not mention $file"; failed=1; }
done
# shellcheck disable=SC2016 # they are Markdown's
for file in $(grep -o '`[a-z.]*/[a-z.*-]*`' README.md | tr -d '`'); do
	case $file in
	*/) ;;
	*) # shellcheck disable=SC2086 # a pattern
		ls $file >/dev/null || failed=1 ;;
	esac
done
[ -x prometheus/nabd-textfile ] || { echo "nabd-textfile is not executable"; failed=1; }
exit $failed
