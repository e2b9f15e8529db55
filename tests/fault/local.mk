# SPDX-License-Identifier: MIT
# kill -9 at chance and at every instruction, SIGSTOP, fork, failing system calls.
# Linked with the static library: the programs that single-step tell by the
# address what belongs to it.

fault_sources = tests/fault/fault.h tests/fault/fault.c $(traffic_sources)
step_sources = \
	tests/fault/step.h tests/fault/step.c tests/fault/kill.h tests/fault/kill_ops.c \
	tests/fault/kill_check.c tests/fault/options.h tests/fault/options.c $(fault_sources)

# What is done to consumer groups, the scenes, and the witness that judges.
group_sources = \
	tests/fault/group_kill.h tests/fault/group_world.h tests/fault/group_ops.c \
	tests/fault/group_victim.c tests/fault/group_scene.c tests/fault/group_read.c \
	tests/fault/group_judge.c \
	tests/fault/step.h tests/fault/step.c tests/fault/kill.h \
	tests/fault/options.h tests/fault/options.c $(fault_sources)

fault_programs = \
	tests/fault/kill_random tests/fault/kill_step tests/fault/kill_twice tests/fault/park \
	tests/fault/roles tests/fault/forked tests/fault/fork_step tests/fault/inject \
	tests/fault/group_step tests/fault/group_twice tests/fault/group_park \
	tests/fault/inject_group tests/fault/inject_checkpoint

check_PROGRAMS += $(fault_programs)
dist_check_SCRIPTS += tests/fault/pidns.sh
TESTS += $(fault_programs) tests/fault/pidns.sh

# Bound at start: looking a function up is not an instruction of the operation.
fault_ldflags = $(AM_LDFLAGS) -Wl,-z,now

tests_fault_kill_random_SOURCES = tests/fault/kill_random.c $(fault_sources)
tests_fault_kill_random_LDADD = lib/libnabdi.la

tests_fault_kill_step_SOURCES = tests/fault/kill_step.c $(step_sources)
tests_fault_kill_step_LDFLAGS = $(fault_ldflags)
tests_fault_kill_step_LDADD = lib/libnabdi.la

tests_fault_kill_twice_SOURCES = tests/fault/kill_twice.c $(step_sources)
tests_fault_kill_twice_LDFLAGS = $(fault_ldflags)
tests_fault_kill_twice_LDADD = lib/libnabdi.la

tests_fault_park_SOURCES = tests/fault/park.c $(step_sources)
tests_fault_park_LDFLAGS = $(fault_ldflags)
tests_fault_park_LDADD = lib/libnabdi.la

tests_fault_group_step_SOURCES = tests/fault/group_step.c $(group_sources)
tests_fault_group_step_LDFLAGS = $(fault_ldflags)
tests_fault_group_step_LDADD = lib/libnabdi.la

tests_fault_group_twice_SOURCES = tests/fault/group_twice.c $(group_sources)
tests_fault_group_twice_LDFLAGS = $(fault_ldflags)
tests_fault_group_twice_LDADD = lib/libnabdi.la

tests_fault_group_park_SOURCES = tests/fault/group_park.c $(group_sources)
tests_fault_group_park_LDFLAGS = $(fault_ldflags)
tests_fault_group_park_LDADD = lib/libnabdi.la

tests_fault_inject_SOURCES = \
	tests/fault/inject.c tests/fault/inject.h tests/fault/inject_ops.c \
	tests/fault/fail.h tests/fault/fail.c $(step_sources)
tests_fault_inject_LDFLAGS = $(fault_ldflags)
tests_fault_inject_LDADD = lib/libnabdi.la -ldl

tests_fault_inject_group_SOURCES = \
	tests/fault/inject_group.c tests/fault/step.h tests/fault/step.c \
	tests/fault/fail.h tests/fault/fail.c $(fault_sources)
tests_fault_inject_group_LDFLAGS = $(fault_ldflags)
tests_fault_inject_group_LDADD = lib/libnabdi.la -ldl

tests_fault_inject_checkpoint_SOURCES = \
	tests/fault/inject_checkpoint.c tests/fault/step.h tests/fault/step.c \
	tests/fault/fail.h tests/fault/fail.c $(fault_sources)
tests_fault_inject_checkpoint_LDFLAGS = $(fault_ldflags)
tests_fault_inject_checkpoint_LDADD = lib/libnabdi.la -ldl

tests_fault_fork_step_SOURCES = \
	tests/fault/fork_step.c tests/fault/step.h tests/fault/step.c \
	tests/fault/fail.h tests/fault/fail.c $(fault_sources)
tests_fault_fork_step_LDFLAGS = $(fault_ldflags)
tests_fault_fork_step_LDADD = lib/libnabdi.la -lpthread

tests_fault_roles_SOURCES = tests/fault/roles.c $(fault_sources)
tests_fault_roles_LDADD = lib/libnabdi.la

tests_fault_forked_SOURCES = tests/fault/forked.c $(fault_sources)
tests_fault_forked_LDADD = lib/libnabdi.la -lpthread

# Every instruction of every operation in every state; two hours or so.
kill-exhaustive: $(fault_programs)
	./tests/fault/group_twice$(EXEEXT) --exhaustive
	./tests/fault/group_park$(EXEEXT) --exhaustive
	./tests/fault/group_step$(EXEEXT) --exhaustive
	./tests/fault/kill_step$(EXEEXT) --exhaustive
	./tests/fault/park$(EXEEXT) --exhaustive
	./tests/fault/kill_twice$(EXEEXT) --exhaustive
	NABD_KILLS=$${NABD_KILLS:-100000} ./tests/fault/kill_random$(EXEEXT)
