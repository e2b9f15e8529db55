# SPDX-License-Identifier: MIT
# The command nabd, as its users call it; they run only where it is built.
tools_tests = \
	tests/tools/clean.sh \
	tests/tools/containers.sh \
	tests/tools/create.sh \
	tests/tools/doctor.sh \
	tests/tools/ends.sh \
	tests/tools/json.sh \
	tests/tools/look.sh \
	tests/tools/pushpop.sh \
	tests/tools/record.sh \
	tests/tools/services.sh \
	tests/tools/top.sh

if ENABLE_TOOLS
TESTS += $(tools_tests)
endif
EXTRA_DIST += $(tools_tests) tests/tools/lib.sh
