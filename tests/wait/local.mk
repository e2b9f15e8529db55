# SPDX-License-Identifier: MIT
# Waiting: no wake-up is lost, not by any order of steps, by death in the midst of one, by
# signals, nor where the kernel forbids what it rests on; and it costs nothing where nobody
# sleeps, and next to nothing where nothing comes.

wait_sources = tests/wait/wait.h tests/wait/wait.c tests/wait/filter.c $(fault_sources)
wait_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/lib -D_FILE_OFFSET_BITS=64

wait_programs = \
	tests/wait/pingpong tests/wait/killed tests/wait/fallback tests/wait/busy \
	tests/wait/signals tests/wait/idle
check_PROGRAMS += $(wait_programs)
TESTS += $(wait_programs)

tests_wait_pingpong_SOURCES = tests/wait/pingpong.c $(wait_sources)
tests_wait_pingpong_CPPFLAGS = $(wait_cppflags)
tests_wait_pingpong_LDADD = lib/libnabdi.la

tests_wait_killed_SOURCES = tests/wait/killed.c $(wait_sources)
tests_wait_killed_CPPFLAGS = $(wait_cppflags)
tests_wait_killed_LDADD = lib/libnabdi.la

tests_wait_fallback_SOURCES = tests/wait/fallback.c $(wait_sources)
tests_wait_fallback_CPPFLAGS = $(wait_cppflags)
tests_wait_fallback_LDADD = lib/libnabdi.la

tests_wait_busy_SOURCES = tests/wait/busy.c $(wait_sources)
tests_wait_busy_CPPFLAGS = $(wait_cppflags)
tests_wait_busy_LDADD = lib/libnabdi.la

tests_wait_signals_SOURCES = tests/wait/signals.c $(wait_sources)
tests_wait_signals_CPPFLAGS = $(wait_cppflags)
tests_wait_signals_LDADD = lib/libnabdi.la

tests_wait_idle_SOURCES = tests/wait/idle.c $(wait_sources)
tests_wait_idle_CPPFLAGS = $(wait_cppflags)
tests_wait_idle_LDADD = lib/libnabdi.la

# A million round trips, and how little waiting costs: about two minutes.
wait-million: $(wait_programs:=$(EXEEXT))
	NABD_WAIT_IDLE=10 ./tests/wait/idle$(EXEEXT)
	NABD_WAIT_TRIPS=$${NABD_WAIT_TRIPS:-1000000} ./tests/wait/pingpong$(EXEEXT)

# 10^8 round trips, 1000 deaths, 10 idle seconds: hours.
wait-long: $(wait_programs:=$(EXEEXT))
	NABD_WAIT_KILLS=$${NABD_WAIT_KILLS:-1000} ./tests/wait/killed$(EXEEXT)
	NABD_WAIT_BLIND=20000 ./tests/wait/fallback$(EXEEXT)
	./tests/wait/busy$(EXEEXT)
	NABD_WAIT_SIGNALLED=2000000 ./tests/wait/signals$(EXEEXT)
	NABD_WAIT_IDLE=10 ./tests/wait/idle$(EXEEXT)
	NABD_WAIT_TRIPS=$${NABD_WAIT_TRIPS:-100000000} ./tests/wait/pingpong$(EXEEXT)

.PHONY: wait-million wait-long
