# SPDX-License-Identifier: MIT
# nabd/inline.h: which path a call takes; tests of other folders with their calls made in
# place; and traffic with one side in place and the other not.

# What the linker shows path.c.
inline_wraps = -Wl,--wrap=nabd_push,--wrap=nabd_reserve,--wrap=nabd_commit,--wrap=nabd_pop \
	-Wl,--wrap=nabd_peek,--wrap=nabd_release
inline_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE= -include nabd/inline.h

inline_programs = \
	tests/inline/old \
	tests/inline/path \
	tests/inline/stress_receive \
	tests/inline/stress_send \
	tests/inline/threads
check_PROGRAMS += $(inline_programs)
TESTS += $(inline_programs)

tests_inline_path_SOURCES = tests/inline/path.c tests/inline/path.h
tests_inline_path_LDFLAGS = $(AM_LDFLAGS) $(inline_wraps)
tests_inline_path_LDADD = lib/libnabd.la -lpthread

tests_inline_old_SOURCES = tests/inline/old.c tests/inline/path.h
tests_inline_old_LDFLAGS = $(AM_LDFLAGS) $(inline_wraps)
tests_inline_old_LDADD = lib/libnabd.la -lpthread

stress_frame = tests/stress/run.h tests/stress/run.c tests/stress/run_restart.c \
	tests/stress/stress.c tests/stress/traffic.h tests/stress/traffic.c
tests_inline_stress_send_SOURCES = \
	$(stress_frame) tests/inline/send.c tests/stress/traffic_receive.c
tests_inline_stress_send_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/stress \
	'-DDEFAULT_MESSAGES=UINT64_C(400000)'
tests_inline_stress_send_LDADD = lib/libnabd.la -lpthread

tests_inline_stress_receive_SOURCES = \
	$(stress_frame) tests/inline/receive.c tests/stress/traffic_send.c
tests_inline_stress_receive_CPPFLAGS = $(tests_inline_stress_send_CPPFLAGS)
tests_inline_stress_receive_LDADD = lib/libnabd.la -lpthread

tests_inline_threads_SOURCES = tests/valgrind/payload.h tests/valgrind/threads.c
tests_inline_threads_CPPFLAGS = $(inline_cppflags)
tests_inline_threads_LDADD = lib/libnabd.la -lpthread

if HAVE_CHECK
inline_behaviour = \
	tests/inline/check_arguments \
	tests/inline/check_backlog \
	tests/inline/check_corrupt \
	tests/inline/check_fork \
	tests/inline/check_lifetime \
	tests/inline/check_overwrite \
	tests/inline/check_pressure \
	tests/inline/check_pressure_inside \
	tests/inline/check_receive \
	tests/inline/check_send \
	tests/inline/check_sizes \
	tests/inline/check_wait_sleep \
	tests/inline/check_wait_space
check_PROGRAMS += $(inline_behaviour)
TESTS += $(inline_behaviour)
check_LTLIBRARIES += tests/inline/libframe.la
endif

tests_inline_libframe_la_SOURCES = $(tests_behaviour_libbehaviour_la_SOURCES)
tests_inline_libframe_la_CPPFLAGS = $(inline_cppflags)
tests_inline_libframe_la_CFLAGS = $(behaviour_cflags)
inline_ldadd = tests/inline/libframe.la lib/libnabd.la $(CHECK_LIBS) -lpthread

tests_inline_check_arguments_SOURCES = tests/behaviour/check_arguments.c
tests_inline_check_arguments_CPPFLAGS = $(inline_cppflags)
tests_inline_check_arguments_CFLAGS = $(behaviour_cflags)
tests_inline_check_arguments_LDADD = $(inline_ldadd)

tests_inline_check_backlog_SOURCES = tests/behaviour/check_backlog.c
tests_inline_check_backlog_CPPFLAGS = $(inline_cppflags)
tests_inline_check_backlog_CFLAGS = $(behaviour_cflags)
tests_inline_check_backlog_LDADD = $(inline_ldadd)

tests_inline_check_fork_SOURCES = tests/behaviour/check_fork.c
tests_inline_check_fork_CPPFLAGS = $(inline_cppflags)
tests_inline_check_fork_CFLAGS = $(behaviour_cflags)
tests_inline_check_fork_LDADD = $(inline_ldadd)

tests_inline_check_lifetime_SOURCES = tests/behaviour/check_lifetime.c
tests_inline_check_lifetime_CPPFLAGS = $(inline_cppflags)
tests_inline_check_lifetime_CFLAGS = $(behaviour_cflags)
tests_inline_check_lifetime_LDADD = $(inline_ldadd)

tests_inline_check_overwrite_SOURCES = tests/behaviour/check_overwrite.c
tests_inline_check_overwrite_CPPFLAGS = $(inline_cppflags)
tests_inline_check_overwrite_CFLAGS = $(behaviour_cflags)
tests_inline_check_overwrite_LDADD = $(inline_ldadd)

tests_inline_check_pressure_SOURCES = tests/behaviour/check_pressure.c
tests_inline_check_pressure_CPPFLAGS = $(inline_cppflags)
tests_inline_check_pressure_CFLAGS = $(behaviour_cflags)
tests_inline_check_pressure_LDADD = $(inline_ldadd)

tests_inline_check_pressure_inside_SOURCES = tests/behaviour/check_pressure_inside.c
tests_inline_check_pressure_inside_CPPFLAGS = $(inline_cppflags)
tests_inline_check_pressure_inside_CFLAGS = $(behaviour_cflags)
tests_inline_check_pressure_inside_LDADD = $(inline_ldadd)

tests_inline_check_receive_SOURCES = tests/behaviour/check_receive.c
tests_inline_check_receive_CPPFLAGS = $(inline_cppflags)
tests_inline_check_receive_CFLAGS = $(behaviour_cflags)
tests_inline_check_receive_LDADD = $(inline_ldadd)

tests_inline_check_send_SOURCES = tests/behaviour/check_send.c
tests_inline_check_send_CPPFLAGS = $(inline_cppflags)
tests_inline_check_send_CFLAGS = $(behaviour_cflags)
tests_inline_check_send_LDADD = $(inline_ldadd)

tests_inline_check_sizes_SOURCES = tests/behaviour/check_sizes.c
tests_inline_check_sizes_CPPFLAGS = $(inline_cppflags)
tests_inline_check_sizes_CFLAGS = $(behaviour_cflags)
tests_inline_check_sizes_LDADD = $(inline_ldadd)

tests_inline_check_wait_sleep_SOURCES = tests/behaviour/check_wait_sleep.c
tests_inline_check_wait_sleep_CPPFLAGS = $(inline_cppflags)
tests_inline_check_wait_sleep_CFLAGS = $(behaviour_cflags)
tests_inline_check_wait_sleep_LDADD = $(inline_ldadd)

tests_inline_check_wait_space_SOURCES = tests/behaviour/check_wait_space.c
tests_inline_check_wait_space_CPPFLAGS = $(inline_cppflags)
tests_inline_check_wait_space_CFLAGS = $(behaviour_cflags)
tests_inline_check_wait_space_LDADD = $(inline_ldadd)

tests_inline_check_corrupt_SOURCES = tests/behaviour/check_corrupt.c tests/behaviour/raw.h
tests_inline_check_corrupt_CPPFLAGS = $(inline_cppflags) -I$(top_srcdir)/lib
tests_inline_check_corrupt_CFLAGS = $(behaviour_cflags)
tests_inline_check_corrupt_LDADD = tests/inline/libframe.la lib/libnabdi.la $(CHECK_LIBS) -lpthread
