#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh OUT: builds the workspace below OUT, with the programs for comparing languages in
# OUT/bin: ../conformance/README.md. Nothing is fetched.
set -eu
[ $# = 1 ] || { echo "usage: build.sh OUT"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/bin"
out=$(cd "$1" && pwd)
CARGO=${CARGO:-/usr/bin/cargo}
RUSTC=${RUSTC:-/usr/bin/rustc}

for tool in "$CARGO" "$RUSTC" pkg-config; do
	command -v "$tool" >/dev/null || { echo "$tool is missing"; exit 77; }
done
export RUSTC CARGO_TARGET_DIR="$out/target"
cd "$here"
"$CARGO" build --offline --locked --quiet --release -p nabd-peers
for name in conformance peer bench; do
	cp "$out/target/release/$name-rust" "$out/bin/"
done
