#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs the packages, tries them, and removes them, also after a failure:
#
#	installed.sh SOURCES FOLDER
#
# SOURCES is the unpacked source package, FOLDER has the .deb files. As root, on a
# machine where other builds may see what is installed meanwhile.
set -euo pipefail
sources=$(cd "$1" && pwd)
folder=$(cd "$2" && pwd)
mapfile -t debs < <(find "$folder" -maxdepth 1 -name '*.deb' ! -name '*-dbgsym_*' | sort)
[ ${#debs[@]} -gt 0 ] || { echo "no packages in $folder"; exit 1; }
names=()
for deb in "${debs[@]}"; do
	names+=("$(dpkg-deb -f "$deb" Package)")
done

# What is installed already is somebody's own: not touched.
for name in "${names[@]}"; do
	if dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -q -x installed; then
		echo "$name is installed on this machine already: remove it first"
		exit 1
	fi
done

quiet_apt()
{
	DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
		-o Dpkg::Use-Pty=0 "$@" </dev/null
}

before=$(dpkg-query -W -f '${Package}\n' | sort)
remove()
{
	# What came with them goes too; of what was there, nothing.
	local now
	now=$(comm -13 <(echo "$before") <(dpkg-query -W -f '${Package}\n' | sort))
	# shellcheck disable=SC2086 # a list of words
	[ -z "$now" ] || quiet_apt purge -y $now >/dev/null
}
trap remove EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

quiet_apt install -y --no-remove --no-install-recommends "${debs[@]}" >"$folder/install.log" 2>&1 ||
	{ cat "$folder/install.log"; exit 1; }
echo "note: ${#debs[@]} packages install"
pkg-config --print-errors --exact-version="$(dpkg-parsechangelog -l "$sources/debian/changelog" \
	-S Version | sed 's/-[^-]*$//')" libnabd
[ "$(pkg-config --libs libnabd | xargs)" = -lnabd ] || { pkg-config --libs libnabd; exit 1; }

rc=0
rm -rf "$folder/autopkgtest" # it wants an empty folder, also the second time
autopkgtest --no-built-binaries -B --output-dir "$folder/autopkgtest" "$sources" \
	-- null >"$folder/autopkgtest.log" 2>&1 </dev/null || rc=$?
if [ $rc != 0 ]; then
	tail -n 80 "$folder/autopkgtest.log"
	echo "autopkgtest: exit status $rc, $folder/autopkgtest.log"
	exit 1
fi
sed -n 's/ \+/ /; s/^\([^ ]* PASS\)$/note: autopkgtest: \1/p' "$folder/autopkgtest/summary"

remove
trap - EXIT
left=$(find /usr -path '*nabd*' ! -path '/usr/local/*' -print -quit)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
echo "note: purged without a trace"
