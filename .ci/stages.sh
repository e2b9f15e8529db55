#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The stages of .ci/run: stages.sh NAME FOLDER runs one, in a build folder of that name,
# or in the folder plain beside it, which those have in common that ask configure for
# nothing of their own.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# shellcheck source=.ci/setup.sh
. "$top/.ci/setup.sh"
# shellcheck source=.ci/build.sh
. "$top/.ci/build.sh"
# shellcheck source=.ci/results.sh
. "$top/.ci/results.sh"

# built FOLDER [OPTION…]: configured with warnings as errors, and made
built()
{
	local folder=$1
	shift
	nabd_configure "$top" "$folder" --enable-werror "$@"
	nabd_make "$folder" all
}

# plain: the build that stages have in common
plain()
{
	built "$common" CC=gcc CXX=g++
}

# some_checks FOLDER PROGRAM…: these tests, and nothing built that they do without
some_checks()
{
	local folder=$1
	shift
	nabd_check "$folder" check "TESTS=$*" "check_PROGRAMS=$*" check_LTLIBRARIES=
}

stage_setup()
{
	nabd_setup build test lint ci
}

# As everybody would run them, but for the folder, and for warnings, which are errors.
stage_tests()
{
	NABD_BUILD=$common "$top/run-tests" --enable-werror CC=gcc CXX=g++
}

stage_lint()
{
	plain
	nabd_check "$common" check-lint
}

# Every program compiles, also those that `make` alone does not build. Without
# optimisation the compiler sees other things in what is installed.
stage_gcc()
{
	plain
	nabd_make "$common" check TESTS=
	built "$1" CC=gcc CXX=g++ CFLAGS='-O0 -g'
}

# What another compiler makes of the code shows in these; kills at each instruction take
# minutes, and are in the stages tests and asan.
stage_clang()
{
	# shellcheck disable=SC2016 # make expands it
	local tests='$(memcheck_tests) $(wait_programs) tests/stress/stress tests/fault/kill_random'
	built "$1" CC=clang CXX=clang++
	nabd_check "$1" check "TESTS=$tests tests/soak/soak tests/model/model"
}

# What reads sources, or is compiled without sanitizers anyway, is not among the tests
# then. -O1: the compiler takes most of the time.
stage_asan()
{
	built "$1" --enable-sanitizer=address,undefined CFLAGS='-O1 -g'
	ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 \
		UBSAN_OPTIONS=print_stacktrace=1 nabd_check "$1" check
}

# What threads of one process share. The tests with processes gain nothing from a
# detector that looks at one process, and take an hour with it.
stage_tsan()
{
	built "$1" --enable-sanitizer=thread CFLAGS='-O1 -g'
	# shellcheck disable=SC2016 # make expands it
	TSAN_OPTIONS=halt_on_error=1 some_checks "$1" '$(memcheck_tests)'
}

stage_memcheck()
{
	plain
	nabd_check "$common" check-valgrind
}

stage_helgrind()
{
	built "$1" --enable-valgrind-annotations
	nabd_check "$1" check-helgrind
}

stage_mutants()
{
	plain
	nabd_check "$common" check-mutants
}

# Longer than in make check: 1 producer, 4 groups of 3 members, a kill every 5 to 50 ms.
stage_soak()
{
	plain
	SOAK_SECONDS=60 nabd_make "$common" soak
	echo "note: the soak of 60 s counted every message"
}

# Sleeps without slices: a lost wake-up would hang. And what an idle reader costs.
stage_wait()
{
	plain
	nabd_make "$common" wait-million
	echo "note: a million round trips, and an idle reader below 0.1 % of a CPU"
}

# What each call costs in instructions. Then every way and every peer, a moment each: that
# no message was lost or wrong. What a busy machine takes for it says nothing.
stage_bench()
{
	local bench=$1/bench python=/usr/bin/python3
	nabd_setup bench
	plain
	nabd_make "$common" check-instructions
	mkdir -p "$bench"
	CC=gcc CXX=g++ "$top/bench/peers/build.sh" "$bench/peers" --all
	"$common/bench/nabd-bench" --peers "$bench/peers" --rounds 3 --sample 1 --busy 0 \
		--json "$bench/run.json" >"$bench/report"
	"$python" -B "$top/bench/tables.py" "$bench/run.json" >"$bench/tables.md"
	"$python" -B "$top/bench/plot.py" "$bench/run.json" "$bench/groups.svg" "$bench/groups.png"
	"$python" -B "$top/bench/plot_peers.py" "$bench/run.json" "$bench/peers.svg" \
		"$bench/peers.png"
	grep '^wrong messages: 0$' "$bench/report"
	echo "note: $(grep -c '"name"' "$bench/run.json") rows of the bench, every message right"
}

stage_spin()
{
	plain
	nabd_check "$common" check-spin
}

