# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# To be sourced, after build.sh: run a test target and count.

# count WORD FILE: the sum of automake's lines "# WORD:  n".
count()
{
	awk -v word="$1" '$1 == "#" && $2 == word ":" { n += $3 } END { print n + 0 }' "$2"
}

# nabd_check BUILD TARGET [MAKE-ARGUMENT…]: run it, say what failed or was
# skipped, end with the line "N passed, N failed". With CI or NABD_NO_SKIP set a
# skipped test is a failed one.
nabd_check()
{
	local build=$1 rc log passed failed skipped list
	shift
	log=$build/check.log
	# The programs first, so that an error of the compiler is not mixed with tests.
	[ "$1" != check ] || nabd_make "$build" check TESTS= || return 1
	rm -f "$build/.failed"
	# --output-sync, so that the lines of parallel tests are whole.
	{ make -C "$build" -j"$(nproc)" --output-sync=line "$@" 2>&1 </dev/null ||
		echo $? >"$build/.failed"; } | tee "$log" |
		grep --line-buffered -E '^(PASS|FAIL|SKIP|XPASS|ERROR|XFAIL): ' || :
	rc=$(cat "$build/.failed" 2>/dev/null || echo 0)
	passed=$(($(count PASS "$log") + $(count XFAIL "$log")))
	failed=$(($(count FAIL "$log") + $(count XPASS "$log") + $(count ERROR "$log")))
	skipped=$(count SKIP "$log")

	list=$(grep -E '^(FAIL|XPASS|ERROR|SKIP): ' "$log" | sort -u || :)
	if [ -n "$list" ]; then
		printf '%s\n' "$list" | while read -r _ name; do
			find "$build" -path "*/$name.log" -exec printf '\n-- %s\n' {} \; \
				-exec tail -n 60 {} \;
		done
		printf '\n%s\n' "$list"
	fi
	if [ "$rc" != 0 ] && [ "$failed" = 0 ]; then
		tail -n 60 "$log"
		failed=1
	fi
	if [ "$skipped" != 0 ]; then
		echo "$skipped skipped"
		[ -z "${CI-}${NABD_NO_SKIP-}" ] || failed=$((failed + skipped))
	fi
	if [ $((passed + failed)) = 0 ]; then
		# A target that counts nothing is one test; make check always counts.
		case $1 in
		check*lint | check) echo "no test ran"; failed=1 ;;
		*) passed=1 ;;
		esac
	fi
	echo "$passed passed, $failed failed"
	[ "$rc" = 0 ] && [ "$failed" = 0 ]
}
