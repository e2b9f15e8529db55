#!/bin/sh
# SPDX-License-Identifier: MIT
# cross.sh [NAME…] - for each other processor, by Debian's name or a triplet: build in a folder
# of its own, run the unit tests there in emulation and compare the ABI with its dump, then
# move traffic: emulated alone, and with native processes where the byte order is the same.
# Where it is not, each must refuse the other's queue. Without a name: all whose compilers
# are here. An emulator does not show what a weaker memory order would.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" "${CC:?}" "${MAKE:?}"

messages=${NABD_INTEROP_MESSAGES:-100000}
native=$top_builddir/tests/stress/stress
queue_dir=
trap 'rm -rf "$queue_dir"' EXIT
trap 'exit 1' HUP INT TERM

triplet_of() {
	case $1 in
	arm64 | aarch64) echo aarch64-linux-gnu ;;
	armhf) echo arm-linux-gnueabihf ;;
	i386) echo i686-linux-gnu ;;
	s390x | riscv64) echo "$1-linux-gnu" ;;
	*-*) echo "$1" ;;
	*) echo "no processor $1; there are: arm64 armhf i386 s390x riscv64" >&2; return 1 ;;
	esac
}

# The names in emulated.txt are those of tests that there are.
while read -r program test _; do
	case $program in
	\#*) continue ;;
	esac
	if ! grep -q -F "START_TEST($test)" "$top_srcdir/$program.c"; then
		echo "emulated.txt: $program has no test $test"
		exit 1
	fi
done <"$top_srcdir/tests/interop/emulated.txt"

# refused MAKER TAKER: the byte order of the one's queue is not the other's.
refused() {
	queue_dir=$(mktemp -d /dev/shm/nabd-interop.XXXXXX)
	args="--name q --dir $queue_dir --slots 4 --slot-size 64 --seed 1"
	# shellcheck disable=SC2086 # words on purpose
	$1 --role producer $args --messages 1
	for role in consumer observer producer; do
		# shellcheck disable=SC2086
		if said=$($2 --role $role $args --messages 1 2>&1); then
			echo "FAILED: a $role has opened it"
			exit 1
		fi
		echo "$said"
		case $said in
		*NABD_BYTEORDER*) ;;
		*) exit 1 ;;
		esac
	done
	rm -rf "$queue_dir"
}

byte_order() {
	echo __BYTE_ORDER__ | "$@" -E -P -
}

transfer() {
	# shellcheck source=tests/interop/transfer.sh
	. "$top_srcdir/tests/interop/transfer.sh"
	transfers "$@"
	rm -rf "$queue_dir"
}

# not_tried REASON: a failure where nothing may be skipped
not_tried() {
	echo "SKIP: $host: $1"
	[ -z "${CI-}${NABD_NO_SKIP-}" ] || exit 1
}

# CHECK_CFLAGS and CHECK_LIBS for configure, where Debian has no Check to install.
find_check() {
	unset CHECK_CFLAGS CHECK_LIBS
	printf '%s\n' '#include <check.h>' 'int main(void) { return !suite_create("x"); }' >try.c
	# shellcheck disable=SC2046 # a list of flags
	! "$host-gcc" -o try try.c $(pkg-config --cflags --libs check) 2>try.log || return 0
	if "$top_srcdir/tests/interop/get-check.sh" "$host" check >check.log 2>&1; then
		export CHECK_CFLAGS="-I$build/check/include"
		export CHECK_LIBS="-L$build/check/lib -lcheck -lm -lrt -lpthread"
	else
		tail -n 5 check.log
		not_tried "unit tests, for lack of the library Check (see $build/check.log)"
	fi
}

# cross TRIPLET
cross() {
	host=$1
	build=$top_builddir/cross-$host
	qemu=${QEMU:-}
	if [ -z "$qemu" ]; then
		case $host in
		i?86-*) qemu="qemu-i386-static" ;;
		powerpc64le-*) qemu="qemu-ppc64le-static" ;;
		*) qemu=qemu-${host%%-*}-static ;;
		esac
	fi
	if ! command -v "$host-gcc" >/dev/null || ! command -v "$qemu" >/dev/null; then
		echo "needed: $host-gcc and $qemu (Debian: gcc-$host qemu-user-static, and" >&2
		echo "for the unit tests check:ARCH, after dpkg --add-architecture ARCH)" >&2
		exit 1
	fi

	mkdir -p "$build"
	cd "$build"
	if [ ! -f config.status ]; then
		find_check
		"$top_srcdir/configure" --host="$host" --enable-werror --disable-bench \
			--disable-examples CC="$host-gcc" CFLAGS='-O2 -g' >configure.log
	fi

	# x86 runs its 32-bit programs itself, where the kernel lets it: truer than emulation.
	echo 'int main(void) { return sizeof(void *) != 4; }' >try.c
	case $host,${QEMU:-} in
	i?86-*,) ! { "$host-gcc" -static -o try try.c && ./try; } || qemu= ;;
	esac

	# Programs are static: the emulator then needs no libraries of that processor.
	$MAKE lib/libnabd.la
	$MAKE check-emulated NABD_EMULATOR="$qemu" LDFLAGS=-all-static
	$MAKE check TESTS=tests/abi/abi.sh check_PROGRAMS= check_LTLIBRARIES=
	# abi.sh is content where there is nothing to compare. Not here.
	if ! grep '^the ABI is that of' tests/abi/abi.sh.log; then
		cat tests/abi/abi.sh.log
		not_tried "the ABI"
	fi

	$qemu tests/stress/stress --messages "$messages"
	# shellcheck disable=SC2086
	if [ "$(byte_order $CC)" = "$(byte_order "$host-gcc")" ]; then
		transfer "$native" "$qemu $build/tests/stress/stress" "$messages"
	else
		refused "$native" "$qemu $build/tests/stress/stress"
		refused "$qemu $build/tests/stress/stress" "$native"
	fi
	echo "note: $host: ok, ${qemu:-without an emulator}"
}

if [ $# = 0 ]; then
	for name in arm64 armhf i386 s390x riscv64; do
		triplet=$(triplet_of $name)
		if command -v "$triplet-gcc" >/dev/null; then
			set -- "$@" "$name"
		else
			echo "not tried: $name, for there is no $triplet-gcc"
		fi
	done
	[ $# != 0 ] || exit 1
fi
for name; do
	triplet=$(triplet_of "$name")
	cross "$triplet"
done
