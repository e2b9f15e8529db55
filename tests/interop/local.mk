# SPDX-License-Identifier: MIT
# Processes of different word size or processor on one queue.

dist_check_SCRIPTS += tests/interop/m32.sh
# One of the two is never instrumented.
if !SANITIZER
TESTS += tests/interop/m32.sh
endif
EXTRA_DIST += tests/interop/cross.sh tests/interop/transfer.sh

# 32-bit and 64-bit processes; CC_M32=… for a compiler other than $(CC) -m32.
check-m32: tests/stress/stress$(EXEEXT)
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/interop/m32.sh $(no_programs)

# The tests in emulation, and transfers with emulated processes:
# make check-cross HOST=aarch64-linux-gnu
check-cross: tests/stress/stress$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/interop/cross.sh '$(HOST)'

print-check-programs:
	@printf '%s\n' $(check_PROGRAMS)

.PHONY: print-check-programs
