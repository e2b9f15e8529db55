#!/bin/sh
# SPDX-License-Identifier: MIT
# Every file says its licence within its first five lines, save those that
# cannot hold a comment and those that GNU prescribes the form of.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
list=$("$(dirname "$0")/files.sh")
cd "$top_srcdir"

[ -n "$list" ] || { echo "no files found"; exit 1; }
without=$(printf '%s\n' "$list" | while IFS= read -r name; do
	case $name in
	COPYING | AUTHORS | NEWS | ChangeLog) continue ;;
	debian/changelog | debian/source/format | debian/*.doc-base) continue ;;
	tests/lint/generated.txt | tests/lint/words.txt) continue ;;
	esac
	head -n 5 "$name" | grep -q 'SPDX-License-Identifier: MIT' || printf '%s\n' "$name"
done)
[ -z "$without" ] || { printf 'No SPDX line:\n%s\n' "$without"; exit 1; }
