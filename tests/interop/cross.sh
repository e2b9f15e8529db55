#!/bin/sh
# SPDX-License-Identifier: MIT
# cross.sh HOST - build for another processor in a folder of its own, run the unit
# tests there in emulation, then move traffic: emulated alone, and with native
# processes where the byte order is the same. Where it is not, each must refuse
# the other's queue. An emulator does not show what a weaker memory order would.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" "${CC:?}" "${MAKE:?}"

host=${1:?usage: make check-cross HOST=aarch64-linux-gnu}
arch=${host%%-*}
qemu=${QEMU:-qemu-$arch-static}
messages=${NABD_INTEROP_MESSAGES:-100000}
native=$top_builddir/tests/stress/stress
build=$top_builddir/cross-$host
queue_dir=
trap 'rm -rf "$queue_dir"' EXIT
trap 'exit 1' HUP INT TERM

if ! command -v "$host-gcc" >/dev/null || ! command -v "$qemu" >/dev/null; then
	echo "needed: $host-gcc and $qemu (Debian: gcc-$host qemu-user-static, and" >&2
	echo "for the unit tests check:ARCH, after dpkg --add-architecture ARCH)" >&2
	exit 1
fi

# Static: the emulator then needs no libraries of that processor at run time.
mkdir -p "$build"
cd "$build"
[ -f config.status ] || "$top_srcdir/configure" --host="$host" --disable-shared \
	--disable-bench --disable-examples CC="$host-gcc" CFLAGS='-O2 -g'
$MAKE LDFLAGS=-all-static tests/stress/stress

units=$($MAKE -s print-check-programs | grep '^tests/unit/' || :)
if [ -z "$units" ]; then
	echo "unit tests: not built, there is no Check for $host"
fi
for unit in $units; do
	echo "unit test: $unit"
	$MAKE LDFLAGS=-all-static "$unit"
	CK_DEFAULT_TIMEOUT=120 $qemu "$unit"
done

"$qemu" tests/stress/stress --messages "$messages"

# shellcheck source=tests/interop/transfer.sh
. "$top_srcdir/tests/interop/transfer.sh"

# refused MAKER TAKER: the byte order of the one's queue is not the other's.
refused() {
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
	rm -f "$queue_dir/q"
}

byte_order() {
	echo __BYTE_ORDER__ | "$@" -E -P -
}

# shellcheck disable=SC2086
if [ "$(byte_order $CC)" = "$(byte_order "$host-gcc")" ]; then
	transfers "$native" "$qemu $build/tests/stress/stress" "$messages"
else
	refused "$native" "$qemu $build/tests/stress/stress"
	refused "$qemu $build/tests/stress/stress" "$native"
fi
echo "$host: ok"
