#!/bin/sh
# SPDX-License-Identifier: MIT
# C answers every conformance case as it is written; and one that is not so is noticed.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" # make check sets them
here=$top_srcdir/bindings/conformance
runner=$top_builddir/bindings/conformance/conformance
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/run-cases.py" "$runner"

# noticed CASE: run-cases.py says that it differs
noticed()
{
	if "$here/run-cases.py" "$runner" "$1" >"$work/out"; then
		echo "not noticed:"
		cat "$1"
		exit 1
	fi
	grep -q '1 cases, 1 differ' "$work/out"
}

printf 'error_name -2\n= NABD_EMPTY\n' >"$work/wrong.case"
noticed "$work/wrong.case"
printf 'error_name -2\n' >"$work/missing.case"
noticed "$work/missing.case"
printf 'no_such_command\n= OK\n' >"$work/unknown.case"
noticed "$work/unknown.case"

# What a language can't write down counts as right only where the line says that it may.
printf '#!/bin/sh\nprintf "push q x\\n= TYPES\\n"\n' >"$work/runner"
chmod +x "$work/runner"
runner=$work/runner
printf 'push q x\n= STATE\n' >"$work/types.case"
noticed "$work/types.case"
printf '#!/bin/sh\nprintf "? push q x\\n= TYPES\\n"\n' >"$work/runner"
printf '? push q x\n= STATE\n' >"$work/types.case"
"$here/run-cases.py" "$runner" "$work/types.case" | grep -q ' 0 differ, 1 calls'
printf '? push q x\n= OK hello\n' >"$work/types.case"
noticed "$work/types.case"
