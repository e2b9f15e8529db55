# SPDX-License-Identifier: MIT
# NABD_SETUP_VALGRIND: with --enable-valgrind-annotations, NABD_VALGRIND in config.h.
AC_DEFUN([NABD_SETUP_VALGRIND], [
  AS_IF([test "x$enable_valgrind_annotations" = xyes], [
    AC_CHECK_HEADER([valgrind/helgrind.h],
      [AC_DEFINE([NABD_VALGRIND], [1], [Tell helgrind about the atomics])],
      [AC_MSG_ERROR([--enable-valgrind-annotations needs <valgrind/helgrind.h>: install valgrind])])
  ])
])
