#!/bin/sh
# SPDX-License-Identifier: MIT
# Compare counted instructions with bench/instructions.txt: no call may take 4 % and 3
# instructions more than it says. For make check-instructions, on the machine and with the
# compiler that the table names; elsewhere it says so and ends with 77.
#
#	instructions-check.sh TABLE COMPILER FLAGS COMMAND…   COMMAND prints a new table
set -eu
table=$1 compiler=$2 flags=$3
shift 3
new=$(mktemp "${TMPDIR:-/tmp}/nabd-instructions.XXXXXX")
trap 'rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM

is="$(uname -m) gcc $($compiler -dumpversion) ${flags:-none}"
made=$(sed -n 's/^# Made on: //p' "$table")
if [ "$is" != "$made" ]; then
	echo "SKIP: counted with \"$is\", but the table is of \"$made\""
	exit 77
fi
"$@" >"$new"
{ grep -v '^#' "$table"; echo '== new'; cat "$new"; } | awk '
/^== new$/ { fresh = 1; line = 0; next }
{ line++ }
!fresh { old[line] = $0; next }
{
	n = split(old[line], was, " ")
	if (split($0, now, " ") != n) {
		print "another line: \"" $0 "\" where the table has \"" old[line] "\""
		failed = 1
		next
	}
	for (i = 1; i <= n; i++) {
		if (was[i] !~ /^[0-9]+$/ || now[i] !~ /^[0-9]+$/) {
			if (was[i] != now[i]) {
				print "\"" $0 "\" where the table has \"" old[line] "\""
				failed = 1
			}
			continue
		}
		counted++
		if (now[i] > was[i] * 1.04 + 3) {
			print "more than the table says: \"" $0 "\", was \"" old[line] "\""
			failed = 1
		}
		if (now[i] < was[i] * 0.96 - 3)
			print "note: fewer than the table says: \"" $0 "\", was \"" old[line] "\""
	}
}
END {
	if (!fresh || counted < 100) {
		print "only " counted + 0 " numbers were compared"
		failed = 1
	}
	exit failed
}'
echo "no call takes more instructions than bench/instructions.txt says"
