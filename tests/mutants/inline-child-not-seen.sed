# SPDX-License-Identifier: MIT
# A forked child uses its parent's handle in place.
# file: nabd/inline.h
# test: inline/check_fork
s/return __atomic_load_n(h->living, __ATOMIC_RELAXED) == h->generation/return 1/
