# SPDX-License-Identifier: MIT
# Checkpoints against the loss of power, failing disks, and kill -9. Linked with the static
# library, so that the calls it makes of libc can be caught.

checkpoint_programs = tests/checkpoint/powerloss tests/checkpoint/kill_resume \
	tests/checkpoint/together

check_PROGRAMS += $(checkpoint_programs)
TESTS += $(checkpoint_programs)

tests_checkpoint_powerloss_SOURCES = \
	tests/checkpoint/powerloss.c tests/checkpoint/disk.c tests/checkpoint/disk.h \
	tests/checkpoint/disk_judge.c tests/checkpoint/trace.h \
	$(fault_sources)
tests_checkpoint_powerloss_LDADD = lib/libnabdi.la -ldl

tests_checkpoint_together_SOURCES = tests/checkpoint/together.c $(fault_sources)
tests_checkpoint_together_LDADD = lib/libnabdi.la

tests_checkpoint_kill_resume_SOURCES = tests/checkpoint/kill_resume.c $(fault_sources)
tests_checkpoint_kill_resume_LDADD = lib/libnabdi.la
