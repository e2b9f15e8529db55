# SPDX-License-Identifier: MIT
# What a program sees of the library: one Check program for each topic, and
# scripts where processes, mounts or the README are needed.

if HAVE_CHECK
behaviour_programs = \
	tests/behaviour/check_arguments \
	tests/behaviour/check_backlog \
	tests/behaviour/check_backoff \
	tests/behaviour/check_checkpoint \
	tests/behaviour/check_checkpoint_files \
	tests/behaviour/check_checkpoint_held \
	tests/behaviour/check_codes \
	tests/behaviour/check_corrupt \
	tests/behaviour/check_errno \
	tests/behaviour/check_files \
	tests/behaviour/check_fork \
	tests/behaviour/check_groups_arguments \
	tests/behaviour/check_groups_corrupt \
	tests/behaviour/check_groups_death \
	tests/behaviour/check_groups_end \
	tests/behaviour/check_groups_evict \
	tests/behaviour/check_groups_far \
	tests/behaviour/check_groups_fork \
	tests/behaviour/check_groups_letters \
	tests/behaviour/check_groups_look \
	tests/behaviour/check_groups_order \
	tests/behaviour/check_groups_seek \
	tests/behaviour/check_groups_share \
	tests/behaviour/check_groups_start \
	tests/behaviour/check_header \
	tests/behaviour/check_lifetime \
	tests/behaviour/check_look \
	tests/behaviour/check_names \
	tests/behaviour/check_opts \
	tests/behaviour/check_overwrite \
	tests/behaviour/check_overwrite_groups \
	tests/behaviour/check_overwrite_race \
	tests/behaviour/check_owner \
	tests/behaviour/check_poll \
	tests/behaviour/check_poll_codes \
	tests/behaviour/check_poll_own \
	tests/behaviour/check_pressure \
	tests/behaviour/check_pressure_codes \
	tests/behaviour/check_pressure_inside \
	tests/behaviour/check_receive \
	tests/behaviour/check_resume \
	tests/behaviour/check_roles \
	tests/behaviour/check_scribble \
	tests/behaviour/check_send \
	tests/behaviour/check_sizes \
	tests/behaviour/check_wait_any \
	tests/behaviour/check_wait_batch \
	tests/behaviour/check_wait_codes \
	tests/behaviour/check_wait_ends \
	tests/behaviour/check_wait_gone \
	tests/behaviour/check_wait_groups \
	tests/behaviour/check_wait_opts \
	tests/behaviour/check_wait_sleep \
	tests/behaviour/check_wait_space

check_PROGRAMS += $(behaviour_programs) tests/behaviour/check_hot_path
TESTS += $(behaviour_programs) tests/behaviour/check_hot_path
# Not for valgrind, which needs descriptors itself where these leave none.
check_PROGRAMS += tests/behaviour/check_memory tests/behaviour/check_wait_corrupt
TESTS += tests/behaviour/check_memory tests/behaviour/check_wait_corrupt
check_LTLIBRARIES += tests/behaviour/libbehaviour.la
endif

# The frame, and what all of the programs are linked with.
tests_behaviour_libbehaviour_la_SOURCES = \
	tests/behaviour/behaviour.c tests/behaviour/behaviour.h \
	tests/behaviour/calls.c tests/behaviour/calls.h \
	tests/behaviour/groups.c tests/behaviour/groups.h \
	tests/behaviour/wait_calls.c tests/behaviour/waits.c tests/behaviour/waits.h
tests_behaviour_libbehaviour_la_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
behaviour_frame = tests/behaviour/libbehaviour.la
behaviour_ldadd = $(behaviour_frame) lib/libnabd.la $(CHECK_LIBS) -lpthread
behaviour_internal_ldadd = $(behaviour_frame) lib/libnabdi.la $(CHECK_LIBS) -lpthread
behaviour_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)

tests_behaviour_check_arguments_SOURCES = tests/behaviour/check_arguments.c
tests_behaviour_check_arguments_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_arguments_LDADD = $(behaviour_ldadd)

