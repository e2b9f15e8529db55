# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of the command nabd share; to be sourced. Queues are in a folder of this
# test's own, which goes with the test; processes are ended by their number.
set -eu

top_builddir=${top_builddir:-.}
nabd=$top_builddir/tools/nabd
test_name=$(basename "$0" .sh)

work=$(mktemp -d "${TMPDIR:-/tmp}/nabd-tools-$test_name-$$-XXXXXX")
NABD_DIR=/dev/shm/nabd-tools-$test_name-$$
export NABD_DIR
mkdir -m 700 "$NABD_DIR"
pids=
cleanup()
{
	local pid
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	rm -rf "$work" "$NABD_DIR"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

fail()
{
	echo "$test_name: $*" >&2
	exit 1
}

# nabd ARGUMENT…: no call may hang; 60 s are far beyond what each needs.
nabd()
{
	timeout -k 5 60 "$nabd" "$@"
}

# gives CODE ARGUMENT…: the command ends with that code; what it said is in $work/out, err
gives()
{
	local want=$1 code=0
	shift
	nabd "$@" >"$work/out" 2>"$work/err" </dev/null || code=$?
	[ "$code" = "$want" ] ||
		fail "nabd $*: exit code $code, not $want: $(cat "$work/out" "$work/err")"
}

# said TEXT: the last command's errors have it
said()
{
	grep -q -e "$1" "$work/err" || fail "not said: $1; but: $(cat "$work/err")"
}

# printed TEXT: the last command's output is exactly that
printed()
{
	[ "$(cat "$work/out")" = "$1" ] || fail "printed: $(cat "$work/out"); not: $1"
}

# until_true COMMAND…: try again until it is true; the pid in $waiting_for must live
until_true()
{
	local i=0
	until "$@"; do
		i=$((i + 1))
		[ $i -lt 3000 ] || fail "in vain: $*"
		[ -z "${waiting_for-}" ] || kill -0 "$waiting_for" 2>/dev/null || fail "ended: $*"
		sleep 0.01
	done
}

# field QUEUE PYTHON: an expression on the queue's JSON, called q
field()
{
	nabd stat --json "$1" | python3 -c "import json, sys
q = json.load(sys.stdin)['queues'][0]
print(($2))"
}
