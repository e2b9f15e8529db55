#!/bin/sh
# SPDX-License-Identifier: MIT
# ShellCheck is silent about every shell script.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
command -v shellcheck >/dev/null || { echo "shellcheck is missing"; exit 77; }
list=$("$(dirname "$0")/files.sh")
cd "$top_srcdir"

scripts=$(printf '%s\n' "$list" | while IFS= read -r name; do
	case $name in
	*.sh) printf '%s\n' "$name" ;;
	*.c | *.h | *.md | *.hex) ;;
	*) ! head -n 1 "$name" | grep -a -q '^#!.*sh$' || printf '%s\n' "$name" ;;
	esac
done)
[ -n "$scripts" ] || { echo "no scripts found"; exit 1; }
# shellcheck disable=SC2086 # our names have no spaces
shellcheck -x $scripts
