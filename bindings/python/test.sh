#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests what build.sh has built into OUT, each test also with Python's own checks on:
#
#	test.sh OUT [ARGUMENT OF PYTEST…]
#
# Environment as for build.sh. 77: a tool is missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: test.sh OUT" >&2; exit 2; }
out=$(cd "$1" && pwd)
shift
python=${PYTHON:-/usr/bin/python3}

for module in pytest hypothesis mypy numpy; do
	"$python" -c "import $module" 2>/dev/null || {
		echo "$module is missing: python3-pytest python3-hypothesis mypy python3-numpy"
		exit 77
	}
done

# What may be wrong with the file itself: it serves all versions from 3.11 on, and needs the
# library that is installed.
module=$out/lib/nabd/_nabd.abi3.so
[ -f "$module" ] || { echo "$module is missing"; exit 1; }
readelf -d "$module" | grep -q 'NEEDED.*libnabd\.so' || { echo "not linked to libnabd"; exit 1; }
# These with an underscore belong to the stable ABI: macros of the limited API need them.
stable='_Py_(Dealloc|(None|True|False|NotImplemented)Struct|BuildValue_SizeT)|_PyObject_(GC_)?New'
stable="$stable|_PyArg_ParseTuple(AndKeywords)?_SizeT|_PyObject_Call(Function|Method)_SizeT"
if nm -D "$module" | sed -n 's/^ *U //p' | grep '^_Py' | grep -v -x -E "$stable"; then
	echo "it uses what is not in the limited API"
	exit 1
fi
for file in $(find "$here" -name '*.py' -o -name '*.pyi' -o -name '*.[ch]' | grep -v /build/); do
	awk -v name="$file" '{ gsub(/\t/, "        ") } length > 100 { print name ":" NR; bad = 1 }
		END { if (NR > 400) { print name ": " NR " lines"; bad = 1 } exit bad }' "$file"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONPATH="$out/lib" PYTHONPYCACHEPREFIX="$work/cache" HYPOTHESIS_STORAGE_DIRECTORY="$work/hyp"
cd "$work"
if [ -n "${SANITIZER:-}" ]; then
	# Python itself knows nothing of it: the library comes first, each object is allocated by
	# malloc, and what the interpreter never frees is no leak of ours.
	preload=$(${CC:-gcc} -print-file-name=libasan.so)
	[ -f "$preload" ] || { echo "libasan.so is missing"; exit 77; }
	export PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1
	# One test builds the module again, without it. What is captured ends with the process.
	set -- --capture=sys -k "not builds_it" "$@"
	python="env LD_PRELOAD=$preload $python"
fi
# -X dev: debug hooks of memory, warnings, faulthandler, asyncio's debug mode.
# shellcheck disable=SC2086 # may be several words
timeout -k 20 900 $python -X dev -m pytest -q -c "$here/pyproject.toml" --rootdir "$here" \
	"$@" "$here/tests"
