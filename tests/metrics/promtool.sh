#!/bin/sh
# SPDX-License-Identifier: MIT
# Prometheus' own tool takes the text of nabd_metrics_format(): it can be read, and keeps
# the rules for names, types and help texts.
set -eu
: "${top_builddir:?}" # make check sets it

command -v promtool >/dev/null || { echo "promtool is missing (package prometheus)"; exit 77; }
NABD_DIR=$(mktemp -d /dev/shm/nabd-promtool.XXXXXX)
export NABD_DIR
work=$(mktemp -d)
trap 'rm -rf "$NABD_DIR" "$work"' EXIT
trap 'exit 1' HUP INT TERM

"$top_builddir/tests/metrics/print" "$work"
for file in "$work"/*.prom; do
	promtool check metrics <"$file" >"$work/out" 2>&1 || {
		echo "$file:"
		cat "$work/out"
		exit 1
	}
	# It does see what is wrong.
	if sed 's/^\(# TYPE nabd_queue_messages_total\) counter/\1 gauge/' "$file" |
		promtool check metrics >"$work/out" 2>&1; then
		echo "promtool takes a gauge for a total"
		exit 1
	fi
done
