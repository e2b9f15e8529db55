# SPDX-License-Identifier: MIT
# A message is received in place that is held already.
# file: nabd/inline_steps.h
# test: inline/path
/nabd_inline_look(/,/^}/s/rx->state != NABD_INLINE_RECEIVE_IDLE/rx->state > NABD_INLINE_RECEIVE_PEEKED/