tests_behaviour_check_backlog_SOURCES = tests/behaviour/check_backlog.c
tests_behaviour_check_backlog_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_backlog_LDADD = $(behaviour_ldadd)

tests_behaviour_check_codes_SOURCES = tests/behaviour/check_codes.c
tests_behaviour_check_codes_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_codes_LDADD = $(behaviour_ldadd)

tests_behaviour_check_errno_SOURCES = tests/behaviour/check_errno.c
tests_behaviour_check_errno_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_errno_LDADD = $(behaviour_ldadd)

tests_behaviour_check_files_SOURCES = tests/behaviour/check_files.c
tests_behaviour_check_files_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_files_LDADD = $(behaviour_ldadd)

tests_behaviour_check_fork_SOURCES = tests/behaviour/check_fork.c
tests_behaviour_check_fork_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_fork_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_arguments_SOURCES = tests/behaviour/check_groups_arguments.c
tests_behaviour_check_groups_arguments_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_arguments_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_death_SOURCES = tests/behaviour/check_groups_death.c
tests_behaviour_check_groups_death_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_death_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_end_SOURCES = tests/behaviour/check_groups_end.c
tests_behaviour_check_groups_end_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_end_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_evict_SOURCES = tests/behaviour/check_groups_evict.c
tests_behaviour_check_groups_evict_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_evict_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_fork_SOURCES = tests/behaviour/check_groups_fork.c
tests_behaviour_check_groups_fork_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_fork_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_letters_SOURCES = tests/behaviour/check_groups_letters.c
tests_behaviour_check_groups_letters_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_letters_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_look_SOURCES = tests/behaviour/check_groups_look.c
tests_behaviour_check_groups_look_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_look_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_order_SOURCES = tests/behaviour/check_groups_order.c
tests_behaviour_check_groups_order_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_order_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_seek_SOURCES = tests/behaviour/check_groups_seek.c
tests_behaviour_check_groups_seek_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_seek_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_share_SOURCES = tests/behaviour/check_groups_share.c
tests_behaviour_check_groups_share_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_share_LDADD = $(behaviour_ldadd)

tests_behaviour_check_groups_start_SOURCES = tests/behaviour/check_groups_start.c
tests_behaviour_check_groups_start_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_start_LDADD = $(behaviour_ldadd)

# No system call: not among those above, which are also run under valgrind, that makes some.
tests_behaviour_check_hot_path_SOURCES = tests/behaviour/check_hot_path.c
tests_behaviour_check_hot_path_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_behaviour_check_hot_path_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_hot_path_LDADD = $(behaviour_ldadd)

tests_behaviour_check_lifetime_SOURCES = tests/behaviour/check_lifetime.c
tests_behaviour_check_lifetime_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_lifetime_LDADD = $(behaviour_ldadd)

tests_behaviour_check_look_SOURCES = tests/behaviour/check_look.c
tests_behaviour_check_look_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_look_LDADD = $(behaviour_ldadd)

tests_behaviour_check_memory_SOURCES = tests/behaviour/check_memory.c
tests_behaviour_check_memory_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_memory_LDADD = $(behaviour_ldadd)

tests_behaviour_check_names_SOURCES = tests/behaviour/check_names.c
tests_behaviour_check_names_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_names_LDADD = $(behaviour_ldadd)

tests_behaviour_check_opts_SOURCES = tests/behaviour/check_opts.c
tests_behaviour_check_opts_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_opts_LDADD = $(behaviour_ldadd)

tests_behaviour_check_overwrite_SOURCES = tests/behaviour/check_overwrite.c
tests_behaviour_check_overwrite_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_overwrite_LDADD = $(behaviour_ldadd)

tests_behaviour_check_overwrite_groups_SOURCES = tests/behaviour/check_overwrite_groups.c
tests_behaviour_check_overwrite_groups_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_overwrite_groups_LDADD = $(behaviour_ldadd)

tests_behaviour_check_overwrite_race_SOURCES = tests/behaviour/check_overwrite_race.c
tests_behaviour_check_overwrite_race_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_overwrite_race_LDADD = $(behaviour_ldadd)

