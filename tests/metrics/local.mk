# SPDX-License-Identifier: MIT
# Metrics and diagnosis: numbers under known traffic, the formats read by strict parsers,
# garbage, and queues that are removed beside others that open them.

metrics_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/lib -I$(top_srcdir)/tests/behaviour \
	-D_GNU_SOURCE -D_FILE_OFFSET_BITS=64

if HAVE_CHECK
metrics_programs = \
	tests/metrics/check_diagnose \
	tests/metrics/check_format \
	tests/metrics/check_meanwhile \
	tests/metrics/check_latency \
	tests/metrics/check_latency_calls \
	tests/metrics/check_metrics \
	tests/metrics/check_metrics_calls \
	tests/metrics/check_recover \
	tests/metrics/check_text
check_PROGRAMS += $(metrics_programs)
TESTS += $(metrics_programs)

tests_metrics_check_diagnose_SOURCES = tests/metrics/check_diagnose.c
tests_metrics_check_diagnose_CPPFLAGS = $(metrics_cppflags)
tests_metrics_check_diagnose_CFLAGS = $(behaviour_cflags)
tests_metrics_check_diagnose_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=posix_memalign
tests_metrics_check_diagnose_LDADD = $(behaviour_internal_ldadd)

tests_metrics_check_meanwhile_SOURCES = tests/metrics/check_meanwhile.c
tests_metrics_check_meanwhile_CPPFLAGS = $(metrics_cppflags)
tests_metrics_check_meanwhile_CFLAGS = $(behaviour_cflags)
tests_metrics_check_meanwhile_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=mmap,--wrap=mmap64
tests_metrics_check_meanwhile_LDADD = $(behaviour_internal_ldadd)

tests_metrics_check_metrics_calls_SOURCES = tests/metrics/check_metrics_calls.c
tests_metrics_check_metrics_calls_CPPFLAGS = $(metrics_cppflags)
tests_metrics_check_metrics_calls_CFLAGS = $(behaviour_cflags)
tests_metrics_check_metrics_calls_LDADD = $(behaviour_ldadd)

tests_metrics_check_recover_SOURCES = tests/metrics/check_recover.c
tests_metrics_check_recover_CPPFLAGS = $(metrics_cppflags)
tests_metrics_check_recover_CFLAGS = $(behaviour_cflags)
tests_metrics_check_recover_LDADD = $(behaviour_ldadd)

tests_metrics_check_format_SOURCES = tests/metrics/check_format.c
tests_metrics_check_format_CPPFLAGS = $(metrics_cppflags)
tests_metrics_check_format_CFLAGS = $(behaviour_cflags)
tests_metrics_check_format_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=posix_memalign
tests_metrics_check_format_LDADD = $(behaviour_internal_ldadd)

tests_metrics_check_latency_SOURCES = tests/metrics/check_latency.c tests/metrics/latencies.h
tests_metrics_check_latency_CPPFLAGS = $(metrics_cppflags)
tests_metrics_check_latency_CFLAGS = $(behaviour_cflags)
tests_metrics_check_latency_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clock_gettime
tests_metrics_check_latency_LDADD = $(behaviour_internal_ldadd)

tests_metrics_check_latency_calls_SOURCES = tests/metrics/check_latency_calls.c
tests_metrics_check_latency_calls_CPPFLAGS = $(metrics_cppflags)
tests_metrics_check_latency_calls_CFLAGS = $(behaviour_cflags)
tests_metrics_check_latency_calls_LDADD = $(behaviour_ldadd)

tests_metrics_check_metrics_SOURCES = tests/metrics/check_metrics.c
tests_metrics_check_metrics_CPPFLAGS = $(metrics_cppflags)
tests_metrics_check_metrics_CFLAGS = $(behaviour_cflags)
tests_metrics_check_metrics_LDADD = $(behaviour_ldadd)

tests_metrics_check_text_SOURCES = tests/metrics/check_text.c
tests_metrics_check_text_CPPFLAGS = $(metrics_cppflags) -I$(top_srcdir)/tests/unit
tests_metrics_check_text_CFLAGS = $(unit_cflags)
tests_metrics_check_text_LDADD = $(unit_libs)

dist_check_SCRIPTS += tests/metrics/timed.sh
TESTS += tests/metrics/timed.sh
endif

# The text is read by others: Python's json, a strict parser, promtool if it is there.
check_PROGRAMS += tests/metrics/print
tests_metrics_print_SOURCES = tests/metrics/print.c
tests_metrics_print_LDADD = lib/libnabd.la
dist_check_SCRIPTS += \
	tests/metrics/formats.sh tests/metrics/monitor.sh tests/metrics/promtool.sh
EXTRA_DIST += tests/metrics/prometheus.py tests/metrics/formats.py
TESTS += tests/metrics/formats.sh tests/metrics/monitor.sh tests/metrics/promtool.sh

# Whatever bytes are in the file.
check_PROGRAMS += tests/fuzz/replay_metrics
TESTS += tests/fuzz/replay_metrics
EXTRA_DIST += tests/fuzz/corpus/metrics.hex
tests_fuzz_replay_metrics_SOURCES = tests/fuzz/fuzz_metrics.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_metrics_CPPFLAGS = $(fuzz_cppflags) \
	-DCORPUS='"corpus/metrics.hex"' -DMUTATIONS=300
tests_fuzz_replay_metrics_LDADD = lib/libnabdi.la

# Removing beside opening: never a queue that somebody has open, never an unread message.
check_PROGRAMS += tests/metrics/storm
tests_metrics_storm_SOURCES = tests/metrics/storm.c
tests_metrics_storm_CPPFLAGS = $(metrics_cppflags)
tests_metrics_storm_LDADD = lib/libnabdi.la
dist_check_SCRIPTS += tests/metrics/storm.sh
TESTS += tests/metrics/storm.sh