# The tarball: the same twice, what git holds, and good on its own.
stage_distcheck()
{
	local tarball first
	built "$1"
	nabd_make "$1" dist
	tarball=$(echo "$1"/libnabd-*.tar.xz)
	first=$(sha256sum <"$tarball")
	rm "$tarball"
	(umask 077 && TZ=Pacific/Auckland nabd_make "$1" dist)
	if [ "$first" != "$(sha256sum <"$tarball")" ]; then
		echo "two tarballs differ"
		return 1
	fi
	echo "note: two tarballs are equal: $first"
	if [ -e "$top/.git" ]; then
		top_builddir=$1 "$top/tests/lint/check-dist.sh" "$tarball"
		echo "note: the tarball holds what git holds"
	fi
	# That the tarball holds what git holds is known; all of the tests run from git.
	# shellcheck disable=SC2016 # make expands it
	nabd_check "$1" distcheck 'TESTS=$(memcheck_tests) $(LINT_TESTS)'
}

# A user's program against the installed library: C and C++, shared and static.
stage_install()
{
	local prefix=$1/prefix user=$top/tests/compile/user.c flags compiler kind
	built "$1" --prefix="$prefix"
	nabd_make "$1" install
	export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib

	for kind in shared static; do
		flags=$(pkg-config --cflags --libs libnabd)
		[ $kind = shared ] || flags="-static $(pkg-config --static --cflags --libs libnabd)"
		for compiler in 'gcc -std=c11' 'g++ -std=c++17 -x c++'; do
			# shellcheck disable=SC2086 # lists of flags
			$compiler -Wall -Wextra -Werror -c -o "$1/user.o" $flags "$user"
			# shellcheck disable=SC2086
			gcc -o "$1/user" "$1/user.o" $flags
			"$1/user" "/nabd-ci-install-$$"
			echo "note: ${compiler%% -x*}, $kind: works"
		done
	done
	nabd_make "$1" install DESTDIR="$1/stage"
	diff <(cd "$prefix" && find . | sort) <(cd "$1/stage$prefix" && find . | sort)
	nabd_make "$1" uninstall
	[ -z "$(find "$prefix" -type f)" ] || { find "$prefix" -type f; return 1; }
	echo "note: DESTDIR and uninstall work"
}

# The bindings by Debian's tools, each with its own tests, and then by those that come first in
# PATH, if they are others. Without a network, where the kernel lets one say so.
stage_bindings()
{
	local offline='' tool name others=()
	nabd_setup bindings
	plain
	! unshare --net true 2>/dev/null || offline='unshare --net'
	# shellcheck disable=SC2086 # a list of words
	quietly "$1/debian.log" $offline make -C "$common" check-bindings
	echo "note: Debian's tools${offline:+, offline}: $(grep '^tested: ' "$1/debian.log")"
	for tool in python3 go cargo rustc; do
		name=${tool%3}
		[ "$(command -v "$tool")" -ef "/usr/bin/$tool" ] ||
			others+=("${name^^}=$(command -v "$tool")")
	done
	[ ${#others[@]} != 0 ] || return 0
	# shellcheck disable=SC2086
	quietly "$1/others.log" $offline env "${others[@]}" \
		make -C "$common" check-bindings BINDINGS_MODE=others
	echo "note: ${others[*]}: $(grep -E '^(tested: |SKIPPED)' "$1/others.log" | xargs)"
}

# The packages of distributions: built, checked, installed and tried. The tests that they run
# in a build are a part of make check, which other stages run whole.
stage_package()
{
	nabd_setup build test bindings package
	# The tarball needs no build, and each package makes its own.
	nabd_configure "$top" "$1/dist"
	nabd_make "$1/dist" dist
	"$top/packaging/deb.sh" "$1"/dist/libnabd-*.tar.xz "$1/deb"
	"$top/packaging/rpm.sh" "$1"/dist/libnabd-*.tar.xz "$1/rpm"
}

# More of what make check has a little of.
stage_m32()
{
	plain
	NABD_INTEROP_MESSAGES=1000000 nabd_check "$common" check-m32
}

stage_fuzz()
{
	plain
	FUZZ_SECONDS=25 nabd_check "$common" fuzz
}

stage_cross()
{
	nabd_setup cross
	built "$1"
	nabd_check "$1" check-cross CROSS="${CROSS:-arm64}"
}

name=$1
folder=$2
[ "$(type -t "stage_$name")" = function ] || { echo "no stage $name" >&2; exit 2; }
case $name in
asan | tsan)
	# The sanitizers' shadow memory does not fit beside every random layout.
	bits=$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 0)
	if [ "$bits" -gt 28 ] && [ -z "${NABD_FIXED_LAYOUT-}" ]; then
		export NABD_FIXED_LAYOUT=1
		exec setarch "$(uname -m)" -R bash "$0" "$@"
	fi
	;;
esac
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
common=${folder%/*}/plain
"stage_$name" "$folder"
