# SPDX-License-Identifier: MIT
# The last byte of an odd length is not copied.
# file: nabd/inline.h
# test: inline/path
/^static inline void nabd_inline_copy/,/^}/s/len & 1/len \& 0/
