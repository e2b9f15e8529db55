# SPDX-License-Identifier: MIT
# NABD_SETUP_SDT: --enable-sdt, whether the library has static probes for tracers, and the
# conditional ENABLE_SDT. Without the option it has if sys/sdt.h is there, which only brings
# macros: nothing is linked.
AC_DEFUN([NABD_SETUP_SDT], [
  AC_ARG_ENABLE([sdt],
    [AS_HELP_STRING([--enable-sdt],
      [static probes for tracers (default: if sys/sdt.h is there)])],
    [], [enable_sdt=auto])
  nabd_sdt_found=no
  AS_IF([test "x$enable_sdt" != xno], [
    AC_MSG_CHECKING([whether sys/sdt.h makes probes])
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <sys/sdt.h>]],
      [[int a = 1; STAP_PROBE1(nabd, test, a);]])], [nabd_sdt_found=yes])
    AC_MSG_RESULT([$nabd_sdt_found])
  ])
  AS_IF([test "x$enable_sdt" = xyes && test "x$nabd_sdt_found" = xno],
    [AC_MSG_ERROR([--enable-sdt: no sys/sdt.h (Debian: systemtap-sdt-dev)])])
  AM_CONDITIONAL([ENABLE_SDT], [test "x$nabd_sdt_found" = xyes])
])
