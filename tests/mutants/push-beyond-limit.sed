# SPDX-License-Identifier: MIT
# A push does not ask whether a slot is free.
# file: nabd/inline_steps.h
# test: unit/check_producer
/nabd_inline_send(/,/^}/s/tx->head == tx->limit/0/
