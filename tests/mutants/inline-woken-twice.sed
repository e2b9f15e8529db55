# SPDX-License-Identifier: MIT
# A message that wakes a reader is sent twice.
# file: nabd/inline.h
# test: inline/path
/^static inline int nabd_inline_push/,/^}/s/return (nabd_commit)(q, len)/(void)(nabd_commit)(q, len)/
