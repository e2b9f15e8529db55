# SPDX-License-Identifier: MIT
# NABD_SETUP_TOOLS: --enable-tools, whether the command nabd is built, and the libraries it
# needs: JANSSON_CFLAGS, JANSSON_LIBS, NCURSES_CFLAGS, NCURSES_LIBS and the conditional
# ENABLE_TOOLS. Without the option it is built if both libraries link; a library that only
# another target has is none (see nabd_check.m4).
AC_DEFUN([NABD_SETUP_TOOLS], [
  AC_REQUIRE([PKG_PROG_PKG_CONFIG])
  AC_ARG_ENABLE([tools],
    [AS_HELP_STRING([--enable-tools],
      [build the command nabd (default: if jansson and ncursesw are there)])],
    [], [enable_tools=auto])
  nabd_tools_missing=
  AS_IF([test "x$enable_tools" != xno], [
    PKG_CHECK_MODULES([JANSSON], [jansson >= 2.11], [:],
      [nabd_tools_missing="$nabd_tools_missing jansson"])
    PKG_CHECK_MODULES([NCURSES], [ncursesw], [:],
      [nabd_tools_missing="$nabd_tools_missing ncursesw"])
    AS_IF([test "x$nabd_tools_missing" = x], [
      nabd_saved_CFLAGS=$CFLAGS
      nabd_saved_LIBS=$LIBS
      CFLAGS="$CFLAGS $JANSSON_CFLAGS $NCURSES_CFLAGS $SAN_CFLAGS"
      LIBS="$JANSSON_LIBS $NCURSES_LIBS $LIBS"
      AC_MSG_CHECKING([whether jansson and ncursesw link])
      AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <jansson.h>
#include <curses.h>]], [[return json_null() == 0 || initscr() == 0;]])],
        [AC_MSG_RESULT([yes])],
        [AC_MSG_RESULT([no])
         nabd_tools_missing=" jansson or ncursesw for this target"])
      CFLAGS=$nabd_saved_CFLAGS
      LIBS=$nabd_saved_LIBS
    ])
  ])
  AS_IF([test "x$enable_tools" = xno], [nabd_tools_summary="no: not wanted"],
    [test "x$nabd_tools_missing" = x], [
      enable_tools=yes
      nabd_tools_summary="yes: bin/nabd"
    ],
    [test "x$enable_tools" = xauto], [
      enable_tools=no
      nabd_tools_summary="no: missing$nabd_tools_missing"
    ],
    [AC_MSG_ERROR(m4_normalize([--enable-tools: missing$nabd_tools_missing
      (Debian: libjansson-dev libncurses-dev)]))])
  AM_CONDITIONAL([ENABLE_TOOLS], [test "x$enable_tools" = xyes])
])
