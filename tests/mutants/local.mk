# SPDX-License-Identifier: MIT
# Bugs on purpose, each with the test that has to see it. Too long for make check.

mutants = \
	tests/mutants/anything-unlinked.sed \
	tests/mutants/checksum-not-checked.sed \
	tests/mutants/child-keeps-lock.sed \
	tests/mutants/commit-any-length.sed \
	tests/mutants/create-wipes.sed \
	tests/mutants/floor-takes-garbage.sed \
	tests/mutants/floor-with-plain-load.sed \
	tests/mutants/floor-without-groups.sed \
	tests/mutants/fork-not-checked.sed \
	tests/mutants/full-counted-often.sed \
	tests/mutants/half-joined-resumes.sed \
	tests/mutants/half-made-left.sed \
	tests/mutants/head-not-checked.sed \
	tests/mutants/head-not-walked.sed \
	tests/mutants/holes.sed \
	tests/mutants/join-with-plain-store.sed \
	tests/mutants/join-without-second-look.sed \
	tests/mutants/lap-not-checked.sed \
	tests/mutants/length-not-checked.sed \
	tests/mutants/links-followed.sed \
	tests/mutants/lock-after-state.sed \
	tests/mutants/name-before-role.sed \
	tests/mutants/offset-cut.sed \
	tests/mutants/page-not-checked.sed \
	tests/mutants/position-before-copy.sed \
	tests/mutants/position-loaded-relaxed.sed \
	tests/mutants/position-stored-relaxed.sed \
	tests/mutants/push-beyond-limit.sed \
	tests/mutants/reserve-beyond-limit.sed \
	tests/mutants/resume-anywhere.sed \
	tests/mutants/size-not-checked.sed \
	tests/mutants/slowest-alone.sed \
	tests/mutants/stamp-before-payload.sed \
	tests/mutants/stamp-loaded-relaxed.sed \
	tests/mutants/stamp-stored-relaxed.sed
EXTRA_DIST += $(mutants)
dist_check_SCRIPTS += tests/mutants/run.sh

# MUTANTS='name …' for some of them.
check-mutants:
	@$(AM_TESTS_ENVIRONMENT) CHECK_LIBS='$(CHECK_CFLAGS) $(CHECK_LIBS)' \
		FAULTS_LDFLAGS='$(unit_faults_ldflags)' \
		bash $(srcdir)/tests/mutants/run.sh $(MUTANTS)

.PHONY: check-mutants
