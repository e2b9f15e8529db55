# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# To be sourced: steps of a build, quiet when they succeed.

step()
{
	printf '\n== %s\n' "$*"
}

# quietly LOG COMMAND…: the output goes to LOG; its end is shown on failure.
quietly()
{
	local log=$1 rc=0
	shift
	"$@" >"$log" 2>&1 </dev/null || rc=$?
	if [ $rc != 0 ]; then
		echo "failed ($rc): $*" >&2
		tail -n 40 "$log" >&2
		echo "the whole output: $log" >&2
	fi
	return $rc
}

# nabd_configure TOP BUILD [OPTION…]: make ./configure where it is missing, and
# configure BUILD where that has not been done with these options and the tools
# that are here now. What is older than its source is made again by make itself.
nabd_configure()
{
	local top=$1 build=$2 with
	shift 2
	mkdir -p "$build"
	if [ ! -x "$top/configure" ] || [ ! -f "$top/Makefile.in" ]; then
		quietly "$build/autogen.log" "$top/autogen.sh"
		echo "made ./configure"
	fi
	with="$* $(command -v g++ clang++ | xargs) $(pkg-config --modversion check 2>/dev/null || :)"
	if [ ! -f "$build/Makefile" ] || [ "$(cat "$build/.configured" 2>/dev/null)" != "$with" ]; then
		(cd "$build" && quietly configure.log "$top/configure" "$@")
		printf '%s\n' "$with" >"$build/.configured"
	fi
	echo "configured in $build"
}

# nabd_make BUILD TARGET…
nabd_make()
{
	local build=$1
	shift
	quietly "$build/make.log" make -C "$build" -j"$(nproc)" "$@"
}
