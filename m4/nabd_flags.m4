# SPDX-License-Identifier: MIT
# NABD_CFLAGS(VARIABLE, FLAGS) and NABD_LDFLAGS(VARIABLE, FLAGS): append those of
# FLAGS to VARIABLE that the compiler (the linker) takes without a word. -Werror
# stands with each trial because some compilers only warn about a flag that they
# do not know.
AC_DEFUN([NABD_CFLAGS], [
  AC_LANG_ASSERT([C])
  for nabd_flag in $2; do
    AS_VAR_PUSHDEF([nabd_cv], [nabd_cv_cflag_$nabd_flag])
    AC_CACHE_CHECK([whether $CC accepts $nabd_flag], [nabd_cv], [
      nabd_saved_CFLAGS=$CFLAGS
      CFLAGS="$CFLAGS -Werror $nabd_flag"
      AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
        [AS_VAR_SET([nabd_cv], [yes])], [AS_VAR_SET([nabd_cv], [no])])
      CFLAGS=$nabd_saved_CFLAGS
    ])
    AS_VAR_IF([nabd_cv], [yes], [AS_VAR_APPEND([$1], [" $nabd_flag"])])
    AS_VAR_POPDEF([nabd_cv])
  done
])

AC_DEFUN([NABD_LDFLAGS], [
  AC_LANG_ASSERT([C])
  for nabd_flag in $2; do
    AS_VAR_PUSHDEF([nabd_cv], [nabd_cv_ldflag_$nabd_flag])
    AC_CACHE_CHECK([whether the linker accepts $nabd_flag], [nabd_cv], [
      nabd_saved_LDFLAGS=$LDFLAGS
      LDFLAGS="$LDFLAGS -Werror $nabd_flag"
      AC_LINK_IFELSE([AC_LANG_PROGRAM()],
        [AS_VAR_SET([nabd_cv], [yes])], [AS_VAR_SET([nabd_cv], [no])])
      LDFLAGS=$nabd_saved_LDFLAGS
    ])
    AS_VAR_IF([nabd_cv], [yes], [AS_VAR_APPEND([$1], [" $nabd_flag"])])
    AS_VAR_POPDEF([nabd_cv])
  done
])
