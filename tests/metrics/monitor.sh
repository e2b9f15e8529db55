#!/bin/sh
# SPDX-License-Identifier: MIT
# The example that looks at a queue tells what is there.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" # make check sets them
monitor=$top_builddir/examples/monitor

[ -x "$monitor" ] || { echo "skipped: the examples are not built"; exit 77; }
NABD_DIR=$(mktemp -d /dev/shm/nabd-monitor.XXXXXX)
export NABD_DIR
work=$(mktemp -d)
trap 'rm -rf "$NABD_DIR" "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail()
{
	echo "monitor.sh: $*" >&2
	exit 1
}

"$top_builddir/tests/metrics/print" "$work"
"$monitor" busy_Q >"$work/out" || fail "no text"
grep -q '^  fill            16$' "$work/out" || fail "the fill is missing"
grep -q '^group 4$' "$work/out" || fail "a group is missing"
"$monitor" busy_Q json >"$work/out" || fail "no JSON"
grep -q '"queue":"busy_Q"' "$work/out" || fail "the name is missing"
"$monitor" busy_Q prometheus >"$work/out" || fail "nothing for Prometheus"
grep -q '^nabd_queue_messages_total{queue="busy_Q"} 16$' "$work/out" || fail "no messages"
"$monitor" busy_Q rates 0.01 >"$work/out" || fail "no rates"
grep -q ': 0 messages and 0 bytes a second' "$work/out" || fail "the rates are wrong"
"$monitor" busy_Q diagnose >"$work/out" || fail "a sound queue is not"
grep -q 'In one word: NABD_OK' "$work/out" || fail "the diagnosis is missing"
if "$monitor" nothing diagnose >"$work/out" 2>&1; then
	fail "there is nothing to diagnose"
fi
if "$monitor" nothing >"$work/out" 2>&1; then
	fail "there is no such queue"
fi
if "$monitor" busy_Q nonsense >"$work/out" 2>&1; then
	fail "there is no such format"
fi
