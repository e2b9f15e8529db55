#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the fuzz targets with clang's libFuzzer and two sanitizers, and runs each
# for FUZZ_SECONDS (60), starting from the corpus. What it finds is kept in
# fuzz-found/ of the build folder: "replay_… one FILE" runs it again.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
cc=${FUZZ_CC:-clang}
seconds=${FUZZ_SECONDS:-60}
found=$top_builddir/fuzz-found
sanitizers=address,undefined

command -v "$cc" >/dev/null || { echo "fuzzing needs clang with libFuzzer" >&2; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/nabd-fuzz.XXXXXX")
NABD_DIR=$(mktemp -d /dev/shm/nabd-fuzz.XXXXXX)
export NABD_DIR
trap 'rm -rf "$work" "$NABD_DIR"' EXIT
trap 'exit 1' HUP INT TERM

# Sanitizers' shadow memory does not fit beside every random layout.
fixed=
setarch "$(uname -m)" -R true 2>/dev/null && fixed="setarch $(uname -m) -R"

# fuzz TARGET: link it and run it
fuzz()
{
	$cc -g -fsanitize=fuzzer,$sanitizers -o "$work/fuzz_$1" "$work/objects/fuzz_$1.o" \
		"$work"/objects/lib/*.o -lpthread || return 1
	mkdir -p "$work/$1"
	"$top_builddir/tests/fuzz/replay_$1" unpack "$work/$1" || return 1
	rc=0
	# shellcheck disable=SC2086
	$fixed "$work/fuzz_$1" -max_total_time="$seconds" -timeout=10 -max_len=512 \
		-print_final_stats=1 -artifact_prefix="$found/$1-" "$work/$1" \
		>"$work/$1.log" 2>&1 || rc=$?
	[ -z "${FUZZ_KEEP-}" ] || cp -r "$work/$1" "$FUZZ_KEEP/"
	return $rc
}

# compile FOLDER FILE…: as many at once as there are processors
compile()
{
	mkdir -p "$1"
	cd "$1"
	shift
	# shellcheck disable=SC2086 # the compiler may bring flags
	printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 $cc -std=c11 -O1 -g -D_GNU_SOURCE \
		-D_FILE_OFFSET_BITS=64 -I"$top_srcdir/lib" -I"$top_srcdir/include" \
		-I"$top_builddir/include" -fsanitize=fuzzer-no-link,$sanitizers \
		-fno-sanitize-recover=all -c
	cd "$work"
}

mkdir -p "$found"
compile "$work/objects" "$top_srcdir"/tests/fuzz/fuzz_*.c
compile "$work/objects/lib" "$top_srcdir"/lib/*.c

# Two at a time: each has one thread. A pair ends before the next begins.
failed=0
for pair in 'checkpoint layout' 'segment metrics'; do
	echo "$pair: $seconds s"
	fuzz "${pair% *}" &
	fuzz "${pair#* }" || failed=1
	wait $! || failed=1
done
for target in checkpoint layout segment metrics; do
	echo "fuzz_$target:"
	grep -E '^#[0-9]+.DONE|stat::number_of_executed|ERROR|not true|SUMMARY|artifact' \
		"$work/$target.log" || failed=1
done
[ $failed = 0 ] || cat "$work"/*.log
exit $failed
