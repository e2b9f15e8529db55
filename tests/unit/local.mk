# SPDX-License-Identifier: MIT
# Unit tests (Check), a program or two for each file of lib/: they link the
# convenience library, which has every symbol.

unit_programs = \
	tests/unit/check_api_info \
	tests/unit/check_bell \
	tests/unit/check_checkpoint \
	tests/unit/check_claim \
	tests/unit/check_claim_counts \
	tests/unit/check_claim_race \
	tests/unit/check_consumer \
	tests/unit/check_consumer_batch \
	tests/unit/check_consumer_over \
	tests/unit/check_copy \
	tests/unit/check_crc32c \
	tests/unit/check_faults \
	tests/unit/check_group \
	tests/unit/check_group_close \
	tests/unit/check_group_race \
	tests/unit/check_handle \
	tests/unit/check_latency \
	tests/unit/check_layout \
	tests/unit/check_layout_plan \
	tests/unit/check_look \
	tests/unit/check_member \
	tests/unit/check_member_end \
	tests/unit/check_members \
	tests/unit/check_membership \
	tests/unit/check_nack \
	tests/unit/check_os_fork \
	tests/unit/check_os_lock \
	tests/unit/check_os_lock_fd \
	tests/unit/check_os_lock_fork \
	tests/unit/check_os_lock_fork_fd \
	tests/unit/check_os_map \
	tests/unit/check_os_misc \
	tests/unit/check_os_shm \
	tests/unit/check_over \
	tests/unit/check_pressure \
	tests/unit/check_producer \
	tests/unit/check_producer_batch \
	tests/unit/check_producer_evict \
	tests/unit/check_producer_takeover \
	tests/unit/check_reap \
	tests/unit/check_ring \
	tests/unit/check_role \
	tests/unit/check_seek \
	tests/unit/check_segment

unit_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/lib -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
unit_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
unit_libs = $(unit_frame) lib/libnabdi.la $(CHECK_LIBS) -lpthread
if ENABLE_VALGRIND_ANNOTATIONS
unit_cppflags += -DNABD_VALGRIND
endif

# The frame, compiled once for all.
unit_frame = tests/unit/libunit.la
tests_unit_libunit_la_SOURCES = tests/unit/unit.c tests/unit/unit.h
tests_unit_libunit_la_CPPFLAGS = $(unit_cppflags)
tests_unit_libunit_la_CFLAGS = $(unit_cflags)

# Calls of the library that a test can make fail; see faults.h.
unit_faulty = tests/unit/libfaults.la
tests_unit_libfaults_la_SOURCES = tests/unit/faults.c tests/unit/faults.h
tests_unit_libfaults_la_CPPFLAGS = $(unit_cppflags)
tests_unit_libfaults_la_CFLAGS = $(unit_cflags)
unit_faults_ldflags = $(AM_LDFLAGS) \
	-Wl,--wrap=open -Wl,--wrap=open64 -Wl,--wrap=__open_2 -Wl,--wrap=__open64_2 \
	-Wl,--wrap=openat -Wl,--wrap=openat64 -Wl,--wrap=fstat -Wl,--wrap=fstat64 \
	-Wl,--wrap=fstatat -Wl,--wrap=fstatat64 -Wl,--wrap=fchmod -Wl,--wrap=fchown \
	-Wl,--wrap=linkat -Wl,--wrap=unlinkat -Wl,--wrap=mmap -Wl,--wrap=mmap64 \
	-Wl,--wrap=mprotect -Wl,--wrap=madvise -Wl,--wrap=mlock -Wl,--wrap=memfd_create \
	-Wl,--wrap=ftruncate -Wl,--wrap=ftruncate64 -Wl,--wrap=getrandom -Wl,--wrap=pread \
	-Wl,--wrap=pread64 -Wl,--wrap=posix_fallocate -Wl,--wrap=posix_fallocate64 \
	-Wl,--wrap=posix_memalign -Wl,--wrap=fcntl -Wl,--wrap=fcntl64 -Wl,--wrap=syscall \
	-Wl,--wrap=pthread_atfork

if HAVE_CHECK
check_PROGRAMS += $(unit_programs)
check_LTLIBRARIES += $(unit_frame) $(unit_faulty)
TESTS += $(unit_programs)
else
TESTS += tests/unit/no-check.sh
endif
EXTRA_DIST += tests/unit/no-check.sh

