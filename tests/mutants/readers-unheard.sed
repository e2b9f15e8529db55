# SPDX-License-Identifier: MIT
# Who sends does not look for sleepers: in the text of programs, seen by the explorer.
# file: nabd/inline_steps.h
# test: model/sleep-small
s/nabd_inline_sleepers(tx->consumers, NABD_INLINE_READERS)/0/
