# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# To be sourced: installs the library, and builds the bindings against it.
# Environment: top_srcdir, top_builddir, MAKE; PYTHON, GO, CARGO, RUSTC if not Debian's.

: "${top_srcdir:?}" "${top_builddir:?}" # make sets them

# The languages to build; those that lack a tool go to $skipped.
languages=${NABD_BINDINGS-python go rust}

# nabd_stage FOLDER: the library and its .pc below FOLDER/library, for all that follows
nabd_stage()
{
	local stage=$1/library prefix pc
	MAKEFLAGS='' ${MAKE:-make} -s -C "$top_builddir" install DESTDIR="$stage" >"$1/install.log" 2>&1 ||
		{ cat "$1/install.log"; return 1; }
	pc=$(find "$stage" -name libnabd.pc)
	[ -f "$pc" ] || { echo "no libnabd.pc was installed"; return 1; }
	# It was configured for another place.
	prefix=$(sed -n 's/^prefix=//p' "$pc")
	sed -i "s|^prefix=.*|prefix=$stage$prefix|" "$pc"
	PKG_CONFIG_PATH=$(dirname "$pc")
	LD_LIBRARY_PATH=$(PKG_CONFIG_PATH=$PKG_CONFIG_PATH pkg-config --variable=libdir libnabd)
	case $LD_LIBRARY_PATH in
	"$stage"*) ;;
	*) echo "libdir does not follow prefix: $LD_LIBRARY_PATH"; return 1 ;;
	esac
	export PKG_CONFIG_PATH LD_LIBRARY_PATH
}

# nabd_build FOLDER: each language into FOLDER/LANG; $built and $skipped say which
nabd_build()
{
	local language rc
	built=
	skipped=
	for language in $languages; do
		rc=0
		echo "== $language: build"
		mkdir -p "$1/$language"
		"$top_srcdir/bindings/$language/build.sh" "$1/$language" || rc=$?
		case $rc in
		0) built+="$language " ;;
		77) skipped+="$language " ;;
		*) echo "$language: its build fails"; return 1 ;;
		esac
	done
}

# nabd_commands_of FOLDER WHAT: LANG=FOLDER/… of each language's command WHAT, C first
nabd_commands_of()
{
	local language
	printf 'c=%s ' "$top_builddir/bindings/conformance/$2"
	for language in $built; do
		printf '%s=%s ' "$language" "$1/$language/bin/$2-$language"
	done
}
