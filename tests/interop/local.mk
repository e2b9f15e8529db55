# SPDX-License-Identifier: MIT
# Processes of different word size or processor on one queue.

dist_check_SCRIPTS += tests/interop/m32.sh
# One of the two is never instrumented.
if !SANITIZER
TESTS += tests/interop/m32.sh
endif
EXTRA_DIST += tests/interop/cross.sh tests/interop/transfer.sh \
	tests/interop/emulated.sh tests/interop/emulated.txt tests/interop/get-check.sh

# 32-bit and 64-bit processes; CC_M32=… for a compiler other than $(CC) -m32.
check-m32: tests/stress/stress$(EXEEXT)
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/interop/m32.sh $(no_programs)

# The tests in emulation, and transfers with emulated processes; CROSS='armhf s390x' for some
# of arm64, armhf, i386, s390x and riscv64, which are tried if their compilers are here.
check-cross: tests/stress/stress$(EXEEXT)
	+$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/interop/cross.sh $(CROSS)

# What cross.sh runs in a build for another processor. The tests of behaviour take long there.
emulated_programs = tests/abi/golden
if HAVE_CHECK
emulated_programs += $(unit_programs)
endif
check-emulated:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(emulated_programs)' check_LTLIBRARIES= \
		check_PROGRAMS='$(emulated_programs) tests/stress/stress' \
		LOG_COMPILER='$(SHELL) $(top_srcdir)/tests/interop/emulated.sh'

.PHONY: check-emulated
