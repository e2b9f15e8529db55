# SPDX-License-Identifier: MIT
# NABD_SETUP_SANITIZER: --enable-sanitizer=LIST gives SAN_CFLAGS, which compile and link
# everything, and the conditional SANITIZER.
AC_DEFUN([NABD_SETUP_SANITIZER], [
  AC_ARG_ENABLE([sanitizer],
    [AS_HELP_STRING([--enable-sanitizer=LIST],
      [build with sanitizers: address,undefined or thread])],
    [], [enable_sanitizer=no])
  SAN_CFLAGS=
  AS_CASE([$enable_sanitizer],
    [no], [],
    [yes], [AC_MSG_ERROR([say which: --enable-sanitizer=address,undefined or =thread])],
    [SAN_CFLAGS="-fsanitize=$enable_sanitizer -fno-sanitize-recover=all -fno-omit-frame-pointer"
     nabd_saved_CFLAGS=$CFLAGS
     CFLAGS="$CFLAGS $SAN_CFLAGS"
     AC_MSG_CHECKING([whether $CC links with $SAN_CFLAGS])
     AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])],
       [AC_MSG_RESULT([no])
        AC_MSG_ERROR([$CC has no sanitizer "$enable_sanitizer"])])
     CFLAGS=$nabd_saved_CFLAGS])
  AC_SUBST([SAN_CFLAGS])
  AC_SUBST([NABD_SANITIZER], [$enable_sanitizer])
  AM_CONDITIONAL([SANITIZER], [test "x$enable_sanitizer" != xno])
])
