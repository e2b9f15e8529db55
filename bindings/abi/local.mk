# SPDX-License-Identifier: MIT
# The header as data for other languages, and whether that is still true.
abi_tests = bindings/abi/abi.py bindings/abi/coverage.py bindings/abi/self-test.py
TESTS += $(abi_tests)
dist_check_SCRIPTS += $(abi_tests)
EXTRA_DIST += \
	bindings/abi/abi.json \
	bindings/abi/header_abi.py

# After a change of the header or the map.
abi-json:
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/bindings/abi/abi.py --write

.PHONY: abi-json
