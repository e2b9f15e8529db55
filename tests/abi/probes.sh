#!/bin/bash
# SPDX-License-Identifier: MIT
# The static probes in the built library are those that nabd-probes(7) lists, with as many
# arguments, and the examples in contrib/bpftrace/ name no others; none is in a call that is
# made for each message, or in a header or door, which could bring it there.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" "${NABD_SOVERSION:?}" # make check sets them

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export LC_ALL=C
failed=0
fail()
{
	echo "$*"
	failed=1
}

# In the sources: only files that nothing includes.
hits=$(grep -l 'include "probe.h"' "$top_srcdir"/lib/*.h "$top_srcdir"/lib/api_*.c || :)
[ -z "$hits" ] || fail "probes in headers or doors: $hits"

# In the manual: .It Li name Ta arguments Ta when
page=$top_srcdir/man/man7/nabd-probes.7
sed -n 's/^\.It Li \([a-z_]*\) Ta \(.*\) Ta .*/\1 \2/p' "$page" |
	awk '{ print $1, NF - 1 }' | sort >"$work/page"
[ "$(wc -l <"$work/page")" -ge 10 ] || fail "nabd-probes(7): no list found"

# What the examples name, and which arguments they use.
for file in "$top_srcdir"/contrib/bpftrace/*.bt; do
	awk -v file="${file##*/}" '
	NR == FNR { arguments[$1] = $2; next }
	/^usdt:/ {
		name = $1
		sub(/.*:/, "", name)
		if (!(name in arguments))
			print file ": there is no probe " name
		some++
	}
	/^usdt:/, /^}/ {
		line = $0
		while (match(line, /arg[0-9]+/)) {
			if (substr(line, RSTART + 3, RLENGTH - 3) + 0 >= arguments[name])
				print file ": " name " has no " substr(line, RSTART, RLENGTH)
			line = substr(line, RSTART + RLENGTH)
		}
	}
	END { if (!some) print file ": no probe in it" }' "$work/page" "$file"
done >"$work/examples"
[ ! -s "$work/examples" ] || fail "$(cat "$work/examples")"

# In the library: name and number of arguments; more than one place may have the same.
so=$top_builddir/lib/.libs/libnabd.so.$NABD_SOVERSION
library=$so
[ -e "$so" ] || library=$top_builddir/lib/.libs/libnabd.a
$READELF -n -W "$library" >"$work/notes" 2>/dev/null
if ! grep -q '^am__append_[0-9]* = -DNABD_SDT' "$top_builddir/Makefile"; then
	! grep -q 'Provider: nabd' "$work/notes" || fail "probes, though built without"
	[ $failed = 1 ] || echo "built without probes, and without any it is"
	exit $failed
fi
awk '
/Provider:/ { provider = $NF } # on a line of its own, or behind the note
$1 == "Name:" { name = $2 }
$1 == "Location:" { location = $2 }
$1 == "Arguments:" {
	sub(/,$/, "", location)
	print name, NF - 1, location, provider
}' "$work/notes" >"$work/sites"
awk '$4 != "nabd" { print }' "$work/sites" >"$work/others"
[ ! -s "$work/others" ] || fail "probes of another provider: $(cat "$work/others")"
awk '{ print $1, $2 }' "$work/sites" | sort -u >"$work/built"
diff -u --label nabd-probes.7 --label libnabd.so "$work/page" "$work/built" || failed=1

if [ ! -e "$so" ]; then
	exit $failed # where they are is not known before it is linked
fi

# Where they are: the function is the last that begins no later.
$NM --defined-only "$so" | awk '$2 ~ /^[tT]$/ { print $1, $3 }' | sort >"$work/functions"
awk '
NR == FNR { at[n] = $1; name[n++] = $2; next }
{
	site = substr($3, 3)
	for (i = n - 1; i >= 0 && at[i] > site; i--)
		;
	print name[i], $1
}' "$work/functions" "$work/sites" | sort -u >"$work/where"
[ "$(wc -l <"$work/where")" -ge 10 ] || fail "the probes' functions were not found"
for call in push pop peek peek_msg release reserve commit abort push_batch pop_batch peek_batch \
	release_batch reserve_batch commit_batch consumer_pop consumer_peek consumer_peek_msg \
	consumer_release consumer_pop_batch consumer_peek_batch consumer_release_batch; do
	grep -q " nabd_$call\$" "$work/functions" || fail "no such call: nabd_$call"
done
grep -E '^nabd_' "$work/where" >"$work/hits" &&
	fail "a call of the header has a probe of its own: $(cat "$work/hits")"

# bpftrace itself, as far as it gets without running anything, which is root's affair.
if command -v bpftrace >/dev/null && bpftrace -d -e 'BEGIN { exit(); }' >/dev/null 2>&1; then
	for file in "$top_srcdir"/contrib/bpftrace/*.bt; do
		sed "s|usdt:/[^:]*:|usdt:$so:|" "$file" >"$work/try.bt"
		bpftrace -d "$work/try.bt" >"$work/out" 2>&1 ||
			fail "$file: $(grep -i -e error "$work/out" | tail -3)"
	done
	sed -i 's/nabd:full/nabd:fool/; s/nabd:wake/nabd:woke/' "$work/try.bt"
	! bpftrace -d "$work/try.bt" >"$work/out" 2>&1 || fail "bpftrace takes anything"
fi

[ $failed = 1 ] || echo "$(wc -l <"$work/built") probes at $(wc -l <"$work/sites") places"
exit $failed
