#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and tests this binding against a library that is installed below PREFIX:
#
#	check.sh PREFIX [ARGUMENT OF PYTEST…]
#
# Without PREFIX: the library that pkg-config finds. 77: a tool is missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -ge 1 ]; then
	pc=$(find "$1" -name libnabd.pc | head -n 1)
	[ -n "$pc" ] || { echo "no libnabd.pc below $1" >&2; exit 1; }
	PKG_CONFIG_PATH=$(dirname "$pc")
	export PKG_CONFIG_PATH
	LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	export LD_LIBRARY_PATH
	shift
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$here/build.sh" "$out"
"$here/test.sh" "$out" "$@"
