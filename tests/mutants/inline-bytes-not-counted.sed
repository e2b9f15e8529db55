# SPDX-License-Identifier: MIT
# Bytes that are sent in place are not counted.
# file: nabd/inline.h
# test: inline/path
/^static inline int nabd_inline_publish/,/^}/s/__ATOMIC_RELAXED) + len)/__ATOMIC_RELAXED))/
