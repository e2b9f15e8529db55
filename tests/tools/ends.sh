#!/bin/bash
# SPDX-License-Identifier: MIT
# How commands end: by signals, closed pipes, closed input and output, a queue that goes.
# Nothing that they made is left.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

members()
{
	[ "$(field q 'sum(g["members"] for g in q["groups"])')" = "$1" ]
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# ends CODE COMMAND…: started, and told to end once it is a member; its code is that
ended_by()
{
	local signal=$1 want=$2 code=0 pid
	shift 2
	"$nabd" "$@" >"$work/out" 2>"$work/err" </dev/null &
	pid=$!
	pids=$pid
	waiting_for=$pid until_true members 1
	kill -s "$signal" "$pid"
	wait "$pid" || code=$?
	pids=
	[ $code = "$want" ] || fail "$* after $signal: $code: $(cat "$work/err")"
	[ "$(field q 'len(q["groups"])')" = 0 ] || fail "$* left a group: $(field q q)"
}

gives 0 create q -s 8 -S 64
# Started in the background by a shell, SIGINT is ignored and stays so: hence env.
ended_by TERM 143 pop q -g 2 -n 0
ended_by HUP 129 pop q -g 2

# A sender that waits for input, and one that waits for a slot.
mkfifo "$work/fifo"
"$nabd" push q <"$work/fifo" &
pid=$!
pids=$pid
exec 9>"$work/fifo"
echo hello >&9
sent()
{
	[ "$(field q 'q["sent"]')" -ge "$1" ]
}
waiting_for=$pid until_true sent 1
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
[ $code = 143 ] || fail "push that read: $code"
exec 9>&-
seq 100 >"$work/in"
"$nabd" push q <"$work/in" &
pid=$!
pids=$pid
waiting_for=$pid until_true sent 8
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
pids=
[ $code = 143 ] || fail "push that waited: $code"
[ "$(field q 'q["producer"]')" = False ] || fail "the producer is still there"

# A closed pipe is no failure, and nothing is said.
gives 0 rm q
gives 0 create q -s 1024 -S 4K
head -c 2000000 /dev/zero | nabd push q -f raw
set +e
nabd pop q -a -f raw 2>"$work/err" | head -c 10 >/dev/null
codes="${PIPESTATUS[*]}"
set -e
[ "$codes" = "0 0" ] || fail "a closed pipe: $codes"
[ ! -s "$work/err" ] || fail "a closed pipe: $(cat "$work/err")"
[ "$(field q 'q["lag"] > 0')" = True ] || fail "what was not read is gone"
set +e
nabd --help 2>"$work/err" | true
codes="${PIPESTATUS[*]}"
set -e
[ "$codes" = "0 0" ] || fail "help into a closed pipe: $codes"

# No output, no input, no terminal.
code=0
nabd ls >&- 2>"$work/err" || code=$?
[ $code = 1 ] || fail "closed output: $code"
code=0
nabd push q <&- 2>"$work/err" || code=$?
[ $code = 1 ] || fail "closed input: $code"
said "standard input"
if command -v setsid >/dev/null; then
	setsid "$nabd" ls </dev/null >"$work/out" || fail "without a terminal"
	grep -q '^q ' "$work/out" || fail "without a terminal: $(cat "$work/out")"
fi

# Removed under a reader's hands: stale.
gives 0 rm q
gives 0 create q
"$nabd" pop q -g 1 2>"$work/err" &
pid=$!
pids=$pid
waiting_for=$pid until_true members 1
gives 0 rm q
code=0
wait "$pid" || code=$?
pids=
[ $code = 3 ] || fail "a queue without a name: $code"
echo "commands end as they should"
