# SPDX-License-Identifier: MIT
# A message is copied into a buffer that is too small.
# file: nabd/inline_steps.h
# test: inline/check_receive
/nabd_inline_take(/,/^}/s/have > \*len/0/
