# SPDX-License-Identifier: MIT
# A peer that writes whatever it likes into a queue that others use. One program plays it
# in between any two steps of the library, which is compiled once more with verbs that
# count them; in the other it is a process of its own.

hostile_sources = \
	tests/hostile/crew.h tests/hostile/crew.c tests/hostile/crew_calls.c \
	tests/hostile/crew_group.h tests/hostile/crew_group.c \
	tests/hostile/crew_wait.h tests/hostile/crew_wait.c \
	tests/hostile/garbage.h tests/hostile/garbage.c \
	tests/hostile/guard.h tests/hostile/guard.c \
	tests/hostile/hostile.h tests/hostile/hostile.c $(fault_sources)
hostile_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/lib -D_FILE_OFFSET_BITS=64
hostile_hooked = -DNABD_ATOMICS_MODEL='"hooked.h"' -I$(top_srcdir)/tests/hostile
hostile_ldflags = $(AM_LDFLAGS) -Wl,--wrap=mmap,--wrap=mmap64,--wrap=munmap

check_LTLIBRARIES += tests/hostile/libhooked.la
tests_hostile_libhooked_la_SOURCES = $(lib_libnabdi_la_SOURCES) tests/hostile/hooked.h
tests_hostile_libhooked_la_CPPFLAGS = $(lib_libnabdi_la_CPPFLAGS) $(hostile_hooked)

hostile_programs = tests/hostile/steps tests/hostile/peers
check_PROGRAMS += $(hostile_programs)
TESTS += $(hostile_programs)

tests_hostile_steps_SOURCES = tests/hostile/steps.c tests/hostile/hooked.h $(hostile_sources)
tests_hostile_steps_CPPFLAGS = $(hostile_cppflags) $(hostile_hooked)
tests_hostile_steps_LDFLAGS = $(hostile_ldflags)
tests_hostile_steps_LDADD = tests/hostile/libhooked.la

tests_hostile_peers_SOURCES = tests/hostile/peers.c $(hostile_sources)
tests_hostile_peers_CPPFLAGS = $(hostile_cppflags)
tests_hostile_peers_LDFLAGS = $(hostile_ldflags)
tests_hostile_peers_LDADD = lib/libnabdi.la

# HOSTILE_SECONDS for each of the two; HOSTILE_SEED=… for certain rounds.
hostile: $(hostile_programs:=$(EXEEXT))
	HOSTILE_SECONDS=$${HOSTILE_SECONDS:-600} ./tests/hostile/steps$(EXEEXT)
	HOSTILE_SECONDS=$${HOSTILE_SECONDS:-600} ./tests/hostile/peers$(EXEEXT)

.PHONY: hostile
