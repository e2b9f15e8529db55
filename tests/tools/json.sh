#!/bin/bash
# SPDX-License-Identifier: MIT
# Every listing in JSON is as the schema says; and the schema refuses what it should.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

python3 -c 'import jsonschema' 2>/dev/null || { echo "python3-jsonschema is missing"; exit 77; }

cat >"$work/validate.py" <<'END'
import json, sys
import jsonschema

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
seen = set()
lines = 0
for line in sys.stdin:
    document = json.loads(line)
    lines += 1
    seen.add(document["command"])
    for error in validator.iter_errors(document):
        sys.exit("%s: %s" % (line.strip(), error.message))
    # What is missing or unknown must be refused, or the schema proves nothing.
    for key in document:
        if validator.is_valid({k: v for k, v in document.items() if k != key}):
            sys.exit("valid without %s: %s" % (key, line.strip()))
    if validator.is_valid(dict(document, unknown=1)):
        sys.exit("valid with something unknown: " + line.strip())
print(lines, " ".join(sorted(seen)))
END

valid()
{
	python3 "$work/validate.py" "${top_srcdir:-.}/tools/nabd.schema.json" <"$work/out" \
		>"$work/verdict" || fail "$*: $(cat "$work/verdict" "$work/out")"
	grep -qx "$*" "$work/verdict" || fail "not $*: $(cat "$work/verdict")"
}

gives 0 ls --json
valid 1 ls
gives 0 create q -s 8 -S 64
gives 0 create over -o
printf 'text\0more' | nabd push q -f raw
printf '\377\376 "quoted" \n' | nabd push q -f raw
gives 0 dump q --json
valid 2 dump
python3 - "$work/out" <<'END' || fail "dump: $(cat "$work/out")"
import base64, json, sys
one, two = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert one["data"] == "text\0more", one
assert base64.b64decode(two["data"]) == b'\377\376 "quoted" \n', two
END
gives 124 pop q -g 3 --keep -n 3 -t 0
nabd push q again
"$nabd" pop q -g 3 -n 0 >"$work/pop" &
pid=$!
pids=$pid
alive()
{
	[ "$(field q 'len(q["groups"][0]["member_list"])')" = 1 ]
}
waiting_for=$pid until_true alive
head -c 12300 "$NABD_DIR/q" >"$NABD_DIR/damaged"
gives 0 ls --json
valid 1 ls
grep -q '"error":"NABD_TRUNCATED"' "$work/out" || fail "no error: $(cat "$work/out")"
rm "$NABD_DIR/damaged"
gives 0 create timed --timestamps
nabd push timed one two three
gives 0 pop timed -n 2
[ "$(field timed 'q["timestamps"], q["groups"][0]["latency"]["count"]')" = "(True, 2)" ] ||
	fail "latency: $(field timed q)"
gives 0 stat --json --memory q over timed
valid 1 stat
gives 3 stat --json missing
valid 1 stat
gives 0 top --json -n 2 -i 1ms
valid 2 top
gives 0 hz --json -n 2 -i 1ms q over
valid 4 hz
seq 3 | nabd push over
gives 0 tail --json --from oldest -n 3 over
valid 3 tail
gives 0 record over --from oldest -n 3 -o "$work/tape"
gives 0 replay --list --json "$work/tape"
valid 1 replay
nabd doctor --json >"$work/out" || [ $? = 1 ] || fail "doctor"
valid 1 doctor
gives 0 bench --json -t 1ms
valid 1 bench
gives 2 push q --json x
kill -TERM "$pid"
wait "$pid" || :
pids=
echo "all documents are valid"
