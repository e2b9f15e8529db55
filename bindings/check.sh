#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `make check-bindings`: builds each binding against an installed library, runs its own tests,
# the conformance cases, and all pairs of languages. `make bench-bindings` is check.sh bench.
# check.sh others leaves the own tests out, for tools that come without those of the tests, and
# does with the languages that it can build. NABD_BINDINGS names the languages (python go rust).
# Exit 77 if one lacks its tools.
set -euo pipefail
: "${top_srcdir:?}" "${top_builddir:?}" # make sets them
# shellcheck source=bindings/staging.sh
. "$top_srcdir/bindings/staging.sh"

work=$top_builddir/check-bindings
rm -rf "$work"
mkdir -p "$work"
nabd_stage "$work"
nabd_build "$work"

if [ "${1-}" = bench ]; then
	# shellcheck disable=SC2046 # a list of words
	"$top_srcdir/bindings/conformance/bench.py" $(nabd_commands_of "$work" bench)
	exit
fi

for language in $built; do
	[ "${1-}" != others ] || break
	echo "== $language: its own tests"
	"$top_srcdir/bindings/$language/test.sh" "$work/$language"
done

echo "== conformance"
for command in $(nabd_commands_of "$work" conformance); do
	"$top_srcdir/bindings/conformance/run-cases.py" "${command#*=}"
done

echo "== pairs"
# shellcheck disable=SC2046 # a list of words
"$top_srcdir/bindings/conformance/matrix.py" $(nabd_commands_of "$work" peer)

echo "tested: c $built"
if [ -n "$skipped" ]; then
	echo "SKIPPED, as a tool is missing: $skipped"
	[ "${1-}" = others ] || exit 77
fi
