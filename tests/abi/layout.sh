#!/bin/sh
# SPDX-License-Identifier: MIT
# layout.c holds for the compiler's own target and, on x86, for -m32 as well.
# Freestanding, so that the headers of another libc are not needed.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" # make check sets them
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

try()
{
	echo "$*"
	# shellcheck disable=SC2086 # $CC may hold flags
	$CC "$@" -std=c11 -ffreestanding -fsyntax-only -Wall -Wextra -Werror \
		-I"$top_builddir/include" -I"$top_srcdir/include" "$top_srcdir/tests/abi/layout.c"
}

try
# shellcheck disable=SC2086
case $($CC -dumpmachine) in
x86_64-* | i?86-*) try -m32; try -m64 ;;
esac

# The assertions are not empty: one that is wrong is an error.
sed 's/^SAME(NABD_FULL, -2);/SAME(NABD_FULL, -3);/' "$top_srcdir/tests/abi/layout.c" >"$work/wrong.c"
# shellcheck disable=SC2086
if $CC -std=c11 -ffreestanding -fsyntax-only -I"$top_builddir/include" -I"$top_srcdir/include" \
	"$work/wrong.c" 2>/dev/null; then
	echo "a wrong assertion was not noticed"
	exit 1
fi
