#!/bin/bash
# SPDX-License-Identifier: MIT
# Queues between containers, as docs/guide/operating.md says: namespaces of processes, IPC, names
# and users do not matter where the directory is shared; a /dev/shm of its own is one.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

namespaces='--mount --pid --fork --ipc --uts --net --mount-proc --kill-child'
[ "$(id -u)" = 0 ] || namespaces="--map-root-user $namespaces"
# shellcheck disable=SC2086 # options
unshare $namespaces true 2>/dev/null || { echo "namespaces are not permitted here"; exit 77; }

# contained COMMAND…: nabd in namespaces of its own
contained()
{
	# shellcheck disable=SC2086 # options
	timeout -k 5 60 unshare $namespaces "$nabd" "$@"
}

# What one sends the other receives, and each sees that the other is there.
gives 0 create q -s 8 -S 64
contained push q one two || fail "push: $?"
contained pop q -g 1 -n 1 >"$work/popped" || fail "pop: $?"
[ "$(cat "$work/popped")" = one ] || fail "read: $(cat "$work/popped")"
# shellcheck disable=SC2086 # options; dies with its unshare
unshare $namespaces "$nabd" pop q -g 1 -n 9 >"$work/popped" 2>"$work/err" </dev/null &
reader=$!
pids=$reader
reads()
{
	[ "$(field q 'sum(g["members"] for g in q["groups"])')" = 1 ]
}
waiting_for=$reader until_true reads
contained doctor q >"$work/out" || fail "doctor: $(cat "$work/out")"
grep -q 'q is sound, and in use' "$work/out" || fail "$(cat "$work/out")"
contained clean -y -D q >"$work/out" || fail "clean: $?"
gives 0 stat q

# A death in there is seen out here, without a number of a process.
kill -KILL "$reader"
wait "$reader" 2>/dev/null || true
pids=
gone()
{
	[ "$(field q 'sum(g["members"] for g in q["groups"])')" = 0 ]
}
waiting_for='' until_true gone
gives 0 clean -y -D q
gives 3 stat q

# A /dev/shm of one's own: what is made there is not seen here, and the other way round.
gives 0 create outside -s 8 -S 64
# shellcheck disable=SC2016,SC2086 # the inner shell's; options
timeout -k 5 60 unshare $namespaces bash -c 'mount -t tmpfs -o size=1m own "$2" && export NABD_DIR=$2 &&
	! "$1" stat outside 2>/dev/null && "$1" create inside -s 8 -S 64 &&
	"$1" ls -q' - "$nabd" "$NABD_DIR" >"$work/out" 2>&1 || fail "its own: $(cat "$work/out")"
[ "$(cat "$work/out")" = inside ] || fail "seen in there: $(cat "$work/out")"
[ "$(nabd ls -q)" = outside ] || fail "seen out here: $(nabd ls -q)"

# The same user of the host is the same in any user namespace; one that is not mapped is
# refused, unless every owner is accepted.
if [ "$(id -u)" = 0 ] && unshare --user --map-root-user true 2>/dev/null; then
	in_user()
	{
		timeout -k 5 60 unshare --user --map-root-user "$nabd" "$@"
	}
	in_user stat outside >"$work/out" 2>&1 || fail "the same user: $(cat "$work/out")"
	chown 12345 "$NABD_DIR/outside"
	chmod 0644 "$NABD_DIR/outside"
	chmod 0755 "$NABD_DIR"
	in_user stat outside >"$work/out" 2>&1 && fail "one that is not mapped is taken"
	in_user doctor outside >"$work/out" 2>&1 && fail "doctor takes it"
	grep -q 'In one word: NABD_OWNER' "$work/out" || fail "not refused: $(cat "$work/out")"
	in_user stat -A outside >"$work/out" 2>&1 || fail "every owner: $(cat "$work/out")"
fi
echo "containers share what they share, and nothing else"
