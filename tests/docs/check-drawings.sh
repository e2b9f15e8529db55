#!/bin/sh
# SPDX-License-Identifier: MIT
# The guide's drawings are what draw.py makes of nabd-segment(5); and that can fail.
set -eu
: "${top_srcdir:?}" # make check sets it
command -v python3 >/dev/null || { echo "python3 is missing"; exit 77; }
PYTHONDONTWRITEBYTECODE=1 # the sources may be read-only
export PYTHONDONTWRITEBYTECODE
draw=$top_srcdir/docs/draw.py
python3 "$draw" --check

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/man/man5"
sed 's/^\.It slots_off Ta .*/.It slots_off Ta 40960/' "$top_srcdir/man/man5/nabd-segment.5" \
	>"$work/man/man5/nabd-segment.5"
if top_srcdir=$work python3 "$draw" --check >"$work/said"; then
	echo "slots that begin elsewhere were not noticed"
	exit 1
fi
grep -q '^segment.svg' "$work/said"
echo "the drawings have the true offsets"
