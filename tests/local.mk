# SPDX-License-Identifier: MIT
include tests/unit/local.mk
include tests/behaviour/local.mk
include tests/stress/local.mk
include tests/fault/local.mk
include tests/checkpoint/local.mk
include tests/soak/local.mk
include tests/wait/local.mk
include tests/fuzz/local.mk
include tests/metrics/local.mk
include tests/hostile/local.mk
include tests/compile/local.mk
include tests/inline/local.mk
include tests/abi/local.mk
include tests/docs/local.mk
include tests/lint/local.mk
include tests/valgrind/local.mk
include tests/interop/local.mk
include tests/mutants/local.mk
include tests/model/local.mk
include tests/spin/local.mk
include tests/tools/local.mk
include tests/contrib/local.mk

# What a distribution runs when it builds a package: what another processor, compiler or
# libc could change. A minute; the rest of make check takes ten, and counts cores.
package_programs = $(unit_programs) $(behaviour_programs) tests/abi/golden
package_tests = $(package_programs) tests/abi/layout.sh \
	tests/behaviour/quickstart.sh tests/lint/check-exports.sh tests/lint/check-version.sh
check-package:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(package_tests)' \
		check_PROGRAMS='$(package_programs) tests/behaviour/quickstart' check_LTLIBRARIES=

.PHONY: check-package
