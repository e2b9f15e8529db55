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

failed=0
for target in checkpoint layout segment metrics; do
	$cc -std=c11 -O1 -g -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I"$top_srcdir/lib" \
		-I"$top_srcdir/include" -I"$top_builddir/include" \
		-fsanitize=fuzzer,$sanitizers -fno-sanitize-recover=all -o "$work/fuzz_$target" \
		"$top_srcdir/tests/fuzz/fuzz_$target.c" "$top_srcdir"/lib/*.c -lpthread
	mkdir -p "$work/$target" "$found"
	"$top_builddir/tests/fuzz/replay_$target" unpack "$work/$target"
	echo "fuzz_$target: $seconds s"
	# shellcheck disable=SC2086
	$fixed "$work/fuzz_$target" -max_total_time="$seconds" -timeout=10 -max_len=512 \
		-print_final_stats=1 -artifact_prefix="$found/$target-" "$work/$target" \
		>"$work/$target.log" 2>&1 || failed=1
	grep -E '^#[0-9]+.DONE|stat::number_of_executed|ERROR|not true|SUMMARY|artifact' \
		"$work/$target.log" || :
	[ -z "${FUZZ_KEEP-}" ] || cp -r "$work/$target" "$FUZZ_KEEP/"
done
[ $failed = 0 ] || cat "$work"/*.log
exit $failed
