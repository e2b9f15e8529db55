# SPDX-License-Identifier: MIT
# NABD_SETUP_VSCRIPT: the conditional HAVE_VSCRIPT, and VSCRIPT_FLAG, to which the path
# of the version script is appended.
AC_DEFUN([NABD_SETUP_VSCRIPT], [
  AC_REQUIRE([AC_PROG_CC])
  AC_CACHE_CHECK([whether the linker takes a version script], [nabd_cv_vscript], [
    echo 'NODE_1 { global: shown; local: *; };' > conftest.map
    nabd_saved_LDFLAGS=$LDFLAGS
    LDFLAGS="$LDFLAGS -shared -fPIC -Wl,--version-script=conftest.map"
    AC_LINK_IFELSE([AC_LANG_SOURCE([[int shown(void); int shown(void) { return 0; }]])],
      [nabd_cv_vscript=yes], [nabd_cv_vscript=no])
    LDFLAGS=$nabd_saved_LDFLAGS
    rm -f conftest.map
  ])
  AC_SUBST([VSCRIPT_FLAG], [-Wl,--version-script=])
  AM_CONDITIONAL([HAVE_VSCRIPT], [test "x$nabd_cv_vscript" = xyes])
])
