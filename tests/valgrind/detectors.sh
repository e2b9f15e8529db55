#!/bin/sh
# SPDX-License-Identifier: MIT
# Would the race detectors see it if the ring were ordered too weakly? The library is
# built as it is, with its release stores weakened, and with its acquire loads
# weakened: the first must pass, the others must be reported, by ThreadSanitizer and,
# where valgrind is installed, by helgrind; with the default group and with others.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
CC=${CC:-cc}
work=$(mktemp -d "${TMPDIR:-/tmp}/nabd-detectors.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
failed=0

# compile FOLDER FLAG... FILE...: with debug information of a kind that any valgrind can read
compile()
{
	mkdir -p "$1"
	cd "$1"
	shift
	# shellcheck disable=SC2086 # CC may bring flags
	$CC -std=c11 -O1 -gdwarf-4 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I"$top_srcdir/lib" \
		-I"$top_srcdir/include" -I"$top_builddir/include" -c "$@"
	cd "$work"
}

# build NAME FLAG...: the library, and both programs with it, as NAME-threads and
# NAME-groups
build()
{
	name=$1
	shift
	compile "$work/$name/lib" "$@" "$top_srcdir"/lib/*.c
	for program in threads groups; do
		compile "$work/$name/$program" "$@" "$top_srcdir/tests/valgrind/$program"*.c
		# shellcheck disable=SC2086
		$CC "$@" -o "$work/$name-$program" "$work/$name/$program"/*.o "$work/$name/lib"/*.o \
			-lpthread
	done
}

# want clean|race NAME COMMAND...: clean is exit 0, a race is exit 99 and the words for it.
want()
{
	verdict=$1
	name=$2
	shift 2
	rc=0
	"$@" >"$work/$name.log" 2>&1 || rc=$?
	case $verdict in
	clean) [ $rc = 0 ] && echo "$name: nothing to report, as it should be" && return ;;
	race) [ $rc = 99 ] && grep -q -i 'data race' "$work/$name.log" &&
		echo "$name: reported, as it should be" && return ;;
	esac
	echo "$name: exit $rc, wanted: $verdict"
	tail -n 40 "$work/$name.log"
	failed=1
}

# ThreadSanitizer's memory does not fit beside every random layout.
fixed=
setarch "$(uname -m)" -R true 2>/dev/null && fixed="setarch $(uname -m) -R"

echo 'int main(void) { return 0; }' >"$work/trial.c"
# shellcheck disable=SC2086
if ! $CC -fsanitize=thread -o "$work/trial" "$work/trial.c" 2>"$work/trial.log" ||
	! $fixed "$work/trial" 2>>"$work/trial.log"; then
	cat "$work/trial.log"
	echo "this compiler has no ThreadSanitizer"
	exit 77
fi

# judge NAME COMMAND...: both programs of the sound build, and of the weakened ones.
judge()
{
	kind=$1
	shift
	for program in threads groups; do
		want clean "$kind-$program" "$@" "$work/$kind-$program"
		want race "$kind-release-$program" "$@" "$work/$kind-release-$program"
		want race "$kind-acquire-$program" "$@" "$work/$kind-acquire-$program"
	done
}

export TSAN_OPTIONS='halt_on_error=1 exitcode=99'
export NABD_THREADS_MESSAGES=8000
build tsan -fsanitize=thread
build tsan-release -fsanitize=thread -DNABD_MUTANT_RELEASE
build tsan-acquire -fsanitize=thread -DNABD_MUTANT_ACQUIRE
# shellcheck disable=SC2086
judge tsan $fixed

echo '#include <valgrind/helgrind.h>' >"$work/trial.c"
# shellcheck disable=SC2086
if command -v valgrind >/dev/null && $CC -c -o "$work/trial.o" "$work/trial.c" 2>/dev/null; then
	export NABD_THREADS_MESSAGES=1500
	build helgrind -DNABD_VALGRIND
	build helgrind-release -DNABD_VALGRIND -DNABD_MUTANT_RELEASE
	build helgrind-acquire -DNABD_VALGRIND -DNABD_MUTANT_ACQUIRE
	judge helgrind valgrind --quiet --tool=helgrind --fair-sched=try --error-exitcode=99
else
	echo "helgrind was not tried: valgrind and its headers are not installed"
fi
exit $failed
