#!/bin/sh
# SPDX-License-Identifier: MIT
# Build a module of each peer whose library is installed.
#
#	build.sh FOLDER [--all]
#
# The modules come into FOLDER. Says of each whether it was built; a library that is not
# there is no error, but with --all it is. Debian's packages that make it whole:
#	iceoryx libck-dev libboost-dev libqb-dev libzmq3-dev libnng-dev libdpdk-dev libiceoryx-posh-dev
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
all=${2-}
missing=0
mkdir -p "$out"

# module NAME PACKAGE HEADER SUFFIX COMPILER FLAGS LIBRARIES
module()
{
	name=$1 package=$2 header=$3 suffix=$4 compiler=$5 flags=$6 libraries=$7
	shift 7
	# shellcheck disable=SC2086 # lists of flags
	if ! printf '#include <%s>\n' "$header" |
		$compiler $flags -x "$([ "$suffix" = c ] && echo c || echo c++)" -fsyntax-only - \
			2>/dev/null; then
		echo "peer $name: not there (Debian: $package)"
		missing=1
		return 0
	fi
	if [ -e "$out/$name.so" ] && [ -z "$(find "$here/$name.$suffix" "$here/../peer_loops.h" \
		"$here/../peer.h" "$here/../pool.h" "$here/../ticks.h" -newer "$out/$name.so")" ]; then
		return 0
	fi
	# shellcheck disable=SC2086
	$compiler $flags -O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden \
		-o "$out/$name.so.new" "$here/$name.$suffix" $libraries
	mv "$out/$name.so.new" "$out/$name.so"
	echo "peer $name: built"
}

cc=${CC:-cc} cxx=${CXX:-c++}
c="$cc -std=gnu11"
module ck libck-dev ck_ring.h c "$c" "" -lck
module dpdk libdpdk-dev rte_ring.h c "$c" \
	"$(pkg-config --cflags libdpdk 2>/dev/null || :) -Wno-unused-parameter" '-lrte_ring -lrte_eal'
module qb libqb-dev qb/qbrb.h c "$c" "" -lqb
module zmq libzmq3-dev zmq.h c "$c" "" -lzmq
module nng libnng-dev nng/nng.h c "$c" "" -lnng
module mq libc6-dev mqueue.h c "$c" "" -lrt
module iceoryx libiceoryx-posh-dev iceoryx_posh/popo/untyped_publisher.hpp cc \
	"$cxx -std=c++17 $(printf -- '-I%s ' /usr/include/iceoryx/v*)" "" \
	'-liceoryx_posh -liceoryx_hoofs -liceoryx_platform'
module boost libboost-dev boost/lockfree/spsc_queue.hpp cc "$cxx -std=c++17" "" -lrt
[ "$all" != --all ] || [ $missing = 0 ]
