#!/bin/bash
# SPDX-License-Identifier: MIT
# record and replay: boundaries and order are kept, over several queues; a torn end, a
# damaged byte, a full disk and a signal are survived and told.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

gives 2 record
gives 2 record q
gives 3 record q -o "$work/tape"
[ ! -e "$work/tape" ] || fail "a recording of nothing was made"
gives 0 create q -s 8 -S 64
gives 0 create p -s 8 -S 256
gives 1 record q -o "$work/tape"
said "nobody reads it"
gives 2 record q -o "$work/tape" --from elsewhere

# Two queues, any bytes, an empty message; the recorder is the only reader.
printf '\3\0\0\0a\nb\0\0\0\0\2\0\0\0\0\377' >"$work/q"
printf '\5\0\0\0hello' >"$work/p"
nabd push q -f length <"$work/q"
nabd push p -f length <"$work/p"
gives 0 record q p -o "$work/tape" -n 4 --from oldest --alone
gives 1 record q p -o "$work/tape" -n 4 --from oldest --alone
said "File exists"
gives 0 replay --list "$work/tape"
grep -q '^q  *8 .* 3 ' "$work/out" || fail "list: $(cat "$work/out")"
grep -q complete "$work/out" || fail "list: $(cat "$work/out")"

gives 3 replay "$work/tape" -s 0 --dir "$NABD_DIR/nowhere"
gives 3 replay "$work/tape" -s 0 -q nosuch
gives 0 rm q p
gives 3 replay "$work/tape" -s 0
gives 0 replay "$work/tape" -s 0 --create
[ "$(field q 'q["slots"], q["slot_size"]')" = "(8, 64)" ] || fail "sizes: $(field q q)"
for name in q p; do
	nabd pop $name -a -f length >"$work/got"
	cmp "$work/$name" "$work/got"
done
gives 0 create other -S 64
gives 0 replay "$work/tape" --speed 1000 -q q=other
nabd pop other -a -f length | cmp "$work/q" -
[ "$(field q 'q["lag"]') $(field p 'q["lag"]')" = "0 0" ] || fail "others were sent to"
nabd replay - -s 0 -q q=other <"$work/tape"
nabd pop other -a -f length | cmp "$work/q" -
gives 2 replay "$work/tape" --speed -1
gives 2 replay "$work/tape" --speed fast
gives 2 replay
gives 3 replay "$work/nosuch"
echo "no recording, whatever it may look like" >"$work/text"
gives 1 replay "$work/text"
gives 1 replay /dev/null
gives 0 create tight -s 2 -S 64
gives 124 replay "$work/tape" -s 0 -q p=tight -t 1ms -q q=tight
[ "$(field tight 'q["lag"]')" = 2 ] || fail "nothing was sent"

# Torn anywhere behind the header: what is whole is good. Compared with what each length
# is known to hold: never more, and never less than before.
size=$(stat -c %s "$work/tape")
before=0
for cut in $(seq 32 7 $((size - 2))) $((size - 1)); do
	head -c "$cut" "$work/tape" >"$work/torn"
	gives 0 replay "$work/torn" --list --json
	said "torn off"
	now=$(python3 -c 'import json, sys
d = json.load(sys.stdin); print(sum(q["messages"] for q in d["queues"]), d["complete"])' \
		<"$work/out")
	[ "${now#* }" = False ] || fail "a torn recording is complete, at $cut"
	[ "${now% *}" -ge "$before" ] || fail "fewer messages of more bytes, at $cut"
	before=${now% *}
done
[ "$before" = 4 ] || fail "$before messages of 4 in all but the last bytes"

# One flipped bit amidst is damage, and told; what was before it is good.
for at in 33 40 60 120; do
	cp "$work/tape" "$work/bad"
	byte=$(od -An -tu1 -j $at -N 1 "$work/tape")
	printf '%b' "\\0$(printf %o $((byte ^ 4)))" |
		dd of="$work/bad" bs=1 seek=$at conv=notrunc 2>/dev/null
	cmp -s "$work/tape" "$work/bad" && fail "nothing was flipped"
	code=0
	nabd replay "$work/bad" --list >"$work/out" 2>"$work/err" || code=$?
	[ -s "$work/err" ] || fail "a flipped bit at $at was not seen"
done

# A full disk, and a closed pipe; nothing is released that was not written.
gives 0 rm q
gives 0 create q -s 64 -S 64
gives 124 pop q -t 0
seq 50 | nabd push q
gives 1 record q -o /dev/full --from oldest -n 50
said "No space left"
[ "$(field q 'len(q["groups"]), q["lag"]')" = "(1, 50)" ] || fail "after a full disk: $(field q q)"
set +e
nabd record q -o - --from oldest 2>"$work/err" | head -c 1 >/dev/null
codes=${PIPESTATUS[0]}
set -e
[ "$codes" = 0 ] || [ "$codes" = 124 ] || fail "a closed pipe: $codes"

# A signal ends it well, and leaves no group.
"$nabd" record q -o "$work/live" 2>"$work/err" </dev/null &
pid=$!
pids=$pid
recording()
{
	[ "$(field q 'len(q["groups"])')" = 2 ]
}
has_messages()
{
	[ "$(nabd replay --list --json "$work/live" 2>/dev/null | python3 -c 'import json, sys
print(json.load(sys.stdin)["queues"][0]["messages"])')" = "$1" ]
}
waiting_for=$pid until_true recording
nabd push q a b c
waiting_for=$pid until_true has_messages 3
kill -TERM "$pid"
wait "$pid" || fail "record after SIGTERM: $?"
pids=
[ "$(field q 'len(q["groups"])')" = 1 ] || fail "record left a group"
gives 0 replay --list "$work/live"
grep -q complete "$work/out" || fail "record was ended well, but: $(cat "$work/out")"

# Told to end, replay removes the queues that it made.
"$nabd" replay "$work/tape" -q p=tiny -q q=tiny2 -c -s 0.000001 </dev/null 2>"$work/err" &
pid=$!
pids=$pid
made()
{
	[ -e "$NABD_DIR/tiny" ]
}
waiting_for=$pid until_true made
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
pids=
[ $code = 143 ] || fail "replay after SIGTERM: $code: $(cat "$work/err")"
[ ! -e "$NABD_DIR/tiny" ] || fail "replay left the queue that it made"

# The queue goes: stale.
"$nabd" record q -o "$work/gone" 2>"$work/err" </dev/null &
pid=$!
pids=$pid
waiting_for=$pid until_true recording
gives 0 rm q
code=0
wait "$pid" || code=$?
pids=
[ $code = 3 ] || fail "record of a queue without a name: $code"
echo "record and replay do what they say"
