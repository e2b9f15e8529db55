# SPDX-License-Identifier: MIT
# NABD_SETUP_ATOMICS: stop unless 64-bit atomics are always lock-free and need no
# libatomic. Its locks live in one process and mean nothing to the others that
# share the memory: the result would be silent corruption.
AC_DEFUN([NABD_SETUP_ATOMICS], [
  AC_REQUIRE([AC_PROG_CC])
  AC_CACHE_CHECK([whether 64-bit atomics are lock-free], [nabd_cv_atomics], [
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[
#include <stdatomic.h>
#include <stdint.h>
#if ATOMIC_LLONG_LOCK_FREE != 2 || ATOMIC_INT_LOCK_FREE != 2
#error "not lock-free"
#endif
static _Atomic uint64_t word;
]], [[
	uint64_t seen = atomic_load_explicit(&word, memory_order_acquire);
	atomic_store_explicit(&word, seen + 1, memory_order_release);
	return !atomic_compare_exchange_strong(&word, &seen, seen + 2);
]])], [nabd_cv_atomics=yes], [nabd_cv_atomics=no])
  ])
  AS_IF([test "x$nabd_cv_atomics" != xyes],
    [AC_MSG_ERROR([this target has no lock-free 64-bit atomics; libnabd cannot work on it])])
])
