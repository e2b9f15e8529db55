#!/bin/sh
# SPDX-License-Identifier: MIT
# AppArmor's parser and SELinux's compiler take what contrib/ has for them. Nothing is
# loaded into the kernel.
set -eu
: "${top_srcdir:?}" # make check sets it
PATH=$PATH:/usr/sbin:/sbin

for tool in apparmor_parser checkmodule; do
	command -v $tool >/dev/null || { echo "$tool is missing"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

fail()
{
	echo "policies.sh: $*"
	exit 1
}

cat >profile <<END
abi <abi/3.0>,
include <tunables/global>
profile nabd-test /usr/bin/nabd-test {
	include "$work/nabd"
}
END
parse()
{
	apparmor_parser --skip-kernel-load --skip-cache --base /etc/apparmor.d profile >out 2>&1
}
cat "$top_srcdir/contrib/apparmor/nabd" >nabd
parse || fail "AppArmor: $(cat out)"
sed 's/rwkl,/rwkl/' "$top_srcdir/contrib/apparmor/nabd" >nabd
! parse || fail "AppArmor takes anything"

compile()
{
	checkmodule -M -m -o nabd.mod "$1" >out 2>&1
}
compile "$top_srcdir/contrib/selinux/nabd.te" || fail "SELinux: $(cat out)"
sed 's/^	type tmpfs_t;//' "$top_srcdir/contrib/selinux/nabd.te" >bad.te
! compile bad.te || fail "SELinux takes anything"
