# SPDX-License-Identifier: MIT
# Random traffic between two processes and between two threads, over the public
# calls. The traffic itself is shared with tests/fault.

traffic_sources = \
	tests/stress/traffic.h tests/stress/traffic.c \
	tests/stress/traffic_send.c tests/stress/traffic_receive.c

stress_sources = \
	tests/stress/run.h tests/stress/run.c tests/stress/run_restart.c \
	tests/stress/stress.c $(traffic_sources)

check_PROGRAMS += tests/stress/stress
TESTS += tests/stress/stress

tests_stress_stress_SOURCES = $(stress_sources)
tests_stress_stress_LDADD = lib/libnabd.la -lpthread

# 10^9 messages; NABD_STRESS_MESSAGES=… for another number.
stress-long: tests/stress/stress$(EXEEXT)
	NABD_STRESS_MESSAGES=$${NABD_STRESS_MESSAGES:-1000000000} ./tests/stress/stress$(EXEEXT)
