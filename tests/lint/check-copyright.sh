#!/bin/sh
# SPDX-License-Identifier: MIT
# debian/copyright names each file of other authors: those that autogen.sh brings. All others
# say their licence themselves (check-spdx.sh).
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
generated=$(realpath "$(dirname "$0")/generated.txt")
cd "$top_srcdir"
copyright=debian/copyright
failed=0

others=$(find . -maxdepth 2 -type f | sed 's|^\./||' | grep -x -f "$generated" | LC_ALL=C sort |
	while IFS= read -r name; do
		! head -n 100 "$name" | grep -q Copyright || printf '%s\n' "$name"
	done)
patterns=$(sed -n '/^Files:/,/^Copyright:/{/^Copyright:/d; s/^Files://; p}' "$copyright" |
	tr -s ' ' '\n' | sed '/^\**$/d')
if [ -z "$others" ] || [ -z "$patterns" ]; then
	echo "nothing to compare"
	exit 1
fi

# one_of NAMES PATTERNS: whether a name fits a pattern
one_of()
{
	printf '%s\n' "$1" | while IFS= read -r name; do
		printf '%s\n' "$2" | while IFS= read -r pattern; do
			# shellcheck disable=SC2254 # it is a pattern
			case $name in $pattern) echo fits ;; esac
		done
	done | grep -q fits
}

for name in $others; do
	one_of "$name" "$patterns" || { echo "not in $copyright: $name"; failed=1; }
done
set -f
for pattern in $patterns; do
	one_of "$others" "$pattern" || { echo "in $copyright, and no such file: $pattern"; failed=1; }
done

# Each licence has its text, once.
for licence in $(sed -n 's/^License: //p' "$copyright" | tr ' ' '_' | sed 's/_and_/ /g'); do
	printf '%s\n' "$licence"
done | sort -u | tr '_' ' ' | while IFS= read -r licence; do
	[ "$(grep -A1 -x -e "License: $licence" "$copyright" | grep -c '^ ')" = 1 ] ||
		echo "$copyright: not one text of $licence"
done | grep . && failed=1
exit $failed
