# SPDX-License-Identifier: MIT
# A slot that is still held is overwritten.
# file: nabd/inline.h
# test: inline/check_send
/^static inline int nabd_inline_push/,/^}/s/tx->head == tx->limit/0/
