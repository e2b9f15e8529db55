# SPDX-License-Identifier: MIT
# Checks of the sources and of the built library, each a test of its own.
LINT_TESTS += \
	tests/lint/check-big.sh \
	tests/lint/check-contract.py \
	tests/lint/check-edges.sh \
	tests/lint/check-exports.sh \
	tests/lint/check-layers.sh \
	tests/lint/check-shell.sh \
	tests/lint/check-spdx.sh \
	tests/lint/check-spell.sh \
	tests/lint/check-version.sh \
	tests/lint/self-test.sh
if IN_GIT
LINT_TESTS += tests/lint/check-copyright.sh tests/lint/check-dist.sh
endif

# Not again where a sanitizer is what is different: these read sources.
if !SANITIZER
TESTS += $(LINT_TESTS)
endif
dist_check_SCRIPTS += $(LINT_TESTS)
EXTRA_DIST += \
	tests/lint/check-copyright.sh \
	tests/lint/check-dist.sh \
	tests/lint/files.sh \
	tests/lint/generated.txt \
	tests/lint/words.txt
