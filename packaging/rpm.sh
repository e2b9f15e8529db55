#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# RPM packages from the tarball and the nabd.spec in it:
#
#	rpm.sh TARBALL FOLDER
#
# rpmlint must have nothing to say; the packages offer and need what they should, and can be
# installed into an empty root. On Debian the database of RPMs is empty, so what nabd.spec
# needs for a build is not looked for there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tarball=$(realpath "$1")
mkdir -p "$2"
work=$(cd "$2" && pwd)
name=$(basename "$tarball" .tar.xz)
version=${name##*-}
rm -rf "${work:?}"/*
tar -C "$work" -xf "$tarball" "$name/nabd.spec"
spec=$work/$name/nabd.spec

mkdir -p "$work/SOURCES"
# Whoever's umask it is: the source package keeps the mode.
install -m 644 "$tarball" "$work/SOURCES"
# Fedora's macros, where there are none.
macros=()
[ "$(rpm --eval '%{?python3_sitearch}')" ] || macros=(--load "$here/rpm-macros")
rpmspec "${macros[@]}" -P "$spec" >/dev/null
# Without %check: where this runs, Debian's packages of the same sources have been tested.
if ! rpmbuild "${macros[@]}" -ba --nodeps --nocheck -D "_topdir $work" "$spec" \
	>"$work/build.log" 2>&1 </dev/null
then
	tail -n 60 "$work/build.log"
	echo "rpmbuild failed: $work/build.log"
	exit 1
fi
mapfile -t rpms < <(find "$work/RPMS" "$work/SRPMS" -name '*.rpm' | sort)
[ ${#rpms[@]} -ge 6 ] || { printf '%s\n' "${rpms[@]}"; echo "too few packages"; exit 1; }

rpmlint -c "$here/rpmlint.toml" "$spec" "${rpms[@]}" >"$work/rpmlint.log" 2>&1 || :
if ! grep -q ' 0 errors, 0 warnings' "$work/rpmlint.log"; then
	cat "$work/rpmlint.log"
	exit 1
fi
echo "note: rpmlint has nothing to say"

# offers PACKAGE WHAT; needs PACKAGE WHAT
offers()
{
	rpm -qp --provides "$work"/RPMS/*/"$1-$version"-*.rpm | grep -q -x -F -e "$2" ||
		{ echo "$1 does not provide $2"; exit 1; }
}
needs()
{
	rpm -qp --requires "$work"/RPMS/*/"$1-$version"-*.rpm | grep -q -E -x -e "$2" ||
		{ echo "$1 does not require $2"; exit 1; }
}
node=$(tar -xOf "$tarball" "$name/lib/libnabd.map" | sed -n 's/^\(LIBNABD_[0-9.]*\) .*/\1/p' | tail -n 1)
soname=$(rpm -qlp "$work"/RPMS/*/nabd-libs-"$version"-*.rpm | sed -n 's|.*/\(libnabd\.so\.[0-9]*\)$|\1|p')
bits=$(rpm --eval '%{?__isa_bits}')
mark=
[ "$bits" != 64 ] || mark='(64bit)'
offers nabd-libs "$soname($node)$mark"
offers nabd-devel "nabd-devel = $version-1"
needs nabd "libnabd\\.so\\.[0-9]+\\(.*"
needs nabd "nabd-libs.* = $version-.*"
needs nabd-devel "nabd-libs.* = $version-.*"
needs python3-nabd "libnabd\\.so\\.[0-9]+\\(.*"
needs python3-nabd "nabd-libs.* = $version-.*"
echo "note: nabd-libs provides $soname($node)$mark"

root=$work/root
mkdir -p "$root"
rpm --root "$root" --nodeps --noscripts --ignorearch -i "$work"/RPMS/*/*.rpm
[ -x "$root/usr/bin/nabd" ] && [ -e "$root/usr/include/nabd/nabd.h" ]
NABD_DIR=$work
LD_LIBRARY_PATH=$(dirname "$(find "$root" -name "$soname")")
export NABD_DIR LD_LIBRARY_PATH
"$root/usr/bin/nabd" --version | grep -q " $version\$" ||
	{ echo "the installed command does not say $version"; exit 1; }
module=$(find "$root" -name '_nabd.abi3.so')
PYTHONPATH=${module%/nabd/*} /usr/bin/python3 -B -m nabd
rpm --root "$root" -qa | xargs rpm --root "$root" -e --nodeps --noscripts
left=$(cd "$root" && find usr ! -type d -path '*nabd*')
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
echo "note: installed into an empty root, run, and removed"
