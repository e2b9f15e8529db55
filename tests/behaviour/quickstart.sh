#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's quick start does what the README says.
set -eu

top_builddir=${top_builddir:-.}
NABD_DIR=/dev/shm/nabd-quickstart-$$
export NABD_DIR
mkdir -m 700 "$NABD_DIR"
trap 'rm -rf "$NABD_DIR"' EXIT
trap 'exit 1' HUP INT TERM

out=$("$top_builddir/tests/behaviour/quickstart" | tr -d '\000')
echo "$out"
case $out in
"Received: Hello Direct Memory!"*) ;;
*)
	echo "quickstart.sh: that is not what the README says"
	exit 1
	;;
esac
