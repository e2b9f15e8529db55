# SPDX-License-Identifier: MIT
# A slot is given back before it was read, and a message shown before it was written.
# file: nabd/inline.h
# test: inline_tsan/threads
/nabd_inline_store_release(/,/^}/s/__ATOMIC_RELEASE/__ATOMIC_RELAXED/
