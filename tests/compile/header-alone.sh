#!/bin/sh
# SPDX-License-Identifier: MIT
# The public headers alone, in each dialect a user may compile it with: C11, C++11
# and C++17, with every warning an error; and C and C++ programs link and run.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" # make check sets them
command -v "${CXX%% *}" >/dev/null || { echo "no C++ compiler"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

warnings='-pedantic-errors -Wall -Wextra -Wconversion -Wundef -Werror'
include="-I$top_builddir/include -I$top_srcdir/include"
source=$top_srcdir/tests/compile/user.c

# build NAME COMPILER FLAG…
build()
{
	name=$1
	shift
	echo "$*"
	# shellcheck disable=SC2086 # lists of flags
	"$@" $warnings $include -c -o "$work/$name.o" "$source"
	# shellcheck disable=SC2086
	$CC $SAN_CFLAGS $LDFLAGS -o "$work/$name" "$work/$name.o" \
		-L"$top_builddir/lib/.libs" -lnabd -Wl,-rpath,"$top_builddir/lib/.libs"
	"$work/$name" "/nabd-header-alone-$name-$$"
}

# shellcheck disable=SC2086 # $CC and $CXX may hold flags
{
	# -Wshadow not for C++: there a call named as a struct, as stat() is, shadows
	# the constructor.
	build c11 $CC $SAN_CFLAGS -std=c11 -Wshadow -Wstrict-prototypes
	build gnu17 $CC $SAN_CFLAGS -std=gnu17
	build cxx11 $CXX $SAN_CFLAGS -std=c++11 -x c++
	build cxx17 $CXX $SAN_CFLAGS -std=c++17 -x c++
	build c11-inline $CC $SAN_CFLAGS -std=c11 -O3 -Wshadow -Wcast-align -DUSER_INLINE
	build cxx11-inline $CXX $SAN_CFLAGS -std=c++11 -x c++ -DUSER_INLINE
	build cxx17-inline $CXX $SAN_CFLAGS -std=c++17 -O3 -x c++ -DUSER_INLINE
}
