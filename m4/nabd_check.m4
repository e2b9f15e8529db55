# SPDX-License-Identifier: MIT
# NABD_SETUP_CHECK: the library Check for the unit tests: CHECK_CFLAGS, CHECK_LIBS and
# the conditional HAVE_CHECK. pkg-config may know another target's library (a
# build with -m32), hence the trial link.
AC_DEFUN([NABD_SETUP_CHECK], [
  AC_REQUIRE([PKG_PROG_PKG_CONFIG])
  nabd_have_check=no
  nabd_check_summary="no: the library Check was not found"
  PKG_CHECK_MODULES([CHECK], [check >= 0.11], [
    nabd_saved_CFLAGS=$CFLAGS
    nabd_saved_LIBS=$LIBS
    CFLAGS="$CFLAGS $CHECK_CFLAGS $SAN_CFLAGS"
    LIBS="$CHECK_LIBS $LIBS"
    AC_MSG_CHECKING([whether Check links])
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <check.h>]], [[return suite_create("x") == 0;]])],
      [nabd_have_check=yes
       nabd_check_summary=yes],
      [nabd_check_summary="no: the library Check is not there for this target"])
    AC_MSG_RESULT([$nabd_have_check])
    CFLAGS=$nabd_saved_CFLAGS
    LIBS=$nabd_saved_LIBS
  ], [:])
  AM_CONDITIONAL([HAVE_CHECK], [test $nabd_have_check = yes])
])
