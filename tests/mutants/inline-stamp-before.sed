# SPDX-License-Identifier: MIT
# The stamp is there before the payload.
# file: nabd/inline.h
# test: inline_tsan/threads
/nabd_inline_stamp(payload), head << 32/s/__ATOMIC_RELEASE/__ATOMIC_RELAXED/
