#!/bin/sh
# SPDX-License-Identifier: MIT
# Holds lib/ to the one direction of calls that lib/LAYERS draws:
# - every source file stands in LAYERS once, and every name there is a file;
# - a file includes only headers of its own layer or of lower ones;
# - only os.h and os_*.c include headers of the system's calls;
# - only atomic.h names atomics and memory orders, and of the public headers inline.h.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$top_srcdir/lib"

# Pure C, nothing that enters the kernel (malloc and friends apart).
free='stddef.h stdint.h stdbool.h stdlib.h string.h limits.h errno.h inttypes.h config.h nabd/nabd.h nabd/inline_layout.h nabd/inline_steps.h'

awk -v free="$free" '
function fail(text) { print text; failed = 1 }
BEGIN {
	n = split(free, words, " ")
	for (i = 1; i <= n; i++)
		is_free[words[i]] = 1
	# Which header besides belongs to which file alone.
	own["stdatomic.h"] = own["valgrind/helgrind.h"] = "atomic.h"
	own["sys/sdt.h"] = "probe.h"
	own["nmmintrin.h"] = own["arm_acle.h"] = own["immintrin.h"] = "crc32c.c"
}
FNR == 1 {
	file = FILENAME
	sub(/^\.\//, "", file)
}
file == "LAYERS" {
	if ($0 ~ /^[ \t]*(#|$)/)
		next
	if ($1 !~ /^[a-z_]+:$/)
		fail("LAYERS:" FNR ": not \"name: file ...\"")
	layers++
	for (i = 2; i <= NF; i++) {
		if ($i in layer)
			fail("LAYERS:" FNR ": " $i " stands there twice")
		layer[$i] = layers
	}
	next
}
FNR == 1 {
	seen[file] = 1
	sources++
	if (!(file in layer))
		fail(file ": not in LAYERS")
	os = file == "os.h" || file ~ /^os_.*\.c$/
}
file == "atomic.h" && /^#include NABD_ATOMICS_MODEL$/ {
	next # by name of a macro: the words of tests/model
}
/^[ \t]*#[ \t]*include/ {
	name = $0
	if (name !~ /["<].*[">]/) {
		fail(file ":" FNR ": an include that this script cannot read")
		next
	}
	sub(/^[^"<]*["<]/, "", name)
	sub(/[">].*$/, "", name)
	if ((name in is_free) || os && !(name in layer) && !(name in own))
		next
	if (file == "text.c" && (name == "stdio.h" || name == "stdarg.h"))
		next # formats into memory
	if (name in layer) {
		if (layer[name] > layer[file])
			fail(file ":" FNR ": includes " name " of a higher layer")
	} else if (own[name] != file)
		fail(file ":" FNR ": may not include " name)
}
file != "atomic.h" && /memory_order_|atomic_[a-z]+_explicit|__atomic_|__sync_|_Atomic[^a-z]/ {
	fail(file ":" FNR ": atomics belong in atomic.h")
}
END {
	for (name in layer)
		if (!(name in seen))
			fail("LAYERS: no such file: " name)
	if (layers < 2 || sources < 2)
		fail("LAYERS or the sources were not read")
	if (!failed)
		print layers " layers, " sources " files"
	exit failed
}' LAYERS ./*.h ./*.c

cd ../include/nabd
failed=0
for header in ./*.h ./*.h.in; do
	words='memory_order_|atomic_[a-z]+_explicit|__sync_|_Atomic[^a-z]'
	[ "$header" = ./inline.h ] || words="$words|__atomic_|__ATOMIC_"
	if grep -n -E "$words" "$header"; then
		echo "$header: atomics of programs belong in inline.h, by names that C++ has"
		failed=1
	fi
done
exit $failed
