# SPDX-License-Identifier: MIT
# Other languages. Nothing of it is needed for the library: `make check` compares texts
# and runs C; `make check-bindings` needs the languages' own tools. Each folder lists its own
# sources, so that the tarball holds what git holds.
EXTRA_DIST += bindings/README.md

include bindings/abi/local.mk
include bindings/conformance/local.mk
include bindings/python/local.mk
include bindings/go/local.mk
include bindings/rust/local.mk
