#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bindings/go/check.sh PREFIX: builds and tests the binding against the library that is installed
# below PREFIX (as `make install` with --prefix=PREFIX leaves it). `make check-bindings` does
# that for all languages.
set -euo pipefail
[ $# = 1 ] || { echo "usage: check.sh PREFIX" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
pc=$(find "$1" -name libnabd.pc | head -n 1)
[ -n "$pc" ] || { echo "no libnabd.pc below $1" >&2; exit 1; }
PKG_CONFIG_PATH=$(cd "$(dirname "$pc")" && pwd)
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH LD_LIBRARY_PATH
out=$(mktemp -d)
# What Go keeps below a GOPATH may be read-only.
trap 'chmod -R u+w "$out"; rm -rf "$out"' EXIT
"$here/build.sh" "$out"
"$here/test.sh" "$out"
if [ -x "$here/../conformance/run-cases.py" ]; then
	"$here/../conformance/run-cases.py" "$out/bin/conformance-go"
fi
