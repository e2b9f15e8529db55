#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Seeded bugs: each NAME.sed breaks one file of a private copy of lib/ and of the public
# headers (nabd/x.h), and the test that it names must then fail, as it must pass without. A bug that no
# longer applies, or that a test does not see, is a failure. "# needs: root" in one
# leaves it out for other users.
#
#	run.sh [NAME...]
#
# Tests are named
#	unit/check_x, behaviour/check_x   as they are
#	metrics/check_x, metrics/storm   the same
#	tsan/threads, tsan/groups, tsan/check_x   with ThreadSanitizer
#	inline/path, inline/old   as they are
#	inline/check_x   that of behaviour/, with the calls of nabd/inline.h made in place
#	inline_tsan/threads   that of tsan/, likewise
#	fault/PROGRAM.OPERATION.STATE   that part of it
#	checkpoint/powerloss   as it is
#	model/SCENE   the library's code over the words of tests/model
# Everything is compiled once; for a bug, only what includes its file again.
set -euo pipefail
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
CC=${CC:-cc}
CHECK_LIBS=${CHECK_LIBS:-$(pkg-config --libs check)}
FAULTS_LDFLAGS=${FAULTS_LDFLAGS:-}
here=$top_srcdir/tests/mutants
inline_wraps=$(printf -- '-Wl,--wrap=nabd_%s ' push reserve commit pop peek release)
fixed=
if setarch "$(uname -m)" -R true 2>/dev/null; then
	fixed="setarch $(uname -m) -R" # TSan does not fit beside every random layout
fi

# field NAME.sed WORD: what the line "# WORD: ..." says
field()
{
	sed -n "s/^# $2: //p" "$1"
}

