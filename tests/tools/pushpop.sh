#!/bin/bash
# SPDX-License-Identifier: MIT
# push and pop: the three framings, counts, timeouts, groups; what could not be written
# stays in the queue.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

gives 3 push missing x
gives 3 pop missing
gives 2 push
gives 2 pop
gives 0 create q -s 8 -S 64

# Operands, lines, a last line without newline, an empty one.
gives 0 push q one "two words" ""
gives 0 pop q -n 3
printed "$(printf 'one\ntwo words\n')"
printf 'a\n\nlast' | nabd push q
gives 0 pop q --all
[ "$(cat -A "$work/out")" = "$(printf 'a$\n$\nlast$')" ] || fail "lines: $(cat -A "$work/out")"
printf '1\n2\n3\n' | nabd push q --count 2
gives 0 pop q -a
printed "$(printf '1\n2')"

# Lengths in front, with any bytes.
printf '\3\0\0\0a\nb\0\0\0\0\1\0\0\0\0' >"$work/in"
nabd push q --framing length <"$work/in"
nabd pop q -f length -a >"$work/got"
cmp "$work/in" "$work/got"
printf '\3\0\0\0ab' >"$work/in"
nabd push q -f length <"$work/in" 2>"$work/err" && fail "a torn message was sent"
said "ends within message 1"
printf '\101\0\0\0%065d' 0 | nabd push q -f length 2>"$work/err" && fail "too long, but sent"
said "65 bytes"

# Raw: blocks of the slots' size.
head -c 200 /dev/urandom >"$work/in"
nabd push q -f raw <"$work/in"
[ "$(field q 'q["lag"]')" = 4 ] || fail "200 bytes in blocks of 64 are not 4 messages"
nabd pop q -f raw -n 4 >"$work/got"
cmp "$work/in" "$work/got"

# Too long a line is refused with its number, those before are sent.
{ echo short; printf '%065d\n' 0; } | nabd push q 2>"$work/err" && fail "sent too long a line"
said "message 2 has more than 64 bytes"
gives 1 push q "$(printf '%065d' 0)"
gives 0 pop q
printed short

# Timeouts: 124, and what came before it is there.
gives 124 pop q --timeout 0
gives 124 pop q -t 1ms -n 3
nabd push q x
gives 124 pop q -t 1ms -n 3
printed x
seq 20 >"$work/in"
code=0
nabd push q -t 1ms <"$work/in" 2>"$work/err" || code=$?
[ $code = 124 ] || fail "a full queue: $code"
[ "$(field q 'q["lag"], q["fill_percent"]')" = "(8, 100)" ] || fail "$(field q q)"
gives 0 pop -a q
printed "$(seq 8)"
for bad in "-n x" "-n -1" "-t x" "-t -1" "-t 1y" "-f nothing" "-g 17" "-g x"; do
	# shellcheck disable=SC2086 # words on purpose
	gives 2 pop q $bad
done
gives 2 push q -g 3
gives 2 pop q extra

# Both at once, and more than fits: every message once, in order.
seq 20000 >"$work/in"
nabd push q <"$work/in" &
pids=$!
nabd pop q -n 20000 -t 50 >"$work/got"
wait "$pids" || fail "push failed"
pids=
cmp "$work/in" "$work/got"

# Groups: a new one goes with its last member, one with --keep stays.
gives 0 rm q
gives 0 create q -s 8 -S 64
nabd push q a b c
gives 0 pop q -g 3 -a
printed "$(printf 'a\nb\nc')"
[ "$(field q 'len(q["groups"])')" = 0 ] || fail "the group stayed"
# With the only group its memory is gone: the next one gets what the queue keeps.
gives 0 pop q -g 4 --keep -a
printed "$(printf 'a\nb\nc')"
gives 124 pop q -g 4 -t 0
[ "$(field q 'q["groups"][0]["group"]')" = 4 ] || fail "the group did not stay"
gives 1 pop q -t 0
said "group"
gives 124 pop q -t 0 -g 0
nabd push q d
gives 0 pop q
printed d
gives 0 pop q -g 4
printed d
gives 0 rm -g 4 q
[ "$(field q 'len(q["groups"])')" = 1 ] || fail "the group is still there"

# What cannot be written stays.
nabd push q stays
code=0
nabd pop q >/dev/full 2>"$work/err" || code=$?
[ $code = 1 ] || fail "a full disk: $code"
said "No space left"
gives 0 pop q
printed stays

# A queue that overwrites: the newest are there, the number of the others is told.
gives 0 create over -s 8 -S 64 -o
gives 124 pop over -t 0
seq 1000 | nabd push over
gives 0 pop over -a
[ "$(tail -n 1 "$work/out")" = 1000 ] || fail "the newest is missing"
said "messages were overwritten"
echo "push and pop do what they say"
