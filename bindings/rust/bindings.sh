#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes nabd-sys/src/bindings.rs anew from the header of the installed library, by Debian's
# bindgen; with --check it only says whether the one that is there is the same.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
BINDGEN=${BINDGEN:-bindgen}
RUSTFMT=${RUSTFMT:-/usr/bin/rustfmt}
file=$here/nabd-sys/src/bindings.rs

for tool in "$BINDGEN" "$RUSTFMT" pkg-config; do
	command -v "$tool" >/dev/null || { echo "$tool is missing"; exit 77; }
done
flags=$(pkg-config --cflags libnabd)
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# The C types are those of core, so that the crate needs no std.
printf '#include <nabd/nabd.h>\n' >"$made/nabd.h"
# shellcheck disable=SC2086 # flags are words
"$BINDGEN" --disable-header-comment --no-doc-comments --no-layout-tests \
	--no-prepend-enum-name --size_t-is-usize --use-core --ctypes-prefix c --rust-target 1.47 \
	--allowlist-function 'nabd_.*' --allowlist-type 'nabd.*' --allowlist-var 'NABD_.*' \
	"$made/nabd.h" -- $flags >"$made/all.rs"

# One block for functions that follow each other instead of one for each: half the lines.
{
	cat <<-'END'
		// SPDX-License-Identifier: MIT
		// The header nabd.h in Rust: made by bindings.sh with bindgen, not by hand.

	END
	awk '
	/^pub type __u?int[0-9]+_t/ { next }
	/^extern "C" \{$/ { if (!held) print; held = 0; open = 1; next }
	/^}$/ && open { held = 1; open = 0; next }
	held { print "}"; held = 0 }
	{ print }
	END { if (held) print "}" }' "$made/all.rs"
} >"$made/bindings.rs"
"$RUSTFMT" --config-path "$here" "$made/bindings.rs"

if [ "${1:-}" = --check ]; then
	diff -u "$file" "$made/bindings.rs" || { echo "bindings.rs is not what bindings.sh makes"; exit 1; }
else
	cp "$made/bindings.rs" "$file"
fi
