#!/bin/sh
# SPDX-License-Identifier: MIT
# crates.sh CRATE…: each crate's source into its package, as cargo reads it from a folder of
# crates, and the names that other packages of crates ask for, as debcargo gives them.
set -eu
for crate in "$@"; do
	from=bindings/rust/$crate
	package=librust-$crate-dev
	version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$from/Cargo.toml")
	minor=${version%.*}
	to=debian/$package/usr/share/cargo/registry/$crate-$version

	mkdir -p "$to"
	cp -R "$from/." "$to"
	# These tests compare with files of the tree: Cargo.toml leaves them out, too.
	! grep -q '^exclude = \["tests/"\]' "$from/Cargo.toml" || rm -r "$to/tests"
	# Neither the tree's other crates nor its workspaces are beside it there.
	sed -i 's/, path = "[^"]*"//; /^\[workspace\]$/d' "$to/Cargo.toml"
	if grep 'path = "\.\./\|^\[workspace' "$to/Cargo.toml"; then
		echo "$crate: its Cargo.toml is not as it must be for a package"
		exit 1
	fi
	# No crate of a registry that it could be the same as.
	echo '{"package":null,"files":{}}' >"$to/.cargo-checksum.json"

	provides=
	for name in "$crate" "$crate-${version%%.*}" "$crate-$minor" "$crate-$version"; do
		for feature in '' +default; do
			[ "$name$feature" != "$crate" ] || continue
			# shellcheck disable=SC2016 # dpkg-gencontrol expands it
			provides="$provides${provides:+, }librust-$name$feature-dev (= \${binary:Version})"
		done
	done
	depends=$(sed -n "s/^\(nabd[a-z-]*\) = .*/librust-\1-$minor+default-dev/p" "$to/Cargo.toml" |
		paste -s -d,)
	printf 'crate:Provides=%s\ncrate:Depends=%s\n' "$provides" "$depends" \
		>>"debian/$package.substvars"
done
