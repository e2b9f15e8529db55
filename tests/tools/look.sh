#!/bin/bash
# SPDX-License-Identifier: MIT
# tail, dump and hz: they show messages and rates, consume nothing and leave nothing.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

for command in tail dump hz; do
	gives 2 $command
	gives 3 $command missing
done
gives 2 tail q extra
gives 2 hz q -i 1ns
gives 2 hz q -n 0
gives 2 dump q -n x

# What is kept for the first reader stays so.
gives 0 create q -s 8 -S 64
nabd push q one $'tab\there' $'\e[31mred' ""
gives 0 dump q
grep -q '^ *0 .* one$' "$work/out" || fail "dump: $(cat "$work/out")"
grep -q 'tab\\there$' "$work/out" || fail "dump: $(cat "$work/out")"
grep -q "$(printf '\033')" "$work/out" && fail "a control character reached the output"
gives 0 dump q --hex -n 3
grep -q '^  000000  1b 5b 33 31 6d 72 65 64 .*\.\[31mred$' "$work/out" || fail "$(cat "$work/out")"
[ "$(grep -c '^ *[0-9]* *[0-9]* B' "$work/out")" = 3 ] || fail "newest 3: $(cat "$work/out")"
gives 0 dump q --text
grep -q 'x1b\[31mred' "$work/out" || fail "dump: $(cat "$work/out")"
gives 1 tail q -t 0
said "nobody reads it yet"
[ "$(field q 'q["lag"], len(q["groups"])')" = "(4, 0)" ] || fail "disturbed: $(field q q)"
gives 0 pop q
printed one
gives 0 dump q
[ "$(field q 'q["lag"], len(q["groups"])')" = "(3, 1)" ] || fail "disturbed: $(field q q)"
gives 0 dump q >/dev/null
code=0
nabd dump q >/dev/full 2>"$work/err" || code=$?
[ $code = 1 ] || fail "dump to a full disk: $code"

# A full queue is dumped whole.
gives 0 pop q -a
seq 8 | nabd push q
gives 0 dump q
[ "$(sed 's/.* //' "$work/out")" = "$(seq 8)" ] || fail "a full queue: $(cat "$work/out")"
gives 0 pop q -n 8

# One that overwrites: the newest, and all of them.
gives 0 create over -o -s 8 -S 64
seq 100 | nabd push over
gives 0 dump over
[ "$(sed 's/.* //' "$work/out")" = "$(seq 93 100)" ] || fail "overwritten: $(cat "$work/out")"
gives 0 tail over --from oldest -n 8
[ "$(sed 's/.* //' "$work/out")" = "$(seq 93 100)" ] || fail "overwritten: $(cat "$work/out")"

# tail follows, the reader gets all the same, and no group is left.
follows()
{
	[ "$(field q 'len(q["groups"])')" = 2 ]
}
"$nabd" tail q -n 3 >"$work/tail" 2>&1 </dev/null &
pid=$!
pids=$pid
waiting_for=$pid until_true follows
nabd push q x y z
wait "$pid" || fail "tail failed: $(cat "$work/tail")"
pids=
[ "$(sed 's/.* //' "$work/tail")" = "$(printf 'x\ny\nz')" ] || fail "tail: $(cat "$work/tail")"
[ "$(field q 'q["lag"], len(q["groups"])')" = "(3, 1)" ] || fail "disturbed: $(field q q)"
gives 0 pop q -a
printed "$(printf 'x\ny\nz')"

# A stopped tail does not hold the producer back: it misses messages, and says how many.
"$nabd" tail q >"$work/tail" 2>"$work/err" </dev/null &
pid=$!
pids=$pid
waiting_for=$pid until_true follows
kill -STOP "$pid"
for i in 1 2 3 4 5; do
	seq "$i"0 "$i"7 | nabd push q -t 20 || fail "a stopped tail holds the producer"
	nabd pop q -n 8 >/dev/null
done
kill -CONT "$pid"
missed()
{
	grep -q 'messages were overwritten before they were read' "$work/err"
}
waiting_for=$pid until_true missed
kill -TERM "$pid"
wait "$pid" || fail "tail after SIGTERM: $?"
pids=
[ "$(field q 'len(q["groups"])')" = 1 ] || fail "tail left a group"
gives 124 tail q -t 1ms

# Rates, a line each.
gives 0 hz q over -n 2 -i 1ms
[ "$(grep -c '^q .*/s .*/s  lag ' "$work/out")" = 2 ] || fail "hz: $(cat "$work/out")"
[ "$(wc -l <"$work/out")" = 4 ] || fail "hz: $(cat "$work/out")"
"$nabd" hz q -i 1ms >"$work/live" 2>"$work/err" &
pid=$!
pids=$pid
some()
{
	[ -s "$work/live" ]
}
waiting_for=$pid until_true some
gives 0 rm q
code=0
wait "$pid" || code=$?
pids=
[ $code = 3 ] || fail "hz of a queue that went: $code"
echo "tail, dump and hz do what they say"
