#!/bin/bash
# SPDX-License-Identifier: MIT
# What docs/guide/operating.md says of servers: a /dev/shm that is too small or full, one that
# may not be written, a /proc that hides others or is missing, users without rights, and a name
# that somebody removes. Each in a mount namespace of its own, which takes it all along.

here=$(readlink /proc/self/ns/mnt)
if [ $# = 0 ]; then
	[ "$(id -u)" = 0 ] || { echo "skipped: needs root, to mount and to be other users"; exit 77; }
	unshare --mount true 2>/dev/null || { echo "skipped: namespaces are not permitted"; exit 77; }
	exec unshare --mount "$0" "$here"
fi
# Never in the namespace of the machine.
[ "$here" != "$1" ] || { echo "this is no namespace of its own"; exit 1; }
case $1 in
mnt:*) ;;
*)
	echo "run it without arguments"
	exit 1
	;;
esac

# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"
trap 'umount -l "$NABD_DIR" 2>/dev/null || true; cleanup' EXIT
mount --make-rprivate /

shm()
{
	mount -t tmpfs -o "mode=1777,$1" shm "$NABD_DIR"
}

# Too small: an error where the queue is made, which leaves nothing; never SIGBUS, which
# would be 135.
shm size=64k
gives 1 create large -s 1024 -S 4K
said 'large: not enough shared memory'
[ -z "$(ls -A "$NABD_DIR")" ] || fail "left: $(ls -A "$NABD_DIR")"
nabd doctor >"$work/out" || [ $? = 1 ] || fail "doctor: $?"
grep -q 'room .*64.0 KiB' "$work/out" || fail "doctor: $(cat "$work/out")"

# What could be made can be filled, whatever others do with the room that is left.
gives 0 create small -s 16 -S 500
head -c 1m /dev/zero >"$NABD_DIR/greedy" 2>/dev/null || true
gives 1 create tiny -s 8 -S 64
for i in 1 2 3; do
	head -c 8000 /dev/zero | tr '\0' "$i" >"$work/sent"
	gives 0 push small -f raw <"$work/sent" # the same slots, each lap
	nabd push small -f raw -n 16 <"$work/sent" || fail "push into a full tmpfs: $?"
	nabd pop small --all -f raw >"$work/received" || fail "pop: $?"
	cmp "$work/sent" "$work/received"
done
umount "$NABD_DIR"

# It may only be read: who looks may, and who sends is told.
shm size=4m
gives 0 create jobs -s 8 -S 64
mount -o remount,ro "$NABD_DIR"
gives 0 stat jobs
gives 1 push jobs x
gives 1 create more -s 8 -S 64
said 'more: permission denied'
gives 1 doctor
grep -q 'directory .*Read-only' "$work/out" || fail "doctor: $(cat "$work/out")"
mount -o remount,rw "$NABD_DIR"

# ProcSubset=pid and ProtectProc= of a service do no harm.
mount -t proc -o subset=pid,hidepid=2 proc /proc
gives 0 push jobs one
gives 0 create more -s 8 -S 64
umount /proc

# Without a /proc queues can be looked at, and nothing else; the doctor knows why. Sanitizers
# can't do without: their own programs end with an error there.
if [ -z "${SAN_CFLAGS-}" ]; then
	umount -l /proc 2>/dev/null || mount -t tmpfs none /proc
	gives 0 stat jobs
	gives 1 push jobs two
	gives 1 doctor
	grep -q 'proc .*not mounted' "$work/out" || fail "doctor: $(cat "$work/out")"
	mount -t proc proc /proc
fi

# Another user: no rights, rights without trust, and both.
if setpriv --reuid 12345 --clear-groups true 2>/dev/null; then
	# The command where anybody may run it: the build's folder may be closed to others.
	mkdir "$NABD_DIR/bin"
	mount -t tmpfs -o mode=755 bin "$NABD_DIR/bin"
	if [ -e "$top_builddir/tools/.libs/nabd" ]; then
		cp "$top_builddir/tools/.libs/nabd" "$top_builddir"/lib/.libs/libnabd.so.[0-9] \
			"$NABD_DIR/bin"
	else
		cp "$nabd" "$NABD_DIR/bin"
	fi
	other()
	{
		local want=$1 code=0
		shift
		LD_LIBRARY_PATH=$NABD_DIR/bin timeout -k 5 60 \
			setpriv --reuid 12345 --regid 12345 --clear-groups "$NABD_DIR/bin/nabd" "$@" \
			>"$work/out" 2>"$work/err" </dev/null || code=$?
		[ "$code" = "$want" ] || fail "other: nabd $*: $code: $(cat "$work/err")"
	}
	other 0 --version
	for flag in '' -A; do
		# shellcheck disable=SC2086 # an option or none
		other 1 push jobs $flag x
		said 'jobs: permission denied'
	done
	chmod 644 "$NABD_DIR/jobs"
	other 1 stat jobs
	said 'jobs: the queue belongs to another user'
	other 0 stat -A jobs
	other 1 push -A jobs x
	said 'jobs: permission denied'
	chown :12345 "$NABD_DIR/jobs"
	chmod 660 "$NABD_DIR/jobs"
	other 1 push jobs x
	said 'jobs: the queue belongs to another user'
	other 0 push -A jobs two
	other 1 rm jobs # the directory is sticky, as /dev/shm is
	gives 0 pop jobs -n 2
	printed "$(printf 'one\ntwo')"
	umount "$NABD_DIR/bin"
fi

# RemoveIPC= removes the name under those who use it: what is waited for is told, and who comes
# finds none. (A program goes on, unless it asked for that by NABD_WAIT_UNLINK.)
"$nabd" pop more -g 1 -n 0 >"$work/received" 2>"$work/err" </dev/null &
reader=$!
pids=$reader
gives 0 push more one
got_one()
{
	[ -s "$work/received" ]
}
waiting_for=$reader until_true got_one
rm "$NABD_DIR/more"
code=0
wait "$reader" || code=$?
pids=
[ "$code" = 3 ] || fail "the reader: $code: $(cat "$work/err")"
gives 3 stat more
umount "$NABD_DIR"
echo "too little room, rights or trust is an error, and a lost name is noticed"
