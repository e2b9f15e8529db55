# SPDX-License-Identifier: MIT
# A slot that is freed in place wakes nobody.
# file: nabd/inline_steps.h
# test: inline/path
s/nabd_inline_sleepers(rx->consumers, NABD_INLINE_SENDERS)/0/