# way TEST: how it is compiled
way()
{
	case $1 in
	tsan/*) echo tsan ;;
	inline/*) echo inline ;;
	inline_tsan/*) echo inline_tsan ;;
	model/*) echo model ;;
	*) echo plain ;;
	esac
}

# sources TEST: its files, and those of the library
sources()
{
	local name=${1#*/}
	if [ "${1%/*}" = model ]; then # which leaves out what it puts something else in the place of
		sed -n '/^model_lib/,/[^\\]$/p' "$top_srcdir/tests/model/local.mk" |
			grep -o 'lib/[a-z0-9_]*\.c'
	else
		(cd "$top_srcdir" && find lib -name '*.c')
	fi
	case $1 in
	tsan/threads | inline_tsan/threads) echo tests/valgrind/threads.c ;;
	inline/path | inline/old) echo "tests/inline/$name.c" ;;
	tsan/groups) printf 'tests/valgrind/%s\n' groups.c groups_hand.c ;;
	model/*) (cd "$top_srcdir" && find tests/model -name '*.c') ;;
	fault/*)
		name=${name%%.*}
		printf 'tests/stress/%s.c\n' traffic traffic_send traffic_receive
		printf 'tests/fault/%s.c\n' "$name" step options fault
		case $name in
		group_*) printf 'tests/fault/group_%s.c\n' ops scene judge victim read ;;
		*) printf 'tests/fault/kill_%s.c\n' ops check ;;
		esac
		;;
	behaviour/* | inline/*)
		printf 'tests/behaviour/%s.c\n' "$name" behaviour calls groups waits wait_calls
		;;
	checkpoint/*)
		printf 'tests/stress/%s.c\n' traffic traffic_send traffic_receive
		printf 'tests/%s.c\n' "checkpoint/$name" checkpoint/disk checkpoint/disk_judge fault/fault
		;;
	metrics/storm) echo tests/metrics/storm.c ;;
	metrics/*)
		printf 'tests/metrics/%s.c\n' "$name"
		printf 'tests/behaviour/%s.c\n' behaviour calls groups
		;;
	*) printf 'tests/unit/%s.c\n' "$name" unit faults ;;
	esac
}

# object FOLDER WAY FILE: where what is made of a source goes
object()
{
	echo "$1/$2-${3//\//-}"
}

# compile FOLDER WAY SOURCE: with the copy of lib/ that lies in that folder
compile()
{
	local folder=$1 way=$2 source=$top_srcdir/$3 flags=(-O1) to
	to=$(object "$folder" "$way" "${3%.c}.o")
	case $3 in
	lib/*) source=$folder/${3#lib/} ;;
	esac
	case $way in
	tsan | inline_tsan) flags+=(-g -fsanitize=thread) ;;
	model)
		flags=(-O2 -DNABD_ATOMICS_MODEL='"atomics.h"' -I"$top_srcdir/tests/model"
			-include "$top_srcdir/tests/model/atomics.h")
		;;
	esac
	case $way$3 in
	inline*lib/* | inline*tests/inline/*) ;; # which include it as they want it
	inline*) flags+=(-include nabd/inline.h) ;;
	esac
	# shellcheck disable=SC2086 # CC may bring flags
	$CC -std=c11 "${flags[@]}" -w -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I"$folder" \
		-I"$top_srcdir/tests/stress" -I"$top_srcdir/tests/behaviour" -I"$top_srcdir/include" -I"$top_builddir/include" -MMD -MF "${to%.o}.d" \
		-c -o "$to" "$source"
}

# build FOLDER TEST FILE: the program; what has nothing to do with that file is as it was
build()
{
	local folder=$1 test=$2 file=$3 source from objects=() libs=() flags=() way
	way=$(way "$test")
	for source in $(sources "$test"); do
		from=$work/sound
		if [ -n "$file" ] &&
			grep -q "[ /]$file\( \|\$\)" "$(object "$from" "$way" "${source%.c}.d")"; then
			from=$folder
			compile "$from" "$way" "$source" || return 1
		fi
		objects+=("$(object "$from" "$way" "${source%.c}.o")")
		[ "$source" != tests/unit/faults.c ] || libs+=("$FAULTS_LDFLAGS")
		[ "$source" != tests/metrics/check_format.c ] || libs+=('-Wl,--wrap=posix_memalign')
		[ "$source" != tests/metrics/check_meanwhile.c ] || libs+=('-Wl,--wrap=mmap,--wrap=mmap64')
		[ "$source" != tests/metrics/check_latency.c ] || libs+=('-Wl,--wrap=clock_gettime')
	done
	case $way in
	tsan | inline_tsan) flags=(-fsanitize=thread) ;;
	esac
	case $test in
	model/* | tsan/threads | tsan/groups | inline_tsan/*) ;;
	inline/path | inline/old) libs+=("$inline_wraps") ;;
	checkpoint/*) libs+=(-ldl) ;;
	fault/*) libs+=('-Wl,-z,now') ;; # looking a function up is no instruction of it
	*) libs+=("$CHECK_LIBS") ;;
	esac
	# shellcheck disable=SC2086,SC2048 # lists of flags
	$CC "${flags[@]}" -o "$folder/program" "${objects[@]}" ${libs[*]} -lpthread
}

# try FOLDER TEST FILE: build and run it; its exit status, 124 if it did not end, which
# it might not when it is broken, 127 if it could not be built
try()
{
	local folder=$1 rc=0 limit=$limit arguments=()
	if ! build "$1" "$2" "$3" >"$folder/log" 2>&1; then
		return 127
	fi
	mv "$folder/program" "$folder/${2//\//-}"
	case $2 in
	model/*)
		arguments=("${2#*/}")
		# It has an end, which a busy machine comes to later.
		limit=$((3 * limit))
		;;
	inline/path) limit=$((limit / 6)) ;; # takes less than a second, and sleeps for ever
	fault/*)
		arguments=("${2#*.}")
		arguments=(--op "${arguments[0]%.*}" --state "${arguments[0]#*.}")
		;;
	esac
	# shellcheck disable=SC2086 # a command
	timeout --kill-after=5 "$limit" $fixed "$folder/${2//\//-}" "${arguments[@]}" \
		>"$folder/log" 2>&1 </dev/null || rc=$?
	return "$rc"
}

# sound TEST: it must pass
sound()
{
	local rc=0 folder=$work/without/${1//\//-}
	mkdir -p "$folder"
	try "$folder" "$1" '' || rc=$?
	[ "$rc" != 0 ] || return 0
	echo "$1 fails without any bug, exit $rc"
	cat "$folder/log"
	return 1
}

# broken NAME: its test must fail. What threads do to one another by chance may take more
# than one run to happen; what a model explores takes one.
broken()
{
	local name=$1 script=$here/$1.sed folder=$work/broken/$1 file test rc=0 run=1
	file=$(field "$script" file)
	test=$(field "$script" test)
	mkdir -p "$folder"
	cp -r "$work/sound"/*.[ch] "$work/sound/nabd" "$folder"
	sed -i -f "$script" "$folder/$file"
	if cmp -s "$folder/$file" "$work/sound/$file"; then
		echo "$name: does not apply to $file any more"
		return 1
	fi
	try "$folder" "$test" "$file" || rc=$?
	# It has an end: if that is not found in time, nothing was seen.
	[ "$rc" != 124 ] || [ "${test%/*}" != model ] || rc=0
	while [ "$rc" = 0 ] && [ "$run" -lt 4 ] && [ "${test%/*}" != model ]; do
		run=$((run + 1))
		try "$folder" "$test" "$file" || rc=$?
	done
	case $rc in
	0)
		echo "$name: NOT SEEN by $test in $run runs, $SECONDS s"
		diff -u "$work/sound/$file" "$folder/$file" || :
		rc=1
		;;
	126 | 127)
		echo "$name: $test was not built"
		cat "$folder/log"
		rc=1
		;;
	*)
		echo "$name: seen by $test, exit $rc, run $run, $SECONDS s"
		touch "$work/seen/$name"
		rc=0
		;;
	esac
	rm -rf "$folder"
	return "$rc"
}

# all ACTION: for each line of the input, as many at once as there are processors
all()
{
	xargs -P "$(nproc)" -L 1 bash "$0" "$1"
}

# What one of these says is not mixed with what another says.
rc=0
case ${1-} in
--compile) said=$(compile "$work/sound" "$2" "$3" 2>&1) || rc=$? ;;
--sound) said=$(sound "$2" 2>&1) || rc=$? ;;
--broken) said=$(broken "$2" 2>&1) || rc=$? ;;
esac
if [ "${said+set}" = set ]; then
	[ -z "$said" ] || printf '%s\n' "$said"
	exit "$rc"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/nabd-mutants.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export top_srcdir top_builddir CC CHECK_LIBS FAULTS_LDFLAGS work
export TSAN_OPTIONS='halt_on_error=1 exitcode=99'
export NABD_THREADS_MESSAGES=20000 NABD_FAULT_KINDS=1

cp -r "$top_srcdir/lib" "$work/sound"
cp -r "$top_srcdir/include/nabd" "$work/sound/nabd"
chmod -R u+w "$work/sound"
mkdir "$work/seen"
[ $# -gt 0 ] || set -- "$here"/*.sed
for script in "$@"; do
	name=$(basename "$script" .sed)
	if [ "$(field "$here/$name.sed" needs)" = root ] && [ "$(id -u)" != 0 ]; then
		echo "$name: left out: it is seen by root alone" >&2
		continue
	fi
	echo "$name"
done >"$work/names"
while read -r name; do
	field "$here/$name.sed" test
done <"$work/names" | sort -u >"$work/tests"

while read -r test; do
	sources "$test" | sed "s|^|$(way "$test") |"
done <"$work/tests" | sort -u | all --compile || : # who needs that will tell

# The same limits for both: what is too slow here must not look like what does not end.
export limit=60 CK_TIMEOUT_MULTIPLIER=0.1 NABD_RACE_ROUNDS=50000
failed=0
all --sound <"$work/tests" || failed=1
all --broken <"$work/names" || failed=1
# Named once more, where whoever reads only the end of a log finds them.
while read -r name; do
	[ -e "$work/seen/$name" ] || echo "$name: not seen"
done <"$work/names"
echo "$(find "$work/seen" -type f | wc -l) of $(wc -l <"$work/names") seeded bugs were seen"
exit $failed
