# SPDX-License-Identifier: MIT
# A second peek in place loses the first.
# file: nabd/inline.h
# test: inline/path
/^static inline int nabd_inline_pop/,/^}/s/rx->state != NABD_INLINE_RECEIVE_IDLE/rx->state > NABD_INLINE_RECEIVE_PEEKED/
