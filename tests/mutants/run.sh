#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Seeded bugs: each NAME.sed breaks one file of a private copy of lib/, and the
# test that it names must then fail, as it must pass without. A bug that no
# longer applies, or that a test does not see, is a failure.
#
#	run.sh [NAME...]
#
# Tests are named unit/check_x (as it is), tsan/threads or tsan/check_x (with
# ThreadSanitizer).
set -euo pipefail
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
CC=${CC:-cc}
CHECK_LIBS=${CHECK_LIBS:-$(pkg-config --libs check)}
here=$top_srcdir/tests/mutants
work=$(mktemp -d "${TMPDIR:-/tmp}/nabd-mutants.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export TSAN_OPTIONS='halt_on_error=1 exitcode=99'
export NABD_THREADS_MESSAGES=100000 NABD_FAULT_KINDS=1
failed=0
caught=0

fixed=()
if setarch "$(uname -m)" -R true 2>/dev/null; then
	fixed=(setarch "$(uname -m)" -R) # TSan does not fit beside every random layout
fi

# field NAME.sed WORD: what the line "# WORD: ..." says
field()
{
	sed -n "s/^# $2: //p" "$1"
}

# compile LIB KIND: the objects of that copy of lib/
compile()
{
	local lib=$1 kind=$2 flags='-O2'
	[ "$kind" != tsan ] || flags='-O1 -g -fsanitize=thread'
	mkdir -p "$lib/$kind"
	# shellcheck disable=SC2016 # $0 is for the inner shell
	find "$lib" -maxdepth 1 -name '*.c' -print0 | xargs -0 -P "$(nproc)" -n 1 sh -c '
		'"$CC"' -std=c11 '"$flags"' -w -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I"'"$lib"'" \
			-I"'"$top_srcdir"'/include" -I"'"$top_builddir"'/include" \
			-c -o "'"$lib/$kind"'/$(basename "$0" .c).o" "$0"'
}

# build LIB KIND NAME: the test program, with that copy
build()
{
	local lib=$1 kind=$2 name=$3 sources libs=() flags=(-O2)
	[ "$kind" != tsan ] || flags=(-O1 -g -fsanitize=thread)
	case $name in
	threads) sources=("$top_srcdir/tests/valgrind/threads.c") ;;
	*)
		sources=("$top_srcdir/tests/unit/$name.c" "$top_srcdir/tests/unit/unit.c")
		if grep -q -e '"faults.h"' -e '"holds.h"' "${sources[0]}"; then
			sources+=("$top_srcdir/tests/unit/faults.c")
			# shellcheck disable=SC2206 # a list of flags
			libs=($FAULTS_LDFLAGS)
		fi
		# shellcheck disable=SC2206
		libs+=($CHECK_LIBS)
		;;
	esac
	# shellcheck disable=SC2086 # CC may bring flags
	$CC -std=c11 "${flags[@]}" -w -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I"$lib" \
		-I"$top_srcdir/include" -I"$top_builddir/include" -o "$lib/$kind/$name" \
		"${sources[@]}" "$lib/$kind"/*.o "${libs[@]}" -lpthread
}

# try LIB TEST: build and run it; its exit status, 124 if it did not end, which it
# might not when it is broken, 127 if it could not be built
try()
{
	local lib=$1 kind=${2%/*} name=${2#*/} rc=0
	if ! build "$lib" "$kind" "$name" >"$lib/log" 2>&1; then
		echo 127
		return
	fi
	timeout --kill-after=5 "$limit" "${fixed[@]}" "$lib/$kind/$name" \
		>"$lib/log" 2>&1 </dev/null || rc=$?
	echo "$rc"
}

cp -r "$top_srcdir/lib" "$work/sound"
chmod -R u+w "$work/sound"
[ $# -gt 0 ] || set -- "$here"/*.sed
tests=$(for script in "$@"; do field "$here/$(basename "$script" .sed).sed" test; done | sort -u)
limit=300
export NABD_RACE_ROUNDS=20000
for test in $tests; do
	kind=${test%/*}
	[ -d "$work/sound/$kind" ] || compile "$work/sound" "$kind"
	rc=$(try "$work/sound" "$test")
	if [ "$rc" != 0 ]; then
		echo "$test fails without any bug, exit $rc"
		cat "$work/sound/log"
		failed=1
	fi
done

# A race is lost sooner or later.
limit=60
export NABD_RACE_ROUNDS=200000
for script in "$@"; do
	name=$(basename "$script" .sed)
	script=$here/$name.sed
	file=$(field "$script" file)
	test=$(field "$script" test)
	kind=${test%/*}
	lib=$work/broken
	rm -rf "$lib"
	mkdir "$lib"
	cp -r "$top_srcdir"/lib/*.[ch] "$lib"
	chmod -R u+w "$lib"
	sed -i -f "$script" "$lib/$file"
	if cmp -s "$lib/$file" "$top_srcdir/lib/$file"; then
		echo "$name: does not apply to lib/$file any more"
		failed=1
		continue
	fi
	if ! compile "$lib" "$kind" >"$lib/log" 2>&1; then
		echo "$name: does not compile"
		cat "$lib/log"
		failed=1
		continue
	fi
	rc=$(try "$lib" "$test")
	case $rc in
	0)
		echo "$name: NOT SEEN by $test"
		diff -u "$top_srcdir/lib/$file" "$lib/$file" || :
		failed=1
		;;
	126 | 127)
		echo "$name: $test was not built"
		cat "$lib/log"
		failed=1
		;;
	*)
		echo "$name: seen by $test, exit $rc"
		caught=$((caught + 1))
		;;
	esac
done
echo "$caught of $# seeded bugs were seen"
exit $failed