tests_behaviour_check_owner_SOURCES = tests/behaviour/check_owner.c
tests_behaviour_check_owner_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_owner_LDADD = $(behaviour_ldadd)

tests_behaviour_check_receive_SOURCES = tests/behaviour/check_receive.c
tests_behaviour_check_receive_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_receive_LDADD = $(behaviour_ldadd)

tests_behaviour_check_resume_SOURCES = tests/behaviour/check_resume.c
tests_behaviour_check_resume_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_resume_LDADD = $(behaviour_ldadd)

tests_behaviour_check_roles_SOURCES = tests/behaviour/check_roles.c
tests_behaviour_check_roles_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_roles_LDADD = $(behaviour_ldadd)

tests_behaviour_check_send_SOURCES = tests/behaviour/check_send.c
tests_behaviour_check_send_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_send_LDADD = $(behaviour_ldadd)

tests_behaviour_check_sizes_SOURCES = tests/behaviour/check_sizes.c
tests_behaviour_check_sizes_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_sizes_LDADD = $(behaviour_ldadd)

tests_behaviour_check_backoff_SOURCES = tests/behaviour/check_backoff.c
tests_behaviour_check_backoff_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_backoff_LDADD = $(behaviour_ldadd)

tests_behaviour_check_poll_SOURCES = tests/behaviour/check_poll.c
tests_behaviour_check_poll_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_poll_LDADD = $(behaviour_ldadd)

tests_behaviour_check_poll_codes_SOURCES = tests/behaviour/check_poll_codes.c
tests_behaviour_check_poll_codes_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_poll_codes_LDADD = $(behaviour_ldadd)

tests_behaviour_check_poll_own_SOURCES = tests/behaviour/check_poll_own.c
tests_behaviour_check_poll_own_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_poll_own_LDADD = $(behaviour_ldadd)

tests_behaviour_check_pressure_SOURCES = tests/behaviour/check_pressure.c
tests_behaviour_check_pressure_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_pressure_LDADD = $(behaviour_ldadd)

tests_behaviour_check_pressure_codes_SOURCES = tests/behaviour/check_pressure_codes.c
tests_behaviour_check_pressure_codes_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_pressure_codes_LDADD = $(behaviour_ldadd)

tests_behaviour_check_pressure_inside_SOURCES = tests/behaviour/check_pressure_inside.c
tests_behaviour_check_pressure_inside_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_pressure_inside_LDADD = $(behaviour_ldadd)

tests_behaviour_check_wait_any_SOURCES = tests/behaviour/check_wait_any.c
tests_behaviour_check_wait_any_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_wait_any_LDADD = $(behaviour_ldadd)

tests_behaviour_check_wait_batch_SOURCES = tests/behaviour/check_wait_batch.c
tests_behaviour_check_wait_batch_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_wait_batch_LDADD = $(behaviour_ldadd)

tests_behaviour_check_wait_codes_SOURCES = tests/behaviour/check_wait_codes.c
tests_behaviour_check_wait_codes_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_wait_codes_LDADD = $(behaviour_ldadd)

tests_behaviour_check_wait_ends_SOURCES = tests/behaviour/check_wait_ends.c
tests_behaviour_check_wait_ends_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_wait_ends_LDADD = $(behaviour_ldadd)

tests_behaviour_check_wait_gone_SOURCES = tests/behaviour/check_wait_gone.c
tests_behaviour_check_wait_gone_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_wait_gone_LDADD = $(behaviour_ldadd)

tests_behaviour_check_wait_groups_SOURCES = tests/behaviour/check_wait_groups.c
tests_behaviour_check_wait_groups_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_wait_groups_LDADD = $(behaviour_ldadd)

tests_behaviour_check_wait_opts_SOURCES = tests/behaviour/check_wait_opts.c
tests_behaviour_check_wait_opts_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_wait_opts_LDADD = $(behaviour_ldadd)

tests_behaviour_check_wait_sleep_SOURCES = tests/behaviour/check_wait_sleep.c
tests_behaviour_check_wait_sleep_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_wait_sleep_LDADD = $(behaviour_ldadd)

