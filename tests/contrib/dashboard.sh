#!/bin/sh
# SPDX-License-Identifier: MIT
# The metrics that the dashboard and the alerts of contrib/ name are those that nabd tells,
# with these labels; the dashboard is laid out without gaps and overlaps; and promtool,
# where it is installed, understands every query.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" # make check sets them

command -v python3 >/dev/null || { echo "python3 is missing"; exit 77; }
NABD_DIR=$(mktemp -d /dev/shm/nabd-dashboard.XXXXXX)
export NABD_DIR
work=$(mktemp -d)
trap 'rm -rf "$NABD_DIR" "$work"' EXIT
trap 'exit 1' HUP INT TERM

"$top_builddir/tests/metrics/print" "$work"
python3 "$top_srcdir/tests/contrib/dashboard.py" "$top_srcdir" "$work"
if command -v promtool >/dev/null; then
	promtool check rules "$work/queries.yml" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
fi
