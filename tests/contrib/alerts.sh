#!/bin/bash
# SPDX-License-Identifier: MIT
# Prometheus' own tool takes the alerts of contrib/ and passes their tests; each alert is
# tested both to be raised and not to be, which is seen by raising none, and all.
set -eu
: "${top_srcdir:?}" # make check sets it

command -v promtool >/dev/null || { echo "promtool is missing (package prometheus)"; exit 77; }
from=$top_srcdir/contrib/prometheus
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail()
{
	echo "alerts.sh: $*" >&2
	exit 1
}

cp "$from"/nabd-alerts.yml "$from"/nabd-alerts-test.yml "$work"
cd "$work"
chmod u+w ./*.yml # those of a tarball may be read-only
promtool check rules nabd-alerts.yml >out 2>&1 || fail "$(cat out)"
promtool test rules nabd-alerts-test.yml >out 2>&1 || fail "$(cat out)"

names=$(sed -n 's/^ *- alert: //p' nabd-alerts.yml)
[ "$(printf '%s\n' "$names" | sort | uniq -d)" = '' ] || fail "an alert twice"
[ "$(printf '%s\n' "$names" | wc -l)" -ge 10 ] || fail "hardly any alerts: $names"

# all_are EXPRESSION: what the tests say if every alert is raised by that
all_are()
{
	awk -v instead="$1" '
		/^ *expr:/ { print "        expr: " instead; skip = 1; next }
		/^ *(for|labels):/ { skip = 0 }
		!skip { print }' "$from/nabd-alerts.yml" >nabd-alerts.yml
	promtool check rules nabd-alerts.yml >out 2>&1 || fail "$1: $(cat out)"
	promtool test rules nabd-alerts-test.yml >out 2>&1 && fail "$1 is as good as any"
	true
}
all_are 'vector(0) > 1'
for name in $names; do
	grep -q "alertname: *$name," out || fail "that $name is raised is not tested: $(cat out)"
done
all_are 'vector(1)'
for name in $names; do
	grep -A 3 "alertname: *$name," out | grep -q 'exp:\[\]' ||
		fail "that $name is not raised is not tested: $(cat out)"
done
