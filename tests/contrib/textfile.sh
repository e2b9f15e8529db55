#!/bin/bash
# SPDX-License-Identifier: MIT
# nabd-textfile writes a file for each queue, whole, and takes away those of queues that
# are gone and no others.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/../tools/lib.sh"

script=${top_srcdir:-.}/contrib/prometheus/nabd-textfile
export NABD=$nabd
mkdir "$work/to"
echo mine >"$work/to/apt.prom"
run()
{
	"$script" "$@" "$work/to" || fail "$*: $?"
	ls -A "$work/to" >"$work/out"
}
code=0
"$script" 2>"$work/err" || code=$?
[ $code = 2 ] || fail "without a directory: $code"
"$script" "$work/none" 2>"$work/err" && fail "a directory that is not there"

run
printed apt.prom
gives 0 create one -s 8 -S 64
gives 0 create two.2-x -s 8 -S 64
nabd push one a b
run --any-owner
printed "$(printf '%s\n' apt.prom nabd_one.prom nabd_two.2-x.prom)"
grep -q '^nabd_queue_messages_total{queue="one"} 2$' "$work/to/nabd_one.prom" || fail "no number"
if command -v promtool >/dev/null; then
	promtool check metrics <"$work/to/nabd_one.prom"
fi
nabd push one c
gives 0 rm two.2-x
run
printed "$(printf '%s\n' apt.prom nabd_one.prom)"
grep -q '^nabd_queue_messages_total{queue="one"} 3$' "$work/to/nabd_one.prom" || fail "not anew"

# Where queues can't be listed nothing is taken for gone.
if NABD_DIR=$work/nowhere "$script" "$work/to" 2>"$work/err"; then
	fail "no queues, and no error"
fi
[ -e "$work/to/nabd_one.prom" ] || fail "it was taken for gone"
[ "$(cat "$work/to/apt.prom")" = mine ] || fail "not ours"
