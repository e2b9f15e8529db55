#!/bin/sh
# SPDX-License-Identifier: MIT
# storm.c in a folder of its own, which is removed whatever happens.
set -eu
: "${top_builddir:?}" # make check sets it
NABD_DIR=$(mktemp -d /dev/shm/nabd-recover-storm.XXXXXX)
export NABD_DIR
trap 'rm -rf "$NABD_DIR"' EXIT
trap 'exit 1' HUP INT TERM
"$top_builddir/tests/metrics/storm"
