# SPDX-License-Identifier: MIT
# What binaries, other languages and files rely on: numbers, sizes, offsets, calls, and
# queues that older versions have made.
TESTS += tests/abi/layout.sh tests/abi/golden tests/abi/probes.sh
LINT_TESTS += tests/abi/abi.sh
dist_check_SCRIPTS += tests/abi/layout.sh tests/abi/probes.sh
check_PROGRAMS += tests/abi/golden
tests_abi_golden_SOURCES = tests/abi/golden.c tests/abi/image.h
tests_abi_golden_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_abi_golden_LDADD = lib/libnabd.la
EXTRA_DIST += tests/abi/checkpoint-1.hex tests/abi/golden-1.hex tests/abi/layout.c \
	tests/abi/dump.sh tests/abi/update.sh tests/abi/x86_64-linux-gnu.xml \
	tests/abi/aarch64-linux-gnu.xml tests/abi/arm-linux-gnueabihf.xml \
	tests/abi/i686-linux-gnu.xml tests/abi/riscv64-linux-gnu.xml tests/abi/s390x-linux-gnu.xml

# After a call was added: what is compared with the library is made anew from it.
update-abi: lib/libnabd.la
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/abi/update.sh

.PHONY: update-abi
