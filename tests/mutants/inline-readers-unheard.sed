# SPDX-License-Identifier: MIT
# A message that is sent in place wakes nobody.
# file: nabd/inline_steps.h
# test: inline/path
s/nabd_inline_sleepers(tx->consumers, NABD_INLINE_READERS)/0/
