# SPDX-License-Identifier: MIT
# The library, compiled once: libnabdi.la has every symbol, for the unit tests;
# libnabd.la is the same behind the version script.

noinst_LTLIBRARIES += lib/libnabdi.la
lib_libnabdi_la_SOURCES = \
	lib/api.h lib/api_checkpoint.c lib/api_diagnose.c lib/api_group.c lib/api_info.c lib/api_latency.c \
	lib/api_look.c lib/api_member.c lib/api_member_wait.c lib/api_metrics.c lib/diagnose.c \
	lib/diagnose.h lib/diagnose_queue.c lib/recover.c \
	lib/api_open.c lib/api_pressure.c lib/api_recv.c lib/api_recv_wait.c lib/api_send.c \
	lib/api_send_wait.c lib/api_wait.c \
	lib/atomic.h lib/backoff.c lib/backoff.h lib/bell.c lib/bell.h lib/checkpoint.c lib/checkpoint.h lib/claim.c lib/claim.h lib/consumer.c lib/consumer.h lib/consumer_over.c \
	lib/consumer_timed.c \
	lib/copy.h lib/crc32c.c lib/crc32c.h \
	lib/error.h lib/group.c lib/group.h lib/handle.c lib/handle.h lib/inline.h lib/latency.c lib/latency.h \
	lib/layout.c lib/layout.h lib/look.c lib/look.h lib/member.c lib/member.h \
	lib/member_timed.c lib/members.c lib/membership.c \
	lib/metrics.c lib/metrics.h lib/nack.c lib/note.h lib/ordering.h lib/os.h lib/os_file.c \
	lib/os_fork.c lib/os_lock.c lib/os_memory.c lib/os_misc.c lib/os_shm.c lib/os_wait.c lib/os_watch.c \
	lib/over.h lib/pressure.c lib/pressure.h lib/probe.h lib/producer.c lib/producer.h \
	lib/producer_timed.c lib/ready.c \
	lib/ready.h lib/resume.c lib/ring.h lib/role.c lib/role.h lib/save.c lib/save.h \
	lib/seek.c lib/segment.c lib/segment.h lib/show.c lib/show_latency.c lib/steps.h lib/text.c lib/text.h \
	lib/wait.c lib/wait.h lib/wait_any.c
lib_libnabdi_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
if ENABLE_VALGRIND_ANNOTATIONS
lib_libnabdi_la_CPPFLAGS += -DNABD_VALGRIND
endif
if ENABLE_SDT
lib_libnabdi_la_CPPFLAGS += -DNABD_SDT
endif
lib_libnabdi_la_CFLAGS = $(AM_CFLAGS) $(LIB_CFLAGS)

lib_LTLIBRARIES += lib/libnabd.la
lib_libnabd_la_SOURCES =
lib_libnabd_la_LIBADD = lib/libnabdi.la
lib_libnabd_la_LDFLAGS = $(AM_LDFLAGS) $(LIB_LDFLAGS) -version-info $(NABD_VERSION_INFO)
if HAVE_VSCRIPT
lib_libnabd_la_LDFLAGS += $(VSCRIPT_FLAG)$(top_srcdir)/lib/libnabd.map
EXTRA_lib_libnabd_la_DEPENDENCIES = lib/libnabd.map
endif

EXTRA_DIST += lib/LAYERS lib/libnabd.map
