#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bindings/go/build.sh OUT: the commands of bindings/conformance/README.md, in OUT/bin.
# Environment: GO, and PKG_CONFIG_PATH and LD_LIBRARY_PATH of an installed library.
set -euo pipefail
[ $# = 1 ] || { echo "usage: build.sh OUT" >&2; exit 2; }
out=$(mkdir -p "$1/bin" && cd "$1" && pwd)
# shellcheck source=bindings/go/env.sh
. "$(dirname "$0")/env.sh"

cd "$(dirname "$0")"
for command in conformance peer bench; do
	"$GO" build -o "$out/bin/$command-go" "./internal/$command"
done
