#!/bin/bash
# SPDX-License-Identifier: MIT
# doctor finds what is wrong, says what to do, and changes nothing; bench measures and
# leaves nothing; completion completes.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

examine()
{
	nabd doctor >"$work/out" 2>"$work/err" || [ $? = 1 ] || fail "doctor: $?"
}

found()
{
	grep -q -e "$1" "$work/out" || fail "not found: $1; but: $(cat "$work/out")"
}

gives 1 doctor missing
found 'There is no file of that name'
found 'damaged.*missing'
gives 1 doctor .name
found 'name it otherwise'
gives 1 doctor --dir "$NABD_DIR/nowhere"
found 'directory.*No such file'

examine
found '0 are sound'
gives 0 create stuck -s 8 -S 64 -m 0666
gives 124 pop stuck -g 5 --keep -t 0
seq 8 | nabd push stuck
head -c 12300 "$NABD_DIR/stuck" >"$NABD_DIR/damaged"
gives 0 create scribbled -s 8 -S 64
nabd push scribbled one two
# How many messages were sent, at byte 128 (nabd-segment(5)): far more than there are.
printf '\350\003' | dd of="$NABD_DIR/scribbled" bs=1 seek=128 conv=notrunc status=none
ls -l "$NABD_DIR" >"$work/before"
gives 1 doctor
found 'stuck.*nobody reads for group 5, which is 8 messages behind'
found 'nabd rm -g 5 stuck'
found 'rights.*every user'
found 'damaged.*damaged: .*cut off'
found 'nabd clean -y -D damaged'
found 'idle.*stuck: nobody has it open, and it holds unread messages'
found '1 are sound, 0 of them are in use'
ls -l "$NABD_DIR" >"$work/after"
cmp "$work/before" "$work/after"

# One truth: what the doctor calls damaged is what the library says, and the other way round.
found 'damaged.*scribbled: The next message is number 1000'
gives 1 doctor scribbled
found '^In one word: NABD_CORRUPT'
found 'damaged.*scribbled: The next message is number 1000'
gives 0 create lean -s 8 -S 64
gives 0 doctor lean
found '^The header is sound'
found 'queue .*lean is sound, and not in use'
found 'nabd clean -y lean'
gives 0 clean -y lean
gives 1 doctor lean
gives 0 clean -y -D scribbled

# One that dies with a message in its hands, as nobody reads what it writes.
gives 0 create big -s 2 -S 300000
head -c 300000 /dev/zero | nabd push big --framing raw
mkfifo "$work/fifo"
exec 8<>"$work/fifo"
"$nabd" pop big -g 3 --keep --framing raw >&8 2>"$work/popped" </dev/null &
reader=$!
pids=$reader
holds()
{
	[ "$(field big 'sum(g["holding"] for g in q["groups"])')" = 1 ]
}
waiting_for=$reader until_true holds
gives 0 doctor big
found 'big is sound, and in use'
kill -KILL $reader
wait $reader 2>/dev/null || :
pids=
exec 8>&-
gives 0 doctor big
found 'big is sound, and not in use'
found 'dead member.*big: member 0 of group 3 died and holds 1 message'
found 'start a reader of group 3'
gives 0 clean -y -D big

# Its advice helps.
gives 0 rm -g 5 stuck
gives 0 clean -y -D damaged
chmod o-w "$NABD_DIR/stuck"
examine
grep -q 'holds the producer\|every user\|damaged' "$work/out" && fail "still: $(cat "$work/out")"
(ulimit -f 100 && examine && found 'file size.*limited')
code=0
(ulimit -f 100 && nabd create large) 2>"$work/err" || code=$?
[ $code = 1 ] || fail "a file too large: $code: $(cat "$work/err")"

# A small and a full tmpfs, where we may mount one.
if unshare -rm true 2>/dev/null || { [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; }; then
	flags=-rm
	[ "$(id -u)" != 0 ] || flags=-m
	# shellcheck disable=SC2016 # the inner shell's
	unshare $flags bash -c 'mount -t tmpfs -o size=1m small "$2" || exit 77
		export NABD_DIR=$2
		"$1" doctor || :
		head -c 1000000 /dev/zero >"$2/fill"
		"$1" doctor || :
		"$1" create large; echo "create: $?"' - "$nabd" "$NABD_DIR" >"$work/out" 2>&1 || :
	found 'room.*in all\|room.*left'
	found 'of 1.00 MiB left'
	found 'create: 1'
fi

# bench: both parts give numbers, and nothing is left, also when it is interrupted.
gives 2 bench extra
gives 2 bench -w fast
gives 2 bench -S 0
for how in balanced latency power; do
	gives 0 bench -t 5ms -w $how -s 8 -S 100
	found '^throughput .*messages/s'
	found '^round trip .*median'
done
gives 3 bench --dir /proc
"$nabd" bench -t 60 >"$work/out" 2>&1 &
pid=$!
pids=$pid
children()
{
	grep -q . "/proc/$pid/task/$pid/children"
}
waiting_for=$pid until_true children
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
pids=
[ $code = 143 ] || fail "bench after SIGTERM: $code: $(cat "$work/out")"
[ "$(nabd ls -q)" = stuck ] || fail "bench left a queue: $(nabd ls -q)"

# Completion, as bash calls it.
completes()
{
	local want=$1
	shift
	# shellcheck disable=SC2016 # the inner shell's
	bash -c 'compopt() { :; }
		. "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_nabd
		printf "%s " "${COMPREPLY[@]}"' - "${top_srcdir:-.}/tools/completion/nabd" "$nabd" "$@" \
		>"$work/out"
	grep -q -e "$want" "$work/out" || fail "$*: $(cat "$work/out"), not $want"
}
completes 'push pop ' p
completes '^stat ' st
completes '^--timeout= ' pop --ti
completes 'stuck' stat ''
completes '^stuck ' pop st
completes '^lines length raw ' push --framing ''
completes '^latency ' bench -w --wait = la
completes '--version' --v
echo "doctor, bench and completion do what they say"
