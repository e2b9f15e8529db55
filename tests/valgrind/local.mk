# SPDX-License-Identifier: MIT
# Threads on one handle, for the detectors; and the tests under valgrind.

valgrind_programs = tests/valgrind/threads tests/valgrind/groups
check_PROGRAMS += $(valgrind_programs)
TESTS += $(valgrind_programs)
# It compiles what it runs, however this build was configured.
if !SANITIZER
TESTS += tests/valgrind/detectors.sh
endif
dist_check_SCRIPTS += tests/valgrind/detectors.sh

tests_valgrind_threads_SOURCES = tests/valgrind/payload.h tests/valgrind/threads.c
tests_valgrind_threads_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_valgrind_threads_LDADD = lib/libnabd.la -lpthread

tests_valgrind_groups_SOURCES = \
	tests/valgrind/payload.h tests/valgrind/groups.h \
	tests/valgrind/groups.c tests/valgrind/groups_hand.c
tests_valgrind_groups_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_valgrind_groups_LDADD = lib/libnabd.la -lpthread

# Each test program is run by a shell that libtool finds the uninstalled library
# for. Threads take turns: one that waits must let the other go on.
valgrind_run = $(LIBTOOL) --mode=execute valgrind --quiet --error-exitcode=99 --fair-sched=try
memcheck_run = $(valgrind_run) --leak-check=full --show-leak-kinds=definite,indirect \
	--errors-for-leak-kinds=definite,indirect
helgrind_run = $(valgrind_run) --tool=helgrind

# In one process, so that what a test leaks is seen at its end.
memcheck_tests = $(unit_programs) $(behaviour_programs) $(valgrind_programs)

# Those with threads in them.
helgrind_tests = tests/unit/check_consumer_over tests/unit/check_group_race $(valgrind_programs)

check-valgrind:
	@valgrind --version
	CK_FORK=no NABD_FAULT_KINDS=1 NABD_THREADS_MESSAGES=5000 NABD_RACE_ROUNDS=2000 \
		$(MAKE) $(AM_MAKEFLAGS) check $(no_programs) \
		check_PROGRAMS='$(memcheck_tests)' TESTS='$(memcheck_tests)' LOG_COMPILER='$(memcheck_run)'

if ENABLE_VALGRIND_ANNOTATIONS
check-helgrind:
	@valgrind --version
	CK_FORK=no NABD_THREADS_MESSAGES=10000 NABD_RACE_ROUNDS=2000 \
		$(MAKE) $(AM_MAKEFLAGS) check $(no_programs) \
		check_PROGRAMS='$(helgrind_tests)' TESTS='$(helgrind_tests)' LOG_COMPILER='$(helgrind_run)'
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/valgrind/detectors.sh $(no_programs)
else
check-helgrind:
	@echo 'helgrind must be told about atomics: configure with --enable-valgrind-annotations' >&2
	@false
endif
