#!/bin/bash
# SPDX-License-Identifier: MIT
# clean and metrics: what nobody has open goes, when told to; numbers in all their forms.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

gives 2 metrics
gives 2 metrics q other
gives 2 metrics q --format xml
gives 3 metrics missing
gives 2 clean --no-such-option
gives 3 clean missing

# Nothing is done that was not asked for, and nothing that is not read is thrown away.
gives 0 create empty -s 8 -S 64
gives 0 create full -s 8 -S 64
nabd push full one two
gives 0 clean
grep -q 'Would remove' "$work/out" || fail "clean: $(cat "$work/out")"
grep -q '2 unread messages' "$work/out" || fail "clean: $(cat "$work/out")"
gives 0 stat empty full
gives 0 clean -y
gives 3 stat empty
gives 0 stat full
gives 3 clean -y -D empty full
gives 3 stat full

# One that is in use stays, whatever is asked.
gives 0 create used -s 8 -S 64
"$nabd" pop used -n 1 >"$work/popped" 2>&1 </dev/null &
reader=$!
pids=$reader
reads()
{
	[ "$(field used 'len(q["groups"])')" = 1 ]
}
waiting_for=$reader until_true reads
gives 0 clean -y -D
gives 0 stat used
nabd push used go
wait $reader || fail "the reader: $?"
[ "$(cat "$work/popped")" = go ] || fail "read: $(cat "$work/popped")"

gives 0 metrics used
grep -q head "$work/out" || fail "text: $(cat "$work/out")"
gives 0 metrics used -f json
python3 -c 'import json, sys; json.load(sys.stdin)' <"$work/out" || fail "json: $(cat "$work/out")"
gives 0 metrics used --format=prometheus
grep -q '^# TYPE nabd_' "$work/out" || fail "prometheus: $(head -5 "$work/out")"
gives 0 clean -y used
gives 3 stat used
