# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# To be sourced, with $out set: Go that fetches nothing and leaves nothing in the sources.
GO=${GO:-/usr/bin/go}
command -v "$GO" >/dev/null || { echo "go is missing: $GO"; exit 77; }
for tool in gcc pkg-config; do
	command -v "$tool" >/dev/null || { echo "$tool is missing"; exit 77; }
done
export GO GOPROXY=off GOTOOLCHAIN=local GOWORK=off
export GOFLAGS='-mod=readonly -buildvcs=false'
export GOCACHE=${GOCACHE:-$out/cache} GOPATH=$out/gopath
# Whatever another Go, first in the path, says of itself.
unset GOROOT
