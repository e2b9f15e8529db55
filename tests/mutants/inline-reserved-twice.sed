# SPDX-License-Identifier: MIT
# A second reservation in place takes the slot of the first.
# file: nabd/inline_steps.h
# test: inline/check_send
/nabd_inline_open(/,/^}/s/tx->open != NABD_INLINE_SEND_IDLE/tx->open > UINT64_MAX - 1/
