# SPDX-License-Identifier: MIT
# NABD_SETUP_WARNINGS: WARN_CFLAGS, the warnings that the project's code is free of.
AC_DEFUN([NABD_SETUP_WARNINGS], [
  AC_REQUIRE([AC_PROG_CC])
  WARN_CFLAGS=
  NABD_CFLAGS([WARN_CFLAGS], [-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
    -Wmissing-prototypes -Wformat=2 -Wpointer-arith -Wwrite-strings -Wvla])
  AS_IF([test "x$enable_werror" = xyes], [NABD_CFLAGS([WARN_CFLAGS], [-Werror])])
  AC_SUBST([WARN_CFLAGS])
])
