#!/bin/sh
# SPDX-License-Identifier: MIT
# What the built library shows and what it asks for:
# - the header, the map, the dynamic symbols and debian/ name the same calls;
# - it needs libc alone, and none of libc that prints, exits or handles signals;
# - its own soname, no text relocations, no run path, no executable stack;
# - in the static library every name begins with nabd_ or nabdi_, and only os_*.o
#   asks libc for more than memory and strings.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
: "${top_builddir:?}" "${NABD_SOVERSION:?}" "${NABD_SANITIZER:?}" # make check sets them
libs=$top_builddir/lib/.libs
map=$top_srcdir/lib/libnabd.map
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail()
{
	echo "$*"
	failed=1
}

# same WHAT FILE WHAT FILE: two sorted lists are equal
same()
{
	[ -s "$2" ] || fail "$1: empty"
	diff -u --label "$1" --label "$3" "$2" "$4" || failed=1
}

# none WHAT PATTERN FILE: no line matches
none()
{
	if grep -E -x -e "$2" "$3" >"$work/hits"; then
		fail "$1: $(tr '\n' ' ' <"$work/hits")"
	fi
}

export LC_ALL=C

# The preprocessor takes the comments out and marks what is exported.
printf '#include <nabd/nabd.h>\n' |
	$CC -DNABD_API=EXPORTED -I"$top_builddir/include" -I"$top_srcdir/include" -E -P - |
	tr '\n' ' ' | tr ';' '\n' | sed -n 's/^.*EXPORTED [^(]*[ *]\(nabd_[a-z0-9_]*\)(.*/\1/p' |
	sort >"$work/header"

# Lines "name@node" and, without the node, "name".
awk '
$2 == "{" { node = $1 }
{
	for (i = 1; i <= NF; i++)
		if (sub(/;$/, "", $i) && $i ~ /^nabd_/)
			print $i "@" node
}' "$map" | sort >"$work/map.nodes"
sed 's/@.*//' "$work/map.nodes" | sort >"$work/map"
same nabd.h "$work/header" libnabd.map "$work/map"

so=$libs/libnabd.so.$NABD_SOVERSION
if [ -e "$so" ]; then
	$NM -D --defined-only "$so" | awk '$2 != "A" { sub(/@@/, "@", $3); print $3 }' |
		sort >"$work/so"
	$NM -D --undefined-only "$so" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u >"$work/asks"
	$READELF -d -l -W "$so" >"$work/elf"
	sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' "$work/elf" | sort >"$work/needed"
	same libnabd.map "$work/map.nodes" libnabd.so "$work/so"

	# And with the node itself, what Debian's packages are told; not in the tarball.
	if [ -e "$top_srcdir/debian/libnabd0.symbols" ]; then
		$NM -D --defined-only "$so" | awk '
		{ sub(/@@/, "@", $3) }
		$2 == "A" { $3 = $3 "@" $3 }
		{ print $3 }' | sort >"$work/all"
		sed -n 's/^ \([^ ]*\) .*/\1/p' "$top_srcdir/debian/libnabd0.symbols" |
			sort >"$work/debian"
		same libnabd.so "$work/all" debian/libnabd0.symbols "$work/debian"
	fi

	grep -q -F "soname: [libnabd.so.$NABD_SOVERSION]" "$work/elf" || fail "wrong soname"
	! grep -E 'TEXTREL|RPATH|RUNPATH' "$work/elf" || failed=1
	grep -q -E 'GNU_STACK.* RW +0x' "$work/elf" || fail "the stack is executable"
	grep -q 'GNU_RELRO' "$work/elf" || fail "no RELRO"
	none "asks for libatomic" '__atomic_.*' "$work/asks"
	if [ "$NABD_SANITIZER" = no ]; then
		grep -q -x 'libc\.so\.6' "$work/needed" || fail "libc is not among what is needed"
		none "needs" 'lib(atomic|pthread|rt|m|dl|gcc_s|stdc)[.+].*' "$work/needed"
		[ "$(grep -v -c -x -E 'libc\.so\.6|ld-linux.*|ld64\..*' "$work/needed")" = 0 ] ||
			fail "needs more than libc: $(tr '\n' ' ' <"$work/needed")"
		none "prints" '(__)?v?[fd]?(w?printf|puts|putc|putchar|write_unlocked)(_chk)?' "$work/asks"
		none "prints" 'f(write|putc)|_IO_putc|perror|psignal|v?syslog|stdout|stderr' "$work/asks"
		none "exits" '_?_?exit|_Exit|quick_exit|abort|__assert.*|raise|kill' "$work/asks"
		none "handles signals" 'signal|sigaction|sigprocmask|pthread_sigmask|siginterrupt' \
			"$work/asks"
	fi
fi

# What C without an operating system may ask for (and what compilers add).
pure='(mem|str)[a-z]+(_chk)?|__(mem|str)[a-z]+_chk|malloc|calloc|realloc|aligned_alloc|free'
pure="$pure|__errno_location|__stack_chk_fail(_local)?|_GLOBAL_OFFSET_TABLE_|__tls_get_addr"
pure="$pure|(__)?vsnprintf(_chk)?|___tls_get_addr|__x86\\..*|__[a-z]+di[34]|secure_getenv"
a=$libs/libnabd.a
if [ -e "$a" ] && [ "$NABD_SANITIZER" = no ]; then
	$NM -g --defined-only "$a" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >"$work/a"
	[ -s "$work/a" ] || fail "libnabd.a: nothing in it"
	grep -v -E '^nabdi?_|^__x86\.|^_\.stapsdt\.base$' "$work/a" >"$work/hits" &&
		fail "libnabd.a: names of others: $(tr '\n' ' ' <"$work/hits")"
	$NM -u "$a" 2>/dev/null | awk '
	/:$/ { os = $0 ~ /(^|[-_])os_[a-z]*\.o:$/; next }
	NF == 2 && !os { print $2 }' | sort -u | grep -v '^nabdi\?_' >"$work/asks.a" || :
	grep -v -x -E "$pure" "$work/asks.a" >"$work/hits" &&
		fail "system calls outside os_*.c: $(tr '\n' ' ' <"$work/hits")"
fi

[ -e "$so" ] || [ -e "$a" ] || fail "no library in $libs"
[ $failed = 1 ] || echo "$(wc -l <"$work/header") calls"
exit $failed
