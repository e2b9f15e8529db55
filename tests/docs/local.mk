# SPDX-License-Identifier: MIT
# The samples and drawings of the documents. They read sources and run a built library, and
# take some seconds.
docs_tests = \
	tests/docs/check-drawings.sh \
	tests/docs/check-samples.py \
	tests/docs/check-wrong.sh
LINT_TESTS += $(docs_tests)
EXTRA_DIST += \
	tests/docs/frame.h \
	tests/docs/samples/blocks.py \
	tests/docs/samples/runs.py \
	tests/docs/samples/wrong.py
