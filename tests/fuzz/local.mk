# SPDX-License-Identifier: MIT
# Fuzz targets. make check replays their corpus with a main of our own; make fuzz
# builds them anew with clang's fuzzer, whatever this build was configured for.

fuzz_corpus = tests/fuzz/corpus/checkpoint.hex tests/fuzz/corpus/layout.hex tests/fuzz/corpus/segment.hex
EXTRA_DIST += $(fuzz_corpus)

check_PROGRAMS += tests/fuzz/replay_checkpoint tests/fuzz/replay_layout tests/fuzz/replay_segment
TESTS += tests/fuzz/replay_checkpoint tests/fuzz/replay_layout tests/fuzz/replay_segment

fuzz_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/lib -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
if ENABLE_VALGRIND_ANNOTATIONS
fuzz_cppflags += -DNABD_VALGRIND
endif

tests_fuzz_replay_layout_SOURCES = tests/fuzz/fuzz_layout.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_layout_CPPFLAGS = $(fuzz_cppflags) -DCORPUS='"corpus/layout.hex"' \
	-DMUTATIONS=20000
tests_fuzz_replay_layout_LDADD = lib/libnabdi.la

tests_fuzz_replay_segment_SOURCES = tests/fuzz/fuzz_segment.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_segment_CPPFLAGS = $(fuzz_cppflags) -DCORPUS='"corpus/segment.hex"' \
	-DMUTATIONS=500
tests_fuzz_replay_segment_LDADD = lib/libnabdi.la

tests_fuzz_replay_checkpoint_SOURCES = tests/fuzz/fuzz_checkpoint.c tests/fuzz/replay.c \
	tests/fuzz/fuzz.h
tests_fuzz_replay_checkpoint_CPPFLAGS = $(fuzz_cppflags) -DCORPUS='"corpus/checkpoint.hex"' \
	-DMUTATIONS=3000
tests_fuzz_replay_checkpoint_LDADD = lib/libnabdi.la

# FUZZ_SECONDS for each of the three.
dist_check_SCRIPTS += tests/fuzz/run.sh
fuzz: tests/fuzz/replay_checkpoint$(EXEEXT) tests/fuzz/replay_layout$(EXEEXT) \
	tests/fuzz/replay_segment$(EXEEXT) tests/fuzz/replay_metrics$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/fuzz/run.sh
