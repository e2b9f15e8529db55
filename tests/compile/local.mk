# SPDX-License-Identifier: MIT
# What a user's compiler and a user's older or newer program see.
check_PROGRAMS += tests/compile/old_size
tests_compile_old_size_SOURCES = tests/compile/old_size.c
tests_compile_old_size_LDADD = lib/libnabd.la
TESTS += tests/compile/old_size tests/compile/header-alone.sh
dist_check_SCRIPTS += tests/compile/header-alone.sh
EXTRA_DIST += tests/compile/user.c
