# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# To be sourced: installs what a purpose needs, or says what to install.
#
#	nabd_setup build test lint ci
#
# Quick when nothing is missing: dpkg is asked, and apt only for what it lacks.

# What the compiler for another processor is called.
nabd_triplet()
{
	case $1 in
	arm64) echo aarch64-linux-gnu ;;
	armhf) echo arm-linux-gnueabihf ;;
	i386) echo i686-linux-gnu ;;
	*) echo "$1-linux-gnu" ;;
	esac
}

# Debian's names for each purpose.
nabd_packages()
{
	local arch gcc
	case $1 in
	build) echo gcc libc6-dev make autoconf automake libtool pkgconf libjansson-dev libncurses-dev ;;
	test)
		echo g++ check libsubunit-dev mandoc python3 valgrind binutils xz-utils util-linux
		echo python3-jsonschema systemtap-sdt-dev
		# For 32-bit programs. Not gcc-multilib, which excludes cross compilers.
		arch=$(dpkg --print-architecture)
		gcc=$(gcc -dumpversion 2>/dev/null || :)
		[ "$arch" != amd64 ] || [ -z "$gcc" ] || echo "gcc-${gcc%%.*}-multilib"
		;;
	lint) echo shellcheck codespell git abigail-tools ;;
	package)
		echo debhelper devscripts lintian blhc autopkgtest man-db doxygen rpm rpmlint
		echo dh-python libpython3-dev # and bindings, which debian/tests build
		;;
	bindings)
		echo python3 python3-dev python3-setuptools python3-wheel python3-build python3-venv
		echo python3-pytest python3-hypothesis python3-numpy mypy
		echo golang-go cargo rustc rustfmt rust-clippy bindgen libclang-dev \
			librust-tokio-dev librust-futures-core-dev
		;;
	bench)
		echo g++ pkgconf iceoryx libck-dev libboost-dev libqb-dev libzmq3-dev libnng-dev
		echo libdpdk-dev libiceoryx-posh-dev python3-matplotlib
		;;
	ci) echo clang llvm libclang-rt-14-dev spin
		echo prometheus systemd bpftrace apparmor checkpolicy ;; # for contrib/
	cross)
		echo qemu-user-static abigail-tools
		for arch in ${CROSS:-arm64}; do
			echo "gcc-$(nabd_triplet "$arch") libc6-dev-$arch-cross"
			# Debian 12 has no riscv64: Check is compiled from its source there.
			case $arch in
			riscv64) echo dpkg-dev ;;
			*) echo "check:$arch libsubunit-dev:$arch" ;;
			esac
		done
		;;
	*) echo "nabd_packages: unknown purpose $1" >&2; return 1 ;;
	esac
}

# Where there is no dpkg: the commands that stand for the packages.
nabd_commands()
{
	local arch processor
	case $1 in
	build) echo gcc make autoconf automake libtoolize pkg-config ;;
	test) echo g++ mandoc python3 valgrind readelf xz setarch ;;
	lint) echo shellcheck codespell git abidiff ;;
	package) echo dpkg-buildpackage lintian blhc autopkgtest doxygen rpmbuild rpmlint ;;
	bindings) echo python3 go cargo rustc rustfmt bindgen ;;
	bench) echo g++ pkg-config python3 ;;
	ci) echo clang clang++ spin promtool systemd-analyze bpftrace
		echo apparmor_parser checkmodule ;;
	cross)
		echo abidiff
		for arch in ${CROSS:-arm64}; do
			processor=$(nabd_triplet "$arch")
			processor=${processor%%-*}
			echo "$(nabd_triplet "$arch")-gcc qemu-${processor/i686/i386}-static"
		done
		;;
	*) echo "nabd_commands: unknown purpose $1" >&2; return 1 ;;
	esac
}

nabd_missing_packages()
{
	local package native
	native=$(dpkg --print-architecture)
	for package in "$@"; do
		# One line for each architecture that it is there for.
		dpkg-query -W -f '${Architecture} ${db:Status-Status}\n' "$package" 2>/dev/null |
			case $package in
			*:*) grep -q -x "${package#*:} installed" ;;
			*) grep -q -x -E "($native|all) installed" ;;
			esac || printf '%s ' "$package"
	done
}

# nabd_install PACKAGE…: those that are missing
nabd_install()
{
	local missing arch sudo=()

	missing=$(nabd_missing_packages "$@")
	[ -z "$missing" ] && return 0

	if [ "$(id -u)" != 0 ]; then
		if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
			sudo=(sudo -n)
		else
			echo "Some packages are missing, and this user may not install them. Run as root:" >&2
			echo "  apt-get update && apt-get install --no-install-recommends $missing" >&2
			echo "then run this again." >&2
			return 1
		fi
	fi
	echo "Installing: $missing"
	nabd_apt() {
		"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq \
			-o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@" </dev/null
	}
	for arch in $(printf '%s\n' "$missing" | grep -o ':[a-z0-9]*' | sort -u); do
		"${sudo[@]}" dpkg --add-architecture "${arch#:}"
	done
	nabd_apt update || echo "apt-get update failed; going on with the lists that are here" >&2
	# Never at the price of what is there: --no-remove.
	# shellcheck disable=SC2086 # a list of words
	if ! nabd_apt install -y --no-remove --no-install-recommends $missing >/dev/null; then
		echo "apt-get failed. To try it by hand:" >&2
		echo "  apt-get update && apt-get install --no-install-recommends $missing" >&2
		return 1
	fi
}

nabd_setup()
{
	local purpose command missing=

	for purpose in "$@"; do
		if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
			# shellcheck disable=SC2046 # a list of words
			nabd_install $(nabd_packages "$purpose") || return 1
			continue
		fi
		for command in $(nabd_commands "$purpose"); do
			command -v "$command" >/dev/null || missing+="$command "
		done
	done
	[ -z "$missing" ] && return 0
	echo "These commands are missing: $missing" >&2
	echo "Install them with your system's package manager, and for the unit tests" \
		"the library Check (libcheck); then run this again." >&2
	return 1
}
