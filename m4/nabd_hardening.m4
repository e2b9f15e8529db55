# SPDX-License-Identifier: MIT
# NABD_SETUP_HARDENING: flags that protect a program against its own mistakes, and the
# flags of the shared library. Whatever the user has put in CFLAGS, CPPFLAGS or
# LDFLAGS comes later on the command line and wins.
AC_DEFUN([NABD_SETUP_HARDENING], [
  AC_REQUIRE([AC_PROG_CC])
  HARDEN_CPPFLAGS=
  HARDEN_CFLAGS=
  LIB_CFLAGS=
  LIB_LDFLAGS=
  AS_IF([test -z "$SAN_CFLAGS"], [
    NABD_CFLAGS([HARDEN_CFLAGS],
      [-fstack-protector-strong -fstack-clash-protection -fcf-protection])
    # Not twice (a Debian or Fedora build brings its own), and glibc wants -O.
    AC_CACHE_CHECK([whether to define _FORTIFY_SOURCE], [nabd_cv_fortify], [
      AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
#if !defined __OPTIMIZE__ || defined _FORTIFY_SOURCE
#error "no"
#endif
]])], [nabd_cv_fortify=yes], [nabd_cv_fortify=no])
    ])
    AS_IF([test $nabd_cv_fortify = yes], [HARDEN_CPPFLAGS=-D_FORTIFY_SOURCE=2])
    # A sanitized library takes its run-time from the program, so it has
    # undefined symbols by nature.
    NABD_LDFLAGS([LIB_LDFLAGS], [-Wl,-z,defs])
  ])
  # One process may have handles when another part of it calls dlclose().
  NABD_LDFLAGS([LIB_LDFLAGS],
    [-Wl,-z,relro -Wl,-z,now -Wl,-z,nodelete -Wl,--as-needed])
  # Calls inside the library are direct and cannot be interposed: on the hot path
  # a trip through the PLT is measurable.
  NABD_CFLAGS([LIB_CFLAGS],
    [-fvisibility=hidden -fno-semantic-interposition -fno-plt])
  AC_SUBST([HARDEN_CPPFLAGS])
  AC_SUBST([HARDEN_CFLAGS])
  AC_SUBST([LIB_CFLAGS])
  AC_SUBST([LIB_LDFLAGS])
])
