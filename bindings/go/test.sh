#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bindings/go/test.sh OUT: the binding's own tests, its format and lint, and that a program of
# another module can use it. Environment as for build.sh.
set -euo pipefail
[ $# = 1 ] || { echo "usage: test.sh OUT" >&2; exit 2; }
out=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=bindings/go/env.sh
. "$here/env.sh"
cd "$here"

gofmt=$("$GO" env GOROOT)/bin/gofmt
[ -x "$gofmt" ] || { echo "gofmt is missing"; exit 77; }
unformatted=$("$gofmt" -l .)
if [ -n "$unformatted" ]; then
	printf "not formatted:\n%s\n" "$unformatted"
	exit 1
fi
"$GO" vet ./...

"$GO" test -count=1 ./...
# Go's memory may not be kept by C, nor hold pointers into Go that C is given.
if GOEXPERIMENT=cgocheck2 "$GO" env GOROOT >/dev/null 2>&1; then
	GOEXPERIMENT=cgocheck2 "$GO" test -count=1 .
else
	GODEBUG=cgocheck=2 "$GO" test -count=1 .
fi
# Not on every machine, and it says so itself.
if "$GO" build -race -o "$out/race" ./internal/bench 2>"$out/race.log"; then
	"$GO" test -count=1 -race .
else
	echo "no race detector here: $(tail -n 1 "$out/race.log")"
fi
if ! "$GO" test -run='^$' -bench=. -benchtime=10x . >"$out/bench.log"; then
	cat "$out/bench.log"
	exit 1
fi

# As another module, and without modules, as Debian's packages of libraries are used.
path=$("$GO" list -m)
mkdir -p "$out/user" "$out/gopath/src/$(dirname "$path")"
cat >"$out/user/main.go" <<EOF
package main

import "$path"

func main() { println(nabd.Version()) }
EOF
printf 'module user\n\ngo 1.19\n\nrequire %s v0.0.0\n\nreplace %s => %s\n' "$path" "$path" "$here" \
	>"$out/user/go.mod"
(cd "$out/user" && "$GO" run .) 2>&1 | grep -x -E '[0-9]+\.[0-9]+\.[0-9]+'
rm -rf "${out:?}/gopath/src/$path"
cp -R "$here" "$out/gopath/src/$path"
(cd "$out/user" && GO111MODULE=off GOFLAGS='' "$GO" run main.go) 2>&1 |
	grep -x -E '[0-9]+\.[0-9]+\.[0-9]+'
