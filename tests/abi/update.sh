#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes anew what tests compare with the library, after calls were added: the dump of its ABI
# (needs -g and libabigail) and the symbols that debian/ names. Look at the difference
# before you commit it: what has a version already keeps it.
set -eu
: "${top_srcdir:?}" "${PACKAGE_VERSION:?}" # make sets them
# shellcheck source=tests/abi/dump.sh
. "$top_srcdir/tests/abi/dump.sh"
dump_to "$dump.new"
mv "$dump.new" "$dump"

symbols=$top_srcdir/debian/libnabd0.symbols
[ -e "$symbols" ] || exit 0
{
	grep '^[^ ]' "$symbols"
	$NM -D --defined-only "$so" | sed 's/^[^ ]* //; s/@@/@/' | while read -r kind name; do
		[ "$kind" != A ] || name=$name@$name
		old=$(awk -v name="$name" '$1 == name { print $2 }' "$symbols")
		printf ' %s %s\n' "$name" "${old:-$PACKAGE_VERSION}"
	done | LC_ALL=C sort
} >"$symbols.new"
mv "$symbols.new" "$symbols"
