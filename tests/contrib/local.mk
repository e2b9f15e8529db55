# SPDX-License-Identifier: MIT
# The examples of contrib/, by the tools that they are for.
contrib_tests = \
	tests/contrib/alerts.sh \
	tests/contrib/dashboard.sh \
	tests/contrib/files.sh \
	tests/contrib/policies.sh \
	tests/contrib/units.sh
TESTS += $(contrib_tests)
dist_check_SCRIPTS += $(contrib_tests)
EXTRA_DIST += tests/contrib/dashboard.py tests/contrib/textfile.sh

if ENABLE_TOOLS
TESTS += tests/contrib/textfile.sh
endif
