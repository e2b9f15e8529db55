#!/bin/bash
# SPDX-License-Identifier: MIT
# top: tables and JSON in batch, the screen on a terminal, and how it ends.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

gives 2 top
said "no terminal"
gives 2 top -b -n 0
gives 2 top -b -s size
gives 3 top -b -n 1 --dir "$NABD_DIR/nowhere"
gives 0 top -b -n 1 -i 1ms
gives 0 create little -s 8 -S 64
gives 0 create much -s 8 -S 64
gives 124 pop much -t 0
nabd push little 1
nabd push much 1 2 3
gives 0 top -b -n 2 -i 1ms
[ "$(sed 's/ .*//' "$work/out" | tr '\n' ' ')" = "QUEUE much little  QUEUE much little " ] ||
	fail "by lag: $(cat "$work/out")"
gives 0 top -b -n 1 -i 1ms -s name
[ "$(sed 's/ .*//' "$work/out" | tr '\n' ' ')" = "QUEUE little much " ] ||
	fail "by name: $(cat "$work/out")"
gives 0 top -b -n 1 -i 1ms little
[ "$(wc -l <"$work/out")" = 2 ] || fail "one of two: $(cat "$work/out")"

# The age at receipt, of messages that have times and were received between two looks.
gives 0 create timed --timestamps
gives 124 pop timed -t 0
"$nabd" top -b -i 100ms timed >"$work/live" &
pid=$!
pids=$pid
told()
{
	nabd push timed one
	nabd pop timed >"$work/popped"
	grep -q '^timed .* [0-9.]* *[mnµu]*s  *1 ' "$work/live"
}
waiting_for=$pid until_true told
kill -TERM "$pid"
wait "$pid" || fail "top of a queue with times: $?"
pids=
gives 0 top -b -n 1 -i 1ms little
grep -q '^little .* -  *0 ' "$work/out" || fail "no times, no age: $(cat "$work/out")"
gives 0 stat timed little
grep -q '^GROUP *RECEIVED *P50 *P90 *P99 *P99.9 *LONGEST' "$work/out" || fail "$(cat "$work/out")"
[ "$(grep -c RECEIVED "$work/out")" = 1 ] || fail "ages of a queue without: $(cat "$work/out")"
gives 0 rm timed
rm -f "$work/live"

"$nabd" top --json -i 1ms >"$work/live" &
pid=$!
pids=$pid
some()
{
	[ -s "$work/live" ]
}
waiting_for=$pid until_true some
kill -TERM "$pid"
wait "$pid" || fail "top after SIGTERM: $?"
pids=

# On a terminal: it draws, obeys keys, and gives the screen back.
if command -v script >/dev/null; then
	gives 0 --version
	(sleep 0.5; printf 's'; sleep 0.2; printf 'h'; sleep 0.2; printf 'hpq') |
		LC_ALL=C.UTF-8 TERM=xterm timeout 60 \
			script -qec "stty rows 24 cols 80; '$nabd' top -i 100ms" /dev/null >"$work/tty" ||
		fail "top on a terminal: $?"
	for text in 'nabd top' much little 'q quit'; do
		grep -q "$text" "$work/tty" || fail "not on the screen: $text"
	done
	code=0
	TERM=no-such-terminal script -qec "'$nabd' top" /dev/null </dev/null >"$work/tty" || code=$?
	[ $code = 1 ] || fail "an unknown terminal: $code"
	TERM=xterm timeout 60 script -qec "stty rows 3 cols 10; '$nabd' top -n 2 -i 1ms" /dev/null \
		</dev/null >"$work/tty" || fail "top on a tiny terminal: $?"
fi
echo "top does what it says"
