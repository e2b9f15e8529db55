# SPDX-License-Identifier: MIT
# More is committed than was reserved.
# file: nabd/inline.h
# test: inline/check_send
/^static inline int nabd_inline_commit/,/^}/s/len > tx->open >> 32/0/
