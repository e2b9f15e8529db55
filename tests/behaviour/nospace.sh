#!/bin/sh
# SPDX-License-Identifier: MIT
# No shared memory left: run the program nospace on a tmpfs that is nearly
# nothing. Mounting needs root, or a user namespace of our own.
set -eu

top_builddir=${top_builddir:-.}
program=$top_builddir/tests/behaviour/nospace

if [ "${1:-}" != inside ]; then
	if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
		exec unshare -m "$0" inside
	elif unshare -rm true 2>/dev/null; then
		exec unshare -rm "$0" inside
	fi
	echo "skipped: needs root or user namespaces, to mount a small tmpfs"
	exit 77
fi

# The mounts vanish with this namespace; the directory is on us.
mount --make-rprivate / 2>/dev/null || true
dir=$(mktemp -d "${TMPDIR:-/tmp}/nabd-nospace-$$-XXXXXX")
trap 'umount "$dir" 2>/dev/null || true; rmdir "$dir"' EXIT
export NABD_DIR="$dir"

mount -t tmpfs -o size=512k nabd-nospace "$dir"
"$program" memory
umount "$dir"

mount -t tmpfs -o size=64m,nr_inodes=4 nabd-nospace "$dir"
"$program" files
