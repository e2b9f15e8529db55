# SPDX-License-Identifier: MIT
# The last byte of an odd length is not copied.
# file: nabd/inline_steps.h
# test: inline/path
/nabd_inline_copy_rest(/,/^}/s/len & 1/len \& 0/
