# SPDX-License-Identifier: MIT
# The protocol of groups as models for spin: README.md. Too long for make check.

dist_check_SCRIPTS += tests/spin/run.sh
EXTRA_DIST += \
	tests/spin/README.md tests/spin/bugs.inc tests/spin/claim.pml tests/spin/drop.pml \
	tests/spin/evict.pml tests/spin/join.inc tests/spin/join.pml tests/spin/member.inc \
	tests/spin/nack.pml tests/spin/producer.inc tests/spin/seek.inc tests/spin/seek.pml \
	tests/spin/vanish.pml tests/spin/words.inc

check-spin:
	@$(AM_TESTS_ENVIRONMENT) sh $(srcdir)/tests/spin/run.sh $(SPIN)

# SPIN='model …' for some of them.
spin-long:
	@$(AM_TESTS_ENVIRONMENT) sh $(srcdir)/tests/spin/run.sh --long $(SPIN)

.PHONY: check-spin spin-long
