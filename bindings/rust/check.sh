#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh PREFIX: builds all, and runs all tests, against the library that is installed under PREFIX.
set -eu
[ $# = 1 ] || { echo "usage: check.sh PREFIX"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
pc=$(find "$1/" -name libnabd.pc | head -n 1)
[ -n "$pc" ] || { echo "no libnabd.pc below $1"; exit 1; }
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
LD_LIBRARY_PATH=$(pkg-config --variable=libdir libnabd)
export LD_LIBRARY_PATH

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$here/build.sh" "$out"
"$here/test.sh" "$out"