tests_unit_check_api_info_SOURCES = tests/unit/check_api_info.c
tests_unit_check_api_info_CPPFLAGS = $(unit_cppflags)
tests_unit_check_api_info_CFLAGS = $(unit_cflags)
tests_unit_check_api_info_LDADD = $(unit_libs)

tests_unit_check_bell_SOURCES = tests/unit/check_bell.c tests/unit/crew.h
tests_unit_check_bell_CPPFLAGS = $(unit_cppflags)
tests_unit_check_bell_CFLAGS = $(unit_cflags)
tests_unit_check_bell_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_bell_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_checkpoint_SOURCES = tests/unit/check_checkpoint.c
tests_unit_check_checkpoint_CPPFLAGS = $(unit_cppflags)
tests_unit_check_checkpoint_CFLAGS = $(unit_cflags)
tests_unit_check_checkpoint_LDADD = $(unit_libs)

tests_unit_check_claim_SOURCES = tests/unit/check_claim.c tests/unit/claims.h
tests_unit_check_claim_CPPFLAGS = $(unit_cppflags)
tests_unit_check_claim_CFLAGS = $(unit_cflags)
tests_unit_check_claim_LDADD = $(unit_libs)

tests_unit_check_claim_counts_SOURCES = tests/unit/check_claim_counts.c tests/unit/claims.h
tests_unit_check_claim_counts_CPPFLAGS = $(unit_cppflags)
tests_unit_check_claim_counts_CFLAGS = $(unit_cflags)
tests_unit_check_claim_counts_LDADD = $(unit_libs)

tests_unit_check_claim_race_SOURCES = tests/unit/check_claim_race.c tests/unit/claims.h
tests_unit_check_claim_race_CPPFLAGS = $(unit_cppflags)
tests_unit_check_claim_race_CFLAGS = $(unit_cflags)
tests_unit_check_claim_race_LDADD = $(unit_libs)

tests_unit_check_consumer_SOURCES = tests/unit/check_consumer.c tests/unit/receiver.h
tests_unit_check_consumer_CPPFLAGS = $(unit_cppflags)
tests_unit_check_consumer_CFLAGS = $(unit_cflags)
tests_unit_check_consumer_LDADD = $(unit_libs)

tests_unit_check_consumer_batch_SOURCES = tests/unit/check_consumer_batch.c tests/unit/receiver.h
tests_unit_check_consumer_batch_CPPFLAGS = $(unit_cppflags)
tests_unit_check_consumer_batch_CFLAGS = $(unit_cflags)
tests_unit_check_consumer_batch_LDADD = $(unit_libs)

tests_unit_check_consumer_over_SOURCES = tests/unit/check_consumer_over.c tests/unit/receiver.h
tests_unit_check_consumer_over_CPPFLAGS = $(unit_cppflags)
tests_unit_check_consumer_over_CFLAGS = $(unit_cflags)
tests_unit_check_consumer_over_LDADD = $(unit_libs)

tests_unit_check_copy_SOURCES = tests/unit/check_copy.c
tests_unit_check_copy_CPPFLAGS = $(unit_cppflags)
tests_unit_check_copy_CFLAGS = $(unit_cflags)
tests_unit_check_copy_LDADD = $(unit_libs)

tests_unit_check_crc32c_SOURCES = tests/unit/check_crc32c.c
tests_unit_check_crc32c_CPPFLAGS = $(unit_cppflags)
tests_unit_check_crc32c_CFLAGS = $(unit_cflags)
tests_unit_check_crc32c_LDADD = $(unit_libs)

tests_unit_check_faults_SOURCES = tests/unit/check_faults.c
tests_unit_check_faults_CPPFLAGS = $(unit_cppflags)
tests_unit_check_faults_CFLAGS = $(unit_cflags)
tests_unit_check_faults_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_faults_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_group_SOURCES = tests/unit/check_group.c
tests_unit_check_group_CPPFLAGS = $(unit_cppflags)
tests_unit_check_group_CFLAGS = $(unit_cflags)
tests_unit_check_group_LDADD = $(unit_libs)

tests_unit_check_group_close_SOURCES = tests/unit/check_group_close.c
tests_unit_check_group_close_CPPFLAGS = $(unit_cppflags)
tests_unit_check_group_close_CFLAGS = $(unit_cflags)
tests_unit_check_group_close_LDADD = $(unit_libs)

tests_unit_check_group_race_SOURCES = tests/unit/check_group_race.c
tests_unit_check_group_race_CPPFLAGS = $(unit_cppflags)
tests_unit_check_group_race_CFLAGS = $(unit_cflags)
tests_unit_check_group_race_LDADD = $(unit_libs)

