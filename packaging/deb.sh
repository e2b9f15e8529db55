#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Debian packages from the tarball and debian/, checked the way a distribution does:
#
#	deb.sh TARBALL FOLDER
#
# Two builds, with other time zones, locales, umasks, folders and numbers of jobs, must
# be equal bit by bit. lintian and blhc must have nothing to say. Then the packages are
# installed on this machine, tried, and removed again (see installed.sh; needs root).
# The first build runs the tests that debian/rules names, the second none. Packages that
# are good are left in FOLDER/1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
debian=$(cd "$here/.." && pwd)/debian
[ -d "$debian" ] || { echo "$debian is missing: it is in git, not in the tarball"; exit 1; }
tarball=$(realpath "$1")
mkdir -p "$2"
work=$(cd "$2" && pwd)
name=$(basename "$tarball" .tar.xz)
version=${name##*-}

# build FOLDER [NAME=VALUE…]: source and binary packages in FOLDER, in this environment
build()
{
	local folder=$1
	shift
	rm -rf "$folder"
	mkdir -p "$folder"
	cp "$tarball" "$folder/libnabd_$version.orig.tar.xz"
	tar -C "$folder" -xf "$tarball"
	cp -r "$debian" "$folder/$name/debian"
	# The source package keeps modes as they are: those of a checkout, whoever's umask it is.
	chmod -R u=rwX,go=rX "$folder/$name/debian"
	if ! (cd "$folder/$name" && env "$@" dpkg-buildpackage -us -uc) >"$folder/build.log" 2>&1 </dev/null
	then
		tail -n 60 "$folder/build.log"
		echo "dpkg-buildpackage failed: $folder/build.log"
		return 1
	fi
}

(umask 022 && build "$work/1" TZ=UTC LC_ALL=C DEB_BUILD_OPTIONS="parallel=$(nproc)")
echo "note: built, and its tests passed: $(grep -c '^PASS: ' "$work/1/build.log")"
(umask 027 && build "$work/another/2" TZ=Pacific/Auckland LC_ALL=C.UTF-8 \
	DEB_BUILD_OPTIONS="nocheck parallel=$(($(nproc) + 1))")

# Debug packages and buildinfo too: only .buildinfo and .changes tell when and where.
compared=0
for package in "$work"/1/*.deb "$work"/1/*.dsc "$work"/1/*.debian.tar.xz; do
	other="$work/another/2/$(basename "$package")"
	if ! cmp "$package" "$other"; then
		! command -v diffoscope >/dev/null || diffoscope "$package" "$other" || :
		exit 1
	fi
	compared=$((compared + 1))
done
[ $compared -ge 5 ] || { echo "only $compared files to compare"; exit 1; }
echo "note: $compared files of two builds are equal"

# Not suppressed in the packages, as it is for who uploads them first: the bug that a first
# upload to Debian closes. What it prints decides: its exit status also counts what it masks by
# itself, such as the texts that each Python package has beside its modules.
lintian --allow-root --suppress-tags initial-upload-closes-no-bugs --tag-display-limit 0 -EvIL +pedantic \
	--fail-on none "$work"/1/*.changes >"$work/lintian.log" 2>&1 ||
	{ cat "$work/lintian.log"; exit 1; }
if grep -E '^[EWIPX]: ' "$work/lintian.log"; then
	echo "lintian has findings"
	exit 1
fi
echo "note: lintian has nothing to say"
blhc --all --debian "$work/1/build.log"
echo "note: blhc: all is hardened"

if [ -n "${NABD_NO_INSTALL-}" ]; then
	echo "note: NABD_NO_INSTALL is set: the packages are not installed and tried"
	exit 0
fi
"$here/installed.sh" "$work/1/$name" "$work/1"
