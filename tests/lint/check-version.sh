#!/bin/sh
# SPDX-License-Identifier: MIT
# One version everywhere; configure.ac is where it comes from.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
failed=0

# is NAME VALUE: it must be the version
is()
{
	if [ "$2" != "$version" ]; then
		echo "$1 says \"$2\", configure.ac says \"$version\""
		failed=1
	fi
}

version=$(sed -n 's/^AC_INIT(\[libnabd\], \[\([0-9.]*\)\].*/\1/p' "$top_srcdir/configure.ac")
case $version in
*.*.*) ;;
*) echo "configure.ac: no version found"; exit 1 ;;
esac

is "what was configured" "$PACKAGE_VERSION"
is version.h "$(printf '#include <nabd/version.h>\nNABD_VERSION_STRING\n' |
	$CC -I"$top_builddir/include" -E -P - | tr -d '"\n')"
is "version.h in numbers" "$(printf '#include <nabd/version.h>\n%s.%s.%s\n' \
	NABD_VERSION_MAJOR NABD_VERSION_MINOR NABD_VERSION_PATCH |
	$CC -I"$top_builddir/include" -E -P - | tr -d ' \n')"
is libnabd.pc "$(sed -n 's/^Version: //p' "$top_builddir/libnabd.pc")"
is NEWS "$(sed -n 's/^\([0-9]*\.[0-9]*\.[0-9]*\) .*/\1/p' "$top_srcdir/NEWS" | head -n 1)"
is ChangeLog "$(sed -n 's/^	Version \([0-9.]*[0-9]\).*/\1/p' "$top_srcdir/ChangeLog" | head -n 1)"

# What other tools read: where it is there. debian/ is not in the tarball.
if [ -e "$top_srcdir/debian/changelog" ]; then
	is debian/changelog "$(sed -n '1s/^libnabd (\(.*\)-[^-]*) .*/\1/p' "$top_srcdir/debian/changelog")"
fi
for manifest in "$top_srcdir"/bindings/rust/*/Cargo.toml; do
	[ -e "$manifest" ] || continue
	name=${manifest#"$top_srcdir/"}
	is "$name" "$(sed -n 's/^version = "\(.*\)"/\1/p' "$manifest" | head -n 1)"
	asked=$(sed -n 's/^nabd[a-z-]* = .*version = "\([^"]*\)".*/\1/p' "$manifest" | sort -u)
	[ -z "$asked" ] || is "$name, of another crate," "$asked"
done
lock=$top_srcdir/bindings/rust/Cargo.lock
[ ! -e "$lock" ] ||
	is bindings/rust/Cargo.lock "$(sed -n 's/^version = "\(.*\)"/\1/p' "$lock" | sort -u)"
is nabd.spec "$(sed -n 's/^Version: *//p' "$top_srcdir/nabd.spec")"
is "nabd.spec's changelog" \
	"$(sed -n '/^%changelog/{n; s/^.* - \(.*\)-[^-]*$/\1/p}' "$top_srcdir/nabd.spec")"

# A node of the map is named after the release that added its symbols: the newest
# is this release or an older one.
node=$(sed -n 's/^LIBNABD_\([0-9.]*\) .*/\1/p' "$top_srcdir/lib/libnabd.map" | tail -n 1)
newest=$(printf '%s\n%s\n' "$node" "${version%.*}" | sort -V | tail -n 1)
if [ -z "$node" ] || [ "$newest" != "${version%.*}" ]; then
	echo "lib/libnabd.map: the last node is \"LIBNABD_$node\", the release is $version"
	failed=1
fi
exit $failed
