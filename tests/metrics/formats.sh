#!/bin/sh
# SPDX-License-Identifier: MIT
# The formats of nabd_metrics_format() are read by Python's json, and by a strict reader of
# Prometheus' format; promtool.sh is the other one.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" # make check sets them

command -v python3 >/dev/null || { echo "python3 is missing"; exit 77; }
NABD_DIR=$(mktemp -d /dev/shm/nabd-formats.XXXXXX)
export NABD_DIR
work=$(mktemp -d)
trap 'rm -rf "$NABD_DIR" "$work"' EXIT
trap 'exit 1' HUP INT TERM

"$top_builddir/tests/metrics/print" "$work"
python3 "$top_srcdir/tests/metrics/formats.py" "$work"
