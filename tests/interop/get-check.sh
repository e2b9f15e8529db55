#!/bin/sh
# SPDX-License-Identifier: MIT
# get-check.sh HOST FOLDER - the library Check for a processor that Debian has no package of it
# for: fetched as Debian's source package, compiled by HOST-gcc, static, into FOLDER/include
# and FOLDER/lib. Nothing on the machine is changed, and no root is needed: apt's lists of
# sources go into FOLDER as well.
set -eu
host=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
[ ! -e "$folder/lib/libcheck.a" ] || exit 0
for tool in apt-get dpkg-source; do
	command -v $tool >/dev/null || { echo "$tool is missing (Debian: apt, dpkg-dev)"; exit 1; }
done

rm -rf "$folder/apt"
mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial"
cd "$folder/apt"
# The machine's own places for binary packages of Debian's, asked for sources.
# shellcheck disable=SC2016 # apt-get expands it
apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' \
	'Created-By: Packages' "Architecture: $(dpkg --print-architecture)" 'Origin: Debian' |
	sort -u >sources.list
fetch() {
	apt-get -q -o Dir::Etc::sourcelist="$PWD/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::lists="$PWD/lists" -o Dir::Cache::archives="$PWD/archives" \
		-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Acquire::Retries=3 \
		-o APT::Sandbox::User="$(id -un)" "$@"
}
fetch update
fetch source check

# Without libsubunit, which is another package, and without its own tests and documents.
mkdir build
cd build
sh ../check-*/configure --host="$host" --prefix="$folder" --disable-subunit --disable-shared \
	--disable-dependency-tracking CC="$host-gcc" CFLAGS='-O2 -g'
make -C lib
make -C src install
rm -rf "$folder/apt"
