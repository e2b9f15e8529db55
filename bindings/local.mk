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

EXTRA_DIST += bindings/check.sh bindings/staging.sh

# The installed library is used: what a binding needs beyond it shows here.
# BINDINGS_MODE=others: no tests of their own, and no language that lacks a tool.
check-bindings: all $(bindings_programs)
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/bindings/check.sh $(BINDINGS_MODE)

bench-bindings: all $(bindings_programs)
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/bindings/check.sh bench

.PHONY: check-bindings bench-bindings
