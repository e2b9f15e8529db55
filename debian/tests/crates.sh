# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# To be sourced: cargo knows the crates that are installed as packages, and no others.
CARGO_HOME=$AUTOPKGTEST_TMP/cargo
export CARGO_HOME CARGO_NET_OFFLINE=true CARGO_TARGET_DIR="$AUTOPKGTEST_TMP/target"
mkdir -p "$CARGO_HOME"
cat >"$CARGO_HOME/config.toml" <<'END'
[source.crates-io]
replace-with = "installed"

[source.installed]
directory = "/usr/share/cargo/registry"
END

# What a program asks for in its Cargo.toml.
minor=$(dpkg-parsechangelog -S Version | sed 's/-[^-]*$//; s/\.[^.]*$//')
export minor
