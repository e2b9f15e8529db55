# SPDX-License-Identifier: MIT
# A program writes into a handle of another layout.
# file: nabd/inline.h
# test: inline/old
/layout != NABD_INLINE_LAYOUT/s/!= NABD_INLINE_LAYOUT/== 0/
