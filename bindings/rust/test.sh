#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh OUT: the bindings' own tests, format, lints and documentation. OUT is as for build.sh; the
# sources are not written to. Nothing is fetched.
set -eu
[ $# = 1 ] || { echo "usage: test.sh OUT"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
CARGO=${CARGO:-/usr/bin/cargo}
RUSTC=${RUSTC:-/usr/bin/rustc}
tools=$(dirname "$RUSTC")
RUSTDOC=$tools/rustdoc
export CARGO RUSTC RUSTDOC CARGO_TARGET_DIR="$out/target"

for tool in "$CARGO" "$RUSTC" "$RUSTDOC" "$tools/rustfmt" "$tools/cargo-clippy" pkg-config; do
	command -v "$tool" >/dev/null || { echo "$tool is missing"; exit 77; }
done

# Queues of the tests lie in a folder of their own: what is left there was forgotten.
NABD_DIR=$(mktemp -d)
export NABD_DIR
trap 'rm -rf "$NABD_DIR"' EXIT

say()
{
	echo "rust: $*"
}

# cargo takes subcommands from its home before PATH, so that they are called by their names here.
clippy()
{
	PATH=$tools:$PATH "$tools/cargo-clippy" clippy --offline --quiet "$@" -- -D warnings
}

cd "$here"
say "format"
find . -name target -prune -o -name '*.rs' -exec "$tools/rustfmt" --edition 2021 --check --color never {} +
say "lints"
clippy --locked --all-targets
say "tests"
"$CARGO" test --offline --locked --quiet
say "documentation"
RUSTDOCFLAGS='-D warnings' "$CARGO" doc --offline --locked --quiet --no-deps

rc=0
if command -v bindgen >/dev/null; then
	say "bindings.rs is what bindgen makes"
	./bindings.sh --check
else
	say "bindgen is missing: bindings.rs is not compared"
	rc=77
fi

# Debian's crates where they are; elsewhere a registry, if cargo has what is needed from there.
say "nabd-tokio"
rm -rf "$out/tokio"
mkdir "$out/tokio"
tar -c --exclude target nabd-sys nabd nabd-tokio rustfmt.toml | tar -x -C "$out/tokio"
if ls -d /usr/share/cargo/registry/tokio-1* >/dev/null 2>&1; then
	mkdir "$out/tokio/.cargo"
	cp debian-crates.toml "$out/tokio/.cargo/config.toml"
fi
cd "$out/tokio/nabd-tokio"
if "$CARGO" generate-lockfile --offline --quiet 2>"$out/tokio.log"; then
	clippy --all-targets
	"$CARGO" test --offline --quiet
	RUSTDOCFLAGS='-D warnings' "$CARGO" doc --offline --quiet --no-deps
else
	cat "$out/tokio.log"
	say "tokio is missing: nabd-tokio is not tested"
	rc=77
fi

left=$(ls -A "$NABD_DIR")
[ -z "$left" ] || { say "left behind: $left"; exit 1; }
exit "$rc"