tests_unit_check_handle_SOURCES = tests/unit/check_handle.c
tests_unit_check_handle_CPPFLAGS = $(unit_cppflags)
tests_unit_check_handle_CFLAGS = $(unit_cflags)
tests_unit_check_handle_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_handle_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_latency_SOURCES = tests/unit/check_latency.c
tests_unit_check_latency_CPPFLAGS = $(unit_cppflags)
tests_unit_check_latency_CFLAGS = $(unit_cflags)
tests_unit_check_latency_LDADD = $(unit_libs)

tests_unit_check_layout_SOURCES = tests/unit/check_layout.c
tests_unit_check_layout_CPPFLAGS = $(unit_cppflags)
tests_unit_check_layout_CFLAGS = $(unit_cflags)
tests_unit_check_layout_LDADD = $(unit_libs)

tests_unit_check_layout_plan_SOURCES = tests/unit/check_layout_plan.c
tests_unit_check_layout_plan_CPPFLAGS = $(unit_cppflags)
tests_unit_check_layout_plan_CFLAGS = $(unit_cflags)
tests_unit_check_layout_plan_LDADD = $(unit_libs)

tests_unit_check_look_SOURCES = tests/unit/check_look.c
tests_unit_check_look_CPPFLAGS = $(unit_cppflags)
tests_unit_check_look_CFLAGS = $(unit_cflags)
tests_unit_check_look_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_look_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_member_SOURCES = tests/unit/check_member.c tests/unit/crew.h
tests_unit_check_member_CPPFLAGS = $(unit_cppflags)
tests_unit_check_member_CFLAGS = $(unit_cflags)
tests_unit_check_member_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_member_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_member_end_SOURCES = tests/unit/check_member_end.c tests/unit/crew.h
tests_unit_check_member_end_CPPFLAGS = $(unit_cppflags)
tests_unit_check_member_end_CFLAGS = $(unit_cflags)
tests_unit_check_member_end_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_member_end_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_members_SOURCES = tests/unit/check_members.c tests/unit/crew.h
tests_unit_check_members_CPPFLAGS = $(unit_cppflags)
tests_unit_check_members_CFLAGS = $(unit_cflags)
tests_unit_check_members_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_members_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_membership_SOURCES = tests/unit/check_membership.c tests/unit/crew.h
tests_unit_check_membership_CPPFLAGS = $(unit_cppflags)
tests_unit_check_membership_CFLAGS = $(unit_cflags)
tests_unit_check_membership_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_membership_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_nack_SOURCES = tests/unit/check_nack.c tests/unit/crew.h
tests_unit_check_nack_CPPFLAGS = $(unit_cppflags)
tests_unit_check_nack_CFLAGS = $(unit_cflags)
tests_unit_check_nack_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_nack_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_os_fork_SOURCES = tests/unit/check_os_fork.c
tests_unit_check_os_fork_CPPFLAGS = $(unit_cppflags)
tests_unit_check_os_fork_CFLAGS = $(unit_cflags)
tests_unit_check_os_fork_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_os_fork_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_os_lock_SOURCES = tests/unit/check_os_lock.c tests/unit/holds.h
tests_unit_check_os_lock_CPPFLAGS = $(unit_cppflags)
tests_unit_check_os_lock_CFLAGS = $(unit_cflags)
tests_unit_check_os_lock_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_os_lock_LDADD = $(unit_faulty) $(unit_libs)

