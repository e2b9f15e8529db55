#!/bin/bash
# SPDX-License-Identifier: MIT
# systemd takes the units, and finds them well shut in; the user and the directory are
# made as they should be.
set -eu
: "${top_srcdir:?}" # make check sets it

command -v systemd-analyze >/dev/null || { echo "systemd-analyze is missing"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail()
{
	echo "units.sh: $*" >&2
	exit 1
}

# The commands need not be installed here.
mkdir "$work/units"
for unit in "$top_srcdir"/contrib/systemd/*; do
	sed 's|^ExecStart=/usr/[a-z/]*/nabd[a-z-]*|ExecStart=/bin/true|' "$unit" \
		>"$work/units/$(basename "$unit")"
done
cd "$work/units"
verify()
{
	SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$@" >"$work/out" 2>&1 &&
		! grep -q -e nabd "$work/out"
}
verify ./*.service ./*.timer || fail "verify: $(cat "$work/out")"
for unit in *.service; do
	systemd-analyze security --offline=yes --threshold=30 "./$unit" >"$work/out" 2>&1 ||
		fail "$unit: $(tail -3 "$work/out")"
	[ -e "${unit%.service}.timer" ] || fail "$unit has no timer"
	grep -q '^Documentation=' "$unit" || fail "$unit: no documentation"
done

# That is something which can fail.
sed 's/^Type=.*/Type=sometimes/' nabd-clean.service >nabd-bad.service
sed -i '/^OnBootSec/s/=.*/=soon/' nabd-clean.timer
! verify ./nabd-bad.service || fail "a bad type of service is taken"
! verify ./nabd-clean.timer || fail "a bad time is taken"

# The user and the directory, below a root of our own.
if [ "$(id -u)" = 0 ] && command -v systemd-sysusers >/dev/null; then
	mkdir -p "$work/root/etc" "$work/root/dev/shm"
	systemd-sysusers --root="$work/root" "$top_srcdir/contrib/sysusers.d/nabd.conf" \
		>"$work/out" 2>&1 || fail "sysusers: $(cat "$work/out")"
	id=$(sed -n 's/^nabd:[^:]*:\([0-9]*\):.*/\1/p' "$work/root/etc/passwd")
	group=$(sed -n 's/^nabd:[^:]*:\([0-9]*\):.*/\1/p' "$work/root/etc/group")
	[ "${id:-1000}" -lt 1000 ] || fail "no system user: $(cat "$work/root/etc/passwd")"
	systemd-tmpfiles --root="$work/root" --create "$top_srcdir/contrib/tmpfiles.d/nabd.conf" \
		>"$work/out" 2>&1 || fail "tmpfiles: $(cat "$work/out")"
	was=$(stat -c '%a %u %g' "$work/root/dev/shm/nabd")
	[ "$was" = "2770 $id $group" ] || fail "the directory is $was"
fi
