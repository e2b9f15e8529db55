# SPDX-License-Identifier: MIT
# A second reservation in place takes the slot of the first.
# file: nabd/inline.h
# test: inline/check_send
/^static inline int nabd_inline_reserve/,/^}/s/tx->open != NABD_INLINE_SEND_IDLE/tx->open > UINT64_MAX - 1/
