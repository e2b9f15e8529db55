#!/bin/sh
# SPDX-License-Identifier: MIT
# The checks of this folder can fail: copies of the tree and of the built library
# are broken, one way after another, and the check must notice each.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" "${NABD_SANITIZER:?}" # make check sets them
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
original=$top_srcdir
built=$top_builddir
top_srcdir=$work/tree
export top_srcdir top_builddir
tried=0
missed=0

# broken CHECK HOW COMMAND…: a fresh copy is changed by COMMAND, run in it; CHECK
# must fail and, to be sure of the reason, say the word HOW.
broken()
{
	check=$1
	how=$2
	shift 2
	tried=$((tried + 1))
	rm -rf "$top_srcdir"
	mkdir -p "$top_srcdir/include" "$top_srcdir/bindings"
	for part in lib include/nabd bindings/go bindings/rust configure.ac NEWS ChangeLog \
		nabd.spec debian; do
		# debian/ is not in the tarball.
		[ ! -e "$original/$part" ] || cp -R "$original/$part" "$top_srcdir/$part"
	done
	chmod -R u+w "$top_srcdir"
	(cd "$top_srcdir" && "$@")
	if "$here/check-$check.sh" >"$work/said" 2>&1; then
		echo "check-$check did not notice: $*"
		missed=1
	elif ! grep -q -e "$how" "$work/said"; then
		echo "check-$check said nothing of \"$how\": $*"
		cat "$work/said"
		missed=1
	fi
}

# shellcheck disable=SC2317 # called by broken
append()
{
	printf '%s\n' "$2" >>"$1"
}

# shellcheck disable=SC2317 # called by broken
without()
{
	sed -i "/$2/d" "$1"
}

broken layers unistd append lib/ring.h '#include <unistd.h>'
broken layers 'higher layer' append lib/os.h '#include "handle.h"'
broken layers 'not in LAYERS' sed -i 's/ copy\.h//' lib/LAYERS
broken layers 'not in LAYERS' append lib/stray.h '/* stray */'
broken layers 'no such file' rm lib/copy.h
broken layers 'twice' append lib/LAYERS 'again: os.h'
broken layers 'atomics' append lib/ring.h 'memory_order_relaxed'
broken layers 'atomics of programs' append include/nabd/nabd.h '/* __atomic_load_n */'
broken layers 'names that C++ has' append include/nabd/inline.h '/* memory_order_relaxed */'

broken edges 'edge Z' append lib/ring.h '/* edge Z */'
broken edges 'edge B' without lib/ordering.h '^ \* Edge B:'
# shellcheck disable=SC2016 # for the inner shell
broken edges 'edge A' sh -c 'cp lib/ordering.h . && sed -i "s/dge A/dge/; s/dges A/dges/" lib/* &&
	mv ordering.h lib'

many=$(seq 1 451)
broken big 'os.h' append lib/os.h "$many"
broken big 'queue.go' append bindings/go/queue.go "$many"
broken big 'main.go' append bindings/go/internal/peer/main.go "$many"

broken version NEWS sed -i 's/^[0-9]*\.[0-9]*\.[0-9]* /9.9.9 /' NEWS
broken version ChangeLog sed -i 's/Version [0-9.]*/Version 9.9.9/' ChangeLog
broken version nabd.spec sed -i 's/^Version: .*/Version: 9.9.9/' nabd.spec
broken version "nabd.spec's changelog" sed -i '/^%changelog/{n; s/[0-9.]*-1$/9.9.9-1/}' nabd.spec
broken version 'of another crate' sed -i '/path = /s/version = "[0-9.]*"/version = "9.9.9"/' \
	bindings/rust/nabd/Cargo.toml
broken version Cargo.lock sed -i 's/^version = "0.*/version = "9.9.9"/' bindings/rust/Cargo.lock
[ ! -e "$original/debian" ] ||
	broken version debian/changelog sed -i '1s/(.*)/(9.9.9-1)/' debian/changelog