# Built again with the way of holding locks that this kernel does not need.
tests_unit_check_os_lock_fd_SOURCES = tests/unit/check_os_lock.c tests/unit/holds.h lib/os_lock.c
tests_unit_check_os_lock_fd_CPPFLAGS = $(unit_cppflags) -DNABD_FORCE_KEEP_FD
tests_unit_check_os_lock_fd_CFLAGS = $(unit_cflags)
tests_unit_check_os_lock_fd_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_os_lock_fd_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_os_lock_fork_SOURCES = tests/unit/check_os_lock_fork.c tests/unit/holds.h
tests_unit_check_os_lock_fork_CPPFLAGS = $(unit_cppflags)
tests_unit_check_os_lock_fork_CFLAGS = $(unit_cflags)
tests_unit_check_os_lock_fork_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_os_lock_fork_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_os_lock_fork_fd_SOURCES = tests/unit/check_os_lock_fork.c tests/unit/holds.h lib/os_lock.c
tests_unit_check_os_lock_fork_fd_CPPFLAGS = $(unit_cppflags) -DNABD_FORCE_KEEP_FD
tests_unit_check_os_lock_fork_fd_CFLAGS = $(unit_cflags)
tests_unit_check_os_lock_fork_fd_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_os_lock_fork_fd_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_os_map_SOURCES = tests/unit/check_os_map.c
tests_unit_check_os_map_CPPFLAGS = $(unit_cppflags)
tests_unit_check_os_map_CFLAGS = $(unit_cflags)
tests_unit_check_os_map_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_os_map_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_os_misc_SOURCES = tests/unit/check_os_misc.c
tests_unit_check_os_misc_CPPFLAGS = $(unit_cppflags)
tests_unit_check_os_misc_CFLAGS = $(unit_cflags)
tests_unit_check_os_misc_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_os_misc_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_os_shm_SOURCES = tests/unit/check_os_shm.c
tests_unit_check_os_shm_CPPFLAGS = $(unit_cppflags)
tests_unit_check_os_shm_CFLAGS = $(unit_cflags)
tests_unit_check_os_shm_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_os_shm_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_over_SOURCES = tests/unit/check_over.c tests/unit/sender.h
tests_unit_check_over_CPPFLAGS = $(unit_cppflags)
tests_unit_check_over_CFLAGS = $(unit_cflags)
tests_unit_check_over_LDADD = $(unit_libs)

tests_unit_check_pressure_SOURCES = tests/unit/check_pressure.c tests/unit/sender.h
tests_unit_check_pressure_CPPFLAGS = $(unit_cppflags)
tests_unit_check_pressure_CFLAGS = $(unit_cflags)
tests_unit_check_pressure_LDADD = $(unit_libs)

tests_unit_check_producer_SOURCES = tests/unit/check_producer.c tests/unit/sender.h
tests_unit_check_producer_CPPFLAGS = $(unit_cppflags)
tests_unit_check_producer_CFLAGS = $(unit_cflags)
tests_unit_check_producer_LDADD = $(unit_libs)

tests_unit_check_producer_batch_SOURCES = tests/unit/check_producer_batch.c tests/unit/sender.h
tests_unit_check_producer_batch_CPPFLAGS = $(unit_cppflags)
tests_unit_check_producer_batch_CFLAGS = $(unit_cflags)
tests_unit_check_producer_batch_LDADD = $(unit_libs)

tests_unit_check_producer_evict_SOURCES = tests/unit/check_producer_evict.c tests/unit/crew.h
tests_unit_check_producer_evict_CPPFLAGS = $(unit_cppflags)
tests_unit_check_producer_evict_CFLAGS = $(unit_cflags)
tests_unit_check_producer_evict_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_producer_evict_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_producer_takeover_SOURCES = tests/unit/check_producer_takeover.c tests/unit/sender.h
tests_unit_check_producer_takeover_CPPFLAGS = $(unit_cppflags)
tests_unit_check_producer_takeover_CFLAGS = $(unit_cflags)
tests_unit_check_producer_takeover_LDADD = $(unit_libs)

tests_unit_check_reap_SOURCES = tests/unit/check_reap.c tests/unit/crew.h
tests_unit_check_reap_CPPFLAGS = $(unit_cppflags)
tests_unit_check_reap_CFLAGS = $(unit_cflags)
tests_unit_check_reap_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_reap_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_ring_SOURCES = tests/unit/check_ring.c
tests_unit_check_ring_CPPFLAGS = $(unit_cppflags)
tests_unit_check_ring_CFLAGS = $(unit_cflags)
tests_unit_check_ring_LDADD = $(unit_libs)

tests_unit_check_role_SOURCES = tests/unit/check_role.c
tests_unit_check_role_CPPFLAGS = $(unit_cppflags)
tests_unit_check_role_CFLAGS = $(unit_cflags)
tests_unit_check_role_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_role_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_seek_SOURCES = tests/unit/check_seek.c tests/unit/crew.h
tests_unit_check_seek_CPPFLAGS = $(unit_cppflags)
tests_unit_check_seek_CFLAGS = $(unit_cflags)
tests_unit_check_seek_LDFLAGS = $(unit_faults_ldflags)
tests_unit_check_seek_LDADD = $(unit_faulty) $(unit_libs)

tests_unit_check_segment_SOURCES = tests/unit/check_segment.c
tests_unit_check_segment_CPPFLAGS = $(unit_cppflags)
tests_unit_check_segment_CFLAGS = $(unit_cflags)
tests_unit_check_segment_LDADD = $(unit_libs)
