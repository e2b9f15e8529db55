# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# To be sourced: the ABI of the built library as libabigail sees it.
: "${top_srcdir:?}" "${top_builddir:?}" "${NABD_SOVERSION:?}" # make check sets them
so=$top_builddir/lib/.libs/libnabd.so.$NABD_SOVERSION
# shellcheck disable=SC2034,SC2086 # for who sources it; $CC may hold flags
dump=$top_srcdir/tests/abi/$($CC -dumpmachine).xml

# To FILE. Of two dumps, not of a dump and a library: abidiff takes a type whose place in a
# header it does not know for a private one, and says nothing of it.
dump_to()
{
	abidw --headers-dir "$top_srcdir/include/nabd" --drop-private-types --no-corpus-path \
		--no-show-locs --no-comp-dir-path --type-id-style hash --exported-interfaces-only "$so" |
		sed '1a\  <!-- SPDX-License-Identifier: MIT -->' >"$1"
}