broken version libnabd.map sed -i 's/^LIBNABD_[0-9.]* {/LIBNABD_9.9 {/' lib/libnabd.map
broken version configured sed -i 's/^\(AC_INIT(\[libnabd\], \)\[[0-9.]*\]/\1[9.9.9]/' configure.ac

broken exports nabd_pop without lib/libnabd.map 'nabd_pop;'
broken exports nabd_more sed -i 's/nabd_pop;/nabd_pop; nabd_more;/' lib/libnabd.map
broken exports nabd_stats sed -i 's/^NABD_API int nabd_stats/int nabd_stats/' include/nabd/nabd.h

# shellcheck disable=SC2317 # called by broken
named()
{
	cp -R "$original/build-aux" "$original/aclocal.m4" .
	sed -i "$1" debian/copyright
}
if [ -e "$original/debian" ]; then
	broken copyright 'not in.*build-aux/missing' named '/^ *build-aux.missing$/d'
	broken copyright 'no such file: m4/lt' named ''
	broken copyright 'text of FSFUL' named 's/^License: FSFUL$/License: another/'
fi

# The library itself: built once more from its own objects and a bad one.
if [ "$NABD_SANITIZER" = no ] && [ -e "$built/lib/.libs/libnabd.a" ]; then
	top_builddir=$work/build
	mkdir -p "$top_builddir/lib/.libs" "$top_builddir/include"
	cp -R "$built/include/nabd" "$top_builddir/include"

	# library BODY FLAG…: with a function of this body
	library()
	{
		printf '#include <stdio.h>\n#include <stdlib.h>\n#include <signal.h>\n' >"$work/bad.c"
		printf '#include <unistd.h>\nvoid nabdi_bad(void);\nvoid nabdi_bad(void) { %s; }\n' \
			"$1" >>"$work/bad.c"
		shift
		libs=$top_builddir/lib/.libs
		rm -f "$libs"/*
		cp "$built/lib/.libs/libnabd.a" "$libs"
		# shellcheck disable=SC2086 # lists of flags
		$CC $CFLAGS -fPIC -c -o "$work/bad.o" "$work/bad.c"
		# shellcheck disable=SC2086
		$CC $CFLAGS $LDFLAGS -shared -o "$libs/libnabd.so.$NABD_SOVERSION" "$work/bad.o" \
			-Wl,--whole-archive "$libs/libnabd.a" -Wl,--no-whole-archive \
			-Wl,-soname,"libnabd.so.$NABD_SOVERSION" -Wl,-z,relro \
			-Wl,--version-script="$top_srcdir/lib/libnabd.map" "$@"
		ar r "$libs/libnabd.a" "$work/bad.o" 2>/dev/null
	}
	# shellcheck disable=SC2317 # called by broken
	debian_without()
	{
		library 'free(NULL)'
		without debian/libnabd0.symbols "^ $1@"
	}
	broken exports 'prints' library 'printf("%d", 1)'
	broken exports 'prints' library 'fprintf(stderr, "%d", 1)'
	broken exports 'exits' library 'abort()'
	broken exports 'signals' library 'signal(1, SIG_IGN)'
	broken exports 'outside os' library 'getpid()'
	broken exports 'soname' library 'free(NULL)' -Wl,-soname,libnabd.so.77
	broken exports 'RUNPATH' library 'free(NULL)' -Wl,-rpath,/lib -Wl,--enable-new-dtags
	broken exports 'stack' library 'free(NULL)' -Wl,-z,execstack
	broken exports 'needs' library 'free(NULL)' -Wl,--no-as-needed -lm
	[ ! -e "$original/debian" ] ||
		broken exports 'libnabd0.symbols' debian_without nabd_pop
	broken exports 'names of others' library 'free(NULL); } int stray; void nabdi_b(void);  void nabdi_b(void) { free(NULL)'

	# And the way it is built here says nothing against a good one.
	rm -rf "${top_srcdir:?}/lib"
	cp -R "$original/lib" "$original/include" "$top_srcdir"
	library 'free(NULL)'
	"$here/check-exports.sh"
fi

echo "$tried ways to break it"
exit $missed
