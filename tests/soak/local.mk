# SPDX-License-Identifier: MIT
# Groups whose members, and whose producer, are killed all the time; each message is
# accounted for. Groups that are joined, left, removed and moved as fast as can be.

check_PROGRAMS += tests/soak/soak tests/soak/storm
TESTS += tests/soak/soak tests/soak/storm

tests_soak_soak_SOURCES = \
	tests/soak/soak.h tests/soak/soak.c tests/soak/soak_account.c tests/soak/soak_play.c \
	$(fault_sources)
tests_soak_soak_LDADD = lib/libnabdi.la

tests_soak_storm_SOURCES = tests/soak/storm.c $(fault_sources)
tests_soak_storm_LDADD = lib/libnabdi.la

# SOAK_SECONDS=… for another length; SOAK_FLAGS='--seed …' to repeat the kills.
soak: tests/soak/soak$(EXEEXT)
	SOAK_SECONDS=$${SOAK_SECONDS:-600} ./tests/soak/soak$(EXEEXT) $(SOAK_FLAGS)
