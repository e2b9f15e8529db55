# SPDX-License-Identifier: MIT
# More is committed than was reserved: seen through a program.
# file: nabd/inline_steps.h
# test: inline/check_send
/nabd_inline_end(/,/^}/s/len > tx->open >> 32/0/
