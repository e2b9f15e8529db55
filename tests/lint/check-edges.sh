#!/bin/sh
# SPDX-License-Identifier: MIT
# Every ordering edge that lib/ordering.h defines ("Edge A: …") is cited as
# "edge A" at two places of the code at least, its two ends; and no letter is
# cited, in lib/ or in a public header, that is not defined.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$top_srcdir"

awk '
function fail(text) { print text; failed = 1 }
FILENAME ~ /ordering\.h$/ {
	if (NR > FNR) # the list of files names it once more
		next
	if ($0 ~ /^ \* Edge [A-Z]:/) {
		letter = substr($0, 9, 1)
		if (letter in defined)
			fail("ordering.h:" FNR ": edge " letter " is defined twice")
		defined[letter] = 1
		edges++
	}
	next
}
{
	# "edge A", "edges A and B", "edges A, B and F"
	n = split($0, word, /[^A-Za-z0-9_]+/)
	for (i = 1; i < n; i++) {
		if (word[i] !~ /^[Ee]dges?$/)
			continue
		for (j = i + 1; j <= n && word[j] ~ /^([A-Z]|and|or)$/; j++) {
			if (word[j] !~ /^[A-Z]$/)
				continue
			if (!(word[j] in defined))
				fail(FILENAME ":" FNR ": edge " word[j] " is not defined in ordering.h")
			if (FILENAME ~ /^lib\//)
				cited[word[j]]++
		}
	}
}
END {
	if (edges == 0)
		fail("ordering.h defines no edge")
	for (letter in defined) {
		if (cited[letter] < 2)
			fail("edge " letter ": cited " cited[letter] + 0 " times in lib/, it has two ends")
		else
			print "edge " letter ": cited " cited[letter] " times"
	}
	exit failed
}' lib/ordering.h include/nabd/nabd.h include/nabd/inline*.h lib/*.h lib/*.c
