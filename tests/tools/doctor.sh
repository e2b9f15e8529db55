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

gives 2 doctor extra
gives 1 doctor --dir "$NABD_DIR/nowhere"
found 'directory.*No such file'

examine
found '0 can be opened'
gives 0 create stuck -s 8 -S 64 -m 0666
gives 124 pop stuck -g 5 --keep -t 0
seq 8 | nabd push stuck
head -c 12300 "$NABD_DIR/stuck" >"$NABD_DIR/damaged"
ls -l "$NABD_DIR" >"$work/before"
gives 1 doctor
found 'stuck.*nobody reads for group 5, which is 8 messages behind'
found 'nabd rm -g 5 stuck'
found 'rights.*every user'
found 'damaged.*truncated\|damaged.*size'
found 'idle.*nobody sends or receives'
ls -l "$NABD_DIR" >"$work/after"
cmp "$work/before" "$work/after"

# Its advice helps.
gives 0 rm -g 5 stuck
rm "$NABD_DIR/damaged"
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
