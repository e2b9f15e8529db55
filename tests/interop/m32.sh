#!/bin/sh
# SPDX-License-Identifier: MIT
# 32-bit and 64-bit processes on one queue, and the ABI of the 32-bit library. Library and
# peer are built for 32 bits here, by $CC_M32 or else by whatever finds the headers.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" "${CC:?}" "${NM:?}"

build=$(mktemp -d "$top_builddir/nabd-m32.XXXXXX")
queue_dir=
trap 'rm -rf "$build" "$queue_dir"' EXIT
trap 'exit 1' HUP INT TERM
stress=$top_builddir/tests/stress/stress

cat >"$build/try.c" <<'EOF'
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
int main(void) { return sizeof(void *) == 4 ? 0 : 1; }
EOF

# -idirafter: where gcc-multilib is not installed, for it conflicts with the cross compilers.
native=/usr/include/$(${CC%% *} -print-multiarch 2>/dev/null || :)
cc=
for try in "${CC_M32:-}" "$CC -m32" "$CC -m32 -idirafter $native" i686-linux-gnu-gcc; do
	[ -n "$try" ] || continue
	if $try -o "$build/try" "$build/try.c" 2>>"$build/log" && "$build/try"; then
		cc=$try
		break
	fi
done
if [ -z "$cc" ]; then
	echo "skipped: no compiler makes 32-bit programs here (Debian: gcc-multilib)"
	cat "$build/log"
	exit 77
fi

flags="-std=c11 -O2 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I$top_builddir/include"
flags="$flags -I$top_srcdir/include -I$top_srcdir/lib"
for file in "$top_srcdir"/lib/*.c; do
	# shellcheck disable=SC2086 # words on purpose
	$cc $flags -g -fPIC -fvisibility=hidden -c "$file" -o "$build/$(basename "$file" .c).o"
done

# libatomic's locks live in one process: such a word would be torn between two.
if "$NM" -u "$build"/*.o | grep __atomic_; then
	echo "FAILED: the 32-bit library needs libatomic"
	exit 1
fi

# Its calls and types are those of i386's dump.
if command -v abidiff >/dev/null; then
	# shellcheck source=tests/abi/dump.sh
	. "$top_srcdir/tests/abi/dump.sh"
	so=$build/libnabd.so
	# shellcheck disable=SC2086
	$cc -shared -Wl,-soname,"libnabd.so.$NABD_SOVERSION" \
		-Wl,--version-script="$top_srcdir/lib/libnabd.map" -o "$so" "$build"/*.o
	dump_to "$build/now.xml"
	abidiff "$top_srcdir/tests/abi/i686-linux-gnu.xml" "$build/now.xml"
	echo "the ABI is that of i686-linux-gnu.xml"
else
	echo "the ABI is not compared: there is no abidiff (Debian: abigail-tools)"
fi

set -- traffic traffic_send traffic_receive run run_restart stress
sources=
for name; do
	sources="$sources $top_srcdir/tests/stress/$name.c"
done
# shellcheck disable=SC2086
$cc $flags -o "$build/stress32" $sources "$build"/*.o -lpthread

# shellcheck source=tests/interop/transfer.sh
. "$top_srcdir/tests/interop/transfer.sh"
transfers "$stress" "$build/stress32" "${NABD_INTEROP_MESSAGES:-100000}"
"$build/stress32" --messages "${NABD_INTEROP_MESSAGES:-100000}"
