# SPDX-License-Identifier: MIT
# NABD_ENABLE(NAME, DEFAULT, HELP): an option --enable-NAME / --disable-NAME with
# the automake conditional ENABLE_NAME (upper case, - becomes _).
AC_DEFUN([NABD_ENABLE], [
  AC_ARG_ENABLE([$1],
    [AS_HELP_STRING([m4_if([$2], [yes], [--disable-$1], [--enable-$1])], [$3])],
    [], [AS_TR_SH([enable_$1])=$2])
  AM_CONDITIONAL(m4_translit([ENABLE_$1], [a-z-], [A-Z_]),
    [test "x$AS_TR_SH([enable_$1])" = xyes])
])
