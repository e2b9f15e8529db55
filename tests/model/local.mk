# SPDX-License-Identifier: MIT
# The library's code for rings and groups, explored: README.md.

model_lib = \
	lib/bell.c lib/claim.c lib/consumer.c lib/consumer_over.c lib/consumer_timed.c lib/crc32c.c \
	lib/group.c lib/latency.c lib/layout.c lib/look.c lib/member.c lib/member_timed.c \
	lib/members.c lib/membership.c lib/nack.c lib/pressure.c \
	lib/producer.c lib/producer_timed.c lib/ready.c lib/role.c lib/seek.c lib/wait.c

check_PROGRAMS += tests/model/model
# Its threads are stacks of its own, which sanitizers and hardening know nothing of: it is
# compiled without.
if !SANITIZER
TESTS += tests/model/model
endif
EXTRA_DIST += tests/model/README.md

tests_model_model_SOURCES = \
	tests/model/atomics.h tests/model/behave.c tests/model/bugs.c tests/model/choose.c \
	tests/model/crew.c tests/model/crew.h tests/model/doors.c tests/model/explore.c \
	tests/model/locks.c tests/model/main.c tests/model/memory.c tests/model/model.h \
	tests/model/scene_end.c tests/model/scene_group.c tests/model/scene_join.c \
	tests/model/scene_litmus.c tests/model/scene_over.c tests/model/scene_ring.c \
	tests/model/scene_sleep.c tests/model/scenes.h tests/model/sleep.c tests/model/trace.c tests/model/verbs.c tests/model/world.c \
	tests/model/world.h
nodist_tests_model_model_SOURCES = $(model_lib)

tests_model_model_CPPFLAGS = -I$(top_builddir)/include -I$(top_srcdir)/include \
	-I$(top_srcdir)/lib -I$(top_srcdir)/tests/model -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DNABD_ATOMICS_MODEL='"atomics.h"' -include $(top_srcdir)/tests/model/atomics.h
tests_model_model_CFLAGS = -std=c11 $(WARN_CFLAGS) -O2
tests_model_model_LDFLAGS =

# MODEL='scene …' for some of them.
model-long: tests/model/model$(EXEEXT)
	./tests/model/model$(EXEEXT) --large $(MODEL)

.PHONY: model-long
