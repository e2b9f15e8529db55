#!/bin/sh
# SPDX-License-Identifier: MIT
# Instructions of the library's calls, counted by callgrind: what a message costs its
# receiver in the default group and as the only member of another, and what a push costs
# beside groups when the ring is nearly full. For make bench-instructions.
#
#	instructions.sh PROGRAM VALGRIND...   the last is the command that runs valgrind
set -eu
program=${1:?usage: instructions.sh PROGRAM VALGRIND...}
shift
valgrind=$*
rounds=64 # as in calls.c
work=$(mktemp -d "${TMPDIR:-/tmp}/nabd-instructions.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# count CALLS MESSAGES ARGUMENT...: instructions within those calls, for each message
count()
{
	calls=$1
	messages=$2
	shift 2
	set -- "$program" "$@"
	for call in $calls; do
		set -- "--toggle-collect=$call" "$@"
	done
	# shellcheck disable=SC2086 # a command in words
	$valgrind --tool=callgrind --callgrind-out-file="$work/out" "$@" >"$work/log" 2>&1 || {
		cat "$work/log" >&2
		exit 1
	}
	sed -n 's/^summary: //p; s/^totals: //p' "$work/out" |
		awk -v n="$messages" 'NR == 1 { printf "%9.0f", $1 / n }'
}

# receive TITLE HOW CALLS CALLS-OF-A-MEMBER: a line for each size and number waiting
receive()
{
	for size in 8 64; do
		for waiting in 1 512; do
			messages=$((rounds * waiting))
			a=$(count "$3" $messages "$2" default $size $waiting)
			b=$(count "$4" $messages "$2" member $size $waiting)
			printf '%-18s %5s %8s %s %s\n' "$1" $size $waiting "$a" "$b"
		done
	done
}

echo 'instructions a message, to receive'
printf '%-18s %5s %8s %9s %9s\n' '' bytes waiting default member
receive 'pop' receive nabd_pop nabd_consumer_pop
receive 'peek and release' place 'nabd_peek nabd_release' \
	'nabd_consumer_peek nabd_consumer_release'
receive 'pop_batch' batch nabd_pop_batch nabd_consumer_pop_batch

echo
echo 'instructions a message, to send'
printf '%-18s %5s %8s\n' '' bytes 'at once'
for size in 8 64; do
	for waiting in 1 32; do
		printf '%-18s %5s %8s %s\n' push_batch $size $waiting \
			"$(count nabd_push_batch $((rounds * waiting)) batch default $size $waiting)"
	done
done

# Those of a program are counted as functions, with what a call costs the called.
one_by_one()
{
	for size in $2; do
		messages=$((rounds * 64))
		a=$(count "nabd_$1" $messages both library "$size" $messages)
		b=$(count "inlined_$1" $messages both inline "$size" $messages)
		printf '%-18s %5s %s %s\n' "$1" "$size" "$a" "$b"
	done
}

echo
echo 'instructions a call: the library, and nabd/inline.h'
printf '%-18s %5s %9s %9s\n' '' bytes library inline
for call in push pop; do
	one_by_one $call '8 64 256'
done
for call in reserve commit peek release; do
	one_by_one $call 8
done

# A ring of 64 slots. The first messages only fill it, and are counted too: few.
echo
echo 'instructions a push, 64 slots: those groups that are furthest behind'
printf '%8s %9s %9s %9s %9s\n' 'in use' '1 of 1' '1 of 16' '4 of 16' '16 of 16'
for fill in 1 16 32 48 56 60 62 63; do
	messages=$((fill + rounds * 64))
	printf '%8s' $fill
	for groups in '1 1' '16 1' '16 4' '16 16'; do
		# shellcheck disable=SC2086 # two numbers
		printf ' %s' "$(count nabd_push $messages push $fill $groups)"
	done
	printf '\n'
done
