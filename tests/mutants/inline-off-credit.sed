# SPDX-License-Identifier: MIT
# A slot that is still held is overwritten: seen through a program.
# file: nabd/inline_steps.h
# test: inline/check_send
/nabd_inline_send(/,/^}/s/tx->head == tx->limit/0/