tests_behaviour_check_wait_space_SOURCES = tests/behaviour/check_wait_space.c
tests_behaviour_check_wait_space_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_wait_space_LDADD = $(behaviour_ldadd)

# These know the bytes of the segment, or of a checkpoint.
tests_behaviour_check_checkpoint_SOURCES = tests/behaviour/check_checkpoint.c tests/behaviour/saves.h
tests_behaviour_check_checkpoint_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_behaviour_check_checkpoint_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_checkpoint_LDADD = $(behaviour_internal_ldadd)

tests_behaviour_check_checkpoint_files_SOURCES = \
	tests/behaviour/check_checkpoint_files.c tests/behaviour/saves.h
tests_behaviour_check_checkpoint_files_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_behaviour_check_checkpoint_files_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_checkpoint_files_LDADD = $(behaviour_internal_ldadd)

tests_behaviour_check_checkpoint_held_SOURCES = \
	tests/behaviour/check_checkpoint_held.c tests/behaviour/saves.h
tests_behaviour_check_checkpoint_held_CPPFLAGS = $(AM_CPPFLAGS)
tests_behaviour_check_checkpoint_held_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_checkpoint_held_LDADD = $(behaviour_internal_ldadd)

tests_behaviour_check_corrupt_SOURCES = tests/behaviour/check_corrupt.c tests/behaviour/raw.h
tests_behaviour_check_corrupt_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_behaviour_check_corrupt_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_corrupt_LDADD = $(behaviour_internal_ldadd)

tests_behaviour_check_groups_corrupt_SOURCES = tests/behaviour/check_groups_corrupt.c tests/behaviour/raw.h
tests_behaviour_check_groups_corrupt_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_behaviour_check_groups_corrupt_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_corrupt_LDADD = $(behaviour_internal_ldadd)

tests_behaviour_check_groups_far_SOURCES = tests/behaviour/check_groups_far.c tests/behaviour/raw.h
tests_behaviour_check_groups_far_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_behaviour_check_groups_far_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_groups_far_LDADD = $(behaviour_internal_ldadd)

tests_behaviour_check_header_SOURCES = tests/behaviour/check_header.c
tests_behaviour_check_header_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_behaviour_check_header_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_header_LDADD = $(behaviour_internal_ldadd)

tests_behaviour_check_scribble_SOURCES = tests/behaviour/check_scribble.c tests/behaviour/raw.h
tests_behaviour_check_scribble_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_behaviour_check_scribble_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_scribble_LDADD = $(behaviour_internal_ldadd)

tests_behaviour_check_wait_corrupt_SOURCES = tests/behaviour/check_wait_corrupt.c tests/behaviour/raw.h
tests_behaviour_check_wait_corrupt_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_behaviour_check_wait_corrupt_CFLAGS = $(behaviour_cflags)
tests_behaviour_check_wait_corrupt_LDADD = $(behaviour_internal_ldadd)

# No shared memory left: the program runs on a tmpfs that the script mounts.
check_PROGRAMS += tests/behaviour/nospace
tests_behaviour_nospace_SOURCES = tests/behaviour/nospace.c
tests_behaviour_nospace_LDADD = lib/libnabd.la

# The README's quick start, word for word.
check_PROGRAMS += tests/behaviour/quickstart
nodist_tests_behaviour_quickstart_SOURCES = tests/behaviour/quickstart.c
tests_behaviour_quickstart_LDADD = lib/libnabd.la
tests/behaviour/quickstart.c: README.md tests/behaviour/quickstart.awk
	$(AM_V_GEN)$(MKDIR_P) tests/behaviour && \
	$(AWK) -f $(top_srcdir)/tests/behaviour/quickstart.awk $(top_srcdir)/README.md > $@.tmp && \
	mv -f $@.tmp $@
CLEANFILES += tests/behaviour/quickstart.c tests/behaviour/quickstart.c.tmp
EXTRA_DIST += tests/behaviour/quickstart.awk

behaviour_scripts = \
	tests/behaviour/examples.sh \
	tests/behaviour/nospace.sh \
	tests/behaviour/quickstart.sh
dist_check_SCRIPTS += $(behaviour_scripts)
TESTS += $(behaviour_scripts)
